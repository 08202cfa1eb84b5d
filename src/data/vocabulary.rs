//! Ids and their indices.

use super::hash::{self, HashIndex};

/// Distinct ids in byte order; an id's index is its place. Ties between equal scores are broken by index,
/// so lists don't depend on the order in which a file happened to name things.
///
/// All ids stand in one text, so a vocabulary of millions costs their bytes and twelve more an id.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// The ids end to end.
    text: String,
    /// Where each id ends in `text`.
    ends: Vec<usize>,
    index: HashIndex,
}

impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.text == other.text
    }
}

impl Eq for Vocabulary {}

impl Vocabulary {
    /// Sorts and de-duplicates.
    pub fn new(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let ids: Vec<_> = ids.into_iter().collect();
        let mut sorted: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self::from_sorted(&sorted)
    }

    /// From ids in byte order, each once.
    pub(super) fn from_sorted(ids: &[&str]) -> Self {
        let mut vocabulary = Self {
            text: String::with_capacity(ids.iter().map(|id| id.len()).sum()),
            ends: Vec::with_capacity(ids.len()),
            index: HashIndex::with_capacity(ids.len()),
        };
        for (index, id) in ids.iter().enumerate() {
            vocabulary.text.push_str(id);
            vocabulary.ends.push(vocabulary.text.len());
            vocabulary.index.insert(hash::text(id), index as u32);
        }
        vocabulary
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id at an index below [`Self::len`].
    pub fn id(&self, index: u32) -> &str {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    /// The index of an id.
    pub fn index(&self, id: &str) -> Option<u32> {
        self.index.find(hash::text(id), |index| self.id(index) == id)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.id(index as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_order_is_byte_order() {
        let vocabulary = Vocabulary::new(["b", "10", "a", "9", "b", "", "ä", "Z"]);
        assert_eq!(vocabulary.iter().collect::<Vec<_>>(), ["", "10", "9", "Z", "a", "b", "ä"]);
        for (index, id) in vocabulary.iter().enumerate() {
            assert_eq!(vocabulary.index(id), Some(index as u32));
        }
        assert_eq!(vocabulary.index("c"), None);
        assert_eq!(Vocabulary::default().index("a"), None);
    }
}
