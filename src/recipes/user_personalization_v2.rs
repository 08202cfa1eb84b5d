//! User-Personalization-v2 and Personalized-Ranking-v2: a transformer over histories, blended with sequential rules and
//! EASE in the proportions that held-back ends of training histories favour.
//!
//! Sources: Kang and McAuley (2018) with the softmax over the whole catalogue of Klenitskiy and Vasilev (2023) for the
//! network; Amazon Personalize developer guide, User-Personalization-v2 and Personalized-Ranking-v2, for what it
//! reads and its parameter.

use super::blend::{Blend, PROPORTIONS, Part, Scale};
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
const WINDOW: usize = 50;
const EPOCHS: usize = 24;
const RATE: f32 = 0.005;
const DROPOUT: f32 = 0.4;
/// Distances that the attention tells apart.
const REACH: usize = 50;

static USERS: RecipeDescriptor = RecipeDescriptor {
    name: "user-personalization-v2",
    title: "User-Personalization v2",
    task: Task::UserPersonalization,
    question: "What would this user like next?",
    about: "A transformer reads the user's events in order, with their types, pauses and context, who the user is and \
            what the items are like, and is blended with sequential rules and EASE in the proportions that held-back \
            ends of training histories favour: never worse than the best of them there. Amazon Personalize developer \
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

/// The recipe, for users or for given lists.
pub struct UserPersonalizationV2 {
    pub ranks_lists: bool,
}

/// The models that count, in the order of a blend after the network.
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
        let settings = Settings {
            width: WIDTH,
            encoder: Encoder::Transformer { blocks: 2, heads: 1, reach: REACH, inner: WIDTH },
            window: WINDOW,
            metadata: true,
            recency: parameters.bool("apply_recency_bias"),
            lengths: [0.0, 1.0],
            epochs: EPOCHS,
            rate: RATE,
            dropout: DROPOUT,
        };
        let validation = Validation::new(&data.interactions, seed);
        let network = sequence::train(data, settings, &validation, seed, job)?;
        let mut notes = network.notes().to_vec();
        let proportions = proportions(data, &network, &validation, &mut notes, seed, job)?;
        let counting = counting(data, seed, job)?;
        let models = std::iter::once((Box::new(network) as Box<dyn Model>, Scale::Logits))
            .chain(counting.into_iter().map(|model| (model, Scale::Counts)));
        let parts =
            models.zip(proportions).map(|((model, scale), proportion)| Part { model, scale, proportion });
        Ok(Box::new(Blend::new(parts.collect(), Popularity::of(&data.interactions), notes)))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        let part = |at: usize, artifact: &Artifact| match at.checked_sub(1) {
            None => Ok(Box::new(sequence::load(artifact)?) as Box<dyn Model>),
            Some(at) => COUNTING[at.min(COUNTING.len() - 1)].load(artifact),
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

/// The proportions of network, rules and EASE that name held-back events best; all the same where none are held back.
fn proportions(
    data: &TrainingData,
    network: &sequence::SequenceModel,
    validation: &Validation,
    notes: &mut Vec<String>,
    seed: u64,
    job: &JobContext,
) -> Result<[f32; 3], TrainError> {
    if validation.is_empty() {
        return Ok([1.0; 3]);
    }
    let without = Arc::new(validation.training(&data.interactions));
    let counting = counting(&TrainingData { interactions: Arc::clone(&without), ..data.clone() }, seed, job)?;
    job.stage("Choosing proportions", Unit::Users, validation.len() as u64);
    let models: [(&dyn Model, Scale); 3] =
        [(network, Scale::Logits), (&*counting[0], Scale::Counts), (&*counting[1], Scale::Counts)];
    let scores = validation.score_mixtures(&models, &PROPORTIONS, &data.interactions, job)?;
    let mut best = 0;
    for (at, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = at;
        }
    }
    let [a, b, c] = PROPORTIONS[best];
    notes.push(format!(
        "Blended {a} : {b} : {c} of network, sequential rules and EASE: NDCG@10 of the next event {:.3} on held-back ends \
         of training histories, where they reach {:.3}, {:.3} and {:.3} alone.",
        scores[best], scores[0], scores[1], scores[2]
    ));
    Ok(PROPORTIONS[best])
}
