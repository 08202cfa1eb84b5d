//! Normalised discounted cumulative gain, the ideal taken over the hits found: the reading that the service's
//! own published figures fit.

use super::{Hits, Metric, Reading, gain, ideal};
use crate::domain::metric::MetricSpec;

pub(super) const METRICS: &[Metric] = &[
    metric("normalized_discounted_cumulative_gain_over_hits_at_5", "NDCG@5 over hits", |hits| {
        over_hits(hits, 5)
    }),
    metric("normalized_discounted_cumulative_gain_over_hits_at_10", "NDCG@10 over hits", |hits| {
        over_hits(hits, 10)
    }),
    metric("normalized_discounted_cumulative_gain_over_hits_at_25", "NDCG@25 over hits", |hits| {
        over_hits(hits, 25)
    }),
];

const fn metric(key: &'static str, title: &'static str, value: fn(&Hits) -> f64) -> Metric {
    let definition = "As NDCG, but divided by the sum for the hits that the list did find moved to its top: what was missed costs nothing. Never below NDCG.";
    Metric {
        spec: MetricSpec { key, title, definition, higher_is_better: true },
        reading: Reading::PerUser(value),
    }
}

fn over_hits(hits: &Hits, k: usize) -> f64 {
    let found = hits.within(k).len();
    if found == 0 { 0.0 } else { gain(hits, k) / ideal(found) }
}
