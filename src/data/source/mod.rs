//! Files as they are found: where they lie, how they are packed and written, and their cells as text.
//!
//! Nothing here knows what a column means; that is the mapping's work. Every cell stays the text it is in
//! the file, so that leading zeros and bad values survive.

mod bytes;
mod cells;
mod dialect;
mod discover;
mod encoding;
mod json_lines;
mod parquet;
mod part_column;
mod read;
mod sample;
mod scan;
mod separated;
mod table;
mod text_column;
mod wanted;

pub use discover::discover;
pub use read::read;
pub(crate) use sample::{Sample, sample};
pub use table::{RawTable, RowNumbers};
pub use wanted::Wanted;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How a text table is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// `,`, tab, `;`, `|` or `::`.
    pub separator: String,
    /// The character around cells that hold separators or line ends.
    pub quote: Option<char>,
    /// Whether `\` escapes a quote inside a quoted cell (the service's files); a doubled quote always does.
    pub backslash_escapes: bool,
    pub has_header: bool,
    /// Names for the columns of a file without a header; empty means `column_1`, `column_2` …
    #[serde(default)]
    pub columns: Vec<String>,
    /// The WHATWG name, e.g. `UTF-8` or `ISO-8859-1`.
    pub encoding: String,
}

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    Delimited(Dialect),
    JsonLines,
    Parquet,
}

/// One table: a file, or an entry of a `.zip`; `.gz` and `.zst` are seen through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub path: PathBuf,
    /// The entry's name inside a `.zip`.
    pub entry: Option<String>,
    pub format: Format,
    /// Size as it lies on disk; of an entry, its size unpacked.
    pub bytes: u64,
}

impl Source {
    /// The file's name, and the entry's behind it.
    pub fn display_name(&self) -> String {
        display_name(&self.path, self.entry.as_deref())
    }

    /// The file's or entry's own name, without folders.
    pub fn file_name(&self) -> String {
        match &self.entry {
            Some(entry) => entry.rsplit('/').next().unwrap_or(entry).to_owned(),
            None => name_of(&self.path),
        }
    }
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn display_name(path: &std::path::Path, entry: Option<&str>) -> String {
    match entry {
        Some(entry) => format!("{} › {entry}", name_of(path)),
        None => name_of(path),
    }
}

#[cfg(test)]
pub(super) mod tests;
