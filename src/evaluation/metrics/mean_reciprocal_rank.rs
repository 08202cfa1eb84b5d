//! Mean reciprocal rank: how far down the first right item is.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "mean_reciprocal_rank",
        title: "MRR",
        definition: "Mean over users of 1 / position of the first hit in the top K; 0 where there is none.",
        formula: "1 / position of the first hit <= K, else 0",
        better: Better::Higher,
    },
    reading: Reading::PerUser(reciprocal_rank),
};

fn reciprocal_rank(asked: &Asked<'_>, k: usize) -> f64 {
    asked.hits.first(k).map_or(0.0, |position| 1.0 / f64::from(position))
}
