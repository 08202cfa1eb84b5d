//! Text columns that point into the file's bytes instead of copying them.

use crate::data::DataError;
use polars_arrow::array::{Utf8ViewArray, View};
use polars_arrow::bitmap::MutableBitmap;
use polars_arrow::datatypes::ArrowDataType;
use polars_buffer::Buffer;

/// Index of the file's bytes among a column's buffers.
const FILE: u32 = 0;
/// Index of the unescaped cells among a column's buffers.
const UNESCAPED: u32 = 1;

/// A column that grows cell by cell; empty cells are null.
#[derive(Debug, Default)]
pub(super) struct ColumnBuilder {
    views: Vec<View>,
    /// Made at the first null.
    validity: Option<MutableBitmap>,
    unescaped: Vec<u8>,
    /// Whether a cell is too long to lie in its view.
    points_into_file: bool,
}

impl ColumnBuilder {
    pub fn with_capacity(rows: usize) -> Self {
        Self { views: Vec::with_capacity(rows), ..Self::default() }
    }

    /// Adds the cell `text[start..end]`, where `text` is what [`Self::finish`] gets.
    #[inline]
    pub fn push(&mut self, text: &[u8], start: usize, end: usize) {
        let cell = &text[start..end];
        self.push_view(View::new_from_bytes(cell, FILE, start as u32));
        self.points_into_file |= cell.len() > View::MAX_INLINE_SIZE as usize;
    }

    /// Cells so far.
    pub fn len(&self) -> usize {
        self.views.len()
    }

    /// Adds empty cells until there are `rows`.
    pub fn pad(&mut self, rows: usize) {
        while self.views.len() < rows {
            self.push_view(View::default());
        }
    }

    /// Adds a cell whose content `write` appends to the bytes it is given.
    pub fn push_unescaped(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.unescaped.len();
        write(&mut self.unescaped);
        self.push_view(View::new_from_bytes(&self.unescaped[start..], UNESCAPED, start as u32));
    }

    #[inline]
    fn push_view(&mut self, view: View) {
        let filled = view.length > 0;
        if let Some(validity) = &mut self.validity {
            validity.push(filled);
        } else if !filled {
            let mut validity = MutableBitmap::with_capacity(self.views.capacity().max(self.views.len() + 1));
            validity.extend_constant(self.views.len(), true);
            validity.push(false);
            self.validity = Some(validity);
        }
        self.views.push(view);
    }

    /// The column; `text` is kept alive only where a cell points into it.
    pub fn finish(mut self, text: &Buffer<u8>) -> Result<Utf8ViewArray, DataError> {
        if self.views.len() * 4 < self.views.capacity() * 3 {
            self.views.shrink_to_fit();
        }
        let file = if self.points_into_file { text.clone() } else { Buffer::new() };
        let buffers: Buffer<Buffer<u8>> = if self.unescaped.is_empty() && !self.points_into_file {
            Buffer::new()
        } else {
            vec![file, Buffer::from(self.unescaped)].into()
        };
        let validity = self.validity.map(Into::into);
        Ok(Utf8ViewArray::try_new(ArrowDataType::Utf8View, self.views.into(), buffers, validity)?)
    }
}
