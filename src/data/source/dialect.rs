//! How a text table is written, found by looking at its first rows: every way of writing votes with the
//! number of rows that get the same number of cells.

use super::separated::{cell_counts, first_rows};
use super::{Dialect, encoding};
use crate::data::time;

/// Separators, the rarer in running text first: a tie goes to the earlier one.
const SEPARATORS: [&str; 5] = ["\t", "::", ";", ",", "|"];

/// Rows that are looked at.
const ROWS: usize = 400;

/// A dialect and how well it fits.
#[derive(Debug, Clone)]
pub(super) struct Guess {
    pub dialect: Dialect,
    /// Share of the rows looked at that have the usual number of cells, `0..=1`.
    pub share: f64,
    pub cells: usize,
    pub rows: usize,
}

/// The dialect that fits `head` (bytes as they stand in the file) best; `None` for bytes that are no text.
pub(super) fn detect(head: &[u8], complete: bool) -> Option<Guess> {
    let encoding = encoding::detect(head);
    let text = encoding::decode(head.to_vec(), encoding::by_name(encoding, "").ok()?).text;
    let text = super::separated::with_line_feeds(text.into_bytes());
    if text.contains(&0) {
        return None;
    }
    let mut best: Option<Guess> = None;
    for separator in SEPARATORS {
        for (quote, backslash_escapes) in quotings(&text, separator) {
            let dialect = Dialect {
                separator: separator.to_owned(),
                quote,
                backslash_escapes,
                has_header: false,
                columns: Vec::new(),
                encoding: encoding.to_owned(),
            };
            let counts = cell_counts(&text, complete, &dialect, ROWS);
            let (cells, agreeing) = usual(&counts);
            let share = agreeing as f64 / counts.len().max(1) as f64;
            let guess = Guess { dialect, share, cells, rows: counts.len() };
            if best.as_ref().is_none_or(|best| guess.fits_better_than(best)) {
                best = Some(guess);
            }
        }
    }
    let mut guess = best.filter(|guess| guess.rows > 0)?;
    if guess.cells < 2 {
        // One column: any separator does, and a comma is what people expect.
        ",".clone_into(&mut guess.dialect.separator);
    }
    guess.dialect.has_header = has_header(&text, complete, &guess.dialect);
    Some(guess)
}

impl Guess {
    /// Two cells or more beat one; then the share of rows, to the per cent; then the number of cells.
    fn fits_better_than(&self, other: &Self) -> bool {
        let rank = |guess: &Self| {
            let usable = guess.cells >= 2 && guess.share >= 0.5;
            (usable, (guess.share * 100.0).round() as u32, guess.cells)
        };
        rank(self) > rank(other)
    }
}

/// The ways of quoting worth a try: with quotes only where a cell begins with one or the separator is one
/// that quoted files use.
fn quotings(text: &[u8], separator: &str) -> Vec<(Option<char>, bool)> {
    let begins_quoted = |quote: u8| {
        let separator = separator.as_bytes();
        text.contains(&quote)
            && text
                .windows(2)
                .any(|pair| pair[1] == quote && (pair[0] == b'\n' || separator.ends_with(&pair[..1])))
            || text.first() == Some(&quote)
    };
    let mut quotings = Vec::new();
    if begins_quoted(b'"') {
        quotings.extend([(Some('"'), false), (Some('"'), true)]);
    } else if matches!(separator, "," | ";" | "\t") {
        quotings.push((Some('"'), false));
    }
    if begins_quoted(b'\'') {
        quotings.push((Some('\''), false));
    }
    quotings.push((None, false));
    quotings
}

/// The commonest number of cells, and how many rows have it.
fn usual(counts: &[usize]) -> (usize, usize) {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .map(|run| (run[0], run.len()))
        .filter(|&(cells, _)| cells > 0)
        .fold((0, 0), |best, run| if run.1 >= best.1 { run } else { best })
}

/// Whether the first row names the columns.
fn has_header(text: &[u8], complete: bool, dialect: &Dialect) -> bool {
    let found = first_rows(text, complete, dialect, ROWS);
    if found.cells.rows() == 0 {
        return false;
    }
    let columns = 0..found.columns.len();
    let first = |column: usize| found.cells.cell(0, column);
    let names: Vec<&str> = columns.clone().filter_map(first).map(str::trim).collect();
    if names.iter().any(|name| is_value(name)) || names.len() * 2 < columns.len() || names.is_empty() {
        return false;
    }
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < names.len() {
        return false;
    }
    if found.cells.rows() == 1 {
        return true;
    }
    let cells = |column: usize| found.cells.column(column).skip(1).flatten();
    // Numbers or dates under a word: the word is a name.
    let values_under = columns.clone().any(|column| {
        let (filled, mut others) = (cells(column).count(), 0);
        // Few cells of a column of words are looked at before it is known for one.
        let mostly_values = cells(column).all(|cell| {
            others += usize::from(!is_value(cell));
            others * 10 <= filled
        });
        filled > 0 && mostly_values && first(column).is_some()
    });
    if values_under {
        return true;
    }
    // All words: a row of data would look like the rows below it.
    let looks_like_data = columns.into_iter().any(|column| {
        first(column).is_some_and(|name| {
            let has_digit = name.bytes().any(|byte| byte.is_ascii_digit());
            cells(column).any(|cell| cell == name || has_digit && shape(cell) == shape(name))
        })
    });
    !looks_like_data && names.iter().all(|name| name.chars().count() <= 64)
}

/// Whether a cell is a number or a date, which no column is named by.
fn is_value(cell: &str) -> bool {
    let number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    number
        || (cell.bytes().any(|byte| byte.is_ascii_digit()) && time::detect(std::iter::once(cell)).is_some())
}

/// Runs of letters as `a`, of digits as `9`: `user_12` is `a_9`.
fn shape(cell: &str) -> String {
    let mut shape: String = cell
        .chars()
        .map(|character| match character {
            _ if character.is_alphabetic() => 'a',
            _ if character.is_numeric() => '9',
            _ => character,
        })
        .collect();
    let mut last = None;
    shape.retain(|character| last.replace(character) != Some(character));
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (String, Option<char>, bool, bool) {
        let dialect = detect(text.as_bytes(), true).unwrap().dialect;
        (dialect.separator, dialect.quote, dialect.backslash_escapes, dialect.has_header)
    }

    fn written(
        separator: &str,
        quote: Option<char>,
        backslash: bool,
        header: bool,
    ) -> (String, Option<char>, bool, bool) {
        (separator.to_owned(), quote, backslash, header)
    }

    #[test]
    fn separators_quotes_and_headers_are_found() {
        let quote = Some('"');
        assert_eq!(found("user,item,t\n1,2,3\n4,5,6\n"), written(",", quote, false, true));
        assert_eq!(
            found("196\t242\t3\t881250949\n186\t302\t3\t891717742\n"),
            written("\t", quote, false, false)
        );
        assert_eq!(found("1::1193::5::978300760\n1::661::3::978302109\n"), written("::", None, false, false));
        assert_eq!(
            found("1|Toy Story (1995)|0\n2|Good, The Bad (1966)|1\n"),
            written("|", None, false, false)
        );
        assert_eq!(found("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n"), written(";", quote, false, true));
        assert_eq!(found("id,t\n1,\"a, b\"\n2,\"say \"\"x\"\", y\"\n"), written(",", quote, false, true));
        assert_eq!(found("id,t\n1,\"a \\\"b\\\", c\"\n2,\"d\"\n"), written(",", quote, true, true));
        assert_eq!(found("id,t\n1,'a, b'\n2,'c, d'\n"), written(",", Some('\''), false, true));
        assert_eq!(found("'n Sync,pop,x\nU2,rock,y\nU2,rock,z\n").0, ",");
        assert_eq!(found("USER_ID\nanna\nberta\n"), written(",", quote, false, true));
        assert_eq!(found("u1,i1,view\nu2,i7,buy\n"), written(",", quote, false, false));
        assert_eq!(found("name,colour\nanna,red\nberta,blue\n"), written(",", quote, false, true));
        assert!(!found("anna,red\nberta,blue\nanna,blue\n").3);
        assert_eq!(
            found("movieId,title,genres\n1,A (1995),Action|Comedy\n2,\"B, The (1995)\",Drama|War\n").0,
            ","
        );
    }

    #[test]
    fn bytes_that_are_no_text_have_no_dialect() {
        assert!(detect(b"\x00\x01\x02\x00", true).is_none());
        assert!(detect(b"", true).is_none());
    }
}
