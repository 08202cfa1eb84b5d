//! Tables become interactions by index: ids in byte order, rows grouped by user, oldest first.

use super::codes::MISSING;
use super::features::encode_columns;
use super::{Interactions, Table, Vocabulary};
use crate::domain::schema::{SESSION_FIELD, Schema};
use rayon::prelude::*;
use std::sync::Arc;

/// Encodes a table of Interactions; the catalogue is the items of the interactions and of the Items table. Of action
/// interactions likewise, with actions in the place of items.
///
/// Rows of one user with the same time keep the table's order. Without an `EVENT_TYPE` column there are no event
/// types; an empty `EVENT_TYPE` is the type `""`, an absent or empty `EVENT_VALUE` is `NaN`. `SESSION_ID` says
/// which rows are of one session. The metadata columns that `schema` names become the context of the rows.
pub fn encode(interactions: &Table, schema: &Schema, items: Option<&Table>) -> Interactions {
    let rows = interactions.rows();
    let subject = schema.dataset.subject_field();
    let (users, (item_column, event_types)) = rayon::join(
        || Ranked::new(interactions, "USER_ID", &[]),
        || {
            let extra: Vec<&str> = items
                .and_then(|items| items.strings(subject))
                .map(|ids| ids.iter().flatten().collect())
                .unwrap_or_default();
            (Ranked::new(interactions, subject, &extra), Ranked::new(interactions, "EVENT_TYPE", &[]))
        },
    );
    let timestamps: Vec<i64> = match interactions.longs("TIMESTAMP") {
        Some(column) => column.iter().map(|time| time.unwrap_or(0)).collect(),
        None => vec![0; rows],
    };
    let values: Option<Vec<f32>> = interactions
        .numbers("EVENT_VALUE")
        .map(|column| column.iter().map(|value| value.map_or(f32::NAN, |value| value as f32)).collect());

    let mut offsets = vec![0; users.vocabulary.len() + 1];
    for &user in &users.codes {
        offsets[user as usize + 1] += 1;
    }
    for user in 0..users.vocabulary.len() {
        offsets[user + 1] += offsets[user];
    }
    let mut order = vec![0_u32; rows];
    let mut next = offsets.clone();
    for (row, &user) in users.codes.iter().enumerate() {
        order[next[user as usize]] = row as u32;
        next[user as usize] += 1;
    }
    drop((users.codes, next));
    let mut histories: Vec<&mut [u32]> = Vec::with_capacity(offsets.len() - 1);
    let mut rest = order.as_mut_slice();
    for user in 0..offsets.len() - 1 {
        let (history, after) = rest.split_at_mut(offsets[user + 1] - offsets[user]);
        histories.push(history);
        rest = after;
    }
    histories.par_iter_mut().with_min_len(1_024).for_each(|history| {
        if !history.is_sorted_by_key(|&row| timestamps[row as usize]) {
            history.sort_by_key(|&row| timestamps[row as usize]);
        }
    });
    drop(histories);

    let event_type_codes = &event_types.codes;
    Interactions {
        users: Arc::new(users.vocabulary),
        items: Arc::new(item_column.vocabulary),
        event_types: Arc::new(event_types.vocabulary),
        offsets,
        item: order.par_iter().map(|&row| item_column.codes[row as usize]).collect(),
        timestamp: order.par_iter().map(|&row| timestamps[row as usize]).collect(),
        event_type: order.par_iter().map(|&row| event_type_codes[row as usize] as u16).collect(),
        event_value: match &values {
            Some(values) => order.par_iter().map(|&row| values[row as usize]).collect(),
            None => vec![f32::NAN; rows],
        },
        session: sessions(interactions, schema, &order),
        context: Arc::new(encode_columns(interactions, schema, &order)),
    }
}

/// The session of each row of `order`; none where the data names no sessions.
fn sessions(interactions: &Table, schema: &Schema, order: &[u32]) -> Vec<u32> {
    let named = schema.field(SESSION_FIELD).and_then(|field| interactions.coded(&field.name));
    let Some(coded) = named else { return Vec::new() };
    order.iter().map(|&row| coded.codes()[row as usize]).collect()
}

/// A column as indices into its vocabulary.
struct Ranked {
    vocabulary: Vocabulary,
    codes: Vec<u32>,
}

impl Ranked {
    /// Ranks the texts of a column and of `extra`; a missing cell counts as the empty text. A column that is
    /// absent has no texts, and zero in every row.
    fn new(table: &Table, column: &str, extra: &[&str]) -> Self {
        let Some(coded) = table.coded(column) else {
            return Self { vocabulary: Vocabulary::default(), codes: vec![0; table.rows()] };
        };
        let mut ids: Vec<&str> = coded.texts.iter().copied().chain(extra.iter().copied()).collect();
        if coded.codes().contains(&MISSING) {
            ids.push("");
        }
        ids.sort_unstable();
        ids.dedup();
        let vocabulary = Vocabulary::from_sorted(&ids);
        let ranks: Vec<u32> = coded.texts.iter().map(|text| vocabulary.index(text).unwrap_or(0)).collect();
        // The empty text, which stands for a missing cell, ranks first.
        let rank = |&code: &u32| if code == MISSING { 0 } else { ranks[code as usize] };
        let codes = coded.codes().par_iter().map(rank).collect();
        Self { vocabulary, codes }
    }
}
