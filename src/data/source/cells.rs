//! The cells of a few rows, end to end in one text.

/// Rows of as many cells each; an empty cell is a missing one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    width: usize,
    rows: usize,
    text: String,
    /// Where each cell ends in `text`, row by row.
    ends: Vec<usize>,
}

impl Cells {
    /// No rows yet, and room for so many, of so many bytes.
    pub fn with_capacity(width: usize, rows: usize, bytes: usize) -> Self {
        let ends = Vec::with_capacity(width * rows);
        Self { width, rows: 0, text: String::with_capacity(bytes), ends }
    }

    /// Rows of cells that may be fewer or more than `width`: missing ones are empty, surplus ones left out.
    pub fn from_rows<'a>(
        width: usize,
        rows: impl Iterator<Item = impl Iterator<Item = Option<&'a str>>>,
    ) -> Self {
        let mut cells = Self { width, ..Self::default() };
        for row in rows {
            row.take(width).for_each(|cell| cells.push(cell.unwrap_or_default()));
            cells.end_row();
        }
        cells
    }

    /// Adds the next cell of the last row.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Fills the last row with empty cells.
    pub fn end_row(&mut self) {
        self.rows += 1;
        self.ends.resize(self.rows * self.width, self.text.len());
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A cell of a row and column that there are; `None` where it is missing.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        let place = row * self.width + column;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..self.ends[place]]).filter(|cell| !cell.is_empty())
    }

    /// The cells of a column, row by row.
    pub fn column(&self, column: usize) -> impl Iterator<Item = Option<&str>> {
        (0..self.rows()).map(move |row| self.cell(row, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filled_and_read_by_place() {
        let rows =
            [vec![Some("a"), None, Some("c")], vec![Some("d")], vec![None, Some("e"), Some("f"), Some("g")]];
        let cells = Cells::from_rows(3, rows.iter().map(|row| row.iter().copied()));
        assert_eq!(cells.rows(), 3);
        assert_eq!(cells.column(0).collect::<Vec<_>>(), [Some("a"), Some("d"), None]);
        assert_eq!(cells.column(1).collect::<Vec<_>>(), [None, None, Some("e")]);
        assert_eq!((cells.cell(0, 2), cells.cell(1, 2), cells.cell(2, 2)), (Some("c"), None, Some("f")));
    }
}
