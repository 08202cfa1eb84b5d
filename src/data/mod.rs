//! Files become tables, tables become checked, encoded interactions, and both are described.

mod error;
mod interactions;
mod layout;
mod lists;
mod mapping;
mod output;
mod preview;
mod source;
pub mod time;
mod vocabulary;

pub use error::DataError;
pub use interactions::{History, Interactions};
pub use lists::{ListRows, ListWriter};
pub use mapping::{Proposal, extract, header_signature, propose, propose_mapping, title_field};
pub use output::{OutputError, OutputFile, csv_cell};
pub use preview::{Preview, preview};
pub use source::{Dialect, Format, RawTable, RowNumbers, Source, discover, read};
pub use vocabulary::Vocabulary;
