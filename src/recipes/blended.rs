//! Training of a blend: networks over histories with sequential rules, EASE and SLIT, in the proportions that held-back ends
//! of training histories favour.

use super::blend::{Blend, Manner, Part, Scale, USUAL_TEMPERATURE};
use super::ease::Ease;
use super::filters::{Bounds, history_lengths};
use super::linear::MAX_ITEMS;
use super::popularity::Popularity;
use super::proportions;
use super::sequence::{self, Settings, Validation};
use super::sequential_rules::SequentialRules;
use super::slit::Slit;
use super::{
    Artifact, ArtifactError, Growth, Mixture, Model, Needs, Recipe, TrainError, TrainingData, of_networks,
};
use crate::data::Interactions;
use crate::domain::Parameters;
use crate::jobs::{JobContext, Unit};
use crate::nn::memory::Memory;
use std::sync::Arc;

/// The models that count, in the order of a blend after its networks.
const COUNTING: [&dyn Recipe; 3] = [&SequentialRules, &Ease, &Slit];
/// How each of them counts where recent events are not to weigh more: the others live by the order of events.
const ALL_THE_SAME: [&[(&str, &str)]; 3] = [&[], &[("recency_decay", "1")], &[]];
/// How many halves of what each of them holds are saved: EASE's weights are symmetric.
const SAVED: [u64; 3] = [2, 1, 2];

/// What a recipe blends.
pub struct Ingredients<'a> {
    /// Each network and what people call it.
    pub networks: &'a [(&'static str, Settings)],
    /// Whether given lists are ordered.
    pub ranks_lists: bool,
}

/// Trains the parts and chooses their proportions.
pub fn train(
    data: &TrainingData,
    ingredients: &Ingredients<'_>,
    seed: u64,
    job: &JobContext,
) -> Result<Blend, TrainError> {
    let validation = Validation::new(data, seed);
    let mut models: Vec<Arc<dyn Model>> = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    for (at, (name, settings)) in ingredients.networks.iter().enumerate() {
        let settings = settings.as_tuned(data, at);
        let network = sequence::train(data, settings, &validation, seed, &job.part(name))?;
        for note in network.notes() {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
        models.push(Arc::new(network));
    }
    let manner = Manner { ranks_lists: ingredients.ranks_lists, once_only: validation.once_only() };
    let tuned = data.tuned.as_ref().and_then(|tuned| tuned.mixture.clone());
    let (networks, mixture) = match tuned {
        Some(mixture) => {
            notes.push(format!("Blended {}, as was found good before.", in_words(&mixture.proportions)));
            (models, mixture)
        }
        None if validation.is_empty() => {
            let proportions = vec![1.0; models.len() + COUNTING.len()];
            (models, Mixture { proportions, temperature: USUAL_TEMPERATURE })
        }
        None => judged(data, ingredients, models, (&validation, manner), &mut notes, seed, job)?,
    };
    let whole: Vec<usize> = history_lengths(&data.interactions).map(|count| count as usize).collect();
    let counting = counting(&counted(data, ingredients, &whole)?, ingredients, seed, job)?;
    notes.extend(left_to_others(&data.interactions)?);
    let parts = parts(networks, counting, &mixture.proportions);
    Ok(Blend::new(parts, Popularity::of(&data.interactions), manner, mixture.temperature, notes))
}

/// The models with their scales and proportions, the networks first.
fn parts(networks: Vec<Arc<dyn Model>>, counting: Vec<Arc<dyn Model>>, proportions: &[f32]) -> Vec<Part> {
    let networks = networks.into_iter().map(|model| (model, Scale::Logits));
    let models = networks.chain(counting.into_iter().map(|model| (model, Scale::Counts)));
    let parts = models.zip(proportions);
    parts.map(|((model, scale), &proportion)| Part { model, scale, proportion }).collect()
}

/// What training needs: the networks one after the other, then the parts that count beside them, then all to be judged and
/// saved.
pub fn needs(data: &TrainingData, networks: &[Settings]) -> Needs {
    let of_networks = of_networks(data, networks);
    let counting = COUNTING.iter().filter_map(|&recipe| recipe.needs(data, &with(recipe, &[]).ok()?));
    let counting: Vec<Needs> = counting.collect();
    let judging = of_networks.asking
        + sequence::of_mixtures(data.interactions.n_items(), networks.len() + COUNTING.len());
    // Twice what is saved: each part as bytes, and all of them together.
    let saved = counting.iter().zip(SAVED).map(|(needs, halves)| halves * needs.machine.weights);
    let saving = saved.sum::<u64>() + 2 * of_networks.models;
    let weights = counting.iter().map(|needs| needs.machine.weights).sum();
    let whole = Memory { weights, between: judging.max(saving), ..Memory::default() };
    let after = counting.into_iter().chain([Needs { machine: whole, card: None }]);
    after.fold(of_networks.needs, |needs, after| needs.or(after.beside(of_networks.models)))
}

/// Restores a blend of so many networks.
pub fn load(artifact: &Artifact, networks: usize) -> Result<Blend, ArtifactError> {
    Blend::load(artifact, |at, artifact| match at.checked_sub(networks).and_then(|at| COUNTING.get(at)) {
        None => Ok(Box::new(sequence::load(artifact)?)),
        Some(recipe) => recipe.load(artifact),
    })
}

/// A blend of so many networks with what came since: each part takes it in.
pub fn update(
    artifact: &Artifact,
    networks: usize,
    growth: &Growth<'_>,
    seed: u64,
    job: &JobContext,
) -> Result<Blend, TrainError> {
    Blend::update(artifact, growth, |at, artifact| {
        match at.checked_sub(networks).and_then(|at| COUNTING.get(at)) {
            None => Ok(Box::new(sequence::update(artifact, growth, None, seed, job)?)),
            Some(recipe) => recipe.update(artifact, growth, &Parameters::default(), seed, job),
        }
    })
}

/// What the models that count read: the first so many events of each user, of nobody whose history is too short or too
/// long.
fn counted(
    data: &TrainingData,
    ingredients: &Ingredients<'_>,
    events: &[usize],
) -> Result<TrainingData, TrainError> {
    let interactions = &data.interactions;
    // Networks of a blend are told the same bounds.
    let bounds = Bounds::of_histories(interactions, ingredients.networks[0].1.lengths)?;
    let mut keep = vec![false; interactions.len()];
    for ((user, length), &events) in (0..).zip(history_lengths(interactions)).zip(events) {
        if bounds.keep(length) {
            keep[interactions.rows(user)][..events].fill(true);
        }
    }
    let interactions = if keep.contains(&false) {
        Arc::new(interactions.filtered(|row| keep[row]))
    } else {
        Arc::clone(interactions)
    };
    Ok(TrainingData { interactions, weights: None, ..data.clone() })
}

/// The models that count.
fn counting(
    data: &TrainingData,
    ingredients: &Ingredients<'_>,
    seed: u64,
    job: &JobContext,
) -> Result<Vec<Arc<dyn Model>>, TrainError> {
    let is_recent = ingredients.networks[0].1.recency;
    let train = |(recipe, all_the_same): (&&dyn Recipe, &&[(&str, &str)])| {
        let settings = if is_recent { &[] } else { *all_the_same };
        Ok(recipe.train(data, &with(*recipe, settings)?, seed, job)?.into())
    };
    COUNTING.iter().zip(&ALL_THE_SAME).map(train).collect()
}

/// The default parameters of a recipe but for some.
fn with(recipe: &dyn Recipe, settings: &[(&str, &str)]) -> Result<Parameters, TrainError> {
    let parameters = recipe.descriptor().parameters_from(settings.iter().copied());
    parameters.map_err(|error| TrainError::Unfit(error.to_string()))
}

/// What is to be known where EASE and SLIT can't hold the whole catalogue.
fn left_to_others(interactions: &Interactions) -> Result<Option<String>, TrainError> {
    let held = with(&Ease, &[])?.int(MAX_ITEMS.name) as usize;
    let had = Popularity::of(interactions).counts().iter().filter(|count| **count > 0).count();
    Ok((had > held).then(|| {
        format!(
            "EASE and SLIT hold the {held} most popular of {had} items: of the other {} the networks and sequential rules \
             tell alone.",
            had - held
        )
    }))
}

/// Networks and how they are blended with what counts by what validation says. The models that count are trained without
/// what is held back, for this alone.
fn judged(
    data: &TrainingData,
    ingredients: &Ingredients<'_>,
    networks: Vec<Arc<dyn Model>>,
    (validation, manner): (&Validation, Manner),
    notes: &mut Vec<String>,
    seed: u64,
    job: &JobContext,
) -> Result<(Vec<Arc<dyn Model>>, Mixture), TrainError> {
    let without = counted(data, ingredients, &validation.trained)?;
    let counting = counting(&without, ingredients, seed, job)?;
    let proportions = choose(data, ingredients, [&networks, &counting], validation, notes, job)?;
    let parts = parts(networks, counting, &proportions);
    let popularity = Popularity::of(&without.interactions);
    let blend = Blend::new(parts, popularity, manner, USUAL_TEMPERATURE, Vec::new());
    let fitted = validation.temperature(&blend, &data.interactions, job)?;
    if let Some(temperature) = fitted {
        notes.push(format!(
            "Scores are probabilities: a softmax of the blend at temperature {temperature:.3}, under which those ends are \
             most likely."
        ));
    }
    let mut networks = blend.into_models();
    networks.truncate(ingredients.networks.len());
    Ok((networks, Mixture { proportions, temperature: fitted.unwrap_or(USUAL_TEMPERATURE) }))
}

/// The proportions to blend in: the middle of those that name held-back events best, or the best of them where the middle
/// names them worse than a part alone does.
fn choose(
    data: &TrainingData,
    ingredients: &Ingredients<'_>,
    [networks, counting]: [&[Arc<dyn Model>]; 2],
    validation: &Validation,
    notes: &mut Vec<String>,
    job: &JobContext,
) -> Result<Vec<f32>, TrainError> {
    let networks = networks.iter().map(|model| (&**model, Scale::Logits));
    let counting = counting.iter().map(|model| (&**model, Scale::Counts));
    let models: Vec<(&dyn Model, Scale)> = networks.chain(counting).collect();
    let gains = |mixtures: &[Vec<f32>]| {
        job.stage("Choosing proportions", Unit::Events, validation.len() as u64);
        validation.gains_of_mixtures(&models, mixtures, &data.interactions, job)
    };
    let mixtures = proportions::mixtures(models.len());
    let found = gains(&mixtures)?;
    let best = proportions::best(&found);
    let alone: Vec<f32> = found[..models.len()].iter().map(|gains| proportions::mean(gains)).collect();
    let middle = proportions::middle(&mixtures, &found);
    let of_middle = proportions::mean(&gains(std::slice::from_ref(&middle))?[0]);
    let (chosen, score) = if alone.iter().all(|&alone| alone <= of_middle) {
        (middle, of_middle)
    } else {
        (mixtures[best].clone(), proportions::mean(&found[best]))
    };
    let names = ingredients.networks.iter().map(|(name, _)| *name).chain(["sequential rules", "EASE"]);
    notes.push(format!(
        "Blended {} of {} and SLIT: NDCG@10 of the next event {score:.3} on held-back ends of training histories, where \
         they reach {} alone.",
        in_words(&chosen),
        names.collect::<Vec<_>>().join(", "),
        alone.iter().map(|score| format!("{score:.3}")).collect::<Vec<_>>().join(", ")
    ));
    Ok(chosen)
}

/// Proportions for people.
fn in_words(proportions: &[f32]) -> String {
    proportions.iter().map(|share| format!("{share:.2}")).collect::<Vec<_>>().join(" : ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::network::Encoder;
    use crate::recipes::hrnn;
    use crate::recipes::registry;
    use crate::recipes::toy::random_interactions;

    /// One network with these bounds of history lengths, told whether recent events weigh more.
    fn networks(lengths: [f64; 2], recency: bool) -> [(&'static str, Settings); 1] {
        let recipe = registry::find("hrnn").unwrap().descriptor();
        let settings = hrnn::settings(&recipe.parameters_from([]).unwrap(), false);
        [("network", Settings { lengths, recency, encoder: Encoder::Gru { layers: 1 }, ..settings })]
    }

    /// What counts reads nobody whose history is too short or too long for the networks, and of the rest what is not held
    /// back.
    #[test]
    fn what_counts_reads_whom_the_networks_read() {
        let data = TrainingData::of(random_interactions(50, 20, 30, 1));
        let lengths: Vec<u32> = history_lengths(&data.interactions).collect();
        let networks = networks([0.2, 0.8], true);
        let ingredients = Ingredients { networks: &networks, ranks_lists: false };
        let bounds = Bounds::at(lengths.iter().copied(), 0.2, 0.8);
        let events: Vec<usize> = lengths.iter().map(|&length| length as usize - 1).collect();
        let read = counted(&data, &ingredients, &events).unwrap().interactions;
        for (user, &length) in (0..).zip(&lengths) {
            let expected = if bounds.keep(length) { length - 1 } else { 0 };
            assert_eq!(read.history(user).items.len() as u32, expected, "user {user}");
            assert_eq!(read.history(user).items, &data.interactions.history(user).items[..expected as usize]);
        }
        assert!(lengths.iter().any(|&length| !bounds.keep(length)));
    }

    #[test]
    fn ease_weighs_all_items_alike_where_recent_events_are_not_to_weigh_more() {
        let data = TrainingData::of(random_interactions(50, 20, 30, 1));
        for (recency, decay) in [(true, "0.9"), (false, "1.0")] {
            let networks = networks([0.0, 1.0], recency);
            let ingredients = Ingredients { networks: &networks, ranks_lists: false };
            let models = counting(&data, &ingredients, 1, &JobContext::default()).unwrap();
            let ease = models[1].save().unwrap().json;
            assert!(ease.contains(&format!("\"recency_decay\":{decay}")), "{ease}");
        }
    }
}
