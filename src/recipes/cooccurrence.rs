//! Which users had which items, each pair once, and how many users had two items both.

use super::artifact::{ArtifactError, Tensors, Values, expect_len, inconsistent};
use super::csr::{Csr, RowSums};
use super::growth::Growth;
use crate::data::Interactions;
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;

/// Users whose histories one task reads.
const USERS: usize = 256;

/// The users of each item, ascending: what `together` is counted from.
#[derive(Debug, Clone, PartialEq)]
pub struct Postings {
    /// Users of item `i` are `users[offsets[i]..offsets[i + 1]]`; `[n_items + 1]`.
    offsets: Vec<i64>,
    users: Vec<u32>,
}

impl Postings {
    /// The users who had an item.
    pub fn users(&self, item: u32) -> &[u32] {
        &self.users[self.offsets[item as usize] as usize..self.offsets[item as usize + 1] as usize]
    }

    pub fn count(&self, item: u32) -> u32 {
        self.users(item).len() as u32
    }

    /// The number of users who had both.
    pub fn together(&self, a: u32, b: u32) -> u32 {
        let (mut a, mut b) = (self.users(a), self.users(b));
        let mut both = 0;
        while let (Some(left), Some(right)) = (a.first(), b.first()) {
            both += u32::from(left == right);
            let (skip_a, skip_b) = (left <= right, right <= left);
            a = &a[usize::from(skip_a)..];
            b = &b[usize::from(skip_b)..];
        }
        both
    }

    /// The same over a larger catalogue; nobody had what was added.
    #[must_use]
    pub fn grown(&self, growth: &Growth<'_>) -> Self {
        Self { offsets: growth.spread_offsets(&self.offsets), users: self.users.clone() }
    }

    /// The tensors to save, named so as not to meet those of a [`Csr`].
    pub fn values(&self) -> [(&'static str, Values<'_>); 2] {
        [("user_offsets", Values::I64(&self.offsets)), ("users", Values::U32(&self.users))]
    }

    pub fn load(tensors: &Tensors<'_>, n_items: usize) -> Result<Self, ArtifactError> {
        let (offsets, users) = (tensors.i64("user_offsets")?, tensors.u32("users")?);
        expect_len("user_offsets", offsets.len(), n_items + 1)?;
        let ends = (offsets.first(), offsets.last());
        if !offsets.is_sorted() || ends != (Some(&0), Some(&(users.len() as i64))) {
            return Err(inconsistent("user_offsets", "does not cut the users by item"));
        }
        Ok(Self { offsets, users })
    }
}

/// The distinct items of each user and the distinct users of each item.
#[derive(Debug)]
pub struct Cooccurrence {
    user_offsets: Vec<usize>,
    /// Distinct items of each user, ascending.
    items: Vec<u32>,
    /// For each entry of the postings, its place in `items`.
    places: Vec<usize>,
    pub postings: Postings,
}

impl Cooccurrence {
    /// Of the users and items that are kept.
    pub fn new(
        interactions: &Interactions,
        keep_user: impl Fn(u32) -> bool + Sync,
        keep_item: impl Fn(u32) -> bool + Sync,
        job: &JobContext,
    ) -> Result<Self, Cancelled> {
        let users: Vec<u32> = (0..interactions.n_users() as u32).collect();
        let chunks: Vec<(Vec<usize>, Vec<u32>)> = users
            .par_chunks(USERS)
            .map(|users| {
                job.check()?;
                let (mut ends, mut items) = (Vec::with_capacity(users.len()), Vec::new());
                let mut own = Vec::new();
                for &user in users {
                    own.clear();
                    if keep_user(user) {
                        own.extend(
                            interactions.history(user).items.iter().copied().filter(|&item| keep_item(item)),
                        );
                        own.sort_unstable();
                        own.dedup();
                    }
                    items.extend_from_slice(&own);
                    ends.push(items.len());
                }
                Ok((ends, items))
            })
            .collect::<Result<_, Cancelled>>()?;
        let mut user_offsets = Vec::with_capacity(users.len() + 1);
        user_offsets.push(0);
        let mut items = Vec::with_capacity(chunks.iter().map(|chunk| chunk.1.len()).sum());
        for (ends, part) in chunks {
            let before = items.len();
            user_offsets.extend(ends.iter().map(|end| before + end));
            items.extend_from_slice(&part);
        }
        let mut offsets = vec![0_i64; interactions.n_items() + 1];
        for &item in &items {
            offsets[item as usize + 1] += 1;
        }
        for item in 0..interactions.n_items() {
            offsets[item + 1] += offsets[item];
        }
        let mut next = offsets.clone();
        let mut posted = vec![0; items.len()];
        let mut places = vec![0; items.len()];
        for user in 0..users.len() {
            for place in user_offsets[user]..user_offsets[user + 1] {
                let slot = &mut next[items[place] as usize];
                posted[*slot as usize] = user as u32;
                places[*slot as usize] = place;
                *slot += 1;
            }
        }
        Ok(Self { user_offsets, items, places, postings: Postings { offsets, users: posted } })
    }

    /// Calls `each` with the items after `item` in the ascending list of every user who had it; together over
    /// all items this visits every pair that some user had, the lower index first.
    pub fn for_each_later(&self, item: u32, mut each: impl FnMut(&[u32])) {
        let range =
            self.postings.offsets[item as usize] as usize..self.postings.offsets[item as usize + 1] as usize;
        for at in range {
            let user = self.postings.users[at] as usize;
            each(&self.items[self.places[at] + 1..self.user_offsets[user + 1]]);
        }
    }

    /// The number of users who had both, for every pair of different items with at least `min` of them.
    pub fn counts(&self, min: u32, job: &JobContext) -> Result<Csr<u32>, Cancelled> {
        let n_items = self.postings.offsets.len() - 1;
        let upper = Csr::build(
            n_items,
            job,
            |count| count >= min,
            |item, sums: &mut RowSums<u32>| {
                self.for_each_later(item, |later| {
                    for &other in later {
                        sums.add(other, 1);
                    }
                });
            },
        )?;
        Ok(upper.mirrored())
    }
}
