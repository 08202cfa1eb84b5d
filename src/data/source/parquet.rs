//! Parquet as text columns: every value as it would be written in a CSV file, times as epoch seconds.

use super::{RawTable, RowNumbers};
use crate::data::DataError;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Rows of a Parquet file, from its footer.
pub(super) fn row_count(reader: impl MmapBytesReader, file: &str) -> Result<u64, DataError> {
    Ok(ParquetReader::new(reader).num_rows().map_err(|error| broken(file, &error))? as u64)
}

/// All rows as text, or the first `limit`.
pub(super) fn read(
    reader: impl MmapBytesReader,
    limit: Option<usize>,
    file: &str,
) -> Result<RawTable, DataError> {
    let typed = ParquetReader::new(reader)
        .with_slice(limit.map(|rows| (0, rows)))
        .finish()
        .map_err(|error| broken(file, &error))?;
    let columns: Vec<Column> = typed
        .columns()
        .iter()
        .map(|column| text(column).map_err(|error| broken(file, &error)))
        .collect::<Result<_, _>>()?;
    let frame = DataFrame::new(typed.height(), columns)?;
    let total_rows = frame.height() as u64;
    Ok(RawTable {
        frame,
        coded: BTreeMap::new(),
        row_numbers: RowNumbers::default(),
        problems: Vec::new(),
        total_rows,
    })
}

fn broken(file: &str, error: &PolarsError) -> DataError {
    DataError::Parquet { file: file.to_owned(), reason: error.to_string() }
}

/// The column as text; an empty text is missing, a list is joined by `|`.
fn text(column: &Column) -> PolarsResult<Column> {
    let text = match column.dtype() {
        DataType::String => column.clone(),
        DataType::Datetime(unit, _) => {
            let per_second = match unit {
                TimeUnit::Nanoseconds => 1_000_000_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Milliseconds => 1_000,
            };
            let ticks = column.cast(&DataType::Int64)?;
            let seconds: Int64Chunked =
                ticks.i64()?.iter().map(|ticks| ticks.map(|ticks| ticks.div_euclid(per_second))).collect();
            seconds.with_name(column.name().clone()).into_column().cast(&DataType::String)?
        }
        DataType::List(_) => joined(column)?,
        _ => column.cast(&DataType::String)?,
    };
    let cells = text.str()?;
    if cells.iter().any(|cell| cell == Some("")) {
        let filled: StringChunked = cells.iter().map(|cell| cell.filter(|cell| !cell.is_empty())).collect();
        return Ok(filled.with_name(column.name().clone()).into_column());
    }
    Ok(text)
}

fn joined(column: &Column) -> PolarsResult<Column> {
    let lists = column.list()?;
    let mut cells: Vec<Option<String>> = Vec::with_capacity(lists.len());
    for list in lists.amortized_iter() {
        let Some(list) = list else {
            cells.push(None);
            continue;
        };
        let values = list.as_ref().cast(&DataType::String)?;
        let values: Vec<&str> = values.str()?.iter().flatten().collect();
        cells.push(Some(values.join("|")));
    }
    Ok(StringChunked::from_iter_options(column.name().clone(), cells.into_iter()).into_column())
}
