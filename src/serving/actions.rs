//! `GetActionRecommendations`: what a user should be asked to do next.
//!
//! The same campaign as for items, with actions in their place: it is asked with the same histories and filters. Ended
//! actions, and those that rest since the user took them, are never in an answer. Actions of which too little is known for
//! a probability have a score of 0.0 and stand behind all others; where these fill a list of five or more, its last place
//! explores: it goes to the one of them that was shown least, so that something comes to be known of it. (The service says
//! that it explores and that explored actions score 0.0, not how many there are.)
//!
//! The moment of a request is that of the newest interaction that is imported or recorded of the user; an action has ended,
//! too, when the clock says so.

use super::campaign::{Asked, Campaign};
use super::explain::Parts;
use super::live::{LiveEvent, LiveEvents};
use super::request::{RecommendRequest, RequestError};
use super::response::{
    ItemExplanation, PredictedAction, RecommendResponse, Recommendations, recommendation_id,
};
use crate::data::{Actions, Bits, History, OwnHistory, Vocabulary};
use crate::domain::action::ActionEvent;
use crate::domain::clock::now;
use crate::recipes::{Origin, Query};
use std::time::Instant;

/// Results from which the last place may explore.
const EXPLORES_FROM: usize = 5;

/// What a campaign for actions chooses among.
#[derive(Clone, Copy)]
pub struct ActionShelf<'a> {
    /// As they are now.
    pub actions: &'a Actions,
    /// What became of them since the import.
    pub live: &'a LiveEvents,
    /// The moment of the newest interaction with an item or an action, epoch seconds.
    pub newest: i64,
}

/// One user's history of actions, in the numbering of a vocabulary: what was imported and what was recorded since, by time.
/// Events on actions that the vocabulary lacks are left out.
fn history_of(shelf: &ActionShelf<'_>, user: &str, ids: &Vocabulary) -> OwnHistory {
    let log = &shelf.actions.log;
    let own = log.users.index(user).map(|user| log.history(user)).unwrap_or_default();
    let imported =
        (0..own.len()).map(|at| (own.timestamps[at], log.items.id(own.items[at]), own.event_types[at]));
    let since = shelf.live.of(user).iter().filter(|event| !event.is_imported).filter_map(recorded);
    let mut all: Vec<(i64, u32, u16)> = imported
        .chain(since)
        .filter_map(|(time, action, event)| Some((time, ids.index(action)?, event)))
        .collect();
    all.sort_by_key(|(time, ..)| *time);
    OwnHistory {
        items: all.iter().map(|(_, action, _)| *action).collect(),
        timestamps: all.iter().map(|(time, ..)| *time).collect(),
        event_types: all.iter().map(|(.., event)| *event).collect(),
        ..OwnHistory::default()
    }
}

/// An event's time, action and kind.
fn recorded(event: &LiveEvent) -> Option<(i64, &str, u16)> {
    let kind = ActionEvent::parse(&event.event_type)?;
    Some((event.sent_at, event.item.as_deref()?, kind.index()))
}

impl<'a> Campaign<'a> {
    /// Answers one request for actions.
    pub(super) fn recommend_actions(
        &self,
        request: &RecommendRequest,
        shelf: &ActionShelf<'a>,
    ) -> Result<RecommendResponse, RequestError> {
        let began = Instant::now();
        let results = request.results(self.descriptor)?;
        let asked = self.asked(request)?;
        let user = request.user_id.as_deref().unwrap_or_default();
        let newest = self.newest_of(user, shelf);
        let actions = shelf.actions;
        let known = self.model.actions().unwrap_or_else(|| actions.ids());
        let of_model = history_of(shelf, user, known);
        let query = Query { actions: of_model.history(), now: Some(newest), ..asked.query() };
        let scores = self.action_scores(&query, known, actions.ids());
        let own = history_of(shelf, user, actions.ids());
        let open = open(&asked, actions, &own.history(), newest);
        let mut chosen = actions.best(&scores, &open, results);
        explore(actions, &scores, &open, results, &mut chosen);
        let explained = |action: u32| {
            let index = known.index(actions.ids().id(action));
            let explanation = index.and_then(|index| self.model.explain(&query, &[index]).pop());
            ItemExplanation::named(explanation, Parts::default(), self.interactions)
        };
        let list = chosen.into_iter().map(|action| PredictedAction {
            action_id: actions.ids().id(action).to_owned(),
            score: scores[action as usize],
            explanation: request.explain.then(|| explained(action)),
        });
        Ok(RecommendResponse {
            recommendations: Recommendations::ActionList(list.collect()),
            recommendation_id: recommendation_id(),
            origin: Origin::Model,
            latency: began.elapsed(),
        })
    }

    /// The moment of a request: that of the newest interaction imported, or recorded of this user. What others do since changes
    /// nothing for them.
    fn newest_of(&self, user: &str, shelf: &ActionShelf<'_>) -> i64 {
        let with_items = self.live.map(|live| live.events.of(user)).unwrap_or_default();
        let own = with_items.iter().chain(shelf.live.of(user)).map(|event| event.sent_at);
        own.fold(shelf.newest, i64::max)
    }

    /// The probability of each action as they are now; those the model does not know have none.
    fn action_scores(&self, query: &Query<'_>, known: &Vocabulary, now: &Vocabulary) -> Vec<f32> {
        let mut scores = vec![0.0; self.model.n_items()];
        self.model.score(&[*query], &mut scores);
        let of = |id: &str| known.index(id).and_then(|index| scores.get(index as usize).copied());
        now.iter().map(|id| of(id).unwrap_or(0.0)).collect()
    }
}

/// The actions that a user may be asked now, of those that the filter keeps.
fn open(asked: &Asked<'_>, actions: &Actions, history: &History<'_>, newest: i64) -> Bits {
    let clock = now();
    let mut open = actions.open(history, newest);
    let mut ended = Bits::none(actions.n_actions());
    for (action, rules) in (0..).zip(&actions.rules) {
        if rules.expires.is_some_and(|end| end <= clock) {
            ended.insert(action);
        }
    }
    open.take_out(&ended);
    let mut allowed = Bits::default();
    if asked.allowed(&mut allowed) {
        open.keep_common(&allowed);
    }
    open
}

/// Gives the last place of a list that is full of known actions to one of which too little is known.
fn explore(actions: &Actions, scores: &[f32], open: &Bits, results: usize, chosen: &mut [u32]) {
    let is_full = chosen.len() == results && results >= EXPLORES_FROM;
    let is_known = |action: u32| scores[action as usize] > 0.0;
    if !is_full || !chosen.iter().all(|&action| is_known(action)) {
        return;
    }
    let mut shown = vec![0_u32; actions.n_actions()];
    actions.log.item.iter().for_each(|&action| shown[action as usize] += 1);
    let worth = |action: u32| std::cmp::Reverse(actions.rules[action as usize].value);
    let least = open.iter().filter(|&action| !is_known(action));
    let least = least.min_by_key(|&action| (shown[action as usize], worth(action), action));
    if let (Some(least), Some(last)) = (least, chosen.last_mut()) {
        *last = least;
    }
}
