//! Novelty: how surprising the items of a list are by their popularity alone.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "novelty",
        title: "Novelty",
        definition: "Mean over users of the mean of -log2(p) over the top K, where p is the share of the known interactions that are with the item, each item counted once more (Zhou et al. 2010).",
        formula: "mean over the top K of -log2((n_item + 1) / (n + items))",
        better: Better::Neither,
    },
    reading: Reading::PerUser(novelty),
};

fn novelty(asked: &Asked<'_>, k: usize) -> f64 {
    asked.mean_of_top(k, |item| f64::from(asked.catalogue.surprise[item as usize]))
}
