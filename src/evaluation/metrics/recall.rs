//! Recall: the share of what was to be found that is in the list.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "recall",
        title: "Recall",
        definition: "Mean over users of the hits in the top K, divided by all items to find, also where they are more than K.",
        formula: "hits in the top K / items to find",
        better: Better::Higher,
    },
    reading: Reading::PerUser(recall),
};

fn recall(asked: &Asked<'_>, k: usize) -> f64 {
    let Asked { hits, .. } = asked;
    if hits.relevant == 0 { 0.0 } else { hits.within(k).len() as f64 / hits.relevant as f64 }
}
