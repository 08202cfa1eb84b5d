//! Visitors: people as they are at a moment that the data does not hold, for experiments.

use super::answer::Place;
use super::campaign::{Asked, Campaign};
use crate::data::History;
use crate::jobs::{Cancelled, JobContext};
use crate::recipes::Query;

/// Somebody with a history of their own.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Their index in the campaign's interactions, where these know them.
    pub user: Option<u32>,
    /// What they did, oldest first, in the indices of the campaign's interactions.
    pub history: History<'a>,
    /// The moment of the visit, epoch seconds.
    pub now: i64,
}

impl Campaign<'_> {
    /// The items of each visitor's list, best first, `results` at most. As requests are answered, by the same code;
    /// advances `job` by one a visitor.
    pub fn lists(
        &self,
        visitors: &[Visitor<'_>],
        results: usize,
        job: &JobContext,
    ) -> Result<Vec<Vec<u32>>, Cancelled> {
        let asked: Vec<Asked<'_>> = visitors
            .iter()
            .map(|&Visitor { user, history, now }| Asked {
                query: Query { user, history, now: Some(now), ..Query::default() },
                ..Asked::default()
            })
            .collect();
        let answers = self.answer(&asked, results, job)?;
        Ok(answers.iter().map(|answer| answer.places.iter().filter_map(Place::item).collect()).collect())
    }
}
