//! Showings: from the moment that somebody is shown an action to what became of it.
//!
//! A showing begins with any action interaction and lasts so many days: the period that is optimised for. It was taken if
//! the user took the action in that time, however often it was viewed or declined meanwhile; taking it ends the showing, and
//! what comes after begins another. One whose days are not over when the log ends says nothing yet: of those only the ones
//! taken would be known for sure, and counting them would make every action look better than it is. Where a log is so short
//! that most are of that kind, those that were answered count after all.

use super::DAY;
use crate::data::{History, Interactions};
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
    /// Whether it was taken or declined.
    pub was_answered: bool,
}

/// The showings of a log that count, with their users, by user in the order they began.
pub fn showings(log: &Interactions, period_days: i64) -> Vec<(u32, Showing)> {
    let period = period_days * DAY;
    let newest = log.timestamp.iter().copied().max().unwrap_or(0);
    let users = 0..log.n_users() as u32;
    let all: Vec<(u32, Showing)> = users
        .flat_map(|user| of_user(&log.history(user), period).into_iter().map(move |showing| (user, showing)))
        .collect();
    let is_over = |showing: &Showing| newest - showing.at >= period;
    let over = all.iter().filter(|(_, showing)| is_over(showing)).count();
    let is_short = 2 * over < all.len();
    let counts = |showing: &Showing| is_over(showing) || (is_short && showing.was_answered);
    all.into_iter().filter(|(_, showing)| counts(showing)).collect()
}

/// All showings of one user's history of actions, in the order they began.
fn of_user(history: &History<'_>, period: i64) -> Vec<Showing> {
    let mut found: Vec<Showing> = Vec::new();
    // By action: the showing that goes on.
    let mut open: BTreeMap<u32, usize> = BTreeMap::new();
    for at in 0..history.len() {
        let (action, time) = (history.items[at], history.timestamps[at]);
        let going_on = open.get(&action).copied().filter(|&showing| time - found[showing].at <= period);
        let showing = going_on.unwrap_or_else(|| {
            found.push(Showing { action, first: at, at: time, was_taken: false, was_answered: false });
            open.insert(action, found.len() - 1);
            found.len() - 1
        });
        match ActionEvent::of_index(history.event_types[at]) {
            Some(ActionEvent::Taken) => {
                (found[showing].was_taken, found[showing].was_answered) = (true, true);
                open.remove(&action);
            }
            Some(ActionEvent::NotTaken) => found[showing].was_answered = true,
            Some(ActionEvent::Viewed) | None => {}
        }
    }
    found
}
