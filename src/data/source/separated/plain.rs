//! Rows without quotes, column by column: where a file has nothing else, nothing is decided cell by cell.

use super::grammar::Grammar;
use std::ops::Range;

/// Fewer rows than these are not worth the beginning of a column.
const FEW: usize = 8;

/// Rows of a text that follow each other, each of as many cells.
pub(super) struct PlainRows<'a> {
    text: &'a [u8],
    /// Where the first row begins.
    start: usize,
    /// Where each cell ends, row by row.
    ends: &'a [u32],
    width: usize,
}

impl<'a> PlainRows<'a> {
    /// The rows of `width` cells from `start` on, as far as they go; `None` where they are few. `ends`: the places from
    /// `start` on where cells may end.
    pub fn find(
        grammar: Grammar,
        text: &'a [u8],
        start: usize,
        ends: &'a [u32],
        width: usize,
    ) -> Option<Self> {
        let rows = grammar.plain_rows(text, start, ends, width);
        (rows >= FEW).then(|| Self { text, start, ends: &ends[..rows * width], width })
    }

    pub fn count(&self) -> usize {
        self.ends.len() / self.width
    }

    /// Where the row behind the last one begins.
    pub fn end(&self) -> usize {
        self.ends.last().map_or(self.start, |&end| end as usize + 1)
    }

    /// Where the cells of a column stand in the text.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let Self { text, start, ends, width } = *self;
        let is_last = column + 1 == width;
        (0..self.count()).map(move |row| {
            let place = row * width + column;
            let start = if place == 0 { start } else { ends[place - 1] as usize + 1 };
            let end = ends[place] as usize;
            let has_return = is_last && end > start && text[end - 1] == b'\r';
            start..end - usize::from(has_return)
        })
    }
}
