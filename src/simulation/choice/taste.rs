//! What somebody likes, by the metadata of what they had.

use crate::data::Features;
use std::collections::BTreeMap;

/// Events of everybody's that a person's own are weighed against.
const PRIOR: f64 = 5.0;
/// Different values of a column above which it says who an item is, not what it is like.
const MOST_VALUES: usize = 1_000;

/// The categories of the items.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Values {
    /// Those of item `i` are `flat[offsets[i]..offsets[i + 1]]`; numbers of one column do not overlap with another's.
    offsets: Vec<usize>,
    flat: Vec<u32>,
    /// The share of a value in all interactions, an item's values sharing each of its interactions evenly, `[values]`.
    base: Vec<f64>,
    /// The share of all interactions whose item has values.
    known: f64,
}

/// A person's taste: values with how often they had them, ascending.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Taste {
    had: Vec<(u32, f64)>,
    /// Events with an item of which anything is known.
    events: f64,
}

impl Values {
    /// From the items' metadata and the share of each item in all interactions.
    pub(super) fn of(items: &Features, popularity: &[f64]) -> Self {
        let columns: Vec<_> =
            items.categorical.iter().filter(|column| column.values.len() <= MOST_VALUES).collect();
        let n_values = columns.iter().map(|column| column.values.len()).sum();
        let mut values = Self { offsets: vec![0], flat: Vec::new(), base: vec![0.0; n_values], known: 0.0 };
        for (item, share) in popularity.iter().enumerate() {
            let mut first = 0;
            for column in &columns {
                values.flat.extend(column.of(item).iter().map(|value| first + value));
                first += column.values.len() as u32;
            }
            values.offsets.push(values.flat.len());
            let own = values.of_item(item as u32).to_vec();
            for &value in &own {
                values.base[value as usize] += share / own.len() as f64;
            }
        }
        values.known = values.base.iter().sum();
        values
    }

    fn of_item(&self, item: u32) -> &[u32] {
        &self.flat[self.offsets[item as usize]..self.offsets[item as usize + 1]]
    }

    /// Whether anything is known of any item.
    pub(super) fn any(&self) -> bool {
        !self.flat.is_empty()
    }

    pub(super) fn taste(&self, history: &[u32]) -> Taste {
        let mut had: BTreeMap<u32, f64> = BTreeMap::new();
        let mut events = 0.0;
        for &item in history {
            let values = self.of_item(item);
            for &value in values {
                *had.entry(value).or_default() += 1.0 / values.len() as f64;
            }
            events += f64::from(u8::from(!values.is_empty()));
        }
        Taste { had: had.into_iter().collect(), events }
    }

    /// A / Z: how much more than everybody a person likes an item.
    pub(super) fn lift(&self, taste: &Taste, item: u32) -> f64 {
        self.lift_of(taste, item, 0.0)
    }

    /// The same without one event with the item itself.
    pub(super) fn lift_without(&self, taste: &Taste, item: u32) -> f64 {
        self.lift_of(taste, item, 1.0)
    }

    fn lift_of(&self, taste: &Taste, item: u32, left_out: f64) -> f64 {
        let values = self.of_item(item);
        let own = if values.is_empty() { 0.0 } else { left_out };
        let events = (taste.events - own).max(0.0);
        // The mean of the lifts over all interactions: of a value (had / base + prior) / (events + prior), of nothing 1.
        let mean = (events + PRIOR * self.known) / (events + PRIOR) + (1.0 - self.known);
        if values.is_empty() {
            return 1.0 / mean;
        }
        let lift = |&value: &u32| {
            let at = taste.had.binary_search_by_key(&value, |&(value, _)| value);
            let had = at.map_or(0.0, |at| taste.had[at].1) - own / values.len() as f64;
            (had.max(0.0) / self.base[value as usize] + PRIOR) / (events + PRIOR)
        };
        values.iter().map(lift).sum::<f64>() / values.len() as f64 / mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{CategoricalFeature, Vocabulary};
    use std::sync::Arc;

    /// Items a (war), b (art and war), c (nothing) of shares 0.5, 0.3 and 0.2.
    fn values() -> Values {
        let genres = CategoricalFeature {
            name: "GENRES".to_owned(),
            values: Arc::new(Vocabulary::new(["art", "war"])),
            offsets: vec![0, 1, 3, 3],
            indices: vec![1, 0, 1],
        };
        let items = Features { rows: 3, categorical: vec![genres], ..Features::default() };
        Values::of(&items, &[0.5, 0.3, 0.2])
    }

    /// Whatever somebody had, P A / Z adds up to one over the items.
    #[test]
    fn a_taste_moves_chances_and_makes_none() {
        let values = values();
        assert_eq!(values.base, [0.15, 0.65]);
        for history in [&[][..], &[0, 0, 0], &[1, 1, 1, 1, 2], &[2]] {
            let taste = values.taste(history);
            let all: f64 =
                [0.5, 0.3, 0.2].iter().zip(0..).map(|(p, item)| p * values.lift(&taste, item)).sum();
            assert!((all - 1.0).abs() < 1e-12, "{history:?}: {all}");
        }
        assert!((values.lift(&values.taste(&[]), 1) - 1.0).abs() < 1e-12);
    }

    /// One event with b: art 0.5 / 0.15 + 5 and war 0.5 / 0.65 + 5, over 6; their mean over (1 + 5 · 0.8) / 6 + 0.2.
    #[test]
    fn a_lift_by_hand() {
        let values = values();
        let taste = values.taste(&[1]);
        let art: f64 = (0.5 / 0.15 + 5.0) / 6.0;
        let war = (0.5 / 0.65 + 5.0) / 6.0;
        let mean = 5.0 / 6.0 + 0.2;
        assert!((values.lift(&taste, 1) - f64::midpoint(art, war) / mean).abs() < 1e-12);
        assert!((values.lift(&taste, 0) - war / mean).abs() < 1e-12);
        assert!((values.lift_without(&taste, 1) - 1.0).abs() < 1e-12);
    }
}
