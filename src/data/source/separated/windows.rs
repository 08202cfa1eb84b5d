//! A separated file window by window, so that its bytes stay near the processor and take no memory of their own.
//!
//! Only for files of sound UTF-8 in which every row is whole: a bad row may have to look far ahead, so a file with one
//! is read again, all of it at once.

use super::grammar::{Cell, Grammar};
use super::plain::PlainRows;
use super::{Row, names, push, table};
use crate::data::DataError;
use crate::data::codes::Piece;
use crate::data::source::bytes::WholeFile;
use crate::data::source::encoding::is_plain_utf8;
use crate::data::source::part_column::PartColumn;
use crate::data::source::scan::{count, next_line};
use crate::data::source::{Dialect, RawTable, Wanted};
use crate::jobs::{JobContext, Unit};
use encoding_rs::UTF_8;
use rayon::prelude::*;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Share of a window that is read behind it for the row that begins at its end; a whole window more where that is too
/// little.
const MARGIN: usize = 64;

/// Windows that a worker takes at a time, at most: fewer make the work even, more make fewer pieces.
const RUN: usize = 64;

/// Runs for each worker where the file is small.
const RUNS: usize = 16;

struct Reader<'a> {
    path: &'a Path,
    /// Bytes of the file.
    length: u64,
    grammar: Grammar,
    names: &'a [String],
    wanted: &'a Wanted,
    /// Where the first window begins, and where each ends.
    cuts: Vec<u64>,
    window: usize,
    workers: usize,
    /// The first window that no worker has taken.
    next: AtomicUsize,
    job: &'a JobContext,
    /// Whether a row was not whole.
    given_up: AtomicBool,
}

/// What one worker has read: columns that grow from window to window, and what it needs again for each.
#[derive(Default)]
struct Worker {
    columns: Vec<PartColumn>,
    taken: Vec<Taken>,
    /// Of the last window: where cells may end, and the cells of a row.
    ends: Vec<u32>,
    cells: Vec<Cell>,
    scratch: String,
}

/// The rows of one window.
struct Taken {
    /// Where the first one begins in the file, and where the row behind the last one does.
    begin: u64,
    end: u64,
    /// Their place among the worker's.
    rows: Range<usize>,
}

/// Reads a file that is not packed, so many bytes at a time; `None` where it has to be read at once.
pub(in crate::data::source) fn read_file(
    path: &Path,
    dialect: &Dialect,
    wanted: &Wanted,
    window: usize,
    job: &JobContext,
) -> Result<Option<RawTable>, DataError> {
    let mut file = WholeFile::open(path)?;
    let length = file.length();
    job.stage(format!("Reading {}", file.name()), Unit::Bytes, length);
    let mut head = vec![0; window];
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
    let cuts: Vec<u64> = (body as u64..length).step_by(window.max(1)).chain([length]).collect();
    let workers = rayon::current_num_threads().min(cuts.len());
    let (next, given_up) = (AtomicUsize::new(0), AtomicBool::new(false));
    let reader =
        Reader { path, length, grammar, names: &names, wanted, cuts, window, workers, next, job, given_up };
    let read: Vec<Worker> = (0..workers)
        .into_par_iter()
        .with_max_len(1)
        .map(|_| reader.work())
        .collect::<Result<_, DataError>>()?;

    let windows = reader.windows();
    let (mut columns, mut taken) = (Vec::with_capacity(names.len()), Vec::with_capacity(windows));
    columns.resize_with(names.len(), || Vec::with_capacity(read.len()));
    for (part, worker) in read.into_iter().enumerate() {
        taken.extend(worker.taken.into_iter().map(|taken| (part, taken)));
        columns.iter_mut().zip(worker.columns).for_each(|(parts, column)| parts.push(column.finish()));
    }
    // One without a row stands before the next, which begins where it does.
    taken.sort_unstable_by_key(|(_, taken)| (taken.begin, taken.end));
    let follow = taken.windows(2).all(|pair| pair[0].1.end == pair[1].1.begin);
    if taken.len() < windows || !follow {
        return Ok(None);
    }
    let pieces = pieces(taken);
    let rows = pieces.iter().map(|piece| piece.rows.len() as u64).sum();
    Ok(Some(table(names, columns, &pieces, Vec::new(), rows)?))
}

/// Windows in order as pieces of the workers' columns, as few as there can be.
fn pieces(taken: Vec<(usize, Taken)>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (part, Taken { rows, .. }) in taken {
        match pieces.last_mut() {
            Some(last) if last.part == part && last.rows.end == rows.start => last.rows.end = rows.end,
            _ => pieces.push(Piece { part, rows }),
        }
    }
    pieces
}

/// The whole lines of a window: all of it where it is the file's last. `None` where no line ends in it.
fn whole_lines(window: &[u8], is_last: bool) -> Option<&[u8]> {
    let end = if is_last { window.len() } else { window.iter().rposition(|&byte| byte == b'\n')? + 1 };
    Some(&window[..end])
}

impl Reader<'_> {
    fn windows(&self) -> usize {
        self.cuts.len() - 1
    }

    /// Takes windows until none is left, or a row of one is not whole.
    fn work(&self) -> Result<Worker, DataError> {
        let mut file = WholeFile::open(self.path)?;
        let mut buffer = vec![0; 2 * self.window];
        let mut worker = Worker::default();
        let run = (self.windows() / (RUNS * self.workers)).clamp(1, RUN);
        loop {
            let first = self.next.fetch_add(run, Ordering::Relaxed);
            for place in first..(first + run).min(self.windows()) {
                self.job.check()?;
                let lines = self.lines(&mut file, place, &mut buffer)?;
                let taken = lines.and_then(|lines| self.take(place, lines, &mut worker));
                let Some(taken) = taken.filter(|_| !self.given_up.load(Ordering::Relaxed)) else {
                    self.given_up.store(true, Ordering::Relaxed);
                    return Ok(worker);
                };
                self.job.advance(self.cuts[place + 1] - self.cuts[place]);
                worker.taken.push(taken);
            }
            if first + run >= self.windows() {
                // Every worker has its columns, also where the others were faster.
                self.begin(&mut worker, 0);
                return Ok(worker);
            }
        }
    }

    /// Gives a worker its columns, with room for so many rows.
    fn begin(&self, worker: &mut Worker, rows: usize) {
        if worker.columns.is_empty() {
            worker.columns.extend(self.names.iter().map(|name| PartColumn::new(name, self.wanted, rows)));
        }
    }

    /// Reads a window, with what follows it up to a line end at least; `None` where none is near.
    fn lines<'b>(
        &self,
        file: &mut WholeFile,
        place: usize,
        buffer: &'b mut [u8],
    ) -> Result<Option<&'b [u8]>, DataError> {
        let (from, to) = (self.cuts[place], self.cuts[place + 1]);
        let within = (to - from) as usize;
        for margin in [self.window / MARGIN, self.window] {
            let read = file.read_at(from, &mut buffer[..within + margin])?.len();
            if from + read as u64 >= self.length || buffer[within..read].contains(&b'\n') {
                return Ok(Some(&buffer[..read]));
            }
        }
        Ok(None)
    }

    /// Adds the rows that begin behind a window's first byte, up to and with one behind its last; in the first window
    /// also one at its first byte. `None` where not all of them are whole.
    fn take(&self, place: usize, bytes: &[u8], worker: &mut Worker) -> Option<Taken> {
        let (from, to) = (self.cuts[place], self.cuts[place + 1]);
        let skipped = if place == 0 { 0 } else { next_line(bytes, 0) };
        let begin = Grammar::skip_blank_lines(bytes, skipped);
        let cut = next_line(bytes, (to - from) as usize).max(begin);
        let text = str::from_utf8(&bytes[begin..cut]).ok()?;
        if worker.columns.is_empty() {
            let rows = self.length as f64 * count(text.as_bytes(), b'\n') as f64 / text.len().max(1) as f64;
            // A little more than the first window promises.
            self.begin(worker, (rows / self.workers as f64 * 1.1) as usize + 1);
        }
        let first = worker.taken.last().map_or(0, |taken| taken.rows.end);
        let (rows, end) = self.rows(text, worker)?;
        let end = Grammar::skip_blank_lines(bytes, begin + end);
        Some(Taken { begin: from + begin as u64, end: from + end as u64, rows: first..first + rows })
    }

    /// Adds all rows of a text that begins with one; returns their number and where the last one ends. `None` where not
    /// all of them are whole.
    fn rows(&self, text: &str, worker: &mut Worker) -> Option<(usize, usize)> {
        let (bytes, width) = (text.as_bytes(), self.names.len());
        let Worker { columns, ends, cells, scratch, .. } = worker;
        self.grammar.ends(bytes, ends);
        let mut ends = ends.as_slice();
        let (mut rows, mut position) = (0, 0);
        while position < bytes.len() {
            while let Some((&end, behind)) = ends.split_first()
                && (end as usize) < position
            {
                ends = behind;
            }
            if let Some(plain) = PlainRows::find(self.grammar, bytes, position, ends, width) {
                for (place, column) in columns.iter_mut().enumerate() {
                    column.extend(text, plain.cells(place));
                }
                rows += plain.count();
                ends = &ends[plain.count() * width..];
                position = plain.end();
            } else {
                let (next, sound) = self.grammar.split(bytes, position, cells);
                if !sound || cells.len() != width {
                    return None;
                }
                push(
                    self.grammar,
                    &Row { line: &text[position..next], start: position, cells },
                    columns,
                    scratch,
                );
                rows += 1;
                position = next;
            }
            position = Grammar::skip_blank_lines(bytes, position);
        }
        Some((rows, position))
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

    fn windowed(text: &[u8], window: usize) -> Option<RawTable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        read_file(&path, &csv(), &wanted(), window, &JobContext::default()).unwrap()
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
            text in "(id,time,x\n)([ab]{1,3},[0-9]{1,4},(x|\"q,\"\"\n\"|é|)\r?\n(\n)?){0,40}(c,1,2|d,\"|\u{e9})?",
            window in 16_usize..200,
        ) {
            if let Some(found) = windowed(text.as_bytes(), window) {
                prop_assert!(same(&found, &at_once(text.as_bytes())), "{:?}", text);
            }
        }
    }

    #[test]
    fn a_plain_file_is_read_in_windows_and_another_is_not() {
        let rows = (0..1_000).map(|row| format!("user{},{row},é{row}\n", row % 7));
        let text = "id,time,x\n".to_owned() + &rows.collect::<String>();
        for window in [64, 97, 300, 5_000, 1 << 20] {
            let found = windowed(text.as_bytes(), window).unwrap();
            assert!(same(&found, &at_once(text.as_bytes())), "windows of {window}");
            assert_eq!(found.total_rows, 1_000);
        }
        let long = format!("{},1,1\n", "a row longer than two windows".repeat(3));
        for broken in ["short,1\n", "x,1,\"open\n", &long] {
            assert!(windowed(format!("{text}{broken}").as_bytes(), 32).is_none(), "{broken}");
        }
        assert!(windowed(b"id,time,x\na,1,\xff\n", 64).is_none());
        assert!(windowed(b"id,time,x\ra,1,2\rb,3,4\r", 64).is_none());
        assert!(windowed("\u{feff}id,time,x\na,1,2\n".as_bytes(), 64).is_none());
    }
}
