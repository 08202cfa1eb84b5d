//! A small lab for tests of the faces.

use crate::data::Features;
use crate::domain::limits::METRIC_CUTOFFS;
use crate::domain::split::{SplitKind, SplitSpec};
use crate::evaluation::{Benchmark, Lists, Outcome, cut};
use crate::recipes::toy::random_interactions;
use crate::studio::{
    Contestant, EvaluationRow, EvaluationView, GroupView, Lab, METRICS, MetricAt, Segmentation, TestSetView,
};
use std::sync::Arc;

/// Two contestants, asked for the last item of 300 users: one lists the items in their order, one the other way round.
pub fn lab() -> Lab {
    let data = random_interactions(300, 40, 12, 5);
    let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
    let items = Features::none(data.n_items());
    let benchmark = Arc::new(Benchmark::new(data, test, &items));
    let contestant = |name: &str, recipe: &str, order: &dyn Fn(u32) -> u32| {
        let mut lists = Lists::with_room(benchmark.test.cases.len());
        for _ in &benchmark.test.cases {
            lists.push(&(0..25).map(order).collect::<Vec<_>>(), &[]);
        }
        Contestant {
            name: name.to_owned(),
            recipe: recipe.to_owned(),
            benchmark: Arc::clone(&benchmark),
            runs: vec![Arc::new(benchmark.outcome(lists))],
            missing_users: 0,
        }
    };
    let contestants = vec![
        contestant("forwards", "popularity-count", &|place| place),
        contestant("backwards", "imported lists", &|place| 39 - place),
    ];
    Lab { contestants }
}

/// A benchmark of so many users, who had ten of a thousand items, and lists of ten items of `kinds` kinds: the first finds
/// what is sought for every second user, the next for every third, and so on.
pub fn outcomes(users: usize, kinds: usize) -> (Arc<Benchmark>, Vec<Arc<Outcome>>) {
    let data = random_interactions(users * 13 / 10, 1_000, 10, 2);
    let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
    let benchmark = Arc::new(Benchmark::new(data, test, &Features::none(1_000)));
    let cases = &benchmark.test.cases;
    assert!(cases.len() >= users, "{} users are tested", cases.len());
    let outcome = |kind: usize| {
        let mut lists = Lists::with_room(cases.len());
        for (place, case) in cases.iter().enumerate() {
            let mut items: Vec<u32> = (0..10).map(|rank| (place as u32 * 31 + rank * 37) % 1_000).collect();
            if place % (kind + 2) == 0 {
                items.retain(|item| *item != case.truth[0]);
                items.insert(place % 9, case.truth[0]);
            }
            lists.push(&items, &[]);
        }
        Arc::new(benchmark.outcome(lists))
    };
    let outcomes = (0..kinds).map(outcome).collect();
    (benchmark, outcomes)
}

/// The small lab as an evaluation.
pub fn view() -> EvaluationView {
    view_of(lab().contestants)
}

pub fn view_of(contestants: Vec<Contestant>) -> EvaluationView {
    let lab = Lab { contestants };
    let benchmark = &lab.contestants[0].benchmark;
    let metrics: Vec<MetricAt> =
        METRICS.into_iter().flat_map(|metric| METRIC_CUTOFFS.map(|k| MetricAt { metric, k })).collect();
    let row = |contestant: &Contestant| {
        let scores = contestant.scores(&metrics);
        EvaluationRow {
            name: contestant.name.clone(),
            recipe: contestant.recipe.clone(),
            metrics: scores.metrics,
            intervals: scores.intervals,
            users: scores.users as u64,
        }
    };
    EvaluationView {
        split: TestSetView {
            spec: benchmark.test.spec.clone(),
            users: benchmark.test.cases.len() as u64,
            skipped_users: 0,
            training_rows: 1,
            truth_items: 1,
            created_at: 0,
            active: true,
            current: true,
        },
        exclude_seen: false,
        results: lab.contestants.iter().map(row).collect(),
        actions: Vec::new(),
        notes: Vec::new(),
        segmentations: Arc::new(vec![Segmentation::activity(benchmark)]),
        lab: Arc::new(lab),
    }
}

/// A group without anything in it.
pub fn group() -> GroupView {
    GroupView {
        name: "films".to_owned(),
        created_at: 0,
        datasets: Vec::new(),
        test_sets: Vec::new(),
        solutions: Vec::new(),
        campaigns: Vec::new(),
        filters: Vec::new(),
        foreign_lists: Vec::new(),
        batch_jobs: Vec::new(),
        simulations: Vec::new(),
        import_jobs: Vec::new(),
    }
}
