//! What simulated people would choose: a model of its own, fitted apart on all of the data, the future among it. It shares
//! no code and no number with any recipe, so no policy is tested on itself.
//!
//! How attractive item i is to somebody with a history is a chance of being the next one,
//!
//! ```text
//! q(i) = λ₁ P(i) + λ₂ P(i) A(i) / Z + λ₃ Σₛ ωₛ N(hₛ → i) / N(hₛ → ·)
//! ```
//!
//! P is the share of an item in all interactions. A is a person's taste: the mean over the item's metadata values of how
//! much more often than everybody the person had that value, Z its mean over P. N counts how often i came among the next
//! three after one of the last three items h₁ (the newest), h₂, h₃, the s-th for 1/s; ω is 1/s over its sum, and where
//! nothing ever followed an item, P stands in. The weights λ are the most likely ones, found by expectation maximisation
//! over held-out events: each is left out of the counts that predict it. An item had before counts ρ times, by how often
//! people come back to things.
//!
//! Of a list, the item at place k is looked at with the weight e = 1 / log₂(1 + k) and tires with being shown: F is how
//! often it was, each time forgotten by a tenth a visit, and it counts φ^F. What is clicked is
//!
//! ```text
//! p(k) = e(k) q(k) φ^F(k) / (w₀ + Σ e q φ^F)        nothing: w₀ / (w₀ + Σ e q φ^F)
//! ```
//!
//! Data of interactions say nothing of visits without one, so w₀ is an assumption: the mean visit to a list of popular
//! items ends with a click in a share that is chosen. A click becomes a conversion by the share that it has among the
//! item's interactions, drawn towards that of all items.

mod fit;
mod taste;
mod transitions;

use taste::{Taste, Values};
use transitions::Transitions;

pub use fit::FittedChoice;

/// Newest items of a history that say what comes next.
pub(super) const RECENT: usize = 3;
/// What an item that was just shown once more counts.
const TIRING: f64 = 0.95;
/// What is left of having been shown, a visit later.
pub(super) const REMEMBERED: f32 = 0.9;

/// The model of choice, without what depends on an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// λ of popularity, taste and what came before.
    weights: [f64; 3],
    /// ρ, for an item had before.
    repeat: f64,
    /// P, `[n_items]`.
    popularity: Vec<f64>,
    values: Values,
    transitions: Transitions,
    /// The share of clicks on an item that become conversions, `[n_items]`.
    conversion: Vec<f32>,
}

/// Somebody as the model sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    taste: Taste,
    /// Items had before, ascending and each once.
    seen: Vec<u32>,
    /// The newest items, the newest first.
    recent: Vec<u32>,
}

impl Person {
    /// Whether somebody who since clicked others had an item.
    pub fn had(&self, clicked: &[u32], item: u32) -> bool {
        self.seen.binary_search(&item).is_ok() || clicked.contains(&item)
    }
}

impl Choice {
    pub fn n_items(&self) -> usize {
        self.popularity.len()
    }

    /// P, `[n_items]`.
    pub fn popularity(&self) -> &[f64] {
        &self.popularity
    }

    /// The chance that a click on an item becomes a conversion.
    pub fn conversion(&self, item: u32) -> f32 {
        self.conversion[item as usize]
    }

    /// Somebody with a history, oldest first.
    pub fn person(&self, history: &[u32]) -> Person {
        let mut seen = history.to_vec();
        seen.sort_unstable();
        seen.dedup();
        Person {
            taste: self.values.taste(history),
            seen,
            recent: history.iter().rev().take(RECENT).copied().collect(),
        }
    }

    /// How attractive an item is to somebody who since clicked others, oldest first.
    pub fn pull(&self, person: &Person, clicked: &[u32], item: u32) -> f64 {
        let mut recent = [0; RECENT];
        let mut known = 0;
        for &had in clicked.iter().rev().chain(&person.recent).take(RECENT) {
            recent[known] = had;
            known += 1;
        }
        let parts = self.parts(&person.taste, &recent[..known], item);
        let pull: f64 = parts.iter().zip(self.weights).map(|(part, weight)| weight * part).sum();
        if person.had(clicked, item) { pull * self.repeat } else { pull }
    }

    /// The three chances that q mixes.
    fn parts(&self, taste: &Taste, recent: &[u32], item: u32) -> [f64; 3] {
        let popularity = self.popularity[item as usize];
        let mut next = 0.0;
        let mut of = 0.0;
        for (place, &before) in (1..).zip(recent) {
            let weight = 1.0 / f64::from(place);
            of += weight;
            next += weight * self.transitions.share(before, item).unwrap_or(popularity);
        }
        let next = if of > 0.0 { next / of } else { popularity };
        [popularity, popularity * self.values.lift(taste, item), next]
    }
}

/// e, how much the item at a place of a list, from 1, is looked at.
pub fn looked_at(place: usize) -> f64 {
    1.0 / (1.0 + place as f64).log2()
}

/// φ^F of an item that was shown that often, as far as it is remembered.
pub fn freshness(shown: f32) -> f64 {
    TIRING.powf(f64::from(shown))
}

#[cfg(test)]
impl Choice {
    /// The same with these items as popular as that, everybody choosing by popularity alone.
    pub(super) fn replaced(self, popularity: &[f64], repeat: f64) -> Self {
        Self { weights: [1.0, 0.0, 0.0], popularity: popularity.to_vec(), repeat, ..self }
    }
}
