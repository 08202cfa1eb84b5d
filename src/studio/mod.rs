//! Use cases: the only glue between the rooms, and the only thing the faces talk to.
//!
//! A [`Studio`] is one open project. Every method takes `&self`, may block, and is safe to call from any thread;
//! long ones report to a [`JobContext`](crate::jobs::JobContext) and can be cancelled. Whatever changes the
//! project is one transaction of the store, after which [`Studio::revision`] is higher. Messages of errors read
//! "what is wrong; what to do", see [`Message`]. Holds no window, no command line, no SQL.

mod actions;
mod app_settings;
mod attribution;
mod batch;
mod cache;
mod campaigns;
mod datasets;
mod demo;
mod desk;
mod encoded;
mod evaluation;
mod events;
mod filters;
mod foreign;
mod groups;
mod guided;
mod import_plan;
mod imports;
mod labels;
mod last_import;
mod lookup;
mod message;
mod off_policy;
mod origins;
mod outcomes;
mod overview;
mod people;
mod project;
mod recipes;
mod request;
mod runs;
mod schemas;
mod settings;
mod simulations;
mod solutions;
mod test_sets;
mod tested;
#[cfg(test)]
pub mod toy;
mod train_again;
mod train_command;
mod training_needs;
mod trial;
mod unrelated;
mod updates;
mod use_cases;
pub mod view;
mod worth;

pub use app_settings::AppSettings;
pub use attribution::{Attribution, AttributionMetric};
pub use events::PutOutcome;
pub use filters::FilterTrial;
pub use guided::Guided;
pub use import_plan::{ImportPlan, MappingChanges};
pub use message::Message;
pub use off_policy::{OffPolicyTarget, off_policy_of_log};
pub use project::Studio;
pub use recipes::{recipe, recipes};
pub use request::{
    BatchInput, BatchOutput, BatchReport, BatchRequest, DemoEvaluation, DemoReport, EvaluateRequest,
    ImportReport, ImportRequest, TrainRequest,
};
pub use runs::{RUN_COLORS, RunDifference, RunParameter, RunView, check_alias};
pub use simulations::{
    BASELINES, EXPERIMENT, FEEDBACK, FeedbackReport, MOST_WEEKS, SimulateRequest, SimulationReport,
};
pub use train_again::TrainedAgain;
pub use train_command::train_command;
pub use training_needs::{devices, trains_networks};
pub use trial::MappingTrial;
pub use unrelated::Unrelated;
pub use view::{
    BatchJobView, CampaignView, DatasetView, DeviceView, EvaluationRow, EvaluationView, EventView,
    FieldValue, FilterAnswer, FilterView, ForeignListsView, FoundId, GroupView, ImportJobView, ItemView,
    ListedItem, ProjectView, RecipeReadiness, SimulationView, SolutionView, TestSetView, TestedUser,
    TrainingNeedsView, TrainingReportView, VersionView,
};

// What the faces need of the rooms below.
pub use crate::data::sample::SampleGroup;
pub use crate::data::time::{epoch_seconds, rule_text};
pub use crate::data::{
    Bar, ColumnProfile, Dialect, EventTypeReadiness, Format, ImportMode, Insight, InsightKind, Insights,
    Preview, ProblemCount, Proposal, Readiness, Severity, Source, Table, count_problems, discover,
    header_signature, mends_for, propose_mapping,
};
pub use crate::evaluation::metrics::{METRICS, Metric, MetricAt, headline};
pub use crate::evaluation::{
    ACTION_METRICS, ActionMetric, CAVEATS, CalibrationBin, Caveat, Contestant, Difference, Lab, Lift, Pair,
    SegmentScore, Segmentation, Verdict, Worth,
};
pub use crate::recipes::Origin;
pub use crate::serving::{
    Applies, AttributionRow, BatchFormat, ConditionTrace, ExpressionTrace, FilterTrace, ItemEvidence,
    ItemExplanation, MetadataColumns, Parts, PredictedAction, PredictedItem, Promotion, PutActionInteraction,
    PutActionInteractions, PutAttribution, PutEvent, PutEvents, PutRecord, RecommendRequest,
    RecommendResponse, Recommendations, SKIP, camel_case,
};
pub use crate::simulation::off_policy::{Estimator, OffPolicyEstimate, OffPolicyReport};
pub use crate::simulation::{
    ArmPoint, Control, Design, FeedbackOutcome, FittedChoice, Look, MOST_ARMS, Measured, Outcome, Plan,
    Point, SimulationSpec, Verdict as SimulationVerdict, Week,
};
pub use crate::store::{Holder, OpenError, OpenMode, RunMark};
