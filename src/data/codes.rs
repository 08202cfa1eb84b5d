//! Text columns as codes: each distinct text once, each row the code of its text.

use super::interner::{BATCH, Interner, NO_WORD, SHORT, UNKNOWN, word_in};
use super::numbered::Numbered;
use polars::prelude::{
    BooleanChunked, ChunkFull, ChunkTake, IdxCa, IntoSeries, NewChunkedArray, PlSmallStr, PolarsError,
    Series, StringChunked,
};
use polars_arrow::array::{Array, MutableBinaryViewArray};
use std::ops::Range;
use std::sync::Arc;

/// The code of a missing cell.
pub(super) const MISSING: u32 = UNKNOWN;

/// Codes that grow cell by cell.
#[derive(Debug)]
pub(super) struct CodesBuilder {
    interner: Interner,
    numbered: Numbered,
    codes: Vec<u32>,
    /// Cells that are not coded yet, at most [`BATCH`]: they are looked up together.
    pending: Vec<u128>,
}

impl CodesBuilder {
    pub fn with_capacity(rows: usize) -> Self {
        let (codes, pending) = (Vec::with_capacity(rows), Vec::with_capacity(BATCH));
        Self { interner: Interner::default(), numbered: Numbered::default(), codes, pending }
    }

    /// Adds a cell; an empty one is missing.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        let word = word_in(text, 0..text.len());
        if text.len() <= SHORT {
            self.push_word(word);
        } else {
            self.settle();
            self.interner.codes(&[word], text, &mut self.codes);
        }
    }

    /// Adds a cell by the word of a short text, or [`NO_WORD`].
    #[inline]
    fn push_word(&mut self, word: u128) {
        self.pending.push(word);
        if self.pending.len() == BATCH {
            self.settle();
        }
    }

    /// Adds cells that stand in a text; empty ones are missing.
    pub fn extend(&mut self, text: &[u8], mut cells: impl Iterator<Item = Range<usize>>) {
        self.settle();
        let mut batch = [(0, 0); BATCH];
        loop {
            let mut filled = 0;
            for (place, cell) in batch.iter_mut().zip(&mut cells) {
                *place = (cell.start, cell.end);
                filled += 1;
            }
            if filled == 0 {
                return;
            }
            self.extend_batch(text, &batch[..filled]);
        }
    }

    /// Adds at most [`BATCH`] cells, those by number first.
    fn extend_batch(&mut self, text: &[u8], cells: &[(usize, usize)]) {
        let numbers = self.numbered.numbers(text, cells);
        let first = self.codes.len();
        self.codes.extend(numbers[..cells.len()].iter().map(|&number| self.numbered.code(number)));
        let codes = &mut self.codes[first..];
        if !codes.contains(&UNKNOWN) {
            return;
        }
        let (mut words, mut places, mut others) = ([NO_WORD; BATCH], [0; BATCH], 0);
        for (place, &(start, end)) in cells.iter().enumerate().filter(|(place, _)| codes[*place] == UNKNOWN) {
            (words[others], places[others]) = (word_in(text, start..end), place);
            others += 1;
        }
        let mut found = Vec::with_capacity(BATCH);
        self.interner.codes(&words[..others], text, &mut found);
        for (&place, code) in places.iter().zip(found) {
            codes[place] = code;
            self.numbered.keep(numbers[place], code, self.interner.len());
        }
    }

    /// Codes the pending cells.
    fn settle(&mut self) {
        self.interner.codes(&self.pending, &[], &mut self.codes);
        self.pending.clear();
    }

    /// Different texts among the cells.
    pub fn distinct(mut self) -> usize {
        self.settle();
        self.interner.len()
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
    codes: Vec<u32>,
}

/// Rows that follow each other, and the part of a column that they lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub part: usize,
    /// Rows of the part.
    pub rows: Range<usize>,
}

/// A text column without its cells: each text once, and each row's code.
#[derive(Debug, Clone)]
pub(super) struct CodedColumn {
    /// In the order first seen.
    texts: StringChunked,
    codes: Arc<Codes>,
}

impl CodedColumn {
    /// One column from pieces of its parts in order. However it was cut into parts, the codes are the same.
    pub fn joined(name: PlSmallStr, parts: Vec<CodedPart>, pieces: &[Piece]) -> Result<Self, PolarsError> {
        let mut interner = Interner::default();
        // Which text each code of each part is, in the order of parts.
        let (mut meanings, mut cells) = (Vec::with_capacity(parts.len()), Vec::with_capacity(parts.len()));
        for part in parts {
            meanings.push(if interner.len() == 0 {
                interner = part.interner;
                (0..interner.len() as u32).collect()
            } else {
                interner.absorb(&part.interner)
            });
            cells.push(part.codes);
        }
        let rows = pieces.iter().map(|piece| piece.rows.len()).sum();
        let mut codes = Codes { firsts: Vec::new(), codes: Vec::with_capacity(rows) };
        // The code of each text, and the texts in the order first seen.
        let (mut coded, mut order) = (vec![MISSING; interner.len()], Vec::with_capacity(interner.len()));
        for piece in pieces {
            let (meaning, start) = (meanings[piece.part].as_slice(), codes.codes.len() as u32);
            let cells = &cells[piece.part][piece.rows.clone()];
            codes.codes.extend((start..).zip(cells).map(|(row, &cell)| {
                let Some(&text) = meaning.get(cell as usize) else { return MISSING };
                let code = &mut coded[text as usize];
                if *code == MISSING {
                    *code = order.len() as u32;
                    order.push(text);
                    codes.firsts.push(row);
                }
                *code
            }));
        }
        let mut texts = MutableBinaryViewArray::<[u8]>::with_capacity(order.len());
        interner.each(&order, |text| texts.push_value(text));
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
                    builder.push_word(NO_WORD);
                } else if view.is_inline() {
                    builder.push_word(view.as_u128());
                } else {
                    builder.push(chunk.value(row).as_bytes());
                }
            }
        }
        let codes = builder.finish().codes;
        let mut firsts = Vec::new();
        for (row, &code) in (0_u32..).zip(&codes) {
            if code as usize == firsts.len() {
                firsts.push(row);
            }
        }
        Self { firsts, codes }
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
                        codes.firsts.push(codes.codes.len() as u32);
                    }
                    *meaning
                }
            };
            codes.codes.push(code);
        }
        codes
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
            // Pieces by turns into two parts, cell by cell and all at once by turns.
            let mut builders = [0, 1].map(CodesBuilder::with_capacity);
            let (mut filled, mut pieces) = ([0, 0], Vec::new());
            for (place, cells) in cells.chunks(length).enumerate() {
                let part = place % 2;
                let texts: Vec<&str> = cells.iter().map(|cell| cell.as_deref().unwrap_or_default()).collect();
                if place % 4 < 2 {
                    for text in &texts {
                        builders[part].push(text.as_bytes());
                    }
                } else {
                    let ends = texts.iter().scan(0, |end, text| {
                        *end += text.len();
                        Some(*end - text.len()..*end)
                    });
                    builders[part].extend(texts.concat().as_bytes(), ends);
                }
                pieces.push(Piece { part, rows: filled[part]..filled[part] + cells.len() });
                filled[part] += cells.len();
            }
            let parts = builders.map(CodesBuilder::finish);
            let joined = CodedColumn::joined("x".into(), parts.into(), &pieces).unwrap();
            assert!(joined.cells().iter().eq(whole.iter()), "pieces of {length}");
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
