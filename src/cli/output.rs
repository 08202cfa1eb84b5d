//! What goes to standard output and standard error.

use super::Common;
use crate::studio::Message;
use anyhow::{Context, Result};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Where a command prints: text for people, or one JSON document.
#[derive(Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl From<Common> for Output {
    fn from(common: Common) -> Self {
        Self { json: common.json }
    }
}

impl Output {
    /// Prints a result in the form asked for; `text` is made only where it is printed.
    pub(super) fn print(self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        let mut printed = if self.json { serde_json::to_string_pretty(document)? } else { text() };
        if !printed.ends_with('\n') {
            printed.push('\n');
        }
        let mut out = std::io::stdout().lock();
        let written = out.write_all(printed.as_bytes()).and_then(|()| out.flush());
        match written {
            // The reader has seen enough (`| head`).
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("writing to standard output"),
        }
    }
}

/// Says something to the person on standard error.
pub(super) fn say(text: &str) {
    // Where standard error is closed there is nobody to tell.
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Prints an error as `error: …` and `hint: …`.
pub(super) fn report_error(error: &anyhow::Error) {
    let Message { what, remedy } = Message::of(error);
    let remedy = remedy.unwrap_or_else(|| "`bespoke help` shows the commands and what they take".to_owned());
    say(&format!("error: {what}\nhint: {remedy}"));
}

/// Whether a person watches standard error.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Rows of cells under a header, in columns; cells that are numbers go to the right.
pub(super) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([header[column].chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let is_number = |column: usize| {
        !rows.is_empty()
            && rows.iter().all(|row| row.get(column).is_some_and(|cell| cell.parse::<f64>().is_ok()))
    };
    let numbers: Vec<bool> = (0..header.len()).map(is_number).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let gap = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                if numbers[column] { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(header.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = vec![vec!["ease".to_owned(), "0.5".to_owned()], vec!["x".to_owned(), "12".to_owned()]];
        assert_eq!(table(&["name", "value"], &rows), "name  value\nease    0.5\nx        12");
    }
}
