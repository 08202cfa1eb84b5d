//! What the person does to an item of the list in the user's place, and how the list changes by it.

use super::DataKey;
use crate::domain::action::ActionEvent;
use crate::domain::clock::now;
use crate::studio::{
    PutActionInteraction, PutActionInteractions, PutEvent, PutEvents, PutOutcome, SKIP, Studio,
};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Something to do to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    View,
    Add,
    Buy,
    Skip,
}

impl Deed {
    pub const ALL: [Self; 4] = [Self::View, Self::Add, Self::Buy, Self::Skip];

    pub fn word(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Add => "Add",
            Self::Buy => "Buy",
            Self::Skip => "Skip",
        }
    }

    pub fn icon(self) -> Icon {
        match self {
            Self::View => Icon::Preview,
            Self::Add => Icon::Plus,
            Self::Buy => Icon::Check,
            Self::Skip => Icon::Close,
        }
    }

    /// The event type it is recorded as: the data's own word for it where they have one.
    pub fn event_type(self, known: &[String]) -> String {
        let (words, otherwise): (&[&str], &str) = match self {
            Self::View => (&["view", "watch", "click", "listen", "read"], "view"),
            Self::Add => (&["cart", "add", "list", "save"], "add_to_cart"),
            Self::Buy => (&["purchase", "buy", "order", "checkout"], "purchase"),
            Self::Skip => (&[SKIP], SKIP),
        };
        let of = |word: &&str| known.iter().find(|name| name.to_lowercase().contains(*word));
        words.iter().find_map(of).cloned().unwrap_or_else(|| otherwise.to_owned())
    }
}

/// How an item of a list came to its place since the list before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    Entered,
    /// So many places.
    Up(usize),
    Down(usize),
    Stayed,
}

/// How a list differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Change {
    /// Of each item of the list.
    pub moves: Vec<Moved>,
    /// Items that are in it no more.
    pub left: Vec<String>,
}

impl Change {
    pub fn between<'a>(before: &[String], now: impl Iterator<Item = &'a str>) -> Self {
        let places: HashMap<&str, usize> =
            before.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
        let now: Vec<&str> = now.collect();
        let moved = |(place, id): (usize, &&str)| match places.get(id) {
            None => Moved::Entered,
            Some(&was) if was > place => Moved::Up(was - place),
            Some(&was) if was < place => Moved::Down(place - was),
            Some(_) => Moved::Stayed,
        };
        Self {
            moves: now.iter().enumerate().map(moved).collect(),
            left: before.iter().filter(|id| !now.contains(&id.as_str())).cloned().collect(),
        }
    }

    pub fn words(&self) -> String {
        let count = |is: fn(&Moved) -> bool| self.moves.iter().filter(|moved| is(moved)).count();
        let entered = count(|moved| *moved == Moved::Entered);
        let moved = count(|moved| matches!(moved, Moved::Up(_) | Moved::Down(_)));
        if entered + moved + self.left.len() == 0 {
            return "the list stayed as it was".to_owned();
        }
        format!("{entered} entered, {} left, {moved} moved", self.left.len())
    }
}

/// What was done in the user's place since the page was opened.
pub(super) struct Deeds {
    /// The event types of the data.
    types: Loadable<DataKey, Vec<String>>,
    /// Counts what is recorded: an answer of another count is another answer. It counts only once that is written, so that
    /// no answer of the new count knows nothing of it.
    count: Rc<Cell<u64>>,
    /// The list when the last thing was done, ids and titles.
    before: Option<Vec<(String, String)>>,
    /// How long it took to record it.
    took: Rc<Cell<Option<Duration>>>,
    random: RandomState,
    has_answers: bool,
}

impl Default for Deeds {
    fn default() -> Self {
        Self {
            types: Loadable::default(),
            count: Rc::default(),
            before: None,
            took: Rc::default(),
            random: RandomState::new(),
            has_answers: false,
        }
    }
}

impl Deeds {
    /// Looks up the event types; call it each frame.
    pub fn load(&mut self, context: &PaneContext<'_>, data: &DataKey) {
        let (studio, group) = (context.studio.clone(), data.0.clone());
        self.types.keep(context, data.clone(), "looking up event types", move |_| {
            Ok(studio.filter_facts(&group)?.event_types)
        });
    }

    pub fn count(&self) -> u64 {
        self.count.get()
    }

    /// The type that something is recorded as.
    pub fn event_type(&self, deed: Deed) -> String {
        deed.event_type(self.types.value().map(Vec::as_slice).unwrap_or_default())
    }

    /// Another question is asked: nothing was done to its list yet.
    pub fn forget(&mut self) {
        self.before = None;
        self.took.set(None);
    }

    /// Forgets what was recorded of a user.
    pub fn forget_recorded(&mut self, context: &PaneContext<'_>, group: &str, user: &str) {
        let (group, user, count) = (group.to_owned(), user.to_owned(), Rc::clone(&self.count));
        context.send.change("Forgetting events", move |studio| {
            studio.forget_events(&group, &user)?;
            count.set(count.get() + 1);
            Ok(None)
        });
        self.has_answers = false;
        self.forget();
    }

    /// How a list differs from the one something was done to, what left by its title, and how long recording that took.
    pub fn change<'a>(&self, now: impl Iterator<Item = &'a str>) -> Option<(Change, Option<Duration>)> {
        let before = self.before.as_ref()?;
        let ids: Vec<String> = before.iter().map(|(id, _)| id.clone()).collect();
        let mut change = Change::between(&ids, now);
        for left in &mut change.left {
            if let Some((_, title)) = before.iter().find(|(id, _)| id == left) {
                left.clone_from(title);
            }
        }
        Some((change, self.took.get()))
    }

    /// Records it.
    pub fn act(
        &mut self,
        context: &PaneContext<'_>,
        group: &str,
        user: &str,
        (item, deed): (String, Deed),
        (recommendation, list): (String, Vec<(String, String)>),
    ) {
        let event = PutEvent {
            event_type: self.event_type(deed),
            item_id: Some(item),
            sent_at: now(),
            recommendation_id: Some(recommendation),
            ..PutEvent::default()
        };
        let put = PutEvents {
            user_id: Some(user.to_owned()),
            session_id: self.session(user),
            event_list: vec![event],
        };
        let group = group.to_owned();
        self.record(context, list, move |studio| studio.put_events(&group, &put));
    }

    /// Records what the user does with an action.
    pub fn answer(
        &mut self,
        context: &PaneContext<'_>,
        group: &str,
        user: &str,
        (action, event): (String, ActionEvent),
        (recommendation, list): (String, Vec<(String, String)>),
    ) {
        let interaction = PutActionInteraction {
            action_id: action,
            user_id: Some(user.to_owned()),
            session_id: self.session(user),
            timestamp: now(),
            event_type: event.as_str().to_owned(),
            recommendation_id: Some(recommendation),
            ..PutActionInteraction::default()
        };
        let put = PutActionInteractions { action_interactions: vec![interaction] };
        let group = group.to_owned();
        self.has_answers = true;
        self.record(context, list, move |studio| studio.put_action_interactions(&group, &put));
    }

    /// Whether actions were answered since the page was opened.
    pub fn has_answers(&self) -> bool {
        self.has_answers
    }

    fn session(&self, user: &str) -> String {
        format!("preview-{:016x}", self.random.hash_one(user))
    }

    fn record(
        &mut self,
        context: &PaneContext<'_>,
        list: Vec<(String, String)>,
        put: impl FnOnce(&Studio) -> anyhow::Result<PutOutcome> + 'static,
    ) {
        self.before = Some(list);
        let (took, count) = (Rc::clone(&self.took), Rc::clone(&self.count));
        took.set(None);
        context.send.change("Recording the event", move |studio| {
            let began = Instant::now();
            put(studio)?;
            took.set(Some(began.elapsed()));
            count.set(count.get() + 1);
            Ok(None)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_is_recorded_in_the_datas_own_words() {
        let known = ["Watch", "AddToCart", "Purchase"].map(str::to_owned);
        let types = Deed::ALL.map(|deed| deed.event_type(&known));
        assert_eq!(types, ["Watch", "AddToCart", "Purchase", "skip"]);
        let types = Deed::ALL.map(|deed| deed.event_type(&[]));
        assert_eq!(types, ["view", "add_to_cart", "purchase", "skip"]);
    }

    #[test]
    fn a_change_tells_where_everything_went() {
        let before = ["a", "b", "c", "d"].map(str::to_owned);
        let change = Change::between(&before, ["c", "x", "b", "d"].into_iter());
        assert_eq!(change.moves, [Moved::Up(2), Moved::Entered, Moved::Down(1), Moved::Stayed]);
        assert_eq!(change.left, ["a"]);
        assert_eq!(change.words(), "1 entered, 1 left, 2 moved");
        let same = Change::between(&before, before.iter().map(String::as_str));
        assert_eq!(same.words(), "the list stayed as it was");
    }
}
