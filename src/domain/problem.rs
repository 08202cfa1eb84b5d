//! A problem row: what was wrong in which row and column, by which rule, and the mend that is offered.

use serde::{Deserialize, Serialize};

/// A rule that a cell or row broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The row has more or fewer cells than the header.
    WrongCellCount,
    /// The line is not what its format says (JSON Lines).
    Malformed,
    /// A byte sequence that is not text in the file's encoding.
    BadEncoding,
    /// A required cell is empty.
    MissingValue,
    /// An id longer than the service allows.
    IdTooLong,
    /// A cell longer than the service allows.
    TooLong,
    /// A cell that is not a number.
    NotANumber,
    /// A number that does not fit its type.
    OutOfRange,
    /// A cell that no time rule reads.
    NotATime,
    /// A time before 1970 or more than a day after now.
    ImplausibleTime,
    /// A cell that is not true or false.
    NotABoolean,
    /// The keyword itself stands as a value (`EVENT_TYPE` in `EVENT_TYPE`).
    ReservedKeyword,
    /// The same row stands earlier in the data.
    DuplicateRow,
    /// A later row has the same key and replaces this one.
    ReplacedByLaterRow,
}

/// One broken rule in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The line's number in its file counting data rows from 1 (the header is not counted).
    pub row: u64,
    /// The column's name in the file; empty where the whole row is meant.
    pub column: String,
    /// The cell as it stands in the file.
    pub value: String,
    pub rule: Rule,
}
