//! Uncertainty of means over users: 95 % intervals by resampling users.
//!
//! The percentile bootstrap (Efron 1979): 1,000 times, as many users are drawn with replacement as there are
//! and the mean is taken again; the interval holds the middle 95 % of these means. Draws are counted per user
//! once a resample and shared by all metrics, so a metric costs one product of counts and values. Above
//! 50,000 users the normal approximation, mean ± 1.96 standard errors, stands in: there the two agree to a
//! hundredth of their width.

use super::random::Stream;
use rayon::prelude::*;

/// Resamples of a bootstrap.
pub const RESAMPLES: usize = 1_000;
/// Users above which the normal approximation stands in.
pub const MOST_RESAMPLED_USERS: usize = 50_000;
/// The normal distribution's 97.5 % point.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of the mean of each column, `columns: [metrics][users]`; none where there are no users.
/// The same values and seed give the same intervals on any number of threads.
pub fn mean_intervals(columns: &[&[f32]], seed: u64) -> Vec<(f64, f64)> {
    let users = columns.first().map_or(0, |column| column.len());
    if users == 0 {
        return Vec::new();
    }
    if users > MOST_RESAMPLED_USERS {
        return columns.iter().map(|column| normal_interval(column)).collect();
    }
    let means: Vec<Vec<f64>> = (0..RESAMPLES)
        .into_par_iter()
        .map_init(
            || vec![0.0_f32; users],
            |counts, resample| {
                draw(counts, seed, resample);
                columns.iter().map(|column| dot(counts, column) / users as f64).collect()
            },
        )
        .collect();
    (0..columns.len())
        .map(|column| {
            let mut of_column: Vec<f64> = means.iter().map(|means| means[column]).collect();
            of_column.sort_by(f64::total_cmp);
            (quantile(&of_column, 0.025), quantile(&of_column, 0.975))
        })
        .collect()
}

/// How often each of `counts.len()` users is drawn in as many draws.
fn draw(counts: &mut [f32], seed: u64, resample: usize) {
    counts.fill(0.0);
    let users = counts.len();
    let mut stream = Stream::new(seed, resample as u64);
    for _ in 0..users / 2 {
        let (first, second) = stream.pair_below(users as u64);
        counts[first] += 1.0;
        counts[second] += 1.0;
    }
    if users % 2 == 1 {
        counts[stream.pair_below(users as u64).0] += 1.0;
    }
}

/// The sum of products, in eight running sums so that it fills the processor's lanes.
fn dot(counts: &[f32], values: &[f32]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let (counts, counts_rest) = counts.as_chunks::<8>();
    let (values, values_rest) = values.as_chunks::<8>();
    for (counts, values) in counts.iter().zip(values) {
        for lane in 0..8 {
            sums[lane] += f64::from(counts[lane] * values[lane]);
        }
    }
    let rest: f64 = counts_rest.iter().zip(values_rest).map(|(count, value)| f64::from(count * value)).sum();
    sums.iter().sum::<f64>() + rest
}

/// The quantile of ascending values, interpolated.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

pub(super) fn normal_interval(values: &[f32]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
    let squares = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>();
    let error = (squares / (n - 1.0).max(1.0) / n).sqrt();
    (mean - Z * error, mean + Z * error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every 97th user found something: mean and standard error are known in closed form.
    fn rare(users: usize) -> Vec<f32> {
        (0..users).map(|user| if user % 97 == 0 { 1.0 } else { 0.0 }).collect()
    }

    #[test]
    fn the_bootstrap_agrees_with_the_binomial() {
        for users in [2_001, 20_000] {
            let values = rare(users);
            let share = f64::from(values.iter().sum::<f32>()) / users as f64;
            let error = (share * (1.0 - share) / users as f64).sqrt();
            let (low, high) = mean_intervals(&[&values], 1)[0];
            assert!(((high - low) / (2.0 * Z * error) - 1.0).abs() < 0.1, "{low} to {high}");
            assert!(low < share && share < high);
        }
    }

    #[test]
    fn both_ways_agree_where_they_meet() {
        let values = rare(MOST_RESAMPLED_USERS);
        let resampled = mean_intervals(&[&values], 3)[0];
        let normal = normal_interval(&values);
        let width = normal.1 - normal.0;
        assert!((resampled.0 - normal.0).abs() < 0.06 * width, "{resampled:?} {normal:?}");
        assert!((resampled.1 - normal.1).abs() < 0.06 * width, "{resampled:?} {normal:?}");
    }

    /// An unbiased draw: over all resamples every user is drawn about as often as there are resamples.
    #[test]
    fn draws_are_even() {
        let mut total = vec![0.0; 101];
        let mut counts = vec![0.0; 101];
        for resample in 0..RESAMPLES {
            draw(&mut counts, 9, resample);
            assert_eq!(counts.iter().sum::<f32>(), 101.0);
            total.iter_mut().zip(&counts).for_each(|(total, count)| *total += count);
        }
        // Five standard deviations of a count with mean 1,000.
        assert!(total.iter().all(|&total| (total - 1_000.0).abs() < 158.0), "{total:?}");
    }

    #[test]
    fn constants_and_nothing() {
        assert_eq!(mean_intervals(&[&[0.5; 10]], 0), [(0.5, 0.5)]);
        assert!(mean_intervals(&[&[]], 0).is_empty());
    }
}
