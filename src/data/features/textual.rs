//! Columns of running text.

use crate::data::codes::MISSING;
use crate::data::import::clean_column;
use polars::prelude::StringChunked;

/// A column of text, cleaned as the service does: no tags, no line ends or tabs, single blanks, cut to the longest.
#[derive(Debug, Clone, PartialEq)]
pub struct TextFeature {
    pub name: String,
    /// Empty where missing, `[rows]`.
    pub texts: Vec<Box<str>>,
}

impl TextFeature {
    /// The text of a row, where there is one.
    pub fn of(&self, row: usize) -> Option<&str> {
        Some(&*self.texts[row]).filter(|text| !text.is_empty())
    }

    /// Encodes a column: row `r` is cell `sources[r]`, or missing. Also the number of cells that hold text.
    ///
    /// An import has cleaned them already; cleaning again costs a look at each and holds for any other table too.
    pub(super) fn encode(name: &str, column: &StringChunked, sources: &[u32]) -> (Self, usize) {
        let cleaned = clean_column(column).column;
        let filled = cleaned.len() - cleaned.null_count();
        let cell = |&source: &u32| if source == MISSING { None } else { cleaned.get(source as usize) };
        let texts = sources.iter().map(|source| cell(source).unwrap_or_default().into()).collect();
        (Self { name: name.to_owned(), texts }, filled)
    }

    pub(super) fn take(&self, rows: &[u32]) -> Self {
        let texts = rows.iter().map(|&row| self.texts[row as usize].clone()).collect();
        Self { name: self.name.clone(), texts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom;

    #[test]
    fn text_is_cleaned_and_counted() {
        let cells = [Some("<p>A  tale</p>\n\tof <b>two</b>  "), None, Some("<br/>"), Some("plain")];
        let column = StringChunked::new("c".into(), cells);
        let (feature, filled) = TextFeature::encode("PLOT", &column, &[3, 0, 1, 2, MISSING]);
        let texts: Vec<Option<&str>> = (0..5).map(|row| feature.of(row)).collect();
        assert_eq!(texts, [Some("plain"), Some("A tale of two"), None, None, None]);
        assert_eq!(filled, 2, "a cell of tags alone holds no text");
    }
}
