//! What put an item into an answer besides what the model itself says: how popular it is, what was explored or promoted,
//! and what a filter took away above it. Only made where it is asked for.

use super::answer::{Answer, Place, Standing};
use super::campaign::{Asked, Campaign};
use super::response::ItemExplanation;
use crate::domain::count_words;
use crate::jobs::JobContext;
use crate::recipes::ranking::each_row;
use crate::recipes::{Explanation, Origin, Probabilities, Query};
use serde::Serialize;
use std::collections::HashMap;

/// Items named that a filter took away.
const NAMED: usize = 3;

/// How popular an item is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PopularityPart {
    /// How often it was had.
    pub interactions: u32,
    /// Its place among all items by that, from 1.
    pub rank: usize,
    /// What the model gives it for someone who has done nothing, as a share of what it gives it here, 1 at most; none where
    /// the answer does not depend on what somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f32>,
}

/// What exploration did for an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplorationPart {
    /// Its place by the model's own scores, from 1.
    pub rank_without: usize,
}

/// What a filter took away above an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovedPart {
    pub count: usize,
    /// The first of them, the best first.
    pub first: Vec<String>,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popularity: Option<PopularityPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploration: Option<ExplorationPart>,
    /// The promotion that put it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_above: Option<RemovedPart>,
}

impl Parts {
    /// Each part in a sentence; `name` gives an item's label.
    pub fn words(&self, name: impl Fn(&str) -> String) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(promotion) = &self.promotion {
            words.push(format!("Promoted by {promotion}: its place is random"));
        }
        if let Some(exploration) = &self.exploration {
            let rank = count_words(exploration.rank_without as u64);
            words
                .push(format!("Explored because it is new and little known: without, it would be at {rank}"));
        }
        if let Some(popularity) = &self.popularity {
            let times = match popularity.interactions {
                1 => "once".to_owned(),
                count => format!("{} times", count_words(u64::from(count))),
            };
            let rank = count_words(popularity.rank as u64);
            let share = popularity
                .share
                .map(|share| format!(": {:.0} % of its score it has for everyone", f64::from(share) * 100.0));
            words.push(format!("Had {times}, number {rank} in popularity{}", share.unwrap_or_default()));
        }
        if let Some(removed) = &self.removed_above {
            let first: Vec<String> = removed.first.iter().map(|id| name(id)).collect();
            let more = removed.count - first.len();
            let more =
                if more > 0 { format!(" and {} more", count_words(more as u64)) } else { String::new() };
            words.push(format!("The filter left out above it: {}{more}", first.join(", ")));
        }
        words
    }
}

/// What a list was made of, kept where explanations are asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Trail {
    /// What the filter took away, the best first, down to the worst of the list.
    pub removed: Vec<(u32, f32)>,
    /// What the list was ordered by, of the items in it that were not promoted.
    pub orders: Vec<(u32, f32)>,
    /// The place without exploration of those explored.
    pub without: Vec<(u32, usize)>,
}

impl Trail {
    /// Of the items of a list: `row` is what it is ordered by, `kept` what the filter keeps, `told` the model's own scores.
    pub fn new(
        items: &[u32],
        explored: &[u32],
        (row, told): (&[f32], Option<&[f32]>),
        kept: Option<&crate::data::Bits>,
    ) -> Self {
        let orders: Vec<(u32, f32)> = items.iter().map(|&item| (item, row[item as usize])).collect();
        let worst = orders.last().map_or(f32::INFINITY, |(_, score)| *score);
        let is_kept = |item: u32| kept.is_none_or(|kept| kept.contains(item));
        let mut removed: Vec<(u32, f32)> = Vec::new();
        if kept.is_some() {
            let scored = (0..).zip(row.iter().copied());
            removed.extend(scored.filter(|&(item, score)| score >= worst && !is_kept(item)));
            removed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        }
        let place = |item: u32| {
            let told = told.unwrap_or(row);
            let own = told[item as usize];
            1 + (0..).zip(told).filter(|&(other, &score)| score > own && is_kept(other)).count()
        };
        Self { removed, orders, without: explored.iter().map(|&item| (item, place(item))).collect() }
    }
}

/// What the items of an answer are explained from.
pub(super) struct Grounds {
    /// What the model says of those that it knows.
    explained: HashMap<u32, Explanation>,
    base: Option<(Vec<f32>, Probabilities)>,
}

impl Campaign<'_> {
    pub(super) fn grounds(&self, asked: &Asked<'_>, answer: &Answer<'_>) -> Grounds {
        let known = answer.places.iter().filter(|place| matches!(place, Place::Known { .. }));
        let items: Vec<u32> = known.filter_map(Place::item).collect();
        let explained = self.model.explain(&asked.query(), &items);
        Grounds {
            explained: items.into_iter().zip(explained).collect(),
            base: self.base(asked, answer.origin),
        }
    }

    /// What put an item into an answer.
    pub(super) fn explanation(
        &self,
        place: &Place<'_>,
        trail: Option<&Trail>,
        grounds: &Grounds,
        promotion: Option<&str>,
    ) -> ItemExplanation {
        let explained = place.item().and_then(|item| grounds.explained.get(&item).cloned());
        let parts = self.parts(place, trail, grounds.base.as_ref(), promotion);
        ItemExplanation::named(explained, parts, self.interactions)
    }

    /// The probabilities of someone who has done nothing, and their row: what popularity alone comes to. None where an answer
    /// does not depend on what somebody did.
    fn base(&self, asked: &Asked<'_>, origin: Origin) -> Option<(Vec<f32>, Probabilities)> {
        let query = asked.query();
        if !self.descriptor.takes_events || origin == Origin::Popular || query.history.is_empty() {
            return None;
        }
        let nobody = Query { user: None, newcomer: None, history: crate::data::History::default(), ..query };
        let rows = each_row(self.model, &[nobody], &JobContext::default(), |_, row, origin, _| {
            (row.to_vec(), Probabilities::over(row, self.model.likelihood(), origin))
        });
        rows.ok()?.pop()
    }

    /// The parts of an item of an answer.
    fn parts(
        &self,
        place: &Place<'_>,
        trail: Option<&Trail>,
        base: Option<&(Vec<f32>, Probabilities)>,
        promotion: Option<&str>,
    ) -> Parts {
        let Some(item) = place.item() else { return Parts::default() };
        let had = self.had.get(item as usize).copied();
        let probability = match *place {
            Place::Known { probability, .. } => Some(probability).filter(|probability| *probability > 0.0),
            Place::Unscored { .. } | Place::Unknown(_) => None,
        };
        let share = base.zip(probability).map(|((row, of_nobody), probability)| {
            (of_nobody.of(row[item as usize]) / probability).clamp(0.0, 1.0)
        });
        let popularity = had.map(|had| PopularityPart {
            interactions: had,
            rank: 1 + self.had.iter().filter(|&&other| other > had).count(),
            share,
        });
        let without = trail.and_then(|trail| trail.without.iter().find(|(known, _)| *known == item));
        let order = trail.and_then(|trail| trail.orders.iter().find(|(known, _)| *known == item));
        let removed = trail.zip(order).map(|(trail, &(_, order))| {
            let above = |&(other, score): &(u32, f32)| score > order || (score == order && other < item);
            let count = trail.removed.partition_point(above);
            let first = trail.removed[..count].iter().take(NAMED);
            RemovedPart {
                count,
                first: first.map(|(item, _)| self.interactions.items.id(*item).to_owned()).collect(),
            }
        });
        Parts {
            popularity,
            exploration: without
                .filter(|_| place.standing() == Standing::Explored)
                .map(|&(_, rank_without)| ExplorationPart { rank_without }),
            promotion: promotion.map(str::to_owned),
            removed_above: removed.filter(|removed| removed.count > 0),
        }
    }
}
