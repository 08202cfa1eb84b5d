//! Normalised discounted cumulative gain, the ideal taken over the hits found: the reading that the service's
//! own published figures fit.

use super::{Asked, Metric, Reading, gain, ideal};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "normalized_discounted_cumulative_gain_over_hits",
        title: "NDCG over hits",
        definition: "As NDCG, but divided by the sum for the hits that the list did find moved to its top: what was missed costs nothing. Never below NDCG.",
        formula: "sum over hits p <= K of 1/log2(1+p)  /  sum over p <= hits of 1/log2(1+p)",
        better: Better::Higher,
    },
    reading: Reading::PerUser(over_hits),
};

fn over_hits(asked: &Asked<'_>, k: usize) -> f64 {
    let found = asked.hits.within(k).len();
    if found == 0 { 0.0 } else { gain(asked.hits, k) / ideal(found) }
}
