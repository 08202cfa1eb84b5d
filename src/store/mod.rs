//! The project file: one `SQLite` database that holds everything that lasts. The only room that knows SQL.
//!
//! A [`Store`] gives a [`Reader`] or a [`Writer`]; a writer is one transaction, so a use case is written whole
//! or not at all, and a kill at any moment leaves the old state or the new one. Datasets (Parquet), models
//! (safetensors) and per-user values are chunked blobs, written in the transaction of the row that names them.
//! Knows nothing of what is inside them: no table library, no model.

mod attribution;
mod batch_jobs;
mod blobs;
mod campaigns;
mod check;
mod checkpoints;
mod copy;
mod datasets;
mod error;
mod events;
mod filters;
mod foreign_lists;
mod groups;
mod imports;
mod json;
mod lock;
mod mappings;
mod metrics;
mod migrations;
mod project;
mod run_marks;
mod settings;
mod simulations;
mod solutions;
mod test_sets;

pub use attribution::AttributionMetricRecord;
pub use batch_jobs::BatchJobRecord;
pub use campaigns::CampaignRecord;
pub use datasets::{DatasetVersionRecord, NewDatasetVersion};
pub use error::{OpenError, StoreError};
pub use events::EventRecord;
pub use filters::FilterRecord;
pub use foreign_lists::ForeignListsRecord;
pub use groups::GroupRecord;
pub use imports::{ImportJobRecord, ImportTotals};
pub use lock::Holder;
pub use metrics::{MetricValue, ScoreSetRecord};
pub use project::{OpenMode, Reader, Store, Writer};
pub use run_marks::{RunMark, RunOrigin};
pub use simulations::{NewSimulation, SimulationRecord};
pub use solutions::{ModelBytes, SolutionRecord, VersionRecord};
pub use test_sets::{NewTestSet, TestSetRecord};
