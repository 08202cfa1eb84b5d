//! Hashing that is the same in every run: a folded multiplication a word, and an index of codes by hash.
//!
//! Not for hostile input: nobody gains by making their own import slow.

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Folds one word into a state.
pub(super) fn fold(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * u128::from(MULTIPLIER);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Hashes a text: eight bytes at a time, their number folded in last.
pub(super) fn text(text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut state = words.iter().fold(MULTIPLIER, |state, word| fold(state, u64::from_le_bytes(*word)));
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        state = fold(state, u64::from_le_bytes(last));
    }
    fold(state, text.len() as u64)
}

/// Hashes a text of eight bytes and more, of which the last eight may overlap those before: no copy of the rest.
/// Not the same as [`text`] of it.
#[inline]
pub(super) fn long_text(text: &[u8]) -> u64 {
    let (words, _) = text.as_chunks::<8>();
    let last = text.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    let state = fold(MULTIPLIER ^ text.len() as u64, last);
    words.iter().fold(state, |state, word| fold(state, u64::from_le_bytes(*word)))
}

/// Hashes a text of at most twelve bytes given as its length and bytes in one word, as string columns hold it.
/// Not the same as [`text`] of it.
#[inline]
pub(super) fn inline_text(bits: u128) -> u64 {
    // Both halves in one multiplication: there are millions of these.
    let (low, high) = (bits as u64 ^ MULTIPLIER, (bits >> 64) as u64 ^ MULTIPLIER.rotate_left(32));
    let product = u128::from(low) * u128::from(high);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Codes found by hash: open addressing, at most half full. A slot holds 32 bits of hash and a code, so
/// that it grows without seeing the hashed things again.
#[derive(Debug, Clone, Default)]
pub(super) struct HashIndex {
    /// `EMPTY`, or the hash in the upper and the code in the lower half; a power of two long.
    slots: Vec<u64>,
    filled: usize,
}

const EMPTY: u64 = u64::MAX;

impl HashIndex {
    /// An index with room for so many codes.
    pub fn with_capacity(codes: usize) -> Self {
        Self { slots: vec![EMPTY; (codes * 2).next_power_of_two().max(16)], filled: 0 }
    }

    /// The code of that hash for which `equal(code)` holds.
    pub fn find(&self, hash: u64, equal: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let tag = hash as u32;
        let mut position = tag as usize & mask;
        loop {
            let slot = self.slots[position];
            if slot == EMPTY {
                return None;
            }
            if (slot >> 32) as u32 == tag && equal(slot as u32) {
                return Some(slot as u32);
            }
            position = (position + 1) & mask;
        }
    }

    /// The code in the slot where that hash belongs, where it has the hash; `u32::MAX` where another has taken the
    /// slot or none. Without a branch, so that many glances wait for memory at once.
    #[inline]
    pub fn glance(&self, hash: u64) -> u32 {
        let tag = hash as u32;
        let home = tag as usize & self.slots.len().wrapping_sub(1);
        let slot = self.slots.get(home).copied().unwrap_or(EMPTY);
        if (slot >> 32) as u32 == tag { slot as u32 } else { u32::MAX }
    }

    /// Adds a code below `u32::MAX` that [`Self::find`] does not find.
    pub fn insert(&mut self, hash: u64, code: u32) {
        if (self.filled + 1) * 2 > self.slots.len() {
            let mut larger = Self::with_capacity(self.slots.len().max(16));
            for &slot in self.slots.iter().filter(|&&slot| slot != EMPTY) {
                larger.place(slot);
            }
            self.slots = larger.slots;
        }
        self.place(u64::from(hash as u32) << 32 | u64::from(code));
        self.filled += 1;
    }

    fn place(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut position = (slot >> 32) as usize & mask;
        while self.slots[position] != EMPTY {
            position = (position + 1) & mask;
        }
        self.slots[position] = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand texts, many sharing a length or a prefix, are each found again after growth, and none
    /// that was not put in.
    #[test]
    fn an_index_finds_what_was_put_in() {
        let words: Vec<String> = (0..10_000).map(|number| format!("word-{number}")).collect();
        let mut index = HashIndex::default();
        for (code, word) in words.iter().enumerate() {
            assert_eq!(index.find(text(word), |found| words[found as usize] == *word), None);
            index.insert(text(word), code as u32);
        }
        for (code, word) in words.iter().enumerate() {
            assert_eq!(index.find(text(word), |found| words[found as usize] == *word), Some(code as u32));
        }
        assert_eq!(index.find(text("word-10000"), |found| words[found as usize] == "word-10000"), None);
    }

    #[test]
    fn zero_bytes_and_lengths_count() {
        assert_ne!(text("a"), text("a\0"));
        assert_ne!(text(""), text("\0\0\0\0\0\0\0\0"));
        assert_ne!(text("abcdefgh"), text("abcdefgh\0"));
    }
}
