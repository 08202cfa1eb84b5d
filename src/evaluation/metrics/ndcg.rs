//! Normalised discounted cumulative gain, the ideal taken over all that could have been found.

use super::{Hits, Metric, Reading, gain, ideal};
use crate::domain::metric::MetricSpec;

pub(super) const METRICS: &[Metric] = &[
    metric("normalized_discounted_cumulative_gain_at_5", "NDCG@5", |hits| ndcg(hits, 5)),
    metric("normalized_discounted_cumulative_gain_at_10", "NDCG@10", |hits| ndcg(hits, 10)),
    metric("normalized_discounted_cumulative_gain_at_25", "NDCG@25", |hits| ndcg(hits, 25)),
];

const fn metric(key: &'static str, title: &'static str, value: fn(&Hits) -> f64) -> Metric {
    let definition = "Mean over users of the sum of 1 / log(1 + position) over the hits in the top K, divided by that sum for a perfect list of the user: hits at positions 1 to min(K, items to find).";
    Metric {
        spec: MetricSpec { key, title, definition, higher_is_better: true },
        reading: Reading::PerUser(value),
    }
}

fn ndcg(hits: &Hits, k: usize) -> f64 {
    if hits.relevant == 0 { 0.0 } else { gain(hits, k) / ideal(hits.relevant.min(k)) }
}
