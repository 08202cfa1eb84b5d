//! Showings: from the moment that somebody is shown an action to what became of it.
//!
//! A showing begins with any action interaction and lasts so many days: the period that is optimised for. It was taken if
//! the user took the action in that time, however often it was viewed or declined meanwhile; taking it ends the showing, and
//! what comes after begins another. One that has neither been taken nor declined when the log ends before its days are over
//! says nothing yet and is left out.

use super::DAY;
use crate::data::History;
use crate::domain::action::ActionEvent;
use std::collections::BTreeMap;

/// One showing of one action to one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    pub action: u32,
    /// The place in the history of actions of the event that began it: what came before is what was known.
    pub first: usize,
    /// When it began, epoch seconds.
    pub at: i64,
    pub was_taken: bool,
}

/// The showings of one user's history of actions, in the order they began. `newest` is the end of the whole log.
pub fn showings(history: &History<'_>, period_days: i64, newest: i64) -> Vec<Showing> {
    let period = period_days * DAY;
    let mut found: Vec<(Showing, bool)> = Vec::new();
    // By action: the showing that goes on.
    let mut open: BTreeMap<u32, usize> = BTreeMap::new();
    for at in 0..history.len() {
        let (action, time) = (history.items[at], history.timestamps[at]);
        let going_on = open.get(&action).copied().filter(|&showing| time - found[showing].0.at <= period);
        let showing = going_on.unwrap_or_else(|| {
            found.push((Showing { action, first: at, at: time, was_taken: false }, false));
            open.insert(action, found.len() - 1);
            found.len() - 1
        });
        match ActionEvent::of_index(history.event_types[at]) {
            Some(ActionEvent::Taken) => {
                found[showing].0.was_taken = true;
                open.remove(&action);
            }
            Some(ActionEvent::NotTaken) => found[showing].1 = true,
            Some(ActionEvent::Viewed) | None => {}
        }
    }
    let is_over = |(showing, was_declined): &(Showing, bool)| {
        showing.was_taken || *was_declined || newest - showing.at >= period
    };
    found.into_iter().filter(is_over).map(|(showing, _)| showing).collect()
}
