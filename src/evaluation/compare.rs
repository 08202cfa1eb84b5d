//! Two contestants on the same users: what one does better, and whether that is more than luck.

use super::benchmark::mean;
use super::bootstrap::mean_intervals;
use super::random::Stream;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Users up to which every p-value is a randomisation test's; above, the paired t test's.
const FEW_USERS: usize = 100;
/// Sign flips of a randomisation test.
const FLIPS: usize = 10_000;

/// A metric of two contestants, user by user.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    pub metric: String,
    pub first: f64,
    pub second: f64,
    /// Mean over users of first minus second.
    pub difference: f64,
    /// 95 % interval of the difference, users resampled in pairs.
    pub interval: (f64, f64),
    /// The chance of a difference this large or larger where there is none: of the paired t test, or, of 100 users or
    /// fewer, of Fisher's randomisation test.
    pub p_value: f64,
    /// Users for whom the first is better, and for whom the second is.
    pub first_better: usize,
    pub second_better: usize,
}

impl Difference {
    /// Whether the interval leaves out zero.
    pub fn is_clear(&self) -> bool {
        self.interval.0 > 0.0 || self.interval.1 < 0.0
    }
}

/// Compares two contestants by their values per user, one pair of columns a metric; `seed` decides the resampling.
/// Columns are `[users]`, of the same users.
pub fn compare(metrics: &[(String, Vec<f32>, Vec<f32>)], seed: u64) -> Vec<Difference> {
    let paired: Vec<Vec<f32>> = metrics.iter().map(|(_, first, second)| minus(first, second)).collect();
    let columns: Vec<&[f32]> = paired.iter().map(Vec::as_slice).collect();
    let intervals = mean_intervals(&columns, seed);
    metrics
        .iter()
        .zip(&paired)
        .zip(intervals)
        .map(|(((metric, first, second), differences), interval)| Difference {
            metric: metric.clone(),
            first: mean(first),
            second: mean(second),
            difference: mean(differences),
            interval,
            p_value: p_value(differences, seed),
            first_better: differences.iter().filter(|&&difference| difference > 0.0).count(),
            second_better: differences.iter().filter(|&&difference| difference < 0.0).count(),
        })
        .collect()
}

/// First minus second, user by user.
pub(super) fn minus(first: &[f32], second: &[f32]) -> Vec<f32> {
    first.iter().zip(second).map(|(a, b)| a - b).collect()
}

/// The two-sided chance of a mean this far from zero where there is no difference.
pub fn p_value(differences: &[f32], seed: u64) -> f64 {
    if differences.iter().all(|&difference| difference == 0.0) {
        1.0
    } else if differences.len() <= FEW_USERS {
        randomisation(differences, seed)
    } else {
        paired_t(differences)
    }
}

/// The t test of paired differences (Student 1908).
fn paired_t(differences: &[f32]) -> f64 {
    let n = differences.len() as f64;
    let mean = mean(differences);
    let squares: f64 = differences.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum();
    let error = (squares / (n - 1.0) / n).sqrt();
    if error == 0.0 {
        return 0.0;
    }
    match StudentsT::new(0.0, 1.0, n - 1.0) {
        Ok(distribution) => 2.0 * distribution.sf((mean / error).abs()),
        // Only for no degree of freedom, which `FEW_USERS` keeps out.
        Err(_) => 1.0,
    }
}

/// Fisher's randomisation test (1935): where there is no difference, each user's could as well have the other sign. Counts
/// the observed one in, so that it is never 0.
fn randomisation(differences: &[f32], seed: u64) -> f64 {
    let sum = |signs: &mut dyn FnMut() -> bool| -> f64 {
        differences.iter().map(|&value| if signs() { f64::from(value) } else { -f64::from(value) }).sum()
    };
    let observed = sum(&mut || true).abs() * (1.0 - 1e-12);
    let mut stream = Stream::new(seed, differences.len() as u64);
    let (mut bits, mut left) = (0_u64, 0);
    let mut sign = || {
        if left == 0 {
            (bits, left) = (stream.bits(), 64);
        }
        left -= 1;
        bits >> left & 1 == 1
    };
    let as_large = (0..FLIPS).filter(|_| sum(&mut sign).abs() >= observed).count();
    (as_large + 1) as f64 / (FLIPS + 1) as f64
}

/// Holm's correction (1979) of p-values for their number: each stays below a level only if, with it, the chance that any
/// of them is there by luck alone does.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (place, &index) in order.iter().enumerate() {
        largest = largest.max((p_values.len() - place) as f64 * p_values[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::super::random::mix;
    use super::*;

    fn column(users: usize, value: impl Fn(u64) -> f32) -> Vec<f32> {
        (0..users as u64).map(value).collect()
    }

    /// Evenly between 0 and 1.
    fn even(seed: u64, user: u64) -> f32 {
        (mix(seed ^ mix(user)) >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn one(first: &[f32], second: &[f32]) -> Difference {
        compare(&[("m".to_owned(), first.to_vec(), second.to_vec())], 1).remove(0)
    }

    #[test]
    fn a_contestant_does_not_differ_from_itself() {
        let values = column(300, |user| even(1, user));
        let none = one(&values, &values);
        assert_eq!((none.difference, none.interval, none.p_value), (0.0, (0.0, 0.0), 1.0));
        assert!(!none.is_clear());
    }

    #[test]
    fn a_planted_difference_is_clear_and_signed() {
        for users in [40, 400] {
            let worse = column(users, |user| even(1, user));
            let better = column(users, |user| even(1, user) + 0.2 * even(2, user));
            let there = one(&better, &worse);
            assert!(there.is_clear() && there.difference > 0.0 && there.p_value < 1e-3, "{there:?}");
            assert_eq!((there.first_better, there.second_better), (users, 0));
            assert!((there.first - there.second - there.difference).abs() < 1e-6);
            let back = one(&worse, &better);
            assert_eq!((back.difference, back.second_better), (-there.difference, users));
        }
    }

    /// Student's own example: the extra sleep of ten patients under two drugs, t = 4.0621, p = 0.002833.
    #[test]
    fn the_t_test_is_students() {
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let differences = minus(&second, &first);
        assert!((paired_t(&differences) - 0.002_833).abs() < 1e-6);
        // All 1,024 sign patterns counted: nine differences of one sign and one of zero give 2 · 2 / 1,024.
        assert!((randomisation(&differences, 0) - 4.0 / 1024.0).abs() < 0.002);
    }

    /// Two contestants of equal worth are told apart in one of twenty comparisons, by either test.
    #[test]
    fn luck_is_called_a_difference_in_one_of_twenty() {
        for users in [60_u64, 250] {
            let called = (0..2_000_u64).filter(|&round| {
                let random = |side: u64| -> Vec<f32> {
                    // As a metric is: mostly nothing, sometimes a reciprocal rank.
                    column(users as usize, |user| {
                        let draw = even(3 * round + side, user);
                        if draw < 0.3 { 1.0 / (1.0 + (draw * 80.0).floor()) } else { 0.0 }
                    })
                };
                p_value(&minus(&random(1), &random(2)), round) < 0.05
            });
            let share = called.count() as f64 / 2_000.0;
            assert!((0.04..=0.06).contains(&share), "{users} users: {share}");
        }
    }

    /// The worked example of Holm's procedure in R's `p.adjust`.
    #[test]
    fn holms_correction_is_that_of_r() {
        let adjusted = holm(&[0.01, 0.02, 0.03, 0.04, 0.05]);
        let expected = [0.05, 0.08, 0.09, 0.09, 0.09];
        assert!(adjusted.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{adjusted:?}");
        assert_eq!(holm(&[0.5, 0.9]), [1.0, 1.0]);
    }
}
