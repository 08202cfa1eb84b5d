//! Gini index of exposure: how unevenly the catalogue shares the places of all lists.

use super::{Exposure, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "gini",
        title: "Gini of exposure",
        definition: "How unevenly the places in the top K of all lists fall to the items of the catalogue: 0 where all get the same, towards 1 where one gets all.",
        formula: "sum over items by ascending count of (2 rank - n - 1) count  /  (n sum of counts)",
        better: Better::Lower,
    },
    reading: Reading::OfAllLists(gini),
};

fn gini(exposure: &Exposure<'_>) -> f64 {
    gini_of(exposure.counts)
}

/// How unevenly counts fall: 0 where all are the same, towards 1 where one has all.
pub fn gini_of(counts: &[u32]) -> f64 {
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    let n = counts.len() as f64;
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    if total == 0.0 {
        return 0.0;
    }
    let weighed: f64 =
        (1..).zip(&counts).map(|(rank, &count)| (2.0 * f64::from(rank) - n - 1.0) * f64::from(count)).sum();
    weighed / (n * total)
}
