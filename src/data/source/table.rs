//! A whole file as text cells.

use crate::data::codes::CodedColumn;
use crate::domain::problem::Problem;
use polars::prelude::{DataFrame, DataType, PolarsError, StringChunked};
use std::collections::BTreeMap;

/// A file's rows as text, and the rows that could not be read as rows.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// Every column a `String` column, in the file's order; an empty cell is null. One that was wanted as whole
    /// numbers, and is, is an `Int64` column; of one that was wanted coded only the name and place stand here.
    pub frame: DataFrame,
    /// The columns that were wanted coded.
    pub(in crate::data) coded: BTreeMap<String, CodedColumn>,
    /// Which data row of the file each frame row is.
    pub row_numbers: RowNumbers,
    /// Rows left out of the frame: wrong number of cells, bytes that are not text, malformed lines.
    pub problems: Vec<Problem>,
    /// Data rows of the file, those left out included.
    pub total_rows: u64,
}

impl RawTable {
    /// A column's cells as text, however it was wanted.
    pub(in crate::data) fn text(&self, column: &str) -> Result<StringChunked, PolarsError> {
        if let Some(coded) = self.coded.get(column) {
            return Ok(coded.cells());
        }
        let series = self.frame.column(column)?.as_materialized_series();
        Ok(series.cast(&DataType::String)?.str()?.clone())
    }
}

/// Data row numbers, from 1 with the header not counted, of the rows that were kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowNumbers {
    /// Row numbers left out, ascending.
    left_out: Vec<u64>,
}

impl RowNumbers {
    /// `left_out`: the numbers of the rows that were not kept, ascending and distinct.
    pub fn without(left_out: Vec<u64>) -> Self {
        Self { left_out }
    }

    /// The row number in the file of the frame's row `index` (from 0).
    pub fn number(&self, index: usize) -> u64 {
        // Before the k-th left-out row stand `left_out[k] - 1 - k` kept ones.
        let (mut low, mut high) = (0, self.left_out.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.left_out[middle] - 1 - middle as u64 <= index as u64 {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        index as u64 + 1 + low as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_step_over_rows_left_out() {
        let left_out = vec![1, 4, 5, 9];
        let expected: Vec<u64> = (1..=12).filter(|row| !left_out.contains(row)).collect();
        let numbers = RowNumbers::without(left_out);
        let found: Vec<u64> = (0..expected.len()).map(|index| numbers.number(index)).collect();
        assert_eq!(found, expected);
        assert_eq!(RowNumbers::default().number(41), 42);
    }
}
