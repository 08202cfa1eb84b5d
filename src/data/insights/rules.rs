//! The rules, each found exactly when it is broken.

use super::{Insight, InsightKind, Severity};
use crate::data::Actions;
use crate::data::Table;
use crate::data::profile::{category_counts, finite, short_number, value_counts};
use crate::domain::limits::{
    ACTION_EVENT_DAYS, MAX_CATEGORIES, MAX_EVENT_TYPES, MIN_ACTION_EVENTS, MIN_COLUMN_COMPLETENESS,
    MIN_INTERACTIONS, MIN_TEXT_COMPLETENESS, MIN_USER_HISTORY, MIN_USERS,
};
use crate::domain::minima::DataSize;
use crate::domain::schema::{FieldRole, Schema, SchemaField};
use crate::domain::{DatasetType, count_words};
use polars::prelude::PlHashSet;

/// Insights about single columns and about rows: incomplete rows and columns, sparse text, outliers, categories.
pub(super) fn of_columns(table: &Table, schema: &Schema) -> Vec<Insight> {
    let mut found = Vec::new();
    let rows = table.rows();
    if rows == 0 {
        return found;
    }
    let of = |kind, field: &SchemaField, statement, action: &str| Insight {
        kind,
        dataset: schema.dataset,
        column: Some(field.name.clone()),
        statement,
        action: action.to_owned(),
        severity: Severity::Warning,
    };
    // That an action never ends or never rests is no gap.
    let incomplete = if schema.dataset == DatasetType::Actions { 0 } else { table.incomplete_rows() };
    if incomplete > 0 {
        found.push(Insight {
            kind: InsightKind::IncompleteRows,
            dataset: schema.dataset,
            column: None,
            statement: format!(
                "{} of the rows of {} miss a value ({} of {}).",
                percent(incomplete, rows),
                schema.dataset,
                count_words(incomplete as u64),
                count_words(rows as u64)
            ),
            action: "Fill the empty cells, or leave out the columns that hold most of them.".to_owned(),
            severity: Severity::Note,
        });
    }
    let own: Vec<&str> = schema.metadata().map(|field| field.name.as_str()).collect();
    let is_expected =
        |field: &&SchemaField| schema.dataset != DatasetType::Actions || own.contains(&field.name.as_str());
    let fields = schema.fields.iter().filter(|field| table.has_column(&field.name));
    for field in fields.filter(is_expected) {
        let filled = rows - table.missing(&field.name);
        let share = filled as f64 / rows as f64;
        if share < MIN_COLUMN_COMPLETENESS {
            found.push(of(
                InsightKind::IncompleteColumn,
                field,
                format!(
                    "{} of {} is {} complete; at least {} is expected.",
                    field.name,
                    schema.dataset,
                    percent(filled, rows),
                    percent_of(MIN_COLUMN_COMPLETENESS)
                ),
                "Fill the column, or leave it out of training.",
            ));
        }
        if field.role == FieldRole::Textual && share < MIN_TEXT_COMPLETENESS {
            found.push(of(
                InsightKind::SparseText,
                field,
                format!(
                    "The text {} is {} complete; below {} it is not trained on.",
                    field.name,
                    percent(filled, rows),
                    percent_of(MIN_TEXT_COMPLETENESS)
                ),
                "Give more items a text.",
            ));
        }
        if field.role == FieldRole::Categorical
            && let Some(column) = table.strings(&field.name)
        {
            let categories = category_counts(column).len();
            if categories > MAX_CATEGORIES {
                found.push(of(
                    InsightKind::TooManyCategories,
                    field,
                    format!(
                        "{} has {} categories; more than {} say little about each.",
                        field.name,
                        count_words(categories as u64),
                        count_words(MAX_CATEGORIES as u64)
                    ),
                    "Join rare categories, or make the column a plain string.",
                ));
            }
        }
        if is_measured(field, schema)
            && let Some(outliers) = Outliers::of(finite(table, &field.name))
        {
            found.push(of(
                InsightKind::Outliers,
                field,
                format!(
                    "{} has {} ({} of its values), outside {} … {}: Q1 − 1.5·IQR and Q3 + 1.5·IQR.",
                    field.name,
                    outliers.words(),
                    percent(outliers.count, outliers.of),
                    short_number(outliers.low),
                    short_number(outliers.high)
                ),
                "Check these values; correct or cut those that are mistakes.",
            ));
        }
    }
    found
}

/// Insights about the interactions as a whole.
pub(super) fn of_interactions(table: &Table, schema: &Schema) -> Vec<Insight> {
    let mut found = Vec::new();
    let mut add = |kind, column: Option<&str>, severity, statement, action: String| {
        let dataset = DatasetType::Interactions;
        found.push(Insight { kind, dataset, column: column.map(str::to_owned), statement, action, severity });
    };
    let mut size = DataSize::default();
    let histories = table.coded("USER_ID").map(|users| users.counts()).unwrap_or_default();
    for length in histories {
        size.add_user(length);
    }
    let missing = size.missing_interactions();
    if missing > 0 {
        add(
            InsightKind::TooFewInteractions,
            None,
            Severity::Error,
            format!(
                "There are {} interactions; at least {} are needed, {missing} more.",
                count_words(size.interactions),
                count_words(MIN_INTERACTIONS as u64)
            ),
            format!("Import {missing} more interactions."),
        );
    }
    let missing = size.missing_users();
    if missing > 0 {
        add(
            InsightKind::TooFewUsers,
            None,
            Severity::Error,
            format!(
                "There are {} users with at least {MIN_USER_HISTORY} interactions; at least {MIN_USERS} are needed, {missing} more.",
                count_words(size.returning_users)
            ),
            format!("Import interactions of {missing} more users who have at least {MIN_USER_HISTORY}."),
        );
    }
    let types = table.strings("EVENT_TYPE").map_or(0, |types| value_counts(types).len());
    let metadata = schema.metadata().count();
    if types + metadata > MAX_EVENT_TYPES {
        add(
            InsightKind::TooManyEventTypes,
            Some("EVENT_TYPE"),
            Severity::Warning,
            format!(
                "There are {types} event types and {metadata} metadata columns, {} together; the service fails to train on more than {MAX_EVENT_TYPES}.",
                types + metadata
            ),
            "Join event types that mean the same or leave columns out, if this data is to be used there; here training works.".to_owned(),
        );
    }
    if let Some(times) = table.longs("TIMESTAMP") {
        let mut present = times.iter().flatten();
        let first = present.next();
        if let Some(first) = first
            && times.len() > 1
            && present.all(|time| time == first)
        {
            add(
                InsightKind::ConstantTimestamp,
                Some("TIMESTAMP"),
                Severity::Error,
                format!(
                    "All {} interactions have the same timestamp, {first}; recipes that learn from order and the service's segmentation recipes cannot train.",
                    count_words(times.len() as u64)
                ),
                "Map the column that holds the real time of each event, or use the order of rows.".to_owned(),
            );
        }
    }
    found
}

/// Actions of which too little is known for a probability.
pub(super) fn without_enough(actions: &Actions) -> Option<Insight> {
    let listed = || (0..actions.n_actions()).filter(|&action| actions.rules[action].is_listed);
    let short = listed().filter(|&action| !actions.has_enough[action]).count();
    if short == 0 {
        return None;
    }
    Some(Insight {
        kind: InsightKind::ActionsWithoutEnough,
        dataset: DatasetType::Actions,
        column: None,
        statement: format!(
            "{short} of {} actions score 0: a probability takes {MIN_ACTION_EVENTS} that were taken and \
             {MIN_ACTION_EVENTS} that were not, in the {ACTION_EVENT_DAYS} days before the newest action interaction.",
            listed().count()
        ),
        action: "Show them to more people; the last place of longer lists does so by itself.".to_owned(),
        severity: Severity::Note,
    })
}

/// Rows of Items or Users whose key never appears in the interactions.
pub(super) fn without_interactions(
    keyed: &Table,
    interactions: &Table,
    dataset: DatasetType,
    key: &str,
) -> Option<Insight> {
    let (keys, used) = (keyed.strings(key)?, interactions.coded(key)?);
    let used: PlHashSet<&str> = used.texts.into_iter().collect();
    let without = keys.iter().flatten().filter(|key| !used.contains(key)).count();
    if without == 0 {
        return None;
    }
    let share = percent(without, keys.len());
    let (kind, statement, action) = match dataset {
        DatasetType::Users => (
            InsightKind::UsersWithoutInteractions,
            format!(
                "{share} of the users have no interaction ({} of {}); they get popular items.",
                count_words(without as u64),
                count_words(keys.len() as u64)
            ),
            "Import their interactions, or record new ones as they come.",
        ),
        DatasetType::Items
        | DatasetType::Interactions
        | DatasetType::Actions
        | DatasetType::ActionInteractions => (
            InsightKind::ItemsWithoutInteractions,
            format!(
                "{share} of the items have no interaction ({} of {}); recipes that learn from interactions alone never recommend them.",
                count_words(without as u64),
                count_words(keys.len() as u64)
            ),
            "Use a recipe that reads Items or explores new items, or leave out items that are no longer offered.",
        ),
    };
    let severity = Severity::Note;
    Some(Insight {
        kind,
        dataset,
        column: Some(key.to_owned()),
        statement,
        action: action.to_owned(),
        severity,
    })
}

/// Whether a column's values are amounts that can lie too far out: numbers that are no times.
fn is_measured(field: &SchemaField, schema: &Schema) -> bool {
    let is_metadata = schema.metadata().any(|metadata| metadata.name == field.name);
    field.kind.is_number() && (is_metadata || field.name == "EVENT_VALUE")
}

/// Values outside Q1 − 1.5·IQR … Q3 + 1.5·IQR (Tukey 1977), quartiles by linear interpolation.
struct Outliers {
    low: f64,
    high: f64,
    count: usize,
    of: usize,
}

impl Outliers {
    fn words(&self) -> String {
        let noun = if self.count == 1 { "outlier" } else { "outliers" };
        format!("{} {noun}", count_words(self.count as u64))
    }

    /// `None` where there are none.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (first, third) = (quantile(&values, 0.25)?, quantile(&values, 0.75)?);
        let reach = 1.5 * (third - first);
        let (low, high) = (first - reach, third + reach);
        let below = values.partition_point(|&value| value < low);
        let above = values.len() - values.partition_point(|&value| value <= high);
        let count = below + above;
        (count > 0).then_some(Self { low, high, count, of: values.len() })
    }
}

/// The value below which that share of the sorted values lies, interpolated between neighbours.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * (sorted.len().checked_sub(1)?) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

fn percent(part: usize, whole: usize) -> String {
    percent_of(part as f64 / whole as f64)
}

/// One decimal where it says something: `12.5 %`, `70 %`, and never `0 %` of what is there or `100 %` of less.
fn percent_of(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    match text.as_str() {
        "0.0" if share > 0.0 => "less than 0.1 %".to_owned(),
        "100.0" if share < 1.0 => "more than 99.9 %".to_owned(),
        _ => format!("{} %", text.strip_suffix(".0").unwrap_or(&text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_interpolate() {
        let values: Vec<f64> = [6.0, 7.0, 15.0, 36.0, 39.0, 40.0, 41.0, 42.0, 43.0, 47.0, 49.0].into();
        // The textbook's example (R type 7, numpy's default): 25.5, 40, 42.5.
        let found = [0.25, 0.5, 0.75].map(|share| quantile(&values, share));
        assert_eq!(found, [Some(25.5), Some(40.0), Some(42.5)]);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn shares_are_never_rounded_to_all_or_nothing() {
        let texts = [0.7, 0.125, 0.0, 0.000_01, 0.999_99, 1.0].map(percent_of);
        assert_eq!(texts, ["70 %", "12.5 %", "0 %", "less than 0.1 %", "more than 99.9 %", "100 %"]);
    }
}
