//! Recipes and the models they train, behind two traits. Nothing outside knows which recipe it holds.
//!
//! To add a recipe: one file or folder here, and one line in [`registry`].

mod artifact;
mod blend;
mod blended;
mod cooccurrence;
mod csr;
mod ease;
mod evidence;
mod filters;
mod growth;
mod hrnn;
mod hrnn_coldstart;
mod likelihood;
mod linear;
mod needs;
pub mod next_best_action;
mod objective;
mod occurrences;
mod popularity;
mod popularity_count;
mod proportions;
mod query;
pub mod ranking;
pub mod registry;
mod sequence;
mod sequential_rules;
mod sims;
mod slit;
#[cfg(test)]
pub mod toy;
mod trending_now;
mod tuned;
mod user_personalization;
mod user_personalization_v2;

use crate::data::{Actions, Features, Interactions, Metadata, Vocabulary, creation_times};
use crate::domain::{DatasetType, Parameters, RecipeDescriptor};
use crate::jobs::{Cancelled, JobContext};
use crate::nn::device::Place;
use std::sync::Arc;

pub use artifact::{Artifact, ArtifactError};
pub use filters::left_out_by_length;
pub use growth::Growth;
pub use likelihood::{Likelihood, Probabilities};
pub use needs::{DeviceError, Needs, OfNetworks, of_networks, place};
pub use objective::Objective;
pub use query::{Evidence, Explanation, Origin, Query};
pub use tuned::{Mixture, Tuned};

/// What a recipe trains on, and where: nothing of the test users' held-back events is in it.
///
/// Metadata are those of the group, however few of its rows are trained on; a recipe takes its statistics (which
/// values are rare, means, word frequencies) from users and items that have interactions here.
#[derive(Debug, Clone)]
pub struct TrainingData {
    /// With the metadata of each row as its context.
    pub interactions: Arc<Interactions>,
    /// Metadata of the users, `[n_users]`; no columns where the recipe reads no Users or there are none.
    pub users: Arc<Features>,
    /// Metadata of the items, `[n_items]`; no columns where the recipe reads no Items or there are none.
    pub items: Arc<Features>,
    /// When each item came to be, epoch seconds, `[n_items]`; see [`creation_times`].
    pub item_created: Arc<[i64]>,
    /// What can be asked of users, with what became of it when those trained on were; where the recipe chooses among that.
    pub actions: Option<Arc<Actions>>,
    /// How much each row matters, `[rows]`; `None` where all matter the same.
    pub weights: Option<Arc<[f32]>>,
    /// What lists are to bring beside relevance; `None` where that is all.
    pub objective: Option<Objective>,
    /// What a training that held something back decided, where this one is to hold nothing back.
    pub tuned: Option<Tuned>,
    /// Where networks train.
    pub place: Place,
}

impl TrainingData {
    /// The rows trained on, with what is known of their users and items.
    pub fn new(interactions: Arc<Interactions>, metadata: &Metadata) -> Self {
        let item_created = creation_times(&interactions, metadata.item_created.as_deref()).into();
        let (users, items) = (Arc::clone(&metadata.users), Arc::clone(&metadata.items));
        Self {
            interactions,
            users,
            items,
            item_created,
            actions: metadata.actions.clone(),
            weights: None,
            objective: None,
            tuned: None,
            place: Place::default(),
        }
    }

    /// Interactions alone.
    pub fn of(interactions: impl Into<Arc<Interactions>>) -> Self {
        let interactions = interactions.into();
        let metadata = Metadata::none(&interactions);
        Self::new(interactions, &metadata)
    }
}

/// Why training ended without a model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// The data does not carry this recipe; says what is missing and what to do.
    #[error("{0}")]
    Unfit(String),
    /// The model to be updated can't be read.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

/// A way to train a model.
pub trait Recipe: Sync {
    fn descriptor(&self) -> &'static RecipeDescriptor;

    /// Trains. The same data, parameters and seed give the same model bit for bit, on any number of threads.
    fn train(
        &self,
        data: &TrainingData,
        parameters: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError>;

    /// Restores a model that [`Model::save`] wrote.
    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError>;

    /// A model that [`Model::save`] wrote, with what came since taken in: nothing is learnt, and an old item scores for an
    /// old history what it did, bit for bit. For recipes that say so.
    fn update(
        &self,
        _artifact: &Artifact,
        _growth: &Growth<'_>,
        _parameters: &Parameters,
        _seed: u64,
        _job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        Err(TrainError::Unfit(format!(
            "{} takes in nothing without training; train the solution in full",
            self.descriptor().name
        )))
    }

    /// The networks over histories that training makes, one after the other; a recipe without any needs no card.
    fn networks(&self, _parameters: &Parameters) -> Vec<sequence::Settings> {
        Vec::new()
    }

    /// The memory that training on these data takes, told before it begins; none where it is little more than the
    /// data.
    fn needs(&self, data: &TrainingData, parameters: &Parameters) -> Option<Needs> {
        let networks = self.networks(parameters);
        (!networks.is_empty()).then(|| of_networks(data, &networks).needs)
    }
}

/// A column of metadata that a model reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadColumn {
    pub dataset: DatasetType,
    pub name: String,
}

impl std::fmt::Display for ReadColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.dataset, self.name)
    }
}

/// A trained model over a catalogue of `n_items` items.
pub trait Model: Send + Sync {
    fn n_items(&self) -> usize;

    /// Scores the whole catalogue for each query: `scores` is `[queries, n_items]`, row-major, all written.
    /// Higher is better; `f32::NEG_INFINITY` is an item that must not be returned. Says where each row came from.
    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin>;

    /// What put each of `items` into the answer to `query`, strongest first.
    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation>;

    /// The ids of what it scores where that is actions, not the items of the interactions it was trained on: its scores are
    /// then probabilities as they are.
    fn actions(&self) -> Option<&Vocabulary> {
        None
    }

    /// How its scores become probabilities; of no use where the recipe returns no scores.
    fn likelihood(&self) -> Likelihood {
        Likelihood::Shares
    }

    /// What held-back ends of histories decided when it was trained; none where nothing is held back. Known until it is
    /// saved.
    fn tuned(&self) -> Option<Tuned> {
        None
    }

    /// The columns of metadata that its answers depend on.
    fn columns(&self) -> Vec<ReadColumn> {
        Vec::new()
    }

    /// The same model for which everybody, or every item, has what another one says in a column: row `r` of Users or Items
    /// has what row `places[r]` said. `None` where it reads no such column, and for the context of events, which is in the
    /// histories it is asked with.
    fn dealt(&self, _column: &ReadColumn, _places: &[u32]) -> Option<Arc<dyn Model>> {
        None
    }

    /// The model as safetensors and JSON: the same bytes each time.
    fn save(&self) -> Result<Artifact, ArtifactError>;

    /// What a person should know about this model: what training left out and why, one sentence each.
    fn notes(&self) -> &[String] {
        &[]
    }
}
