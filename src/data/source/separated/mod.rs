//! Separated text (CSV and its kin) as text columns, in parallel, with every bad row told.
//!
//! Why not polars's reader: it fills short rows with nulls, knows neither `::` nor `\"`, and cannot say in
//! which row of the file a thing stood.

mod grammar;
mod plain;
mod windows;

pub(super) use windows::read_file;

use super::cells::Cells;
use super::encoding::{Text, decode, is_plain_utf8};
use super::part_column::{Finished, PartColumn, RawColumn, whole_column};
use super::scan::{count, next_line};
use super::{Dialect, RawTable, RowNumbers, Wanted};
use crate::data::DataError;
use crate::data::codes::Piece;
use crate::domain::problem::{Problem, Rule};
use crate::jobs::{Cancelled, JobContext, Unit};
use encoding_rs::Encoding;
use grammar::{Cell, Escape, Grammar, RowKind};
use polars::prelude::{DataFrame, IntoColumn, PolarsError};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Rows between two looks at the cancel flag.
const ROWS_PER_LOOK: u64 = 8_192;

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
    let header = cells.iter().map(|&cell| {
        let content = String::from_utf8_lossy(&text[cell.start..cell.end]);
        text_of(&content, cell.escape, grammar).trim().to_owned()
    });
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

/// What a cell's content means.
fn text_of(content: &str, escape: Escape, grammar: Grammar) -> Cow<'_, str> {
    if escape == Escape::None {
        return Cow::Borrowed(content);
    }
    let mut unescaped = String::with_capacity(content.len());
    grammar.unescape(content, escape, &mut unescaped);
    Cow::Owned(unescaped)
}

/// The first rows of a text.
#[derive(Debug)]
pub(super) struct FirstRows {
    pub columns: Vec<String>,
    pub cells: Cells,
    /// How many rows had as many cells as there are columns, and sound quotes.
    pub whole: usize,
    /// Bytes that header and rows take.
    pub bytes: usize,
    /// Bytes of the header.
    pub header_bytes: usize,
}

/// The first `limit` rows; the last one is left out where the text is cut and it may go on.
pub(super) fn first_rows(text: &[u8], complete: bool, dialect: &Dialect, limit: usize) -> FirstRows {
    let grammar = Grammar::new(dialect);
    let sound = String::from_utf8_lossy(text);
    let text = sound.as_bytes();
    let (columns, body) = names(text, grammar, dialect);
    let width = columns.len();
    let cells = Cells::with_capacity(width, limit.min(text.len() / (width + 1)), text.len());
    let mut found = FirstRows { columns, cells, whole: 0, bytes: body, header_bytes: body };
    let mut cells = Vec::new();
    let mut position = Grammar::skip_blank_lines(text, body);
    while position < text.len() && found.cells.rows() < limit {
        let (next, kind) = grammar.row(text, position, width, &mut cells);
        if !complete && next >= text.len() {
            break;
        }
        for cell in cells.iter().take(width) {
            found.cells.push(&text_of(&sound[cell.start..cell.end], cell.escape, grammar));
        }
        found.cells.end_row();
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
    columns: Vec<Finished>,
    rows: u64,
    /// Row numbers count from 1 within the part.
    problems: Vec<Problem>,
}

/// One row of a text.
struct Row<'a> {
    line: &'a str,
    /// Where it begins in the text.
    start: usize,
    cells: &'a [Cell],
}

impl<'a> Row<'a> {
    /// A cell as it is written.
    fn content(&self, cell: Cell) -> &'a str {
        &self.line[cell.start - self.start..cell.end - self.start]
    }
}

struct Reader<'a> {
    text: &'a [u8],
    damaged: bool,
    grammar: Grammar,
    names: &'a [String],
    wanted: &'a Wanted,
    job: &'a JobContext,
}

/// Reads a whole text.
///
/// The text is cut at line ends and the parts are read side by side, each as if a row began at its start.
/// Where the part before turns out to end elsewhere (a line end inside quotes), the part is read again.
pub(super) fn read(
    bytes: Vec<u8>,
    encoding: &'static Encoding,
    dialect: &Dialect,
    wanted: &Wanted,
    part_bytes: usize,
    job: &JobContext,
) -> Result<RawTable, DataError> {
    let mut bytes = bytes;
    // Nearly all files are sound UTF-8, which each part finds for itself.
    if is_plain_utf8(&bytes, encoding) {
        bytes = with_line_feeds(bytes);
        if let Some(table) = read_utf8(&bytes, false, dialect, wanted, part_bytes, job)? {
            return Ok(table);
        }
    }
    let Text { text, damaged } = decode(bytes, encoding);
    let text = with_line_feeds(text.into_bytes());
    let table = read_utf8(&text, damaged, dialect, wanted, part_bytes, job)?;
    table.ok_or_else(|| PolarsError::ComputeError("decoded text is no UTF-8".into()).into())
}

/// Reads a text in parts; `None` where its bytes are no UTF-8.
fn read_utf8(
    text: &[u8],
    damaged: bool,
    dialect: &Dialect,
    wanted: &Wanted,
    part_bytes: usize,
    job: &JobContext,
) -> Result<Option<RawTable>, DataError> {
    let grammar = Grammar::new(dialect);
    let (names, body) = names(text, grammar, dialect);
    job.stage("Splitting rows", Unit::Bytes, text.len() as u64);
    let mut starts = vec![body];
    while let Some(&last) = starts.last()
        && last + part_bytes < text.len()
    {
        starts.push(next_line(text, last + part_bytes));
    }
    let limits: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    let reader = Reader { text, damaged, grammar, names: &names, wanted, job };
    let parts: Vec<Option<Part>> = starts
        .par_iter()
        .zip(&limits)
        .with_max_len(1)
        .map(|(&start, &limit)| reader.part(start, limit))
        .collect::<Result<_, DataError>>()?;

    let mut columns: Vec<Vec<Finished>> = names.iter().map(|_| Vec::with_capacity(parts.len())).collect();
    let (mut problems, mut total_rows, mut expected) = (Vec::new(), 0, Grammar::skip_blank_lines(text, body));
    let mut pieces = Vec::with_capacity(parts.len());
    for ((part, &start), &limit) in parts.into_iter().zip(&starts).zip(&limits) {
        let begins = Grammar::skip_blank_lines(text, start);
        let part = if begins == expected { part } else { reader.part(expected, limit)? };
        let Some(part) = part else { return Ok(None) };
        expected = part.end;
        pieces.push(Piece { part: pieces.len(), rows: 0..part.rows as usize - part.problems.len() });
        problems.extend(
            part.problems.into_iter().map(|problem| Problem { row: problem.row + total_rows, ..problem }),
        );
        total_rows += part.rows;
        for (parts, column) in columns.iter_mut().zip(part.columns) {
            parts.push(column);
        }
    }
    Ok(Some(table(names, columns, &pieces, problems, total_rows)?))
}

/// A table from pieces of the parts of its columns, in order.
fn table(
    names: Vec<String>,
    columns: Vec<Vec<Finished>>,
    pieces: &[Piece],
    problems: Vec<Problem>,
    total_rows: u64,
) -> Result<RawTable, DataError> {
    let height = total_rows as usize - problems.len();
    let found: Vec<RawColumn> = names
        .par_iter()
        .zip(columns)
        .with_max_len(1)
        .map(|(name, parts)| whole_column(name, parts, pieces))
        .collect::<Result<_, PolarsError>>()?;
    let (mut columns, mut coded) = (Vec::with_capacity(names.len()), BTreeMap::new());
    for (name, column) in names.into_iter().zip(found) {
        match column {
            RawColumn::Plain(column) => columns.push(column),
            RawColumn::Coded(column) => {
                columns.push(column.place().into_column());
                coded.insert(name, column);
            }
        }
    }
    let row_numbers = RowNumbers::without(problems.iter().map(|problem| problem.row).collect());
    Ok(RawTable { frame: DataFrame::new(height, columns)?, coded, row_numbers, problems, total_rows })
}

/// Line ends of the old Macintosh, a lone `\r`, become `\n` where the text has no other.
pub(super) fn with_line_feeds(mut text: Vec<u8>) -> Vec<u8> {
    if !text.contains(&b'\n') {
        text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    text
}

/// Adds a whole row to its columns.
fn push(grammar: Grammar, row: &Row<'_>, columns: &mut [PartColumn], scratch: &mut String) {
    for (column, &cell) in columns.iter_mut().zip(row.cells) {
        let content = row.content(cell);
        if cell.escape == Escape::None {
            column.push(content);
        } else {
            scratch.clear();
            grammar.unescape(content, cell.escape, scratch);
            column.push(scratch);
        }
    }
}

impl Reader<'_> {
    /// Reads the rows that begin in `start..limit`; the last may end behind it. `None` where its bytes are no UTF-8.
    fn part(&self, start: usize, limit: usize) -> Result<Option<Part>, DataError> {
        let bytes = self.text;
        let Ok(text) = std::str::from_utf8(&bytes[start.min(limit)..limit]) else { return Ok(None) };
        let lines = count(text.as_bytes(), b'\n') + 1;
        let mut columns: Vec<PartColumn> =
            self.names.iter().map(|name| PartColumn::new(name, self.wanted, lines)).collect();
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
            let line = match text.get(position - start..next - start) {
                Some(line) => line,
                None => match std::str::from_utf8(&bytes[position..next]) {
                    Ok(line) => line,
                    Err(_) => return Ok(None),
                },
            };
            let row = Row { line, start: position, cells: &cells };
            match self.problem(kind, &row) {
                Some((rule, column, value)) => problems.push(Problem { row: rows, column, value, rule }),
                None => push(self.grammar, &row, &mut columns, &mut scratch),
            }
            position = Grammar::skip_blank_lines(bytes, next);
        }
        self.look(position, &mut reported)?;
        let columns = columns.into_iter().map(PartColumn::finish).collect();
        Ok(Some(Part { end: position, columns, rows, problems }))
    }

    fn look(&self, position: usize, reported: &mut usize) -> Result<(), Cancelled> {
        self.job.check()?;
        self.job.advance((position - *reported) as u64);
        *reported = position;
        Ok(())
    }

    /// What keeps the row out of the table: rule, column and value.
    fn problem(&self, kind: RowKind, row: &Row<'_>) -> Option<(Rule, String, String)> {
        let value = || row.line.trim_end().to_owned();
        match kind {
            RowKind::Malformed => return Some((Rule::Malformed, String::new(), value())),
            RowKind::WrongCellCount => return Some((Rule::WrongCellCount, String::new(), value())),
            RowKind::Whole => {}
        }
        if !self.damaged || !row.line.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let index =
            row.cells.iter().position(|&cell| row.content(cell).contains(char::REPLACEMENT_CHARACTER))?;
        let cell = row.cells[index];
        let value = text_of(row.content(cell), cell.escape, self.grammar).into_owned();
        Some((Rule::BadEncoding, self.names[index].clone(), value))
    }
}

#[cfg(test)]
mod tests;
