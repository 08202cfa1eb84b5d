//! What can go wrong with a file as a whole. A bad row is no error: it is a
//! [`Problem`](crate::domain::problem::Problem) and the rest of the file is read.

use super::OutputError;
use crate::domain::schema::SchemaError;
use crate::jobs::Cancelled;

/// A file, a mapping or a table that cannot be used; each message says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("{file}: cannot be opened ({cause}); check that it is there and that you may read it")]
    Open { file: String, cause: std::io::Error },

    #[error("{file}: reading stopped ({cause}); the file may be cut short or damaged, fetch it again")]
    Damaged { file: String, cause: std::io::Error },

    #[error("{file}: not a zip archive that can be read ({reason}); unpack it and use the files inside")]
    Archive { file: String, reason: String },

    #[error(
        "{file}: no table found ({reason}); expected CSV, TSV, JSON Lines or Parquet, plain or as .gz, .zst or .zip"
    )]
    NotATable { file: String, reason: String },

    #[error("{file}: not a Parquet file that can be read ({reason}); write it again or use CSV")]
    Parquet { file: String, reason: String },

    #[error("{file}: unknown encoding {encoding:?}; use a name such as UTF-8, ISO-8859-1 or Shift_JIS")]
    UnknownEncoding { file: String, encoding: String },

    #[error(
        "{file}: no column {column:?} for the field {field}; the file has {}; map the field to one of them",
        .columns.join(", ")
    )]
    NoColumn { file: String, field: String, column: String, columns: Vec<String> },

    #[error(
        "{file}: Input CSV is missing the following columns:[{}]; map them to columns of the file, or choose the schema made for it",
        .columns.join(", ")
    )]
    MissingColumns { file: String, columns: Vec<String> },

    #[error("{file}: {rows} rows break a rule, and a strict import takes none; the first: {first}")]
    Strict { file: String, rows: u64, first: String },

    #[error("{file}: {what}")]
    Foreign { file: String, what: String },

    #[error(transparent)]
    Schema(#[from] SchemaError),

    #[error(transparent)]
    Output(#[from] OutputError),

    #[error("table: {0}")]
    Table(#[from] polars::error::PolarsError),

    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}

impl DataError {
    /// What is wrong with a file that another tool wrote.
    pub(super) fn foreign(file: &str, what: String) -> Self {
        Self::Foreign { file: file.to_owned(), what }
    }
}
