//! Files become tables, tables become checked, encoded interactions, and both are described.

mod interactions;
mod vocabulary;

pub use interactions::{History, Interactions};
pub use vocabulary::Vocabulary;
