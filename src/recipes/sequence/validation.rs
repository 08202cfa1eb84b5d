//! How well a network being trained continues histories it was not trained with the ends of: the newest tenth of the
//! events of a fifth of the users, ten of each at most, each to be named from what came before it, all items ranked.
//!
//! The users are taken from those trained on; test users are never looked at.

use super::train::hash_user;
use crate::data::Interactions;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::nn::vector::{add_scaled, vectorised};
use crate::recipes::blend::Scale;
use crate::recipes::likelihood::Temperature;
use crate::recipes::proportions::mean;
use crate::recipes::ranking::{RankOptions, rank};
use crate::recipes::{Model, Origin, Query};
use rayon::prelude::*;

/// One user in so many is validated with.
const ONE_IN: u64 = 5;
/// Share of their events held back.
const SHARE: f64 = 0.1;
/// Events of a user held back at most: a few people with long histories must not speak for all.
const EACH: usize = 10;
/// Positions of a list that count.
const POSITIONS: usize = 10;
/// Questions asked at most.
const QUESTIONS: usize = 2_000;
/// Questions one task asks together.
const TOGETHER: usize = 32;

/// Bytes of scores that all threads hold while they judge mixtures of so many models.
pub fn of_mixtures(items: usize, models: usize) -> u64 {
    (size_of::<f32>() * TOGETHER * items * models * rayon::current_num_threads()) as u64
}

/// Questions whose answers are known.
#[derive(Debug, Clone)]
pub struct Validation {
    /// Events of each user to train on, from the first, `[n_users]`.
    pub trained: Vec<usize>,
    /// Users and the place of the event to name.
    questions: Vec<(u32, usize)>,
    /// Whether people come back to items: then lists may hold what they had.
    repeats: bool,
}

impl Validation {
    /// Chooses users by a hash of seed and id, so that others coming or going changes nothing for the rest.
    pub fn new(interactions: &Interactions, seed: u64) -> Self {
        let mut trained: Vec<usize> = interactions.offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut questions = Vec::new();
        let (mut again, mut all) = (0_usize, 0_usize);
        for user in 0..interactions.n_users() as u32 {
            let events = interactions.rows(user).len();
            if events < 3
                || !hash_user(seed, interactions.users.id(user)).is_multiple_of(ONE_IN)
                || questions.len() >= QUESTIONS
            {
                continue;
            }
            let held = ((events as f64 * SHARE).round() as usize).clamp(1, EACH);
            trained[user as usize] = events - held;
            let items = interactions.history(user).items;
            for at in events - held..events {
                questions.push((user, at));
                all += 1;
                again += usize::from(items[..at].contains(&items[at]));
            }
        }
        questions.truncate(QUESTIONS);
        Self { trained, questions, repeats: again * 20 > all }
    }

    /// Questions asked.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// Whether people are known to hardly ever come back to an item.
    pub fn once_only(&self) -> bool {
        !self.is_empty() && !self.repeats
    }

    /// The mean over the questions of `1 / log2(1 + rank)`, the NDCG of one relevant item, within the first ten.
    pub fn score(
        &self,
        model: &dyn Model,
        interactions: &Interactions,
        job: &JobContext,
    ) -> Result<f32, Cancelled> {
        let queries: Vec<Query<'_>> = self.queries(interactions).collect();
        job.stage("Validating", Unit::Events, queries.len() as u64);
        let options = RankOptions { k: POSITIONS, exclude_seen: !self.repeats, allowed: None };
        let lists = rank(model, &queries, options, job)?;
        let gained = |list: &[u32], &(user, at): &(u32, usize)| {
            let item = interactions.history(user).items[at];
            list.iter().position(|&found| found == item).map_or(0.0, gain)
        };
        let gains = lists.iter().zip(&self.questions).map(|(list, question)| gained(&list.items, question));
        Ok(mean(&gains.collect::<Vec<f32>>()))
    }

    /// The same of every mixture of models, whose shares are added up in each of the proportions, by question:
    /// `[mixtures][questions]`.
    pub fn gains_of_mixtures(
        &self,
        parts: &[(&dyn Model, Scale)],
        mixtures: &[Vec<f32>],
        interactions: &Interactions,
        job: &JobContext,
    ) -> Result<Vec<Vec<f32>>, Cancelled> {
        let queries: Vec<Query<'_>> = self.queries(interactions).collect();
        let n_items = interactions.n_items();
        let gains = queries.par_chunks(TOGETHER).zip(self.questions.par_chunks(TOGETHER)).map(
            |(queries, questions)| {
                let mut shares = Vec::with_capacity(parts.len());
                for (model, scale) in parts {
                    job.check()?;
                    let mut rows = vec![0.0; queries.len() * n_items];
                    let origins = model.score(queries, &mut rows);
                    for (row, origin) in rows.chunks_exact_mut(n_items).zip(origins) {
                        scale.shares_of(row, origin, &[]);
                    }
                    shares.push(rows);
                }
                let mut mixed = vec![0.0; n_items];
                let mut gains = Vec::with_capacity(queries.len() * mixtures.len());
                for (at, (query, &(user, event))) in queries.iter().zip(questions).enumerate() {
                    let target = interactions.history(user).items[event];
                    let span = at * n_items..(at + 1) * n_items;
                    if !self.repeats {
                        // Behind what nothing speaks for.
                        for &had in query.history.items.iter().filter(|&&had| had != target) {
                            for shares in &mut shares {
                                shares[span.start + had as usize] = -1.0;
                            }
                        }
                    }
                    let shares: Vec<&[f32]> = shares.iter().map(|shares| &shares[span.clone()]).collect();
                    for mixture in mixtures {
                        gains.push(gain(place(&shares, mixture, target as usize, &mut mixed)));
                    }
                }
                job.advance(queries.len() as u64);
                Ok(gains)
            },
        );
        let gains: Vec<Vec<f32>> = gains.collect::<Result<_, Cancelled>>()?;
        let of = |mixture: usize| {
            gains.iter().flat_map(move |gains| gains.iter().skip(mixture).step_by(mixtures.len())).copied()
        };
        Ok((0..mixtures.len()).map(|mixture| of(mixture).collect()).collect())
    }

    /// The temperature that makes what was held back most probable under a model's scores; none where nothing is.
    pub fn temperature(
        &self,
        model: &dyn Model,
        interactions: &Interactions,
        job: &JobContext,
    ) -> Result<Option<f32>, Cancelled> {
        let queries: Vec<Query<'_>> = self.queries(interactions).collect();
        job.stage("Fitting the temperature of scores", Unit::Events, queries.len() as u64);
        let learnt = queries.par_chunks(TOGETHER).zip(self.questions.par_chunks(TOGETHER)).map(
            |(queries, questions)| {
                job.check()?;
                let mut rows = vec![0.0; queries.len() * model.n_items()];
                let origins = model.score(queries, &mut rows);
                let mut learnt = Temperature::default();
                let rows = rows.chunks_exact(model.n_items()).zip(origins).zip(questions);
                for ((row, _), &(user, at)) in rows.filter(|((_, origin), _)| *origin == Origin::Model) {
                    learnt.learn(row, interactions.history(user).items[at]);
                }
                job.advance(queries.len() as u64);
                Ok(learnt)
            },
        );
        let learnt: Vec<Temperature> = learnt.collect::<Result<_, Cancelled>>()?;
        Ok(learnt.iter().fold(Temperature::default(), Temperature::and).fitted())
    }

    fn queries<'a>(&'a self, interactions: &'a Interactions) -> impl Iterator<Item = Query<'a>> {
        self.questions.iter().map(|&(user, at)| Query {
            user: Some(user),
            history: interactions.history(user).slice(0..at),
            ..Query::default()
        })
    }

    /// The interactions without what is held back.
    pub fn training(&self, interactions: &Interactions) -> Interactions {
        let mut keep = vec![true; interactions.len()];
        for (user, &events) in self.trained.iter().enumerate() {
            let rows = interactions.rows(user as u32);
            keep[rows.start + events..rows.end].fill(false);
        }
        interactions.filtered(|row| keep[row])
    }
}

/// What an item is worth at a place of a list, from zero.
fn gain(place: usize) -> f32 {
    if place < POSITIONS { 1.0 / (place as f32 + 2.0).log2() } else { 0.0 }
}

vectorised! {
    /// The place of an item in the list of a mixture of shares, `[parts][items]`, the first of equals first; `mixed` is
    /// room for the list's scores.
    fn place<'a>(shares: &'a [&'a [f32]], mixture: &'a [f32], target: usize, mixed: &'a mut [f32]) -> usize {
        mixed.fill(0.0);
        for part in 0..shares.len() {
            if mixture[part] > 0.0 {
                add_scaled(mixed, mixture[part], shares[part]);
            }
        }
        let own = mixed[target];
        let before = |scores: &[f32]| scores.iter().map(|&score| u32::from(score >= own)).sum::<u32>();
        let after = |scores: &[f32]| scores.iter().map(|&score| u32::from(score > own)).sum::<u32>();
        (before(&mixed[..target]) + after(&mixed[target + 1..])) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vocabulary;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    /// Users with so many events each, none of an item twice, or all of one item.
    fn validation(lengths: &[usize], repeats: bool) -> Validation {
        let names = |n: usize| Arc::new(Vocabulary::new((0..n).map(|at| format!("{at:04}"))));
        let item = |at: usize| if repeats { 0 } else { at as u32 };
        let events = lengths.iter().enumerate().flat_map(|(user, &n)| (0..n).map(move |at| (user, at)));
        let rows: Vec<(u32, u32, i64, u16, f32)> =
            events.map(|(user, at)| (user as u32, item(at), at as i64, 0, f32::NAN)).collect();
        let interactions = Interactions::from_rows(names(lengths.len()), names(1_000), Arc::default(), &rows);
        Validation::new(&interactions, 1)
    }

    /// Half the users have thirty events, half a thousand: three of the first and ten of the second are held back, from
    /// about a fifth of either.
    #[test]
    fn nobody_speaks_for_all() {
        let lengths: Vec<usize> = (0..400).map(|user| if user % 2 == 0 { 30 } else { 1_000 }).collect();
        let validation = validation(&lengths, false);
        let mut asked: BTreeMap<u32, usize> = BTreeMap::new();
        for &(user, _) in &validation.questions {
            *asked.entry(user).or_default() += 1;
        }
        assert!((55..=105).contains(&asked.len()), "{} of 400 users", asked.len());
        for (user, &events) in lengths.iter().enumerate() {
            let held = asked.get(&(user as u32)).copied().unwrap_or(0);
            assert!(held == 0 || held == if user % 2 == 0 { 3 } else { 10 }, "user {user}: {held}");
            assert_eq!(validation.trained[user], events - held);
        }
    }

    /// Whole first part and half of the second: 0.5, 0.5, 1, −1. Of items alike the first stands first, and what is behind
    /// nothing is last.
    #[test]
    fn places_in_a_mixture_by_hand() {
        let shares: [&[f32]; 3] = [&[0.5, 0.0, 1.0, -1.0], &[0.0, 1.0, 0.0, 0.0], &[9.0, 9.0, 0.0, 9.0]];
        let places = [0, 1, 2, 3].map(|item| place(&shares, &[1.0, 0.5, 0.0], item, &mut [0.0; 4]));
        assert_eq!(places, [1, 2, 0, 3]);
        assert_eq!([0, 2, POSITIONS].map(gain), [1.0, 0.5, 0.0]);
    }

    #[test]
    fn it_is_known_whether_people_come_back() {
        let lengths = [30; 100];
        assert!(validation(&lengths, false).once_only());
        assert!(!validation(&lengths, true).once_only());
        assert!(!validation(&[2; 100], false).once_only(), "nobody was asked");
    }
}
