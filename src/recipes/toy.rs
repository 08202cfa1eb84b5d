//! Small data and models for tests of the rooms that use a model without caring which.

use super::{Artifact, ArtifactError, Evidence, Explanation, Model, Origin, Query, Recipe};
use crate::data::{ActionRules, Actions, History, Interactions, Vocabulary};
use crate::domain::Parameters;
use crate::domain::action::ActionEvent;
use std::sync::Arc;

/// Interactions from `(user, item, timestamp)`.
pub fn interactions(rows: &[(&str, &str, i64)]) -> Interactions {
    let users = Arc::new(Vocabulary::new(rows.iter().map(|row| row.0)));
    let items = Arc::new(Vocabulary::new(rows.iter().map(|row| row.1)));
    let encoded: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((users.index(row.0)?, items.index(row.1)?, row.2, 0, f32::NAN)))
        .collect();
    Interactions::from_rows(users, items, Arc::new(Vocabulary::default()), &encoded)
}

/// Users `u00000` … with up to `longest` interactions each (some with none) over `n_items` items `i0000` ….
pub fn random_interactions(n_users: usize, n_items: usize, longest: u64, seed: u64) -> Interactions {
    let users = Arc::new(Vocabulary::new((0..n_users).map(|user| format!("u{user:05}"))));
    let items = Arc::new(Vocabulary::new((0..n_items).map(|item| format!("i{item:04}"))));
    let mut rows = Vec::new();
    for user in 0..n_users as u64 {
        let mut state = seed ^ user.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // Knuth's MMIX generator; its high bits are good.
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        next(2);
        for _ in 0..next(longest + 1) {
            rows.push((user as u32, next(n_items as u64) as u32, next(1_000) as i64, 0, f32::NAN));
        }
    }
    Interactions::from_rows(users, items, Arc::new(Vocabulary::default()), &rows)
}

/// The same with four actions, of which everybody was shown two and took those of their own parity more often.
pub fn with_actions(data: super::TrainingData) -> super::TrainingData {
    let users = Arc::clone(&data.interactions.users);
    let actions = Arc::new(Vocabulary::new(["a0", "a1", "a2", "a3"]));
    let mut rows = Vec::new();
    for user in 0..users.len() as u32 {
        for step in 0..2 {
            let action = (user / 2 + step) % 4;
            let takes = if user % 2 == action % 2 { user % 7 < 5 } else { user % 7 < 2 };
            let event = if takes { ActionEvent::Taken } else { ActionEvent::NotTaken };
            rows.push((user, action, 1_000 + i64::from(user * 10 + step), event.index(), f32::NAN));
        }
    }
    let types = Arc::new(Vocabulary::new(ActionEvent::ALL.map(ActionEvent::as_str)));
    let log = Interactions::from_rows(users, actions, types, &rows);
    let rules = vec![ActionRules { is_listed: true, ..ActionRules::default() }; 4];
    let features = crate::data::Features::none(4);
    let actions = Actions { log, features, rules, has_enough: vec![true; 4], left_out: 0 };
    super::TrainingData { actions: Some(Arc::new(actions)), ..data }
}

/// Scores every item by a function of the query and the item.
pub struct ToyModel<F> {
    pub n_items: usize,
    pub score: F,
}

impl<F: Fn(&Query<'_>, u32) -> f32 + Send + Sync> Model for ToyModel<F> {
    fn n_items(&self) -> usize {
        self.n_items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        for (query, row) in queries.iter().zip(scores.chunks_mut(self.n_items)) {
            for (item, score) in row.iter_mut().enumerate() {
                *score = (self.score)(query, item as u32);
            }
        }
        let fallback = |query: &Query<'_>| query.history.is_empty() && query.item.is_none();
        queries.iter().map(|query| if fallback(query) { Origin::Popular } else { Origin::Model }).collect()
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let evidence = query.history.items.iter().rev().take(10);
        let evidence = evidence.map(|&item| Evidence::Item { item, weight: 1.0, together: None });
        vec![Explanation { origin: Origin::Model, evidence: evidence.collect() }; items.len()]
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        Ok(Artifact { tensors: Vec::new(), json: String::new() })
    }
}

/// The defaults, but that every item of a small catalogue is cold to the recipe that needs a hundred.
pub fn parameters(recipe: &dyn Recipe) -> Parameters {
    let descriptor = recipe.descriptor();
    let cold = [("cold_start_max_interactions", "100000"), ("cold_start_max_duration", "36500")];
    let known = |name| descriptor.parameters.iter().any(|spec| spec.name == name);
    descriptor.parameters_from(cold.into_iter().filter(|(name, _)| known(*name))).unwrap()
}

/// A model of a recipe, with these parameters in place of defaults.
pub fn trained(
    recipe: &dyn super::Recipe,
    interactions: Interactions,
    parameters: &[(&str, &str)],
) -> Box<dyn Model> {
    let parameters = recipe.descriptor().parameters_from(parameters.iter().copied()).unwrap();
    let data = super::TrainingData::of(interactions);
    recipe.train(&data, &parameters, 0, &crate::jobs::JobContext::default()).unwrap()
}

/// What a model says to a user with that history, `[n_items]`, and where it came from.
pub fn scores(model: &dyn Model, items: &[u32]) -> (Vec<f32>, Origin) {
    let (timestamps, event_types) = (vec![0; items.len()], vec![0; items.len()]);
    let history = History { items, timestamps: &timestamps, event_types: &event_types, ..History::default() };
    let mut scores = vec![0.0; model.n_items()];
    let origin = model.score(&[Query { history, ..Query::default() }], &mut scores)[0];
    (scores, origin)
}
