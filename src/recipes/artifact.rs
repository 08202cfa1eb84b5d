//! A model at rest: tensors as safetensors, everything else as JSON.

use serde::{Serialize, de::DeserializeOwned};

/// A saved model.
#[derive(Debug, Clone, PartialEq)]
pub struct Artifact {
    /// A safetensors file.
    pub tensors: Vec<u8>,
    /// The recipe's own settings and small facts.
    pub json: String,
}

/// Why a saved model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error("the model's settings are damaged: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the model's tensors are damaged: {0}")]
    Tensors(#[from] candle_core::Error),
    #[error("the model has no tensor `{0}`; it was written by another version of the program")]
    Missing(String),
    #[error("the model's tensor `{name}` has {found} values where {expected} belong")]
    WrongSize { name: String, found: usize, expected: usize },
}

impl Artifact {
    /// The settings, typed.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, ArtifactError> {
        Ok(serde_json::from_str(&self.json)?)
    }

    /// The settings as they are written.
    pub fn json_of<T: Serialize>(settings: &T) -> String {
        serde_json::to_string(settings).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
    }
}
