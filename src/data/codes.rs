//! Text columns as codes: each distinct text once, each row the code of its text.

use super::hash::{self, HashIndex};
use polars::prelude::StringChunked;
use polars_arrow::array::{Array, View};
use std::sync::Arc;

/// The code of a missing cell.
pub(super) const MISSING: u32 = u32::MAX;

/// Cells that are looked up side by side.
const BATCH: usize = 64;

/// Distinct texts in the order first seen.
#[derive(Default)]
struct Interner<'a> {
    texts: Vec<&'a str>,
    /// Each text's view; a short text's is its length and bytes.
    views: Vec<u128>,
    index: HashIndex,
}

impl<'a> Interner<'a> {
    /// The codes of at most [`BATCH`] cells that were seen, are short and stand where their hash belongs;
    /// [`MISSING`] for all others, which [`Self::code`] finds.
    fn known(&self, views: &[View]) -> [u32; BATCH] {
        let mut known = [MISSING; BATCH];
        for (known, view) in known.iter_mut().zip(views) {
            *known = self.index.glance(hash::inline_text(view.as_u128()));
        }
        let last = self.views.len().saturating_sub(1);
        for (known, view) in known.iter_mut().zip(views) {
            let there = self.views.get((*known as usize).min(last)).copied().unwrap_or_default();
            // A long text's view is a place, not its bytes.
            let is_same = (*known != MISSING) & view.is_inline() & (there == view.as_u128());
            *known = if is_same { *known } else { MISSING };
        }
        known
    }

    /// The code of a text with its view, a new one where it was not seen.
    fn code(&mut self, view: View, text: impl Fn() -> &'a str) -> u32 {
        let bits = view.as_u128();
        let (hash, found) = if view.is_inline() {
            let hash = hash::inline_text(bits);
            (hash, self.index.find(hash, |code| self.views[code as usize] == bits))
        } else {
            let text = text();
            let hash = hash::text(text);
            (hash, self.index.find(hash, |code| self.texts[code as usize] == text))
        };
        found.unwrap_or_else(|| {
            let code = self.texts.len() as u32;
            self.index.insert(hash, code);
            self.texts.push(text());
            self.views.push(bits);
            code
        })
    }
}

/// A column's codes without its texts, so that they may be kept beside it.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// The row where each text is first seen, `[texts]`.
    firsts: Vec<u32>,
    /// `[rows]`, [`MISSING`] where the cell is.
    codes: Vec<u32>,
}

impl Codes {
    /// Codes a column; texts come in the order first seen.
    pub fn new(column: &StringChunked) -> Self {
        let mut interner = Interner::default();
        let mut firsts = Vec::new();
        let mut codes: Vec<u32> = Vec::with_capacity(column.len());
        for chunk in column.downcast_iter() {
            let has_missing = chunk.null_count() > 0;
            for (batch, views) in chunk.views().chunks(BATCH).enumerate() {
                let known = interner.known(views);
                for (place, (view, &known)) in views.iter().zip(&known).enumerate() {
                    let row = batch * BATCH + place;
                    let code = if has_missing && chunk.is_null(row) {
                        MISSING
                    } else if known != MISSING {
                        known
                    } else {
                        interner.code(*view, || chunk.value(row))
                    };
                    if code != MISSING && code as usize == firsts.len() {
                        firsts.push(codes.len() as u32);
                    }
                    codes.push(code);
                }
            }
        }
        Self { firsts, codes }
    }
}

/// A text column as codes.
#[derive(Default)]
pub(super) struct Coded<'a> {
    pub texts: Vec<&'a str>,
    codes: Arc<Codes>,
}

impl<'a> Coded<'a> {
    /// Codes a column.
    pub fn new(column: &'a StringChunked) -> Self {
        Self::with_codes(column, Arc::new(Codes::new(column)))
    }

    /// A column with the codes that [`Codes::new`] gave it.
    pub fn with_codes(column: &'a StringChunked, codes: Arc<Codes>) -> Self {
        let texts = codes.firsts.iter().map(|&row| column.get(row as usize).unwrap_or_default()).collect();
        Self { texts, codes }
    }

    /// `[rows]`, [`MISSING`] where the cell is.
    pub fn codes(&self) -> &[u32] {
        &self.codes.codes
    }

    /// How often each text stands in the column, `[texts]`.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.texts.len()];
        for &code in self.codes().iter().filter(|&&code| code != MISSING) {
            counts[code as usize] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom;

    #[test]
    fn codes_follow_first_sight() {
        let long = "longer than twelve bytes";
        let cells =
            [Some("b"), Some(long), None, Some("a"), Some("b"), Some(long), Some("longer than tw"), Some("")];
        let column = StringChunked::new("x".into(), cells);
        let coded = Coded::new(&column);
        assert_eq!(coded.texts, ["b", long, "a", "longer than tw", ""]);
        assert_eq!(coded.codes(), [0, 1, MISSING, 2, 0, 1, 3, 4]);
        assert_eq!(coded.counts(), [2, 2, 1, 1, 1]);
    }
}
