//! User-Personalization and Personalized-Ranking of the first kind: the network of HRNN-Metadata, blended with
//! sequential rules, EASE and SLIT in the proportions that held-back ends of training histories favour. New items are explored
//! in answers, not in training.
//!
//! Source: Amazon Personalize developer guide, User-Personalization and Personalized-Ranking: parameters, exploration.

use super::blended::{self, Ingredients};
use super::hrnn::{self, BPTT, MAX_LENGTH, MIN_LENGTH, RECENCY_MASK, SESSION_GAP, hidden_dimension};
use super::objective;
use super::sequence::Settings;
use super::{Artifact, ArtifactError, Growth, Model, Needs, Recipe, TrainError, TrainingData};
use crate::domain::exploration::EXPLORATION;
use crate::domain::{Parameters, RecipeDescriptor, Task};
use crate::jobs::JobContext;

static USERS: RecipeDescriptor = RecipeDescriptor {
    name: "user-personalization",
    title: "User-Personalization",
    question: "What would this user like next, new items included?",
    about: "HRNN with metadata, blended with sequential rules, EASE and SLIT in the proportions that held-back ends of \
            training histories favour. Its campaigns explore: items that are new and that few had get a bonus and a \
            little chance, as much as explorationWeight says. Amazon Personalize developer guide, User-Personalization.",
    parameters: &[hidden_dimension(149), BPTT, RECENCY_MASK, MIN_LENGTH, MAX_LENGTH, SESSION_GAP],
    takes_objective: true,
    takes_updates: true,
    takes_promotions: true,
    campaign_parameters: EXPLORATION,
    ..hrnn::METADATA
};

static LISTS: RecipeDescriptor = RecipeDescriptor {
    name: "personalized-ranking",
    title: "Personalized-Ranking",
    task: Task::PersonalizedRanking,
    question: "In which order would this user like these items?",
    about: "The model of User-Personalization, asked to order a given list; nothing is explored. Amazon Personalize \
            developer guide, Personalized-Ranking.",
    takes_updates: false,
    takes_promotions: false,
    campaign_parameters: &[],
    ..USERS
};

fn networks(parameters: &Parameters) -> [(&'static str, Settings); 1] {
    [("recurrent network", hrnn::settings(parameters, true))]
}

/// The recipe, for users or for given lists.
pub struct UserPersonalization {
    pub ranks_lists: bool,
}

impl Recipe for UserPersonalization {
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
        let networks = networks(parameters);
        let ingredients = Ingredients { networks: &networks, ranks_lists: self.ranks_lists };
        let model = blended::train(data, &ingredients, seed, job)?;
        Ok(objective::weighed(model, data.objective.as_ref()))
    }

    fn update(
        &self,
        artifact: &Artifact,
        growth: &Growth<'_>,
        _parameters: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let model = blended::update(&objective::without(artifact)?, 1, growth, seed, job)?;
        Ok(objective::weighed(model, growth.now.objective.as_ref()))
    }

    fn networks(&self, parameters: &Parameters) -> Vec<Settings> {
        networks(parameters).map(|(_, settings)| settings).to_vec()
    }

    fn needs(&self, data: &TrainingData, parameters: &Parameters) -> Option<Needs> {
        Some(blended::needs(data, &self.networks(parameters)))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        objective::load(artifact, |artifact| blended::load(artifact, 1))
    }
}
