//! Structure planted in small data: what a network over histories must find.

mod runs;

use super::sampler::WHOLE;
use crate::data::{CategoricalFeature, Features, History, Interactions, Vocabulary};
use crate::jobs::JobContext;
use crate::nn::device::Place;
use crate::nn::random::Random;
use crate::recipes::{Model, Origin, Query, TrainingData, registry};
use candle_core::Device;
use std::sync::Arc;

/// Recipes that read histories in order.
const RECIPES: [&str; 4] = ["hrnn", "hrnn-metadata", "user-personalization", "user-personalization-v2"];

/// Users `u000` … with the items and event types that `history` gives, a minute apart.
fn interactions(
    users: usize,
    items: usize,
    history: impl Fn(u32, &mut Random) -> Vec<(u32, u16)>,
) -> Interactions {
    let names =
        |prefix: &str, n: usize| Arc::new(Vocabulary::new((0..n).map(|at| format!("{prefix}{at:03}"))));
    let mut rows = Vec::new();
    for user in 0..users as u32 {
        let mut random = Random::new(7, u64::from(user));
        for (at, (item, event_type)) in history(user, &mut random).into_iter().enumerate() {
            rows.push((user, item, at as i64 * 60, event_type, f32::NAN));
        }
    }
    let types = Arc::new(Vocabulary::new(["a", "b"]));
    Interactions::from_rows(names("u", users), names("i", items), types, &rows)
}

/// The same data, trained on by candle's operations: on its processor device, which every machine has.
fn on_candle(data: &TrainingData) -> TrainingData {
    TrainingData { place: Place::Card(Device::Cpu), ..data.clone() }
}

fn train(name: &str, data: &TrainingData) -> Box<dyn Model> {
    train_with(name, &[], data)
}

fn train_with(name: &str, texts: &[(&str, &str)], data: &TrainingData) -> Box<dyn Model> {
    let recipe = registry::find(name).unwrap();
    let parameters = recipe.descriptor().parameters_from(texts.iter().copied()).unwrap();
    recipe.train(data, &parameters, 1, &JobContext::default()).unwrap()
}

/// The same, later by so many seconds for each user.
fn shifted(mut data: Interactions, by: impl Fn(u32) -> i64) -> Interactions {
    for user in 0..data.n_users() as u32 {
        for row in data.rows(user) {
            data.timestamp[row] += by(user);
        }
    }
    data
}

/// What a model says to someone with that history, an event a minute.
fn ask(model: &dyn Model, items: &[u32]) -> Vec<f32> {
    let timestamps: Vec<i64> = (0..items.len() as i64).map(|at| at * 60).collect();
    let event_types = vec![0; items.len()];
    let history = History { items, timestamps: &timestamps, event_types: &event_types, ..History::default() };
    let mut row = vec![0.0; model.n_items()];
    let origin = model.score(&[Query { history, ..Query::default() }], &mut row)[0];
    assert_eq!(origin, Origin::Model);
    row
}

fn best(row: &[f32]) -> usize {
    (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap()
}

/// Everybody goes round 24 items from a place of their own, even users forwards and odd ones backwards: only the order
/// of the last two says which is next.
#[test]
fn order_decides_what_comes_next() {
    let data = interactions(200, 24, |user, random| {
        let begin = random.below(24);
        let step = if user % 2 == 0 { 1 } else { 23 };
        (0..12).map(|at| ((begin + at * step) % 24, 0)).collect()
    });
    let data = TrainingData::of(data);
    for name in RECIPES {
        let model = train(name, &data);
        let right = right_of_48(&*model);
        assert!(right >= 46, "{name}: {right} of 48; {:?}", model.notes());
    }
    let model = train("hrnn", &on_candle(&data));
    let right = right_of_48(&*model);
    assert!(right >= 46, "by candle's operations: {right} of 48; {:?}", model.notes());
}

/// How often what comes next on the circle is named, both ways round from every item.
fn right_of_48(model: &dyn Model) -> usize {
    let mut right = 0;
    for at in 0..24_u32 {
        for step in [1, 23] {
            let past: Vec<u32> = (0..6).map(|back| (at + (5 - back) * (24 - step)) % 24).collect();
            right += usize::from(best(&ask(model, &past)) as u32 == (at + step) % 24);
        }
    }
    right
}

/// So many users, of two teams by turns.
fn teams(users: usize) -> Arc<Features> {
    let team = CategoricalFeature {
        name: "TEAM".to_owned(),
        values: Arc::new(Vocabulary::new(["blue", "red"])),
        offsets: (0..=users).collect(),
        indices: (0..users as u32).map(|user| user % 2).collect(),
    };
    Arc::new(Features { rows: users, categorical: vec![team], ..Features::default() })
}

/// What a user does first depends on a column of Users alone: those without a history are told apart by it.
#[test]
fn metadata_speak_for_users_without_a_history() {
    let data = interactions(300, 10, |user, random| {
        let group = user % 2 * 5;
        (0..4).map(|_| (group + random.below(5), 0)).collect()
    });
    let data = TrainingData { users: teams(300), ..TrainingData::of(data) };
    let model = train("hrnn-metadata", &data);
    for user in 0..20 {
        let mut row = vec![0.0; 10];
        model.score(&[Query { user: Some(user), ..Query::default() }], &mut row);
        assert_eq!(best(&row) as u32 / 5, user % 2, "{row:?}");
    }
}

/// An item's category decides whether it is taken. An item that nobody had is scored by its category.
#[test]
fn an_item_never_seen_is_scored_by_its_metadata() {
    // Items 0 … 9 are of one kind, 10 … 19 of the other; 9 and 19 never occur. A user has one kind.
    let data =
        interactions(300, 20, |user, random| (0..6).map(|_| (user % 2 * 10 + random.below(9), 0)).collect());
    let kind = CategoricalFeature {
        name: "KIND".to_owned(),
        values: Arc::new(Vocabulary::new(["left", "right"])),
        offsets: (0..=20).collect(),
        indices: (0..20).map(|item| item / 10).collect(),
    };
    let items = Features { rows: 20, categorical: vec![kind], ..Features::default() };
    let data = TrainingData { items: Arc::new(items), ..TrainingData::of(data) };
    let model = train("hrnn-metadata", &data);
    let (left, right) = (ask(&*model, &[0, 3, 5]), ask(&*model, &[12, 17, 10]));
    assert!(left[9] - left[19] > 1.0 && right[19] - right[9] > 1.0, "{left:?} {right:?}");
}

/// Two kinds of items, of which a user takes one; a hundred of each had been there all the time, sixty of each are
/// new and had once. They alone are recommended, those of the right kind before all others.
#[test]
fn new_items_are_recommended_by_their_metadata() {
    const OLD: u32 = 100;
    const NEW: u32 = 60;
    let n = (2 * (OLD + NEW)) as usize;
    let data = interactions(600, n, |user, random| {
        let first = user % 2 * (OLD + NEW);
        let mut events: Vec<(u32, u16)> = (0..9).map(|_| (first + random.below(OLD), 0)).collect();
        if user < 2 * NEW {
            events.push((first + OLD + user / 2, 0));
        }
        events
    });
    let kind = CategoricalFeature {
        name: "KIND".to_owned(),
        values: Arc::new(Vocabulary::new(["left", "right"])),
        offsets: (0..=n).collect(),
        indices: (0..n as u32).map(|item| item / (OLD + NEW)).collect(),
    };
    let items = Features { rows: n, categorical: vec![kind], ..Features::default() };
    let data = TrainingData { items: Arc::new(items), ..TrainingData::of(data) };
    // Nobody had an old item less than ten times.
    let model = train_with("hrnn-coldstart", &[("cold_start_max_interactions", "5")], &data);
    for side in 0..2 {
        let row = ask(&*model, &[3, 50, 7].map(|item| item + side * (OLD + NEW)));
        let mut list: Vec<u32> = (0..n as u32).filter(|&item| row[item as usize].is_finite()).collect();
        assert_eq!(list.len() as u32, 2 * NEW);
        assert!(list.iter().all(|item| item % (OLD + NEW) >= OLD), "{list:?}");
        list.sort_by(|&a, &b| row[b as usize].total_cmp(&row[a as usize]));
        assert!(list[..NEW as usize].iter().all(|item| item / (OLD + NEW) == side), "{list:?}");
    }
    let recipe = registry::find("hrnn-coldstart").unwrap();
    let parameters = recipe.descriptor().parameters_from([("cold_start_max_interactions", "1")]).unwrap();
    let error = recipe.train(&data, &parameters, 1, &JobContext::default()).err().unwrap().to_string();
    assert!(error.contains("0 of 320 items are cold") && error.contains("100 to 80000"), "{error}");
}

/// Every event is the one four before it: steps of back-propagation through time must reach that far.
#[test]
fn steps_through_time_reach_back_as_far_as_is_asked() {
    const LAG: usize = 4;
    const ITEMS: u32 = 8;
    let data = interactions(300, ITEMS as usize, |_, random| {
        let begin: Vec<(u32, u16)> = (0..LAG).map(|_| (random.below(ITEMS), 0)).collect();
        (0..24).map(|at| begin[at % LAG]).collect()
    });
    let data = TrainingData::of(data);
    let right = |bptt: &str| {
        let model = train_with("hrnn", &[("bptt", bptt)], &data);
        let mut random = Random::new(99, 1);
        let mut right = 0;
        for _ in 0..200 {
            let begin: Vec<u32> = (0..LAG).map(|_| random.below(ITEMS)).collect();
            let past: Vec<u32> = (0..12).map(|at| begin[at % LAG]).collect();
            right += usize::from(best(&ask(&*model, &past)) as u32 == begin[0]);
        }
        right
    };
    let (short, long) = (right("2"), right("32"));
    assert!(long > 180 && short + 40 < long, "{short} and {long} of 200");
}

/// What everybody begins with changed in the last quarter: where recent events weigh more, new users get the new trend.
#[test]
fn the_recency_mask_follows_a_trend() {
    let data = interactions(400, 10, |user, random| {
        (0..3).map(|_| (if user < 240 { random.below(5) } else { 5 + random.below(5) }, 0)).collect()
    });
    let data = shifted(data, |user| if user < 240 { 0 } else { 30 * 86_400 });
    let data = TrainingData::of(data);
    let share = |mask: &str| {
        let model = train_with("hrnn", &[("recency_mask", mask)], &data);
        let mut row = vec![0.0; 10];
        model.score(&[Query::default()], &mut row);
        let weights: Vec<f32> = row.iter().map(|score| score.exp()).collect();
        weights[5..].iter().sum::<f32>() / weights.iter().sum::<f32>()
    };
    let (masked, plain) = (share("true"), share("false"));
    assert!(masked > plain + 0.05, "{masked} with the mask, {plain} without");
}

/// The event's type, not its item, says what follows.
#[test]
fn event_types_are_read() {
    let data = interactions(300, 12, |_, random| {
        let mut events = Vec::new();
        for _ in 0..5 {
            let kind = random.below(2) as u16;
            events.push((random.below(10), kind));
            events.push((10 + u32::from(kind), 0));
        }
        events
    });
    let data = TrainingData::of(data);
    let model = train("hrnn", &data);
    for kind in 0..2_u16 {
        let history = History {
            items: &[3, 10, 7],
            timestamps: &[0, 60, 120],
            event_types: &[0, 0, kind],
            ..History::default()
        };
        let mut row = vec![0.0; 12];
        model.score(&[Query { history, ..Query::default() }], &mut row);
        assert_eq!(best(&row), 10 + usize::from(kind), "{row:?}");
    }
}

/// Events of one minute after the other; the one after the first of a session is item 10, after any other 11, and the
/// sessions begin at random. Without their ids nothing tells; with them the network does, and asks them of a history.
#[test]
fn sessions_begin_where_their_ids_change() {
    let begins = |user: u32| {
        let mut random = Random::new(17, u64::from(user));
        (0..10).map(|_| random.below(2) == 1).collect::<Vec<bool>>()
    };
    let data = interactions(300, 12, |user, random| {
        let told = begins(user)
            .into_iter()
            .flat_map(|begins| [(random.below(10), 0), (if begins { 10 } else { 11 }, 0)]);
        told.collect()
    });
    // Each pair of events: a number of its own where it begins a session, the number before where not.
    let mut session = Vec::new();
    for user in 0..300 {
        let mut number = 1_000 * user;
        for begins in begins(user) {
            number += u32::from(begins);
            session.extend([number; 2]);
        }
    }
    let data = Interactions { session, ..data };
    let model = train("hrnn", &TrainingData::of(data.clone()));
    assert!(model.notes().iter().any(|note| note.contains("6000 of 6000 events")), "{:?}", model.notes());
    let blind = train("hrnn", &TrainingData::of(data.without_context(&["SESSION_ID"])));
    let (mut right, mut guessed) = (0, 0);
    for first in 0..10 {
        for begins in [true, false] {
            let history = History {
                items: &[2, 11, first],
                timestamps: &[0, 60, 120],
                event_types: &[0; 3],
                sessions: &[5, 5, if begins { 6 } else { 5 }],
                ..History::default()
            };
            let expected = if begins { 10 } else { 11 };
            let unnamed = History { sessions: &[], ..history };
            for (model, history, hits) in [(&model, history, &mut right), (&blind, unnamed, &mut guessed)] {
                let mut row = vec![0.0; 12];
                model.score(&[Query { history, ..Query::default() }], &mut row);
                *hits += usize::from(best(&row) == expected);
            }
        }
    }
    assert!(right == 20 && guessed == 10, "{right} and {guessed} of 20");
}

/// A list does not depend on which other queries are asked with it.
#[test]
fn an_answer_depends_on_its_query_alone() {
    let data =
        interactions(60, 30, |_, random| (0..=random.below(40)).map(|_| (random.below(30), 0)).collect());
    let training = TrainingData::of(data.clone());
    for name in RECIPES {
        let model = train(name, &training);
        let query = |user: u32| Query { user: Some(user), history: data.history(user), ..Query::default() };
        let queries: Vec<Query<'_>> = (0..60).map(query).collect();
        let mut together = vec![0.0; 60 * 30];
        model.score(&queries, &mut together);
        for (user, expected) in together.chunks_exact(30).enumerate() {
            let mut alone = vec![0.0; 30];
            model.score(&[query(user as u32)], &mut alone);
            assert_eq!(alone, expected, "{name}, user {user}");
        }
    }
}

/// Of users with some hundred events no more than the newest are read; who they are still counts.
#[test]
fn metadata_speak_for_users_with_long_histories() {
    let data = interactions(120, 10, |user, random| {
        let group = user % 2 * 5;
        (0..6).map(|at| (if at % 2 == 0 { group + random.below(5) } else { random.below(10) }, 0)).collect()
    });
    let model = train("hrnn-metadata", &TrainingData { users: teams(120), ..TrainingData::of(data) });
    let long: Vec<u32> = (0..300).map(|at| at * 7 % 10).collect();
    let times: Vec<i64> = (0..300).map(|at| at * 60).collect();
    let history = History { items: &long, timestamps: &times, event_types: &[0; 300], ..History::default() };
    let of = |user: u32| {
        let mut row = vec![0.0; 10];
        model.score(&[Query { user: Some(user), history, ..Query::default() }], &mut row);
        row
    };
    assert_ne!(of(0), of(1));
}

/// Twenty-four items on a circle among thousands that people had once: what comes next is learnt from samples of the
/// catalogue, with the same bits on one and two threads.
#[test]
fn order_is_learnt_in_a_catalogue_too_large_to_compare_with() {
    let n = WHOLE + 1_000;
    let data = interactions(900, n, |user, random| {
        if user >= 200 {
            return (0..30).map(|_| (24 + random.below(n as u32 - 24), 0)).collect();
        }
        let begin = random.below(24);
        let step = if user % 2 == 0 { 1 } else { 23 };
        (0..12).map(|at| ((begin + at * step) % 24, 0)).collect()
    });
    let data = TrainingData::of(data);
    let rows = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let model = train("hrnn", &data);
            let right = right_of_48(&*model);
            assert!(right >= 44, "{right} of 48; {:?}", model.notes());
            ask(&*model, &[3, 4, 5])
        })
    });
    assert!(rows[0] == rows[1]);
}
