//! What a column that describes a row is: a number, categories, text, or plain.

use super::contents::Contents;
use super::names;
use crate::domain::DatasetType;
use crate::domain::schema::{FieldRole, FieldType};

/// Characters of a cell, on average, from which it is text rather than a name.
const TEXT_CHARS: f64 = 80.0;

/// A column's type and role, and why.
#[derive(Debug)]
pub(super) struct Described {
    pub kind: FieldType,
    pub role: FieldRole,
    pub reason: String,
}

/// A string for filters and display only.
pub(super) fn plain(reason: &str) -> Described {
    Described { kind: FieldType::String, role: FieldRole::Plain, reason: reason.to_owned() }
}

/// Decides by contents, and by the name whether numbers are labels. `may_be_text`: the service trains on one
/// textual column of an Items dataset.
pub(super) fn describe(name: &str, found: &Contents, dataset: DatasetType, may_be_text: bool) -> Described {
    let string = |role, reason: String| Described { kind: FieldType::String, role, reason };
    if found.links > 0.5 {
        return plain("links, kept for display");
    }
    if found.is_numeric() {
        if names::is_label(name) {
            return if found.repeats() {
                string(
                    FieldRole::Categorical,
                    format!("{} different labels written as numbers", found.distinct),
                )
            } else {
                plain("labels written as numbers, kept for filters and display")
            };
        }
        return number(found);
    }
    if found.time.as_ref().is_some_and(|time| time.share >= 0.95) {
        return plain("dates, kept for filters and display");
    }
    if found.lists >= 0.05 {
        return string(FieldRole::Categorical, "lists of categories separated by |".to_owned());
    }
    if found.mean_chars >= TEXT_CHARS && found.mean_words >= 8.0 && !found.repeats() {
        let reason = format!("text of {} characters on average", found.mean_chars.round());
        return if dataset == DatasetType::Items && may_be_text {
            string(FieldRole::Textual, reason)
        } else {
            string(FieldRole::Plain, reason)
        };
    }
    if found.repeats() {
        return string(FieldRole::Categorical, format!("{} different values that repeat", found.distinct));
    }
    plain("many different values, kept for filters and display")
}

fn number(found: &Contents) -> Described {
    let range = format!("numbers from {} to {}", found.min, found.max);
    let kind = if found.whole_numbers >= 0.999 * found.numbers {
        let fits_int = found.min >= f64::from(i32::MIN) && found.max <= f64::from(i32::MAX);
        if fits_int { FieldType::Int } else { FieldType::Long }
    } else if found.max_digits > 7 {
        // A float holds seven digits.
        FieldType::Double
    } else {
        FieldType::Float
    };
    Described { kind, role: FieldRole::Plain, reason: range }
}
