//! From scores to lists: filtered, explored, promoted, filled up; or a given list put in order.

use super::answer::{Answer, Place, Standing};
use super::campaign::{Asked, Campaign};
use super::explain::Trail;
use super::exploration::Novelty;
use super::filter::Bound;
use super::promotion::{Promoted, interleave};
use crate::data::Bits;
use crate::domain::exploration::Exploration;
use crate::jobs::{Cancelled, JobContext};
use crate::recipes::ranking::{Hands, each_row, leave_out_others};
use crate::recipes::{Origin, Probabilities, Query};
use std::collections::HashMap;

impl Campaign<'_> {
    /// Answers questions in their order: all of them rankings, which keep their own length, or none, with
    /// lists of `results` items. The one function behind single requests and batch files. Advances `job` by
    /// one a question.
    pub(super) fn answer<'q>(
        &self,
        asked: &[Asked<'q>],
        results: usize,
        job: &JobContext,
    ) -> Result<Vec<Answer<'q>>, Cancelled> {
        let queries: Vec<Query<'_>> = asked.iter().map(Asked::query).collect();
        each_row(self.model, &queries, job, |at, row, origin, hands| match asked[at].list {
            Some(list) => self.in_order(list, &asked[at], row, origin),
            None => self.best(&asked[at], results, row, origin, hands),
        })
    }

    /// The best of the catalogue, seen or not, of what the filter keeps, and what is promoted among them. Probabilities are
    /// those among all items.
    fn best<'q>(
        &self,
        asked: &Asked<'_>,
        results: usize,
        row: &mut [f32],
        origin: Origin,
        hands: &mut Hands,
    ) -> Answer<'q> {
        let probabilities = Probabilities::over(row, self.model.likelihood(), origin);
        // What the model itself says, where the row comes to say something else.
        let bonus = self.exploration.filter(|(_, explored)| matches!(explored, Exploration::Bonus { .. }));
        let told = (bonus.is_some() || asked.promoted.is_some()).then(|| row.to_vec());
        if let Some((novelty, exploration)) = bonus {
            novelty.explore(exploration, asked.seed, &self.seen_since(), row);
        }
        let promoted = asked.promoted.as_ref().map(|promoted| promoted_items(promoted, row, results, hands));
        let promoted = promoted.unwrap_or_default();
        let is_filtered = asked.allowed(&mut hands.allowed);
        let ordered_by = (asked.explains && is_filtered).then(|| row.to_vec());
        if is_filtered {
            leave_out_others(row, &hands.allowed);
        }
        blank(row, &promoted);
        let rest = results - promoted.len();
        let (mut items, _) = hands.selection.top(row, rest);
        let explored: Vec<u32> = if let (Some(_), Some(told)) = (bonus, &told) {
            let mut fitting = told.clone();
            if is_filtered {
                leave_out_others(&mut fitting, &hands.allowed);
            }
            blank(&mut fitting, &promoted);
            let (fitting, _) = hands.selection.top(&fitting, rest);
            items.iter().copied().filter(|item| !fitting.contains(item)).collect()
        } else {
            let may = |item| !promoted.contains(&item) && (!is_filtered || hands.allowed.contains(item));
            let take = |(novelty, exploration): (&Novelty, Exploration)| {
                novelty.take_places(exploration, asked.seed, &mut items, may)
            };
            self.exploration.map(take).unwrap_or_default()
        };
        let trail = asked.explains.then(|| {
            let row = ordered_by.as_deref().unwrap_or(row);
            Trail::new(&items, &explored, (row, told.as_deref()), is_filtered.then_some(&hands.allowed))
        });
        let scores = told.as_deref().unwrap_or(row);
        let place = |item: u32, standing| match scores[item as usize] {
            score if score > f32::NEG_INFINITY || standing == Standing::Explored => {
                Place::Known { item, score, probability: probabilities.of(score), standing }
            }
            _ => Place::Unscored { item, standing },
        };
        let mut others: Vec<Place<'q>> = Vec::with_capacity(rest);
        others.extend(items.iter().map(|&item| {
            place(item, if explored.contains(&item) { Standing::Explored } else { Standing::Fits })
        }));
        if self.descriptor.second_generation && others.len() < rest {
            let mut taken = Bits::none(row.len());
            items.iter().chain(&promoted).for_each(|&item| taken.insert(item));
            let more = self.popular(is_filtered.then_some(&hands.allowed), &taken, rest - others.len());
            others.extend(more.into_iter().map(|item| Place::Unscored { item, standing: Standing::Popular }));
        }
        let promoted: Vec<Place<'q>> =
            promoted.into_iter().map(|item| place(item, Standing::Promoted)).collect();
        let places = if promoted.is_empty() { others } else { interleave(promoted, others, asked.seed) };
        Answer { places, origin, trail }
    }

    /// Items that were shown, had or passed over since the data were imported, and how often.
    fn seen_since(&self) -> HashMap<u32, u32> {
        let seen = self.live.into_iter().flat_map(|live| live.events.seen());
        seen.filter_map(|(item, count)| Some((self.interactions.items.index(item)?, count))).collect()
    }

    /// What fills up a list that is too short: of the items allowed that are not taken those had most, by id where they were
    /// had as often. What nobody had is not popular.
    fn popular(&self, allowed: Option<&Bits>, taken: &Bits, count: usize) -> Vec<u32> {
        let may = |item: u32| {
            let is_allowed = allowed.is_none_or(|allowed| allowed.contains(item));
            is_allowed && self.had[item as usize] > 0 && !taken.contains(item)
        };
        let mut items: Vec<u32> = (0..self.had.len() as u32).filter(|&item| may(item)).collect();
        items.sort_by_key(|&item| (std::cmp::Reverse(self.had[item as usize]), item));
        items.truncate(count);
        items
    }

    /// The items of a list by score, equal ones by id; those the model does not know last, as they stood.
    fn in_order<'q>(
        &self,
        list: &'q [String],
        asked: &Asked<'_>,
        scores: &[f32],
        origin: Origin,
    ) -> Answer<'q> {
        let mut known: Vec<(u32, f32)> = Vec::new();
        let mut unknown = Vec::new();
        let mut allowed = Bits::default();
        let is_filtered = asked.allowed(&mut allowed);
        let is_kept = |item: Option<u32>| match item {
            _ if !is_filtered => true,
            Some(item) => allowed.contains(item),
            None => asked.filters.iter().all(Bound::keeps_unknown),
        };
        for id in list {
            let item = self.interactions.items.index(id);
            if !is_kept(item) {
                continue;
            }
            match item.and_then(|item| Some((item, *scores.get(item as usize)?))) {
                Some((item, score)) if score > f32::NEG_INFINITY => known.push((item, score)),
                _ => unknown.push(Place::Unknown(id)),
            }
        }
        known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let scores: Vec<f32> = known.iter().map(|&(_, score)| score).collect();
        let probabilities = Probabilities::over(&scores, self.model.likelihood(), origin);
        let known = known.into_iter().map(|(item, score)| Place::Known {
            item,
            score,
            probability: probabilities.of(score),
            standing: Standing::Fits,
        });
        Answer { places: known.chain(unknown).collect(), origin, trail: None }
    }
}

/// The items that are promoted in a list of `results`: the best of those that may be, then those without a score, by id.
fn promoted_items(promoted: &Promoted<'_>, row: &[f32], results: usize, hands: &mut Hands) -> Vec<u32> {
    let Hands { selection, allowed } = hands;
    let mut own = row.to_vec();
    promoted.filter.allowed(allowed);
    leave_out_others(&mut own, allowed);
    let count = promoted.promotion.count(results);
    let (mut items, _) = selection.top(&own, count);
    let short = count - items.len();
    let unscored = allowed.iter().filter(|&item| own[item as usize] == f32::NEG_INFINITY);
    items.extend(unscored.take(short));
    items
}

fn blank(row: &mut [f32], items: &[u32]) {
    for &item in items {
        row[item as usize] = f32::NEG_INFINITY;
    }
}
