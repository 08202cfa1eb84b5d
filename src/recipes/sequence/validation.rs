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
use crate::recipes::{Model, Origin, Query, TrainingData};
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
    /// How much each question matters, one in the mean.
    weights: Vec<f32>,
    /// Whether people are known to hardly ever come back to an item: then lists hold nothing they had.
    once_only: bool,
}

impl Validation {
    /// Chooses users by a hash of seed and id, the lowest hashes first, so that others coming or going changes little for
    /// the rest. Nothing is held back where a training before decided what validation does.
    pub fn new(data: &TrainingData, seed: u64) -> Self {
        let interactions = &*data.interactions;
        let mut trained: Vec<usize> = interactions.offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut questions = Vec::new();
        let (mut again, mut all) = (0_usize, 0_usize);
        for user in Self::users(interactions, seed) {
            let events = trained[user as usize];
            let held = ((events as f64 * SHARE).round() as usize).clamp(1, EACH);
            trained[user as usize] = events - held;
            let items = interactions.history(user).items;
            for at in events - held..events {
                questions.push((user, at));
                all += 1;
                again += usize::from(items[..at].contains(&items[at]));
            }
            if questions.len() >= QUESTIONS {
                break;
            }
        }
        let once_only = all > 0 && again * 20 <= all;
        if data.tuned.is_some() {
            for &(user, _) in &questions {
                trained[user as usize] = interactions.rows(user).len();
            }
            questions.clear();
        }
        questions.sort_unstable();
        let weights = weights(data, &questions);
        Self { trained, questions, weights, once_only }
    }

    /// One user in so many of those with three events or more, in the order of their hashes.
    fn users(interactions: &Interactions, seed: u64) -> Vec<u32> {
        let users = (0..interactions.n_users() as u32).filter(|&user| interactions.rows(user).len() >= 3);
        let hashed = users.map(|user| (hash_user(seed, interactions.users.id(user)), user));
        let mut chosen: Vec<(u64, u32)> = hashed.filter(|(hash, _)| hash.is_multiple_of(ONE_IN)).collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|(_, user)| user).collect()
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
        self.once_only
    }

    /// The mean over the questions of `1 / log2(1 + rank)`, the NDCG of one relevant item, within the first ten, each by
    /// its weight; none where there is no question.
    pub fn score(
        &self,
        model: &dyn Model,
        interactions: &Interactions,
        job: &JobContext,
    ) -> Result<Option<f32>, Cancelled> {
        let queries: Vec<Query<'_>> = self.queries(interactions).collect();
        let options = RankOptions { k: POSITIONS, exclude_seen: self.once_only, allowed: None };
        let lists = rank(model, &queries, options, job)?;
        let gained = |list: &[u32], &(user, at): &(u32, usize)| {
            let item = interactions.history(user).items[at];
            list.iter().position(|&found| found == item).map_or(0.0, gain)
        };
        let gains = lists.iter().zip(&self.questions).map(|(list, question)| gained(&list.items, question));
        let gains: Vec<f32> = gains.zip(&self.weights).map(|(gain, weight)| gain * weight).collect();
        Ok((!self.is_empty()).then(|| mean(&gains)))
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
        let asked = self.questions.par_chunks(TOGETHER).zip(self.weights.par_chunks(TOGETHER));
        let gains = queries.par_chunks(TOGETHER).zip(asked).map(|(queries, (questions, weights))| {
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
                job.check()?;
                let target = interactions.history(user).items[event];
                let span = at * n_items..(at + 1) * n_items;
                if self.once_only {
                    // Behind what nothing speaks for.
                    for &had in query.history.items.iter().filter(|&&had| had != target) {
                        for shares in &mut shares {
                            shares[span.start + had as usize] = -1.0;
                        }
                    }
                }
                let shares: Vec<&[f32]> = shares.iter().map(|shares| &shares[span.clone()]).collect();
                for mixture in mixtures {
                    let place = place(&shares, mixture, target as usize, &mut mixed);
                    gains.push(weights[at] * gain(place));
                }
            }
            job.advance(queries.len() as u64);
            Ok(gains)
        });
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
}

/// How much each question matters: as its event does in training.
fn weights(data: &TrainingData, questions: &[(u32, usize)]) -> Vec<f32> {
    let Some(given) = &data.weights else { return vec![1.0; questions.len()] };
    let of = |&(user, at): &(u32, usize)| given[data.interactions.rows(user).start + at];
    let weights: Vec<f32> = questions.iter().map(of).collect();
    let mean = mean(&weights);
    if mean > 0.0 { weights.iter().map(|weight| weight / mean).collect() } else { vec![1.0; questions.len()] }
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
    use crate::recipes::Tuned;
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    /// Users with so many events each, none of an item twice, or all of one item.
    fn validation(lengths: &[usize], repeats: bool) -> Validation {
        let names = |n: usize| Arc::new(Vocabulary::new((0..n).map(|at| format!("{at:04}"))));
        let item = |at: usize| if repeats { 0 } else { at as u32 };
        let events = lengths.iter().enumerate().flat_map(|(user, &n)| (0..n).map(move |at| (user, at)));
        let rows: Vec<(u32, u32, i64, u16, f32)> =
            events.map(|(user, at)| (user as u32, item(at), at as i64, 0, f32::NAN)).collect();
        let interactions = Interactions::from_rows(names(lengths.len()), names(1_000), Arc::default(), &rows);
        Validation::new(&TrainingData::of(interactions), 1)
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

    /// Of twenty thousand users with twenty events a fifth are too many to ask: those asked are of all places of the
    /// catalogue of ids, with all that is held back of them, and the others are trained on whole.
    #[test]
    fn a_limited_number_is_asked_whatever_their_ids() {
        let validation = validation(&vec![20; 20_000], true);
        assert_eq!(validation.len(), QUESTIONS);
        let users: BTreeSet<u32> = validation.questions.iter().map(|question| question.0).collect();
        assert_eq!(validation.trained.iter().filter(|&&events| events == 18).count(), users.len());
        for quarter in 0..4 {
            let of_quarter = users.iter().filter(|&&user| user / 5_000 == quarter).count();
            assert!((190..310).contains(&of_quarter), "{of_quarter} of a thousand");
        }
    }

    /// Questions weigh what their events do in training, one in the mean; where all weigh nothing they are alike. A
    /// training that was decided before holds nothing back.
    #[test]
    fn questions_weigh_what_their_events_do() {
        let rows: Vec<(u32, u32, i64, u16, f32)> =
            (0..200).flat_map(|user| (0..10).map(move |at| (user, at, i64::from(at), 0, f32::NAN))).collect();
        let names = |n: usize| Arc::new(Vocabulary::new((0..n).map(|at| format!("{at:03}"))));
        let interactions = Interactions::from_rows(names(200), names(10), Arc::default(), &rows);
        let data = TrainingData::of(interactions);
        let of = |weight: fn(usize) -> f32| {
            let weights = Some((0..2_000).map(weight).collect());
            Validation::new(&TrainingData { weights, ..data.clone() }, 1)
        };
        let heavy = of(|row| if row / 10 % 2 == 0 { 0.5 } else { 1.5 });
        for (&(user, _), weight) in heavy.questions.iter().zip(&heavy.weights) {
            assert!((*weight > 1.0) == (user % 2 == 1), "{weight}");
        }
        assert!((mean(&heavy.weights) - 1.0).abs() < 1e-6);
        assert!(of(|_| 0.0).weights.iter().all(|&weight| weight == 1.0));
        let tuned = Some(Tuned { epochs: vec![3], mixture: None });
        let whole = Validation::new(&TrainingData { tuned, ..data.clone() }, 1);
        assert!(whole.is_empty() && whole.once_only() && whole.trained == [10; 200]);
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
