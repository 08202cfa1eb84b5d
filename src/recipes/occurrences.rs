//! Where in all histories each item occurs.

use crate::data::Interactions;

/// Row and user of every occurrence of each item, in order.
pub struct Occurrences {
    offsets: Vec<usize>,
    rows: Vec<(u32, u32)>,
}

impl Occurrences {
    pub fn new(interactions: &Interactions) -> Self {
        let mut offsets = vec![0; interactions.n_items() + 1];
        for &item in &interactions.item {
            offsets[item as usize + 1] += 1;
        }
        for item in 0..interactions.n_items() {
            offsets[item + 1] += offsets[item];
        }
        let mut next = offsets.clone();
        let mut rows = vec![(0, 0); interactions.len()];
        for user in 0..interactions.n_users() as u32 {
            for row in interactions.rows(user) {
                let slot = &mut next[interactions.item[row] as usize];
                rows[*slot] = (row as u32, user);
                *slot += 1;
            }
        }
        Self { offsets, rows }
    }

    pub fn of(&self, item: u32) -> &[(u32, u32)] {
        &self.rows[self.offsets[item as usize]..self.offsets[item as usize + 1]]
    }
}
