//! Text columns as codes: each distinct text once, each row the code of its text.

use super::interner::{BATCH, Interner, SHORT, UNKNOWN, word};
use polars::prelude::{
    BooleanChunked, ChunkFull, ChunkTake, IdxCa, IntoSeries, NewChunkedArray, PlSmallStr, PolarsError,
    Series, StringChunked,
};
use polars_arrow::array::{Array, MutableBinaryViewArray};
use std::sync::Arc;

/// The code of a missing cell.
pub(super) const MISSING: u32 = UNKNOWN;

/// Stands for a missing cell among words; no text has this length.
const NO_WORD: u128 = u128::MAX;

/// Codes that grow cell by cell.
#[derive(Debug)]
pub(super) struct CodesBuilder {
    interner: Interner,
    codes: Codes,
    /// Cells that are not coded yet, at most [`BATCH`]: they are looked up together.
    pending: Vec<u128>,
}

impl CodesBuilder {
    pub fn with_capacity(rows: usize) -> Self {
        let codes = Codes { firsts: Vec::new(), codes: Vec::with_capacity(rows) };
        Self { interner: Interner::default(), codes, pending: Vec::with_capacity(BATCH) }
    }

    /// Adds a cell.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        if text.len() <= SHORT { self.push_word(word(text)) } else { self.push_long(text) }
    }

    /// Adds a missing cell.
    #[inline]
    pub fn push_missing(&mut self) {
        self.push_word(NO_WORD);
    }

    /// Adds a cell of at most [`SHORT`] bytes as its [`word`].
    #[inline]
    pub fn push_word(&mut self, word: u128) {
        self.pending.push(word);
        if self.pending.len() == BATCH {
            self.settle();
        }
    }

    fn push_long(&mut self, text: &[u8]) {
        self.settle();
        let code = self.interner.long(text);
        self.codes.push(code);
    }

    /// Codes the pending cells.
    fn settle(&mut self) {
        let known = self.interner.glance(&self.pending);
        for (&word, known) in self.pending.iter().zip(known) {
            let code = match known {
                _ if word == NO_WORD => MISSING,
                UNKNOWN => self.interner.short(word),
                known => known,
            };
            self.codes.push(code);
        }
        self.pending.clear();
    }

    pub fn finish(mut self) -> CodedPart {
        self.settle();
        CodedPart { interner: self.interner, codes: self.codes }
    }
}

/// The codes of some rows of a column, and the texts they stand for.
#[derive(Debug)]
pub(super) struct CodedPart {
    interner: Interner,
    codes: Codes,
}

/// A text column without its cells: each text once, and each row's code.
#[derive(Debug, Clone)]
pub(super) struct CodedColumn {
    /// In the order first seen.
    texts: StringChunked,
    codes: Arc<Codes>,
}

impl CodedColumn {
    /// One column from its parts in order.
    pub fn joined(name: PlSmallStr, parts: Vec<CodedPart>) -> Result<Self, PolarsError> {
        let mut parts = parts.into_iter();
        let CodedPart { mut interner, mut codes } = parts
            .next()
            .unwrap_or_else(|| CodedPart { interner: Interner::default(), codes: Codes::default() });
        codes.codes.reserve_exact(parts.as_slice().iter().map(|part| part.codes.codes.len()).sum());
        for part in parts {
            let start = codes.codes.len() as u32;
            let known = interner.len();
            let meaning = interner.absorb(&part.interner);
            let new = meaning.iter().zip(&part.codes.firsts).filter(|&(&code, _)| code as usize >= known);
            codes.firsts.extend(new.map(|(_, &row)| start + row));
            let cells = part.codes.codes.iter();
            codes.codes.extend(cells.map(|&code| meaning.get(code as usize).copied().unwrap_or(MISSING)));
        }
        let mut texts = MutableBinaryViewArray::<[u8]>::with_capacity(interner.len());
        interner.each(|text| texts.push_value(text));
        let texts = texts.freeze().to_utf8view()?;
        Ok(Self { texts: StringChunked::with_chunk(name, texts), codes: Arc::new(codes) })
    }

    /// The column's cells.
    pub fn cells(&self) -> StringChunked {
        let texts: Vec<&str> = self.texts.iter().flatten().collect();
        let cells = self.codes.codes.iter().map(|&code| texts.get(code as usize).copied());
        StringChunked::from_iter_options(self.texts.name().clone(), cells)
    }

    /// The same under another name.
    #[must_use]
    pub fn renamed(&self, name: PlSmallStr) -> Self {
        Self { texts: self.texts.clone().with_name(name), codes: Arc::clone(&self.codes) }
    }

    /// The rows that are kept.
    pub fn kept(&self, keep: &[bool]) -> Result<Self, PolarsError> {
        let codes = self.codes.kept(keep);
        let mut rows = (0..keep.len()).filter(|&row| keep[row]).map(|row| self.codes.codes[row]);
        let mut next = 0;
        let texts = codes.firsts.iter().filter_map(|&first| {
            let before = first as usize - next;
            next = first as usize + 1;
            rows.nth(before)
        });
        let texts = self.texts.take(&IdxCa::from_vec("texts".into(), texts.collect()))?;
        Ok(Self { texts, codes: Arc::new(codes) })
    }

    /// What stands for the column among others where its name, place and length are all that counts.
    pub fn place(&self) -> Series {
        BooleanChunked::full(self.texts.name().clone(), false, self.codes.codes.len()).into_series()
    }

    pub fn has_missing(&self) -> bool {
        self.codes.codes.contains(&MISSING)
    }

    pub fn coded(&self) -> Coded<'_> {
        Coded { texts: self.texts.iter().flatten().collect(), codes: Arc::clone(&self.codes) }
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
        let mut builder = CodesBuilder::with_capacity(column.len());
        for chunk in column.downcast_iter() {
            let has_missing = chunk.null_count() > 0;
            for (row, view) in chunk.views().iter().enumerate() {
                if has_missing && chunk.is_null(row) {
                    builder.push_missing();
                } else if view.is_inline() {
                    builder.push_word(view.as_u128());
                } else {
                    builder.push_long(chunk.value(row).as_bytes());
                }
            }
        }
        builder.finish().codes
    }

    /// The codes of the rows that are kept; texts come in the order first seen in these.
    pub fn kept(&self, keep: &[bool]) -> Self {
        let mut codes = Self::default();
        let mut meaning = vec![MISSING; self.firsts.len()];
        for (&code, _) in self.codes.iter().zip(keep).filter(|&(_, &keep)| keep) {
            let code = match meaning.get_mut(code as usize) {
                None => MISSING,
                Some(meaning) => {
                    if *meaning == MISSING {
                        *meaning = codes.firsts.len() as u32;
                    }
                    *meaning
                }
            };
            codes.push(code);
        }
        codes
    }

    /// Adds a row's code; a text that was not seen before has the next one.
    fn push(&mut self, code: u32) {
        if code as usize == self.firsts.len() {
            self.firsts.push(self.codes.len() as u32);
        }
        self.codes.push(code);
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

    /// However a column is cut, and whatever rows are left out, its codes are those of the whole.
    #[test]
    fn parts_and_kept_rows_code_as_the_whole_does() {
        let cells: Vec<Option<String>> = (0..1_000_usize)
            .map(|row| match row * row % 97 {
                0 => None,
                text if text % 5 == 0 => Some(format!("a text of many bytes {text}")),
                text => Some(text.to_string()),
            })
            .collect();
        let column = |cells: &[Option<String>]| StringChunked::new("x".into(), cells);
        let whole = column(&cells);
        for length in [1, 63, 64, 400, 1_000] {
            let parts = cells.chunks(length).map(|cells| {
                let mut builder = CodesBuilder::with_capacity(length);
                for cell in cells {
                    match cell {
                        Some(text) => builder.push(text.as_bytes()),
                        None => builder.push_missing(),
                    }
                }
                builder.finish()
            });
            let joined = CodedColumn::joined("x".into(), parts.collect()).unwrap();
            assert!(joined.cells().iter().eq(whole.iter()), "parts of {length}");
            let (coded, expected) = (joined.coded(), Coded::new(&whole));
            assert_eq!(
                (coded.texts.as_slice(), coded.codes()),
                (expected.texts.as_slice(), expected.codes())
            );

            let keep: Vec<bool> = (0..cells.len()).map(|row| row % 7 != 3).collect();
            let left: Vec<Option<String>> =
                cells.iter().zip(&keep).filter(|&(_, &keep)| keep).map(|(cell, _)| cell.clone()).collect();
            let (kept, left) = (joined.kept(&keep).unwrap(), column(&left));
            assert!(kept.cells().iter().eq(left.iter()));
            let (coded, expected) = (kept.coded(), Coded::new(&left));
            assert_eq!(
                (coded.texts.as_slice(), coded.codes()),
                (expected.texts.as_slice(), expected.codes())
            );
        }
    }
}
