//! User-Personalization-v2 and Personalized-Ranking-v2: a transformer and a recurrent network over histories, blended with
//! sequential rules, EASE and SLIT in the proportions that held-back ends of training histories favour.
//!
//! Sources: Kang and McAuley (2018) with the softmax over the whole catalogue of Klenitskiy and Vasilev (2023) for the
//! network; Amazon Personalize developer guide, User-Personalization-v2 and Personalized-Ranking-v2, for what it
//! reads and its parameter.

use super::blended::{self, Ingredients};
use super::sequence::{SESSION_GAP_SECS, Settings};
use super::{Artifact, ArtifactError, Model, Needs, Recipe, TrainError, TrainingData};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::JobContext;
use crate::nn::network::Encoder;

const WIDTH: usize = 64;
const EPOCHS: usize = 24;
/// Distances that the attention tells apart.
const REACH: usize = 50;

/// Networks of a blend.
const NETWORKS: usize = 2;

/// A transformer, and a recurrent network, which errs elsewhere.
fn networks(recency: bool) -> [(&'static str, Settings); NETWORKS] {
    let transformer = Settings {
        width: WIDTH,
        encoder: Encoder::Transformer { blocks: 2, heads: 1, reach: REACH, inner: WIDTH },
        window: 50,
        carried: false,
        session_gap_secs: SESSION_GAP_SECS,
        metadata: true,
        recency,
        lengths: [0.0, 1.0],
        epochs: EPOCHS,
        last: EPOCHS,
        rate: 0.005,
        dropout: 0.4,
        cold: None,
    };
    let recurrent =
        Settings { encoder: Encoder::Gru { layers: 1 }, window: 32, rate: 0.01, dropout: 0.3, ..transformer };
    [("transformer", transformer), ("recurrent network", recurrent)]
}

static USERS: RecipeDescriptor = RecipeDescriptor {
    name: "user-personalization-v2",
    title: "User-Personalization v2",
    task: Task::UserPersonalization,
    question: "What would this user like next?",
    about: "A transformer reads the user's events in order, with their types, pauses and context, who the user is and \
            what the items are like; so does a recurrent network; both are blended with sequential rules, EASE and SLIT in \
            the proportions that held-back ends of training histories favour: never worse than the best of them there. Its \
            campaigns give one place in a thousand to an item of the last 30 days. Amazon Personalize developer guide, \
            User-Personalization-v2; Kang and McAuley 2018.",
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
    takes_objective: false,
    weighs_events: true,
    takes_updates: false,
    takes_promotions: true,
    second_generation: true,
    campaign_parameters: &[],
    open_baseline: false,
};

static LISTS: RecipeDescriptor = RecipeDescriptor {
    name: "personalized-ranking-v2",
    title: "Personalized-Ranking v2",
    task: Task::PersonalizedRanking,
    question: "In which order would this user like these items?",
    about: "User-Personalization v2, asked to order a given list. Amazon Personalize developer guide, \
            Personalized-Ranking-v2.",
    takes_promotions: false,
    ..USERS
};

/// The recipe, for users or for given lists.
pub struct UserPersonalizationV2 {
    pub ranks_lists: bool,
}

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
        let networks = networks(parameters.bool("apply_recency_bias"));
        let ingredients = Ingredients { networks: &networks, ranks_lists: self.ranks_lists };
        Ok(Box::new(blended::train(data, &ingredients, seed, job)?))
    }

    fn networks(&self, parameters: &Parameters) -> Vec<Settings> {
        networks(parameters.bool("apply_recency_bias")).map(|(_, settings)| settings).to_vec()
    }

    fn needs(&self, data: &TrainingData, parameters: &Parameters) -> Option<Needs> {
        Some(blended::needs(data, &self.networks(parameters)))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        Ok(Box::new(blended::load(artifact, NETWORKS)?))
    }
}
