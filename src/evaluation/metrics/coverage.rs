//! Coverage: how much of the catalogue is ever recommended.

use super::{Metric, Reading};
use crate::domain::metric::MetricSpec;

pub(super) const METRICS: &[Metric] = &[Metric {
    spec: MetricSpec {
        key: "coverage",
        title: "Coverage",
        definition: "Distinct items in the lists of 25 of all tested users, divided by the distinct items of the Items and Interactions datasets together.",
        higher_is_better: true,
    },
    reading: Reading::OfAllLists(coverage),
}];

fn coverage(recommended: usize, catalogue: usize) -> f64 {
    if catalogue == 0 { 0.0 } else { recommended as f64 / catalogue as f64 }
}
