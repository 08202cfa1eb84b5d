//! Coverage: how much of the catalogue is ever recommended.

use super::{Exposure, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "coverage",
        title: "Coverage",
        definition: "Distinct items in the top K of all tested users' lists, divided by the distinct items of the Items and Interactions datasets together.",
        formula: "distinct items in all top Ks / items of the catalogue",
        better: Better::Higher,
    },
    reading: Reading::OfAllLists(coverage),
};

fn coverage(exposure: &Exposure<'_>) -> f64 {
    let items = exposure.counts.len();
    let recommended = exposure.counts.iter().filter(|&&count| count > 0).count();
    if items == 0 { 0.0 } else { recommended as f64 / items as f64 }
}
