//! Popularity of what is recommended.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "popularity_percentile",
        title: "Popularity",
        definition: "Mean over users of the mean popularity percentile of the top K: 1 is the most popular item of the catalogue, 0 the least.",
        formula: "mean over the top K of the share of other items that are less popular (half for equals)",
        better: Better::Neither,
    },
    reading: Reading::PerUser(popularity),
};

fn popularity(asked: &Asked<'_>, k: usize) -> f64 {
    asked.mean_of_top(k, |item| f64::from(asked.catalogue.percentile[item as usize]))
}
