//! How a training goes: stopped and taken up, ended early, decided before, refused.

use super::super::validation::Validation;
use super::{RECIPES, ask, interactions, on_candle, train};
use crate::jobs::{Checkpoints, JobContext};
use crate::recipes::{TrainError, TrainingData, registry};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Checkpoints in memory that do something to the job at the first one.
struct Memory {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    job: JobContext,
    at_first: fn(&JobContext),
}

impl Checkpoints for Memory {
    fn keep(&self, name: &str, content: &[u8]) {
        let mut kept = self.kept.lock();
        if kept.is_empty() {
            (self.at_first)(&self.job);
        }
        kept.insert(name.to_owned(), content.to_vec());
    }

    fn kept(&self, name: &str) -> Option<Vec<u8>> {
        self.kept.lock().get(name).cloned()
    }
}

fn memory(at_first: fn(&JobContext)) -> (Arc<Memory>, JobContext) {
    let job = JobContext::default();
    let memory = Arc::new(Memory { kept: Mutex::default(), job: job.clone(), at_first });
    let watched = job.with_checkpoints(Arc::clone(&memory) as Arc<dyn Checkpoints>);
    (memory, watched)
}

fn wanderers() -> TrainingData {
    let data =
        interactions(80, 30, |_, random| (0..=random.below(30)).map(|_| (random.below(30), 0)).collect());
    TrainingData::of(data)
}

/// A training that was stopped after its first epoch and taken up again ends with the same bits as one that was not.
#[test]
fn a_stopped_training_goes_on_to_the_same_model() {
    let data = wanderers();
    let cases =
        [("hrnn", data.clone()), ("user-personalization-v2", data.clone()), ("hrnn", on_candle(&data))];
    for (name, data) in cases {
        let recipe = registry::find(name).unwrap();
        let parameters = recipe.descriptor().parameters_from([]).unwrap();
        let (kept, job) = memory(JobContext::cancel);
        let stopped = recipe.train(&data, &parameters, 1, &job).err().unwrap();
        assert!(matches!(stopped, TrainError::Cancelled(_)));
        let again = JobContext::default().with_checkpoints(kept);
        let resumed = recipe.train(&data, &parameters, 1, &again).unwrap();
        assert!(resumed.notes().iter().any(|note| note.contains("Went on after epoch 1")), "{name}");
        let whole = train(name, &data);
        let lists = [&resumed, &whole].map(|model| ask(&**model, &[3, 7, 1]));
        assert!(lists[0] == lists[1], "{name}");
        let curves = again.curves();
        assert_eq!(curves[0].points[0][0], 1.0, "the curve begins with what went before");
        assert!(curves[0].points.is_sorted_by(|a, b| a[0] + 1.0 == b[0]), "{curves:?}");
    }
    // What was kept of other data is of no use.
    let (kept, job) = memory(JobContext::cancel);
    let recipe = registry::find("hrnn").unwrap();
    let parameters = recipe.descriptor().parameters_from([]).unwrap();
    recipe.train(&wanderers(), &parameters, 1, &job).err().unwrap();
    let other = TrainingData::of(interactions(80, 31, |_, random| vec![(random.below(31), 0); 4]));
    let model = recipe.train(&other, &parameters, 1, &JobContext::default().with_checkpoints(kept)).unwrap();
    assert!(!model.notes().iter().any(|note| note.contains("Went on")), "{:?}", model.notes());
}

#[test]
fn a_training_can_be_asked_to_keep_the_best_so_far() {
    let (_, job) = memory(JobContext::settle);
    let recipe = registry::find("hrnn").unwrap();
    let parameters = recipe.descriptor().parameters_from([]).unwrap();
    let model = recipe.train(&wanderers(), &parameters, 1, &job).unwrap();
    assert!(model.notes().iter().any(|note| note.contains("Trained 1 epochs of")), "{:?}", model.notes());
    assert!(!job.progress().can_settle, "there is nothing left to settle");
}

/// The newest events of those validated with are of an item that nobody else had. A training that holds them back knows
/// nothing of it; the one after it, tuned by what they told, learns from them, for as long and in the same proportions.
#[test]
fn a_tuned_training_holds_nothing_back() {
    const LAST: u32 = 99;
    let data = interactions(200, 100, |_, random| (0..10).map(|_| (random.below(LAST), 0)).collect());
    let mut data = TrainingData::of(data);
    let held = Validation::new(&data, 1);
    let interactions = Arc::make_mut(&mut data.interactions);
    for (user, &events) in held.trained.iter().enumerate() {
        let rows = interactions.rows(user as u32);
        interactions.item[rows.start + events..rows.end].fill(LAST);
    }
    for name in RECIPES {
        let measured = train(name, &data);
        let tuned = measured.tuned().unwrap();
        let whole = train(name, &TrainingData { tuned: Some(tuned.clone()), ..data.clone() });
        assert_eq!(whole.tuned(), Some(tuned), "{name}");
        assert!(whole.notes().iter().any(|note| note.contains("on everything")), "{:?}", whole.notes());
        let [before, after] = [&measured, &whole].map(|model| {
            let row = ask(&**model, &[3, 7, 1, 50, 22, 80, 31, 64, 45]);
            row.iter().filter(|&&score| score > row[LAST as usize]).count()
        });
        // What counts in a blend learns from everything either way.
        let is_network = name.starts_with("hrnn");
        assert!(before >= 60 || !is_network, "{name}: place {before} before");
        assert!(after <= 40, "{name}: place {after} after");
    }
}

/// What a training decided is known until it is saved.
#[test]
fn nothing_is_tuned_by_a_model_that_was_loaded() {
    let data = wanderers();
    let recipe = registry::find("hrnn").unwrap();
    let model = recipe.load(&train("hrnn", &data).save().unwrap()).unwrap();
    assert_eq!(model.tuned(), None);
}

/// Nobody's history is between the bounds: that is said rather than a network kept that learnt nothing.
#[test]
fn percentiles_that_keep_nobody_are_refused() {
    for name in ["hrnn", "hrnn-metadata", "user-personalization"] {
        let recipe = registry::find(name).unwrap();
        let texts =
            [("min_user_history_length_percentile", "0.9"), ("max_user_history_length_percentile", "0.1")];
        let parameters = recipe.descriptor().parameters_from(texts).unwrap();
        let error = recipe.train(&wanderers(), &parameters, 1, &JobContext::default()).err().unwrap();
        assert!(error.to_string().contains("that keeps users with"), "{name}: {error}");
    }
}
