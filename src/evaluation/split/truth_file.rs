//! A test set from a file of the person's own.

use super::{TestCase, TestSet, as_set};
use crate::data::{FileRow, Interactions};
use crate::domain::split::SplitSpec;
use std::collections::BTreeMap;

/// Why a file makes no test set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TruthFileError {
    #[error(
        "none of the {users} users of `{file}` is one of the interactions; use the ids as they stand in Interactions"
    )]
    NoUser { file: String, users: usize },
    #[error(
        "`{file}` holds nothing that can be found: its items are none of the catalogue, or come first in their user's \
         history; it needs items that follow other interactions"
    )]
    NothingToFind { file: String },
    #[error("`{file}` has {rows} rows to train on, but none of them is an interaction of this group")]
    NothingToTrain { file: String, rows: usize },
}

/// Cuts the test set that `truth` states. A user is asked with what came before the first of their interactions that the
/// file names (by item, and by time where it has times); where it names none of them, with the whole history. Trained on
/// is what `train` names, or, without it, everything but the rest of the tested users' histories.
pub fn cut_file(
    interactions: &Interactions,
    spec: &SplitSpec,
    truth: &[FileRow],
    train: Option<&[FileRow]>,
) -> Result<TestSet, TruthFileError> {
    let file = || spec.file.as_ref().map_or_else(|| "the file".to_owned(), |(name, _)| name.clone());
    let mut wanted: BTreeMap<&str, Vec<&FileRow>> = BTreeMap::new();
    for row in truth {
        wanted.entry(&row.user).or_default().push(row);
    }
    let users = wanted.len();
    let mut known: Vec<(u32, Vec<&FileRow>)> =
        wanted.into_iter().filter_map(|(user, rows)| Some((interactions.users.index(user)?, rows))).collect();
    known.sort_unstable_by_key(|&(user, _)| user);
    if known.is_empty() {
        return Err(TruthFileError::NoUser { file: file(), users });
    }
    let mut skipped_users = users - known.len();
    let mut cases = Vec::new();
    for (user, rows) in known {
        let found = rows.iter().filter_map(|row| interactions.items.index(&row.item));
        let truth = as_set(found.collect());
        let find = if train.is_some() { first_counted } else { first_named };
        let input = find(interactions, user, &rows);
        if truth.is_empty() || input == 0 {
            skipped_users += 1;
        } else {
            cases.push(TestCase { user, input, truth });
        }
    }
    if cases.is_empty() {
        return Err(TruthFileError::NothingToFind { file: file() });
    }
    let train = if let Some(rows) = train {
        named_rows(interactions, rows)
            .ok_or_else(|| TruthFileError::NothingToTrain { file: file(), rows: rows.len() })?
    } else {
        let mut train = vec![true; interactions.len()];
        for case in &cases {
            let rows = interactions.rows(case.user);
            train[rows.start + case.input..rows.end].fill(false);
        }
        train
    };
    Ok(TestSet { train, cases, skipped_users, ..TestSet::none(spec) })
}

/// The place of the first interaction of a user that the rows name; the history's length where they name none. Of rows
/// that are alike in everything each is named: what is to be found is not among what is known.
fn first_named(interactions: &Interactions, user: u32, rows: &[&FileRow]) -> usize {
    let history = interactions.history(user);
    let is_named = |place: usize| {
        let item = interactions.items.id(history.items[place]);
        rows.iter()
            .any(|row| row.item == item && row.timestamp.is_none_or(|time| time == history.timestamps[place]))
    };
    (0..history.len()).find(|&place| is_named(place)).unwrap_or(history.len())
}

/// The same where the file says all there is to know, as an exported test set does: of rows that are alike in everything
/// as many are named as the file has, the last ones.
fn first_counted(interactions: &Interactions, user: u32, rows: &[&FileRow]) -> usize {
    let history = interactions.history(user);
    let mut left: BTreeMap<(&str, Option<i64>), usize> = BTreeMap::new();
    for row in rows {
        *left.entry((&row.item, row.timestamp)).or_default() += 1;
    }
    let mut first = history.len();
    for place in (0..history.len()).rev() {
        let item = interactions.items.id(history.items[place]);
        for time in [Some(history.timestamps[place]), None] {
            if let Some(count) = left.get_mut(&(item, time)).filter(|count| **count > 0) {
                *count -= 1;
                first = place;
                break;
            }
        }
    }
    first
}

/// Which interactions the rows name, each row as many as it stands for; `None` where they name none.
fn named_rows(interactions: &Interactions, rows: &[FileRow]) -> Option<Vec<bool>> {
    let mut counts: BTreeMap<(u32, u32, Option<i64>), usize> = BTreeMap::new();
    for row in rows {
        let ids = interactions.users.index(&row.user).zip(interactions.items.index(&row.item));
        if let Some((user, item)) = ids {
            *counts.entry((user, item, row.timestamp)).or_default() += 1;
        }
    }
    let mut named = vec![false; interactions.len()];
    for user in 0..interactions.n_users() as u32 {
        for row in interactions.rows(user) {
            let (item, time) = (interactions.item[row], interactions.timestamp[row]);
            for time in [Some(time), None] {
                if let Some(left) = counts.get_mut(&(user, item, time)).filter(|left| **left > 0) {
                    *left -= 1;
                    named[row] = true;
                    break;
                }
            }
        }
    }
    named.contains(&true).then_some(named)
}
