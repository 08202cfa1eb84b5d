//! Scores become lists: exact top-k, ties broken by item index.
//!
//! A row of scores is read twice, both times in blocks the processor compares side by side: once for the
//! largest score of each block, whose k-th largest is a bound no item of the list can lie below; once for the
//! few scores at or above that bound, which alone are sorted. Nothing is ever sorted but those.

use super::{Model, Origin, Query};
use crate::data::Bits;
use crate::jobs::{Cancelled, JobContext};
use crate::nn::vector::{maximum, vectorised};
use rayon::prelude::*;

/// Scores compared side by side.
const BLOCK: usize = 32;
/// Scores held at once by a thread: half a megabyte, what a core's own cache keeps near.
pub const SCORES_AT_ONCE: usize = 1 << 17;
/// Queries of a chunk at most, so that a cancelled job stops soon.
const QUERIES_AT_ONCE: usize = 64;

/// A list, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedList {
    /// Item indices.
    pub items: Vec<u32>,
    /// Scores, same order.
    pub scores: Vec<f32>,
    pub origin: Origin,
}

/// Writes the items that the list of a query may hold, `[n_items]`, given the query's place among those asked.
pub type Allowed<'a> = dyn Fn(usize, &mut Bits) + Sync + 'a;

/// What a list may hold.
#[derive(Clone, Copy)]
pub struct RankOptions<'a> {
    /// Items of a list at most.
    pub k: usize,
    /// Leave out what the query's history holds.
    pub exclude_seen: bool,
    /// Leave out items that this does not allow.
    pub allowed: Option<&'a Allowed<'a>>,
}

/// Ranks the catalogue for every query, in order, in parallel over chunks of queries. Advances `job` by one a query.
///
/// Items scored NaN or negative infinity are never returned. The chunks do not depend on the number of
/// threads, and a list depends on nothing but its own query.
pub fn rank(
    model: &dyn Model,
    queries: &[Query<'_>],
    options: RankOptions<'_>,
    job: &JobContext,
) -> Result<Vec<RankedList>, Cancelled> {
    each_row(model, queries, job, |place, scores, origin, Hands { selection, allowed }| {
        if options.exclude_seen {
            leave_out_seen(scores, &queries[place]);
        }
        if let Some(allow) = options.allowed {
            allow(place, allowed);
            leave_out_others(scores, allowed);
        }
        let (items, scores) = selection.top(scores, options.k);
        RankedList { items, scores, origin }
    })
}

/// What `read` makes of each query's scores of the whole catalogue, in the order of the queries: it gets the query's
/// place, the row of scores and where it came from, and what to pick the best of it with. Advances `job` by one a query.
pub fn each_row<T: Send>(
    model: &dyn Model,
    queries: &[Query<'_>],
    job: &JobContext,
    read: impl Fn(usize, &mut [f32], Origin, &mut Hands) -> T + Sync,
) -> Result<Vec<T>, Cancelled> {
    job.check()?;
    let n_items = model.n_items();
    let chunk = (SCORES_AT_ONCE / n_items.max(1)).clamp(1, QUERIES_AT_ONCE);
    let made: Vec<Vec<T>> = queries
        .par_chunks(chunk)
        .enumerate()
        .map_init(Scratch::default, |scratch, (at, queries)| {
            job.check()?;
            let Scratch { scores, hands } = scratch;
            scores.resize(queries.len() * n_items, 0.0);
            let origins = if n_items == 0 {
                vec![Origin::Popular; queries.len()]
            } else {
                model.score(queries, scores)
            };
            let made = origins.into_iter().enumerate().map(|(place, origin)| {
                let row = &mut scores[place * n_items..(place + 1) * n_items];
                read(at * chunk + place, row, origin, hands)
            });
            let made = made.collect();
            job.advance(queries.len() as u64);
            Ok(made)
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(made.into_iter().flatten().collect())
}

/// What a thread reuses from chunk to chunk.
#[derive(Default)]
struct Scratch {
    scores: Vec<f32>,
    hands: Hands,
}

/// What a list is picked with; keeps its buffers.
#[derive(Default)]
pub struct Hands {
    pub selection: Selection,
    /// For the items that a list may hold.
    pub allowed: Bits,
}

fn leave_out_seen(scores: &mut [f32], query: &Query<'_>) {
    for &item in query.history.items {
        scores[item as usize] = f32::NEG_INFINITY;
    }
}

vectorised! {
    /// Leaves out every item outside a set.
    pub fn leave_out_others<'a>(scores: &'a mut [f32], allowed: &'a Bits) {
        let words = allowed.words();
        let (blocks, rest) = scores.as_chunks_mut::<64>();
        for at in 0..blocks.len().min(words.len()) {
            let (low, high) = blocks[at].split_at_mut(32);
            keep(low, words[at] as u32);
            keep(high, (words[at] >> 32) as u32);
        }
        for (at, score) in rest.iter_mut().enumerate() {
            if !allowed.contains((blocks.len() * 64 + at) as u32) {
                *score = f32::NEG_INFINITY;
            }
        }
    }
}

/// Leaves out the scores whose bit is not set.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn keep(scores: &mut [f32], bits: u32) {
    for (at, score) in scores.iter_mut().enumerate() {
        *score = if bits >> at & 1 == 1 { *score } else { f32::NEG_INFINITY };
    }
}

/// Picks the best of a row of scores; keeps its buffers.
#[derive(Debug, Default)]
pub struct Selection {
    /// Largest score of each block, then the same in any order.
    maxima: Vec<f32>,
    shuffled: Vec<f32>,
    /// Score and index of each candidate in one number that sorts as the list does.
    candidates: Vec<u64>,
}

impl Selection {
    /// The `k` best items and their scores, best first, equal scores by index. NaN and negative infinity are left out.
    pub fn top(&mut self, scores: &[f32], k: usize) -> (Vec<u32>, Vec<f32>) {
        if k == 0 {
            return (Vec::new(), Vec::new());
        }
        gather(self, scores, k);
        let candidates = &mut self.candidates;
        if candidates.len() > k {
            candidates.select_nth_unstable_by(k - 1, |a, b| b.cmp(a));
            candidates.truncate(k);
        }
        candidates.sort_unstable_by(|a, b| b.cmp(a));
        candidates.iter().map(|&key| (index_of(key), score_of(key))).unzip()
    }
}

vectorised! {
    /// Collects every score that can be among the `k` best.
    fn gather<'a>(selection: &'a mut Selection, scores: &'a [f32], k: usize) {
        let Selection { maxima, shuffled, candidates } = selection;
        let (blocks, rest) = scores.as_chunks::<BLOCK>();
        maxima.clear();
        maxima.resize(blocks.len(), f32::NEG_INFINITY);
        for (largest, block) in maxima.iter_mut().zip(blocks) {
            *largest = maximum(block);
        }
        // The k-th largest of the maxima: k items score that much or more.
        let bound = if maxima.len() > k {
            shuffled.clone_from(maxima);
            *shuffled.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a)).1
        } else {
            f32::NEG_INFINITY
        };
        candidates.clear();
        for (at, (block, &largest)) in blocks.iter().zip(&*maxima).enumerate() {
            if largest >= bound {
                collect(candidates, block, at * BLOCK, bound);
            }
        }
        collect(candidates, rest, blocks.len() * BLOCK, bound);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn collect(candidates: &mut Vec<u64>, scores: &[f32], first: usize, bound: f32) {
    for (offset, &score) in scores.iter().enumerate() {
        if score >= bound && score > f32::NEG_INFINITY {
            candidates.push(key_of(score, (first + offset) as u32));
        }
    }
}

/// A number that is larger for a higher score, and among equal scores for a lower index.
fn key_of(score: f32, index: u32) -> u64 {
    let bits = (score + 0.0).to_bits(); // −0 becomes 0: they are equal scores
    let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    u64::from(ordered) << 32 | u64::from(!index)
}

fn index_of(key: u64) -> u32 {
    !(key as u32)
}

fn score_of(key: u64) -> f32 {
    let ordered = (key >> 32) as u32;
    f32::from_bits(if ordered >> 31 == 1 { ordered & !(1 << 31) } else { !ordered })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::History;
    use crate::nn::random::Random;
    use crate::recipes::{Artifact, ArtifactError, Explanation};

    /// Sorting everything, as the definition says.
    fn sorted(scores: &[f32], k: usize) -> Vec<u32> {
        let mut items: Vec<u32> =
            (0..scores.len() as u32).filter(|&item| scores[item as usize] > f32::NEG_INFINITY).collect();
        items.sort_by(|&a, &b| scores[b as usize].partial_cmp(&scores[a as usize]).unwrap().then(a.cmp(&b)));
        items.truncate(k);
        items
    }

    #[test]
    fn what_is_outside_a_set_is_left_out() {
        for len in [0_usize, 1, 63, 64, 65, 200] {
            let thirds: Bits = (0..len).map(|row| row % 3 == 0).collect();
            let mut scores = vec![1.0; len];
            leave_out_others(&mut scores, &thirds);
            for (row, score) in scores.into_iter().enumerate() {
                assert_eq!(score, if row % 3 == 0 { 1.0 } else { f32::NEG_INFINITY });
            }
        }
    }

    #[test]
    fn equals_a_full_sort() {
        let mut random = Random::new(11, 0);
        let mut selection = Selection::default();
        for round in 0..2_000 {
            let n = random.below(1_500) as usize;
            let k = random.below(40) as usize;
            // Few distinct values make ties; some rounds hold nothing else.
            let levels = 1 + random.below(if round % 2 == 0 { 6 } else { 100_000 });
            let scores: Vec<f32> = (0..n)
                .map(|_| match random.below(20) {
                    0 => f32::NAN,
                    1 => f32::NEG_INFINITY,
                    2 => -0.0,
                    _ => random.below(levels) as f32 - levels as f32 / 2.0,
                })
                .collect();
            let (items, top) = selection.top(&scores, k);
            assert_eq!(items, sorted(&scores, k), "round {round}");
            for (&item, &score) in items.iter().zip(&top) {
                assert_eq!(score, scores[item as usize]);
            }
        }
    }

    /// Scores `(item · 7 + user · 3) mod 101`.
    struct Planted(usize);

    impl Model for Planted {
        fn n_items(&self) -> usize {
            self.0
        }
        fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
            for (query, row) in queries.iter().zip(scores.chunks_exact_mut(self.0)) {
                for (item, score) in row.iter_mut().enumerate() {
                    *score = ((item as u32 * 7 + query.user.unwrap_or(0) * 3) % 101) as f32;
                }
            }
            vec![Origin::Model; queries.len()]
        }
        fn explain(&self, _: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
            vec![Explanation { origin: Origin::Model, evidence: Vec::new() }; items.len()]
        }
        fn save(&self) -> Result<Artifact, ArtifactError> {
            Ok(Artifact { tensors: Vec::new(), json: String::new() })
        }
    }

    #[test]
    fn seen_and_disallowed_items_are_left_out_on_any_number_of_threads() {
        let model = Planted(3_000);
        let seen: Vec<Vec<u32>> =
            (0..300).map(|user| (0..20).map(|step| (user * 31 + step * 17) % 3_000).collect()).collect();
        let queries: Vec<Query<'_>> = (0..300)
            .map(|user| Query {
                user: Some(user),
                history: History { items: &seen[user as usize], ..History::default() },
                ..Query::default()
            })
            .collect();
        // Another two thirds of the items for each user.
        let may = |user: usize, item: usize| !(item + user).is_multiple_of(3);
        let allow = |place: usize, allowed: &mut Bits| {
            *allowed = (0..3_000).map(|item| may(place, item)).collect();
        };
        let options = RankOptions { k: 25, exclude_seen: true, allowed: Some(&allow) };
        let lists = [1, 2, 5].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| rank(&model, &queries, options, &JobContext::default()).unwrap())
        });
        assert!(lists.iter().all(|other| other == &lists[0]));
        let mut scores = vec![0.0; 3_000];
        for (user, (query, list)) in queries.iter().zip(&lists[0]).enumerate() {
            model.score(std::slice::from_ref(query), &mut scores);
            for (item, score) in scores.iter_mut().enumerate() {
                if !may(user, item) || query.history.items.contains(&(item as u32)) {
                    *score = f32::NEG_INFINITY;
                }
            }
            assert_eq!(list.items, sorted(&scores, 25));
        }
    }

    #[test]
    fn a_cancelled_job_ends_and_an_empty_catalogue_gives_empty_lists() {
        let options = RankOptions { k: 5, exclude_seen: false, allowed: None };
        let job = JobContext::default();
        let lists = rank(&Planted(0), &[Query::default(); 3], options, &job).unwrap();
        assert_eq!(lists.iter().map(|list| list.items.len()).collect::<Vec<_>>(), [0, 0, 0]);
        assert_eq!(job.progress().done, 3);
        job.cancel();
        assert_eq!(rank(&Planted(5), &[Query::default()], options, &job), Err(Cancelled));
    }
}
