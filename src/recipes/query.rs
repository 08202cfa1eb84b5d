//! A request to a model, and what a model says about its answer.

use crate::data::{FeatureRow, History};
use serde::{Deserialize, Serialize};

/// One request: who asks, what they did, about which item.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'a> {
    /// The user's index where the data knows them; also their row in the users' metadata.
    pub user: Option<u32>,
    /// What Users says of someone whom `user` does not know: they have done nothing yet.
    pub newcomer: Option<FeatureRow<'a>>,
    /// What they did, oldest first; empty for a new user.
    pub history: History<'a>,
    /// What they did with actions, oldest first, in the numbering of [`Model::actions`](super::Model::actions): for models of
    /// actions.
    pub actions: History<'a>,
    /// The item asked about (related items); without it, the last of the history stands in.
    pub item: Option<u32>,
    /// The moment of the request, epoch seconds; the newest interaction's where none is given.
    pub now: Option<i64>,
    /// The context of the request: columns of the interactions' metadata and what they hold, each at most once. Values
    /// are as in a file: numbers as digits, several categories separated by `|`.
    pub context: &'a [(String, String)],
}

impl<'a> Query<'a> {
    /// What the context of the request holds in a column.
    pub fn context_of(&self, column: &str) -> Option<&'a str> {
        self.context.iter().find(|(name, _)| name == column).map(|(_, value)| value.as_str())
    }
}

/// Where a list came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// What the recipe is for.
    Model,
    /// The recipe had nothing to go on and fell back to popular items.
    Popular,
}

/// One piece of what speaks for an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Evidence {
    /// A past item and its share of what speaks for it; `together` is the number of users who had both, where counted.
    Item { item: u32, weight: f32, together: Option<u32> },
    /// The item's count (or growth, for trending) in the training data.
    Count { count: f64, what: String },
    /// Something known of the user, and what it adds to the log odds; below zero it speaks against.
    Trait { what: String, weight: f32 },
}

/// What speaks for an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub origin: Origin,
    /// Strongest first, ten at most.
    pub evidence: Vec<Evidence>,
}
