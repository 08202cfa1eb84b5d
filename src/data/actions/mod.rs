//! Actions as models and campaigns see them: a catalogue with its rules, and what became of actions that were shown.

mod showings;
#[cfg(test)]
mod tests;

pub use showings::{Showing, showings};

use super::features::{Features, encode_columns, sources};
use super::{Bits, History, Interactions, Table, Vocabulary, encode};
use crate::data::codes::MISSING;
use crate::domain::action::{ActionEvent, EXPIRATION, REPEAT_FREQUENCY, VALUE};
use crate::domain::limits::{ACTION_EVENT_DAYS, MAX_ACTIONS, MIN_ACTION_EVENTS};
use crate::domain::schema::Schema;
use std::cmp::Reverse;
use std::sync::Arc;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// What a dataset group says of its actions.
#[derive(Debug, Clone)]
pub struct Actions {
    /// What users did with them: the actions stand where other interactions have items, those of the catalogue and those
    /// that are only here; event types are [`ActionEvent::ALL`].
    pub log: Interactions,
    /// Metadata, `[n_actions]`.
    pub features: Features,
    /// `[n_actions]`.
    pub rules: Vec<ActionRules>,
    /// Whether the service would tell a probability of each: whether it was taken, and not taken, often enough in the weeks
    /// before the newest action interaction, `[n_actions]`.
    pub has_enough: Vec<bool>,
    /// Actions of the catalogue that are too many to be chosen among.
    pub left_out: usize,
}

/// What the catalogue says of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActionRules {
    /// Whether it is chosen among: it stands in Actions.
    pub is_listed: bool,
    /// What it is worth, 1 to 10.
    pub value: Option<i64>,
    /// When it came to be and when it ends, epoch seconds.
    pub created: Option<i64>,
    pub expires: Option<i64>,
    /// Days for which it is not shown to somebody who took it.
    pub repeat_days: Option<i64>,
}

impl Actions {
    /// Encodes an Actions table and, where there are any, action interactions, each with its schema. Of more actions than
    /// the service takes, those nobody was shown yet come first, then those with the newest action interactions.
    pub fn encode(table: &Table, schema: &Schema, log: Option<(&Table, &Schema)>) -> Self {
        let log = if let Some((log, schema)) = log {
            in_own_words(&encode(log, schema, Some(table)))
        } else {
            let ids = table.strings("ACTION_ID").into_iter().flat_map(|ids| ids.iter().flatten());
            let (actions, types) = (Arc::new(Vocabulary::new(ids)), Arc::new(event_types()));
            Interactions::from_rows(Arc::default(), actions, types, &[])
        };
        let sources = sources(table, "ACTION_ID", &log.items);
        let features = encode_columns(table, schema, &sources);
        let column = |name: &str| table.longs(name);
        let (value, created, repeat) =
            (column(VALUE), column("CREATION_TIMESTAMP"), column(REPEAT_FREQUENCY));
        let ends = EXPIRATION.map(column);
        let rules = sources.iter().map(|&source| {
            let row = (source != MISSING).then_some(source as usize);
            let cell = |column: Option<&polars::prelude::Int64Chunked>| column?.get(row?);
            ActionRules {
                is_listed: row.is_some(),
                value: cell(value),
                created: cell(created),
                expires: ends.iter().find_map(|column| cell(*column)),
                repeat_days: cell(repeat),
            }
        });
        let mut actions =
            Self { features, rules: rules.collect(), has_enough: enough(&log), log, left_out: 0 };
        actions.cap(MAX_ACTIONS);
        actions
    }

    /// Leaves all but so many out of the choice.
    fn cap(&mut self, most: usize) {
        let mut newest: Vec<Option<i64>> = vec![None; self.n_actions()];
        for (&action, &time) in self.log.item.iter().zip(&self.log.timestamp) {
            let known = &mut newest[action as usize];
            *known = Some(known.map_or(time, |known| known.max(time)));
        }
        let mut listed: Vec<usize> =
            (0..self.n_actions()).filter(|&action| self.rules[action].is_listed).collect();
        listed.sort_by_key(|&action| (newest[action].is_some(), Reverse(newest[action]), action));
        for &action in listed.iter().skip(most) {
            self.rules[action].is_listed = false;
        }
        self.left_out = listed.len().saturating_sub(most);
    }

    pub fn n_actions(&self) -> usize {
        self.log.n_items()
    }

    /// The ids of the actions.
    pub fn ids(&self) -> &Vocabulary {
        &self.log.items
    }

    /// The moment of the newest action interaction; 0 where there is none.
    pub fn newest(&self) -> i64 {
        self.log.timestamp.iter().copied().max().unwrap_or(0)
    }

    /// The same with what some users did alone, `keep: [users of the log]`; which actions have enough stays as it was,
    /// because that is counted, not learnt.
    #[must_use]
    pub fn of_users(&self, keep: &[bool]) -> Self {
        let kept: Vec<bool> = (0..self.log.n_users() as u32)
            .flat_map(|user| std::iter::repeat_n(keep[user as usize], self.log.rows(user).len()))
            .collect();
        Self { log: self.log.filtered(|row| kept[row]), ..self.clone() }
    }

    /// The actions that somebody with that history of actions may be asked at a moment: listed, not ended, and not resting
    /// since they took it. Neither can be switched off, as in the service.
    pub fn open(&self, history: &History<'_>, now: i64) -> Bits {
        let mut open = Bits::none(self.n_actions());
        for (action, rules) in self.rules.iter().enumerate() {
            if rules.is_listed && rules.expires.is_none_or(|end| end > now) {
                open.insert(action as u32);
            }
        }
        let mut resting = Bits::none(self.n_actions());
        for at in 0..history.len() {
            let action = history.items[at];
            let Some(days) = self.rules.get(action as usize).and_then(|rules| rules.repeat_days) else {
                continue;
            };
            let was_taken = ActionEvent::of_index(history.event_types[at]) == Some(ActionEvent::Taken);
            if was_taken && now < history.timestamps[at] + days * DAY {
                resting.insert(action);
            }
        }
        open.take_out(&resting);
        open
    }

    /// The best of those that may be asked, by probability; equal ones by what they are worth, then by id.
    pub fn best(&self, scores: &[f32], open: &Bits, results: usize) -> Vec<u32> {
        let mut actions: Vec<u32> = open.iter().collect();
        actions.sort_by(|&a, &b| {
            let worth = |action: u32| self.rules[action as usize].value.unwrap_or(0);
            let by_score = scores[b as usize].total_cmp(&scores[a as usize]);
            by_score.then(worth(b).cmp(&worth(a))).then(a.cmp(&b))
        });
        actions.truncate(results);
        actions
    }
}

fn event_types() -> Vocabulary {
    Vocabulary::new(ActionEvent::ALL.map(ActionEvent::as_str))
}

/// The log with event types as the service spells them, whatever the file's spelling. Import lets no others in.
fn in_own_words(log: &Interactions) -> Interactions {
    let meant: Vec<Option<ActionEvent>> = log.event_types.iter().map(ActionEvent::parse).collect();
    let of = |row: usize| meant.get(usize::from(log.event_type[row])).copied().flatten();
    let mut own = log.filtered(|row| of(row).is_some());
    for event_type in &mut own.event_type {
        *event_type = meant[usize::from(*event_type)].map_or(0, ActionEvent::index);
    }
    own.event_types = Arc::new(event_types());
    own
}

/// Which actions were taken, and not taken, at least so often in the weeks before the newest action interaction.
fn enough(log: &Interactions) -> Vec<bool> {
    let newest = log.timestamp.iter().copied().max().unwrap_or(0);
    let mut counts = vec![[0_usize; 2]; log.n_items()];
    for row in 0..log.len() {
        if log.timestamp[row] >= newest - ACTION_EVENT_DAYS * DAY {
            let was_taken = ActionEvent::of_index(log.event_type[row]) == Some(ActionEvent::Taken);
            counts[log.item[row] as usize][usize::from(was_taken)] += 1;
        }
    }
    counts.iter().map(|counts| counts.iter().all(|&count| count >= MIN_ACTION_EVENTS)).collect()
}
