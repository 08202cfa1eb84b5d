//! JSON Lines as text columns: one object a line, its keys the columns.
//!
//! Numbers keep the digits they are written with; a list of plain values becomes `A|B`; an object stays JSON.

use super::cells::Cells;
use super::encoding::Text;
use super::scan::{find_either, next_line};
use super::text_column::ColumnBuilder;
use super::{RawTable, RowNumbers};
use crate::data::DataError;
use crate::domain::problem::{Problem, Rule};
use crate::jobs::{JobContext, Unit};
use polars::prelude::{Column, DataFrame, IntoColumn, StringChunked};
use polars_arrow::array::Utf8ViewArray;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Lines between two looks at the cancel flag.
const LINES_PER_LOOK: u64 = 4_096;

/// A key and the text of its value; empty where it is missing.
type Member<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Reads an object; `None` where the line is not one.
fn object(line: &str) -> Option<Vec<Member<'_>>> {
    let mut scanner = Scanner { text: line, position: 0 };
    let mut members = Vec::new();
    scanner.step_over(b'{')?;
    if scanner.peek()? == b'}' {
        scanner.position += 1;
    } else {
        loop {
            let key = scanner.string()?;
            scanner.step_over(b':')?;
            members.push((key, scanner.value()?));
            match scanner.peek()? {
                b',' => scanner.position += 1,
                b'}' => break,
                _ => return None,
            }
        }
        scanner.position += 1;
    }
    scanner.peek().is_none().then_some(members)
}

/// Whether a line is a JSON object.
pub(super) fn is_object(line: &str) -> bool {
    object(line).is_some()
}

struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Scanner<'a> {
    fn at(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while self.at(self.position)?.is_ascii_whitespace() {
            self.position += 1;
        }
        self.at(self.position)
    }

    /// Past this byte and the white space before it; `None` where another one stands.
    fn step_over(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.position += 1)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.step_over(b'"')?;
        let start = self.position;
        let mut escaped = false;
        loop {
            let found = find_either(self.text.as_bytes(), self.position, b'"', b'\\');
            if self.at(found)? == b'"' {
                self.position = found + 1;
                break;
            }
            escaped = true;
            self.position = found + 2;
        }
        if escaped {
            return serde_json::from_str(&self.text[start - 1..self.position]).ok().map(Cow::Owned);
        }
        Some(Cow::Borrowed(&self.text[start..self.position - 1]))
    }

    fn value(&mut self) -> Option<Cow<'a, str>> {
        match self.peek()? {
            b'"' => self.string(),
            b'[' | b'{' => self.nested(),
            _ => self.literal(),
        }
    }

    /// A number, `true`, `false` or `null`.
    fn literal(&mut self) -> Option<Cow<'a, str>> {
        let rest = &self.text[self.position..];
        let length =
            rest.bytes().position(|byte| matches!(byte, b',' | b'}') || byte.is_ascii_whitespace())?;
        self.position += length;
        match &rest[..length] {
            "null" => Some(Cow::Borrowed("")),
            word @ ("true" | "false") => Some(Cow::Borrowed(word)),
            number => {
                serde_json::from_str::<serde_json::Number>(number).is_ok().then_some(Cow::Borrowed(number))
            }
        }
    }

    /// An array or object.
    fn nested(&mut self) -> Option<Cow<'a, str>> {
        let start = self.position;
        let mut depth = 0_usize;
        loop {
            match self.at(self.position)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.position += 1;
            if depth == 0 {
                break;
            }
        }
        let value: serde_json::Value = serde_json::from_str(&self.text[start..self.position]).ok()?;
        Some(Cow::Owned(flattened(&value)))
    }
}

/// A list of plain values joined by `|`, anything else as compact JSON.
fn flattened(value: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    let plain = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    };
    let list = value.as_array().and_then(|list| list.iter().map(plain).collect::<Option<Vec<_>>>());
    list.map_or_else(|| value.to_string(), |list| list.join("|"))
}

/// The first `limit` objects of a text as columns and cells, and the bytes they take.
pub(super) fn first_rows(text: &str, complete: bool, limit: usize) -> (Vec<String>, Cells, usize) {
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<Vec<Option<Cow<'_, str>>>> = Vec::new();
    let mut position = 0;
    while position < text.len() && rows.len() < limit {
        let next = next_line(text.as_bytes(), position);
        if !complete && next >= text.len() && !text.ends_with('\n') {
            break;
        }
        if let Some(members) = object(&text[position..next]) {
            let mut row = vec![None; columns.len()];
            for (key, value) in members {
                let index = columns.iter().position(|column| *column == key).unwrap_or_else(|| {
                    columns.push(key.into_owned());
                    row.push(None);
                    columns.len() - 1
                });
                row[index] = Some(value);
            }
            rows.push(row);
        }
        position = next;
    }
    let cells = Cells::from_rows(columns.len(), rows.iter().map(|row| row.iter().map(Option::as_deref)));
    (columns, cells, position)
}

#[derive(Default)]
struct Part {
    columns: Vec<(String, ColumnBuilder)>,
    rows: u64,
    kept: usize,
    problems: Vec<Problem>,
}

/// Reads a whole text; a key that a line lacks is an empty cell.
pub(super) fn read(text: &Text, part_bytes: usize, job: &JobContext) -> Result<RawTable, DataError> {
    let Text { text, damaged } = text;
    job.stage("Reading objects", Unit::Bytes, text.len() as u64);
    let mut starts = vec![0];
    while let Some(&last) = starts.last()
        && last + part_bytes < text.len()
    {
        starts.push(next_line(text.as_bytes(), last + part_bytes));
    }
    let limits: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    let parts: Vec<Part> = starts
        .par_iter()
        .zip(&limits)
        .map(|(&start, &limit)| part(&text[start..limit], *damaged, job))
        .collect::<Result<_, DataError>>()?;

    let mut names: Vec<String> = Vec::new();
    for (name, _) in parts.iter().flat_map(|part| &part.columns) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut chunks: Vec<Vec<Utf8ViewArray>> = names.iter().map(|_| Vec::new()).collect();
    let (mut problems, mut total_rows) = (Vec::new(), 0);
    for mut part in parts {
        for (name, chunks) in names.iter().zip(&mut chunks) {
            let place = part.columns.iter().position(|(column, _)| column == name);
            let mut column = place.map(|place| part.columns.swap_remove(place).1).unwrap_or_default();
            column.pad(part.kept);
            chunks.push(column.finish());
        }
        problems.extend(
            part.problems.into_iter().map(|problem| Problem { row: problem.row + total_rows, ..problem }),
        );
        total_rows += part.rows;
    }
    let columns: Vec<Column> = names
        .iter()
        .zip(chunks)
        .map(|(name, chunks)| StringChunked::from_chunk_iter(name.as_str().into(), chunks).into_column())
        .collect();
    let row_numbers = RowNumbers::without(problems.iter().map(|problem| problem.row).collect());
    let frame = DataFrame::new(total_rows as usize - problems.len(), columns)?;
    Ok(RawTable { frame, coded: BTreeMap::new(), row_numbers, problems, total_rows })
}

fn part(text: &str, damaged: bool, job: &JobContext) -> Result<Part, DataError> {
    let mut part = Part::default();
    let (mut position, mut reported) = (0, 0);
    while position < text.len() {
        if part.rows.is_multiple_of(LINES_PER_LOOK) {
            job.check()?;
            job.advance((position - reported) as u64);
            reported = position;
        }
        let next = next_line(text.as_bytes(), position);
        let line = text[position..next].trim();
        position = next;
        if line.is_empty() {
            continue;
        }
        part.rows += 1;
        let sound = !damaged || !line.contains(char::REPLACEMENT_CHARACTER);
        match object(line).filter(|_| sound) {
            Some(members) => part.push(members),
            None => part.problems.push(Problem {
                row: part.rows,
                column: String::new(),
                value: line.to_owned(),
                rule: if sound { Rule::Malformed } else { Rule::BadEncoding },
            }),
        }
    }
    job.advance((position - reported) as u64);
    Ok(part)
}

impl Part {
    fn push(&mut self, members: Vec<Member<'_>>) {
        for (place, (key, value)) in members.into_iter().enumerate() {
            // Lines usually have the same keys in the same order.
            let index = match self.columns.get(place) {
                Some((name, _)) if *name == key => place,
                _ => self.columns.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
                    self.columns.push((key.into_owned(), ColumnBuilder::default()));
                    self.columns.len() - 1
                }),
            };
            let column = &mut self.columns[index].1;
            // A key that stands twice in an object counts once, the first time.
            if column.len() <= self.kept {
                column.pad(self.kept);
                column.push(&value);
            }
        }
        self.kept += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> RawTable {
        read(&Text { text: text.to_owned(), damaged: false }, 40, &JobContext::default()).unwrap()
    }

    fn cells(table: &RawTable, column: &str) -> Vec<Option<String>> {
        let column = table.frame.column(column).unwrap().str().unwrap();
        column.iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    fn some(cells: &[&str]) -> Vec<Option<String>> {
        cells.iter().map(|cell| Some((*cell).to_owned()).filter(|cell| !cell.is_empty())).collect()
    }

    #[test]
    fn cells_keep_their_text_and_rows_their_numbers() {
        let table = table(concat!(
            "{\"user\": \"0007\", \"item\": 18446744073709551616, \"value\": 4.50}\n",
            "\n",
            "{\"user\": \"a\\\"b\\u00e9\", \"genres\": [\"Drama\", \"War\"], \"value\": null}\n",
            "{\"user\": \"broken\"\n",
            "[1, 2]\n",
            "{\"value\": 1e3, \"user\": \"\", \"more\": {\"a\": [1]}} \r\n",
            "{} trailing\n",
            "{\"user\": \"last\", \"user\": \"again\", \"value\": 007}\n",
            "{\"user\": \"end\"}",
        ));
        assert_eq!(table.total_rows, 8);
        assert_eq!(cells(&table, "user"), some(&["0007", "a\"bé", "", "end"]));
        assert_eq!(cells(&table, "item"), some(&["18446744073709551616", "", "", ""]));
        assert_eq!(cells(&table, "value"), some(&["4.50", "", "1e3", ""]));
        assert_eq!(cells(&table, "genres"), some(&["", "Drama|War", "", ""]));
        assert_eq!(cells(&table, "more"), some(&["", "", "{\"a\":[1]}", ""]));
        let bad: Vec<(u64, &str)> =
            table.problems.iter().map(|problem| (problem.row, problem.value.as_str())).collect();
        assert_eq!(
            bad,
            [
                (3, "{\"user\": \"broken\""),
                (4, "[1, 2]"),
                (6, "{} trailing"),
                (7, "{\"user\": \"last\", \"user\": \"again\", \"value\": 007}"),
            ]
        );
        assert!(table.problems.iter().all(|problem| problem.rule == Rule::Malformed));
        let numbers: Vec<u64> = (0..4).map(|index| table.row_numbers.number(index)).collect();
        assert_eq!(numbers, [1, 2, 5, 8]);
    }
}
