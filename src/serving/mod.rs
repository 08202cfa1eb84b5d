//! Campaigns and batch: the one code path that turns a request into an answer.
//!
//! A [`Campaign`] is a trained model with the histories it is asked about. [`Campaign::recommend`] answers
//! one request in the service's shapes; [`batch`] answers files of them through the same function. Nothing
//! here knows which recipe it serves beyond its descriptor.

mod actions;
mod answer;
mod attribution;
mod batch;
mod batch_input;
mod batch_output;
mod campaign;
mod context;
mod explain;
mod exploration;
mod filter;
mod list;
mod live;
mod metadata;
mod promotion;
mod records;
mod request;
mod response;
#[cfg(test)]
mod toy;
mod visitor;

pub use actions::ActionShelf;
pub use attribution::{AttributionRow, Measure, Take, attribute};
pub use batch::{BatchCounts, BatchError, BatchOptions, LineError, batch, batch_to_file};
pub use batch_input::BatchInput;
pub use batch_output::BatchFormat;
pub use campaign::Campaign;
pub use explain::{ExplorationPart, Parts, PopularityPart, RemovedPart};
pub use exploration::{Explored, Novelty};
pub use filter::{
    Applies, CompiledFilter, ConditionTrace, Events, ExpressionTrace, FilterData, FilterQuery, FilterTrace,
    Filtering, Population,
};
pub use live::{Live, LiveEvent, LiveEvents, SKIP};
pub use metadata::{ItemFacts, MetadataColumns};
pub use promotion::{Promoting, Promotion};
pub use records::{
    Cells, CheckedEvent, PutActionInteraction, PutActionInteractions, PutAttribution, PutEvent, PutEvents,
    PutRecord, camel_case, check_records,
};
pub use request::{RecommendRequest, RequestError};
pub use response::{
    ItemEvidence, ItemExplanation, PredictedAction, PredictedItem, RecommendResponse, Recommendations,
};
pub use visitor::Visitor;
