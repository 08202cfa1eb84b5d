//! Metadata encoded for models: what is said of users, of items, and of the moment of each interaction.
//!
//! Nothing here looks at what was trained on: values stand as they are given. Which ones are rare, how numbers are
//! scaled and what text means is learnt by a model from its own rows, so that nothing of a test leaks into it.

mod categorical;
mod columns;
mod context;
mod creation;
mod encode;
mod metadata;
mod newcomers;
mod numeric;
mod text;
mod textual;

pub use categorical::{CategoricalFeature, categories};
pub use columns::{Features, LeftOut, Reason};
pub use context::ContextRows;
pub use creation::creation_times;
pub(super) use encode::encode_columns;
pub use metadata::Metadata;
pub(super) use metadata::sources;
pub use newcomers::{FeatureRow, Newcomers};
pub use numeric::{NumericFeature, number};
pub use text::{SparseRows, TEXT_BUCKETS, TextWeights};
pub use textual::TextFeature;
