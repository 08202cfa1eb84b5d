//! Popularity bias: whether lists are more popular than the people they are for.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "popularity_bias",
        title: "Popularity bias",
        definition: "Mean over users of the mean popularity percentile of the top K minus that of what the user had before; above 0 where lists pull towards the popular, 0 where they keep to the user's own taste (after Abdollahpouri et al. 2019).",
        formula: "popularity of the top K - popularity of the input",
        better: Better::Neither,
    },
    reading: Reading::PerUser(bias),
};

fn bias(asked: &Asked<'_>, k: usize) -> f64 {
    if asked.input.is_empty() || asked.list.is_empty() {
        return 0.0;
    }
    let of = |item: u32| f64::from(asked.catalogue.percentile[item as usize]);
    let before: f64 = asked.input.iter().map(|&item| of(item)).sum::<f64>() / asked.input.len() as f64;
    asked.mean_of_top(k, of) - before
}
