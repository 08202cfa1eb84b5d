//! Training one version.

use super::{EventFilter, Filtered, TrainError, TrainReport, TrainedOn};
use crate::data::{Interactions, Metadata};
use crate::domain::DatasetType;
use crate::domain::minima::DataSize;
use crate::domain::solution::{EventWeight, ItemObjective, SolutionConfig};
use crate::evaluation::TestSet;
use crate::jobs::JobContext;
use crate::recipes::{Model, Objective, Recipe, TrainingData, Tuned, left_out_by_length, place, registry};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

/// The interactions and the test set that a solution sees: what [`train`] trains on, what its versions are to be
/// evaluated with and asked with. `interactions` are all of the group's, and those that `test` was cut from. Columns
/// of the context that the solution leaves out are gone.
pub fn filter_events<'a>(
    interactions: &'a Interactions,
    test: &'a TestSet,
    config: &SolutionConfig,
) -> Result<Filtered<'a>, TrainError> {
    if test.train.len() != interactions.len() {
        return Err(TrainError::OtherData { expected: test.train.len(), found: interactions.len() });
    }
    let mut filtered = EventFilter::of(config).apply(interactions, test);
    let excluded = config.excluded_from(DatasetType::Interactions);
    if !excluded.is_empty() {
        filtered.interactions = Cow::Owned(filtered.interactions.without_context(&excluded));
    }
    Ok(filtered)
}

/// Trains a version on the training part of a test set, after the solution's event filter. `metadata` are those of the
/// users and items of `interactions`, as far as the recipe reads them.
pub fn train(
    interactions: &Interactions,
    metadata: &Metadata,
    test: &TestSet,
    config: &SolutionConfig,
    job: &JobContext,
) -> Result<(Box<dyn Model>, TrainReport), TrainError> {
    let filtered = filter_events(interactions, test, config)?;
    train_filtered(recipe_of(config)?, &filtered, metadata, config, Rows::TrainingPart, job)
}

/// Trains on everything the event filter leaves, tested users and truths too: for serving, never for
/// measuring. What a model that was measured was `tuned` to by holding something back is taken over: now nothing is.
pub fn refit(
    interactions: &Interactions,
    metadata: &Metadata,
    test: &TestSet,
    config: &SolutionConfig,
    tuned: Option<Tuned>,
    job: &JobContext,
) -> Result<(Box<dyn Model>, TrainReport), TrainError> {
    let filtered = filter_events(interactions, test, config)?;
    train_filtered(recipe_of(config)?, &filtered, metadata, config, Rows::All(tuned), job)
}

fn recipe_of(config: &SolutionConfig) -> Result<&'static dyn Recipe, TrainError> {
    registry::find(&config.recipe).ok_or_else(|| TrainError::UnknownRecipe(config.recipe.clone()))
}

/// What is trained on of what an event filter leaves.
enum Rows {
    TrainingPart,
    /// All, as a model that saw less was tuned.
    All(Option<Tuned>),
}

fn train_filtered(
    recipe: &dyn Recipe,
    filtered: &Filtered<'_>,
    metadata: &Metadata,
    config: &SolutionConfig,
    rows: Rows,
    job: &JobContext,
) -> Result<(Box<dyn Model>, TrainReport), TrainError> {
    let began = Instant::now();
    job.check()?;
    check_minima(&filtered.interactions, config.event_type.as_deref())?;
    let (all_data, tuned) = match rows {
        Rows::TrainingPart => (false, None),
        Rows::All(tuned) => (true, tuned),
    };
    let (training, mut report) = training_data(recipe, filtered, metadata, config, all_data)?;
    let training = TrainingData { tuned, ..training };
    let model = recipe.train(&training, &config.parameters, config.seed, job)?;
    report.notes.extend_from_slice(model.notes());
    report.seconds = began.elapsed().as_secs_f64();
    Ok((model, report))
}

/// What a version trains on, its training part or all of it, and what is to be said of that.
pub(super) fn training_data(
    recipe: &dyn Recipe,
    filtered: &Filtered<'_>,
    metadata: &Metadata,
    config: &SolutionConfig,
    all_data: bool,
) -> Result<(TrainingData, TrainReport), TrainError> {
    let data: &Interactions = &filtered.interactions;
    let mut dropped = filtered.dropped.clone();
    let (training, trained_on) = if all_data {
        (data.clone(), TrainedOn::AllData)
    } else {
        let training = filtered.test.training(data);
        let held_back = (data.len() - training.len()) as u64;
        if held_back > 0 {
            dropped.push(("held back for the test set".to_owned(), held_back));
        }
        (training, TrainedOn::TrainingPart(filtered.test.spec.name.clone()))
    };
    if training.is_empty() {
        return Err(TrainError::NothingLeft(filtered.test.spec.name.clone()));
    }
    let [users, rows] = left_out_by_length(&training, &config.parameters).unwrap_or_default();
    if rows > 0 {
        dropped.push((format!("of {users} users whose histories are too short or too long"), rows));
    }
    let place = place(recipe, &config.parameters, config.device)?;
    let mut report = TrainReport {
        trained_on,
        rows_used: training.len() as u64 - rows,
        users_used: users_in(&training) - users,
        items_used: items_in(&training),
        dropped,
        notes: Vec::new(),
        device: place.choice(),
        seed: config.seed,
        seconds: 0.0,
    };
    let objective =
        config.objective.as_ref().map(|objective| objective_of(objective, metadata)).transpose()?;
    let excluded = |dataset| config.excluded_from(dataset);
    let metadata = metadata.without(&excluded(DatasetType::Users), &excluded(DatasetType::Items));
    let weights = row_weights(&training, &config.event_weights);
    let data = TrainingData::new(Arc::new(training), &metadata);
    let training = TrainingData { weights, objective, place, ..data };
    report.notes = unread_columns(recipe, &training);
    Ok((training, report))
}

/// The attribute that lists are to bring.
fn objective_of(objective: &ItemObjective, metadata: &Metadata) -> Result<Objective, TrainError> {
    let column = &objective.item_attribute;
    let feature = metadata.items.numeric.iter().find(|feature| feature.name == *column);
    let feature = feature.ok_or_else(|| TrainError::NoObjective(column.clone()))?;
    let weight = objective.objective_sensitivity.weight();
    Ok(Objective { attribute: feature.values.as_slice().into(), weight })
}

/// How much each row matters, `[rows]`: the weight of its event type over the mean of all weights, as the service has
/// it. None where nothing is weighed.
fn row_weights(interactions: &Interactions, weights: &[EventWeight]) -> Option<Arc<[f32]>> {
    if weights.is_empty() {
        return None;
    }
    let mean = weights.iter().map(|entry| entry.weight).sum::<f64>() / weights.len() as f64;
    let of = |name: &str| weights.iter().find(|entry| entry.is_for(name)).map_or(0.0, |entry| entry.weight);
    let by_type: Vec<f32> = interactions.event_types.iter().map(|name| (of(name) / mean) as f32).collect();
    Some(interactions.event_type.iter().map(|&kind| by_type[usize::from(kind)]).collect())
}

/// Which columns of the datasets that a recipe reads were left out for saying nothing, a sentence each.
fn unread_columns(recipe: &dyn Recipe, training: &TrainingData) -> Vec<String> {
    let columns = [
        (DatasetType::Users, &training.users),
        (DatasetType::Items, &training.items),
        (DatasetType::Interactions, &training.interactions.context),
    ];
    let read = columns.into_iter().filter(|(dataset, _)| recipe.descriptor().reads_metadata_of(*dataset));
    read.flat_map(|(dataset, features)| features.notes(dataset)).collect()
}

/// The service's minimum: 1,000 interactions, and 25 users with two or more who are at least one in a hundred.
/// `interactions` are those left after event filters, test users included.
pub fn check_minima(interactions: &Interactions, event_type: Option<&str>) -> Result<(), TrainError> {
    let mut size = DataSize::default();
    for user in interactions.offsets.windows(2) {
        size.add_user((user[1] - user[0]) as u64);
    }
    if size.messages(event_type).is_empty() {
        Ok(())
    } else {
        Err(TrainError::TooLittle { size, event_type: event_type.map(str::to_owned) })
    }
}

fn users_in(interactions: &Interactions) -> u64 {
    interactions.offsets.windows(2).filter(|user| user[1] > user[0]).count() as u64
}

fn items_in(interactions: &Interactions) -> u64 {
    let mut used = vec![false; interactions.n_items()];
    for &item in &interactions.item {
        used[item as usize] = true;
    }
    used.into_iter().filter(|&used| used).count() as u64
}

#[cfg(test)]
mod tests;
