//! The first rows of a file as a table to look at.

use crate::studio::Preview;
use crate::ui::widgets::data_table::{TableColumn, TableSource};
use std::borrow::Cow;
use std::sync::Arc;

/// Rows of a file as text.
pub(in crate::ui::panes) struct PreviewTable {
    columns: Vec<TableColumn>,
    preview: Arc<Preview>,
}

impl PreviewTable {
    pub fn new(preview: Arc<Preview>) -> Self {
        let columns = preview.columns.iter().enumerate().map(|(place, name)| {
            let cells = || preview.rows.iter().filter_map(move |row| row.get(place)?.as_deref());
            let longest = cells().take(50).map(|cell| cell.chars().count()).max().unwrap_or(0);
            let longest = longest.max(name.chars().count()) as f32;
            let numeric = cells().next().is_some() && cells().all(|cell| cell.parse::<f64>().is_ok());
            let width = (longest * 8.0 + 24.0).clamp(80.0, 280.0);
            TableColumn { numeric, ..TableColumn::text(name, width) }
        });
        Self { columns: columns.collect(), preview }
    }
}

impl TableSource for PreviewTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.preview.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let cell = self.preview.rows.get(row).and_then(|row| row.get(column)?.as_deref());
        Cow::Borrowed(cell.unwrap_or_default())
    }
}
