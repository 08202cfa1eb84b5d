//! Recipes and the models they train, behind two traits. Nothing outside knows which recipe it holds.
//!
//! To add a recipe: one file or folder here, and one line in [`registry`].

mod artifact;
mod cooccurrence;
mod csr;
mod ease;
mod evidence;
mod filters;
mod popularity;
mod popularity_count;
mod query;
pub mod ranking;
pub mod registry;
mod sequential_rules;
mod sims;
#[cfg(test)]
pub mod toy;
mod trending_now;

use crate::data::Interactions;
use crate::domain::{Parameters, RecipeDescriptor};
use crate::jobs::{Cancelled, JobContext};
use std::sync::Arc;

pub use artifact::{Artifact, ArtifactError};
pub use query::{Evidence, Explanation, Origin, Query};

/// What a recipe trains on: nothing of the test users' held-back events is in it.
#[derive(Debug, Clone)]
pub struct TrainingData {
    pub interactions: Arc<Interactions>,
}

/// Why training ended without a model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// The data does not carry this recipe; says what is missing and what to do.
    #[error("{0}")]
    Unfit(String),
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
}

/// A trained model over a catalogue of `n_items` items.
pub trait Model: Send + Sync {
    fn n_items(&self) -> usize;

    /// Scores the whole catalogue for each query: `scores` is `[queries, n_items]`, row-major, all written.
    /// Higher is better; `f32::NEG_INFINITY` is an item that must not be returned. Says where each row came from.
    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin>;

    /// What put `item` into the answer to `query`, strongest first.
    fn explain(&self, query: &Query<'_>, item: u32) -> Explanation;

    /// The model as safetensors and JSON: the same bytes each time.
    fn save(&self) -> Result<Artifact, ArtifactError>;

    /// What a person should know about this model: what training left out and why, one sentence each.
    fn notes(&self) -> &[String] {
        &[]
    }
}
