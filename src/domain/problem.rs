//! A problem row: what was wrong in which row and column, by which rule, and the mends that are offered.

use super::limits::{MAX_ID_CHARS, MAX_STRING_CHARS};
use super::number::count_words;
use serde::{Deserialize, Serialize};

/// A rule that a cell or row broke.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    /// A number that the service does not take for the field.
    BeyondBounds,
    /// A cell that names none of the event types that action interactions have.
    NotAnActionEvent,
    /// The keyword itself stands as a value (`EVENT_TYPE` in `EVENT_TYPE`).
    ReservedKeyword,
    /// The same row stands earlier in the data.
    DuplicateRow,
    /// A later row has the same key and replaces this one.
    ReplacedByLaterRow,
}

impl Rule {
    /// The rule's name in files and JSON, e.g. `missing_value`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What is wrong, in one sentence.
    pub fn message(self) -> String {
        match self {
            Self::WrongCellCount => "the row has more or fewer cells than the header".to_owned(),
            Self::Malformed => "the line is not valid in the file's format".to_owned(),
            Self::BadEncoding => "the bytes are not text in the file's encoding".to_owned(),
            Self::MissingValue => "the cell is empty, but every row must have a value here".to_owned(),
            Self::IdTooLong => {
                format!("the id has more than {} characters", count_words(MAX_ID_CHARS as u64))
            }
            Self::TooLong => {
                format!("the cell has more than {} characters", count_words(MAX_STRING_CHARS as u64))
            }
            Self::NotANumber => "the cell is not a number of the column's type".to_owned(),
            Self::OutOfRange => "the number does not fit the column's type".to_owned(),
            Self::NotATime => "the cell is not a time by the rule chosen for this column".to_owned(),
            Self::ImplausibleTime => "the time lies before 1970 or more than a day after now".to_owned(),
            Self::NotABoolean => "the cell is neither true nor false".to_owned(),
            Self::BeyondBounds => {
                "the service takes a VALUE from 1 to 10, and a REPEAT_FREQUENCY of 30 days at most".to_owned()
            }
            Self::NotAnActionEvent => {
                "the event type of an action interaction is Viewed, Taken or Not Taken, and nothing else"
                    .to_owned()
            }
            Self::ReservedKeyword => "the column's own keyword stands as a value".to_owned(),
            Self::DuplicateRow => "the same row stands earlier in the data; it is kept once".to_owned(),
            Self::ReplacedByLaterRow => "a later row has the same key and replaces this one".to_owned(),
        }
    }

    /// What to do about it, in one sentence.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::WrongCellCount => {
                "Put double quotes around cells that hold the separator, or drop the row."
            }
            Self::Malformed => "Correct the line in the file, or drop the row.",
            Self::BadEncoding => "Choose the file's encoding in the import options, or save it as UTF-8.",
            Self::MissingValue => {
                "Fill the cell in the file, let the column be empty if it is metadata, or drop the row."
            }
            Self::IdTooLong => "Shorten the id in every file that uses it, or drop the row.",
            Self::TooLong => "Truncate the cells, or split the column.",
            Self::NotANumber => "Trim or cast the cells, empty them, or map the column as text.",
            Self::OutOfRange => "Map the column as long or double, empty the cells, or drop the rows.",
            Self::NotATime => "Choose the time rule that reads this cell, or drop the row.",
            Self::ImplausibleTime => {
                "If the cells are milliseconds, read them as seconds with one click; else drop the rows."
            }
            Self::NotABoolean => "Cast yes/no and 1/0, empty the cells, or map the column as text.",
            Self::BeyondBounds => "Bring the numbers into that range, empty the cells, or drop the rows.",
            Self::NotAnActionEvent => {
                "Write one of the three in the file, map another column as EVENT_TYPE, or drop the row."
            }
            Self::ReservedKeyword => "This is usually a header line repeated in the data: drop the row.",
            Self::DuplicateRow => "Nothing is needed; give the rows different times if both are real.",
            Self::ReplacedByLaterRow => "Nothing is needed; keep one row for each key to silence this.",
        }
    }

    /// Whether the row is left out only because another says the same or says it newer: nothing is broken.
    pub fn is_repeat(self) -> bool {
        matches!(self, Self::DuplicateRow | Self::ReplacedByLaterRow)
    }
}

/// One broken rule in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The line's number in its file counting data rows from 1 (the header is not counted).
    pub row: u64,
    /// The column's name in the file; empty where the whole row is meant.
    pub column: String,
    /// The cell as it stands in the file; for a repeat, the row that stands for this one (`row 12`).
    pub value: String,
    pub rule: Rule,
}

impl std::fmt::Display for Problem {
    /// `row 7, column age, value "x": the cell is not a number of the column's type. Trim or …`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const LONGEST: usize = 80;
        write!(f, "row {}", count_words(self.row))?;
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        let cut: String = self.value.chars().take(LONGEST).collect();
        let more = if cut.len() < self.value.len() { "…" } else { "" };
        write!(f, ", value \"{cut}{more}\": {}. {}", self.rule.message(), self.rule.remedy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    /// Every rule has its own message, and a problem names its row, column and value.
    #[test]
    fn every_rule_speaks_for_itself() {
        let mut messages: Vec<String> = Rule::iter().map(Rule::message).collect();
        messages.sort();
        messages.dedup();
        assert_eq!(messages.len(), Rule::iter().count());
        for rule in Rule::iter() {
            let problem = Problem { row: 7, column: "age".into(), value: "x".into(), rule };
            let text = problem.to_string();
            assert!(text.starts_with("row 7, column age, value \"x\": "), "{text}");
            assert!(text.ends_with(rule.remedy()), "{text}");
            assert_eq!(serde_json::to_string(&rule).unwrap(), format!("\"{}\"", rule.as_str()));
        }
    }
}
