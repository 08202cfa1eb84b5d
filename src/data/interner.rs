//! Distinct texts by code, found by their bytes.

use super::hash::{self, HashIndex};

/// Bytes of a text that fit in one word beside its length.
pub(super) const SHORT: usize = 12;

/// Words that are looked up side by side.
pub(super) const BATCH: usize = 64;

/// No code.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Texts in the order first seen; a text's code is its place.
///
/// A text of at most [`SHORT`] bytes is one word: its length in the low 32 bits and its bytes above them, as the
/// views of string columns have it.
#[derive(Debug, Default)]
pub(super) struct Interner {
    /// Short texts; of a long one the length, and where it begins in `long` above it.
    words: Vec<u128>,
    /// Long texts end to end.
    long: Vec<u8>,
    index: HashIndex,
}

/// The word of a text of at most [`SHORT`] bytes.
///
/// Of eight bytes and more the first and the last eight overlap, of four and more the first and the last four: no
/// loop, and no call to copy so few bytes.
#[inline]
pub(super) fn word(text: &[u8]) -> u128 {
    let length = text.len();
    let bytes = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << (8 * (length - 8))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        u128::from(
            u64::from(u32::from_le_bytes(*first))
                | u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4)),
        )
    } else {
        text.iter().rev().fold(0, |bytes, &byte| bytes << 8 | u128::from(byte))
    };
    bytes << 32 | length as u128
}

impl Interner {
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The codes of at most [`BATCH`] short texts that were seen and stand where their hash belongs; [`UNKNOWN`] for
    /// all others, which [`Self::short`] finds. Without a branch, so that many look-ups wait for memory at once.
    pub fn glance(&self, words: &[u128]) -> [u32; BATCH] {
        let mut codes = [UNKNOWN; BATCH];
        for (code, &word) in codes.iter_mut().zip(words) {
            *code = self.index.glance(hash::inline_text(word));
        }
        let last = self.words.len().saturating_sub(1);
        for (code, &word) in codes.iter_mut().zip(words) {
            let there = self.words.get((*code as usize).min(last)).copied().unwrap_or_default();
            *code = if there == word { *code } else { UNKNOWN };
        }
        codes
    }

    /// The code of a short text, a new one where it was not seen.
    pub fn short(&mut self, word: u128) -> u32 {
        let hash = hash::inline_text(word);
        let found = self.index.find(hash, |code| self.words[code as usize] == word);
        found.unwrap_or_else(|| self.add(hash, word))
    }

    /// The code of a longer text, a new one where it was not seen.
    pub fn long(&mut self, text: &[u8]) -> u32 {
        let hash = hash::bytes(text);
        let found = self.index.find(hash, |code| self.is_long(self.words[code as usize], text));
        found.unwrap_or_else(|| {
            let word = (self.long.len() as u128) << 32 | text.len() as u128;
            self.long.extend_from_slice(text);
            self.add(hash, word)
        })
    }

    /// The code of a text, a new one where it was not seen.
    pub fn code(&mut self, text: &[u8]) -> u32 {
        if text.len() <= SHORT { self.short(word(text)) } else { self.long(text) }
    }

    fn add(&mut self, hash: u64, word: u128) -> u32 {
        let code = self.words.len() as u32;
        self.index.insert(hash, code);
        self.words.push(word);
        code
    }

    fn is_long(&self, word: u128, text: &[u8]) -> bool {
        word as u32 as usize == text.len() && self.long_text(word) == Some(text)
    }

    /// The long text that a word names; `None` where the word is a short one.
    fn long_text(&self, word: u128) -> Option<&[u8]> {
        let length = word as u32 as usize;
        let start = (word >> 32) as usize;
        if length > SHORT { self.long.get(start..start + length) } else { None }
    }

    /// Takes the texts of another in their order; the code here of each code there, `[other.len()]`.
    pub fn absorb(&mut self, other: &Self) -> Vec<u32> {
        let mut codes = Vec::with_capacity(other.len());
        for words in other.words.chunks(BATCH) {
            let known = self.glance(words);
            for (&word, known) in words.iter().zip(known) {
                codes.push(match other.long_text(word) {
                    Some(text) => self.long(text),
                    None if known == UNKNOWN => self.short(word),
                    None => known,
                });
            }
        }
        codes
    }

    /// Calls `each` with every text in the order of codes.
    pub fn each(&self, mut each: impl FnMut(&[u8])) {
        for &word in &self.words {
            match self.long_text(word) {
                Some(text) => each(text),
                None => each(&word.to_le_bytes()[4..4 + (word as u32 as usize).min(SHORT)]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(interner: &Interner) -> Vec<String> {
        let mut texts = Vec::new();
        interner.each(|text| texts.push(str::from_utf8(text).unwrap().to_owned()));
        texts
    }

    /// Texts on both sides of the longest short one, some with a common beginning, each get one code.
    #[test]
    fn each_text_has_one_code() {
        let seen =
            ["b", "", "twelve bytes", "thirteen byte", "thirteen bytf", "a\0", "a", "b", "thirteen byte"];
        let mut interner = Interner::default();
        let codes: Vec<u32> = seen.iter().map(|text| interner.code(text.as_bytes())).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 0, 3]);
        assert_eq!(texts(&interner), seen[..7]);
    }

    #[test]
    fn a_word_is_a_length_and_the_bytes() {
        for length in 0..=SHORT {
            let text = &b"\xffbcdefghijk\xfe"[..length];
            let mut expected = [0; 16];
            expected[0] = length as u8;
            expected[4..4 + length].copy_from_slice(text);
            assert_eq!(word(text), u128::from_le_bytes(expected), "{length}");
        }
    }

    #[test]
    fn two_become_one_in_the_order_of_sight() {
        let mut first = Interner::default();
        let mut second = Interner::default();
        for text in ["x", "a longer text than twelve", "y"] {
            first.code(text.as_bytes());
        }
        for text in ["y", "another longer text", "a longer text than twelve", "z"] {
            second.code(text.as_bytes());
        }
        assert_eq!(first.absorb(&second), [2, 3, 1, 4]);
        assert_eq!(texts(&first), ["x", "a longer text than twelve", "y", "another longer text", "z"]);
    }
}
