//! What one user did: rows of the interactions, or a history made of them.

use super::features::{ContextRows, Features};
use std::ops::Range;

/// Stands for a row that names no session.
pub const NO_SESSION: u32 = super::codes::MISSING;

/// One user's interactions, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct History<'a> {
    pub items: &'a [u32],
    /// Epoch seconds.
    pub timestamps: &'a [i64],
    pub event_types: &'a [u16],
    /// Their sessions, as in [`Interactions::session`](super::Interactions::session); empty where none are named.
    pub sessions: &'a [u32],
    /// Metadata of these rows; `None` where the interactions have no such columns.
    pub context: Option<ContextRows<'a>>,
}

impl History<'_> {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether the sessions of an event and the one before it are the same, where both name one.
    pub fn goes_on(&self, at: usize) -> Option<bool> {
        let before = *self.sessions.get(at.checked_sub(1)?)?;
        let session = *self.sessions.get(at)?;
        (before != NO_SESSION && session != NO_SESSION).then_some(before == session)
    }

    /// The rows of a range.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self {
            items: &self.items[range.clone()],
            timestamps: &self.timestamps[range.clone()],
            sessions: self.sessions.get(range.clone()).unwrap_or_default(),
            context: self.context.map(|rows| ContextRows { first: rows.first + range.start, ..rows }),
            event_types: &self.event_types[range],
        }
    }

    /// All but one event.
    #[must_use]
    pub fn without(&self, at: usize) -> OwnHistory {
        fn others<T: Copy>(values: &[T], at: usize) -> Vec<T> {
            values.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, value)| *value).collect()
        }
        let context = self.context.map(|rows| {
            let places = (0..self.len()).filter(|place| *place != at);
            let rows_left: Vec<u32> = places.map(|place| (rows.first + place) as u32).collect();
            rows.features.take(&rows_left)
        });
        OwnHistory {
            items: others(self.items, at),
            timestamps: others(self.timestamps, at),
            event_types: others(self.event_types, at),
            sessions: others(self.sessions, at),
            context,
        }
    }
}

/// A history that is no rows of the interactions; as in [`History`].
#[derive(Debug, Clone, Default)]
pub struct OwnHistory {
    pub items: Vec<u32>,
    pub timestamps: Vec<i64>,
    pub event_types: Vec<u16>,
    pub sessions: Vec<u32>,
    pub context: Option<Features>,
}

impl OwnHistory {
    pub fn history(&self) -> History<'_> {
        History {
            items: &self.items,
            timestamps: &self.timestamps,
            event_types: &self.event_types,
            sessions: &self.sessions,
            context: self.context.as_ref().map(|features| ContextRows { features, first: 0 }),
        }
    }
}
