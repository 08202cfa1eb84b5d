//! What can go wrong with a project file.

use super::Holder;
use std::path::PathBuf;

/// Why a project was not opened or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} does not exist; make it with `bespoke new {}`", path.display(), path.display())]
    Missing { path: PathBuf },
    #[error("{} exists already; open it, or choose another name", path.display())]
    Exists { path: PathBuf },
    #[error("{} is held by {holder}; close it there, or open the project read-only", path.display())]
    Held { path: PathBuf, holder: Holder },
    #[error("{} is not a Bespoke project; choose a file made by `bespoke new`", path.display())]
    NotAProject { path: PathBuf },
    #[error(
        "{} was written by a newer version of the program (format {found}; this one reads up to {known}); update the program",
        path.display()
    )]
    TooNew { path: PathBuf, found: u32, known: u32 },
    #[error(
        "{} has the older format {found} and is open read-only; open it for writing once to bring it to format {known}",
        path.display()
    )]
    NeedsMigration { path: PathBuf, found: u32, known: u32 },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Store { path: PathBuf, source: StoreError },
}

/// Why the project file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the project file: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{what} in the project file is damaged: {source}; run `bespoke check`")]
    Json { what: &'static str, source: serde_json::Error },
    #[error("{what} in the project file is damaged: `{value}`; run `bespoke check`")]
    Damaged { what: &'static str, value: String },
    #[error("{what} `{name}` exists already; choose another name")]
    Exists { what: &'static str, name: String },
    #[error("there is no {what} `{name}`")]
    Missing { what: &'static str, name: String },
    #[error("{what} `{name}` is still used by {by}; remove that first")]
    InUse { what: &'static str, name: String, by: String },
    #[error("the project is open read-only; open it for writing to change it")]
    ReadOnly,
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}
