//! The first rows of a source, shown the moment it is chosen.

use super::DataError;
use super::source::{Sample, Source, sample};

/// Unpacked bytes that a preview reads at most.
const MAX_BYTES: usize = 4 << 20;

/// The head of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub columns: Vec<String>,
    /// As many cells as columns each; missing and empty cells are `None`.
    pub rows: Vec<Vec<Option<String>>>,
    /// Data rows in the whole file: counted where the preview is all of it, else from its bytes.
    pub estimated_rows: u64,
}

/// The first `rows` rows; only the head of the file is read, whatever its size.
pub fn preview(source: &Source, rows: usize) -> Result<Preview, DataError> {
    let Sample { columns, cells, estimated_rows } = sample(source, rows, MAX_BYTES)?;
    let row = |row| (0..columns.len()).map(|column| cells.cell(row, column).map(str::to_owned)).collect();
    Ok(Preview { rows: (0..cells.rows()).map(row).collect(), columns, estimated_rows })
}
