//! The field's words: what a dataset, a schema, a recipe, a solution, a split and a metric are.
//!
//! No input or output, no clock, no randomness, no table library: only types and rules that every other
//! room may use. The limits of the service stand once, in [`limits`].

pub mod action;
pub mod attribution;
pub mod campaign;
pub mod clock;
pub mod dataset;
pub mod exploration;
pub mod filter;
pub mod fingerprint;
pub mod limits;
pub mod mapping;
pub mod mend;
pub mod metric;
pub mod minima;
pub mod name;
pub mod number;
pub mod parameter;
pub mod problem;
pub mod recipe;
pub mod schema;
pub mod solution;
pub mod split;
pub mod status;
pub mod use_case;

pub use dataset::DatasetType;
pub use name::{NameError, check_name};
pub use number::count_words;
pub use parameter::{ParameterGroup, ParameterKind, ParameterSpec, ParameterValue, Parameters};
pub use recipe::{RecipeDescriptor, Task};
pub use status::Status;
