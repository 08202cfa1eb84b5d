//! Checked, encoded interactions: what recipes train on and metrics are taken over.

use super::Vocabulary;
use std::ops::Range;
use std::sync::Arc;

/// Interactions in columns, grouped by user, oldest first; equal times keep the order of the rows read.
///
/// The vocabularies are those of the whole dataset group: `items` is the union of the Items and the
/// Interactions dataset (the catalogue), and stays the same in every subset, so indices always mean the same.
#[derive(Debug, Clone)]
pub struct Interactions {
    pub users: Arc<Vocabulary>,
    pub items: Arc<Vocabulary>,
    /// Event types in byte order; empty where the data has none.
    pub event_types: Arc<Vocabulary>,
    /// Rows of user `u` are `offsets[u]..offsets[u + 1]`; `[users + 1]`.
    pub offsets: Vec<usize>,
    /// Item index of each row, `[rows]`.
    pub item: Vec<u32>,
    /// Epoch seconds of each row, `[rows]`.
    pub timestamp: Vec<i64>,
    /// Event type index of each row, `[rows]`; all zero where the data has none.
    pub event_type: Vec<u16>,
    /// Event value of each row, `[rows]`; NaN where there is none.
    pub event_value: Vec<f32>,
}

/// One user's interactions, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct History<'a> {
    pub items: &'a [u32],
    /// Epoch seconds.
    pub timestamps: &'a [i64],
    pub event_types: &'a [u16],
}

impl History<'_> {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The rows of a range.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self {
            items: &self.items[range.clone()],
            timestamps: &self.timestamps[range.clone()],
            event_types: &self.event_types[range],
        }
    }
}

impl Interactions {
    pub fn len(&self) -> usize {
        self.item.len()
    }

    pub fn is_empty(&self) -> bool {
        self.item.is_empty()
    }

    pub fn n_users(&self) -> usize {
        self.users.len()
    }

    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// The rows of a user.
    pub fn rows(&self, user: u32) -> Range<usize> {
        self.offsets[user as usize]..self.offsets[user as usize + 1]
    }

    /// The interactions of a user, oldest first.
    pub fn history(&self, user: u32) -> History<'_> {
        let rows = self.rows(user);
        History {
            items: &self.item[rows.clone()],
            timestamps: &self.timestamp[rows.clone()],
            event_types: &self.event_type[rows],
        }
    }

    /// The rows for which `keep(row)` holds, with the same vocabularies.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(usize) -> bool) -> Self {
        let mut out = Self {
            users: Arc::clone(&self.users),
            items: Arc::clone(&self.items),
            event_types: Arc::clone(&self.event_types),
            offsets: Vec::with_capacity(self.offsets.len()),
            item: Vec::new(),
            timestamp: Vec::new(),
            event_type: Vec::new(),
            event_value: Vec::new(),
        };
        out.offsets.push(0);
        for user in 0..self.n_users() {
            for row in self.offsets[user]..self.offsets[user + 1] {
                if keep(row) {
                    out.item.push(self.item[row]);
                    out.timestamp.push(self.timestamp[row]);
                    out.event_type.push(self.event_type[row]);
                    out.event_value.push(self.event_value[row]);
                }
            }
            out.offsets.push(out.item.len());
        }
        out
    }

    /// Builds from unsorted rows of `(user, item, timestamp, event type, event value)` indices, in the order read.
    pub fn from_rows(
        users: Arc<Vocabulary>,
        items: Arc<Vocabulary>,
        event_types: Arc<Vocabulary>,
        rows: &[(u32, u32, i64, u16, f32)],
    ) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| (rows[row].0, rows[row].2));
        let mut offsets = vec![0; users.len() + 1];
        for row in rows {
            offsets[row.0 as usize + 1] += 1;
        }
        for user in 0..users.len() {
            offsets[user + 1] += offsets[user];
        }
        Self {
            users,
            items,
            event_types,
            offsets,
            item: order.iter().map(|&row| rows[row].1).collect(),
            timestamp: order.iter().map(|&row| rows[row].2).collect(),
            event_type: order.iter().map(|&row| rows[row].3).collect(),
            event_value: order.iter().map(|&row| rows[row].4).collect(),
        }
    }
}
