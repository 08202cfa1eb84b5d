//! A model on a test set: its lists, a value per user and metric, means and intervals.

use super::bootstrap::mean_intervals;
use super::metrics::{self, Hits, Reading};
use super::{TestCase, TestSet};
use crate::data::Interactions;
use crate::domain::limits::METRIC_LIST_LENGTH;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::recipes::ranking::{RankOptions, RankedList, rank};
use crate::recipes::{Model, Query};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What a model scored. Maps are by metric key; all are empty where no user was tested.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Whether items of the input were left out of the lists.
    pub exclude_seen: bool,
    /// Length of the lists.
    pub k: usize,
    /// The tested users, ascending.
    pub users: Vec<u32>,
    /// A value per user, in the order of `users`; coverage has none.
    pub values: BTreeMap<String, Vec<f32>>,
    pub metrics: BTreeMap<String, f64>,
    /// 95 % intervals over users; coverage, which is no mean over users, has none.
    pub intervals: BTreeMap<String, (f64, f64)>,
    /// A list per user.
    pub lists: Vec<RankedList>,
    /// Distinct items in the lists.
    pub coverage_numerator: usize,
    /// Distinct items of the Items and Interactions datasets.
    pub coverage_denominator: usize,
}

/// Asks `model` every question of `test` and scores its lists of 25.
///
/// `interactions` are those the test set was cut from (or both of [`TestSet::filtered`]). A query carries the
/// input part of the user's history and no item: a related-items recipe takes the last of the history. It carries no
/// context of the request either, since what is known of the moment belongs to the events to be found. As in the
/// service, seen items stay in the lists unless `exclude_seen`.
pub fn evaluate(
    model: &dyn Model,
    interactions: &Interactions,
    test: &TestSet,
    exclude_seen: bool,
    job: &JobContext,
) -> Result<Scores, Cancelled> {
    job.stage("Asking for every tested user", Unit::Users, test.cases.len() as u64);
    let queries: Vec<Query<'_>> = test
        .cases
        .iter()
        .map(|case| Query {
            user: Some(case.user),
            history: interactions.history(case.user).slice(0..case.input),
            ..Query::default()
        })
        .collect();
    let options = RankOptions { k: METRIC_LIST_LENGTH, exclude_seen, allowed: None };
    let lists = rank(model, &queries, options, job)?;
    job.stage("Scoring lists", Unit::Users, test.cases.len() as u64);
    let scores = score_lists(lists, interactions.n_items(), test, exclude_seen);
    job.advance(test.cases.len() as u64);
    job.check()?;
    Ok(scores)
}

/// Scores lists, one per case of `test` in its order, over a catalogue of `n_items`.
pub fn score_lists(lists: Vec<RankedList>, n_items: usize, test: &TestSet, exclude_seen: bool) -> Scores {
    let hits: Vec<Hits> = lists
        .par_iter()
        .zip(&test.cases)
        .map(|(list, case): (&RankedList, &TestCase)| Hits::of(&list.items, &case.truth))
        .collect();
    let mut recommended = vec![false; n_items];
    for &item in lists.iter().flat_map(|list| &list.items) {
        recommended[item as usize] = true;
    }
    let coverage_numerator = recommended.iter().filter(|&&once| once).count();

    let mut scores = Scores {
        exclude_seen,
        k: METRIC_LIST_LENGTH,
        users: test.cases.iter().map(|case| case.user).collect(),
        values: BTreeMap::new(),
        metrics: BTreeMap::new(),
        intervals: BTreeMap::new(),
        lists,
        coverage_numerator,
        coverage_denominator: n_items,
    };
    if hits.is_empty() {
        return scores;
    }
    for metric in metrics::all() {
        let key = metric.spec.key.to_owned();
        match metric.reading {
            Reading::PerUser(value) => {
                let values: Vec<f64> = hits.par_iter().map(value).collect();
                scores.metrics.insert(key.clone(), values.iter().sum::<f64>() / values.len() as f64);
                scores.values.insert(key, values.into_iter().map(|value| value as f32).collect());
            }
            Reading::OfAllLists(value) => {
                scores.metrics.insert(key, value(coverage_numerator, n_items));
            }
        }
    }
    let columns: Vec<&[f32]> = scores.values.values().map(Vec::as_slice).collect();
    let intervals = mean_intervals(&columns, test.spec.seed);
    scores.intervals = scores.values.keys().cloned().zip(intervals).collect();
    scores
}

#[cfg(test)]
mod tests {
    use super::super::cut;
    use super::*;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::recipes::toy::{ToyModel, interactions, random_interactions};
    use std::time::Instant;

    fn leave_last_out() -> SplitSpec {
        SplitSpec { kind: SplitKind::LeaveLastOut, ..SplitSpec::default() }
    }

    #[test]
    fn a_model_is_asked_with_the_input_and_never_sees_the_truth() {
        let data = interactions(&[("a", "w", 1), ("a", "x", 2), ("a", "z", 3), ("b", "y", 1), ("b", "w", 2)]);
        let test = cut(&data, &leave_last_out());
        // Likes the next item of the alphabet after the last one seen.
        let model = ToyModel {
            n_items: data.n_items(),
            score: |query: &Query<'_>, item: u32| {
                assert!(query.history.len() < 3, "the truth was shown");
                let last = query.history.items.last().copied().unwrap_or(0);
                if item == last + 1 { 1.0 } else { -f32::from(item as u8) }
            },
        };
        let scores = evaluate(&model, &data, &test, false, &JobContext::default()).unwrap();
        // a: x → y w x z, truth z at 4. b: y → z w x y, truth w at 2.
        assert_eq!(scores.values["mean_reciprocal_rank_at_25"], [0.25, 0.5]);
        assert_eq!(scores.metrics["mean_reciprocal_rank_at_25"], 0.375);
        assert_eq!(scores.metrics["precision_at_5"], 0.2);
        assert_eq!(scores.metrics["coverage"], 1.0);
        assert_eq!((scores.coverage_numerator, scores.coverage_denominator), (4, 4));

        let unseen = evaluate(&model, &data, &test, true, &JobContext::default()).unwrap();
        // a: y z. b: z w x.
        assert_eq!(unseen.values["mean_reciprocal_rank_at_25"], [0.5, 0.5]);
        assert_eq!(unseen.lists[0].items.len(), 2);
    }

    #[test]
    fn no_tested_user_gives_no_figure() {
        let data = interactions(&[("a", "x", 1)]);
        let test = cut(&data, &leave_last_out());
        let model = ToyModel { n_items: 1, score: |_: &Query<'_>, _| 0.0 };
        let scores = evaluate(&model, &data, &test, false, &JobContext::default()).unwrap();
        assert!(scores.metrics.is_empty() && scores.intervals.is_empty());
    }

    #[test]
    fn a_cancelled_evaluation_ends() {
        let data = random_interactions(50, 20, 9, 1);
        let model = ToyModel { n_items: 20, score: |_: &Query<'_>, item| item as f32 };
        let job = JobContext::default();
        job.cancel();
        assert!(evaluate(&model, &data, &cut(&data, &leave_last_out()), false, &job).is_err());
    }

    #[test]
    fn one_and_two_threads_agree_bit_for_bit() {
        let data = random_interactions(700, 60, 20, 4);
        let test = cut(&data, &leave_last_out());
        let model = ToyModel {
            n_items: 60,
            score: |query: &Query<'_>, item: u32| {
                query.history.items.iter().map(|&seen| 1.0 / (1.0 + (seen as f32 - item as f32).abs())).sum()
            },
        };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| evaluate(&model, &data, &test, false, &JobContext::default()).unwrap())
        };
        assert_eq!(on(1), on(2));
    }

    /// Twenty thousand users, a thousand items, intervals and all.
    #[test]
    fn twenty_thousand_users_take_under_two_seconds() {
        let data = random_interactions(22_000, 1_000, 40, 2);
        let test = cut(&data, &leave_last_out());
        assert!(test.cases.len() > 20_000);
        let model = ToyModel {
            n_items: 1_000,
            score: |query: &Query<'_>, item: u32| ((item * 31 + query.history.len() as u32) % 997) as f32,
        };
        let began = Instant::now();
        let scores = evaluate(&model, &data, &test, false, &JobContext::default()).unwrap();
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(scores.intervals.len(), 10);
        assert!(seconds < 2.0, "{seconds} s");
    }
}
