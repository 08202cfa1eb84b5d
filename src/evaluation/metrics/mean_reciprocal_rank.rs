//! Mean reciprocal rank: how far down the first hit stands.

use super::{Hits, Metric, Reading};
use crate::domain::metric::MetricSpec;

pub(super) const METRICS: &[Metric] = &[Metric {
    spec: MetricSpec {
        key: "mean_reciprocal_rank_at_25",
        title: "MRR@25",
        definition: "Mean over users of 1 / position of the first hit in the top 25; 0 for a list without a hit.",
        higher_is_better: true,
    },
    reading: Reading::PerUser(|hits| reciprocal_rank(hits, 25)),
}];

fn reciprocal_rank(hits: &Hits, k: usize) -> f64 {
    hits.first(k).map_or(0.0, |position| 1.0 / f64::from(position))
}
