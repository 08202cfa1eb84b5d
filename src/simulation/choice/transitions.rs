//! What came after what.

use super::RECENT;
use crate::data::Interactions;
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;

/// Rows that are counted at most; of more, those of users at even distances.
const MOST_ROWS: usize = 4_000_000;
/// What one event counts that came as the next: divisible by every distance.
const ONE: u64 = 6;

/// How often an item came among the next few after another, the s-th counted 1/s.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Transitions {
    /// What followed item `j` is at `offsets[j]..offsets[j + 1]`; `[n_items + 1]`.
    offsets: Vec<usize>,
    /// Ascending within an item.
    items: Vec<u32>,
    counts: Vec<u32>,
    /// All that followed, `[n_items]`.
    totals: Vec<u32>,
}

impl Transitions {
    pub(super) fn count(interactions: &Interactions, job: &JobContext) -> Result<Self, Cancelled> {
        let n_items = interactions.n_items();
        let stride = interactions.len().div_ceil(MOST_ROWS).max(1);
        let mut pairs: Vec<u64> = Vec::new();
        for user in (0..interactions.n_users()).step_by(stride) {
            let history = &interactions.item[interactions.rows(user as u32)];
            for (at, &item) in history.iter().enumerate() {
                for distance in 1..=RECENT.min(at) {
                    let before = u64::from(history[at - distance]);
                    pairs.push((before << 35) | (u64::from(item) << 3) | (ONE / distance as u64));
                }
            }
        }
        job.check()?;
        pairs.par_sort_unstable();
        job.check()?;
        let mut counted = Self { offsets: vec![0], totals: vec![0; n_items], ..Self::default() };
        let mut last = None;
        for pair in pairs {
            let (key, weight) = (pair >> 3, (pair & 7) as u32);
            let (before, item) = ((key >> 32) as usize, key as u32);
            if last == Some(key) {
                if let Some(count) = counted.counts.last_mut() {
                    *count += weight;
                }
            } else {
                counted.offsets.resize(before + 1, counted.items.len());
                counted.items.push(item);
                counted.counts.push(weight);
                last = Some(key);
            }
            counted.totals[before] += weight;
        }
        counted.offsets.resize(n_items + 1, counted.items.len());
        Ok(counted)
    }

    /// The share of an item in what followed another; none where nothing ever did.
    pub(super) fn share(&self, before: u32, item: u32) -> Option<f64> {
        let total = self.totals[before as usize];
        (total > 0).then(|| f64::from(self.times(before, item)) / f64::from(total))
    }

    /// The same without one event, which came `distance` after.
    pub(super) fn share_without(&self, before: u32, item: u32, distance: usize) -> Option<f64> {
        let own = (ONE as usize / distance) as u32;
        let rest = self.totals[before as usize].saturating_sub(own);
        (rest > 0).then(|| f64::from(self.times(before, item).saturating_sub(own)) / f64::from(rest))
    }

    fn times(&self, before: u32, item: u32) -> u32 {
        let row = self.offsets[before as usize]..self.offsets[before as usize + 1];
        match self.items[row.clone()].binary_search(&item) {
            Ok(at) => self.counts[row.start + at],
            Err(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vocabulary;
    use std::sync::Arc;

    /// One user had a b a c, another b a: after a came b (1), a (1/2), c (1/3) and c (1).
    #[test]
    fn counts_by_hand() {
        let (users, items) =
            (Arc::new(Vocabulary::new(["u", "v"])), Arc::new(Vocabulary::new(["a", "b", "c"])));
        let rows = [(0, 0, 1), (0, 1, 2), (0, 0, 3), (0, 2, 4), (1, 1, 1), (1, 0, 2)];
        let rows = rows.map(|(user, item, time)| (user, item, time, 0, 0.0));
        let data = Interactions::from_rows(users, items, Arc::default(), &rows);
        let counted = Transitions::count(&data, &JobContext::default()).unwrap();
        let after_a = [0, 1, 2].map(|item| counted.share(0, item).unwrap());
        let all = 1.0 + 0.5 + 1.0 / 3.0 + 1.0;
        for (share, count) in after_a.into_iter().zip([0.5, 1.0, 4.0 / 3.0]) {
            assert!((share - count / all).abs() < 1e-12, "{after_a:?}");
        }
        // After b: a at once, twice, and c as the second.
        assert!((counted.share(1, 0).unwrap() - 2.0 / 2.5).abs() < 1e-12);
        assert!((counted.share_without(1, 0, 1).unwrap() - 1.0 / 1.5).abs() < 1e-12);
        assert_eq!(counted.share(2, 0), None);
    }
}
