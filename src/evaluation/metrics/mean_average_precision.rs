//! Mean average precision: precision at each hit, averaged over what was to be found.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "mean_average_precision",
        title: "MAP",
        definition: "Mean over users of the precision at the position of each hit in the top K, summed and divided by all items to find (the reading of trec_eval and ranx).",
        formula: "sum over hits p <= K of (hits up to p / p)  /  items to find",
        better: Better::Higher,
    },
    reading: Reading::PerUser(average_precision),
};

fn average_precision(asked: &Asked<'_>, k: usize) -> f64 {
    let Asked { hits, .. } = asked;
    if hits.relevant == 0 {
        return 0.0;
    }
    let at_hits = hits.within(k).iter().zip(1_u32..);
    at_hits.map(|(&position, found)| f64::from(found) / f64::from(position)).sum::<f64>()
        / hits.relevant as f64
}
