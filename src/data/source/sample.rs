//! The first rows of a source, at the cost of its head.

use super::bytes::{self, Head};
use super::{Format, Source, display_name, encoding, json_lines, parquet, separated};
use crate::data::{DataError, Preview};
use crate::jobs::JobContext;
use std::io::Cursor;

/// Bytes of the first look: most rows wanted fit in it, and packed files are estimated well by it.
const FIRST_LOOK: usize = 1 << 20;
/// Bytes that most rows fit in: a first look that is too short for the rows wanted is work done twice.
const BYTES_A_ROW: usize = 64;

/// The first `rows` rows, or as many as lie in the first `max_bytes` unpacked bytes.
pub(crate) fn sample(source: &Source, rows: usize, max_bytes: usize) -> Result<Preview, DataError> {
    match &source.format {
        Format::Parquet => of_parquet(source, rows),
        Format::Delimited(_) | Format::JsonLines => {
            let mut limit = FIRST_LOOK.max(rows.saturating_mul(BYTES_A_ROW)).min(max_bytes);
            loop {
                let head = bytes::head(&source.path, source.entry.as_deref(), limit)?;
                let (complete, sample) = (head.complete, of_text(source, head, rows)?);
                if complete || sample.rows.len() >= rows || limit >= max_bytes {
                    return Ok(sample);
                }
                limit = (limit * 8).min(max_bytes);
            }
        }
    }
}

fn of_text(source: &Source, head: Head, limit: usize) -> Result<Preview, DataError> {
    let Head { bytes, complete, estimated_total } = head;
    let packed = bytes.len();
    let name = match &source.format {
        Format::Delimited(dialect) => dialect.encoding.as_str(),
        Format::JsonLines | Format::Parquet => "UTF-8",
    };
    let text = encoding::decode(bytes, encoding::by_name(name, &source.display_name())?).text;
    // Bytes of the file for each byte of text: the two differ where the encoding is not UTF-8.
    let total = estimated_total as f64 * text.len() as f64 / packed.max(1) as f64;
    let (columns, rows, header_bytes, bytes) = match &source.format {
        Format::Delimited(dialect) => {
            let text = separated::with_line_feeds(text);
            let found = separated::first_rows(&text, complete, dialect, limit);
            (found.columns, found.rows, found.header_bytes, found.bytes)
        }
        Format::JsonLines | Format::Parquet => {
            let (columns, rows, bytes) = json_lines::first_rows(&text, complete, limit);
            (columns, rows, 0, bytes)
        }
    };
    let counted = complete && rows.len() < limit;
    let per_row = (bytes - header_bytes) as f64 / rows.len().max(1) as f64;
    let estimated_rows = if counted || per_row == 0.0 {
        rows.len() as u64
    } else {
        (((total - header_bytes as f64) / per_row).round() as u64).max(rows.len() as u64)
    };
    Ok(Preview { columns, rows, estimated_rows })
}

fn of_parquet(source: &Source, rows: usize) -> Result<Preview, DataError> {
    let name = display_name(&source.path, source.entry.as_deref());
    let plain = source.entry.is_none() && bytes::packing(&source.path)? == bytes::Packing::Plain;
    let (table, estimated_rows) = if plain {
        let table = parquet::read(bytes::open(&source.path)?, Some(rows), &name)?;
        (table, parquet::row_count(bytes::open(&source.path)?, &name)?)
    } else {
        let unpacked = bytes::load(&source.path, source.entry.as_deref(), &JobContext::default())?;
        let table = parquet::read(Cursor::new(unpacked.as_slice()), Some(rows), &name)?;
        (table, parquet::row_count(Cursor::new(unpacked.as_slice()), &name)?)
    };
    let columns: Vec<String> = table.frame.get_column_names().iter().map(ToString::to_string).collect();
    let mut cells = vec![vec![None; columns.len()]; table.frame.height()];
    for (index, column) in table.frame.columns().iter().enumerate() {
        for (row, cell) in cells.iter_mut().zip(column.str()?.iter()) {
            row[index] = cell.map(str::to_owned);
        }
    }
    Ok(Preview { columns, rows: cells, estimated_rows })
}
