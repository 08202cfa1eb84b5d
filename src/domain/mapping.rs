//! How the columns of a file become the fields of a dataset.

use super::DatasetType;
use super::schema::{FieldRole, FieldType};
use serde::{Deserialize, Serialize};

/// How cells become epoch seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimestampRule {
    Seconds,
    Milliseconds,
    Microseconds,
    /// RFC 3339 / ISO 8601 (a date alone is midnight; no zone is UTC).
    Iso,
    /// A `strptime` pattern, e.g. `%d-%b-%Y`; no zone is UTC.
    Pattern(String),
    /// There is no time: the row number stands in for it.
    RowOrder,
}

/// What a field takes from the cell of its column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The cell as it is.
    #[default]
    Whole,
    /// The year in it: in brackets behind a title (`Toy Story (1995)`), or the four digits of a date.
    Year,
    /// What a code stands for: `(code, meaning)`; a code that is not listed stays as it is, one
    /// without a meaning is a missing cell.
    Codes(Vec<(String, String)>),
}

/// One field of the dataset and the column it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedField {
    /// The schema's field name (`USER_ID`, `GENRES` …).
    pub field: String,
    /// The file's column; several are joined as categories (`MovieLens`'s 0/1 genre columns).
    pub columns: Vec<String>,
    /// Of a field with one column; several are always joined.
    #[serde(default)]
    pub reading: Reading,
    pub kind: FieldType,
    pub role: FieldRole,
    pub nullable: bool,
    /// Why this was proposed, in one sentence for the person.
    pub reason: String,
}

/// The whole mapping of a file to a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    pub dataset: DatasetType,
    pub fields: Vec<MappedField>,
    pub timestamp: TimestampRule,
    /// Which cells the time rule was seen to read, for the person.
    pub timestamp_reason: String,
    /// The event type of every row where no column gives one.
    pub event_type: Option<String>,
    /// Event types and the value each stands for where no column gives one, in the order shown.
    pub event_values: Vec<(String, f64)>,
}

impl Mapping {
    /// The mapped field of that name.
    pub fn field(&self, name: &str) -> Option<&MappedField> {
        self.fields.iter().find(|mapped| mapped.field == name)
    }
}
