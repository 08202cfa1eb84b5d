//! Share of the long tail: how much of a list the items get that few know.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "long_tail_share",
        title: "Long-tail share",
        definition: "Mean over users of the share of the top K that lies in the long tail: all items but the most popular ones that together hold 80 % of the known interactions.",
        formula: "items of the tail in the top K / items of the top K",
        better: Better::Neither,
    },
    reading: Reading::PerUser(tail),
};

fn tail(asked: &Asked<'_>, k: usize) -> f64 {
    asked.mean_of_top(k, |item| f64::from(u8::from(asked.catalogue.in_tail[item as usize])))
}
