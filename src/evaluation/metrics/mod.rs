//! Metrics: one file each, and a line in [`METRICS`].
//!
//! Every metric but coverage is a mean over the tested users of a value that is kept per user.

mod coverage;
mod hits;
mod mean_reciprocal_rank;
mod ndcg;
mod ndcg_over_hits;
mod precision;

use crate::domain::metric::MetricSpec;

pub use hits::Hits;

/// How a metric is taken.
#[derive(Debug, Clone, Copy)]
pub enum Reading {
    /// A value per user; the metric is their mean.
    PerUser(fn(&Hits) -> f64),
    /// A value of all lists together: distinct items recommended, items of the catalogue.
    OfAllLists(fn(usize, usize) -> f64),
}

/// A metric and how it is taken.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub spec: MetricSpec,
    pub reading: Reading,
}

/// Every metric, in the order people see them.
pub static METRICS: &[&[Metric]] = &[
    ndcg::METRICS,
    mean_reciprocal_rank::METRICS,
    precision::METRICS,
    coverage::METRICS,
    ndcg_over_hits::METRICS,
];

/// Every metric, one after the other.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    METRICS.iter().copied().flatten()
}

/// The names and definitions of a metric.
pub fn spec(key: &str) -> Option<&'static MetricSpec> {
    all().map(|metric| &metric.spec).find(|spec| spec.key == key)
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
