//! Percentile filters: histories and items too short or too long to learn from are left out of training.

use super::TrainError;
use crate::data::Interactions;
use crate::domain::Parameters;

/// The counts `low..=high` that a percentile filter keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
}

impl Bounds {
    /// The bounds at two percentiles (shares, 0 to 1) of the counts that are not zero: `q(min) ≤ count ≤ q(max)`,
    /// quantiles by linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).
    pub fn at(counts: impl IntoIterator<Item = u32>, min: f64, max: f64) -> Self {
        let mut counts: Vec<u32> = counts.into_iter().filter(|&count| count > 0).collect();
        counts.sort_unstable();
        Self { low: quantile(&counts, min), high: quantile(&counts, max) }
    }

    /// The bounds of history lengths at two percentiles; an error where they keep nobody.
    pub fn of_histories(interactions: &Interactions, percentiles: [f64; 2]) -> Result<Self, TrainError> {
        Self::that_keep(history_lengths(interactions), percentiles, ("user_history_length", "users"))
    }

    /// The bounds of how often items were had at two percentiles; an error where they keep none.
    pub fn of_items(counts: &[u32], percentiles: [f64; 2]) -> Result<Self, TrainError> {
        Self::that_keep(counts.iter().copied(), percentiles, ("item_interaction_count", "items"))
    }

    fn that_keep(
        mut counts: impl Iterator<Item = u32> + Clone,
        [min, max]: [f64; 2],
        (name, who): (&str, &str),
    ) -> Result<Self, TrainError> {
        let bounds = Self::at(counts.clone(), min, max);
        if counts.any(|count| count > 0 && bounds.keep(count)) {
            return Ok(bounds);
        }
        Err(TrainError::Unfit(format!(
            "min_{name}_percentile is {min} and max_{name}_percentile {max}: that keeps {who} with {:.2} to {:.2} \
             interactions, and there are none; lower the first or raise the second",
            bounds.low, bounds.high
        )))
    }

    pub fn keep(&self, count: u32) -> bool {
        let count = f64::from(count);
        self.low <= count && count <= self.high
    }
}

/// How many users, and rows of theirs, a recipe with these parameters does not train on because their histories are too
/// short or too long; none where its parameters say nothing of that.
pub fn left_out_by_length(interactions: &Interactions, parameters: &Parameters) -> Option<[u64; 2]> {
    let share = |name| parameters.get(name).map(|_| parameters.float(name));
    let (min, max) =
        (share("min_user_history_length_percentile")?, share("max_user_history_length_percentile")?);
    let bounds = Bounds::at(history_lengths(interactions), min, max);
    let left_out = history_lengths(interactions).filter(|&count| count > 0 && !bounds.keep(count));
    Some(left_out.fold([0, 0], |[users, rows], count| [users + 1, rows + u64::from(count)]))
}

/// Events of each user.
pub fn history_lengths(interactions: &Interactions) -> impl Iterator<Item = u32> + Clone + '_ {
    interactions.offsets.windows(2).map(|pair| (pair[1] - pair[0]) as u32)
}

/// The quantile of ascending counts by linear interpolation; zero where there are none.
fn quantile(sorted: &[u32], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (low, high) = (f64::from(sorted[below]), f64::from(sorted[(below + 1).min(last)]));
    low + (high - low) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::toy::interactions;

    /// Lengths 1 to 100: q(0.05) = 5.95 and q(0.95) = 95.05, so 6 to 95 stay.
    #[test]
    fn five_percent_at_each_end() {
        let bounds = Bounds::at(1..=100, 0.05, 0.95);
        assert!((bounds.low - 5.95).abs() < 1e-9 && (bounds.high - 95.05).abs() < 1e-9, "{bounds:?}");
        assert_eq!((1..=100).filter(|&length| bounds.keep(length)).count(), 90);
    }

    #[test]
    fn the_whole_range_keeps_everything_and_zeros_do_not_count() {
        let bounds = Bounds::at([0, 0, 7, 3, 3], 0.0, 1.0);
        assert_eq!(bounds, Bounds { low: 3.0, high: 7.0 });
        assert!(!Bounds::at([], 0.0, 1.0).keep(1));
    }

    /// Users with one and two events: the middle between them is 1.5, which nobody has.
    #[test]
    fn bounds_that_keep_nobody_are_refused() {
        let data = interactions(&[("a", "x", 1), ("b", "x", 1), ("b", "y", 2)]);
        assert!(Bounds::of_histories(&data, [0.0, 0.5]).is_ok());
        for (lengths, said) in [([0.9, 0.1], "1.90 to 1.10"), ([0.5, 0.5], "1.50 to 1.50")] {
            let error = Bounds::of_histories(&data, lengths).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("max_user_history_length_percentile"), "{error}");
        }
        let error = Bounds::of_items(&[1, 2], [1.0, 0.0]).unwrap_err().to_string();
        assert!(error.contains("items with 2.00 to 1.00"), "{error}");
    }
}
