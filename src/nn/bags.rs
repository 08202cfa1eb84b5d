//! Sums of table rows: the vector of a token (its item, event type, time gap …) or of an item (its id, categories,
//! numbers …) is a weighed sum of rows of a table of learnt vectors.
//!
//! One sparse matrix times a table in both directions; a row's gradient is added up in the order of the bags, by
//! one task, so it does not depend on threads.

use super::vector::{add_scaled, vectorised};
use rayon::prelude::*;

/// Bags that one task works through at most, and entries, about.
const AT_ONCE: usize = 128;
const ENTRIES: usize = 2_048;

/// Which table rows each bag sums, and with which weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Bags {
    /// Bag `b` holds entries `offsets[b]..offsets[b + 1]`, `[bags + 1]`.
    offsets: Vec<usize>,
    rows: Vec<u32>,
    weights: Vec<f32>,
}

impl Default for Bags {
    fn default() -> Self {
        Self { offsets: vec![0], rows: Vec::new(), weights: Vec::new() }
    }
}

impl Bags {
    /// One row a bag, with weight one.
    pub fn single(rows: impl IntoIterator<Item = u32>) -> Self {
        let rows: Vec<u32> = rows.into_iter().collect();
        Self { offsets: (0..=rows.len()).collect(), weights: vec![1.0; rows.len()], rows }
    }

    /// Adds an entry to the bag that is being filled.
    pub fn add(&mut self, row: u32, weight: f32) {
        self.rows.push(row);
        self.weights.push(weight);
    }

    /// Ends the bag that is being filled.
    pub fn close(&mut self) {
        self.offsets.push(self.rows.len());
    }

    /// Ends the bag that is being filled, its weights made a vector of that length where they are not all zero.
    pub fn close_of_length(&mut self, length: f32) {
        let first = self.offsets[self.len()];
        let weights = &mut self.weights[first..];
        let now = weights.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
        if now > 0.0 {
            for weight in weights {
                *weight *= length / now;
            }
        }
        self.close();
    }

    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries of a bag.
    pub fn entries(&self, bag: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let span = self.offsets[bag]..self.offsets[bag + 1];
        self.rows[span.clone()].iter().copied().zip(self.weights[span].iter().copied())
    }

    /// The table rows of all entries.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Calls every table row by another name.
    pub fn rename(&mut self, name: impl Fn(u32) -> u32) {
        self.rows.iter_mut().for_each(|row| *row = name(*row));
    }

    /// The same bags, but of the table rows that belong to something each has what the bag `places[bag]` had.
    #[must_use]
    pub fn dealt(&self, belongs: impl Fn(u32) -> bool, places: &[u32]) -> Self {
        let mut dealt = Self::default();
        for (bag, &from) in places.iter().enumerate().take(self.len()) {
            let stays = self.entries(bag).filter(|(row, _)| !belongs(*row));
            let comes = self.entries(from as usize).filter(|(row, _)| belongs(*row));
            stays.chain(comes).for_each(|(row, weight)| dealt.add(row, weight));
            dealt.close();
        }
        dealt
    }

    /// The bags of those numbers, in that order.
    #[must_use]
    pub fn pick(&self, bags: &[u32]) -> Self {
        let mut picked = Self::default();
        for &bag in bags {
            self.entries(bag as usize).for_each(|(row, weight)| picked.add(row, weight));
            picked.close();
        }
        picked
    }

    /// Bags from their parts: `offsets` `[bags + 1]`, rows and weights by entry.
    pub fn from_parts(offsets: Vec<usize>, rows: Vec<u32>, weights: Vec<f32>) -> Self {
        Self { offsets, rows, weights }
    }

    /// Offsets, rows and weights.
    pub fn parts(&self) -> (&[usize], &[u32], &[f32]) {
        (&self.offsets, &self.rows, &self.weights)
    }

    /// Entries by table row: for each of `n_rows` rows, the bags that hold it. Its sums of the bags' gradients are the
    /// table's.
    #[must_use]
    pub fn turned(&self, n_rows: usize) -> Self {
        let mut offsets = vec![0; n_rows + 1];
        for &row in &self.rows {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..n_rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut turned =
            Self { offsets, rows: vec![0; self.rows.len()], weights: vec![0.0; self.rows.len()] };
        for bag in 0..self.len() {
            for (row, weight) in self.entries(bag) {
                let slot = &mut next[row as usize];
                turned.rows[*slot] = bag as u32;
                turned.weights[*slot] = weight;
                *slot += 1;
            }
        }
        turned
    }

    /// The sums of rows of `table`, `[bags, width]`.
    pub fn sums(&self, table: &[f32], width: usize) -> Vec<f32> {
        let mut sums = vec![0.0; self.len() * width];
        self.add_sums(table, width, &mut sums);
        sums
    }

    /// Adds the same to `sums`.
    pub fn add_sums(&self, table: &[f32], width: usize, sums: &mut [f32]) {
        // A sum is the same however they are cut: each is one task's, in the order of its entries.
        let together = (ENTRIES * self.len() / self.rows.len().max(1)).clamp(1, AT_ONCE);
        sums.par_chunks_mut(together * width.max(1)).enumerate().for_each(|(task, sums)| {
            self.add_some(task * together, table, width, sums);
        });
    }

    /// Adds those of the bags from `first` on to `sums`, on one thread.
    pub fn add_some(&self, first: usize, table: &[f32], width: usize, sums: &mut [f32]) {
        sum_up(self, first, table, width, sums);
    }
}

vectorised! {
    /// Adds up bags from `first` on.
    fn sum_up<'a>(bags: &'a Bags, first: usize, table: &'a [f32], width: usize, sums: &'a mut [f32]) {
        for (bag, sum) in sums.chunks_exact_mut(width).enumerate() {
            for entry in bags.offsets[first + bag]..bags.offsets[first + bag + 1] {
                let row = bags.rows[entry] as usize;
                add_scaled(sum, bags.weights[entry], &table[row * width..][..width]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::gradient_check::{Input, check};

    fn bags() -> Bags {
        let mut bags = Bags::default();
        for bag in 0..300_u32 {
            for entry in 0..bag % 4 {
                bags.add((bag * 7 + entry * 3) % 10, 0.5 + entry as f32);
            }
            bags.close();
        }
        bags
    }

    #[test]
    fn sums_by_hand() {
        let mut bags = Bags::default();
        bags.add(1, 0.5);
        bags.add(0, 2.0);
        bags.close();
        bags.close();
        assert_eq!(bags.sums(&[1.0, 2.0, 10.0, 20.0], 2), [7.0, 14.0, 0.0, 0.0]);
        assert_eq!(Bags::single([1, 0]).sums(&[1.0, 2.0, 10.0, 20.0], 2), [10.0, 20.0, 1.0, 2.0]);
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let table = [Input::random(&[10, 6], 1.0, 1)];
        let kernel = |inputs: &[Vec<f32>]| {
            (bags().sums(&inputs[0], 6), |dout: &[f32]| vec![bags().turned(10).sums(dout, 6)])
        };
        check(&table, kernel);
    }
}
