//! Contestants side by side: every figure, difference and verdict that people compare by.
//!
//! A [`Lab`] holds lists and answers from them alone; no model is asked again. Contestants with an event filter of their
//! own have other truths: they have figures, and no differences with those of other truths.

use super::benchmark::mean;
use super::bootstrap::normal_interval;
use super::compare::{compare, holm, minus, p_value};
use super::metrics::{Metric, MetricAt};
use super::segments::{SegmentScore, Segmentation};
use super::{Benchmark, Difference, Outcome, Scores, measure};
use crate::domain::metric::Better;
use serde::Serialize;
use std::sync::Arc;

/// The chance of error that is put up with, for all differences of a metric together.
const LEVEL: f64 = 0.05;
/// The recipe that every other is measured against.
pub const BASELINE: &str = "popularity-count";
/// The normal distribution's 97.5 % point.
const Z: f64 = 1.959_963_984_540_054;

/// One that is compared: a version, several versions that differ by their seed alone, or another tool's lists.
#[derive(Debug, Clone)]
pub struct Contestant {
    pub name: String,
    /// The recipe, or what kind of thing it is.
    pub recipe: String,
    pub benchmark: Arc<Benchmark>,
    /// One per seed.
    pub runs: Vec<Arc<Outcome>>,
    /// Tested users it has no list for.
    pub missing_users: usize,
}

impl Contestant {
    /// The value of every user, the mean of all runs; `None` for a metric of all lists together.
    pub fn per_user(&self, metric: MetricAt) -> Option<Vec<f32>> {
        let values = self.exact_values(metric)?;
        Some(values.into_iter().map(|value| value as f32).collect())
    }

    /// The same in full precision.
    pub fn exact_values(&self, metric: MetricAt) -> Option<Vec<f64>> {
        let mut runs = self.runs.iter().map(|run| self.benchmark.exact_values(run, metric));
        let mut sum = runs.next()??;
        for values in runs {
            sum.iter_mut().zip(values?).for_each(|(sum, value)| *sum += value);
        }
        let n = self.runs.len() as f64;
        for value in &mut sum {
            *value /= n;
        }
        Some(sum)
    }

    /// The metric, the mean of all runs; `None` where nobody is tested.
    pub fn value(&self, metric: MetricAt) -> Option<f64> {
        let values: Option<Vec<f64>> =
            self.runs.iter().map(|run| self.benchmark.value(run, metric)).collect();
        values
            .filter(|values| !values.is_empty())
            .map(|values| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Metrics with their intervals. Those of several runs hold the luck of the users and that of the seeds.
    pub fn scores(&self, metrics: &[MetricAt]) -> Scores {
        let runs: Vec<Scores> = self.runs.iter().map(|run| measure(&self.benchmark, run, metrics)).collect();
        let Some((first, others)) = runs.split_first() else { return Scores::default() };
        if others.is_empty() {
            return first.clone();
        }
        let mut pooled = Scores { users: first.users, ..Scores::default() };
        for &metric in metrics {
            let key = metric.key();
            let values: Vec<f64> = runs.iter().filter_map(|run| run.metrics.get(&key).copied()).collect();
            if values.is_empty() {
                continue;
            }
            let n = values.len() as f64;
            let value = values.iter().sum::<f64>() / n;
            if let Some(of_users) = self.per_user(metric) {
                let (low, high) = normal_interval(&of_users);
                let squares: f64 = values.iter().map(|other| (other - value).powi(2)).sum();
                let of_seeds = Z * (squares / (n - 1.0) / n).sqrt();
                let interval =
                    (value - (value - low).hypot(of_seeds), value + (high - value).hypot(of_seeds));
                pooled.intervals.insert(key.clone(), interval);
            }
            pooled.metrics.insert(key, value);
        }
        pooled
    }

    /// How far the runs of several seeds lie apart: the standard deviation of the metric over them.
    pub fn seed_deviation(&self, metric: MetricAt) -> Option<f64> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| self.benchmark.value(run, metric)).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
    }

    /// A metric of each group of a segmentation, the mean of all runs.
    pub fn segments(&self, segmentation: &Segmentation, metric: MetricAt) -> Option<Vec<SegmentScore>> {
        let mut runs = self.runs.iter().map(|run| segmentation.scores(&self.benchmark, run, metric));
        let mut sum = runs.next()??;
        for scores in runs {
            for (sum, score) in sum.iter_mut().zip(scores?) {
                sum.value = sum.value.zip(score.value).map(|(a, b)| a + b);
                sum.interval = sum.interval.zip(score.interval).map(|(a, b)| (a.0 + b.0, a.1 + b.1));
            }
        }
        let n = self.runs.len() as f64;
        for score in &mut sum {
            score.value = score.value.map(|value| value / n);
            score.interval = score.interval.map(|(low, high)| (low / n, high / n));
        }
        Some(sum)
    }

    /// Whether the other was asked the same questions with the same answers sought.
    pub fn is_comparable(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.benchmark, &other.benchmark)
            || self.benchmark.test.cases == other.benchmark.test.cases
    }
}

/// The difference of two contestants on one metric, among all pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// Places among the contestants.
    pub first: usize,
    pub second: usize,
    /// Mean over users of first minus second.
    pub difference: f64,
    /// 95 % interval, of the normal approximation.
    pub interval: (f64, f64),
    pub p_value: f64,
    /// Corrected for the number of pairs.
    pub adjusted: f64,
}

impl Pair {
    /// Whether it is more than luck, all pairs taken together.
    pub fn is_clear(&self) -> bool {
        self.adjusted < LEVEL
    }
}

/// How far a contestant is above or below the baseline, as a share of the baseline's value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lift {
    /// `a / b − 1` of the two means.
    pub share: f64,
    /// 95 % interval, by the delta method: over users, of `(aᵤ − a/b · bᵤ) / b`.
    pub interval: (f64, f64),
}

/// What a person needs to know of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The place of the best contestant.
    pub best: usize,
    /// In words.
    pub sentence: String,
    pub pairs: Vec<Pair>,
}

/// Contestants of one test set.
#[derive(Debug, Clone, Default)]
pub struct Lab {
    pub contestants: Vec<Contestant>,
}

impl Lab {
    /// Differences of all pairs that were asked the same, with Holm's correction for their number; none for a metric without
    /// a value per user.
    pub fn pairs(&self, metric: MetricAt) -> Vec<Pair> {
        let columns: Vec<Option<Vec<f32>>> =
            self.contestants.iter().map(|contestant| contestant.per_user(metric)).collect();
        let mut pairs = Vec::new();
        for (first, a) in columns.iter().enumerate() {
            for (second, b) in columns.iter().enumerate().skip(first + 1) {
                let (Some(a), Some(b)) = (a, b) else { continue };
                if a.is_empty() || !self.contestants[first].is_comparable(&self.contestants[second]) {
                    continue;
                }
                let differences = minus(a, b);
                pairs.push(Pair {
                    first,
                    second,
                    difference: mean(&differences),
                    interval: normal_interval(&differences),
                    p_value: p_value(&differences, 0),
                    adjusted: 1.0,
                });
            }
        }
        let p_values: Vec<f64> = pairs.iter().map(|pair| pair.p_value).collect();
        for (pair, adjusted) in pairs.iter_mut().zip(holm(&p_values)) {
            pair.adjusted = adjusted;
        }
        pairs
    }

    /// Which contestant is best on a metric, by how much, and how many of the differences are luck.
    pub fn verdict(&self, metric: MetricAt) -> Option<Verdict> {
        let better = metric.metric.spec.better;
        let sign = if better == Better::Lower { -1.0 } else { 1.0 };
        let values: Vec<f64> = self
            .contestants
            .iter()
            .map(|contestant| contestant.value(metric).map_or(f64::NEG_INFINITY, |value| sign * value))
            .collect();
        let mut order: Vec<usize> = (0..values.len()).filter(|&at| values[at].is_finite()).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
        let &best = order.first()?;
        let pairs = self.pairs(metric);
        let sentence = self.sentence(metric, &order, &pairs);
        Some(Verdict { best, sentence, pairs })
    }

    fn sentence(&self, metric: MetricAt, order: &[usize], pairs: &[Pair]) -> String {
        let title = metric.title();
        let name = |at: usize| self.contestants[at].name.as_str();
        let Some((&best, rest)) = order.split_first() else { return String::new() };
        let value = |at: usize| self.contestants[at].value(metric).unwrap_or_default();
        let Some(&second) = rest.first() else {
            return format!("{} is alone: train another recipe to compare its {title} with.", name(best));
        };
        let pair =
            pairs.iter().find(|pair| (pair.first, pair.second) == (best.min(second), best.max(second)));
        let Some(pair) = pair else {
            return format!(
                "{} has the {} {title}, {:.4}, before {} with {:.4}; it has no value per user, so chance can't be told.",
                name(best),
                if metric.metric.spec.better == Better::Lower { "lowest" } else { "highest" },
                value(best),
                name(second),
                value(second)
            );
        };
        let flip = if pair.first == best { 1.0 } else { -1.0 };
        let bounds = [flip * pair.interval.0, flip * pair.interval.1];
        let by = format!(
            "{:.4} [{:.4}, {:.4}]",
            flip * pair.difference,
            bounds[0].min(bounds[1]),
            bounds[0].max(bounds[1])
        );
        let (best, second) = (name(best), name(second));
        let lead = match (metric.metric.spec.better, pair.is_clear()) {
            (Better::Neither, true) => format!("{best} has a higher {title} than {second} by {by}"),
            (_, true) => format!("{best} is better than {second} on {title} by {by}"),
            (_, false) => format!("{best} leads on {title}, but its lead on {second}, {by}, may be luck"),
        };
        let noise = pairs.iter().filter(|pair| !pair.is_clear()).count();
        let count = match (pairs.len(), noise) {
            (1, _) => String::new(),
            (all, 0) => format!("; all {all} differences are more than noise"),
            (all, 1) => format!("; 1 of {all} differences is noise"),
            (all, noise) => format!("; {noise} of {all} differences are noise"),
        };
        format!("{lead}{count}.")
    }

    /// What the first contestant does better than the second, metric by metric; `None` where they were not asked the same.
    pub fn differences(&self, first: usize, second: usize, metrics: &[MetricAt]) -> Option<Vec<Difference>> {
        let (first, second) = (&self.contestants[first], &self.contestants[second]);
        if !first.is_comparable(second) {
            return None;
        }
        let columns = metrics
            .iter()
            .filter_map(|&metric| Some((metric.key(), first.per_user(metric)?, second.per_user(metric)?)));
        Some(compare(&columns.collect::<Vec<_>>(), 0))
    }

    /// How far each contestant is above the baseline; `None` for the baseline itself, for those that were asked for other
    /// things, and for all where the baseline is not there, has nothing, or the metric has no value per user.
    pub fn lifts(&self, metric: MetricAt) -> Vec<Option<Lift>> {
        let baseline = self.contestants.iter().position(|contestant| contestant.recipe == BASELINE);
        let lift = |place: usize| {
            let baseline = baseline.filter(|&baseline| baseline != place)?;
            let (own, other) = (&self.contestants[place], &self.contestants[baseline]);
            if !own.is_comparable(other) {
                return None;
            }
            let (own, other) = (own.per_user(metric)?, other.per_user(metric)?);
            let (a, b) = (mean(&own), mean(&other));
            if b <= 0.0 {
                return None;
            }
            let ratio = a / b;
            let parts = own.iter().zip(&other);
            let parts: Vec<f32> = parts
                .map(|(&own, &other)| ((f64::from(own) - ratio * f64::from(other)) / b) as f32)
                .collect();
            let (low, high) = normal_interval(&parts);
            Some(Lift { share: ratio - 1.0, interval: (ratio - 1.0 + low, ratio - 1.0 + high) })
        };
        (0..self.contestants.len()).map(lift).collect()
    }

    /// A metric at each of the depths, `[contestants][depths]`.
    pub fn curves(&self, metric: &'static Metric, depths: &[usize]) -> Vec<Vec<f64>> {
        let at = |contestant: &Contestant, &k: &usize| {
            contestant.value(MetricAt { metric, k }).unwrap_or_default()
        };
        let of = |contestant: &Contestant| depths.iter().map(|k| at(contestant, k)).collect();
        self.contestants.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Features;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::evaluation::{Lists, cut};
    use crate::recipes::toy::random_interactions;

    fn benchmark() -> Arc<Benchmark> {
        let data = random_interactions(500, 60, 20, 11);
        let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
        let items = Features::none(data.n_items());
        Arc::new(Benchmark::new(data, test, &items))
    }

    /// Finds the truth of every case for which `finds` holds, at the top, and fills up with `first` and what follows it.
    fn outcome(benchmark: &Benchmark, first: u32, finds: impl Fn(usize) -> bool) -> Arc<Outcome> {
        let mut lists = Lists::with_room(benchmark.test.cases.len());
        for (place, case) in benchmark.test.cases.iter().enumerate() {
            let others = (0..60).map(|item| (first + item) % 60).filter(|item| !case.truth.contains(item));
            let found = case.truth.iter().copied().filter(|_| finds(place));
            lists.push(&found.chain(others).take(10).collect::<Vec<_>>(), &[]);
        }
        Arc::new(benchmark.outcome(lists))
    }

    fn contestant(name: &str, benchmark: &Arc<Benchmark>, runs: Vec<Arc<Outcome>>) -> Contestant {
        Contestant {
            name: name.to_owned(),
            recipe: String::new(),
            benchmark: Arc::clone(benchmark),
            runs,
            missing_users: 0,
        }
    }

    fn metric(key: &str) -> MetricAt {
        MetricAt::parse(key).unwrap()
    }

    #[test]
    fn a_lift_is_a_share_of_the_baseline_with_an_interval_around_it() {
        let benchmark = benchmark();
        let run = |finds: fn(usize) -> bool| vec![outcome(&benchmark, 0, finds)];
        let mut lab = Lab {
            contestants: vec![
                contestant("half", &benchmark, run(|case| case % 2 == 0)),
                contestant("quarter", &benchmark, run(|case| case % 4 == 1)),
                contestant("the same", &benchmark, run(|case| case % 4 == 1)),
            ],
        };
        let hit = metric("hit_rate_at_1");
        assert_eq!(lab.lifts(hit), [None; 3], "there is no baseline");
        lab.contestants[1].recipe = BASELINE.to_owned();
        let lifts = lab.lifts(hit);
        let half = lifts[0].unwrap();
        assert!((half.share - 1.0).abs() < 0.02, "twice as many hits: {half:?}");
        // Half of the users have (1, 0), a quarter (0, 1): the variance of (a − 2b) / b̄ is 16 (1/2 + 4/4) − 0.
        let width = 2.0 * Z * (16.0_f64 * 1.5 / benchmark.test.cases.len() as f64).sqrt();
        assert!((half.interval.1 - half.interval.0 - width).abs() < 0.02, "{half:?}");
        assert_eq!(lifts[1], None);
        assert_eq!(lifts[2], Some(Lift { share: 0.0, interval: (0.0, 0.0) }));
    }

    #[test]
    fn the_verdict_names_the_best_and_counts_the_noise() {
        let benchmark = benchmark();
        let run = |finds: fn(usize) -> bool| vec![outcome(&benchmark, 0, finds)];
        let lab = Lab {
            contestants: vec![
                contestant("tenth", &benchmark, run(|case| case % 10 == 0)),
                contestant("half", &benchmark, run(|case| case % 2 == 0)),
                contestant("other tenth", &benchmark, run(|case| case % 10 == 1)),
            ],
        };
        let verdict = lab.verdict(metric("hit_rate_at_5")).unwrap();
        assert_eq!(verdict.best, 1);
        assert!(verdict.sentence.starts_with("half is better than"), "{}", verdict.sentence);
        assert!(verdict.sentence.ends_with("; 1 of 3 differences is noise."), "{}", verdict.sentence);
        let clear: Vec<bool> = verdict.pairs.iter().map(Pair::is_clear).collect();
        assert_eq!(clear, [true, false, true]);
        for pair in &verdict.pairs {
            assert!(pair.adjusted >= pair.p_value && pair.interval.0 <= pair.interval.1);
        }
        // A metric of all lists has a best one, and no chance to tell.
        let coverage = lab.verdict(metric("coverage")).unwrap();
        assert!(coverage.pairs.is_empty() && coverage.sentence.contains("chance can't be told"));
        let alone = Lab { contestants: lab.contestants[..1].to_vec() };
        assert!(alone.verdict(metric("coverage")).unwrap().sentence.contains("alone"));
    }

    #[test]
    fn seeds_are_pooled_and_their_luck_widens_the_interval() {
        let benchmark = benchmark();
        let runs: Vec<Arc<Outcome>> =
            (1..4).map(|run| outcome(&benchmark, 7 * run as u32, move |case| case % 12 < run * 3)).collect();
        let single = contestant("one", &benchmark, runs[1..2].to_vec());
        let pooled = contestant("three", &benchmark, runs.clone());
        let hit_rate = metric("hit_rate_at_5");
        let values: Vec<f64> = runs.iter().map(|run| benchmark.value(run, hit_rate).unwrap()).collect();
        let mean = values.iter().sum::<f64>() / 3.0;
        assert!((pooled.value(hit_rate).unwrap() - mean).abs() < 1e-9);
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 2.0).sqrt();
        assert!((pooled.seed_deviation(hit_rate).unwrap() - deviation).abs() < 1e-9);
        assert_eq!(single.seed_deviation(hit_rate), None);
        let width = |scores: Scores| {
            let (low, high) = scores.intervals[&hit_rate.key()];
            high - low
        };
        let (one, three) = (width(single.scores(&[hit_rate])), width(pooled.scores(&[hit_rate])));
        assert!(three > one && three / 2.0 > Z * deviation / 3_f64.sqrt(), "{one} {three}");
    }

    #[test]
    fn other_truths_are_not_compared() {
        let benchmark = benchmark();
        let data = &benchmark.interactions;
        let keep: Vec<bool> = (0..data.len()).map(|row| row % 3 > 0).collect();
        let (fewer, test) = benchmark.test.filtered(data, &keep);
        let items = Features::none(fewer.n_items());
        let other = Arc::new(Benchmark::new(fewer, test, &items));
        let lab = Lab {
            contestants: vec![
                contestant("all", &benchmark, vec![outcome(&benchmark, 0, |_| true)]),
                contestant("some", &other, vec![outcome(&other, 0, |_| true)]),
            ],
        };
        assert!(lab.pairs(metric("precision_at_5")).is_empty());
        assert!(lab.differences(0, 1, &[metric("precision_at_5")]).is_none());
    }

    #[test]
    fn curves_are_the_metric_at_each_depth() {
        let benchmark = benchmark();
        let lab = Lab {
            contestants: vec![contestant(
                "half",
                &benchmark,
                vec![outcome(&benchmark, 3, |case| case % 2 == 0)],
            )],
        };
        let precision = metric("precision_at_5");
        let curves = lab.curves(precision.metric, &[1, 5]);
        assert!(
            curves[0][0] >= 0.5
                && (curves[0][1] - lab.contestants[0].value(precision).unwrap()).abs() < 1e-12
        );
    }
}
