//! A solution: a recipe with its configuration, from which versions are trained.

use super::{DatasetType, Parameters};
use serde::{Deserialize, Serialize};

/// Where a model trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    #[default]
    Auto,
    Cpu,
    Cuda,
    Metal,
}

/// Everything that decides what a version becomes, given the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SolutionConfig {
    /// A recipe's name without `aws-`.
    pub recipe: String,
    pub parameters: Parameters,
    /// Train on this event type only (case ignored).
    pub event_type: Option<String>,
    /// Train on events of at least this value; events without one are dropped and counted.
    pub event_value_threshold: Option<f64>,
    /// `DATASET.COLUMN` left out of training.
    pub excluded_columns: Vec<String>,
    pub seed: u64,
    pub device: Device,
    /// Also train on everything, test users and all, before serving.
    pub full_data: bool,
}

impl SolutionConfig {
    /// The columns of a dataset that are left out of training.
    pub fn excluded_from(&self, dataset: DatasetType) -> Vec<&str> {
        let columns = self.excluded_columns.iter().filter_map(|column| column.split_once('.'));
        columns.filter(|(kind, _)| DatasetType::parse(kind) == Some(dataset)).map(|(_, name)| name).collect()
    }
}
