//! Files become tables, tables become checked, encoded interactions, and both are described.

mod interactions;
mod lists;
mod output;
mod vocabulary;

pub use interactions::{History, Interactions};
pub use lists::{ListRows, ListWriter};
pub use output::{OutputError, OutputFile, csv_cell};
pub use vocabulary::Vocabulary;
