//! A separated file window by window, so that its bytes stay near the processor and take no memory of their own.
//!
//! Only for files of sound UTF-8 in which every row is whole: a bad row may have to look far ahead, so a file with one
//! is read again, all of it at once.

use super::grammar::{Cell, Grammar};
use super::{Row, names, push, table};
use crate::data::DataError;
use crate::data::source::bytes::WholeFile;
use crate::data::source::encoding::is_plain_utf8;
use crate::data::source::part_column::{Finished, PartColumn};
use crate::data::source::scan::{count, next_line};
use crate::data::source::{Dialect, RawTable, Wanted};
use crate::jobs::{JobContext, Unit};
use encoding_rs::UTF_8;
use rayon::prelude::*;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// How much is read at a time.
#[derive(Debug, Clone, Copy)]
pub(in crate::data::source) struct Sizes {
    /// Bytes that one thread reads.
    pub part: usize,
    /// Bytes of a window; no row may be longer.
    pub window: usize,
}

struct Reader<'a> {
    path: &'a Path,
    /// Bytes of the file.
    length: u64,
    grammar: Grammar,
    names: &'a [String],
    wanted: &'a Wanted,
    window: usize,
    job: &'a JobContext,
    /// Whether another part gave up.
    given_up: AtomicBool,
}

/// Rows of one part.
struct Part {
    /// Where its first row begins in the file, and where the row behind its last does.
    begin: u64,
    end: u64,
    columns: Vec<Finished>,
    rows: u64,
}

/// Reads a file that is not packed; `None` where it has to be read at once.
pub(in crate::data::source) fn read_file(
    path: &Path,
    dialect: &Dialect,
    wanted: &Wanted,
    sizes: Sizes,
    job: &JobContext,
) -> Result<Option<RawTable>, DataError> {
    let mut file = WholeFile::open(path)?;
    let length = file.length();
    job.stage(format!("Reading {}", file.name()), Unit::Bytes, length);
    let mut head = vec![0; sizes.window];
    let head = file.read_at(0, &mut head)?;
    // A text without a line feed may have line ends of another kind.
    let text = whole_lines(head, head.len() as u64 == length).filter(|text| text.contains(&b'\n'));
    let Some(text) = text else { return Ok(None) };
    let grammar = Grammar::new(dialect);
    let start = Grammar::skip_blank_lines(text, 0);
    if !is_plain_utf8(text, UTF_8) || start == text.len() || !grammar.split(text, start, &mut Vec::new()).1 {
        return Ok(None);
    }
    let (names, body) = names(text, grammar, dialect);
    let given_up = AtomicBool::new(false);
    let reader = Reader { path, length, grammar, names: &names, wanted, window: sizes.window, job, given_up };
    let cuts: Vec<u64> = (body as u64..length).step_by(sizes.part.max(1)).chain([length]).collect();
    let parts: Vec<Option<Part>> = cuts
        .par_windows(2)
        .enumerate()
        .with_max_len(1)
        .map(|(place, cuts)| {
            let part = reader.part(cuts[0], cuts[1], place == 0)?;
            reader.given_up.fetch_or(part.is_none(), Ordering::Relaxed);
            Ok(part)
        })
        .collect::<Result<_, DataError>>()?;

    let mut columns: Vec<Vec<Finished>> = names.iter().map(|_| Vec::with_capacity(parts.len())).collect();
    let (mut rows, mut expected) = (0, None);
    for part in parts {
        let Some(part) = part.filter(|part| expected.is_none_or(|expected| expected == part.begin)) else {
            return Ok(None);
        };
        expected = Some(part.end);
        rows += part.rows;
        columns.iter_mut().zip(part.columns).for_each(|(parts, column)| parts.push(column));
    }
    Ok(Some(table(names, columns, Vec::new(), rows)?))
}

/// The whole lines of a window: all of it where it is the file's last. `None` where no line ends in it.
fn whole_lines(window: &[u8], is_last: bool) -> Option<&[u8]> {
    let end = if is_last { window.len() } else { window.iter().rposition(|&byte| byte == b'\n')? + 1 };
    Some(&window[..end])
}

impl Reader<'_> {
    /// Reads the rows that begin behind `from`, up to and with one at `to`; the first part's begin at `from`. `None`
    /// where not all of them are whole.
    fn part(&self, from: u64, to: u64, is_first: bool) -> Result<Option<Part>, DataError> {
        let mut file = WholeFile::open(self.path)?;
        let mut buffer = vec![0; self.window];
        let mut columns = Vec::new();
        let mut cells = Vec::with_capacity(self.names.len());
        let (mut ends, mut scratch) = (Vec::new(), String::new());
        let (mut offset, mut begin, mut rows) = (from, None, 0);
        while offset < self.length && (begin.is_none() || offset <= to) {
            self.job.check()?;
            let window = file.read_at(offset, &mut buffer)?;
            let is_last = offset + window.len() as u64 >= self.length;
            let Some(lines) = whole_lines(window, is_last) else { return Ok(None) };
            let skipped = if begin.is_none() && !is_first { next_line(lines, 0) } else { 0 };
            let Ok(text) = str::from_utf8(&lines[skipped..]) else { return Ok(None) };
            if self.given_up.load(Ordering::Relaxed) || window.is_empty() {
                return Ok(None);
            }
            if columns.is_empty() {
                let rows = (to - from) as f64 * count(lines, b'\n') as f64 / lines.len().max(1) as f64;
                // A little more than the first window promises.
                let rows = (rows * 1.02) as usize + 1;
                columns.extend(self.names.iter().map(|name| PartColumn::new(name, self.wanted, rows)));
            }
            let start = offset + skipped as u64;
            let mut position = Grammar::skip_blank_lines(text.as_bytes(), 0);
            begin.get_or_insert(start + position as u64);
            self.grammar.ends(text.as_bytes(), &mut ends);
            let mut ends = ends.as_slice();
            while position < text.len() && start + position as u64 <= to {
                while let Some((&end, behind)) = ends.split_first()
                    && (end as usize) < position
                {
                    ends = behind;
                }
                let Some(next) = self.row(text.as_bytes(), position, &mut ends, &mut cells) else {
                    return Ok(None);
                };
                let row = Row { line: &text[position..next], start: position, cells: &cells };
                push(self.grammar, &row, &mut columns, &mut scratch);
                rows += 1;
                position = Grammar::skip_blank_lines(text.as_bytes(), next);
            }
            self.job.advance(start + position as u64 - offset);
            offset = start + position as u64;
        }
        let columns = columns.into_iter().map(PartColumn::finish).collect();
        Ok(Some(Part { begin: begin.unwrap_or(offset), end: offset, columns, rows }))
    }

    /// Splits the row at `position`, behind which cells may end at `ends`; returns the start of the next one. `None`
    /// where the row is not whole. Ends that are surely passed are taken from `ends`.
    fn row(&self, text: &[u8], position: usize, ends: &mut &[u32], cells: &mut Vec<Cell>) -> Option<usize> {
        let expected = self.names.len();
        if let Some(next) = self.grammar.plain_row(text, position, ends, expected, cells) {
            *ends = &ends[expected..];
            return Some(next);
        }
        let (next, sound) = self.grammar.split(text, position, cells);
        (sound && cells.len() == expected).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn csv() -> Dialect {
        Dialect {
            separator: ",".to_owned(),
            quote: Some('"'),
            backslash_escapes: false,
            has_header: true,
            columns: Vec::new(),
            encoding: "UTF-8".to_owned(),
        }
    }

    fn windowed(text: &[u8], part: usize, window: usize) -> Option<RawTable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let sizes = Sizes { part, window };
        read_file(&path, &csv(), &wanted(), sizes, &JobContext::default()).unwrap()
    }

    fn wanted() -> Wanted {
        Wanted { coded: vec!["id".to_owned()], whole: vec!["time".to_owned()] }
    }

    fn at_once(text: &[u8]) -> RawTable {
        let job = JobContext::default();
        super::super::read(text.to_vec(), UTF_8, &csv(), &wanted(), usize::MAX / 2, &job).unwrap()
    }

    fn same(a: &RawTable, b: &RawTable) -> bool {
        let names = a.frame.get_column_names();
        a.total_rows == b.total_rows
            && a.problems == b.problems
            && names == b.frame.get_column_names()
            && names.iter().all(|name| {
                let (a, b) = (a.text(name).unwrap(), b.text(name).unwrap());
                a.iter().eq(b.iter())
            })
    }

    proptest! {
        /// Whatever the sizes: a file read window by window is the file read at once.
        #[test]
        fn windows_read_what_is_there(
            text in "(id,time,x\n)([ab]{1,3},[0-9]{1,4},(x|\"q,\"\"\n\"|é|)\r?\n(\n)?){0,12}(c,1,2|d,\"|\u{e9})?",
            part in 1_usize..200,
            window in 16_usize..200,
        ) {
            if let Some(found) = windowed(text.as_bytes(), part, window) {
                prop_assert!(same(&found, &at_once(text.as_bytes())), "{:?}", text);
            }
        }
    }

    #[test]
    fn a_plain_file_is_read_in_windows_and_another_is_not() {
        let rows = (0..1_000).map(|row| format!("user{},{row},é{row}\n", row % 7));
        let text = "id,time,x\n".to_owned() + &rows.collect::<String>();
        for (part, window) in [(1, 64), (97, 64), (5_000, 300), (1 << 20, 1 << 20)] {
            let found = windowed(text.as_bytes(), part, window).unwrap();
            assert!(same(&found, &at_once(text.as_bytes())), "parts of {part}, windows of {window}");
            assert_eq!(found.total_rows, 1_000);
        }
        for broken in ["short,1\n", "x,1,\"open\n", "a row that is longer than a window,1,1\n"] {
            assert!(windowed(format!("{text}{broken}").as_bytes(), 5_000, 32).is_none(), "{broken}");
        }
        assert!(windowed(b"id,time,x\na,1,\xff\n", 5_000, 64).is_none());
        assert!(windowed(b"id,time,x\ra,1,2\rb,3,4\r", 5_000, 64).is_none());
        assert!(windowed("\u{feff}id,time,x\na,1,2\n".as_bytes(), 5_000, 64).is_none());
    }
}
