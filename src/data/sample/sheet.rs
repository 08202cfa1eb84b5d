//! A table of text and its CSV form.

/// A table as it stands in a CSV file: a header and rows of text, empty where there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub columns: Vec<&'static str>,
    /// `[rows, columns]`
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(super) fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| *column == name)
    }

    /// UTF-8, commas, a header, lines ended by `\n`; cells are quoted where they must be (RFC 4180).
    pub fn to_csv(&self) -> String {
        let mut text = String::new();
        push_line(&mut text, self.columns.iter().copied());
        for row in &self.rows {
            push_line(&mut text, row.iter().map(String::as_str));
        }
        text
    }
}

fn push_line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cases of RFC 4180, section 2, rules 5 to 7.
    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut sheet = Sheet::new(&["A", "B"]);
        sheet.rows.push(vec!["plain".to_owned(), "one, two".to_owned()]);
        sheet.rows.push(vec!["say \"no\"".to_owned(), String::new()]);
        assert_eq!(sheet.to_csv(), "A,B\nplain,\"one, two\"\n\"say \"\"no\"\"\",\n");
    }
}
