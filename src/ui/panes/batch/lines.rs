//! The first lines of a written batch file.

use crate::studio::{Studio, discover};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Lines shown.
const SHOWN: usize = 12;
/// Bytes of a line that are read; a longer one is cut.
const LONGEST: u64 = 4_000;

/// The head of a file: its lines as they stand, or the rows of a Parquet file as text.
pub(super) fn first_lines(studio: &Studio, path: &Path) -> anyhow::Result<Vec<String>> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
        let sources = discover(path)?;
        let Some(source) = sources.first() else { return Ok(Vec::new()) };
        let preview = studio.preview(source, SHOWN)?;
        let row = |cells: Vec<Option<String>>| {
            cells.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(", ")
        };
        let head = preview.columns.join(", ");
        return Ok(std::iter::once(head).chain(preview.rows.into_iter().take(SHOWN).map(row)).collect());
    }
    let mut reader = BufReader::new(File::open(path)?);
    let mut lines = Vec::new();
    while lines.len() < SHOWN {
        let mut bytes = Vec::new();
        if reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let is_cut = bytes.last() != Some(&b'\n') && bytes.len() as u64 == LONGEST;
        if is_cut {
            reader.skip_until(b'\n')?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        lines.push(if is_cut { format!("{text}...") } else { text.to_owned() });
    }
    Ok(lines)
}
