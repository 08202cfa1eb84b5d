//! The figures of one contestant: metrics with their intervals.

use super::bootstrap::mean_intervals;
use super::metrics::MetricAt;
use super::{Benchmark, Outcome};
use std::collections::BTreeMap;

/// Metrics by key; empty where no user was tested.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    /// Users scored.
    pub users: usize,
    pub metrics: BTreeMap<String, f64>,
    /// 95 % intervals over users; coverage and others that are no means over users have none.
    pub intervals: BTreeMap<String, (f64, f64)>,
}

/// Takes metrics of an outcome.
pub fn measure(benchmark: &Benchmark, outcome: &Outcome, metrics: &[MetricAt]) -> Scores {
    let mut scores = Scores { users: outcome.lists.len(), ..Scores::default() };
    let mut columns: Vec<(String, Vec<f32>)> = Vec::new();
    for &metric in metrics {
        let Some(value) = benchmark.value(outcome, metric) else { continue };
        scores.metrics.insert(metric.key(), value);
        if let Some(values) = benchmark.per_user(outcome, metric) {
            columns.push((metric.key(), values));
        }
    }
    let values: Vec<&[f32]> = columns.iter().map(|(_, values)| values.as_slice()).collect();
    let intervals = mean_intervals(&values, benchmark.test.spec.seed);
    scores.intervals = columns.into_iter().map(|(key, _)| key).zip(intervals).collect();
    scores
}
