//! User-Personalization-v2 and Personalized-Ranking-v2: a transformer and a recurrent network over histories, blended with
//! sequential rules and EASE in the proportions that held-back ends of training histories favour.
//!
//! Sources: Kang and McAuley (2018) with the softmax over the whole catalogue of Klenitskiy and Vasilev (2023) for the
//! network; Amazon Personalize developer guide, User-Personalization-v2 and Personalized-Ranking-v2, for what it
//! reads and its parameter.

use super::blend::{Blend, Part, Scale};
use super::ease::Ease;
use super::popularity::Popularity;
use super::sequence::{self, Settings, Validation};
use super::sequential_rules::SequentialRules;
use super::{Artifact, ArtifactError, Model, Recipe, TrainError, TrainingData};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::{JobContext, Unit};
use crate::nn::network::Encoder;
use std::sync::Arc;

const WIDTH: usize = 64;
const EPOCHS: usize = 24;
/// Distances that the attention tells apart.
const REACH: usize = 50;

/// The networks of a blend: a transformer, and a recurrent one, which errs elsewhere.
fn networks(recency: bool) -> [Settings; 2] {
    let transformer = Settings {
        width: WIDTH,
        encoder: Encoder::Transformer { blocks: 2, heads: 1, reach: REACH, inner: WIDTH },
        window: 50,
        carried: false,
        metadata: true,
        recency,
        lengths: [0.0, 1.0],
        epochs: EPOCHS,
        rate: 0.005,
        dropout: 0.4,
    };
    let recurrent =
        Settings { encoder: Encoder::Gru { layers: 1 }, window: 32, rate: 0.01, dropout: 0.3, ..transformer };
    [transformer, recurrent]
}

static USERS: RecipeDescriptor = RecipeDescriptor {
    name: "user-personalization-v2",
    title: "User-Personalization v2",
    task: Task::UserPersonalization,
    question: "What would this user like next?",
    about: "A transformer reads the user's events in order, with their types, pauses and context, who the user is and \
            what the items are like; so does a recurrent network; both are blended with sequential rules and EASE in the \
            proportions that held-back ends of training histories favour: never worse than the best of them there. Amazon Personalize developer \
            guide, User-Personalization-v2; Kang and McAuley 2018.",
    reads: &[DatasetType::Interactions, DatasetType::Users, DatasetType::Items],
    parameters: &[ParameterSpec {
        name: "apply_recency_bias",
        kind: ParameterKind::Bool { default: true },
        group: ParameterGroup::Algorithm,
        tunable: false,
        help: "Whether recent events and what was popular lately weigh more, or all events the same.",
    }],
    reads_order: true,
    takes_events: true,
    returns_scores: true,
    open_baseline: false,
};

static LISTS: RecipeDescriptor = RecipeDescriptor {
    name: "personalized-ranking-v2",
    title: "Personalized-Ranking v2",
    task: Task::PersonalizedRanking,
    question: "In which order would this user like these items?",
    about: "User-Personalization v2, asked to order a given list. Amazon Personalize developer guide, \
            Personalized-Ranking-v2.",
    ..USERS
};

/// Models of a blend.
const PARTS: usize = 4;

/// Proportions tried: each part alone, which is what makes a blend never worse than its best part, then mixtures.
const PROPORTIONS: [[f32; PARTS]; 13] = [
    [1.0, 0.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 0.0],
    [0.0, 0.0, 1.0, 0.0],
    [0.0, 0.0, 0.0, 1.0],
    [1.0, 1.0, 1.0, 1.0],
    [1.0, 1.0, 0.5, 0.5],
    [1.0, 1.0, 0.25, 0.25],
    [1.0, 1.0, 0.0, 0.5],
    [1.0, 1.0, 0.5, 0.0],
    [1.0, 0.0, 0.5, 0.5],
    [0.0, 1.0, 0.5, 0.5],
    [0.5, 0.5, 1.0, 1.0],
    [0.0, 0.0, 1.0, 1.0],
];

/// The proportions where validation doesn't tell.
const USUAL: usize = 5;

/// The recipe, for users or for given lists.
pub struct UserPersonalizationV2 {
    pub ranks_lists: bool,
}

/// Networks of a blend.
const NETWORKS: usize = 2;
/// The models that count, in the order of a blend after its networks.
const COUNTING: [&dyn Recipe; 2] = [&SequentialRules, &Ease];

impl Recipe for UserPersonalizationV2 {
    fn descriptor(&self) -> &'static RecipeDescriptor {
        if self.ranks_lists { &LISTS } else { &USERS }
    }

    fn train(
        &self,
        data: &TrainingData,
        parameters: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let validation = Validation::new(&data.interactions, seed);
        let mut models: Vec<(Box<dyn Model>, Scale)> = Vec::new();
        let mut notes: Vec<String> = Vec::new();
        for settings in networks(parameters.bool("apply_recency_bias")) {
            let network = sequence::train(data, settings, &validation, seed, job)?;
            for note in network.notes() {
                if !notes.contains(note) {
                    notes.push(note.clone());
                }
            }
            models.push((Box::new(network), Scale::Logits));
        }
        let proportions = proportions(data, &models, &validation, &mut notes, seed, job)?;
        models.extend(counting(data, seed, job)?.into_iter().map(|model| (model, Scale::Counts)));
        let parts = models.into_iter().zip(proportions);
        let parts = parts.map(|((model, scale), proportion)| Part { model, scale, proportion });
        Ok(Box::new(Blend::new(parts.collect(), Popularity::of(&data.interactions), notes)))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        let part =
            |at: usize, artifact: &Artifact| match at.checked_sub(NETWORKS).and_then(|at| COUNTING.get(at)) {
                None => Ok(Box::new(sequence::load(artifact)?) as Box<dyn Model>),
                Some(recipe) => recipe.load(artifact),
            };
        Ok(Box::new(Blend::load(artifact, part)?))
    }
}

/// The models that count, with their default parameters.
fn counting(data: &TrainingData, seed: u64, job: &JobContext) -> Result<Vec<Box<dyn Model>>, TrainError> {
    let train = |recipe: &&dyn Recipe| {
        let defaults = recipe.descriptor().parameters_from([]);
        let defaults = defaults.map_err(|error| TrainError::Unfit(error.to_string()))?;
        recipe.train(data, &defaults, seed, job)
    };
    COUNTING.iter().map(train).collect()
}

/// The proportions of the networks, rules and EASE that name held-back events best; the usual ones where none are held back.
fn proportions(
    data: &TrainingData,
    networks: &[(Box<dyn Model>, Scale)],
    validation: &Validation,
    notes: &mut Vec<String>,
    seed: u64,
    job: &JobContext,
) -> Result<[f32; PARTS], TrainError> {
    if validation.is_empty() {
        return Ok(PROPORTIONS[USUAL]);
    }
    let without = Arc::new(validation.training(&data.interactions));
    let counting = counting(&TrainingData { interactions: Arc::clone(&without), ..data.clone() }, seed, job)?;
    job.stage("Choosing proportions", Unit::Users, validation.len() as u64);
    let counting = counting.iter().map(|model| (&**model, Scale::Counts));
    let models: Vec<(&dyn Model, Scale)> =
        networks.iter().map(|(model, scale)| (&**model, *scale)).chain(counting).collect();
    let scores = validation.score_mixtures(&models, &PROPORTIONS, &data.interactions, job)?;
    let mut best = USUAL;
    for (at, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = at;
        }
    }
    let listed =
        |values: &[f32]| values.iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>().join(", ");
    notes.push(format!(
        "Blended {} of transformer, recurrent network, sequential rules and EASE: NDCG@10 of the next event {:.3} on \
         held-back ends of training histories, where they reach {} alone.",
        PROPORTIONS[best].map(|proportion| proportion.to_string()).join(" : "),
        scores[best],
        listed(&scores[..PARTS])
    ));
    Ok(PROPORTIONS[best])
}
