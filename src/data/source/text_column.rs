//! A text column that grows cell by cell.

use polars_arrow::array::{MutableBinaryViewArray, Utf8ViewArray};

/// Cells so far; empty ones are null.
#[derive(Debug, Default)]
pub(super) struct ColumnBuilder(MutableBinaryViewArray<str>);

impl ColumnBuilder {
    pub fn with_capacity(rows: usize) -> Self {
        Self(MutableBinaryViewArray::with_capacity(rows))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub fn push(&mut self, cell: &str) {
        if cell.is_empty() {
            self.0.push_null();
        } else {
            self.0.push_value(cell);
        }
    }

    /// Adds empty cells until there are `rows`.
    pub fn pad(&mut self, rows: usize) {
        self.0.extend_null(rows.saturating_sub(self.len()));
    }

    pub fn finish(self) -> Utf8ViewArray {
        self.0.freeze()
    }
}
