//! From what past items add to a score to what is shown for it.

use super::query::{Evidence, Explanation, Origin, Query};
use crate::data::OwnHistory;

/// Pieces of evidence shown at most.
const SHOWN: usize = 10;
/// Events tried at most.
const TRIED: usize = 30;

/// The past items that speak for an answer, strongest first. `contributions` are what each past item (each
/// once) adds to the score; shares are of the sum of what speaks for it. None where nothing does.
pub fn explain_by_items(
    mut contributions: Vec<(u32, f32)>,
    together: impl Fn(u32) -> Option<u32>,
) -> Option<Explanation> {
    contributions.retain(|(_, amount)| *amount > 0.0);
    let total: f32 = contributions.iter().map(|(_, amount)| amount).sum();
    contributions.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    contributions.truncate(SHOWN);
    let evidence: Vec<Evidence> = contributions
        .into_iter()
        .map(|(item, amount)| Evidence::Item { item, weight: amount / total, together: together(item) })
        .collect();
    (!evidence.is_empty()).then_some(Explanation { origin: Origin::Model, evidence })
}

/// What events add, by item: each item once, with the sum of what its events add.
pub fn by_item(events: impl Iterator<Item = (u32, f32)>) -> Vec<(u32, f32)> {
    let mut added: Vec<(u32, f32)> = events.collect();
    added.sort_by_key(|(item, _)| *item);
    added.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    added
}

/// What past items add to the scores of each of `n` items, by leaving out each of the newest events of a history: the
/// score with it less the score without it. `scores_of` returns those scores, `[queries, n]`.
pub fn by_leaving_out(
    query: &Query<'_>,
    n: usize,
    scores_of: impl Fn(&[Query<'_>]) -> Vec<f32>,
) -> Vec<Vec<(u32, f32)>> {
    let events = query.history.len();
    if events == 0 || n == 0 {
        return vec![Vec::new(); n];
    }
    let tried = events.saturating_sub(TRIED)..events;
    let without: Vec<OwnHistory> = tried.clone().map(|event| query.history.without(event)).collect();
    let mut queries = vec![*query];
    queries.extend(without.iter().map(|history| Query { history: history.history(), ..*query }));
    let scores = scores_of(&queries);
    let added = |item: usize| {
        let added =
            |(place, event)| (query.history.items[event], scores[item] - scores[(place + 1) * n + item]);
        by_item(tried.clone().enumerate().map(added))
    };
    (0..n).map(added).collect()
}
