//! Distinct texts by code, found by their bytes.

use super::hash::{self, HashIndex};
use std::ops::Range;

/// Bytes of a text that fit in one word beside its length.
pub(super) const SHORT: usize = 12;

/// Words that are looked up side by side.
pub(super) const BATCH: usize = 64;

/// No code.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Stands for a missing cell among words; no text has this length.
pub(super) const NO_WORD: u128 = u128::MAX;

/// Texts in the order first seen; a text's code is its place.
///
/// A text of at most [`SHORT`] bytes is one word: its length in the low 32 bits and its bytes above them, as the
/// views of string columns have it. The word of a longer one is its length, and above it where it begins in a text
/// that goes with the words.
#[derive(Debug, Default)]
pub(super) struct Interner {
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

/// The word of a part of a text, or [`NO_WORD`] where it is empty. Sixteen bytes are taken at once where as many follow
/// its beginning, so that their number matters to no branch.
#[inline]
pub(super) fn word_in(text: &[u8], part: Range<usize>) -> u128 {
    let length = part.len();
    if length == 0 {
        return NO_WORD;
    }
    if length > SHORT {
        return long_word(part.start, length);
    }
    match text.get(part.start..).and_then(|text| text.first_chunk::<16>()) {
        Some(bytes) => {
            let above = 128 - 8 * length as u32;
            (u128::from_le_bytes(*bytes) & u128::MAX >> above) << 32 | length as u128
        }
        None => word(&text[part]),
    }
}

fn long_word(start: usize, length: usize) -> u128 {
    (start as u128) << 32 | length as u128
}

/// The part of `long` that a word stands for; `None` where it is the word of a short text or of none.
#[inline]
fn long_text(word: u128, long: &[u8]) -> Option<&[u8]> {
    let length = word as u32 as usize;
    if length <= SHORT {
        return None;
    }
    long.get((word >> 32) as usize..)?.get(..length)
}

#[inline]
fn hash_of(word: u128, long: &[u8]) -> u64 {
    long_text(word, long).map_or_else(|| hash::inline_text(word), hash::long_text)
}

impl Interner {
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Adds the codes of words to `codes`, new ones where their texts were not seen, and [`UNKNOWN`] for [`NO_WORD`].
    /// `long` is the text that words of long texts are parts of.
    ///
    /// First a glance at where each belongs, without a branch, so that many look-ups wait for memory at once.
    pub fn codes(&mut self, words: &[u128], long: &[u8], codes: &mut Vec<u32>) {
        for words in words.chunks(BATCH) {
            let (mut hashes, mut known) = ([0; BATCH], [UNKNOWN; BATCH]);
            for ((hash, known), &word) in hashes.iter_mut().zip(&mut known).zip(words) {
                *hash = hash_of(word, long);
                *known = self.index.glance(*hash);
            }
            let last = self.words.len().saturating_sub(1);
            for (known, &word) in known.iter_mut().zip(words) {
                let there = self.words.get((*known as usize).min(last)).copied().unwrap_or_default();
                *known = if self.is_same(there, word, long) { *known } else { UNKNOWN };
            }
            let known = &mut known[..words.len()];
            if known.contains(&UNKNOWN) {
                for ((known, &word), &hash) in known.iter_mut().zip(words).zip(&hashes) {
                    if *known == UNKNOWN && word != NO_WORD {
                        *known = self.code_of(hash, word, long);
                    }
                }
            }
            codes.extend_from_slice(known);
        }
    }

    /// The code of the text that a word stands for, a new one where it was not seen.
    fn code_of(&mut self, hash: u64, word: u128, long: &[u8]) -> u32 {
        if let Some(code) = self.index.find(hash, |code| self.is_same(self.words[code as usize], word, long))
        {
            return code;
        }
        let code = self.words.len() as u32;
        self.index.insert(hash, code);
        self.words.push(match long_text(word, long) {
            None => word,
            Some(text) => {
                let start = self.long.len();
                self.long.extend_from_slice(text);
                long_word(start, text.len())
            }
        });
        code
    }

    /// Whether a word of this stands for the text that another, of `long`, stands for.
    #[inline]
    fn is_same(&self, word: u128, other: u128, long: &[u8]) -> bool {
        match long_text(other, long) {
            None => word == other,
            Some(text) => word as u32 == other as u32 && long_text(word, &self.long) == Some(text),
        }
    }

    /// Takes the texts of another in their order; the code here of each code there, `[other.len()]`.
    pub fn absorb(&mut self, other: &Self) -> Vec<u32> {
        let mut codes = Vec::with_capacity(other.len());
        self.codes(&other.words, &other.long, &mut codes);
        codes
    }

    /// Calls `each` with the texts of codes.
    pub fn each(&self, codes: &[u32], mut each: impl FnMut(&[u8])) {
        for &code in codes {
            let word = self.words[code as usize];
            match long_text(word, &self.long) {
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
        let codes: Vec<u32> = (0..interner.len() as u32).collect();
        interner.each(&codes, |text| texts.push(str::from_utf8(text).unwrap().to_owned()));
        texts
    }

    fn codes(interner: &mut Interner, texts: &[&str]) -> Vec<u32> {
        let (all, mut words, mut codes) = (texts.concat(), Vec::new(), Vec::new());
        let mut end = 0;
        for text in texts {
            words.push(word_in(all.as_bytes(), end..end + text.len()));
            end += text.len();
        }
        interner.codes(&words, all.as_bytes(), &mut codes);
        codes
    }

    /// Texts on both sides of the longest short one, some with a common beginning, each get one code.
    #[test]
    fn each_text_has_one_code() {
        let seen =
            ["b", "twelve bytes", "thirteen byte", "thirteen bytf", "a\0", "a", "", "b", "thirteen byte"];
        let mut interner = Interner::default();
        assert_eq!(codes(&mut interner, &seen), [0, 1, 2, 3, 4, 5, UNKNOWN, 0, 2]);
        assert_eq!(codes(&mut interner, &seen), [0, 1, 2, 3, 4, 5, UNKNOWN, 0, 2]);
        assert_eq!(texts(&interner), seen[..6]);
    }

    #[test]
    fn a_word_is_a_length_and_the_bytes() {
        for length in 0..=SHORT {
            let text = &b"\xffbcdefghijk\xfe"[..length];
            let mut expected = [0; 16];
            expected[0] = length as u8;
            expected[4..4 + length].copy_from_slice(text);
            let expected = u128::from_le_bytes(expected);
            assert_eq!(word(text), expected, "{length}");
            if length > 0 {
                let within = [b"before", text, b" and sixteen bytes behind"].concat();
                assert_eq!(word_in(&within, 6..6 + length), expected, "{length}");
                assert_eq!(word_in(text, 0..length), expected, "{length}");
            }
        }
    }

    #[test]
    fn two_become_one_in_the_order_of_sight() {
        let mut first = Interner::default();
        let mut second = Interner::default();
        codes(&mut first, &["x", "a longer text than twelve", "y"]);
        codes(&mut second, &["y", "another longer text", "a longer text than twelve", "z"]);
        assert_eq!(first.absorb(&second), [2, 3, 1, 4]);
        assert_eq!(texts(&first), ["x", "a longer text than twelve", "y", "another longer text", "z"]);
    }
}
