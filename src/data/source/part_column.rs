//! A column of some rows of a text, as it is wanted, and columns from such parts.

use super::text_column::ColumnBuilder;
use super::wanted::Wanted;
use crate::data::codes::{CodedColumn, CodedPart, CodesBuilder, Piece};
use crate::data::digits::eight_digits;
use polars::prelude::{Column, Int64Chunked, IntoColumn, PolarsError, StringChunked};
use polars_arrow::array::Utf8ViewArray;
use std::ops::Range;

/// Digits that surely fit.
const MAX_DIGITS: usize = 18;

/// Cells so far, empty ones missing.
#[derive(Debug)]
pub(super) enum PartColumn {
    Text(ColumnBuilder),
    Coded(CodesBuilder),
    /// Cells that are all plain digits: what is written for them is what was read.
    Whole(Vec<i64>),
}

/// A column of a whole text.
pub(super) enum RawColumn {
    Plain(Column),
    Coded(CodedColumn),
}

/// Cells of a part, in their last form.
pub(super) enum Finished {
    Text(Utf8ViewArray),
    Coded(CodedPart),
    Whole(Vec<i64>),
}

impl PartColumn {
    pub fn new(name: &str, wanted: &Wanted, rows: usize) -> Self {
        let is_in = |names: &[String]| names.iter().any(|other| other == name);
        if is_in(&wanted.coded) {
            Self::Coded(CodesBuilder::with_capacity(rows))
        } else if is_in(&wanted.whole) {
            Self::Whole(Vec::with_capacity(rows))
        } else {
            Self::Text(ColumnBuilder::with_capacity(rows))
        }
    }

    #[inline]
    pub fn push(&mut self, cell: &str) {
        match self {
            Self::Text(column) => column.push(cell),
            Self::Coded(column) => column.push(cell.as_bytes()),
            Self::Whole(numbers) => {
                if let Some(number) = plain_number(cell.as_bytes()) {
                    numbers.push(number);
                } else {
                    let mut column = written(numbers);
                    column.push(cell);
                    *self = Self::Text(column);
                }
            }
        }
    }

    /// Adds cells that stand in a text.
    pub fn extend(&mut self, text: &str, mut cells: impl Iterator<Item = Range<usize>>) {
        match self {
            Self::Text(column) => cells.for_each(|cell| column.push(&text[cell])),
            Self::Coded(column) => column.extend(text.as_bytes(), cells),
            Self::Whole(numbers) => {
                let other = cells.find(|cell| match plain_number(&text.as_bytes()[cell.clone()]) {
                    Some(number) => {
                        numbers.push(number);
                        false
                    }
                    None => true,
                });
                if let Some(other) = other {
                    self.push(&text[other]);
                    self.extend(text, cells);
                }
            }
        }
    }

    pub fn finish(self) -> Finished {
        match self {
            Self::Text(column) => Finished::Text(column.finish()),
            Self::Coded(column) => Finished::Coded(column.finish()),
            Self::Whole(numbers) => Finished::Whole(numbers),
        }
    }
}

/// A number written as nothing but its digits.
#[inline]
fn plain_number(cell: &[u8]) -> Option<i64> {
    let is_plain = match cell {
        [] => false,
        [b'0', rest @ ..] => rest.is_empty(),
        _ => cell.len() <= MAX_DIGITS,
    };
    let (first, rest) = match cell.split_first_chunk() {
        Some((first, rest)) => (eight_digits(u64::from_le_bytes(*first))?, rest),
        None => (0, cell),
    };
    let mut sound = is_plain;
    let mut number = first;
    for &byte in rest.iter().take(MAX_DIGITS - 8) {
        let digit = byte.wrapping_sub(b'0');
        sound &= digit < 10;
        number = number * 10 + u64::from(digit & 15);
    }
    sound.then_some(number as i64)
}

/// Numbers as the text they were read from.
fn written(numbers: &[i64]) -> ColumnBuilder {
    let mut column = ColumnBuilder::with_capacity(numbers.len());
    for number in numbers {
        column.push(&number.to_string());
    }
    column
}

/// A column from pieces of its parts in order. It is whole numbers where all parts are.
pub(super) fn whole_column(
    name: &str,
    parts: Vec<Finished>,
    pieces: &[Piece],
) -> Result<RawColumn, PolarsError> {
    let (mut texts, mut coded, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    let all_numbers = parts.iter().all(|part| matches!(part, Finished::Whole(_)));
    for part in parts {
        match part {
            Finished::Coded(part) => coded.push(part),
            Finished::Whole(part) if all_numbers => numbers.push(part),
            Finished::Whole(part) => texts.push(written(&part).finish()),
            Finished::Text(part) => texts.push(part),
        }
    }
    if !coded.is_empty() {
        return Ok(RawColumn::Coded(CodedColumn::joined(name.into(), coded, pieces)?));
    }
    let column = if numbers.is_empty() {
        let chunks =
            pieces.iter().map(|piece| texts[piece.part].clone().sliced(piece.rows.start, piece.rows.len()));
        StringChunked::from_chunk_iter(name.into(), chunks).into_column()
    } else {
        let mut all = Vec::with_capacity(pieces.iter().map(|piece| piece.rows.len()).sum());
        for piece in pieces {
            all.extend_from_slice(&numbers[piece.part][piece.rows.clone()]);
        }
        Int64Chunked::from_vec(name.into(), all).into_column()
    };
    Ok(RawColumn::Plain(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Only what would be written the same way is read as a number.
        #[test]
        fn a_plain_number_is_written_as_it_was_read(cell in "[0-9]{0,20}|[0-9+ .\u{e9}-]{0,4}") {
            if let Some(number) = plain_number(cell.as_bytes()) {
                prop_assert_eq!(number.to_string(), cell);
            } else {
                let same = cell.parse::<i64>().is_ok_and(|number| number.to_string() == cell);
                prop_assert!(!same || cell.len() > MAX_DIGITS || cell.starts_with('-'), "{}", cell);
            }
        }
    }

    #[test]
    fn one_other_cell_makes_a_column_of_text() {
        let wanted = Wanted { whole: vec!["t".to_owned()], ..Wanted::default() };
        let part = |cells: &[&str]| {
            let mut column = PartColumn::new("t", &wanted, cells.len());
            let (first, others) = cells.split_first().unwrap();
            column.push(first);
            let ends = others.iter().scan(0, |end, cell| {
                *end += cell.len();
                Some(*end - cell.len()..*end)
            });
            column.extend(&others.concat(), ends);
            column.finish()
        };
        let whole = |parts: [&[&str]; 2]| {
            let pieces = [0, 1].map(|place| Piece { part: place, rows: 0..parts[place].len() });
            match whole_column("t", parts.map(part).into(), &pieces).unwrap() {
                RawColumn::Plain(column) => column,
                RawColumn::Coded(_) => panic!("no codes were wanted"),
            }
        };
        let numbers = whole([&["1", "0"], &["20"]]);
        assert_eq!(numbers.i64().unwrap().iter().collect::<Vec<_>>(), [Some(1), Some(0), Some(20)]);
        let texts = whole([&["1", "0"], &["20", "", "007"]]);
        let cells: Vec<Option<&str>> = texts.str().unwrap().iter().collect();
        assert_eq!(cells, [Some("1"), Some("0"), Some("20"), None, Some("007")]);
    }
}
