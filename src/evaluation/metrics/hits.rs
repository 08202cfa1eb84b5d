//! Where a list is right.

/// The hits of one list: all that metrics need to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Positions of hits from 1, ascending.
    positions: Vec<u32>,
    /// Items of the truth.
    pub relevant: usize,
}

impl Hits {
    /// Compares a list with a truth (a set, ascending). An item that a list names twice hits once.
    pub fn of(list: &[u32], truth: &[u32]) -> Self {
        let mut positions = Vec::new();
        for (index, item) in list.iter().enumerate() {
            if truth.binary_search(item).is_ok() && !list[..index].contains(item) {
                positions.push(index as u32 + 1);
            }
        }
        Self { positions, relevant: truth.len() }
    }

    /// The hits in the top `k`.
    pub fn within(&self, k: usize) -> &[u32] {
        &self.positions[..self.positions.partition_point(|&position| position as usize <= k)]
    }

    /// The position of the first hit in the top `k`.
    pub fn first(&self, k: usize) -> Option<u32> {
        self.within(k).first().copied()
    }
}
