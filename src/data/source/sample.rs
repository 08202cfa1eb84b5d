//! The first rows of a source, at the cost of its head.

use super::bytes::{self, Head};
use super::cells::Cells;
use super::{Format, Source, display_name, encoding, json_lines, parquet, separated};
use crate::data::DataError;
use crate::jobs::JobContext;
use std::io::Cursor;

/// Bytes of the first look: most rows wanted fit in it, and packed files are estimated well by it.
const FIRST_LOOK: usize = 1 << 20;
/// Bytes that most rows fit in: a first look that is too short for the rows wanted is work done twice.
const BYTES_A_ROW: usize = 64;

/// The head of a source.
#[derive(Debug)]
pub(crate) struct Sample {
    pub columns: Vec<String>,
    pub cells: Cells,
    /// Data rows in the whole file: counted where the sample is all of it, else from its bytes.
    pub estimated_rows: u64,
}

/// The first `rows` rows, or as many as lie in the first `max_bytes` unpacked bytes.
pub(crate) fn sample(source: &Source, rows: usize, max_bytes: usize) -> Result<Sample, DataError> {
    match &source.format {
        Format::Parquet => of_parquet(source, rows),
        Format::Delimited(_) | Format::JsonLines => {
            let mut limit = FIRST_LOOK.max(rows.saturating_mul(BYTES_A_ROW)).min(max_bytes);
            loop {
                let head = bytes::head(&source.path, source.entry.as_deref(), limit)?;
                let (complete, sample) = (head.complete, of_text(source, head, rows)?);
                if complete || sample.cells.rows() >= rows || limit >= max_bytes {
                    return Ok(sample);
                }
                limit = (limit * 8).min(max_bytes);
            }
        }
    }
}

fn of_text(source: &Source, head: Head, limit: usize) -> Result<Sample, DataError> {
    let Head { bytes, complete, estimated_total } = head;
    let packed = bytes.len();
    let name = match &source.format {
        Format::Delimited(dialect) => dialect.encoding.as_str(),
        Format::JsonLines | Format::Parquet => "UTF-8",
    };
    let text = encoding::decode(bytes, encoding::by_name(name, &source.display_name())?).text;
    // Bytes of the file for each byte of text: the two differ where the encoding is not UTF-8.
    let total = estimated_total as f64 * text.len() as f64 / packed.max(1) as f64;
    let (columns, cells, header_bytes, bytes) = match &source.format {
        Format::Delimited(dialect) => {
            let text = separated::with_line_feeds(text.into_bytes());
            let found = separated::first_rows(&text, complete, dialect, limit);
            (found.columns, found.cells, found.header_bytes, found.bytes)
        }
        Format::JsonLines | Format::Parquet => {
            let (columns, cells, bytes) = json_lines::first_rows(&text, complete, limit);
            (columns, cells, 0, bytes)
        }
    };
    let rows = cells.rows();
    let counted = complete && rows < limit;
    let per_row = (bytes - header_bytes) as f64 / rows.max(1) as f64;
    let estimated_rows = if counted || per_row == 0.0 {
        rows as u64
    } else {
        (((total - header_bytes as f64) / per_row).round() as u64).max(rows as u64)
    };
    Ok(Sample { columns, cells, estimated_rows })
}

fn of_parquet(source: &Source, rows: usize) -> Result<Sample, DataError> {
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
    let cells = table.frame.columns().iter().map(|column| column.str()).collect::<Result<Vec<_>, _>>()?;
    let rows = (0..table.frame.height()).map(|row| cells.iter().map(move |column| column.get(row)));
    let cells = Cells::from_rows(columns.len(), rows);
    Ok(Sample { columns, cells, estimated_rows })
}
