//! Data insights: what stands in the way of good recommendations, each with its numbers and what to do
//! (Amazon Personalize developer guide, "Analyzing quality and quantity of data"), and the series behind the
//! plots.

mod rules;
mod series;

#[cfg(test)]
mod tests;

use super::{Actions, Table};
use crate::domain::DatasetType;
use crate::domain::schema::Schema;
use serde::{Deserialize, Serialize};

/// How much an insight matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Recommendations suffer.
    Warning,
    /// Training fails.
    Error,
}

/// Which rule an insight is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightKind {
    TooFewInteractions,
    TooFewUsers,
    ItemsWithoutInteractions,
    UsersWithoutInteractions,
    IncompleteRows,
    IncompleteColumn,
    Outliers,
    TooManyCategories,
    SparseText,
    TooManyEventTypes,
    ConstantTimestamp,
    ActionsWithoutEnough,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insight {
    pub kind: InsightKind,
    pub dataset: DatasetType,
    /// The column it is about, where it is about one.
    pub column: Option<String>,
    /// What was found, with its numbers.
    pub statement: String,
    /// What to do.
    pub action: String,
    pub severity: Severity,
}

/// Rows and distinct ids of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetCount {
    pub dataset: DatasetType,
    pub rows: u64,
    /// Distinct users; zero in Items.
    pub users: u64,
    /// Distinct items, or actions; zero in Users.
    pub items: u64,
}

/// Everything an analysis finds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Insights {
    pub counts: Vec<DatasetCount>,
    /// Most severe first; empty where the data meets every expectation.
    pub insights: Vec<Insight>,
    /// Interactions over time: the start of each period in epoch seconds, without gaps.
    pub over_time: Vec<(i64, u64)>,
    /// Users by the length of their history, shortest first.
    pub history_lengths: Vec<(u32, u64)>,
    /// Interactions of each item that has any, most popular first.
    pub popularity: Vec<u64>,
    /// Interactions by event type, most frequent first.
    pub event_types: Vec<(String, u64)>,
}

/// Analyses the datasets of a group; each at most once.
pub fn analyze(datasets: &[(&Table, &Schema)]) -> Insights {
    let of = |kind| datasets.iter().find(|(_, schema)| schema.dataset == kind).copied();
    let mut found = Insights::default();
    for (table, schema) in datasets {
        found.counts.push(DatasetCount {
            dataset: schema.dataset,
            rows: table.rows() as u64,
            users: table.distinct("USER_ID"),
            items: table.distinct(schema.dataset.subject_field()),
        });
        found.insights.extend(rules::of_columns(table, schema));
    }
    if let Some((table, schema)) = of(DatasetType::Interactions) {
        found.insights.extend(rules::of_interactions(table, schema));
        for (kind, key) in [(DatasetType::Items, "ITEM_ID"), (DatasetType::Users, "USER_ID")] {
            if let Some((keyed, _)) = of(kind) {
                found.insights.extend(rules::without_interactions(keyed, table, kind, key));
            }
        }
        found.over_time = series::over_time(table);
        found.history_lengths = series::history_lengths(table);
        found.popularity = series::popularity(table);
        found.event_types = series::event_types(table);
    }
    if let Some((table, schema)) = of(DatasetType::Actions) {
        let log = of(DatasetType::ActionInteractions);
        found.insights.extend(rules::without_enough(&Actions::encode(table, schema, log)));
    }
    found.insights.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.kind.cmp(&b.kind)));
    found
}
