//! What a recipe is, without how it trains.

use super::DatasetType;
use super::campaign::{COMMON, ENABLE_METADATA};
use super::parameter::{ParameterError, ParameterSpec, Parameters};
use serde::{Deserialize, Serialize};

/// The question a recipe answers: the service's recipe types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Task {
    /// What would this user like?
    UserPersonalization,
    /// In which order would this user like these items?
    PersonalizedRanking,
    /// What is like this item?
    RelatedItems,
    /// What do people like now?
    PopularItems,
    /// What should this user be asked to do next?
    PersonalizedActions,
}

/// How the answer of a recipe depends on the query.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipeDescriptor {
    /// The service's name without `aws-`, or our own in the same style.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    pub task: Task,
    /// The question in a person's words.
    pub question: &'static str,
    /// How it works, in two or three sentences, and where it comes from.
    pub about: &'static str,
    /// The datasets read for training; the first is needed, the rest used where there.
    pub reads: &'static [DatasetType],
    pub parameters: &'static [ParameterSpec],
    /// Whether the order of a history changes the answer.
    pub reads_order: bool,
    /// Whether an event changes the answer without training.
    pub takes_events: bool,
    /// Whether the service returns scores for it in requests and batch files.
    pub returns_scores: bool,
    /// Whether lists can weigh an attribute of the items beside relevance: the service's `optimizationObjective`.
    pub takes_objective: bool,
    /// Whether training weighs event types differently where the solution says so.
    pub weighs_events: bool,
    /// Whether a version can take in new items without learning anew: the service's training mode UPDATE.
    pub takes_updates: bool,
    /// Whether a request may promote items, as the service's recipe of that name lets it.
    pub takes_promotions: bool,
    /// Whether it answers as the service's `-v2` recipes do: metadata need not be enabled, and a list that a filter leaves
    /// too short is filled up with popular items.
    pub second_generation: bool,
    /// What can be set for each campaign and each batch of it; see [`Self::campaign_specs`].
    pub campaign_parameters: &'static [ParameterSpec],
    /// Whether the recipe is ours rather than the service's.
    pub open_baseline: bool,
}

impl RecipeDescriptor {
    /// The defaults with the given texts in place of some; every other name is refused.
    pub fn parameters_from<'a>(
        &self,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Parameters, ParameterError> {
        Parameters::from_texts(self.name, self.parameters, texts)
    }

    /// What can be set for a campaign of it: its own parameters and those that every campaign has.
    pub fn campaign_specs(&self) -> Vec<ParameterSpec> {
        // Of the second generation they need no enabling; actions have none.
        let enabled = self.second_generation || self.recommends_actions();
        let common = COMMON.iter().filter(|spec| !(enabled && spec.name == ENABLE_METADATA));
        self.campaign_parameters.iter().chain(common).copied().collect()
    }

    /// The settings of a campaign: the defaults with the given texts in place of some; every other name is refused.
    pub fn campaign_parameters_from<'a>(
        &self,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Parameters, ParameterError> {
        Parameters::from_texts(&format!("a campaign of {}", self.name), &self.campaign_specs(), texts)
    }

    /// The settings of a batch: the same of the recipe's own parameters.
    pub fn batch_parameters_from<'a>(
        &self,
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Parameters, ParameterError> {
        Parameters::from_texts(&format!("a batch of {}", self.name), self.campaign_parameters, texts)
    }

    /// Whether training reads the metadata of a dataset: of Users and Items where the recipe reads those, of
    /// Interactions (the context of each event and of a request) where it reads who somebody is, as the service's do.
    pub fn reads_metadata_of(&self, dataset: DatasetType) -> bool {
        match dataset {
            DatasetType::Interactions => self.reads.contains(&DatasetType::Users),
            _ => self.reads.contains(&dataset),
        }
    }

    /// Whether a request must name a user.
    pub fn needs_user(&self) -> bool {
        matches!(self.task, Task::UserPersonalization | Task::PersonalizedRanking | Task::PersonalizedActions)
    }

    /// Whether it recommends actions rather than items: such a recipe has no batch, and is measured by what was taken.
    pub fn recommends_actions(&self) -> bool {
        self.task == Task::PersonalizedActions
    }

    /// Whether a request names an item rather than a user.
    pub fn asks_item(&self) -> bool {
        self.task == Task::RelatedItems
    }
}
