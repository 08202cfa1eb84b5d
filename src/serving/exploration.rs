//! Exploration: new items that few had come into lists, so that something is learnt about them.
//!
//! `score' = score + w · spread · (β / (1 + interactions + impressions) + σ · ε)` for items of no more than the cut-off's
//! age; other items keep their scores. `spread` is what lies between the middle of a list of all items and its place 25,
//! or the quarter of a list of fewer than a hundred: a new item in the middle, explored with all weight, comes ahead of
//! that place. ε is normal and depends on who asks and how much they have done, so that the same request has the same
//! answer. β = 1.5 and σ = 0.5. The bonus orders the list;
//! the score that is told stays how probable the item is by the model.
//!
//! Recipes of the second generation explore otherwise: about one place in a thousand goes to a new item, whatever it scores.
//!
//! After what Amazon says of User-Personalization: eligible by age, a bonus that shrinks with the counts, a little noise.
//! The constants are ours.

use crate::domain::exploration::Exploration;
use crate::nn::random::Random;
use crate::recipes::{Artifact, ArtifactError, Explanation, Model, Origin, Query};
use std::collections::HashMap;

const BONUS: f32 = 1.5;
const NOISE: f32 = 0.5;
/// The place whose distance from the middle is the unit of the bonus, and the share of a list that it is at most.
const PLACE: usize = 25;
const SHARE: usize = 4;
/// What places are drawn from, beside items.
const TAKEN: u64 = 1 << 40;
const SECS_A_DAY: f64 = 86_400.0;

/// How new and how known the items of a catalogue are.
#[derive(Debug, Clone, PartialEq)]
pub struct Novelty {
    /// Days from an item's creation to the newest interaction, `[n_items]`.
    age: Vec<f64>,
    /// Interactions and impressions, `[n_items]`.
    shown: Vec<u32>,
}

impl Novelty {
    /// From creation times and the newest interaction's, epoch seconds, and the counts of both kinds.
    pub fn new(created: &[i64], newest: i64, interactions: &[u32], impressions: &[u32]) -> Self {
        let age = created.iter().map(|&created| (newest - created) as f64 / SECS_A_DAY).collect();
        let shown = interactions.iter().zip(impressions);
        Self { age, shown: shown.map(|(had, shown)| had.saturating_add(*shown)).collect() }
    }
}

impl Novelty {
    /// The items of so many days at most, ascending.
    fn new_items(&self, cut_off: f64) -> impl Iterator<Item = u32> {
        (0..).zip(&self.age).filter(move |(_, age)| **age <= cut_off).map(|(item, _)| item)
    }

    /// Turns the scores of the catalogue into those that a list which explores by a bonus is made by. `asked` is a number of
    /// the request's own, `since` are interactions and impressions that came later, by item.
    pub(super) fn explore(
        &self,
        exploration: Exploration,
        asked: u64,
        since: &HashMap<u32, u32>,
        row: &mut [f32],
    ) {
        let Exploration::Bonus { weight, item_age_cut_off } = exploration else { return };
        let Some((middle, place, lowest)) = landmarks(row) else { return };
        let unit = weight * (place - middle);
        for item in self.new_items(item_age_cut_off) {
            let (item, shown) = (item as usize, self.shown[item as usize]);
            let score = &mut row[item];
            // Of an item the model can't tell anything about, nothing speaks for it yet.
            let known = if *score == f32::NEG_INFINITY { lowest } else { *score };
            let luck = Random::new(asked, item as u64).normal();
            let shown = shown.saturating_add(since.get(&(item as u32)).copied().unwrap_or_default());
            *score = known + unit * (BONUS / (1.0 + shown as f32) + NOISE * luck);
        }
    }

    /// Gives places of a finished list to new items that `may` be in it and are not, where some are explored so; each place
    /// has the same chance, each item, too. Returns those that came in.
    pub(super) fn take_places(
        &self,
        exploration: Exploration,
        asked: u64,
        list: &mut [u32],
        may: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let mut explored = Vec::new();
        let Exploration::Places { share, item_age_cut_off } = exploration else { return explored };
        let mut random = Random::new(asked, TAKEN);
        let taken: Vec<usize> = (0..list.len()).filter(|_| random.uniform_f64() < share).collect();
        if taken.is_empty() {
            return explored;
        }
        let others = self.new_items(item_age_cut_off).filter(|item| may(*item) && !list.contains(item));
        let mut others: Vec<u32> = others.collect();
        for place in taken.into_iter().take(others.len()) {
            list[place] = others.swap_remove(random.below(others.len() as u32) as usize);
            explored.push(list[place]);
        }
        explored
    }
}

/// A model whose lists explore as a campaign's do: for asking it what a campaign would answer.
pub struct Explored<'a> {
    pub model: &'a dyn Model,
    pub novelty: &'a Novelty,
    pub exploration: Exploration,
}

impl Model for Explored<'_> {
    fn n_items(&self) -> usize {
        self.model.n_items()
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let origins = self.model.score(queries, scores);
        for (query, row) in queries.iter().zip(scores.chunks_exact_mut(self.n_items().max(1))) {
            let asked = u64::from(query.user.unwrap_or(u32::MAX)) << 32 | query.history.len() as u64;
            self.novelty.explore(self.exploration, asked, &HashMap::new(), row);
        }
        origins
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        self.model.explain(query, items)
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        self.model.save()
    }
}

/// The middle of the scores, the one at place 25 or the quarter, and the lowest. None where no item may be returned.
fn landmarks(row: &[f32]) -> Option<(f32, f32, f32)> {
    let mut scores: Vec<f32> = row.iter().copied().filter(|score| score.is_finite()).collect();
    let n = scores.len();
    if n == 0 {
        return None;
    }
    let place = PLACE.min(n.div_ceil(SHARE));
    let place = *scores.select_nth_unstable_by(place - 1, |a, b| b.total_cmp(a)).1;
    let middle = *scores.select_nth_unstable_by(n / 2, |a, b| b.total_cmp(a)).1;
    Some((middle, place, scores.iter().copied().fold(f32::INFINITY, f32::min)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 200;

    fn rows(weight: f32, novelty: &Novelty, cut_off: f64) -> [Vec<f32>; 3] {
        let exploration = Exploration::Bonus { weight, item_age_cut_off: cut_off };
        [3, 3, 4].map(|asked| {
            let mut row: Vec<f32> = (0..N).map(|item| 200.0 - item as f32).collect();
            novelty.explore(exploration, asked, &HashMap::new(), &mut row);
            row
        })
    }

    /// Item 0 is one day old, item 199 two hundred.
    fn novelty(shown: u32) -> Novelty {
        let created: Vec<i64> = (0..N as i64).map(|item| (N as i64 - item - 1) * 86_400).collect();
        Novelty::new(&created, N as i64 * 86_400, &[shown; N], &[0; N])
    }

    /// The unit is 76 points: place 25 scores 176 and the middle 100. Only items of 30 days or less move.
    #[test]
    fn new_items_alone_get_a_bonus_that_shrinks_with_their_counts() {
        let mut means = Vec::new();
        for shown in [0, 4] {
            let rows = rows(0.5, &novelty(shown), 30.0);
            assert_eq!(rows[0], rows[1], "the same request has the same answer");
            assert_ne!(rows[0], rows[2]);
            for (item, &score) in rows[0].iter().enumerate() {
                assert_eq!(score != 200.0 - item as f32, item < 30, "item {item}");
            }
            let bonuses = rows.iter().flat_map(|row| (0..30).map(|item| row[item] - (200.0 - item as f32)));
            means.push(bonuses.sum::<f32>() / 90.0);
        }
        // 0.5 · 76 · 1.5 / (1 + shown), and noise of 0.5 · 76 · 0.5 in the single, a ninth of it in the mean.
        assert!((means[0] - 57.0).abs() < 8.0 && (means[1] - 11.4).abs() < 8.0, "{means:?}");
    }

    /// A thousandth of all places, at random, goes to items of 30 days or less, none of them twice and none that may not;
    /// the same request has the same list.
    #[test]
    fn a_share_of_places_goes_to_new_items() {
        let exploration = Exploration::Places { share: 0.001, item_age_cut_off: 30.0 };
        let list = |asked: u64, exploration| {
            let mut list: Vec<u32> = (150..175).collect();
            let explored = novelty(0).take_places(exploration, asked, &mut list, |item| item % 2 == 0);
            (list, explored)
        };
        let all: Vec<u32> = (0..20_000).flat_map(|asked| list(asked, exploration).1).collect();
        // 500 of 500,000 places, give or take three deviations of 22.
        assert!((433..567).contains(&all.len()), "{}", all.len());
        assert!((0..30).step_by(2).all(|item| all.contains(&item)) && all.iter().all(|item| item % 2 == 0));
        assert!(all.iter().all(|&item| item < 30));
        let often = Exploration::Places { share: 0.9, item_age_cut_off: 30.0 };
        let (full, explored) = list(7, often);
        assert_eq!(explored.len(), 15, "as many as there are");
        assert_eq!(full.iter().filter(|item| explored.contains(item)).count(), 15);
        assert_eq!(list(7, often), (full, explored));
    }

    #[test]
    fn an_item_nothing_is_known_of_can_be_explored() {
        let mut row: Vec<f32> = (0..N).map(|item| 200.0 - item as f32).collect();
        row[7] = f32::NEG_INFINITY;
        let exploration = Exploration::Bonus { weight: 1.0, item_age_cut_off: 30.0 };
        novelty(0).explore(exploration, 1, &HashMap::new(), &mut row);
        assert!(row[7].is_finite());
    }

    /// In lists of any length a new item is helped, the more the higher the weight, and never held back: how often it is
    /// among the first quarter does not fall.
    #[test]
    fn a_new_item_is_helped_in_short_lists_too() {
        for n in [2, 3, 4, 10, 24, 48, 49, 50, 120] {
            let mut created = vec![-200 * 86_400; n];
            created[n - 1] = 0;
            let novelty = Novelty::new(&created, 0, &vec![9; n], &vec![0; n]);
            let novelty =
                Novelty { shown: (0..n).map(|item| if item == n - 1 { 0 } else { 9 }).collect(), ..novelty };
            let mut before = 0.0;
            for weight in [0.0, 0.25, 0.5, 1.0] {
                let exploration = Exploration::Bonus { weight, item_age_cut_off: 30.0 };
                let gained = (0..200).map(|asked| {
                    let mut row: Vec<f32> = (0..n).map(|item| (n - item) as f32).collect();
                    novelty.explore(exploration, asked, &HashMap::new(), &mut row);
                    row[n - 1] - 1.0
                });
                let mean = gained.sum::<f32>() / 200.0;
                assert!(mean > before || weight == 0.0, "{n} items, weight {weight}: {mean}");
                before = mean;
            }
        }
    }
}
