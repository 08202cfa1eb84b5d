//! What a column's cells look like, from a sample of them.

use crate::data::codes::CodesBuilder;
use crate::data::time::{Detected, detect};

/// Digits that a number in double precision holds.
const EXACT_DIGITS: usize = 15;

/// One column of a sample, measured.
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
    /// Words of a cell on average.
    pub mean_words: f64,
    /// The rule that reads the cells as times, where one does.
    pub time: Option<Detected>,
    /// Whether the cells count the rows: 0, 1, 2 …
    pub counts_rows: bool,
}

impl Contents {
    /// Measures a column of `rows` rows by its filled cells.
    pub fn of(cells: &[&str], rows: usize) -> Self {
        let mut totals = Totals::default();
        let mut seen = CodesBuilder::with_capacity(cells.len());
        for cell in cells {
            seen.push(cell.as_bytes());
            totals.add(cell);
        }
        let share = |count: usize| count as f64 / cells.len().max(1) as f64;
        let counts_rows = cells.len() > 2
            && cells.len() == rows
            && cells.iter().enumerate().all(|(row, cell)| {
                cell.parse::<usize>().is_ok_and(|number| number == row || number == row + 1)
            });
        Self {
            filled: cells.len(),
            distinct: seen.distinct(),
            numbers: share(totals.numbers),
            whole_numbers: share(totals.whole_numbers),
            lists: share(totals.lists),
            links: share(totals.links),
            min: totals.min,
            max: totals.max,
            max_digits: totals.max_digits,
            mean_chars: share(totals.chars),
            mean_words: share(totals.words),
            time: detect(cells.iter().copied()),
            counts_rows,
        }
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

/// What the cells of a column come to.
struct Totals {
    numbers: usize,
    whole_numbers: usize,
    lists: usize,
    links: usize,
    min: f64,
    max: f64,
    max_digits: usize,
    chars: usize,
    words: usize,
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            numbers: 0,
            whole_numbers: 0,
            lists: 0,
            links: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            max_digits: 0,
            chars: 0,
            words: 0,
        }
    }
}

impl Totals {
    fn add(&mut self, cell: &str) {
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        if digits > 0 && digits == cell.len() && digits <= EXACT_DIGITS {
            let number = cell.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
            self.add_text(digits, 1);
            self.add_number(number as f64, digits, true);
            return;
        }
        // Blanks are below `!` or beyond ASCII; most cells are one plain word.
        let is_word = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_graphic());
        let (chars, words) =
            if is_word { (cell.len(), 1) } else { (cell.chars().count(), cell.split_whitespace().count()) };
        self.add_text(chars, words);
        if cell.starts_with("http://") || cell.starts_with("https://") {
            self.links += 1;
        } else if cell.contains('|') {
            self.lists += 1;
        }
        let may_be_number =
            digits > 0 && cell.trim_start().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        if may_be_number
            && let Ok(number) = cell.trim().parse::<f64>()
            && number.is_finite()
        {
            self.add_number(number, digits, cell.trim().parse::<i64>().is_ok());
        }
    }

    fn add_text(&mut self, chars: usize, words: usize) {
        self.chars += chars;
        self.words += words;
    }

    fn add_number(&mut self, number: f64, digits: usize, is_whole: bool) {
        self.numbers += 1;
        self.min = self.min.min(number);
        self.max = self.max.max(number);
        self.max_digits = self.max_digits.max(digits);
        self.whole_numbers += usize::from(is_whole);
    }
}
