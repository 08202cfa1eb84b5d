//! Ids and their indices.

/// Distinct ids in byte order; an id's index is its place. Ties between equal scores are broken by index,
/// so lists don't depend on the order in which a file happened to name things.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    ids: Vec<Box<str>>,
}

impl Vocabulary {
    /// Sorts and de-duplicates.
    pub fn new(ids: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let mut ids: Vec<Box<str>> = ids.into_iter().map(Into::into).collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids }
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The id at an index below [`Self::len`].
    pub fn id(&self, index: u32) -> &str {
        &self.ids[index as usize]
    }

    /// The index of an id, by bisection.
    pub fn index(&self, id: &str) -> Option<u32> {
        self.ids.binary_search_by(|probe| probe.as_ref().cmp(id)).ok().map(|index| index as u32)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ids.iter().map(AsRef::as_ref)
    }
}
