//! Which column of a file becomes which field of a dataset: proposed from names and contents, each with
//! the reason in one sentence. The person has the last word.

mod actions;
mod contents;
mod extract;
mod metadata;
mod names;
mod proposal;

pub use extract::extract;
pub use names::title_field;
pub use proposal::{Proposal, propose, propose_found};

use super::preview::Preview;
use super::time::thousands;
use crate::domain::DatasetType;
use crate::domain::limits::{MAX_ACTION_COLUMNS, MAX_ACTION_INTERACTION_COLUMNS};
use crate::domain::mapping::{MappedField, Mapping, Reading, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType, SESSION_FIELD};
use contents::Contents;
use rayon::prelude::*;

/// What a column may mean beyond metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    User,
    Item,
    /// What a user is asked to do.
    Action,
    Time,
    /// When an item was made or listed.
    Creation,
    /// When an action ends.
    Expiration,
    /// What an action is worth.
    Worth,
    /// For how long an action rests once it was taken.
    Repeat,
    EventType,
    EventValue,
    Impression,
    /// Which of a user's events are of one session.
    Session,
    /// What an item is called.
    Title,
}

/// Names a header for remembering its mapping: the same columns in the same order have the same signature.
pub fn header_signature(columns: &[String]) -> String {
    columns.iter().map(|column| column.trim().to_lowercase()).collect::<Vec<_>>().join("\u{1f}")
}

/// A mapping for a file that starts as `preview` shows; more rows make a surer proposal.
///
/// `dataset`: the type the person has chosen; `None` lets the columns decide.
pub fn propose_mapping(preview: &Preview, dataset: Option<DatasetType>) -> Mapping {
    let rows = &preview.rows;
    let cells = |column: usize| rows.iter().filter_map(|row| row.get(column)?.as_deref()).collect();
    Columns::of(&preview.columns, rows.len(), cells).mapping(dataset).mapping
}

/// A mapping, and whether its columns plainly fit the dataset.
struct Guess {
    mapping: Mapping,
    confident: bool,
}

/// The measured columns of a sample.
struct Columns<'a> {
    names: &'a [String],
    rows: usize,
    contents: Vec<Contents>,
}

impl<'a> Columns<'a> {
    /// Measures columns of `rows` rows by the filled cells of each.
    fn of<'c>(names: &'a [String], rows: usize, cells: impl Fn(usize) -> Vec<&'c str> + Sync) -> Self {
        let columns = (0..names.len()).into_par_iter().with_max_len(1);
        let contents = columns.map(|index| Contents::of(&cells(index), rows)).collect();
        Self { names, rows, contents }
    }

    fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    /// The column whose name speaks surest for the meaning and that `fits`, or has the service's own name for it.
    fn named(&self, meaning: Meaning, taken: &[usize], fits: impl Fn(&Contents) -> bool) -> Option<usize> {
        (0..self.contents.len())
            .filter(|index| !taken.contains(index))
            .filter(|index| names::is_reserved(self.name(*index), meaning) || fits(&self.contents[*index]))
            .filter_map(|index| Some((names::rank(self.name(index), meaning)?, index)))
            .min()
            .map(|(_, index)| index)
    }

    /// The column called just `id`, of a table whose rows are items or users.
    fn bare_key(&self) -> Option<usize> {
        (0..self.contents.len())
            .find(|&index| names::plain(self.name(index)) == "id" && self.contents[index].is_key(self.rows))
    }

    fn mapping(&self, dataset: Option<DatasetType>) -> Guess {
        let rows = self.rows;
        let user = self.named(Meaning::User, &[], |found| found.filled > 0);
        let item = self.named(Meaning::Item, user.as_slice(), |found| found.filled > 0);
        let key_of = |index: Option<usize>| index.is_some_and(|index| self.contents[index].is_key(rows));
        let (item_hints, user_hints) = names::hints(self.names.iter().map(String::as_str));
        // Both ids, or neither and nothing to tell a catalogue by: interactions.
        let guessed = match (user, item) {
            (None, Some(_)) if key_of(item) || item_hints > 0 => DatasetType::Items,
            (Some(_), None) if key_of(user) || user_hints > 0 => DatasetType::Users,
            (None, None) if self.bare_key().is_some() && item_hints > user_hints => DatasetType::Items,
            (None, None) if self.bare_key().is_some() && user_hints > 0 => DatasetType::Users,
            _ => DatasetType::Interactions,
        };
        // Event logs have columns called `action`, too: unasked, only the service's own name for an action's id counts.
        let is_named = |index: &usize| names::plain(self.name(*index)) == "actionid";
        let guessed = match (0..self.contents.len()).find(is_named) {
            Some(_) if user.is_some() && item.is_none() => DatasetType::ActionInteractions,
            Some(action) if user.is_none() && item.is_none() && key_of(Some(action)) => DatasetType::Actions,
            _ => guessed,
        };
        let action = || self.named(Meaning::Action, user.as_slice(), |found| found.filled > 0);
        match dataset.unwrap_or(guessed) {
            DatasetType::Interactions => self.log(DatasetType::Interactions, user, item),
            DatasetType::ActionInteractions => self.log(DatasetType::ActionInteractions, user, action()),
            DatasetType::Items => self.catalogue(DatasetType::Items, item),
            DatasetType::Users => self.catalogue(DatasetType::Users, user),
            DatasetType::Actions => self.catalogue(DatasetType::Actions, action()),
        }
    }

    /// A mapping of what users did with items or actions; ids that no name gives away are sought by contents.
    fn log(&self, dataset: DatasetType, user: Option<usize>, item: Option<usize>) -> Guess {
        let is_of_items = dataset == DatasetType::Interactions;
        let mut fields = Vec::new();
        let mut taken: Vec<usize> = Vec::new();
        let is_time = |found: &Contents| found.time.as_ref().is_some_and(|time| time.share >= 0.5);
        let by_name = self.named(Meaning::Time, &[], is_time);
        let time = by_name.or_else(|| {
            (0..self.contents.len()).find(|&index| {
                // An unnamed column is a time only where its numbers or dates leave no doubt.
                self.contents[index].time.as_ref().is_some_and(|time| time.share >= 0.95)
                    && self.contents[index].distinct > 1
            })
        });
        taken.extend(user.iter().chain(&item).chain(&time));
        let value = self.named(Meaning::EventValue, &taken, Contents::is_numeric).filter(|_| is_of_items);
        let value = value.or_else(|| {
            (is_of_items && user.is_none() && item.is_none()).then(|| self.like_ratings(&taken)).flatten()
        });
        taken.extend(value);
        let (user, item, by_contents) = self.ids(user, item, &mut taken);
        let why_id = |index: usize, what: &str| {
            if by_contents.contains(&index) {
                let found = &self.contents[index];
                format!(
                    "{} different values in {} rows, as ids of {what} repeat",
                    thousands(found.distinct as u64),
                    thousands(found.filled as u64)
                )
            } else {
                format!("named {:?}, a name for {what}", self.name(index))
            }
        };
        let what = if is_of_items { "items" } else { "actions" };
        for (field, index, what) in [("USER_ID", user, "users"), (dataset.subject_field(), item, what)] {
            if let Some(index) = index {
                fields.push(self.field(
                    field,
                    index,
                    FieldType::String,
                    FieldRole::Plain,
                    false,
                    why_id(index, what),
                ));
            }
        }
        let (timestamp, timestamp_reason) = self.time_rule(time, &mut fields);
        if let Some(event) =
            self.named(Meaning::EventType, &taken, |found| !found.is_numeric() && found.distinct <= 100)
        {
            taken.push(event);
            let reason = format!(
                "named {:?}, with {} different values",
                self.name(event),
                self.contents[event].distinct
            );
            fields.push(self.field("EVENT_TYPE", event, FieldType::String, FieldRole::Plain, false, reason));
        }
        if let Some(value) = value {
            let found = &self.contents[value];
            let reason = if found.is_numeric() {
                format!("numbers from {} to {}, as of ratings or amounts", found.min, found.max)
            } else {
                "the service's own name for it; cells that are no numbers are shown as problems".to_owned()
            };
            fields.push(self.field("EVENT_VALUE", value, FieldType::Float, FieldRole::Plain, true, reason));
        }
        if let Some(shown) =
            self.named(Meaning::Impression, &taken, |found| !found.is_numeric() || found.lists > 0.0)
        {
            taken.push(shown);
            let reason = format!("named {:?}, the items that were shown", self.name(shown));
            fields.push(self.field("IMPRESSION", shown, FieldType::String, FieldRole::Plain, true, reason));
        }
        let session = self.named(Meaning::Session, &taken, |found| found.filled > 0);
        if let Some(session) = session.filter(|_| is_of_items) {
            taken.push(session);
            let reason = format!("named {:?}, which says where sessions begin", self.name(session));
            fields.push(self.field(
                SESSION_FIELD,
                session,
                FieldType::String,
                FieldRole::Plain,
                true,
                reason,
            ));
        }
        self.add_metadata(dataset, &taken, &mut fields);
        let confident = user.is_some() && item.is_some() && by_contents.is_empty();
        let mapping = Mapping {
            dataset,
            fields,
            timestamp,
            timestamp_reason,
            event_type: None,
            event_values: Vec::new(),
        };
        Guess { mapping, confident }
    }

    /// A column of few numbers on a small scale.
    fn like_ratings(&self, taken: &[usize]) -> Option<usize> {
        (0..self.contents.len()).find(|index| {
            let found = &self.contents[*index];
            !taken.contains(index)
                && found.is_numeric()
                && (2..=21).contains(&found.distinct)
                && found.max <= 100.0
        })
    }

    /// The id columns: those given by name, the others by contents (values that repeat, but not too much),
    /// the first as users. Also those found by contents.
    fn ids(
        &self,
        user: Option<usize>,
        item: Option<usize>,
        taken: &mut Vec<usize>,
    ) -> (Option<usize>, Option<usize>, Vec<usize>) {
        // One id by name and none for the other: guessing it would pair users with anything.
        if user.is_some() || item.is_some() {
            return (user, item, Vec::new());
        }
        let like_ids: Vec<usize> = (0..self.contents.len())
            .filter(|index| {
                let found = &self.contents[*index];
                let whole = found.whole_numbers > 0.999 || found.numbers == 0.0;
                !taken.contains(index)
                    && !found.counts_rows
                    && whole
                    && found.distinct > 10
                    && found.mean_words < 1.5
            })
            .take(2)
            .collect();
        if like_ids.len() < 2 {
            return (None, None, Vec::new());
        }
        taken.extend(&like_ids);
        (Some(like_ids[0]), Some(like_ids[1]), like_ids)
    }

    fn time_rule(&self, time: Option<usize>, fields: &mut Vec<MappedField>) -> (TimestampRule, String) {
        let detected = time.and_then(|index| Some((index, self.contents[index].time.as_ref()?)));
        let (rule, columns, reason) = if let Some((index, detected)) = detected {
            (detected.rule.clone(), vec![self.name(index).to_owned()], detected.reason.clone())
        } else {
            let reason = "no column holds times, so the order of the rows stands in for them".to_owned();
            (TimestampRule::RowOrder, Vec::new(), reason)
        };
        fields.push(MappedField {
            field: "TIMESTAMP".to_owned(),
            columns,
            reading: Reading::Whole,
            kind: FieldType::Long,
            role: FieldRole::Plain,
            nullable: false,
            reason: reason.clone(),
        });
        (rule, reason)
    }

    /// A mapping of Items, Users or Actions around the column that names its rows.
    fn catalogue(&self, dataset: DatasetType, key: Option<usize>) -> Guess {
        let rows = self.rows;
        let key = key.or_else(|| self.bare_key());
        let (field, what) = match dataset {
            DatasetType::Users => ("USER_ID", "user"),
            _ if dataset.is_of_actions() => ("ACTION_ID", "action"),
            _ => ("ITEM_ID", "item"),
        };
        let mut fields = Vec::new();
        let mut taken: Vec<usize> = key.into_iter().collect();
        if let Some(key) = key {
            let reason = format!("named {:?}, one row for each {what}", self.name(key));
            fields.push(self.field(field, key, FieldType::String, FieldRole::Plain, false, reason));
        }
        let mut timestamp = (TimestampRule::Seconds, "no column holds times".to_owned());
        if dataset != DatasetType::Users {
            let soundly_dated = |found: &Contents| found.time.as_ref().is_some_and(|time| time.share >= 0.95);
            if let Some(made) = self.named(Meaning::Creation, &taken, soundly_dated) {
                taken.push(made);
                if let Some(detected) = &self.contents[made].time {
                    timestamp = (detected.rule.clone(), detected.reason.clone());
                }
                let reason = format!("when the {what} was made: {}", timestamp.1);
                fields.push(self.field(
                    "CREATION_TIMESTAMP",
                    made,
                    FieldType::Long,
                    FieldRole::Plain,
                    true,
                    reason,
                ));
            }
        }
        if dataset == DatasetType::Actions {
            self.add_rules(&mut timestamp, &mut taken, &mut fields);
        }
        self.add_metadata(dataset, &taken, &mut fields);
        let confident = key.is_some_and(|key| self.contents[key].is_key(rows)) && fields.len() > 1;
        let mapping = Mapping {
            dataset,
            fields,
            timestamp: timestamp.0,
            timestamp_reason: timestamp.1,
            event_type: None,
            event_values: Vec::new(),
        };
        Guess { mapping, confident }
    }

    fn field(
        &self,
        field: &str,
        index: usize,
        kind: FieldType,
        role: FieldRole,
        nullable: bool,
        reason: String,
    ) -> MappedField {
        MappedField {
            field: field.to_owned(),
            columns: vec![self.name(index).to_owned()],
            reading: Reading::Whole,
            kind,
            role,
            nullable,
            reason,
        }
    }

    /// Adds what describes a row: every column that is not taken and holds something, as many as the dataset takes.
    fn add_metadata(&self, dataset: DatasetType, taken: &[usize], fields: &mut Vec<MappedField>) {
        let title = (dataset == DatasetType::Items)
            .then(|| self.named(Meaning::Title, taken, |found| found.numbers < 0.5 && found.lists < 0.1))
            .flatten();
        let mut text_taken = false;
        let mut left = match dataset {
            DatasetType::Actions => MAX_ACTION_COLUMNS,
            DatasetType::ActionInteractions => MAX_ACTION_INTERACTION_COLUMNS,
            _ => usize::MAX,
        };
        for (index, found) in self.contents.iter().enumerate() {
            if left == 0
                || taken.contains(&index)
                || found.filled == 0
                || found.counts_rows && self.name(index) == "column_1"
            {
                continue;
            }
            let described = if title == Some(index) {
                metadata::plain("what the item is called, shown to people")
            } else {
                metadata::describe(self.name(index), found, dataset, !text_taken)
            };
            let is_type = dataset == DatasetType::Actions && names::plain(self.name(index)) == "type";
            let described =
                if is_type { metadata::plain("the service's own name for its kind") } else { described };
            text_taken |= described.role == FieldRole::Textual;
            let service_names = self.names.iter().any(|name| name == "ITEM_ID" || name == "USER_ID");
            let name = if title == Some(index) && !service_names {
                "TITLE".to_owned()
            } else {
                names::field_name(self.name(index))
            };
            let field = self.field(
                &unused(name, index, fields),
                index,
                described.kind,
                described.role,
                true,
                described.reason,
            );
            left -= usize::from(!is_type);
            fields.push(field);
        }
    }
}

/// The name, or with a number behind it where its letters and digits are a field's already: the service
/// compares no other characters.
fn unused(name: String, index: usize, fields: &[MappedField]) -> String {
    let name = if name.is_empty() { format!("COLUMN_{}", index + 1) } else { name };
    let is_taken = |name: &str| {
        let plain = names::plain(name);
        fields.iter().any(|field| names::plain(&field.field) == plain)
    };
    let mut free = name.clone();
    let mut count = 2;
    while is_taken(&free) {
        free = format!("{name}_{count}");
        count += 1;
    }
    free
}

#[cfg(test)]
mod tests;
