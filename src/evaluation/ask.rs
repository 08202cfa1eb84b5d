//! A model is asked every question of a test set.

use super::{Lists, TestSet};
use crate::data::{Bits, Interactions};
use crate::domain::limits::METRIC_LIST_LENGTH;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::recipes::ranking::{Allowed, RankOptions, rank};
use crate::recipes::{Model, Query};

/// How lists are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asking {
    /// Whether items of the input are left out.
    pub exclude_seen: bool,
    /// Items of a list.
    pub length: usize,
}

impl From<bool> for Asking {
    /// Lists as long as the service's, with or without seen items.
    fn from(exclude_seen: bool) -> Self {
        Self { exclude_seen, length: METRIC_LIST_LENGTH }
    }
}

/// Asks `model` every question of `test`: its lists, of 25 where nothing else is said, one per case.
///
/// `interactions` are those the test set was cut from (or both of [`TestSet::filtered`]). A query carries the
/// input part of the user's history and no item: a related-items recipe takes the last of the history. It carries no
/// context of the request either, since what is known of the moment belongs to the events to be found. As in the
/// service, seen items stay in the lists unless `exclude_seen`.
pub fn ask(
    model: &dyn Model,
    interactions: &Interactions,
    test: &TestSet,
    asking: impl Into<Asking>,
    job: &JobContext,
) -> Result<Lists, Cancelled> {
    let Asking { exclude_seen, length } = asking.into();
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
    let candidates: Option<Bits> = test.candidates.as_ref().map(|items| items.iter().copied().collect());
    let candidates = candidates
        .as_ref()
        .map(|candidates| move |_: usize, allowed: &mut Bits| allowed.clone_from(candidates));
    let allowed = candidates.as_ref().map(|allow| allow as &Allowed<'_>);
    let options = RankOptions { k: length, exclude_seen, allowed };
    Ok(Lists::of(&rank(model, &queries, options, job)?))
}

#[cfg(test)]
mod tests {
    use super::super::metrics::{MetricAt, headline};
    use super::super::{Benchmark, cut, measure};
    use super::*;
    use crate::data::Features;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::recipes::toy::{ToyModel, interactions, random_interactions};
    use std::time::Instant;

    fn benchmark(data: &Interactions) -> Benchmark {
        let test = cut(data, &SplitSpec::of(SplitKind::LeaveLastOut));
        Benchmark::new(data.clone(), test, &Features::none(data.n_items()))
    }

    #[test]
    fn a_model_is_asked_with_the_input_and_never_sees_the_truth() {
        let data = interactions(&[("a", "w", 1), ("a", "x", 2), ("a", "z", 3), ("b", "y", 1), ("b", "w", 2)]);
        let benchmark = benchmark(&data);
        // Likes the next item of the alphabet after the last one seen.
        let model = ToyModel {
            n_items: data.n_items(),
            score: |query: &Query<'_>, item: u32| {
                assert!(query.history.len() < 3, "the truth was shown");
                let last = query.history.items.last().copied().unwrap_or(0);
                if item == last + 1 { 1.0 } else { -f32::from(item as u8) }
            },
        };
        let outcome = |exclude_seen| {
            let lists = ask(&model, &data, &benchmark.test, exclude_seen, &JobContext::default()).unwrap();
            benchmark.outcome(lists)
        };
        // a: x → y w x z, truth z at 4. b: y → z w x y, truth w at 2.
        let with = outcome(false);
        let of = |key: &str| MetricAt::parse(key).unwrap();
        let rank = of("mean_reciprocal_rank_at_25");
        assert_eq!(benchmark.per_user(&with, rank).unwrap(), [0.25, 0.5]);
        assert_eq!(benchmark.value(&with, rank), Some(0.375));
        assert_eq!(benchmark.value(&with, of("precision_at_5")), Some(0.2));
        assert_eq!(benchmark.value(&with, of("coverage")), Some(1.0));
        // a: y z. b: z w x.
        let without = outcome(true);
        assert_eq!(benchmark.per_user(&without, rank).unwrap(), [0.5, 0.5]);
        assert_eq!(without.lists.items(0).len(), 2);
    }

    #[test]
    fn no_tested_user_gives_no_figure() {
        let benchmark = benchmark(&interactions(&[("a", "x", 1)]));
        let scores = measure(&benchmark, &benchmark.outcome(Lists::default()), &headline());
        assert!(scores.metrics.is_empty() && scores.intervals.is_empty());
    }

    #[test]
    fn a_cancelled_evaluation_ends() {
        let data = random_interactions(50, 20, 9, 1);
        let model = ToyModel { n_items: 20, score: |_: &Query<'_>, item| item as f32 };
        let job = JobContext::default();
        job.cancel();
        assert!(ask(&model, &data, &benchmark(&data).test, false, &job).is_err());
    }

    #[test]
    fn lists_hold_candidates_alone() {
        let data = random_interactions(60, 40, 15, 3);
        let test = cut(&data, &SplitSpec::of(SplitKind::ColdItems));
        let model = ToyModel { n_items: data.n_items(), score: |_: &Query<'_>, item| item as f32 };
        let lists = ask(&model, &data, &test, false, &JobContext::default()).unwrap();
        let candidates = test.candidates.unwrap();
        let count = candidates.iter().filter(|&&is| is).count();
        assert!((0..lists.len()).all(|case| lists.items(case).len() == count.min(25)));
        assert!(lists.all_items().iter().all(|&item| candidates[item as usize]));
    }

    #[test]
    fn one_and_two_threads_agree_bit_for_bit() {
        let data = random_interactions(700, 60, 20, 4);
        let benchmark = benchmark(&data);
        let model = ToyModel {
            n_items: 60,
            score: |query: &Query<'_>, item: u32| {
                query.history.items.iter().map(|&seen| 1.0 / (1.0 + (seen as f32 - item as f32).abs())).sum()
            },
        };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let lists = ask(&model, &data, &benchmark.test, false, &JobContext::default()).unwrap();
                let outcome = benchmark.outcome(lists);
                (measure(&benchmark, &outcome, &headline()), outcome.lists)
            })
        };
        assert_eq!(on(1), on(2));
    }

    /// A hundred thousand users, a thousand items: lists there are, all metrics of the service with intervals.
    #[test]
    fn a_hundred_thousand_users_are_measured_in_under_two_seconds() {
        let data = random_interactions(130_000, 1_000, 10, 2);
        let benchmark = benchmark(&data);
        assert!(benchmark.test.cases.len() > 100_000, "{}", benchmark.test.cases.len());
        let mut lists = Lists::with_room(benchmark.test.cases.len());
        for case in 0..benchmark.test.cases.len() as u32 {
            let items: Vec<u32> = (0..25).map(|place| (case * 31 + place * 37) % 1_000).collect();
            lists.push(&items, &[]);
        }
        let began = Instant::now();
        let scores = measure(&benchmark, &benchmark.outcome(lists), &headline());
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(scores.intervals.len(), 10);
        assert!(seconds < 2.0, "{seconds} s");
    }
}
