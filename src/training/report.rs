//! What a version was trained on.

use crate::domain::solution::Device;
use serde::{Deserialize, Serialize};

/// Which rows a version saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainedOn {
    /// The training part of the test set of that name: its metrics are honest.
    TrainingPart(String),
    /// Everything, tested users too: it has no metrics of its own.
    AllData,
}

impl std::fmt::Display for TrainedOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TrainingPart(test) => write!(f, "training part of test set `{test}`"),
            Self::AllData => f.write_str("all data, tested users included"),
        }
    }
}

/// What was used and what was dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainReport {
    pub trained_on: TrainedOn,
    pub rows_used: u64,
    /// Users with at least one row used.
    pub users_used: u64,
    /// Items with at least one row used.
    pub items_used: u64,
    /// Why rows were not used, and how many.
    pub dropped: Vec<(String, u64)>,
    /// What the recipe itself left out and why, in sentences for people.
    pub notes: Vec<String>,
    /// Where it was trained, never `auto`.
    pub device: Device,
    pub seed: u64,
    pub seconds: f64,
}
