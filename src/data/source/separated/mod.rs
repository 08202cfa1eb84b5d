//! Separated text (CSV and its kin) as text columns, in parallel, with every bad row told.
//!
//! Why not polars's reader: it fills short rows with nulls, knows neither `::` nor `\"`, and cannot say in
//! which row of the file a thing stood. Cells here are views into the file's bytes, so nothing is copied.

mod grammar;

use super::encoding::Soundness;
use super::scan::{count, next_line};
use super::text_column::ColumnBuilder;
use super::{Dialect, RawTable, RowNumbers};
use crate::data::DataError;
use crate::domain::problem::{Problem, Rule};
use crate::jobs::{Cancelled, JobContext, Unit};
use grammar::{Cell, Escape, Grammar, RowKind};
use polars::prelude::{Column, DataFrame, IntoColumn, StringChunked};
use polars_buffer::Buffer;
use rayon::prelude::*;

/// Rows between two looks at the cancel flag.
const ROWS_PER_LOOK: usize = 8_192;

/// The column names: from the header, the dialect, or `column_1` …; empty and repeated ones are told apart.
/// Also where the first data row begins.
fn names(text: &[u8], grammar: Grammar, dialect: &Dialect) -> (Vec<String>, usize) {
    let start = Grammar::skip_blank_lines(text, 0);
    let mut cells = Vec::new();
    let (mut next, sound) = grammar.split(text, start, &mut cells);
    if !sound {
        (next, _) = grammar.unquoted().split(text, start, &mut cells);
    }
    if !dialect.has_header {
        let given = dialect.columns.iter().cloned().chain(std::iter::repeat(String::new()));
        return (distinct(given.take(cells.len())), start);
    }
    let header = cells.iter().map(|&cell| text_of(text, cell, grammar).trim().to_owned());
    (distinct(header), next)
}

/// Names empty columns by their position and appends `_2` … to repeated names.
pub(super) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for (index, name) in names.enumerate() {
        let base = if name.is_empty() { format!("column_{}", index + 1) } else { name };
        let mut name = base.clone();
        let mut count = 2;
        while taken.contains(&name) {
            name = format!("{base}_{count}");
            count += 1;
        }
        taken.push(name);
    }
    taken
}

fn text_of(text: &[u8], cell: Cell, grammar: Grammar) -> String {
    let bytes = &text[cell.start..cell.end];
    if cell.escape == Escape::None {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut content = Vec::with_capacity(bytes.len());
    grammar.unescape(bytes, cell.escape, &mut content);
    String::from_utf8_lossy(&content).into_owned()
}

/// The first rows of a text.
#[derive(Debug)]
pub(super) struct FirstRows {
    pub columns: Vec<String>,
    /// As many cells as columns each; missing and empty cells are `None`.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether each row had as many cells as there are columns, and sound quotes.
    pub whole: usize,
    /// Bytes that header and rows take.
    pub bytes: usize,
    /// Bytes of the header.
    pub header_bytes: usize,
}

/// The first `limit` rows; the last one is left out where the text is cut and it may go on.
pub(super) fn first_rows(text: &[u8], complete: bool, dialect: &Dialect, limit: usize) -> FirstRows {
    let grammar = Grammar::new(dialect);
    let (columns, body) = names(text, grammar, dialect);
    let mut found = FirstRows { columns, rows: Vec::new(), whole: 0, bytes: body, header_bytes: body };
    let mut cells = Vec::new();
    let mut position = Grammar::skip_blank_lines(text, body);
    while position < text.len() && found.rows.len() < limit {
        let (next, kind) = grammar.row(text, position, found.columns.len(), &mut cells);
        if !complete && next >= text.len() {
            break;
        }
        let mut row: Vec<Option<String>> = cells
            .iter()
            .take(found.columns.len())
            .map(|&cell| Some(text_of(text, cell, grammar)).filter(|text| !text.is_empty()))
            .collect();
        row.resize(found.columns.len(), None);
        found.rows.push(row);
        found.whole += usize::from(kind == RowKind::Whole);
        found.bytes = next;
        position = Grammar::skip_blank_lines(text, next);
    }
    found
}

/// How many cells the first rows have, for finding the dialect.
pub(super) fn cell_counts(text: &[u8], complete: bool, dialect: &Dialect, limit: usize) -> Vec<usize> {
    let grammar = Grammar::new(dialect);
    let (mut cells, mut counts) = (Vec::new(), Vec::new());
    let mut position = Grammar::skip_blank_lines(text, 0);
    while position < text.len() && counts.len() < limit {
        let (next, sound) = grammar.split(text, position, &mut cells);
        if !complete && next >= text.len() {
            break;
        }
        counts.push(if sound { cells.len() } else { 0 });
        position = Grammar::skip_blank_lines(text, next);
    }
    counts
}

/// One part of the text, read.
struct Part {
    /// Where the row behind the last one begins.
    end: usize,
    columns: Vec<polars_arrow::array::Utf8ViewArray>,
    rows: u64,
    /// Row numbers count from 1 within the part.
    problems: Vec<Problem>,
}

struct Reader<'a> {
    text: Buffer<u8>,
    soundness: Soundness,
    grammar: Grammar,
    names: &'a [String],
    job: &'a JobContext,
}

/// Reads a whole text.
///
/// The text is cut at line ends and the parts are read side by side, each as if a row began at its start.
/// Where the part before turns out to end elsewhere (a line end inside quotes), the part is read again.
pub(super) fn read(
    text: Vec<u8>,
    soundness: Soundness,
    dialect: &Dialect,
    part_bytes: usize,
    job: &JobContext,
) -> Result<RawTable, DataError> {
    let text = with_line_feeds(text);
    let grammar = Grammar::new(dialect);
    let (names, body) = names(&text, grammar, dialect);
    job.stage("Splitting rows", Unit::Bytes, text.len() as u64);
    let mut starts = vec![body];
    while let Some(&last) = starts.last()
        && last + part_bytes < text.len()
    {
        starts.push(next_line(&text, last + part_bytes));
    }
    let limits: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    let reader = Reader { text: Buffer::from(text), soundness, grammar, names: &names, job };
    let text = &reader.text;
    let parts: Vec<Part> = starts
        .par_iter()
        .zip(&limits)
        .map(|(&start, &limit)| reader.part(start, limit))
        .collect::<Result<_, DataError>>()?;

    let mut chunks: Vec<Vec<_>> = names.iter().map(|_| Vec::with_capacity(parts.len())).collect();
    let (mut problems, mut total_rows, mut expected) = (Vec::new(), 0, Grammar::skip_blank_lines(text, body));
    for ((part, &start), &limit) in parts.into_iter().zip(&starts).zip(&limits) {
        let begins = Grammar::skip_blank_lines(text, start);
        let part = if begins == expected { part } else { reader.part(expected, limit)? };
        expected = part.end;
        problems.extend(
            part.problems.into_iter().map(|problem| Problem { row: problem.row + total_rows, ..problem }),
        );
        total_rows += part.rows;
        for (chunks, column) in chunks.iter_mut().zip(part.columns) {
            chunks.push(column);
        }
    }
    let columns: Vec<Column> = names
        .iter()
        .zip(chunks)
        .map(|(name, chunks)| StringChunked::from_chunk_iter(name.as_str().into(), chunks).into_column())
        .collect();
    let height = total_rows as usize - problems.len();
    let row_numbers = RowNumbers::without(problems.iter().map(|problem| problem.row).collect());
    Ok(RawTable { frame: DataFrame::new(height, columns)?, row_numbers, problems, total_rows })
}

/// Line ends of the old Macintosh, a lone `\r`, become `\n` where the text has no other.
pub(super) fn with_line_feeds(mut text: Vec<u8>) -> Vec<u8> {
    if text.contains(&b'\r') && !text.contains(&b'\n') {
        for byte in &mut text {
            if *byte == b'\r' {
                *byte = b'\n';
            }
        }
    }
    text
}

impl Reader<'_> {
    /// Reads the rows that begin in `start..limit`; the last may end behind it.
    fn part(&self, start: usize, limit: usize) -> Result<Part, DataError> {
        let lines = count(&self.text[start.min(limit)..limit], b'\n') + 1;
        let mut columns: Vec<ColumnBuilder> =
            self.names.iter().map(|_| ColumnBuilder::with_capacity(lines)).collect();
        // Cells are counted from the part's start, so that files beyond 4 GiB fit the views.
        let text = &self.text[start..];
        let limit = limit.saturating_sub(start);
        let mut cells = Vec::with_capacity(self.names.len());
        let mut problems = Vec::new();
        let (mut rows, mut reported) = (0_u64, 0);
        let mut position = Grammar::skip_blank_lines(text, 0);
        while position < limit {
            if rows.is_multiple_of(ROWS_PER_LOOK as u64) {
                self.look(position, &mut reported)?;
            }
            rows += 1;
            let (next, kind) = self.grammar.row(text, position, self.names.len(), &mut cells);
            let line = &text[position..next];
            match self.problem(kind, line, text, &cells) {
                Some((rule, column, value)) => problems.push(Problem { row: rows, column, value, rule }),
                None => self.push(text, &cells, &mut columns),
            }
            position = Grammar::skip_blank_lines(text, next);
        }
        self.look(position.min(limit), &mut reported)?;
        let end = start + position;
        let bytes = self.text.clone().sliced(start..end);
        let columns = columns.into_iter().map(|column| column.finish(&bytes)).collect::<Result<_, _>>()?;
        Ok(Part { end, columns, rows, problems })
    }

    fn look(&self, position: usize, reported: &mut usize) -> Result<(), Cancelled> {
        self.job.check()?;
        self.job.advance((position - *reported) as u64);
        *reported = position;
        Ok(())
    }

    fn push(&self, text: &[u8], cells: &[Cell], columns: &mut [ColumnBuilder]) {
        for (column, cell) in columns.iter_mut().zip(cells) {
            if cell.escape == Escape::None {
                column.push(text, cell.start, cell.end);
            } else {
                let bytes = &text[cell.start..cell.end];
                column.push_unescaped(|out| self.grammar.unescape(bytes, cell.escape, out));
            }
        }
    }

    /// What keeps the row out of the table: rule, column and value.
    fn problem(
        &self,
        kind: RowKind,
        line: &[u8],
        text: &[u8],
        cells: &[Cell],
    ) -> Option<(Rule, String, String)> {
        let value = || String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        match kind {
            RowKind::Malformed => return Some((Rule::Malformed, String::new(), value())),
            RowKind::WrongCellCount => return Some((Rule::WrongCellCount, String::new(), value())),
            RowKind::Whole => {}
        }
        let broken = match self.soundness {
            Soundness::Sound => return None,
            Soundness::BrokenUtf8 => |bytes: &[u8]| std::str::from_utf8(bytes).is_err(),
            Soundness::Replaced => {
                |bytes: &[u8]| bytes.windows(3).any(|window| window == "\u{fffd}".as_bytes())
            }
        };
        if !broken(line) {
            return None;
        }
        let index = cells.iter().position(|cell| broken(&text[cell.start..cell.end]));
        let column = index.and_then(|index| self.names.get(index)).cloned().unwrap_or_default();
        let cell = index.map_or_else(value, |index| text_of(text, cells[index], self.grammar));
        Some((Rule::BadEncoding, column, cell))
    }
}

#[cfg(test)]
mod tests;
