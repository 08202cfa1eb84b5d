//! Percentile filters: histories and items too short or too long to learn from are left out of training.

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

    pub fn keep(&self, count: u32) -> bool {
        let count = f64::from(count);
        self.low <= count && count <= self.high
    }
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
}
