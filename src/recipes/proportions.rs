//! Proportions in which the parts of a blend are mixed: the mean of all mixtures that validation can't tell from the best.
//!
//! The best of many mixtures on a thousand questions is best by luck for a good part. The mean of those as good, parts
//! that err elsewhere among them, owes less to it.
//!
//! Source: the rule of one standard error, Breiman, Friedman, Olshen and Stone, "Classification and regression trees"
//! (1984), of paired differences.

/// What a mixture may take of a part.
const SHARES: [f32; 3] = [0.0, 0.5, 1.0];

/// Mixtures of so many parts: each alone in its order, then all others of nothing, a half or a whole of each, a whole of
/// one at least.
pub fn mixtures(parts: usize) -> Vec<Vec<f32>> {
    let alone = |part: usize| (0..parts).map(|at| if at == part { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
    let mut mixtures: Vec<Vec<f32>> = (0..parts).map(alone).collect();
    let mut all = vec![Vec::new()];
    for _ in 0..parts {
        all = all.iter().flat_map(|begun| SHARES.map(|share| [&begun[..], &[share]].concat())).collect();
    }
    let others = all
        .into_iter()
        .filter(|mixture| mixture.contains(&1.0) && mixture.iter().filter(|share| **share > 0.0).count() > 1);
    mixtures.extend(others);
    mixtures
}

/// The mean of what a mixture gains at each question.
pub fn mean(gains: &[f32]) -> f32 {
    (gains.iter().map(|&gain| f64::from(gain)).sum::<f64>() / gains.len().max(1) as f64) as f32
}

/// The place of the mixture that gains most on the mean, the first of equals; `gains` are `[mixtures][questions]`.
pub fn best(gains: &[Vec<f32>]) -> usize {
    let means: Vec<f32> = gains.iter().map(|gains| mean(gains)).collect();
    (1..means.len()).fold(0, |best, at| if means[at] > means[best] { at } else { best })
}

/// The mean, the largest share being one, of those mixtures that are behind the best by one standard error of the
/// difference at most.
pub fn middle(mixtures: &[Vec<f32>], gains: &[Vec<f32>]) -> Vec<f32> {
    let best = &gains[best(gains)];
    let mut sums = vec![0.0; mixtures[0].len()];
    for (mixture, _) in mixtures.iter().zip(gains).filter(|(_, gains)| is_as_good(best, gains)) {
        let whole: f32 = mixture.iter().sum();
        for (sum, share) in sums.iter_mut().zip(mixture) {
            *sum += share / whole;
        }
    }
    let largest = sums.iter().copied().fold(0.0, f32::max);
    sums.iter().map(|sum| sum / largest).collect()
}

/// Whether the mean of what the best gains more is within its standard error.
fn is_as_good(best: &[f32], gains: &[f32]) -> bool {
    let n = best.len() as f64;
    let more = || best.iter().zip(gains).map(|(best, gain)| f64::from(best - gain));
    let mean = more().sum::<f64>() / n;
    let variance = more().map(|more| (more - mean).powi(2)).sum::<f64>() / n;
    mean * mean * n <= variance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mixture_is_tried_once_and_each_part_alone_first() {
        let mixtures = mixtures(3);
        assert_eq!(mixtures[..3], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        assert_eq!(mixtures.len(), 3_usize.pow(3) - 2_usize.pow(3), "those of halves alone are others again");
        for (at, mixture) in mixtures.iter().enumerate() {
            assert!(!mixtures[..at].contains(mixture), "{mixture:?}");
        }
    }

    /// Three mixtures of two parts. The first finds four of five, the second one less, which is luck: a difference of 1/5
    /// whose standard error is √(4/25 / 5) = 0.18 is more than one. With the third it misses another and finds one in turn:
    /// 1/5, standard error √(14/25 / 5) = 0.33.
    #[test]
    fn mixtures_within_one_standard_error_of_the_best_count() {
        let mixtures = [vec![1.0, 0.0], vec![0.0, 1.0], vec![0.5, 1.0]];
        let gains =
            [vec![1.0, 1.0, 1.0, 1.0, 0.0], vec![1.0, 1.0, 1.0, 0.0, 0.0], vec![0.0, 1.0, 1.0, 0.0, 1.0]];
        assert_eq!(best(&gains), 0);
        // (1, 0) and (1/3, 2/3)
        assert_eq!(middle(&mixtures, &gains), [1.0, 0.5]);
        assert_eq!(middle(&mixtures[..2], &gains[..2]), [1.0, 0.0]);
    }

    #[test]
    fn where_nothing_is_found_all_are_as_good() {
        let mixtures = mixtures(4);
        let middle = middle(&mixtures, &vec![vec![0.0; 10]; mixtures.len()]);
        assert!(middle.iter().all(|share| (share - 1.0).abs() < 1e-6), "{middle:?}");
    }
}
