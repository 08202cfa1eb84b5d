//! Which numbers describe a user: the columns of metadata and the values of them that are told apart.

use crate::data::{CategoricalFeature, Features};
use serde::{Deserialize, Serialize};

/// A value of fewer rows says nothing.
const RARE: usize = 5;

/// The values of a categorical column that are told apart, each a number of its own from `first` on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub column: String,
    pub first: usize,
    pub values: Vec<String>,
}

/// The most frequent values of the columns of some rows, `per_column` of one and `in_all` of all at most. Only rows for
/// which `counts` holds are counted.
pub fn told_values(
    features: &Features,
    first: usize,
    (per_column, in_all): (usize, usize),
    counts: impl Fn(usize) -> bool,
) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut next = first;
    for feature in &features.categorical {
        let mut rows = vec![0_usize; feature.values.len()];
        for row in (0..features.rows).filter(|&row| counts(row)) {
            feature.of(row).iter().for_each(|&value| rows[value as usize] += 1);
        }
        let mut values: Vec<usize> = (0..rows.len()).filter(|&value| rows[value] >= RARE).collect();
        values.sort_by_key(|&value| (std::cmp::Reverse(rows[value]), value));
        values.truncate(per_column.min(first + in_all - next));
        let values: Vec<String> =
            values.into_iter().map(|value| feature.values.id(value as u32).to_owned()).collect();
        if !values.is_empty() {
            let count = values.len();
            told.push(Told { column: feature.name.clone(), first: next, values });
            next += count;
        }
    }
    told
}

/// How many numbers these are.
pub fn width(told: &[Told]) -> usize {
    told.iter().map(|told| told.values.len()).sum()
}

impl Told {
    /// The number that a value is.
    pub fn place(&self, value: &str) -> Option<u32> {
        self.values.iter().position(|known| known == value).map(|at| (self.first + at) as u32)
    }

    /// Where each value of an encoded column is among the numbers.
    fn places(&self, feature: &CategoricalFeature) -> Vec<Option<u32>> {
        feature.values.iter().map(|value| self.place(value)).collect()
    }
}

/// The numbers that hold for each row: sets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bags {
    /// The set of row `r` is `members[offsets[r]..offsets[r + 1]]`; `[rows + 1]`.
    pub offsets: Vec<u32>,
    pub members: Vec<u32>,
}

impl Bags {
    pub fn new(features: &Features, told: &[Told]) -> Self {
        let columns: Vec<(&CategoricalFeature, Vec<Option<u32>>)> = told
            .iter()
            .filter_map(|told| {
                let feature = features.categorical.iter().find(|feature| feature.name == told.column)?;
                Some((feature, told.places(feature)))
            })
            .collect();
        let mut bags = Self { offsets: vec![0], members: Vec::new() };
        for row in 0..features.rows {
            for (feature, places) in &columns {
                bags.members.extend(feature.of(row).iter().filter_map(|&value| places[value as usize]));
            }
            bags.offsets.push(bags.members.len() as u32);
        }
        bags
    }

    pub fn of(&self, row: u32) -> &[u32] {
        match self.offsets.get(row as usize..row as usize + 2) {
            Some(range) => &self.members[range[0] as usize..range[1] as usize],
            None => &[],
        }
    }
}
