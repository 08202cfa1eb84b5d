//! Two versions on the same users: what one does better, and whether that is more than luck.

use super::Scores;
use super::bootstrap::mean_intervals;
use serde::Serialize;

/// A metric of two versions, user by user.
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

/// Why two versions cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    #[error(
        "the two versions were scored on different users ({0} and {1}); train both with the same event filter and score both on one test set"
    )]
    OtherUsers(usize, usize),
    #[error("one version was scored with seen items and the other without; score both the same way")]
    OtherReading,
}

/// Compares two versions on every metric that has a value per user; `seed` decides the resampling.
pub fn compare(first: &Scores, second: &Scores, seed: u64) -> Result<Vec<Difference>, CompareError> {
    if first.users != second.users {
        return Err(CompareError::OtherUsers(first.users.len(), second.users.len()));
    }
    if first.exclude_seen != second.exclude_seen {
        return Err(CompareError::OtherReading);
    }
    let paired: Vec<(&String, Vec<f32>)> = first
        .values
        .iter()
        .filter_map(|(key, values)| {
            let other = second.values.get(key)?;
            Some((key, values.iter().zip(other).map(|(a, b)| a - b).collect()))
        })
        .collect();
    let columns: Vec<&[f32]> = paired.iter().map(|(_, differences)| differences.as_slice()).collect();
    let intervals = mean_intervals(&columns, seed);
    let mean =
        |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
    Ok(paired
        .iter()
        .zip(intervals)
        .map(|((key, differences), interval)| Difference {
            metric: (*key).clone(),
            first: first.metrics[*key],
            second: second.metrics[*key],
            difference: mean(differences),
            interval,
            first_better: differences.iter().filter(|&&difference| difference > 0.0).count(),
            second_better: differences.iter().filter(|&&difference| difference < 0.0).count(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::{cut, evaluate};
    use super::*;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::jobs::JobContext;
    use crate::recipes::Query;
    use crate::recipes::toy::{ToyModel, random_interactions};

    fn scores_of(score: impl Fn(&Query<'_>, u32) -> f32 + Send + Sync, exclude_seen: bool) -> Scores {
        let data = random_interactions(400, 50, 20, 11);
        let spec = SplitSpec { kind: SplitKind::LeaveLastOut, ..SplitSpec::default() };
        let model = ToyModel { n_items: 50, score };
        evaluate(&model, &data, &cut(&data, &spec), exclude_seen, &JobContext::default()).unwrap()
    }

    #[test]
    fn a_version_does_not_differ_from_itself_and_luck_is_not_clear() {
        let up = scores_of(|_, item| item as f32, false);
        let down = scores_of(|_, item| -(item as f32), false);
        for difference in compare(&up, &up, 1).unwrap() {
            assert_eq!((difference.difference, difference.interval), (0.0, (0.0, 0.0)));
            assert!(!difference.is_clear());
        }
        // Items are drawn evenly, so neither order can be better in truth.
        let differences = compare(&up, &down, 1).unwrap();
        assert_eq!(differences.len(), 10);
        let unclear = differences.iter().filter(|difference| !difference.is_clear()).count();
        assert!(unclear >= 8, "{differences:?}");
    }

    #[test]
    fn a_planted_difference_is_clear_and_signed() {
        // Both put the last item first; only the first goes on after it, so it finds what the other finds
        // and more.
        let long = scores_of(|_, item| item as f32, false);
        let short = scores_of(|_, item| if item == 49 { 1.0 } else { f32::NEG_INFINITY }, false);
        let differences = compare(&long, &short, 1).unwrap();
        for difference in &differences {
            assert!(difference.is_clear() && difference.difference > 0.0, "{difference:?}");
            assert_eq!(difference.second_better, 0);
            assert!((difference.first - difference.second - difference.difference).abs() < 1e-6);
        }
        for (there, back) in differences.iter().zip(compare(&short, &long, 1).unwrap()) {
            assert_eq!((there.difference, there.first_better), (-back.difference, back.second_better));
        }
    }

    #[test]
    fn different_readings_or_users_are_refused() {
        let with_seen = scores_of(|_, item| item as f32, false);
        let without = scores_of(|_, item| item as f32, true);
        assert_eq!(compare(&with_seen, &without, 0), Err(CompareError::OtherReading));
        let mut fewer = with_seen.clone();
        fewer.users.pop();
        assert!(matches!(compare(&with_seen, &fewer, 0), Err(CompareError::OtherUsers(_, _))));
    }
}
