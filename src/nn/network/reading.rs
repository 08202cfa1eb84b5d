//! Reading histories for what their last states are: some tokens at a time, so that what lies between the layers takes
//! little memory and stays near the processor however many histories there are.

use super::{Network, Tokens, last_states};
use crate::nn::ragged::Ragged;
use crate::nn::shelf::Shelf;
use std::ops::Range;

/// Tokens read at once, or one longer history where states are not carried.
pub const TOKENS_AT_ONCE: usize = 1_024;

impl Network {
    /// The state after the last token of each sequence, `[sequences, width]`, to be compared with item vectors; zeros
    /// where there is none.
    pub fn last_states(&self, item_vectors: &[f32], tokens: &Tokens) -> Vec<f32> {
        self.read(item_vectors, tokens, TOKENS_AT_ONCE)
    }

    fn read(&self, item_vectors: &[f32], tokens: &Tokens, at_once: usize) -> Vec<f32> {
        match self.sizes.recurrent() {
            0 => self.by_sequences(item_vectors, tokens, at_once),
            layers => self.through_time(item_vectors, tokens, at_once, layers),
        }
    }

    /// Some sequences after the other.
    fn by_sequences(&self, item_vectors: &[f32], tokens: &Tokens, at_once: usize) -> Vec<f32> {
        let (width, shelf) = (self.sizes.width, Shelf::default());
        let ragged = &tokens.ragged;
        let states = ragged.chunks(0..ragged.sequences(), at_once).flat_map(|sequences| {
            let part = tokens.part(sequences.clone().map(|sequence| ragged.range(sequence)));
            let (states, _) = self.states(item_vectors, &part, &[], &shelf);
            last_states(&states, &vec![0.0; sequences.len() * width], &part.ragged, width)
        });
        states.collect()
    }

    /// Some steps of all sequences after the other: each goes on from where it was.
    fn through_time(&self, item_vectors: &[f32], tokens: &Tokens, at_once: usize, layers: usize) -> Vec<f32> {
        let (width, shelf) = (self.sizes.width, Shelf::default());
        let ragged = &tokens.ragged;
        let steps = (at_once / ragged.sequences().max(1)).max(1);
        let mut last = vec![0.0; ragged.sequences() * width];
        let mut carried = vec![last.clone(); layers];
        for step in (0..ragged.longest()).step_by(steps) {
            let part = tokens.part((0..ragged.sequences()).map(|sequence| {
                let Range { start, end } = ragged.range(sequence);
                (start + step).min(end)..(start + step + steps).min(end)
            }));
            let (states, recurrent) = self.states(item_vectors, &part, &carried, &shelf);
            last = last_states(&states, &last, &part.ragged, width);
            let layers = recurrent.iter().zip(&carried);
            carried = layers.map(|(states, start)| last_states(states, start, &part.ragged, width)).collect();
        }
        last
    }
}

impl Tokens {
    /// A sequence of each of these runs of tokens.
    fn part(&self, runs: impl Iterator<Item = Range<usize>> + Clone) -> Self {
        let tokens: Vec<u32> = runs.clone().flatten().map(|token| token as u32).collect();
        Self {
            items: self.items.pick(&tokens),
            features: self.features.pick(&tokens),
            ragged: Ragged::new(runs.map(|run| run.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::bags::Bags;
    use crate::nn::network::tests::{ENCODERS, network};
    use crate::nn::random::Random;

    #[test]
    fn histories_read_in_parts_end_as_those_read_whole() {
        let ragged = Ragged::new([3, 11, 0, 1, 40, 7]);
        let mut random = Random::new(5, 0);
        let mut bags = |rows: u32| Bags::single((0..ragged.tokens()).map(|_| random.below(rows)));
        let tokens = Tokens { items: bags(9), features: bags(5), ragged: ragged.clone() };
        for encoder in ENCODERS {
            let network = network(encoder);
            let (vectors, width) = (network.item_vectors(None), network.sizes.width);
            let start = vec![vec![0.0; ragged.sequences() * width]; network.sizes.recurrent()];
            let (states, _) = network.states(&vectors, &tokens, &start, &Shelf::default());
            let whole = last_states(&states, &vec![0.0; ragged.sequences() * width], &ragged, width);
            for at_once in [1, 8, 30, TOKENS_AT_ONCE] {
                assert_eq!(network.read(&vectors, &tokens, at_once), whole, "{encoder:?}, {at_once} at once");
            }
        }
    }
}
