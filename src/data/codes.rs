//! Text columns as codes: each distinct text once, each row the code of its text.

use super::hash::{self, HashIndex};
use polars::prelude::*;

/// The code of a missing cell.
pub(super) const MISSING: u32 = u32::MAX;

/// Distinct texts in the order first seen.
#[derive(Default)]
pub(super) struct Interner<'a> {
    pub texts: Vec<&'a str>,
    index: HashIndex,
}

impl<'a> Interner<'a> {
    /// The text's code, a new one where it was not seen.
    pub fn code(&mut self, text: &'a str) -> u32 {
        let hash = hash::text(text);
        let texts = &self.texts;
        if let Some(code) = self.index.find(hash, |code| texts[code as usize] == text) {
            return code;
        }
        let code = self.texts.len() as u32;
        self.index.insert(hash, code);
        self.texts.push(text);
        code
    }
}

/// A text column as codes.
#[derive(Default)]
pub(super) struct Coded<'a> {
    pub texts: Vec<&'a str>,
    /// `[rows]`, [`MISSING`] where the cell is.
    pub codes: Vec<u32>,
}

impl<'a> Coded<'a> {
    /// Codes a column; texts come in the order first seen.
    pub fn new(column: &'a StringChunked) -> Self {
        let mut interner = Interner::default();
        let mut codes = Vec::with_capacity(column.len());
        // Logs often hold runs of one user or one event type.
        let mut last = ("", MISSING);
        for cell in column.downcast_iter().flat_map(|chunk| chunk.iter()) {
            let code = match cell {
                None => MISSING,
                Some(text) if last.1 != MISSING && last.0 == text => last.1,
                Some(text) => {
                    last = (text, interner.code(text));
                    last.1
                }
            };
            codes.push(code);
        }
        Self { texts: interner.texts, codes }
    }

    /// How often each text stands in the column, `[texts]`.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.texts.len()];
        for &code in self.codes.iter().filter(|&&code| code != MISSING) {
            counts[code as usize] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_first_sight() {
        let column = StringChunked::new("x".into(), [Some("b"), Some("b"), None, Some("a"), Some("b")]);
        let coded = Coded::new(&column);
        assert_eq!(coded.texts, ["b", "a"]);
        assert_eq!(coded.codes, [0, 0, MISSING, 1, 0]);
        assert_eq!(coded.counts(), [3, 1]);
    }
}
