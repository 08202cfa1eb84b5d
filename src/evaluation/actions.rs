//! Next best actions measured: what was recommended against what was taken, and probabilities against what came true.
//!
//! The service's protocol (developer guide, "Evaluating a solution version with metrics"): a tenth of the people with action
//! interactions is tested and absent from training; validation is done within the training part, by people held back in
//! turn. It does not say when an action counts as predicted; here it does where it is among the five that a request would
//! return, asked at the moment that the newest tenth of a person's showings begins, and it counts as taken where one of
//! those showings was. Probabilities are held against every showing of the tested people, each asked with what came before.

use super::split::{TestSet, shuffled_users};
use super::{Scores, p_value};
use crate::data::{Actions, Interactions, Showing, showings};
use crate::domain::limits::DEFAULT_ACTION_RESULTS;
use crate::domain::split::{SplitKind, SplitSpec};
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::recipes::{Model, Query};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PRECISION: &str = "precision";
const RECALL: &str = "recall";
const AUC: &str = "auc";
const CALIBRATION_ERROR: &str = "expected_calibration_error";
const COVERAGE: &str = "coverage";

/// A metric of recommended actions: its key, what people call it, and what it is.
#[derive(Debug, Clone, Copy)]
pub struct ActionMetric {
    pub key: &'static str,
    pub title: &'static str,
    pub definition: &'static str,
}

const fn metric(key: &'static str, title: &'static str, definition: &'static str) -> ActionMetric {
    ActionMetric { key, title, definition }
}

/// All of them, in the order people see them.
pub const ACTION_METRICS: [ActionMetric; 5] = [
    metric(
        PRECISION,
        "Precision",
        "Of each action, the share of those it was recommended to who took it; the mean over actions.",
    ),
    metric(
        RECALL,
        "Recall",
        "Of each action, the share of those who took it to whom it was recommended; the mean over actions.",
    ),
    metric(
        AUC,
        "AUC",
        "The chance that a showing that was taken had a higher probability than one that was not.",
    ),
    metric(
        CALIBRATION_ERROR,
        "Calibration error",
        "How far probabilities are from what came true, on average; 0 is best.",
    ),
    metric(COVERAGE, "Coverage", "The share of the actions that stand in any list of five."),
];
/// Bins that probabilities are sorted into, of equal width.
const BINS: usize = 10;

/// Who is tested.
pub struct ActionTest {
    /// By user of the log of actions.
    pub people: Vec<bool>,
    /// The rows of the interactions with items that are trained on: those of all others.
    pub set: TestSet,
}

/// One answer held against what came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActionOutcome {
    /// Probability and whether it was taken, of every showing of an action of which enough is known.
    pub showings: Vec<(f32, bool)>,
    /// Of each tested person: the actions they may be asked, best first; with the actions taken.
    pub people: Vec<(Vec<u32>, Vec<u32>)>,
    /// Actions that are chosen among.
    pub n_listed: usize,
}

/// How often something came true that was said to be so probable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The mean of the probabilities told.
    pub predicted: f64,
    pub observed: f64,
    pub count: u64,
}

/// Draws the tested people: the share of those with two action interactions or more, the same ones whenever their ids and
/// the seed are the same.
pub fn cut_actions(interactions: &Interactions, log: &Interactions, seed: u64, fraction: f64) -> ActionTest {
    let pool = shuffled_users(log, seed);
    let tested = (fraction * pool.len() as f64).round() as usize;
    let mut people = vec![false; log.n_users()];
    pool.iter().take(tested).for_each(|&user| people[user as usize] = true);
    let mut train = vec![true; interactions.len()];
    for user in (0..log.n_users() as u32).filter(|&user| people[user as usize]) {
        if let Some(known) = interactions.users.index(log.users.id(user)) {
            train[interactions.rows(known)].fill(false);
        }
    }
    let spec = SplitSpec {
        name: format!("{tested} of {} people who were shown actions", pool.len()),
        seed,
        fraction,
        ..SplitSpec::of(SplitKind::Personalize)
    };
    ActionTest { people, set: TestSet::of_rows(&spec, train) }
}

/// Asks about every showing of the tested people. `score` writes a score an action, `[n_actions]`.
pub fn ask_actions(
    score: impl Fn(&Query<'_>, &mut [f32]),
    (interactions, actions): (&Interactions, &Actions),
    people: &[bool],
    period_days: i64,
    job: &JobContext,
) -> Result<ActionOutcome, Cancelled> {
    let log = &actions.log;
    let tested: Vec<(u32, Showing)> =
        showings(log, period_days).into_iter().filter(|(user, _)| people[*user as usize]).collect();
    let tested: Vec<&[(u32, Showing)]> = tested.chunk_by(|a, b| a.0 == b.0).collect();
    job.stage("Asking for every tested user", Unit::Users, tested.len() as u64);
    let n_listed = actions.rules.iter().filter(|rules| rules.is_listed).count();
    let mut outcome = ActionOutcome { n_listed, ..ActionOutcome::default() };
    let mut scores = vec![0.0; actions.n_actions()];
    for all in tested {
        job.check()?;
        let user = all[0].0;
        let known = interactions.users.index(log.users.id(user));
        let own = log.history(user);
        let held_out = ((0.1 * all.len() as f64).ceil() as usize).max(1);
        let first = all.len().saturating_sub(held_out);
        for (place, (_, showing)) in all.iter().enumerate() {
            let history = known.map(|known| {
                let history = interactions.history(known);
                history.slice(0..history.timestamps.partition_point(|&time| time < showing.at))
            });
            let query = Query {
                user: known,
                history: history.unwrap_or_default(),
                actions: own.slice(0..showing.first),
                now: Some(showing.at),
                ..Query::default()
            };
            score(&query, &mut scores);
            if actions.has_enough[showing.action as usize] {
                outcome.showings.push((scores[showing.action as usize], showing.was_taken));
            }
            if place == first {
                let open = actions.open(&query.actions, showing.at);
                let ranked = actions.best(&scores, &open, actions.n_actions());
                let mut taken: Vec<u32> =
                    all[first..].iter().filter(|(_, one)| one.was_taken).map(|(_, one)| one.action).collect();
                taken.sort_unstable();
                taken.dedup();
                outcome.people.push((ranked, taken));
            }
        }
        job.advance(1);
    }
    Ok(outcome)
}

/// The scores of a model of actions.
pub fn scores_of(model: &dyn Model) -> impl Fn(&Query<'_>, &mut [f32]) + '_ {
    |query, scores| {
        model.score(std::slice::from_ref(query), scores);
    }
}

/// The share of showings that were taken, of each action: what popularity alone says.
pub fn taken_shares(actions: &Actions, period_days: i64) -> Vec<f32> {
    let mut counts = vec![[0.0_f32; 2]; actions.n_actions()];
    for (_, showing) in showings(&actions.log, period_days) {
        counts[showing.action as usize][usize::from(showing.was_taken)] += 1.0;
    }
    counts.iter().map(|[not, taken]| taken / (not + taken).max(1.0)).collect()
}

/// Of each action that was recommended, the share of the people it was recommended to who took it; the mean over actions.
pub fn precision(people: &[(Vec<u32>, Vec<u32>)]) -> Option<f64> {
    share_of(people, |listed, _| listed)
}

/// Of each action that was taken, the share of those who took it to whom it was recommended; the mean over actions.
pub fn recall(people: &[(Vec<u32>, Vec<u32>)]) -> Option<f64> {
    share_of(people, |_, taken| taken)
}

fn share_of<'a>(
    people: &'a [(Vec<u32>, Vec<u32>)],
    counted: impl Fn(&'a [u32], &'a [u32]) -> &'a [u32],
) -> Option<f64> {
    let mut counts: BTreeMap<u32, [f64; 2]> = BTreeMap::new();
    for (listed, taken) in people {
        for &action in counted(listed, taken) {
            let counts = counts.entry(action).or_default();
            counts[0] += 1.0;
            counts[1] += f64::from(u8::from(listed.contains(&action) && taken.contains(&action)));
        }
    }
    let shares = counts.values().map(|[all, both]| both / all);
    (!counts.is_empty()).then(|| shares.sum::<f64>() / counts.len() as f64)
}

/// The area under the ROC curve: the chance that what was taken had the higher probability, ties counting half (Mann and
/// Whitney 1947). None where all or nothing was taken.
pub fn auc(showings: &[(f32, bool)]) -> Option<f64> {
    let mut sorted = showings.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut pairs, mut taken_in_all) = (0.0, 0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let taken = tied.iter().filter(|(_, taken)| *taken).count() as f64;
        let not = tied.len() as f64 - taken;
        pairs += taken * (below + not / 2.0);
        below += not;
        taken_in_all += taken;
    }
    (below > 0.0 && taken_in_all > 0.0).then(|| pairs / (below * taken_in_all))
}

/// Probabilities in bins of equal width; empty ones are left out.
pub fn calibration(showings: &[(f32, bool)]) -> Vec<CalibrationBin> {
    let mut bins = [(0.0, 0.0, 0_u64); BINS];
    for &(probability, taken) in showings {
        let bin = &mut bins[((probability * BINS as f32) as usize).min(BINS - 1)];
        bin.0 += f64::from(probability);
        bin.1 += f64::from(u8::from(taken));
        bin.2 += 1;
    }
    let bin = |(predicted, observed, count): &(f64, f64, u64)| {
        let n = *count as f64;
        CalibrationBin { predicted: predicted / n, observed: observed / n, count: *count }
    };
    bins.iter().filter(|bin| bin.2 > 0).map(bin).collect()
}

/// The mean distance between what was told and what came true, weighed by how often it was told (expected calibration error,
/// Naeini, Cooper and Hauskrecht 2015).
pub fn calibration_error(bins: &[CalibrationBin]) -> f64 {
    let all: u64 = bins.iter().map(|bin| bin.count).sum();
    bins.iter().map(|bin| (bin.predicted - bin.observed).abs() * bin.count as f64).sum::<f64>()
        / (all as f64).max(1.0)
}

impl ActionOutcome {
    /// The lists that a request would be answered with, of actions with a probability, and what was taken.
    fn lists(&self) -> Vec<(Vec<u32>, Vec<u32>)> {
        let cut = |(ranked, taken): &(Vec<u32>, Vec<u32>)| {
            (ranked.iter().take(DEFAULT_ACTION_RESULTS).copied().collect(), taken.clone())
        };
        self.people.iter().map(cut).collect()
    }

    /// The metrics, by key.
    pub fn scores(&self) -> Scores {
        let lists = self.lists();
        let mut listed: Vec<u32> = lists.iter().flat_map(|(list, _)| list).copied().collect();
        listed.sort_unstable();
        listed.dedup();
        let coverage = (self.n_listed > 0).then(|| listed.len() as f64 / self.n_listed as f64);
        let error = (!self.showings.is_empty()).then(|| calibration_error(&calibration(&self.showings)));
        let all = [
            (PRECISION, precision(&lists)),
            (RECALL, recall(&lists)),
            (AUC, auc(&self.showings)),
            (CALIBRATION_ERROR, error),
            (COVERAGE, coverage),
        ];
        let metrics = all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Scores { users: self.people.len(), metrics: metrics.collect(), intervals: BTreeMap::new() }
    }

    /// How high each person who took anything finds it: the mean of `1 / log2(1 + rank)` over what they took.
    pub fn gains(&self) -> Vec<f32> {
        let gain = |(ranked, taken): &(Vec<u32>, Vec<u32>)| {
            let places = taken.iter().filter_map(|action| ranked.iter().position(|other| other == action));
            let sum: f64 = places.map(|place| 1.0 / (place as f64 + 2.0).log2()).sum();
            (sum / taken.len() as f64) as f32
        };
        self.people.iter().filter(|(_, taken)| !taken.is_empty()).map(gain).collect()
    }

    /// In a sentence, how it does against other answers to the same questions, and whether that is more than luck.
    pub fn against(&self, other: &Self, name: &str, seed: u64) -> Option<String> {
        let (own, others) = (self.gains(), other.gains());
        if own.is_empty() {
            return None;
        }
        let difference: Vec<f32> = own.iter().zip(&others).map(|(a, b)| a - b).collect();
        let mean = |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64;
        let p = p_value(&difference, seed);
        let p = if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") };
        let auc =
            |outcome: &Self| auc(&outcome.showings).map_or_else(|| "-".to_owned(), |auc| format!("{auc:.3}"));
        Some(format!(
            "How high what people took stands: a mean gain of {:.3}, by {name} {:.3}, over {} people ({p}); AUC {}, by \
             {name} {}.",
            mean(&own),
            mean(&others),
            own.len(),
            auc(self),
            auc(other)
        ))
    }
}

#[cfg(test)]
mod planted;

#[cfg(test)]
mod tests {
    use super::*;

    /// The service's two examples: recommended to 100 and taken by 60 of them; taken by 100, of whom 50 were predicted.
    #[test]
    fn golden_examples_of_precision_and_recall() {
        let people = |list: &[u32], taken: &[u32], count: usize| vec![(list.to_vec(), taken.to_vec()); count];
        let recommended = [people(&[7], &[7], 60), people(&[7], &[], 40)].concat();
        assert_eq!(precision(&recommended), Some(0.60));
        let took = [people(&[7], &[7], 50), people(&[], &[7], 50)].concat();
        assert_eq!(recall(&took), Some(0.50));
        // The mean over actions, not over people: one is always right, the other never.
        let two = [people(&[1], &[1], 30), people(&[2], &[], 10)].concat();
        assert_eq!((precision(&two), recall(&two)), (Some(0.5), Some(1.0)));
        assert_eq!((precision(&[]), recall(&[])), (None, None));
    }

    /// Against every pair counted one by one.
    #[test]
    fn auc_is_the_share_of_pairs_in_order() {
        let showings: Vec<(f32, bool)> =
            (0..97_u32).map(|at| (((at * 37) % 11) as f32 / 11.0, (at * at) % 7 < 3)).collect();
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (a, _) in showings.iter().filter(|(_, taken)| *taken) {
            for (b, _) in showings.iter().filter(|(_, taken)| !taken) {
                sum += if a > b { 1.0 } else { f64::from(u8::from(a == b)) * 0.5 };
                pairs += 1.0;
            }
        }
        assert!((auc(&showings).unwrap() - sum / pairs).abs() < 1e-12);
        assert_eq!(auc(&[(0.5, true)]), None);
    }

    /// Ten said to be at 0.25 of which 3 come true, ten at 0.75 of which 8 do: (0.05 + 0.05) / 2.
    #[test]
    fn calibration_error_is_the_mean_distance() {
        let of = |probability: f32, taken: usize| (0..10).map(move |at| (probability, at < taken));
        let showings: Vec<(f32, bool)> = of(0.25, 3).chain(of(0.75, 8)).collect();
        let bins = calibration(&showings);
        assert_eq!(
            bins.iter().map(|bin| (bin.observed, bin.count)).collect::<Vec<_>>(),
            [(0.3, 10), (0.8, 10)]
        );
        assert!((calibration_error(&bins) - 0.05).abs() < 1e-9);
    }
}
