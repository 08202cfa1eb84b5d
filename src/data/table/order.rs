//! Which rows to show, in which order: row numbers, never copies of rows.

use super::{Table, write_cell};
use polars::prelude::*;
use rayon::prelude::*;

/// Rows looked at in one piece by one thread.
const PIECE: usize = 64 * 1024;

impl Table {
    /// The row numbers in the order of a column; equal cells keep their order, missing ones come last.
    /// An unknown column keeps the table's order.
    pub fn sorted(&self, column: &str, descending: bool) -> Vec<u32> {
        let Some(series) = self.column(column) else { return (0..self.rows() as u32).collect() };
        let options = SortOptions {
            descending,
            nulls_last: true,
            multithreaded: true,
            maintain_order: true,
            limit: None,
        };
        series.arg_sort(options).into_no_null_iter().collect()
    }

    /// The row numbers whose cell in a column contains `text`, upper and lower case alike, in the table's
    /// order. Empty text finds every row; an unknown column none.
    pub fn filtered(&self, column: &str, text: &str) -> Vec<u32> {
        let rows = self.rows();
        if text.is_empty() {
            return (0..rows as u32).collect();
        }
        let Some(series) = self.column(column) else { return Vec::new() };
        let needle = Needle::new(text);
        let strings = series.str().ok();
        let found: Vec<Vec<u32>> = (0..rows.div_ceil(PIECE))
            .into_par_iter()
            .map(|piece| {
                let range = piece * PIECE..((piece + 1) * PIECE).min(rows);
                let mut cell = String::new();
                range
                    .filter(|&row| {
                        if let Some(strings) = strings {
                            return strings.get(row).is_some_and(|text| needle.is_in(text));
                        }
                        cell.clear();
                        write_cell(series, row, &mut cell);
                        needle.is_in(&cell)
                    })
                    .map(|row| row as u32)
                    .collect()
            })
            .collect();
        found.concat()
    }
}

/// Text to look for without regard to case.
struct Needle {
    /// In lower case.
    text: String,
    /// The first byte in both cases, where the text is ASCII.
    first: Option<[u8; 2]>,
}

impl Needle {
    fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        let first =
            text.bytes().next().filter(|_| text.is_ascii()).map(|byte| [byte, byte.to_ascii_uppercase()]);
        Self { text, first }
    }

    fn is_in(&self, cell: &str) -> bool {
        let Some(first) = self.first else { return cell.to_lowercase().contains(&self.text) };
        let (cell, needle) = (cell.as_bytes(), self.text.as_bytes());
        let Some(starts) = (cell.len() + 1).checked_sub(needle.len()) else { return false };
        (0..starts).any(|start| {
            first.contains(&cell[start]) && cell[start..start + needle.len()].eq_ignore_ascii_case(needle)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::data::table::tests::toy;

    #[test]
    fn sorting_is_stable_with_missing_cells_last() {
        let table = toy();
        assert_eq!(table.sorted("TIMESTAMP", false), [1, 2, 0]);
        assert_eq!(table.sorted("USER_ID", false), [0, 2, 1]);
        assert_eq!(table.sorted("USER_ID", true), [1, 0, 2]);
        assert_eq!(table.sorted("EVENT_VALUE", false), [0, 2, 1]);
        assert_eq!(table.sorted("EVENT_VALUE", true), [2, 0, 1]);
        assert_eq!(table.sorted("NONE", true), [0, 1, 2]);
    }

    #[test]
    fn filters_ignore_case() {
        let table = toy();
        assert_eq!(table.filtered("USER_ID", "U1"), [0, 2]);
        assert_eq!(table.filtered("ITEM_ID", "STRAß"), [0]);
        assert_eq!(table.filtered("ITEM_ID", "straße and more"), Vec::<u32>::new());
        assert_eq!(table.filtered("TIMESTAMP", "0"), [0, 1, 2]);
        assert_eq!(table.filtered("TIMESTAMP", "20"), [2]);
        assert_eq!(table.filtered("USER_ID", ""), [0, 1, 2]);
        assert_eq!(table.filtered("NONE", "u"), Vec::<u32>::new());
    }
}
