//! What a column's cells look like, from a sample of them.

use crate::data::preview::Preview;
use crate::data::time::{Detected, detect};
use polars::prelude::{InitHashMaps, PlHashSet};

/// One column of a preview, measured.
#[derive(Debug)]
pub(super) struct Contents {
    /// Cells that are not empty.
    pub filled: usize,
    pub distinct: usize,
    /// Shares of the filled cells, `0..=1`.
    pub numbers: f64,
    pub whole_numbers: f64,
    pub lists: f64,
    pub links: f64,
    /// Of the numbers.
    pub min: f64,
    pub max: f64,
    /// Digits of the longest number.
    pub max_digits: usize,
    /// Characters of a cell on average.
    pub mean_chars: f64,
    pub max_chars: usize,
    /// Words of a cell on average.
    pub mean_words: f64,
    /// The rule that reads the cells as times, where one does.
    pub time: Option<Detected>,
    /// Whether the cells count the rows: 0, 1, 2 …
    pub counts_rows: bool,
}

impl Contents {
    /// Measures the column at `index`.
    pub fn of(preview: &Preview, index: usize) -> Self {
        let cells: Vec<&str> = preview.rows.iter().filter_map(|row| row.get(index)?.as_deref()).collect();
        let mut seen: PlHashSet<&str> = PlHashSet::with_capacity(cells.len().min(4_096));
        let mut found = Self {
            filled: cells.len(),
            distinct: 0,
            numbers: 0.0,
            whole_numbers: 0.0,
            lists: 0.0,
            links: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            max_digits: 0,
            mean_chars: 0.0,
            max_chars: 0,
            mean_words: 0.0,
            time: detect(cells.iter().copied()),
            counts_rows: false,
        };
        let one = 1.0 / cells.len().max(1) as f64;
        for cell in &cells {
            seen.insert(cell);
            let chars = cell.chars().count();
            found.mean_chars += chars as f64 * one;
            found.max_chars = found.max_chars.max(chars);
            found.mean_words += cell.split_whitespace().count() as f64 * one;
            if cell.starts_with("http://") || cell.starts_with("https://") {
                found.links += one;
            } else if cell.contains('|') {
                found.lists += one;
            }
            let digits = cell.bytes().filter(u8::is_ascii_digit).count();
            if let Some(number) =
                cell.trim().parse::<f64>().ok().filter(|number| number.is_finite() && digits > 0)
            {
                found.numbers += one;
                found.min = found.min.min(number);
                found.max = found.max.max(number);
                found.max_digits = found.max_digits.max(digits);
                if cell.trim().parse::<i64>().is_ok() {
                    found.whole_numbers += one;
                }
            }
        }
        found.distinct = seen.len();
        found.counts_rows = cells.len() > 2
            && cells.len() == preview.rows.len()
            && cells.iter().enumerate().all(|(row, cell)| {
                cell.parse::<usize>().is_ok_and(|number| number == row || number == row + 1)
            });
        found
    }

    /// Whether nearly all cells differ, as the keys of a table do.
    pub fn is_key(&self, rows: usize) -> bool {
        self.filled > 0 && self.filled * 100 >= rows * 98 && self.distinct * 100 >= self.filled * 98
    }

    /// Whether the cells are numbers (a column of few values, some of them words, is not).
    pub fn is_numeric(&self) -> bool {
        self.filled > 0 && (self.numbers > 0.999_999 || (self.numbers >= 0.98 && self.distinct > 50))
    }

    /// Whether values repeat as categories do.
    pub fn repeats(&self) -> bool {
        self.distinct <= 1_000 && (self.distinct * 2 <= self.filled || self.distinct <= 10)
    }
}
