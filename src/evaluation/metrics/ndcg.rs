//! Normalised discounted cumulative gain, the ideal taken over all that could have been found.

use super::{Asked, Metric, Reading, gain, ideal};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "normalized_discounted_cumulative_gain",
        title: "NDCG",
        definition: "Mean over users of the sum of 1 / log(1 + position) over the hits in the top K, divided by that sum for a perfect list of the user: hits at positions 1 to min(K, items to find).",
        formula: "sum over hits p <= K of 1/log2(1+p)  /  sum over p <= min(K, items to find) of 1/log2(1+p)",
        better: Better::Higher,
    },
    reading: Reading::PerUser(ndcg),
};

fn ndcg(asked: &Asked<'_>, k: usize) -> f64 {
    let hits = asked.hits;
    if hits.relevant == 0 { 0.0 } else { gain(hits, k) / ideal(hits.relevant.min(k)) }
}
