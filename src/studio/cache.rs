//! What is kept in memory between calls, by the id of the version it was made from, or by the moment: ids are never used
//! twice for other content and moments never come back, so an entry can be forgotten but never be wrong.

use parking_lot::Mutex;
use std::sync::Arc;

/// A few values by key; the one used longest ago goes first.
pub(super) struct Cache<K, V: ?Sized> {
    capacity: usize,
    /// The newest use last.
    entries: Mutex<Vec<(K, Arc<V>)>>,
}

impl<K: PartialEq, V: ?Sized> Cache<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::new(Vec::new()) }
    }

    /// The value of `key`, made where it is not there. Two threads may both make it; the first one in stays.
    pub(super) fn get_or_make<E>(
        &self,
        key: K,
        make: impl FnOnce() -> Result<Arc<V>, E>,
    ) -> Result<Arc<V>, E> {
        if let Some(value) = self.find(&key) {
            return Ok(value);
        }
        let made = make()?;
        if let Some(value) = self.find(&key) {
            return Ok(value);
        }
        let mut entries = self.entries.lock();
        entries.push((key, Arc::clone(&made)));
        if entries.len() > self.capacity {
            entries.remove(0);
        }
        Ok(made)
    }

    fn find(&self, key: &K) -> Option<Arc<V>> {
        let mut entries = self.entries.lock();
        let position = entries.iter().position(|(known, _)| known == key)?;
        let entry = entries.remove(position);
        let value = Arc::clone(&entry.1);
        entries.push(entry);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn the_longest_unused_goes_first() {
        let cache = Cache::<u32, u32>::new(2);
        let made = std::cell::Cell::new(0);
        let get = |key| {
            let value: Result<_, Infallible> = cache.get_or_make(key, || {
                made.set(made.get() + 1);
                Ok(Arc::new(key * 10))
            });
            *value.unwrap()
        };
        assert_eq!([get(1), get(2), get(1), get(3), get(1)], [10, 20, 10, 30, 10]);
        assert_eq!(made.get(), 3, "1 stayed because it was used after 2");
        get(2);
        assert_eq!(made.get(), 4, "2 had gone");
    }
}
