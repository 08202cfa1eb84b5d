//! Precision: the share of a list that is right.

use super::{Hits, Metric, Reading};
use crate::domain::metric::MetricSpec;

pub(super) const METRICS: &[Metric] = &[
    metric("precision_at_5", "Precision@5", |hits| precision(hits, 5)),
    metric("precision_at_10", "Precision@10", |hits| precision(hits, 10)),
    metric("precision_at_25", "Precision@25", |hits| precision(hits, 25)),
];

const fn metric(key: &'static str, title: &'static str, value: fn(&Hits) -> f64) -> Metric {
    let definition =
        "Mean over users of the hits in the top K, divided by K, also where the list is shorter.";
    Metric {
        spec: MetricSpec { key, title, definition, higher_is_better: true },
        reading: Reading::PerUser(value),
    }
}

fn precision(hits: &Hits, k: usize) -> f64 {
    hits.within(k).len() as f64 / k as f64
}
