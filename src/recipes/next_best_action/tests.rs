//! What a model of actions says, by hand.

use super::*;
use crate::data::{History, Metadata};
use crate::domain::action::ActionEvent;
use crate::recipes::toy;
use std::sync::Arc;

fn toy_data() -> TrainingData {
    toy::with_actions(TrainingData::of(toy::random_interactions(400, 30, 10, 3)))
}

fn trained(data: &TrainingData) -> Box<dyn Model> {
    let parameters = DESCRIPTOR.parameters_from([]).unwrap();
    NextBestAction.train(data, &parameters, 0, &JobContext::default()).unwrap()
}

fn scores(model: &dyn Model, query: Query<'_>) -> Vec<f32> {
    let mut scores = vec![-1.0; model.n_items()];
    model.score(&[query], &mut scores);
    scores
}

#[test]
fn an_action_without_enough_behind_it_scores_nothing() {
    let data = toy_data();
    let mut actions = (**data.actions.as_ref().unwrap()).clone();
    actions.has_enough = vec![true, false, true, true];
    let model = trained(&TrainingData { actions: Some(Arc::new(actions)), ..data });
    let scores = scores(&*model, Query::default());
    assert_eq!(scores[1], 0.0);
    assert!([0, 2, 3].iter().all(|&at| scores[at] > 0.0 && scores[at] < 1.0), "{scores:?}");
    assert!(
        model.notes().iter().any(|note| note.starts_with("1 of 4 actions score 0")),
        "{:?}",
        model.notes()
    );
    let evidence = model.explain(&Query::default(), &[1]).remove(0).evidence;
    assert!(matches!(&evidence[..], [Evidence::Count { what, .. }] if what == "of 200 showings were taken"));
}

/// Whoever declined an action is less likely to take it than whoever took it before; what an answer changes, it changes for
/// its own user alone.
#[test]
fn an_answer_changes_the_probability_at_once() {
    // Everybody was shown one action three times; those of even number always take it, others never.
    let data = TrainingData::of(toy::random_interactions(300, 20, 6, 5));
    let users = Arc::clone(&data.interactions.users);
    let mut rows = Vec::new();
    for user in 0..300_u32 {
        for step in 0..3 {
            let event = if user % 2 == 0 { ActionEvent::Taken } else { ActionEvent::NotTaken };
            rows.push((user, 0, i64::from(step * 20 * 86_400 + user), event.index(), f32::NAN));
        }
    }
    let known = toy::with_actions(data.clone()).actions.unwrap();
    let log = crate::data::Interactions::from_rows(
        users,
        Arc::clone(&known.log.items),
        Arc::clone(&known.log.event_types),
        &rows,
    );
    let actions = crate::data::Actions { log, ..(*known).clone() };
    let model = trained(&TrainingData { actions: Some(Arc::new(actions)), ..data });
    let after = |event: ActionEvent| {
        let (items, timestamps, event_types) = ([0], [30 * 86_400], [event.index()]);
        let actions = History {
            items: &items,
            timestamps: &timestamps,
            event_types: &event_types,
            ..History::default()
        };
        scores(&*model, Query { actions, now: Some(60 * 86_400), ..Query::default() })[0]
    };
    let (declined, took) = (after(ActionEvent::NotTaken), after(ActionEvent::Taken));
    assert!(declined < 0.25 && took > 0.75, "{declined} {took}");
}

#[test]
fn without_actions_there_is_nothing_to_train() {
    let data = TrainingData::of(toy::random_interactions(50, 20, 10, 1));
    let parameters = DESCRIPTOR.parameters_from([]).unwrap();
    let error = NextBestAction.train(&data, &parameters, 0, &JobContext::default()).err().unwrap();
    assert!(error.to_string().contains("no Actions dataset; import one"), "{error}");
    let error = DESCRIPTOR.parameters_from([(PERIOD, "29")]).unwrap_err();
    assert!(error.to_string().contains("from 7 to 28"), "{error}");
    // Actions that nobody was shown: they are there, and nothing is known of them.
    let mut none = (*toy_data().actions.unwrap()).clone();
    none.log = none.log.filtered(|_| false);
    none.has_enough = vec![false; 4];
    let metadata = Metadata { actions: Some(Arc::new(none)), ..Metadata::none(&data.interactions) };
    let model = trained(&TrainingData::new(data.interactions, &metadata));
    assert_eq!(scores(&*model, Query::default()), [0.0; 4]);
}
