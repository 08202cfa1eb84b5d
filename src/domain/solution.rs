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

impl Device {
    /// As the command line writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Metal => "metal",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Auto => "Best there is",
            Self::Cpu => "Processor",
            Self::Cuda => "NVIDIA card (CUDA)",
            Self::Metal => "Apple card (Metal)",
        }
    }
}

/// How much events of a type matter: an entry of the service's `eventsConfig`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventWeight {
    /// Case ignored.
    pub event_type: String,
    /// Events of at least this value only.
    pub event_value_threshold: Option<f64>,
    /// From 0 to 1; only the ratio between types matters.
    pub weight: f64,
}

impl EventWeight {
    /// Whether it is about events of that type.
    pub fn is_for(&self, event_type: &str) -> bool {
        self.event_type.to_lowercase() == event_type.to_lowercase()
    }
}

/// How much an objective counts against relevance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Sensitivity {
    #[default]
    Off,
    Low,
    Medium,
    High,
}

impl Sensitivity {
    pub const ALL: [Self; 4] = [Self::Off, Self::Low, Self::Medium, Self::High];

    /// As the service and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
        }
    }

    /// Reads a name, whatever its case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sensitivity| sensitivity.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The part of the attribute in a score, relevance having the rest; the service does not say its own.
    pub fn weight(self) -> f32 {
        match self {
            Self::Off => 0.0,
            Self::Low => 0.25,
            Self::Medium => 0.5,
            Self::High => 0.75,
        }
    }
}

/// What lists are to bring beside relevance: the service's `optimizationObjective`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemObjective {
    /// A column of Items: a number.
    pub item_attribute: String,
    pub objective_sensitivity: Sensitivity,
}

impl std::fmt::Display for ItemObjective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.item_attribute, self.objective_sensitivity.name())
    }
}

/// The most entries the service takes.
pub const MAX_EVENT_WEIGHTS: usize = 10;

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
    /// Train on these event types only, each with its weight; empty for all, weighed the same.
    #[serde(default)]
    pub event_weights: Vec<EventWeight>,
    /// What lists are to bring beside relevance.
    #[serde(default)]
    pub objective: Option<ItemObjective>,
    /// `DATASET.COLUMN` left out of training.
    pub excluded_columns: Vec<String>,
    pub seed: u64,
    pub device: Device,
    /// Also train on everything, test users and all, before serving.
    pub full_data: bool,
}

impl SolutionConfig {
    /// A recipe on all events and columns, with seed 0, on the best device there is.
    pub fn of(recipe: &str, parameters: Parameters) -> Self {
        Self {
            recipe: recipe.to_owned(),
            parameters,
            event_type: None,
            event_value_threshold: None,
            event_weights: Vec::new(),
            objective: None,
            excluded_columns: Vec::new(),
            seed: 0,
            device: Device::Auto,
            full_data: false,
        }
    }

    /// Why the event weights can't be used, and what to do.
    pub fn check_event_weights(&self) -> Result<(), String> {
        let n = self.event_weights.len();
        if n > MAX_EVENT_WEIGHTS {
            return Err(format!("{n} event types have weights; weigh {MAX_EVENT_WEIGHTS} at most"));
        }
        for (at, entry) in self.event_weights.iter().enumerate() {
            let name = &entry.event_type;
            if !(0.0..=1.0).contains(&entry.weight) {
                return Err(format!("the weight of {name} is {}; use a number from 0 to 1", entry.weight));
            }
            if self.event_weights[..at].iter().any(|before| before.is_for(name)) {
                return Err(format!("{name} has two weights; leave one of them out"));
            }
        }
        if n > 0 && self.event_weights.iter().all(|entry| entry.weight == 0.0) {
            return Err("every event type weighs nothing; give one of them a weight above 0".to_owned());
        }
        Ok(())
    }

    /// The columns of a dataset that are left out of training.
    pub fn excluded_from(&self, dataset: DatasetType) -> Vec<&str> {
        let columns = self.excluded_columns.iter().filter_map(|column| column.split_once('.'));
        columns.filter(|(kind, _)| DatasetType::parse(kind) == Some(dataset)).map(|(_, name)| name).collect()
    }
}
