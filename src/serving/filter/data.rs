//! What filters look at: a catalogue with its metadata, the users with theirs, and what they did.

use super::rows::Asker;
use crate::data::{Attribute, Bits, History, Interactions, Table, Vocabulary};
use crate::domain::filter::{EVENT_TYPE, Facts, Field, Kind, Source, Target};
use crate::serving::live::type_of;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Rows by id, and what a table says of them.
pub struct Population {
    ids: Arc<Vocabulary>,
    /// The column that names a row.
    key: &'static str,
    table: Option<Arc<Table>>,
    /// Fields that were asked for.
    attributes: Mutex<BTreeMap<String, Arc<Attribute>>>,
}

impl Population {
    pub fn new(ids: Arc<Vocabulary>, key: &'static str, table: Option<Arc<Table>>) -> Self {
        Self { ids, key, table, attributes: Mutex::default() }
    }

    pub fn ids(&self) -> &Vocabulary {
        &self.ids
    }

    /// A field, made when it is first asked for; nobody holds anything where there is no table.
    pub(super) fn attribute(&self, name: &str, kind: Kind) -> Option<Arc<Attribute>> {
        let table = self.table.as_deref()?;
        if let Some(known) = self.attributes.lock().get(name) {
            return Some(Arc::clone(known));
        }
        // Two threads may both make it; either is as good.
        let made = Arc::new(Attribute::encode(table, self.key, &self.ids, name, kind));
        self.attributes.lock().insert(name.to_owned(), Arc::clone(&made));
        Some(made)
    }
}

/// The type of an event: one of those of the interactions, or one that came since.
#[derive(Debug, Clone, Copy)]
pub(super) enum EventType<'a> {
    Known(u16),
    Named(&'a str),
}

/// What users did with the rows of a population.
pub struct Events {
    interactions: Arc<Interactions>,
    /// The row that each item of the interactions is; none where the two are numbered alike.
    rows: Option<Vec<Option<u32>>>,
    /// The rows' ids.
    ids: Arc<Vocabulary>,
    /// The newest events of a user and a type that are looked at; all where there is no such number.
    newest: Option<usize>,
    /// By event type: the first of those that are the same but for their spelling.
    same: Vec<u16>,
    /// By event type: the users with such an event.
    users: OnceLock<Vec<Bits>>,
}

impl Events {
    pub fn new(
        interactions: Arc<Interactions>,
        ids: &Arc<Vocabulary>,
        newest: Option<usize>,
        source: Source,
    ) -> Self {
        let is_alike = *interactions.items == **ids;
        let rows = (!is_alike).then(|| interactions.items.iter().map(|id| ids.index(id)).collect());
        let ids = Arc::clone(ids);
        let mut firsts: BTreeMap<String, u16> = BTreeMap::new();
        let types = (0..).zip(interactions.event_types.iter());
        let same = types.map(|(place, name)| *firsts.entry(source.folded(name)).or_insert(place)).collect();
        Self { interactions, rows, ids, newest, same, users: OnceLock::new() }
    }

    pub(super) fn types(&self) -> &Vocabulary {
        &self.interactions.event_types
    }

    /// Calls with the row and the event type of each event of a user that is looked at, the newest first: those recorded
    /// since the import, then those imported.
    pub(super) fn each<'q>(&'q self, asker: Asker<'q>, mut call: impl FnMut(u32, EventType<'q>)) {
        let Some(name) = asker.user else { return };
        let mut seen = vec![0_usize; self.same.len().max(1)];
        let mut seen_names: BTreeMap<&str, usize> = BTreeMap::new();
        for event in asker.live.iter().rev().filter(|event| !event.is_imported) {
            let Some(item) = event.item.as_deref() else { continue };
            let row = match &self.rows {
                None => self.interactions.items.index(item),
                Some(_) => self.ids.index(item),
            };
            let known = type_of(&self.interactions, event);
            let seen = match known {
                Some(known) => &mut seen[usize::from(self.same[usize::from(known)])],
                None => seen_names.entry(&event.event_type).or_default(),
            };
            *seen += 1;
            if self.newest.is_some_and(|newest| *seen > newest) {
                continue;
            }
            if let Some(row) = row {
                call(row, known.map_or(EventType::Named(&event.event_type), EventType::Known));
            }
        }
        let Some(user) = self.interactions.users.index(name) else { return };
        let history: History<'_> = self.interactions.history(user);
        for (&item, &event_type) in history.items.iter().zip(history.event_types).rev() {
            let first = self.same.get(usize::from(event_type)).copied().unwrap_or_default();
            let seen = &mut seen[usize::from(first)];
            *seen += 1;
            if self.newest.is_some_and(|newest| *seen > newest) {
                continue;
            }
            let row = self.rows.as_ref().map_or(Some(item), |rows| rows[item as usize]);
            if let Some(row) = row {
                call(row, EventType::Known(event_type));
            }
        }
    }

    /// By event type: the users, as rows of a population, with such an event. However few of the newest events are
    /// looked at, the newest of a type is among them.
    pub(super) fn users_by_type(&self, users: &Vocabulary) -> &[Bits] {
        self.users.get_or_init(|| {
            let mut sets = vec![Bits::none(users.len()); self.types().len().max(1)];
            for user in 0..self.interactions.n_users() as u32 {
                let Some(row) = users.index(self.interactions.users.id(user)) else { continue };
                for &event_type in self.interactions.history(user).event_types {
                    sets[usize::from(event_type)].insert(row);
                }
            }
            sets
        })
    }
}

/// What filters with one target look at.
pub struct FilterData {
    pub(super) target: Target,
    facts: Facts,
    /// What is chosen among.
    pub(super) chosen: Arc<Population>,
    pub(super) users: Arc<Population>,
    pub(super) events: Events,
}

impl FilterData {
    pub fn new(
        target: Target,
        facts: Facts,
        chosen: Arc<Population>,
        users: Arc<Population>,
        events: Events,
    ) -> Self {
        Self { target, facts, chosen, users, events }
    }

    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What is chosen among.
    pub fn chosen(&self) -> &Population {
        &self.chosen
    }

    /// The values of a field that holds text, each with how many rows hold it; event types without a count. `None`
    /// where it holds numbers or is not there.
    pub fn values_of(&self, field: &Field) -> Option<Vec<(String, Option<usize>)>> {
        if field.source.is_events() {
            let types = self.events.types().iter().map(|name| (name.to_owned(), None));
            return field.name.eq_ignore_ascii_case(EVENT_TYPE).then(|| types.collect());
        }
        let (name, kind) = self.facts.field(field).ok()?;
        let population = if field.source == Source::Users { &self.users } else { &self.chosen };
        let attribute = population.attribute(name, kind)?;
        let Attribute::Texts(texts) = &*attribute else { return None };
        let values = (0..).zip(texts.values().iter());
        Some(values.map(|(value, text)| (text.to_owned(), Some(texts.count(value)))).collect())
    }
}
