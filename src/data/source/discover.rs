//! What tables a file, an archive or a folder holds.

use super::bytes::{self, Packing};
use super::{Format, Source, dialect, display_name, encoding};
use crate::data::DataError;
use std::path::Path;

/// Bytes of a source that are looked at.
const LOOK: usize = 1 << 17;

/// Bytes that are looked at for characters beyond ASCII.
const LONG_LOOK: usize = 1 << 22;

/// Share of rows with the same number of cells that makes a text a table nobody has pointed at.
const SURE: f64 = 0.9;

/// Endings of files that are tables.
const TABLE_ENDINGS: [&str; 11] =
    ["csv", "tsv", "tab", "psv", "jsonl", "ndjson", "json", "parquet", "pq", "dat", "data"];

/// The tables at `path`: the file itself, the entries of a `.zip`, or the files of a folder (its first level).
///
/// In archives and folders, files that are no tables (read-me files, pictures) are passed over.
pub fn discover(path: &Path) -> Result<Vec<Source>, DataError> {
    if path.is_dir() {
        return in_folder(path);
    }
    if bytes::packing(path)? == Packing::Zip {
        return in_archive(path);
    }
    source(path, None, false).map(|source| vec![source])
}

fn in_folder(path: &Path) -> Result<Vec<Source>, DataError> {
    let cannot_open = |error| bytes::cannot_open(path, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(cannot_open)? {
        let file = entry.map_err(cannot_open)?.path();
        if file.is_file() && !is_hidden(&super::name_of(&file)) {
            files.push(file);
        }
    }
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        if bytes::packing(&file)? != Packing::Zip {
            keep_tables(source(&file, None, true), &mut sources)?;
        }
    }
    if sources.is_empty() {
        return Err(not_a_table(path.display().to_string(), "no file in this folder holds a table"));
    }
    Ok(sources)
}

fn in_archive(path: &Path) -> Result<Vec<Source>, DataError> {
    let mut archive = bytes::archive(path)?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| bytes::broken_archive(path, &error))?;
        let name = entry.name().map_err(|error| bytes::broken_archive(path, &error))?.into_owned();
        let own_name = name.rsplit('/').next().unwrap_or(&name);
        if entry.is_file() && !is_hidden(own_name) && !name.starts_with("__MACOSX/") {
            entries.push(name);
        }
    }
    entries.sort();
    let alone = entries.len() == 1;
    let mut sources = Vec::new();
    for entry in entries {
        keep_tables(source(path, Some(entry), !alone), &mut sources)?;
    }
    if sources.is_empty() {
        return Err(not_a_table(super::name_of(path), "no file in this archive holds a table"));
    }
    Ok(sources)
}

fn keep_tables(found: Result<Source, DataError>, sources: &mut Vec<Source>) -> Result<(), DataError> {
    match found {
        Ok(source) => sources.push(source),
        Err(DataError::NotATable { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.starts_with('~')
}

fn not_a_table(file: String, reason: &str) -> DataError {
    DataError::NotATable { file, reason: reason.to_owned() }
}

/// The table in one file or entry. `among_others`: nobody pointed at it, so it must plainly be a table.
fn source(path: &Path, entry: Option<String>, among_others: bool) -> Result<Source, DataError> {
    let head = bytes::head(path, entry.as_deref(), LOOK)?;
    let name = display_name(path, entry.as_deref());
    let mut format = format(&head, &name, among_others)?;
    if let Format::Delimited(dialect) = &mut format
        && !head.complete
        && head.bytes.is_ascii()
        && !bytes::head_is_ascii(path, entry.as_deref(), LONG_LOOK)?
    {
        // Names with accents may come late: look further before trusting in plain ASCII.
        encoding::detect(&bytes::head(path, entry.as_deref(), LONG_LOOK)?.bytes)
            .clone_into(&mut dialect.encoding);
    }
    let bytes = match &entry {
        Some(_) => head.estimated_total,
        None => std::fs::metadata(path).map_err(|error| bytes::cannot_open(path, error))?.len(),
    };
    Ok(Source { path: path.to_owned(), entry, format, bytes })
}

fn format(head: &bytes::Head, name: &str, among_others: bool) -> Result<Format, DataError> {
    if head.bytes.is_empty() {
        return Err(not_a_table(name.to_owned(), "the file is empty"));
    }
    if head.bytes.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    let text = head.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head.bytes);
    let first_line = text.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
    if std::str::from_utf8(first_line).is_ok_and(super::json_lines::is_object) {
        return Ok(Format::JsonLines);
    }
    let no_table = |reason: &str| not_a_table(name.to_owned(), reason);
    let guess = dialect::detect(&head.bytes, head.complete)
        .ok_or_else(|| no_table("its bytes are neither text nor Parquet"))?;
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    if head.complete && lines.take(2).count() < 2 {
        return Err(no_table("it has a single line, so no row below a header"));
    }
    if guess.share < 0.5 {
        return Err(no_table("no separator splits its lines into the same number of cells"));
    }
    let named_as_table = name
        .to_ascii_lowercase()
        .trim_end_matches(".gz")
        .trim_end_matches(".zst")
        .rsplit('.')
        .next()
        .is_some_and(|ending| TABLE_ENDINGS.contains(&ending));
    if among_others && !named_as_table && (guess.cells < 2 || guess.rows < 2 || guess.share < SURE) {
        return Err(no_table("it reads as prose"));
    }
    Ok(Format::Delimited(guess.dialect))
}
