//! Precision: the share of a list that is right.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "precision",
        title: "Precision",
        definition: "Mean over users of the hits in the top K, divided by K, also where the list is shorter.",
        formula: "hits in the top K / K",
        better: Better::Higher,
    },
    reading: Reading::PerUser(precision),
};

fn precision(asked: &Asked<'_>, k: usize) -> f64 {
    asked.hits.within(k).len() as f64 / k as f64
}
