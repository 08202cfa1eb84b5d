//! Separated text (CSV and its kin) as text columns, in parallel, with every bad row told.
//!
//! Why not polars's reader: it fills short rows with nulls, knows neither `::` nor `\"`, and cannot say in
//! which row of the file a thing stood.

mod grammar;

use super::encoding::Text;
use super::scan::{count, next_line};
use super::text_column::ColumnBuilder;
use super::{Dialect, RawTable, RowNumbers};
use crate::data::DataError;
use crate::domain::problem::{Problem, Rule};
use crate::jobs::{Cancelled, JobContext, Unit};
use grammar::{Cell, Escape, Grammar, RowKind};
use polars::prelude::{Column, DataFrame, IntoColumn, StringChunked};
use rayon::prelude::*;

/// Rows between two looks at the cancel flag.
const ROWS_PER_LOOK: u64 = 8_192;

/// The column names: from the header, the dialect, or `column_1` …; empty and repeated ones are told apart.
/// Also where the first data row begins.
fn names(text: &str, grammar: Grammar, dialect: &Dialect) -> (Vec<String>, usize) {
    let bytes = text.as_bytes();
    let start = Grammar::skip_blank_lines(bytes, 0);
    let mut cells = Vec::new();
    let (mut next, sound) = grammar.split(bytes, start, &mut cells);
    if !sound {
        (next, _) = grammar.unquoted().split(bytes, start, &mut cells);
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

fn text_of(text: &str, cell: Cell, grammar: Grammar) -> String {
    let content = &text[cell.start..cell.end];
    if cell.escape == Escape::None {
        return content.to_owned();
    }
    let mut unescaped = String::with_capacity(content.len());
    grammar.unescape(content, cell.escape, &mut unescaped);
    unescaped
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
pub(super) fn first_rows(text: &str, complete: bool, dialect: &Dialect, limit: usize) -> FirstRows {
    let grammar = Grammar::new(dialect);
    let (columns, body) = names(text, grammar, dialect);
    let mut found = FirstRows { columns, rows: Vec::new(), whole: 0, bytes: body, header_bytes: body };
    let mut cells = Vec::new();
    let mut position = Grammar::skip_blank_lines(text.as_bytes(), body);
    while position < text.len() && found.rows.len() < limit {
        let (next, kind) = grammar.row(text.as_bytes(), position, found.columns.len(), &mut cells);
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
        position = Grammar::skip_blank_lines(text.as_bytes(), next);
    }
    found
}

/// How many cells the first rows have, for finding the dialect.
pub(super) fn cell_counts(text: &str, complete: bool, dialect: &Dialect, limit: usize) -> Vec<usize> {
    let grammar = Grammar::new(dialect);
    let (mut cells, mut counts) = (Vec::new(), Vec::new());
    let mut position = Grammar::skip_blank_lines(text.as_bytes(), 0);
    while position < text.len() && counts.len() < limit {
        let (next, sound) = grammar.split(text.as_bytes(), position, &mut cells);
        if !complete && next >= text.len() {
            break;
        }
        counts.push(if sound { cells.len() } else { 0 });
        position = Grammar::skip_blank_lines(text.as_bytes(), next);
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
    text: &'a str,
    damaged: bool,
    grammar: Grammar,
    names: &'a [String],
    job: &'a JobContext,
}

/// Reads a whole text.
///
/// The text is cut at line ends and the parts are read side by side, each as if a row began at its start.
/// Where the part before turns out to end elsewhere (a line end inside quotes), the part is read again.
pub(super) fn read(
    text: Text,
    dialect: &Dialect,
    part_bytes: usize,
    job: &JobContext,
) -> Result<RawTable, DataError> {
    let Text { text, damaged } = text;
    let text = with_line_feeds(text);
    let grammar = Grammar::new(dialect);
    let (names, body) = names(&text, grammar, dialect);
    job.stage("Splitting rows", Unit::Bytes, text.len() as u64);
    let mut starts = vec![body];
    while let Some(&last) = starts.last()
        && last + part_bytes < text.len()
    {
        starts.push(next_line(text.as_bytes(), last + part_bytes));
    }
    let limits: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    let reader = Reader { text: &text, damaged, grammar, names: &names, job };
    let parts: Vec<Part> = starts
        .par_iter()
        .zip(&limits)
        .map(|(&start, &limit)| reader.part(start, limit))
        .collect::<Result<_, DataError>>()?;

    let mut chunks: Vec<Vec<_>> = names.iter().map(|_| Vec::with_capacity(parts.len())).collect();
    let (mut problems, mut total_rows, mut expected) =
        (Vec::new(), 0, Grammar::skip_blank_lines(text.as_bytes(), body));
    for ((part, &start), &limit) in parts.into_iter().zip(&starts).zip(&limits) {
        let begins = Grammar::skip_blank_lines(text.as_bytes(), start);
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
pub(super) fn with_line_feeds(text: String) -> String {
    let is_old = !text.contains('\n') && text.contains('\r');
    if is_old { text.replace('\r', "\n") } else { text }
}

impl Reader<'_> {
    /// Reads the rows that begin in `start..limit`; the last may end behind it.
    fn part(&self, start: usize, limit: usize) -> Result<Part, DataError> {
        let bytes = self.text.as_bytes();
        let lines = count(&bytes[start.min(limit)..limit], b'\n') + 1;
        let mut columns: Vec<ColumnBuilder> =
            self.names.iter().map(|_| ColumnBuilder::with_capacity(lines)).collect();
        let mut cells = Vec::with_capacity(self.names.len());
        let mut scratch = String::new();
        let mut problems = Vec::new();
        let (mut rows, mut reported) = (0_u64, start);
        let mut position = Grammar::skip_blank_lines(bytes, start);
        while position < limit {
            if rows.is_multiple_of(ROWS_PER_LOOK) {
                self.look(position, &mut reported)?;
            }
            rows += 1;
            let (next, kind) = self.grammar.row(bytes, position, self.names.len(), &mut cells);
            match self.problem(kind, &self.text[position..next], &cells) {
                Some((rule, column, value)) => problems.push(Problem { row: rows, column, value, rule }),
                None => self.push(&cells, &mut columns, &mut scratch),
            }
            position = Grammar::skip_blank_lines(bytes, next);
        }
        self.look(position, &mut reported)?;
        let columns = columns.into_iter().map(ColumnBuilder::finish).collect();
        Ok(Part { end: position, columns, rows, problems })
    }

    fn look(&self, position: usize, reported: &mut usize) -> Result<(), Cancelled> {
        self.job.check()?;
        self.job.advance((position - *reported) as u64);
        *reported = position;
        Ok(())
    }

    fn push(&self, cells: &[Cell], columns: &mut [ColumnBuilder], scratch: &mut String) {
        for (column, cell) in columns.iter_mut().zip(cells) {
            let content = &self.text[cell.start..cell.end];
            if cell.escape == Escape::None {
                column.push(content);
            } else {
                scratch.clear();
                self.grammar.unescape(content, cell.escape, scratch);
                column.push(scratch);
            }
        }
    }

    /// What keeps the row out of the table: rule, column and value.
    fn problem(&self, kind: RowKind, line: &str, cells: &[Cell]) -> Option<(Rule, String, String)> {
        let value = || line.trim_end().to_owned();
        match kind {
            RowKind::Malformed => return Some((Rule::Malformed, String::new(), value())),
            RowKind::WrongCellCount => return Some((Rule::WrongCellCount, String::new(), value())),
            RowKind::Whole => {}
        }
        if !self.damaged || !line.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let index = cells
            .iter()
            .position(|cell| self.text[cell.start..cell.end].contains(char::REPLACEMENT_CHARACTER))?;
        Some((Rule::BadEncoding, self.names[index].clone(), text_of(self.text, cells[index], self.grammar)))
    }
}

#[cfg(test)]
mod tests;
