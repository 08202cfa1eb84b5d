//! How often items occur: the answer for those of whom nothing is known, and what lists are filled up with.

use super::artifact::{ArtifactError, Tensors, Values, expect_len};
use super::growth::Growth;
use super::query::{Evidence, Explanation, Origin};
use crate::data::Interactions;

/// The interactions of each item.
#[derive(Debug, Clone, PartialEq)]
pub struct Popularity {
    counts: Vec<u32>,
    /// The score of an item in a popular list: its count; negative infinity where it has none.
    scores: Vec<f32>,
    /// The score of an item nothing else speaks for, below zero and higher the more it occurs.
    tail: Vec<f32>,
}

impl Popularity {
    /// From the interactions of each item.
    pub fn new(counts: Vec<u32>) -> Self {
        let score = |&count: &u32| if count > 0 { count as f32 } else { f32::NEG_INFINITY };
        let tail = |&count: &u32| if count > 0 { -1.0 / count as f32 } else { f32::NEG_INFINITY };
        Self { scores: counts.iter().map(score).collect(), tail: counts.iter().map(tail).collect(), counts }
    }

    /// Every interaction counts.
    pub fn of(interactions: &Interactions) -> Self {
        let mut counts = vec![0; interactions.n_items()];
        for &item in &interactions.item {
            counts[item as usize] += 1;
        }
        Self::new(counts)
    }

    /// The same counts over a larger catalogue; what was added has none yet.
    #[must_use]
    pub fn grown(&self, growth: &Growth<'_>) -> Self {
        Self::new(growth.spread(&self.counts, 1, 0))
    }

    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Writes the popular list's scores, `[n_items]`.
    pub fn write(&self, scores: &mut [f32]) {
        scores.copy_from_slice(&self.scores);
    }

    /// Puts items that scored nothing (zero) behind those that did, the popular ones first.
    pub fn fill_up(&self, scores: &mut [f32]) {
        for (score, &tail) in scores.iter_mut().zip(&self.tail) {
            *score = if *score == 0.0 { tail } else { *score };
        }
    }

    /// What speaks for an item in a popular list.
    pub fn explain(&self, item: u32) -> Explanation {
        let count = f64::from(self.counts[item as usize]);
        let evidence = vec![Evidence::Count { count, what: "interactions".to_owned() }];
        Explanation { origin: Origin::Popular, evidence }
    }

    /// The tensor to save.
    pub fn values(&self) -> (&'static str, Values<'_>) {
        ("counts", Values::U32(&self.counts))
    }

    pub fn load(tensors: &Tensors<'_>, n_items: usize) -> Result<Self, ArtifactError> {
        let counts = tensors.u32("counts")?;
        expect_len("counts", counts.len(), n_items)?;
        Ok(Self::new(counts))
    }
}
