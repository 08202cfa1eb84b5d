//! Checked, encoded interactions: what recipes train on and metrics are taken over.

use super::Vocabulary;
use super::features::{ContextRows, Features};
use super::history::History;
use crate::domain::schema::SESSION_FIELD;
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
    /// The session of each row by a number that means nothing else, [`NO_SESSION`](super::NO_SESSION) where it is missing,
    /// `[rows]`; empty where the data names no sessions.
    pub session: Vec<u32>,
    /// Metadata of each row, in the same order, `[rows]`; without columns where the data has none.
    pub context: Arc<Features>,
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
            sessions: self.session.get(rows.clone()).unwrap_or_default(),
            context: self
                .context
                .has_columns()
                .then_some(ContextRows { features: &self.context, first: rows.start }),
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
            session: Vec::new(),
            context: Arc::default(),
        };
        let has_context = self.context.has_columns();
        let mut kept: Vec<u32> = Vec::new();
        out.offsets.push(0);
        for user in 0..self.n_users() {
            for row in self.offsets[user]..self.offsets[user + 1] {
                if keep(row) {
                    out.item.push(self.item[row]);
                    out.timestamp.push(self.timestamp[row]);
                    out.event_type.push(self.event_type[row]);
                    out.event_value.push(self.event_value[row]);
                    out.session.extend(self.session.get(row));
                    if has_context {
                        kept.push(row as u32);
                    }
                }
            }
            out.offsets.push(out.item.len());
        }
        out.context =
            Arc::new(if has_context { self.context.take(&kept) } else { Features::none(out.len()) });
        out
    }

    /// The same interactions without some columns of their context, or without their sessions.
    #[must_use]
    pub fn without_context(&self, columns: &[&str]) -> Self {
        let mut fewer = Self { context: Arc::new(self.context.without(columns)), ..self.clone() };
        if columns.contains(&SESSION_FIELD) {
            fewer.session.clear();
        }
        fewer
    }

    /// Builds without sessions and context from unsorted rows of `(user, item, timestamp, event type, event value)` indices, in the order read.
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
            session: Vec::new(),
            context: Arc::new(Features::none(rows.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::CategoricalFeature;
    use super::*;
    use crate::data::NO_SESSION;

    /// User u at 1, 2 and 3, user v at 4, on the devices p, q, none, p.
    fn with_devices() -> Interactions {
        let users = Arc::new(Vocabulary::new(["u", "v"]));
        let items = Arc::new(Vocabulary::new(["a", "b"]));
        let rows = [(0, 0, 1, 0, 0.0), (0, 1, 2, 0, 0.0), (0, 0, 3, 0, 0.0), (1, 1, 4, 0, 0.0)];
        let mut data = Interactions::from_rows(users, items, Arc::default(), &rows);
        let device = CategoricalFeature {
            name: "DEVICE".to_owned(),
            values: Arc::new(Vocabulary::new(["p", "q"])),
            offsets: vec![0, 1, 2, 2, 3],
            indices: vec![0, 1, 0],
        };
        data.context = Arc::new(Features { rows: 4, categorical: vec![device], ..Features::default() });
        data
    }

    fn devices<'a>(history: &History<'a>) -> Vec<&'a [u32]> {
        let context = history.context.unwrap();
        (0..history.len()).map(|at| context.categories(0, at)).collect()
    }

    #[test]
    fn a_history_reads_the_context_of_its_own_rows() {
        let data = with_devices();
        assert_eq!(devices(&data.history(0)), [&[0][..], &[1], &[]]);
        assert_eq!(devices(&data.history(0).slice(1..3)), [&[1][..], &[]]);
        assert_eq!(devices(&data.history(0).slice(1..3).slice(1..2)), [&[0_u32; 0][..]]);
        assert_eq!(devices(&data.history(1)), [&[0][..]]);
    }

    #[test]
    fn a_filter_keeps_rows_and_context_together() {
        let data = with_devices();
        let kept = data.filtered(|row| matches!(row, 1 | 3));
        assert_eq!((kept.timestamp.as_slice(), kept.context.rows), (&[2, 4][..], 2));
        assert_eq!((devices(&kept.history(0)), devices(&kept.history(1))), (vec![&[1][..]], vec![&[0][..]]));
        let none = data.filtered(|_| false);
        assert_eq!((none.context.rows, none.context.categorical[0].offsets.as_slice()), (0, &[0][..]));
    }

    /// User u in the sessions 7, 7 and none, user v in 7: the same number of another user is another's.
    #[test]
    fn sessions_follow_their_rows_and_go_on_where_both_name_the_same() {
        let data = Interactions { session: vec![7, 7, NO_SESSION, 7], ..with_devices() };
        let history = data.history(0);
        assert_eq!([0, 1, 2].map(|at| history.goes_on(at)), [None, Some(true), None]);
        let apart = Interactions { session: vec![7, 8, 8, 7], ..with_devices() };
        assert_eq!([1, 2].map(|at| apart.history(0).goes_on(at)), [Some(false), Some(true)]);
        assert_eq!(apart.history(0).slice(1..3).sessions, [8, 8]);
        assert_eq!(apart.filtered(|row| row != 1).session, [7, 8, 7]);
        assert!(apart.without_context(&["SESSION_ID"]).history(0).goes_on(1).is_none());
        assert!(with_devices().history(0).goes_on(1).is_none());
    }

    #[test]
    fn a_history_without_an_event_keeps_what_is_said_of_the_others() {
        let data = Interactions { session: vec![7, 8, 9, 7], ..with_devices() };
        let slice = data.history(0).slice(1..3);
        let (first, second) = (data.history(0).without(0), slice.without(1));
        assert_eq!((first.history().items, first.history().timestamps), (&[1, 0][..], &[2, 3][..]));
        assert_eq!((first.history().sessions, second.history().sessions), (&[8, 9][..], &[8][..]));
        assert_eq!(devices(&first.history()), [&[1][..], &[]]);
        assert_eq!(devices(&second.history()), [&[1][..]]);
        assert!(with_devices().without_context(&["DEVICE"]).history(0).without(1).context.is_none());
    }

    #[test]
    fn context_costs_nothing_where_there_is_none() {
        let plain = with_devices().without_context(&["DEVICE"]);
        assert_eq!((plain.context.rows, plain.context.has_columns()), (4, false));
        assert!(plain.history(0).context.is_none());
        assert_eq!(plain.filtered(|row| row > 0).context.rows, 3);
    }
}
