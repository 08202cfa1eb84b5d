//! What metrics beyond accuracy know of the items: how popular each was before what is to be found, and what is said of it.

use super::TestSet;
use crate::data::{Features, Interactions};
use std::sync::Arc;

/// The share of the known interactions that the most popular items hold which are not the long tail.
const HEAD_SHARE: f64 = 0.8;

/// The items of a data set, by index.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    /// Known interactions with each item: all but those that a test set holds back from its models, `[n_items]`.
    pub counts: Vec<u32>,
    /// Whether an item is of the long tail, `[n_items]`.
    pub in_tail: Vec<bool>,
    /// The share of the other items that are less popular, equals counted half, `[n_items]`.
    pub percentile: Vec<f32>,
    /// Bits of surprise, -log2 of the item's share of the known interactions, each item counted once more, `[n_items]`.
    pub surprise: Vec<f32>,
    /// The metadata values of item `i` are `values[value_offsets[i]..value_offsets[i + 1]]`, ascending; numbers of one
    /// column do not overlap with those of another.
    value_offsets: Vec<usize>,
    values: Vec<u32>,
    /// The attribute of each item that lists are to bring, not a number where it is not known, `[n_items]`; `None` where
    /// relevance is all.
    pub rewards: Option<Arc<[f32]>>,
    /// Whether an item is new, `[n_items]`; `None` where it is not known when they came to be.
    pub is_new: Option<Arc<[bool]>>,
}

impl Catalogue {
    /// The catalogue of the interactions that a test set was cut from; `items` are what is said of them.
    pub fn of(interactions: &Interactions, test: &TestSet, items: &Features) -> Self {
        let counts = known_counts(interactions, test);
        let (value_offsets, values) = values(items, counts.len());
        Self {
            in_tail: tail(&counts),
            percentile: percentiles(&counts),
            surprise: surprises(&counts),
            value_offsets,
            values,
            rewards: None,
            is_new: None,
            counts,
        }
    }

    pub fn n_items(&self) -> usize {
        self.counts.len()
    }

    /// The metadata values of an item, ascending; none of an item that is not in the catalogue.
    pub fn values_of(&self, item: u32) -> &[u32] {
        let item = item as usize;
        let bounds = self.value_offsets.get(item).zip(self.value_offsets.get(item.saturating_add(1)));
        bounds.map_or(&[], |(&start, &end)| &self.values[start..end])
    }

    /// Whether anything is said of the items.
    pub fn has_values(&self) -> bool {
        !self.values.is_empty()
    }
}

/// Interactions with each item that are trained on or asked with.
fn known_counts(interactions: &Interactions, test: &TestSet) -> Vec<u32> {
    let mut counts = vec![0_u32; interactions.n_items()];
    let mut known = test.train.clone();
    for case in &test.cases {
        let rows = interactions.rows(case.user);
        known[rows.start..rows.start + case.input].fill(true);
        known[rows.start + case.input..rows.end].fill(false);
    }
    for (&item, _) in interactions.item.iter().zip(&known).filter(|&(_, &known)| known) {
        counts[item as usize] += 1;
    }
    counts
}

fn tail(counts: &[u32]) -> Vec<bool> {
    let total: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    let mut order: Vec<u32> = (0..counts.len() as u32).collect();
    order.sort_by_key(|&item| (std::cmp::Reverse(counts[item as usize]), item));
    let mut in_tail = vec![true; counts.len()];
    let mut held = 0_u64;
    for item in order {
        if held as f64 >= HEAD_SHARE * total as f64 {
            break;
        }
        held += u64::from(counts[item as usize]);
        in_tail[item as usize] = false;
    }
    in_tail
}

fn percentiles(counts: &[u32]) -> Vec<f32> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let others = counts.len().saturating_sub(1).max(1) as f32;
    let of = |&count: &u32| {
        let below = sorted.partition_point(|&other| other < count);
        let equal = sorted.partition_point(|&other| other <= count) - below - 1;
        (below as f32 + equal as f32 / 2.0) / others
    };
    counts.iter().map(of).collect()
}

fn surprises(counts: &[u32]) -> Vec<f32> {
    let total: u64 = counts.iter().map(|&count| u64::from(count) + 1).sum();
    counts.iter().map(|&count| -((f64::from(count) + 1.0) / total as f64).log2() as f32).collect()
}

/// Categories of all columns, numbers by which tenth of the items they are in.
fn values(items: &Features, n_items: usize) -> (Vec<usize>, Vec<u32>) {
    let mut of_item: Vec<Vec<u32>> = vec![Vec::new(); n_items];
    let mut first = 0;
    for column in &items.categorical {
        for (item, values) in of_item.iter_mut().enumerate() {
            values.extend(column.of(item).iter().map(|value| first + value));
        }
        first += column.values.len() as u32;
    }
    for column in &items.numeric {
        let mut sorted: Vec<f32> = column.values.iter().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f32::total_cmp);
        for (values, &value) in of_item.iter_mut().zip(&column.values).filter(|(_, value)| !value.is_nan()) {
            let below = sorted.partition_point(|&other| other < value);
            values.push(first + (10 * below / sorted.len()) as u32);
        }
        first += 10;
    }
    let mut offsets = vec![0];
    offsets.extend(of_item.iter().scan(0, |end, values| {
        *end += values.len();
        Some(*end)
    }));
    (offsets, of_item.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::evaluation::cut;
    use crate::recipes::toy::interactions;

    #[test]
    fn only_what_is_known_before_the_test_counts() {
        // Of each user the last is held back: known are p p q q r, and s never.
        let data = interactions(&[
            ("a", "p", 1),
            ("a", "q", 2),
            ("a", "s", 3),
            ("b", "p", 1),
            ("b", "r", 2),
            ("b", "q", 3),
            ("c", "q", 1),
            ("c", "s", 2),
        ]);
        let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
        let catalogue = Catalogue::of(&data, &test, &Features::none(data.n_items()));
        assert_eq!(catalogue.counts, [2, 2, 1, 0]);
        assert_eq!(catalogue.percentile, [2.5 / 3.0, 2.5 / 3.0, 1.0 / 3.0, 0.0]);
        // p and q hold four of five, which is 80 %.
        assert_eq!(catalogue.in_tail, [false, false, true, true]);
        // Nine with each once more; s has one of nine.
        assert_eq!(catalogue.surprise[3], 9_f32.log2());
        assert!(!catalogue.has_values());
    }
}
