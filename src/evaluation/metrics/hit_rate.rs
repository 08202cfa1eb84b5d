//! Hit rate: the share of users whose list has anything right.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "hit_rate",
        title: "Hit rate",
        definition: "Share of users with at least one hit in the top K.",
        formula: "1 where there is a hit in the top K, else 0",
        better: Better::Higher,
    },
    reading: Reading::PerUser(hit),
};

fn hit(asked: &Asked<'_>, k: usize) -> f64 {
    f64::from(u8::from(asked.hits.first(k).is_some()))
}
