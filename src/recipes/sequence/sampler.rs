//! Items of a large catalogue that stand for all of it in a step: those that occur in the step, and some drawn by how
//! often they are had.
//!
//! Source: Bengio and Senecal, "Adaptive importance sampling to accelerate training of a neural probabilistic language
//! model" (2008): each logit is corrected by the logarithm of its item's chance to be there.

use crate::data::Interactions;
use crate::nn::network::{Batch, Subset};
use crate::nn::random::Random;

/// A catalogue of more items is sampled rather than compared with whole.
pub const WHOLE: usize = 20_000;
/// Items sampled beside the targets of a step.
pub const SAMPLED: usize = 2_048;
/// Items are sampled by this power of their frequency.
const FREQUENCY_POWER: f64 = 0.75;

/// Draws items by a power of their frequency.
pub struct Sampler {
    /// Frequencies to that power added up, to draw by.
    sums: Vec<f64>,
    /// Share of each item among the interactions.
    shares: Vec<f64>,
    /// Items drawn for a step.
    drawn: usize,
}

impl Sampler {
    pub fn new(interactions: &Interactions, drawn: usize) -> Self {
        let mut counts = vec![0.0; interactions.n_items()];
        for &item in &interactions.item {
            counts[item as usize] += 1.0;
        }
        let sums = counts.iter().scan(0.0, |sum, count: &f64| {
            *sum += count.powf(FREQUENCY_POWER);
            Some(*sum)
        });
        let shares = counts.iter().map(|count| count / interactions.len().max(1) as f64);
        Self { sums: sums.collect(), shares: shares.collect(), drawn }
    }

    /// Leaves the items that a batch reads and is to name, and some drawn ones, ascending; names them by their places from
    /// there on.
    pub fn narrow(&self, batch: &mut Batch, random: &mut Random) {
        let total = self.sums.last().copied().unwrap_or_default();
        let mut rows: Vec<u32> = batch.targets.items.clone();
        rows.extend(batch.tokens.items.rows());
        for _ in 0..self.drawn {
            let draw = random.uniform_f64() * total;
            rows.push(self.sums.partition_point(|&sum| sum <= draw).min(self.sums.len() - 1) as u32);
        }
        rows.sort_unstable();
        rows.dedup();
        let place = |row: u32| rows.binary_search(&row).unwrap_or_default() as u32;
        batch.targets.items.iter_mut().for_each(|item| *item = place(*item));
        batch.tokens.items.rename(place);
        let chance = |&row: &u32| {
            let row = row as usize;
            let drawn = (self.sums[row] - if row > 0 { self.sums[row - 1] } else { 0.0 }) / total;
            let expected = self.shares[row] * batch.targets.items.len() as f64 + drawn * self.drawn as f64;
            expected.clamp(1e-12, 1.0).ln() as f32
        };
        let log_chances = rows.iter().map(chance).collect();
        batch.subset = Some(Subset { rows: rows.into(), log_chances });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::bags::Bags;
    use crate::nn::catalogue_loss::{Objective, Targets};
    use crate::nn::network::Tokens;
    use crate::nn::ragged::Ragged;
    use crate::recipes::toy::interactions;

    /// Items a to e, had 1, 2, 3, 0 and 4 times. A step reads a and b and is to name b and e; four are drawn beside them.
    #[test]
    fn what_a_step_names_is_there_and_chances_are_known() {
        let times = [("a", 1), ("b", 2), ("c", 3), ("e", 4)];
        let rows: Vec<(&str, &str, i64)> =
            times.iter().flat_map(|&(item, n)| (0..n).map(move |at| ("u", item, at))).collect();
        let mut data = interactions(&rows);
        // d is in the catalogue and nobody had it.
        let items = crate::data::Vocabulary::new(["a", "b", "c", "d", "e"]);
        data.item.iter_mut().for_each(|item| *item += u32::from(*item == 3));
        data.items = items.into();
        let sampler = Sampler::new(&data, 4);
        let drawn = [1.0_f64, 2.0, 3.0, 0.0, 4.0].map(|count| count.powf(0.75));
        let total: f64 = drawn.iter().sum();
        let mut there = [0; 5];
        for step in 0..200 {
            let mut batch = Batch {
                tokens: Tokens {
                    items: Bags::single([0, 1]),
                    features: Bags::single([0, 0]),
                    ragged: Ragged::new([2]),
                },
                targets: Targets { items: vec![1, 4], weights: vec![0.5; 2] },
                objective: Objective::Softmax,
                described: None,
                subset: None,
                start: Vec::new(),
            };
            sampler.narrow(&mut batch, &mut Random::new(step, 0));
            let Subset { rows, log_chances } = batch.subset.unwrap();
            assert!(rows.is_sorted_by(|a, b| a < b));
            rows.iter().for_each(|&row| there[row as usize] += 1);
            let item = |place: u32| rows[place as usize];
            assert_eq!(batch.targets.items.iter().map(|&place| item(place)).collect::<Vec<_>>(), [1, 4]);
            assert_eq!(
                batch.tokens.items.rows().iter().map(|&place| item(place)).collect::<Vec<_>>(),
                [0, 1]
            );
            for (&row, log_chance) in rows.iter().zip(log_chances) {
                // How often it is had times two targets, and how likely it is drawn times four.
                let [had, all] = [[1.0, 2.0, 3.0, 0.0, 4.0][row as usize], 10.0];
                let chance = f64::min(2.0 * had / all + 4.0 * drawn[row as usize] / total, 1.0);
                assert!((f64::from(log_chance) - chance.ln()).abs() < 1e-5, "item {row}");
            }
        }
        assert_eq!([there[0], there[1], there[4]], [200; 3], "read or named");
        assert_eq!(there[3], 0, "never had, never drawn");
        // Not drawn in all four: (1 − 3^¾ / Σ)⁴.
        let expected = 200.0 * (1.0 - (1.0 - drawn[2] / total).powi(4));
        assert!((f64::from(there[2]) - expected).abs() < 25.0, "{} of {expected}", there[2]);
    }
}
