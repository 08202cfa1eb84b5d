//! Rows and cells of a separated text: the only place that knows quoting.
//!
//! What a row is depends on nothing but the byte it starts at, so a text can be split anywhere and mended.

use crate::data::source::Dialect;
use crate::data::source::scan::{find_all, find_either, next_line};

/// A quoted cell longer than this was never meant to be one: its quote is stray.
const MAX_QUOTED_BYTES: usize = 1 << 20;

/// A dialect as bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    separator: u8,
    /// The second byte of a two-byte separator.
    second: Option<u8>,
    quote: Option<u8>,
    backslash_escapes: bool,
}

/// Where a cell stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub start: usize,
    pub end: usize,
    pub escape: Escape,
}

/// Which escapes stand inside a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    /// Quotes are doubled.
    Doubled,
    /// `\` stands before quotes and backslashes; quotes may be doubled too.
    Backslash,
}

/// How reading one row went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// As many cells as expected.
    Whole,
    WrongCellCount,
    /// A quote that is not closed, or text behind a closed one.
    Malformed,
}

impl Grammar {
    pub fn new(dialect: &Dialect) -> Self {
        let mut separator = dialect.separator.bytes();
        Self {
            separator: separator.next().unwrap_or(b','),
            second: separator.next(),
            quote: dialect.quote.and_then(|quote| u8::try_from(quote).ok()),
            backslash_escapes: dialect.backslash_escapes,
        }
    }

    /// The same, where quotes are characters like any other.
    pub fn unquoted(self) -> Self {
        Self { quote: None, ..self }
    }

    /// The start of the first row at or behind `position`: blank lines are no rows.
    pub fn skip_blank_lines(text: &[u8], mut position: usize) -> usize {
        loop {
            match text.get(position..) {
                Some([b'\n', ..]) => position += 1,
                Some([b'\r', b'\n', ..]) => position += 2,
                _ => return position,
            }
        }
    }

    /// Reads the row at `start` into `cells` and returns the start of the next one.
    ///
    /// A bad row is one physical line, so that a stray quote cannot swallow the lines behind it; only a row
    /// with whole quoted cells and the wrong number of them may be longer, where its second line is no row.
    pub fn row(self, text: &[u8], start: usize, expected: usize, cells: &mut Vec<Cell>) -> (usize, RowKind) {
        let (next, sound) = self.split(text, start, cells);
        if sound && cells.len() == expected {
            return (next, RowKind::Whole);
        }
        let line_end = next_line(text, start);
        if self.quote.is_none() {
            return (next, RowKind::WrongCellCount);
        }
        // Files mix the two ways to escape a quote: whichever gives the row its cells is meant.
        if text[start..next.max(line_end)].contains(&b'\\') {
            let other = Self { backslash_escapes: !self.backslash_escapes, ..self };
            let (other_next, other_sound) = other.split(text, start, cells);
            if other_sound && cells.len() == expected {
                return (other_next, RowKind::Whole);
            }
        }
        if !sound {
            return (line_end, RowKind::Malformed);
        }
        if next > line_end {
            let (_, second_line_sound) = self.split(text, line_end, cells);
            if second_line_sound && cells.len() == expected {
                return (line_end, RowKind::Malformed);
            }
        }
        (next, RowKind::WrongCellCount)
    }

    /// Every place in a text where a cell without quotes may end, for [`Self::plain_rows`].
    pub fn ends(self, text: &[u8], ends: &mut Vec<u32>) {
        find_all(text, self.separator, b'\n', ends);
    }

    /// How many rows from `start` on have `width` cells each, none of them in quotes, and nothing between them. `ends`:
    /// the places from `start` on where cells may end, of which they take `width` each.
    pub fn plain_rows(self, text: &[u8], start: usize, ends: &[u32], width: usize) -> usize {
        if self.second.is_some() || width < 2 {
            // A blank line is no row of one cell.
            return 0;
        }
        let quote = self.quote.map_or(u16::MAX, u16::from);
        let mut position = start;
        let is_plain = |row: &&[u32]| {
            let mut is_plain = true;
            for (column, &end) in row.iter().enumerate() {
                is_plain &= u16::from(text[position]) != quote;
                is_plain &= (text[end as usize] == b'\n') == (column + 1 == width);
                position = end as usize + 1;
            }
            is_plain
        };
        ends.chunks_exact(width).take_while(is_plain).count()
    }

    /// Splits the row at `start`; returns the start of the next one and whether its quotes were sound.
    pub fn split(self, text: &[u8], start: usize, cells: &mut Vec<Cell>) -> (usize, bool) {
        cells.clear();
        let mut position = start;
        loop {
            let quote = self.quote.filter(|quote| text.get(position) == Some(quote));
            let (cell, end) = match quote.map(|quote| self.quoted(text, position + 1, quote)) {
                Some(Some(found)) => found,
                Some(None) => return (next_line(text, start), false),
                None => self.plain(text, position),
            };
            cells.push(cell);
            match text.get(end) {
                None => return (end, true),
                Some(b'\n') => return (end + 1, true),
                Some(b'\r') if text.get(end + 1) == Some(&b'\n') => return (end + 2, true),
                Some(_) => position = end + 1 + usize::from(self.second.is_some()),
            }
        }
    }

    /// An unquoted cell from `start`, and where its separator or line end stands.
    fn plain(self, text: &[u8], start: usize) -> (Cell, usize) {
        let mut end = start;
        loop {
            end = find_either(text, end, self.separator, b'\n');
            match self.second {
                Some(second)
                    if text.get(end) == Some(&self.separator) && text.get(end + 1) != Some(&second) =>
                {
                    end += 1;
                }
                _ => break,
            }
        }
        let at_line_end = text.get(end).is_none_or(|&byte| byte == b'\n');
        let end = if at_line_end && end > start && text[end - 1] == b'\r' { end - 1 } else { end };
        // A lone `\r` at the very end of the text ends its line too.
        let resume =
            if at_line_end && text.get(end) == Some(&b'\r') && end + 1 == text.len() { end + 1 } else { end };
        (Cell { start, end, escape: Escape::None }, resume)
    }

    /// A quoted cell whose content begins at `start`, and where its separator or line end stands; `None`
    /// where the quote is not closed or text follows it.
    fn quoted(self, text: &[u8], start: usize, quote: u8) -> Option<(Cell, usize)> {
        let limit = text.len().min(start + MAX_QUOTED_BYTES);
        let escape = if self.backslash_escapes { b'\\' } else { quote };
        let mut escaped = false;
        let mut end = start;
        loop {
            end = find_either(&text[..limit], end, quote, escape);
            let here = *text[..limit].get(end)?;
            let following = text.get(end + 1).copied();
            if here == quote {
                if following != Some(quote) {
                    break;
                }
                escaped = true;
                end += 2;
            } else if following == Some(quote) || following == Some(b'\\') {
                escaped = true;
                end += 2;
            } else {
                end += 1;
            }
        }
        let behind = end + 1;
        let closed = match text.get(behind) {
            None | Some(b'\n') => true,
            Some(b'\r') => text.get(behind + 1).is_none_or(|&byte| byte == b'\n'),
            Some(&byte) => {
                byte == self.separator
                    && self.second.is_none_or(|second| text.get(behind + 1) == Some(&second))
            }
        };
        let behind =
            if text.get(behind) == Some(&b'\r') && behind + 1 == text.len() { behind + 1 } else { behind };
        let escape = match (escaped, self.backslash_escapes) {
            (false, _) => Escape::None,
            (true, false) => Escape::Doubled,
            (true, true) => Escape::Backslash,
        };
        closed.then_some((Cell { start, end, escape }, behind))
    }

    /// Appends what a cell means once their escapes are taken away.
    pub fn unescape(self, cell: &str, escape: Escape, out: &mut String) {
        let quote = char::from(self.quote.unwrap_or(b'"'));
        let mut rest = cell.chars().peekable();
        while let Some(first) = rest.next() {
            let second = rest.peek().copied();
            let doubled = first == quote && second == Some(quote);
            let backslashed = escape == Escape::Backslash
                && first == '\\'
                && second.is_some_and(|second| second == quote || second == '\\');
            if doubled || backslashed {
                out.extend(rest.next());
            } else {
                out.push(first);
            }
        }
    }
}
