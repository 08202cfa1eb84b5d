//! Metrics: one file each, and a line in [`METRICS`].
//!
//! A metric is taken at a depth K ([`MetricAt`]). Those that have a value per user are the mean of these; the others
//! are taken of all lists together. Nothing here knows which model made a list.

mod average_attribute;
mod average_rewards;
mod coverage;
mod gini;
mod hit_rate;
mod hits;
mod intra_list_distance;
mod long_tail;
mod mean_average_precision;
mod mean_reciprocal_rank;
mod ndcg;
mod ndcg_over_hits;
mod new_items;
mod novelty;
mod popularity;
mod popularity_bias;
mod precision;
mod recall;

use super::Catalogue;
use crate::domain::limits::{LONGEST_METRIC_LIST, METRIC_CUTOFFS, METRIC_LIST_LENGTH};
use crate::domain::metric::MetricSpec;
pub use gini::gini_of;
pub use hits::Hits;

/// One user's list with all that a metric may compare it with.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Item indices, best first.
    pub list: &'a [u32],
    pub hits: &'a Hits,
    /// The items to find: a set, ascending.
    pub truth: &'a [u32],
    /// Items that the user had before.
    pub input: &'a [u32],
    pub catalogue: &'a Catalogue,
}

impl Asked<'_> {
    /// The mean of a value over the items of the catalogue in the top `k`; 0 where there are none.
    fn mean_of_top(&self, k: usize, value: impl Fn(u32) -> f64) -> f64 {
        let known = |item: &&u32| (**item as usize) < self.catalogue.n_items();
        let (mut sum, mut count) = (0.0, 0_u32);
        for &item in self.list.iter().take(k).filter(known) {
            sum += value(item);
            count += 1;
        }
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    }
}

/// How often each item stands in the lists of all users, cut at K.
#[derive(Debug, Clone, Copy)]
pub struct Exposure<'a> {
    /// `[n_items]`.
    pub counts: &'a [u32],
}

/// How a metric is taken.
#[derive(Debug, Clone, Copy)]
pub enum Reading {
    /// A value per user; the metric is their mean.
    PerUser(fn(&Asked<'_>, usize) -> f64),
    /// A value of all lists together.
    OfAllLists(fn(&Exposure<'_>) -> f64),
}

/// A metric and how it is taken.
#[derive(Debug)]
pub struct Metric {
    pub spec: MetricSpec,
    pub reading: Reading,
}

/// Every metric, in the order people see them.
pub static METRICS: [&Metric; 17] = [
    &ndcg::METRIC,
    &mean_reciprocal_rank::METRIC,
    &precision::METRIC,
    &recall::METRIC,
    &hit_rate::METRIC,
    &mean_average_precision::METRIC,
    &ndcg_over_hits::METRIC,
    &coverage::METRIC,
    &gini::METRIC,
    &long_tail::METRIC,
    &novelty::METRIC,
    &popularity::METRIC,
    &popularity_bias::METRIC,
    &intra_list_distance::METRIC,
    &new_items::METRIC,
    &average_rewards::METRIC,
    &average_attribute::METRIC,
];

/// What the service calls its metrics, where that is not a stem with a depth.
const COVERAGE_KEY: &str = "coverage";

/// A metric at a depth.
#[derive(Debug, Clone, Copy)]
pub struct MetricAt {
    pub metric: &'static Metric,
    pub k: usize,
}

impl PartialEq for MetricAt {
    fn eq(&self, other: &Self) -> bool {
        self.metric.spec.stem == other.metric.spec.stem && self.k == other.k
    }
}

impl Eq for MetricAt {}

impl MetricAt {
    /// The exact key, e.g. `precision_at_5`; coverage of the service's lists of 25 is plain `coverage`.
    pub fn key(self) -> String {
        match self.metric.spec.stem {
            COVERAGE_KEY if self.k == METRIC_LIST_LENGTH => COVERAGE_KEY.to_owned(),
            stem => format!("{stem}_at_{}", self.k),
        }
    }

    /// For table heads, e.g. `Precision@5`.
    pub fn title(self) -> String {
        match self.metric.spec.title.split_once(' ') {
            Some(("NDCG", rest)) => format!("NDCG@{} {rest}", self.k),
            _ if self.key() == COVERAGE_KEY => self.metric.spec.title.to_owned(),
            _ => format!("{}@{}", self.metric.spec.title, self.k),
        }
    }

    /// Reads a key.
    pub fn parse(key: &str) -> Option<Self> {
        if key == COVERAGE_KEY {
            return Some(Self { metric: &coverage::METRIC, k: METRIC_LIST_LENGTH });
        }
        let (stem, k) = key.rsplit_once("_at_")?;
        let metric = METRICS.into_iter().find(|metric| metric.spec.stem == stem)?;
        let k = k.parse().ok().filter(|k| (1..=LONGEST_METRIC_LIST).contains(k))?;
        Some(Self { metric, k })
    }

    /// Whether it has a value per user, so that it has an interval and two versions can be compared on it.
    pub fn is_per_user(self) -> bool {
        matches!(self.metric.reading, Reading::PerUser(_))
    }
}

/// What every version is measured by when it is trained: the service's metrics at its depths, and NDCG in the reading
/// that its published figures fit.
pub fn headline() -> Vec<MetricAt> {
    let deep = METRIC_LIST_LENGTH;
    let at_all = |metric| METRIC_CUTOFFS.map(|k| MetricAt { metric, k });
    let mut all = at_all(&ndcg::METRIC).to_vec();
    all.push(MetricAt { metric: &mean_reciprocal_rank::METRIC, k: deep });
    all.extend(at_all(&precision::METRIC));
    all.push(MetricAt { metric: &coverage::METRIC, k: deep });
    all.extend(at_all(&ndcg_over_hits::METRIC));
    all
}

/// What a hit at a position is worth: `1 / log(1 + position)`, the top being 1; the base cancels out.
fn discount(position: u32) -> f64 {
    1.0 / f64::from(1 + position).log2()
}

/// The discounted gain of hits at the first `count` positions: the most that so many hits can reach.
fn ideal(count: usize) -> f64 {
    (1..=count as u32).map(discount).sum()
}

/// The discounted gain of the hits in the top `k`.
fn gain(hits: &Hits, k: usize) -> f64 {
    hits.within(k).iter().map(|&position| discount(position)).sum()
}

#[cfg(test)]
mod tests;
