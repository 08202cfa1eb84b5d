//! Mends: what import may do with rows that break a rule, instead of leaving them out.

use super::problem::Rule;
use super::schema::{FieldRole, FieldType, SchemaField};
use serde::{Deserialize, Serialize};

/// A mend chosen by the person. It changes only rows that break a rule, and each use is counted.
/// Columns are named by their field in the schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Leave the rule's rows out without naming them as problems again.
    DropRows(Rule),
    /// Take blanks off both ends of a broken cell.
    Trim(String),
    /// Read the number or truth inside a broken cell: `€ 1,299.50`, `3.0` in an int column (rounded to the
    /// nearest, halves away from zero), `yes`, `no`, `1`, `0`.
    Cast(String),
    /// Cut a cell to the longest that is allowed.
    Truncate(String),
    /// Read implausible times as milliseconds.
    MillisecondsToSeconds,
    /// Empty the cell where it breaks the rule; a metadata field made from a mapping becomes nullable.
    NullCell(String, Rule),
}

impl std::fmt::Display for Mend {
    /// What the mend does, as a button says it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DropRows(rule) => write!(f, "drop rows: {}", rule.as_str()),
            Self::Trim(field) => write!(f, "trim blanks: {field}"),
            Self::Cast(field) => write!(f, "cast: {field}"),
            Self::Truncate(field) => write!(f, "truncate: {field}"),
            Self::MillisecondsToSeconds => f.write_str("milliseconds to seconds"),
            Self::NullCell(field, rule) => write!(f, "empty the cell: {field}, {}", rule.as_str()),
        }
    }
}

impl Mend {
    /// The mends that can help where `field` breaks `rule`; only dropping where no field is to blame.
    pub fn offered(rule: Rule, field: Option<&SchemaField>, required: bool) -> Vec<Self> {
        let mut mends = Vec::new();
        if let Some(field) = field {
            let name = || field.name.clone();
            if rule == Rule::ImplausibleTime {
                mends.push(Self::MillisecondsToSeconds);
            }
            if matches!(
                rule,
                Rule::NotANumber | Rule::NotABoolean | Rule::NotATime | Rule::TooLong | Rule::IdTooLong
            ) {
                mends.push(Self::Trim(name()));
            }
            if rule == Rule::NotABoolean || (rule == Rule::NotANumber && field.kind != FieldType::String) {
                mends.push(Self::Cast(name()));
            }
            if rule == Rule::TooLong && field.role != FieldRole::Textual {
                mends.push(Self::Truncate(name()));
            }
            if !required && !rule.is_repeat() {
                mends.push(Self::NullCell(name(), rule));
            }
        }
        if !rule.is_repeat() {
            mends.push(Self::DropRows(rule));
        }
        mends
    }
}
