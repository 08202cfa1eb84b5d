//! How well a network being trained continues histories it was not trained with the ends of: the newest tenth of the
//! events of a fifth of the users, ten of each at most, each to be named from what came before it, all items ranked.
//!
//! Of half these users nothing is trained on: a network remembers the people it was trained with and continues their
//! histories better than those of people who come later, much more so than models that count. What is chosen by
//! validation is to serve both.
//!
//! The users are taken from those to be trained on; test users are never looked at.

use super::train::hash_user;
use crate::data::Interactions;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::recipes::blend::Scale;
use crate::recipes::likelihood::Temperature;
use crate::recipes::ranking::{RankOptions, rank};
use crate::recipes::{Model, Origin, Query};
use rayon::prelude::*;

/// One user in so many is validated with.
const ONE_IN: u64 = 5;
/// One of so many of these is kept from training altogether.
const ONE_UNKNOWN_IN: u64 = 2;
/// Users of whom some can be kept from training, at least.
const CAN_BE_SPARED: usize = 50;
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
        let spared = interactions.n_users() >= CAN_BE_SPARED;
        for user in 0..interactions.n_users() as u32 {
            let events = interactions.rows(user).len();
            let hash = hash_user(seed, interactions.users.id(user));
            if events < 3 || !hash.is_multiple_of(ONE_IN) || questions.len() >= QUESTIONS {
                continue;
            }
            let held = ((events as f64 * SHARE).round() as usize).clamp(1, EACH);
            let unknown = spared && (hash / ONE_IN).is_multiple_of(ONE_UNKNOWN_IN);
            trained[user as usize] = if unknown { 0 } else { events - held };
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
        let gain = |list: &[u32], &(user, at): &(u32, usize)| {
            let item = interactions.history(user).items[at];
            list.iter()
                .position(|&found| found == item)
                .map_or(0.0, |place| 1.0 / (place as f64 + 2.0).log2())
        };
        let total: f64 =
            lists.iter().zip(&self.questions).map(|(list, question)| gain(&list.items, question)).sum();
        Ok((total / self.questions.len().max(1) as f64) as f32)
    }

    /// The same of every mixture of models: their shares added up in each of the proportions. One more a question.
    pub fn score_mixtures(
        &self,
        parts: &[(&dyn Model, Scale)],
        mixtures: &[&[f32]],
        interactions: &Interactions,
        job: &JobContext,
    ) -> Result<Vec<f32>, Cancelled> {
        let queries: Vec<Query<'_>> = self.queries(interactions).collect();
        let gains = queries.par_chunks(TOGETHER).zip(self.questions.par_chunks(TOGETHER)).map(
            |(queries, questions)| {
                job.check()?;
                let shares = parts.iter().map(|(model, scale)| {
                    let mut rows = vec![0.0; queries.len() * model.n_items()];
                    let origins = model.score(queries, &mut rows);
                    for (row, origin) in rows.chunks_exact_mut(model.n_items()).zip(origins) {
                        scale.shares_of(row, origin, &[]);
                    }
                    rows
                });
                let shares: Vec<Vec<f32>> = shares.collect();
                let mut gains = vec![0.0; mixtures.len()];
                for (at, (query, &(user, event))) in queries.iter().zip(questions).enumerate() {
                    let target = interactions.history(user).items[event];
                    let seen = if self.repeats { &[] } else { query.history.items };
                    for (gain, mixture) in gains.iter_mut().zip(mixtures) {
                        *gain += gain_of(&mixed(&shares, mixture, at, interactions.n_items()), target, seen);
                    }
                }
                job.advance(queries.len() as u64);
                Ok(gains)
            },
        );
        let gains: Vec<Vec<f64>> = gains.collect::<Result<_, Cancelled>>()?;
        let n = self.questions.len().max(1) as f64;
        Ok((0..mixtures.len())
            .map(|at| (gains.iter().map(|gains| gains[at]).sum::<f64>() / n) as f32)
            .collect())
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

/// The scores of one query in a mixture.
fn mixed(shares: &[Vec<f32>], mixture: &[f32], at: usize, n_items: usize) -> Vec<f32> {
    let mut scores = vec![0.0; n_items];
    for (shares, proportion) in shares.iter().zip(mixture) {
        for (score, share) in scores.iter_mut().zip(&shares[at * n_items..][..n_items]) {
            *score += proportion * share;
        }
    }
    scores
}

/// What finding `target` is worth in a list of the best of `scores` but those seen.
fn gain_of(scores: &[f32], target: u32, seen: &[u32]) -> f64 {
    let own = scores[target as usize];
    let ahead = |(item, &score): (usize, &f32)| score > own || (score == own && item < target as usize);
    let before = scores.iter().enumerate().filter(|&entry| ahead(entry)).count();
    let mut skipped: Vec<u32> = seen.iter().copied().filter(|&item| item != target).collect();
    skipped.sort_unstable();
    skipped.dedup();
    let skipped = skipped.iter().filter(|&&item| ahead((item as usize, &scores[item as usize]))).count();
    let place = before - skipped;
    if place < POSITIONS { 1.0 / (place as f64 + 2.0).log2() } else { 0.0 }
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

    /// Half the users have thirty events, half a thousand: three of the first and ten of the second are asked for, of
    /// about a fifth of either; about half of these are not trained on at all, the others without what is asked for.
    #[test]
    fn nobody_speaks_for_all_and_some_are_unknown() {
        let lengths: Vec<usize> = (0..400).map(|user| if user % 2 == 0 { 30 } else { 1_000 }).collect();
        let validation = validation(&lengths, false);
        let mut asked: BTreeMap<u32, usize> = BTreeMap::new();
        for &(user, _) in &validation.questions {
            *asked.entry(user).or_default() += 1;
        }
        assert!((55..=105).contains(&asked.len()), "{} of 400 users", asked.len());
        let mut unknown = 0;
        for (user, &events) in lengths.iter().enumerate() {
            let held = asked.get(&(user as u32)).copied().unwrap_or(0);
            assert!(held == 0 || held == if user % 2 == 0 { 3 } else { 10 }, "user {user}: {held}");
            let trained = validation.trained[user];
            unknown += usize::from(trained == 0);
            assert!(
                trained == events - held || trained == 0 && held > 0,
                "user {user}: {trained} of {events}"
            );
        }
        assert!((20..=60).contains(&unknown), "{unknown} of {}", asked.len());
    }

    #[test]
    fn of_few_people_nobody_is_spared() {
        assert!(validation(&[30; 40], false).trained.iter().all(|&events| events >= 27));
    }

    #[test]
    fn it_is_known_whether_people_come_back() {
        let lengths = [30; 100];
        assert!(validation(&lengths, false).once_only());
        assert!(!validation(&lengths, true).once_only());
        assert!(!validation(&[2; 100], false).once_only(), "nobody was asked");
    }
}
