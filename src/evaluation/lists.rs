//! Every tested user's list, packed: what an evaluation leaves behind, and all that metrics need of a model.

use crate::recipes::ranking::RankedList;
use serde::{Deserialize, Serialize};

/// Stands where a list of another tool holds an item that the catalogue lacks.
pub const UNKNOWN: u32 = u32::MAX;

/// The layout of [`Lists::to_blob`].
const FORMAT: u32 = 1;

/// A list for each case of a test set, in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lists {
    /// The list of case `c` is `items[offsets[c]..offsets[c + 1]]`; `[cases + 1]`.
    offsets: Vec<usize>,
    /// Item indices, best first in each list.
    items: Vec<u32>,
    /// Scores, `[items]`.
    scores: Vec<f32>,
}

/// Why stored lists could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ListsError {
    #[error("the stored lists are damaged ({0}); train the version again")]
    Damaged(String),
    #[error("the stored lists have format {0}, this program reads {FORMAT}; train the version again")]
    Format(u32),
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    cases: usize,
    items: usize,
}

impl Lists {
    pub fn of(lists: &[RankedList]) -> Self {
        let mut packed = Self::with_room(lists.len());
        for list in lists {
            packed.push(&list.items, &list.scores);
        }
        packed
    }

    /// No lists yet, with room for those of so many cases.
    pub fn with_room(cases: usize) -> Self {
        let mut offsets = Vec::with_capacity(cases + 1);
        offsets.push(0);
        Self { offsets, items: Vec::new(), scores: Vec::new() }
    }

    /// Adds the list of the next case; scores that are missing are 0.
    pub fn push(&mut self, items: &[u32], scores: &[f32]) {
        self.items.extend_from_slice(items);
        self.scores.extend_from_slice(&scores[..items.len().min(scores.len())]);
        self.scores.resize(self.items.len(), 0.0);
        self.offsets.push(self.items.len());
    }

    /// The number of lists.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items of a case, best first.
    pub fn items(&self, case: usize) -> &[u32] {
        &self.items[self.offsets[case]..self.offsets[case + 1]]
    }

    /// The scores of a case, best first.
    pub fn scores(&self, case: usize) -> &[f32] {
        &self.scores[self.offsets[case]..self.offsets[case + 1]]
    }

    /// The items of all lists, one list after the other.
    pub fn all_items(&self) -> &[u32] {
        &self.items
    }

    /// How often each item stands in the top `k` of a list, `[n_items]`.
    pub fn exposure(&self, k: usize, n_items: usize) -> Vec<u32> {
        let mut counts = vec![0; n_items];
        for case in 0..self.len() {
            for &item in self.items(case).iter().take(k) {
                if let Some(count) = counts.get_mut(item as usize) {
                    *count += 1;
                }
            }
        }
        counts
    }

    /// The lists as bytes: length of the header (u32), header as JSON, then lengths (u32), items (u32) and scores (f32),
    /// little-endian, compressed.
    pub fn to_blob(&self) -> Result<Vec<u8>, ListsError> {
        let damaged = |error: std::io::Error| ListsError::Damaged(error.to_string());
        let header = Header { format: FORMAT, cases: self.len(), items: self.items.len() };
        let header = serde_json::to_vec(&header).map_err(|error| ListsError::Damaged(error.to_string()))?;
        let mut bytes = Vec::with_capacity(header.len() + 4 * self.len() + 8 * self.items.len() + 4);
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        for case in self.offsets.windows(2) {
            bytes.extend(((case[1] - case[0]) as u32).to_le_bytes());
        }
        bytes.extend(self.items.iter().flat_map(|item| item.to_le_bytes()));
        bytes.extend(self.scores.iter().flat_map(|score| score.to_le_bytes()));
        zstd::encode_all(bytes.as_slice(), 3).map_err(damaged)
    }

    /// Reads what [`Self::to_blob`] wrote; items are checked against a catalogue of `n_items`.
    pub fn from_blob(blob: &[u8], n_items: usize) -> Result<Self, ListsError> {
        let damaged = |what: &str| ListsError::Damaged(what.to_owned());
        let bytes = zstd::decode_all(blob).map_err(|error| ListsError::Damaged(error.to_string()))?;
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(|| damaged("no header"))?;
        let (header, rest) = rest
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .ok_or_else(|| damaged("the header is cut short"))?;
        let header: Header =
            serde_json::from_slice(header).map_err(|error| ListsError::Damaged(error.to_string()))?;
        if header.format != FORMAT {
            return Err(ListsError::Format(header.format));
        }
        let (words, left) = rest.as_chunks::<4>();
        if !left.is_empty() || words.len() != header.cases.saturating_add(header.items.saturating_mul(2)) {
            return Err(damaged("they are cut short"));
        }
        let (lengths, words) = words.split_at(header.cases);
        let (items, scores) = words.split_at(header.items);
        let mut lists = Self::with_room(header.cases);
        for &length in lengths {
            let end = lists.offsets[lists.len()] + u32::from_le_bytes(length) as usize;
            lists.offsets.push(end);
        }
        lists.items = items.iter().map(|&word| u32::from_le_bytes(word)).collect();
        lists.scores = scores.iter().map(|&word| f32::from_le_bytes(word)).collect();
        let ends = lists.offsets.last() == Some(&header.items);
        if !ends || lists.items.iter().any(|&item| item != UNKNOWN && item as usize >= n_items) {
            return Err(damaged("they name items that are not in the catalogue"));
        }
        Ok(lists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_lists_are_the_lists_and_damage_is_seen() {
        let mut lists = Lists::with_room(3);
        lists.push(&[4, 2, 0], &[0.5, 0.25, -1.0]);
        lists.push(&[], &[]);
        lists.push(&[1], &[]);
        let blob = lists.to_blob().unwrap();
        let read = Lists::from_blob(&blob, 5).unwrap();
        assert_eq!(read, lists);
        assert_eq!((read.len(), read.items(0), read.scores(2)), (3, &[4, 2, 0][..], &[0.0][..]));
        assert_eq!(read.exposure(2, 5), [0, 1, 1, 0, 1]);
        assert!(Lists::from_blob(&blob, 4).is_err(), "item 4 is not in a catalogue of four");
        let whole = zstd::decode_all(blob.as_slice()).unwrap();
        for length in 0..whole.len() {
            let cut = zstd::encode_all(&whole[..length], 1).unwrap();
            assert!(Lists::from_blob(&cut, 5).is_err());
        }
    }
}
