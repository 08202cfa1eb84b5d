//! What users did since the data were imported, and histories that go on with it.
//!
//! An event changes what its user is answered at once: it is put into their history by its time. Models take events as
//! something positive; one of the type [`SKIP`] says that an item was seen and passed over, so it stays out of histories,
//! counts as an impression, and is there for filters. Who is known by a session alone is asked for by the session's id;
//! from the first event that carries user and session the whole session is the user's. (The service joins them at the
//! next full training; here nobody has to wait.)

use crate::data::{Interactions, NO_SESSION, OwnHistory};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// The type of events that are no interaction: an item seen and passed over.
pub const SKIP: &str = "skip";

/// One event that was recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LiveEvent {
    /// None while only the session is known.
    pub user: Option<String>,
    pub session: String,
    pub event_type: String,
    pub item: Option<String>,
    pub value: Option<f32>,
    /// Epoch seconds.
    pub sent_at: i64,
    /// Columns of Interactions and what they hold, as in a file.
    pub properties: BTreeMap<String, String>,
    /// Items shown with it.
    pub impression: Vec<String>,
    /// Whether the interactions as they are now hold it already.
    pub is_imported: bool,
}

impl LiveEvent {
    /// Whether it says that an item was passed over.
    pub fn is_skip(&self) -> bool {
        self.event_type.eq_ignore_ascii_case(SKIP)
    }
}

/// The recorded events of a group.
#[derive(Debug, Clone, Default)]
pub struct LiveEvents {
    /// By user, the oldest first.
    users: HashMap<String, Vec<LiveEvent>>,
    /// By session, of those who are not known yet.
    sessions: HashMap<String, Vec<LiveEvent>>,
    /// Whose a session is.
    owners: HashMap<String, String>,
    /// How often an item was shown, had or passed over, of what the interactions do not hold.
    seen: HashMap<String, u32>,
}

impl LiveEvents {
    /// Takes in one more event.
    pub fn add(&mut self, event: LiveEvent) {
        // What is no interaction never comes to be one.
        if !event.is_imported || event.is_skip() || event.item.is_none() {
            for item in event.impression.iter().chain(&event.item) {
                *self.seen.entry(item.clone()).or_default() += 1;
            }
        }
        if let Some(user) = &event.user {
            self.owners.insert(event.session.clone(), user.clone());
            if let Some(before) = self.sessions.remove(&event.session) {
                for event in before {
                    self.put(user, event);
                }
            }
        }
        let owner = event.user.clone().or_else(|| self.owners.get(&event.session).cloned());
        match owner {
            Some(user) => self.put(&user, event),
            None => insert(self.sessions.entry(event.session.clone()).or_default(), event),
        }
    }

    fn put(&mut self, user: &str, event: LiveEvent) {
        insert(self.users.entry(user.to_owned()).or_default(), event);
    }

    /// What a user did, or the unknown visitor of a session, the oldest first.
    pub fn of(&self, user: &str) -> &[LiveEvent] {
        self.users.get(user).or_else(|| self.sessions.get(user)).map(Vec::as_slice).unwrap_or_default()
    }

    /// How often items were shown, had or passed over since.
    pub(super) fn seen(&self) -> impl Iterator<Item = (&str, u32)> {
        self.seen.iter().map(|(item, count)| (item.as_str(), *count))
    }
}

/// Puts an event after those that are not later.
fn insert(events: &mut Vec<LiveEvent>, event: LiveEvent) {
    let place = events.partition_point(|other| other.sent_at <= event.sent_at);
    events.insert(place, event);
}

/// Which events go into the histories a version is asked with, and as what.
#[derive(Clone, Copy)]
pub struct Live<'a> {
    pub events: &'a LiveEvents,
    /// Whether the version was trained on events of that kind.
    pub keeps: &'a (dyn Fn(&LiveEvent) -> bool + Sync),
    /// What an event counts as whose type the interactions do not have: their most frequent type.
    pub usual_type: u16,
}

/// The rows of a user with the events that they do not hold; none where there is nothing to add. Events on items that
/// the interactions do not know say nothing to a model over them.
pub(super) fn extended(
    data: &Interactions,
    rows: Range<usize>,
    live: Live<'_>,
    user: &str,
) -> Option<OwnHistory> {
    let there = |item: u32, event: &LiveEvent| {
        rows.clone().any(|row| data.item[row] == item && data.timestamp[row] == event.sent_at)
    };
    let known = |event: &LiveEvent| {
        let item = data.items.index(event.item.as_deref()?)?;
        let is_meant = !event.is_skip() && (live.keeps)(event);
        (is_meant && !there(item, event)).then_some(item)
    };
    let events = live.events.of(user).iter();
    let added: Vec<(u32, &LiveEvent)> = events.filter_map(|event| Some((known(event)?, event))).collect();
    if added.is_empty() {
        return None;
    }
    // By time; rows before events of the same second.
    let mut order: Vec<(i64, Result<usize, usize>)> =
        rows.clone().map(|row| (data.timestamp[row], Ok(row))).collect();
    order.extend(added.iter().enumerate().map(|(at, (_, event))| (event.sent_at, Err(at))));
    order.sort_by_key(|(time, _)| *time);
    let mut sessions: Vec<&str> = Vec::new();
    let mut extended = OwnHistory::default();
    for &(time, origin) in &order {
        extended.timestamps.push(time);
        match origin {
            Ok(row) => {
                extended.items.push(data.item[row]);
                extended.event_types.push(data.event_type[row]);
                extended.sessions.extend(data.session.get(row));
            }
            Err(at) => {
                let (item, event) = added[at];
                extended.items.push(item);
                extended.event_types.push(type_of(data, event).unwrap_or(live.usual_type));
                if !data.session.is_empty() {
                    let number = sessions.iter().position(|session| *session == event.session);
                    let number = number.unwrap_or_else(|| {
                        sessions.push(&event.session);
                        sessions.len() - 1
                    });
                    // Counted down from the number that stands for none: those of the data are counted up.
                    extended.sessions.push(NO_SESSION - 1 - number as u32);
                }
            }
        }
    }
    if data.context.has_columns() {
        let sources: Vec<Option<u32>> =
            order.iter().map(|(_, origin)| origin.ok().map(|row| row as u32)).collect();
        let told = |at: usize, column: &str| {
            let event = order[at].1.err().map(|at| added[at].1)?;
            event.properties.get(column).map(String::as_str)
        };
        extended.context = Some(data.context.take_or(&sources, told));
    }
    Some(extended)
}

/// The index of an event's type, in any spelling.
pub(super) fn type_of(data: &Interactions, event: &LiveEvent) -> Option<u16> {
    let exact = data.event_types.index(&event.event_type);
    let folded = || {
        let wanted = event.event_type.to_lowercase();
        (0..).zip(data.event_types.iter()).find(|(_, name)| name.to_lowercase() == wanted).map(|(at, _)| at)
    };
    exact.or_else(folded).map(|at| at as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{CategoricalFeature, Features, Vocabulary};
    use std::sync::Arc;

    fn event(user: Option<&str>, session: &str, item: &str, sent_at: i64) -> LiveEvent {
        LiveEvent {
            user: user.map(str::to_owned),
            session: session.to_owned(),
            event_type: "View".to_owned(),
            item: Some(item.to_owned()),
            sent_at,
            ..LiveEvent::default()
        }
    }

    fn times(events: &LiveEvents, user: &str) -> Vec<i64> {
        events.of(user).iter().map(|event| event.sent_at).collect()
    }

    #[test]
    fn a_session_is_the_users_from_the_first_event_with_both() {
        let mut events = LiveEvents::default();
        events.add(event(None, "s1", "a", 5));
        events.add(event(None, "s1", "b", 3));
        events.add(event(None, "s2", "c", 9));
        assert_eq!((times(&events, "s1"), times(&events, "ann")), (vec![3, 5], vec![]));
        events.add(event(Some("ann"), "s1", "c", 4));
        events.add(event(None, "s1", "a", 8));
        assert_eq!(times(&events, "ann"), [3, 4, 5, 8]);
        assert_eq!((times(&events, "s1"), times(&events, "s2")), (vec![], vec![9]));
        let mut seen: Vec<_> = events.seen().collect();
        seen.sort_unstable();
        assert_eq!(seen, [("a", 2), ("b", 1), ("c", 2)]);
    }

    /// Of events that the interactions hold those count there; passed over, or shown with nothing chosen, is held nowhere
    /// else.
    #[test]
    fn what_was_seen_is_counted_once_and_never_forgotten() {
        let mut events = LiveEvents::default();
        let imported = LiveEvent { is_imported: true, ..event(Some("ann"), "s", "a", 1) };
        events.add(imported.clone());
        events.add(LiveEvent { event_type: SKIP.to_owned(), ..imported.clone() });
        events.add(LiveEvent { item: None, impression: vec!["b".to_owned()], ..imported });
        events.add(event(Some("ann"), "s", "c", 2));
        let mut seen: Vec<_> = events.seen().collect();
        seen.sort_unstable();
        assert_eq!(seen, [("a", 1), ("b", 1), ("c", 1)]);
    }

    /// Ann had a at 1 and b at 5, by phone both; then, live, b at 3 by tablet, the row at 5 once more, something unknown,
    /// a skip, and a at 9 in a session of its own.
    #[test]
    fn histories_go_on_by_time_with_what_they_lack() {
        let types = Arc::new(Vocabulary::new(["buy", "view"]));
        let rows = [(0, 0, 1, 1, f32::NAN), (0, 1, 5, 0, f32::NAN)];
        let (users, items) = (Arc::new(Vocabulary::new(["ann"])), Arc::new(Vocabulary::new(["a", "b"])));
        let mut data = Interactions::from_rows(users, items, types, &rows);
        data.session = vec![0, 0];
        let device = CategoricalFeature {
            name: "DEVICE".to_owned(),
            values: Arc::new(Vocabulary::new(["phone", "tablet"])),
            offsets: vec![0, 1, 2],
            indices: vec![0, 0],
        };
        data.context = Arc::new(Features { rows: 2, categorical: vec![device], ..Features::default() });
        let mut events = LiveEvents::default();
        let tablet = BTreeMap::from([("DEVICE".to_owned(), "tablet".to_owned())]);
        events.add(LiveEvent { properties: tablet, ..event(Some("ann"), "s", "b", 3) });
        events.add(event(Some("ann"), "s", "b", 5));
        events.add(event(Some("ann"), "s", "zz", 6));
        events.add(LiveEvent { event_type: "SKIP".to_owned(), ..event(Some("ann"), "s", "a", 7) });
        events.add(LiveEvent { event_type: "share".to_owned(), ..event(Some("ann"), "t", "a", 9) });
        let live = Live { events: &events, keeps: &|_| true, usual_type: 1 };
        let longer = extended(&data, 0..2, live, "ann").unwrap();
        let history = longer.history();
        assert_eq!((history.items, history.timestamps), (&[0, 1, 1, 0][..], &[1, 3, 5, 9][..]));
        assert_eq!(history.event_types, [1, 1, 0, 1], "an unknown type counts as the usual one");
        let goes_on = [1, 2, 3].map(|at| history.goes_on(at));
        assert_eq!(goes_on, [Some(false); 3]);
        let context = history.context.unwrap();
        let devices: Vec<&[u32]> = (0..4).map(|at| context.categories(0, at)).collect();
        assert_eq!(devices, [&[0][..], &[1], &[0], &[]]);
        let bought = Live { keeps: &|event| event.event_type == "buy", ..live };
        assert!(extended(&data, 0..2, bought, "ann").is_none());
        assert!(extended(&data, 0..0, live, "bob").is_none());
        assert_eq!(extended(&data, 0..0, live, "ann").unwrap().history().items, [1, 1, 0], "a new user");
    }
}
