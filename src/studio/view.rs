//! What the faces see of a project: plain values, made anew whenever the revision changes.

use crate::domain::filter::Target;
use crate::domain::schema::Schema;
use crate::domain::solution::{Device, SolutionConfig};
use crate::domain::split::SplitSpec;
use crate::domain::{DatasetType, Parameters, RecipeDescriptor, Status};
use crate::evaluation::{CalibrationBin, Lab, Segmentation};
use crate::jobs::Curve;
use crate::serving::FilterTrace;
use crate::training::TrainReport;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A whole project at one revision.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectView {
    /// The file's name without `.bespoke`.
    pub name: String,
    pub path: PathBuf,
    pub read_only: bool,
    /// In the order they were made.
    pub groups: Vec<GroupView>,
}

impl ProjectView {
    pub fn group(&self, name: &str) -> Option<&GroupView> {
        self.groups.iter().find(|group| group.name == name)
    }
}

/// A dataset group and everything in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    pub name: String,
    /// Epoch seconds.
    pub created_at: i64,
    /// Interactions, Items, Users; those that were imported.
    pub datasets: Vec<DatasetView>,
    /// The newest last.
    pub test_sets: Vec<TestSetView>,
    pub solutions: Vec<SolutionView>,
    pub campaigns: Vec<CampaignView>,
    pub filters: Vec<FilterView>,
    /// Lists of other tools that take part in every comparison.
    pub foreign_lists: Vec<ForeignListsView>,
    /// The newest first.
    pub batch_jobs: Vec<BatchJobView>,
    /// The newest first.
    pub simulations: Vec<SimulationView>,
    /// The newest first.
    pub import_jobs: Vec<ImportJobView>,
}

impl GroupView {
    pub fn dataset(&self, kind: DatasetType) -> Option<&DatasetView> {
        self.datasets.iter().find(|dataset| dataset.kind == kind)
    }

    pub fn solution(&self, name: &str) -> Option<&SolutionView> {
        self.solutions.iter().find(|solution| solution.name == name)
    }

    /// Campaigns that recommend items, not actions.
    pub fn item_campaigns(&self) -> Vec<&CampaignView> {
        let of_actions = |name: &str| super::recipe(name).is_ok_and(RecipeDescriptor::recommends_actions);
        self.campaigns.iter().filter(|campaign| !of_actions(&campaign.recipe)).collect()
    }

    /// The version named `solution/number`.
    pub fn version(&self, name: &str) -> Option<&VersionView> {
        self.solutions.iter().flat_map(|solution| &solution.versions).find(|version| version.name == name)
    }

    /// The test set that new versions are scored on, where one was made for the data there is.
    pub fn active_test_set(&self) -> Option<&TestSetView> {
        self.test_sets.iter().find(|test_set| test_set.active)
    }
}

/// A dataset at its newest version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DatasetView {
    pub kind: DatasetType,
    pub rows: u64,
    /// Distinct users; 0 for Items.
    pub users: u64,
    /// Distinct items; 0 for Users.
    pub items: u64,
    /// Counts imports into this dataset from 1.
    pub version: u32,
    /// Epoch seconds.
    pub imported_at: i64,
    /// The file it came from, as the person knows it.
    pub source: String,
    pub schema: Schema,
    /// Problem rows of the newest import.
    pub problems: u64,
}

/// A test set and how much it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestSetView {
    pub spec: SplitSpec,
    /// Users tested.
    pub users: u64,
    /// Users that could have been tested but have too short a history.
    pub skipped_users: u64,
    pub training_rows: u64,
    /// Items to be found, over all users.
    pub truth_items: u64,
    /// Epoch seconds.
    pub created_at: i64,
    /// Whether new versions are scored on it.
    pub active: bool,
    /// Whether it was cut from the interactions as they are now.
    pub current: bool,
}

/// A solution: a recipe with its configuration.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SolutionView {
    pub name: String,
    /// The recipe's name without `aws-`.
    pub recipe: String,
    /// That of the newest version.
    pub config: SolutionConfig,
    /// The oldest first.
    pub versions: Vec<VersionView>,
}

impl SolutionView {
    /// The newest version that was trained in full and can be used: what an update takes over.
    pub fn latest_full(&self) -> Option<&VersionView> {
        let full = |version: &&VersionView| version.status == Status::Active && version.updates.is_none();
        self.versions.iter().rev().find(full)
    }

    /// The newest version that can be used.
    pub fn latest_active(&self) -> Option<&VersionView> {
        self.versions.iter().rev().find(|version| version.status == Status::Active)
    }
}

/// A trained solution version, or one that is being trained or failed to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionView {
    /// `solution/number`.
    pub name: String,
    pub recipe: String,
    pub config: SolutionConfig,
    pub status: Status,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// Whether its training was stopped and can go on.
    pub can_resume: bool,
    /// The version that it took over and brought up to date; none where it was trained in full.
    pub updates: Option<String>,
    /// What was used and dropped; `None` until it is active.
    pub report: Option<TrainingReportView>,
    /// Metrics with seen items left in, by key; empty until it is active.
    pub metrics: BTreeMap<String, f64>,
    /// Metrics with seen items left out.
    pub metrics_exclude_seen: BTreeMap<String, f64>,
    /// 95% intervals of [`Self::metrics`].
    pub intervals: BTreeMap<String, (f64, f64)>,
    /// The name of the test set it was scored on.
    pub test_set: String,
    /// Whether that is the active test set of the group and it was scored on it, so that its numbers compare.
    pub comparable: bool,
    /// Epoch seconds.
    pub created_at: i64,
    /// Training time; 0 until it is active.
    pub seconds: f64,
    /// Size of the stored model.
    pub model_bytes: u64,
}

/// What a training used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainingReportView {
    pub rows_used: u64,
    pub users_used: u64,
    pub items_used: u64,
    /// Why rows were left out, and how many.
    pub dropped: Vec<(String, u64)>,
    /// What the recipe left out and why.
    pub notes: Vec<String>,
    /// How training went, epoch by epoch.
    #[serde(default)]
    pub curves: Vec<Curve>,
    pub device: Device,
    /// Bytes of memory that the process was told to take at most before it began; none where little more than the data.
    #[serde(default)]
    pub memory: Option<u64>,
    /// Of recipes that tell probabilities of actions: what came true of those, on the tested people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calibration: Vec<CalibrationBin>,
}

impl From<TrainReport> for TrainingReportView {
    /// Without curves.
    fn from(report: TrainReport) -> Self {
        Self {
            rows_used: report.rows_used,
            users_used: report.users_used,
            items_used: report.items_used,
            dropped: report.dropped,
            notes: report.notes,
            curves: Vec::new(),
            device: report.device,
            memory: None,
            calibration: Vec::new(),
        }
    }
}

/// A device that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    pub device: Device,
    /// Why it can't be had, and what to do.
    pub missing: Option<String>,
}

/// Memory in one place, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryNeed {
    /// Beside what is in use.
    pub needed: u64,
    /// What the process has now; 0 where the system does not say, and on a card.
    pub in_use: u64,
    /// None where the system does not say.
    pub free: Option<u64>,
}

/// What a training would need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingNeedsView {
    /// Where it would run, never `auto`.
    pub device: Device,
    /// None where it is little more than the data.
    pub machine: Option<MemoryNeed>,
    /// Where it would run on a card: what it would take there.
    pub card: Option<MemoryNeed>,
}

/// A campaign: a version that answers requests.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CampaignView {
    pub name: String,
    /// `solution/number`.
    pub version: String,
    pub recipe: String,
    pub status: Status,
    /// What the recipe lets a campaign set.
    pub settings: Parameters,
    /// The use case it was made for, where it was made ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_case: Option<String>,
    /// Epoch seconds.
    pub created_at: i64,
}

/// A filter's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterView {
    pub name: String,
    pub expression: String,
    /// `ACTIVE`: a filter can be used the moment it is made.
    pub status: Status,
    /// Epoch seconds.
    pub created_at: i64,
}

/// Lists that another tool made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForeignListsView {
    pub name: String,
    /// The file they were read from.
    pub source: String,
    /// Users who have a list.
    pub users: u64,
    /// Epoch seconds.
    pub created_at: i64,
}

/// What a filter keeps of the catalogue as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterAnswer {
    pub target: Target,
    /// Items (or users) there are.
    pub total: usize,
    /// Of these, what it keeps.
    pub kept: usize,
    /// The first it keeps, those with the most interactions first.
    pub first: Vec<FoundId>,
    /// Why the one asked about is kept or left out.
    pub why: Option<FilterTrace>,
    /// How long it took to say what is kept.
    pub latency: Duration,
}

/// A value that a field has, for completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    pub text: String,
    /// How many items (or users) have it, where that is counted.
    pub rows: Option<usize>,
}

/// An experiment on simulated users that was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulationView {
    pub id: i64,
    /// What its outcome is.
    pub kind: String,
    pub name: String,
    pub seed: u64,
    /// What it came to, in a sentence.
    pub summary: String,
    pub seconds: f64,
    /// Epoch seconds.
    pub created_at: i64,
}

/// A batch job, running or ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchJobView {
    /// `solution/number`.
    pub version: String,
    pub input: String,
    pub output: String,
    pub status: Status,
    pub failure_reason: Option<String>,
    pub lines: u64,
    /// Lines that hold an error.
    pub errors: u64,
    pub seconds: f64,
    /// Epoch seconds.
    pub created_at: i64,
}

/// An import job, running or ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportJobView {
    pub dataset: DatasetType,
    pub source: String,
    /// `FULL` or `INCREMENTAL`.
    pub mode: String,
    pub status: Status,
    pub failure_reason: Option<String>,
    pub rows: u64,
    pub accepted: u64,
    pub rejected: u64,
    /// Epoch seconds.
    pub created_at: i64,
    pub seconds: f64,
}

/// Whether a recipe can be trained on a group's data.
#[derive(Debug, Clone)]
pub struct RecipeReadiness {
    pub descriptor: &'static RecipeDescriptor,
    /// What is missing and what to do, where it can't.
    pub outcome: Result<(), String>,
}

/// One line of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationRow {
    /// `solution/number`, or `popularity` where no version is a popularity model.
    pub name: String,
    pub recipe: String,
    pub metrics: BTreeMap<String, f64>,
    /// 95% intervals by metric: low, high.
    pub intervals: BTreeMap<String, (f64, f64)>,
    /// Users scored.
    pub users: u64,
}

/// All versions of a group on one test set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationView {
    pub split: TestSetView,
    pub exclude_seen: bool,
    /// Popularity always among them.
    pub results: Vec<EvaluationRow>,
    /// Versions that recommend actions, which are measured on people who were shown actions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<EvaluationRow>,
    /// What to know about the numbers: versions left out and why, test users skipped.
    pub notes: Vec<String>,
    /// The contestants themselves, in the same order: for other metrics, differences and groups.
    #[serde(skip)]
    pub lab: Arc<Lab>,
    /// Ways to tell for whom they are good.
    #[serde(skip)]
    pub segmentations: Arc<Vec<Segmentation>>,
}

/// One interaction of a user, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    pub item: String,
    /// The item's label; the id where there is none.
    pub title: String,
    /// Empty where the data has none.
    pub event_type: String,
    /// Epoch seconds.
    pub timestamp: i64,
    /// Recorded after the import, and not yet taken in by a training.
    pub is_recorded: bool,
}

/// A test user, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedUser {
    pub user: String,
    /// What was known of them, the newest first.
    pub history: Vec<EventView>,
    /// What was to be found.
    pub truth: Vec<ListedItem>,
    /// By contestant, the best first.
    pub lists: Vec<Vec<ListedItem>>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItem {
    /// Empty where it is not in the catalogue.
    pub id: String,
    /// The item's label; the id where there is none.
    pub title: String,
    /// Whether it was to be found.
    pub is_hit: bool,
    /// Whether the user had it before.
    pub was_seen: bool,
}

/// An id found by a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundId {
    pub id: String,
    /// The item's label; the id itself for users.
    pub label: String,
    /// Interactions with it.
    pub interactions: u64,
}

/// One item of the catalogue, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    pub id: String,
    /// The item's label; the id where there is none.
    pub title: String,
    /// Interactions with it.
    pub interactions: u64,
    /// Field and cell of its row of Items; empty where it has none.
    pub fields: Vec<(String, String)>,
}
