//! Columns of categories: any number of values a row.

use crate::data::Vocabulary;
use crate::data::codes::{Coded, MISSING};
use polars::prelude::StringChunked;
use std::sync::Arc;

/// A column of categories.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoricalFeature {
    pub name: String,
    /// The column's values in byte order.
    pub values: Arc<Vocabulary>,
    /// The values of row `r` are `indices[offsets[r]..offsets[r + 1]]`; `[rows + 1]`.
    pub offsets: Vec<usize>,
    /// Indices into `values`, of a row ascending and each once.
    pub indices: Vec<u32>,
}

/// The categories of a cell, which are separated by `|`, trimmed; empty ones are none.
pub fn categories(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|category| !category.is_empty())
}

impl CategoricalFeature {
    /// The values of a row; none where they are missing.
    pub fn of(&self, row: usize) -> &[u32] {
        &self.indices[self.offsets[row]..self.offsets[row + 1]]
    }

    /// The values of a cell that the column has, ascending and each once: for what is said in a request.
    pub fn read(&self, cell: &str) -> Vec<u32> {
        sorted(categories(cell).filter_map(|category| self.values.index(category)).collect())
    }

    /// Encodes a column: row `r` is cell `sources[r]`, or missing.
    pub(super) fn encode(name: &str, column: &StringChunked, sources: &[u32]) -> Self {
        let coded = Coded::new(column);
        let values = Vocabulary::new(coded.texts.iter().flat_map(|cell| categories(cell)));
        let mut feature = Self {
            name: name.to_owned(),
            values: Arc::new(values),
            offsets: Vec::with_capacity(sources.len() + 1),
            indices: Vec::with_capacity(sources.len()),
        };
        let cells: Vec<Vec<u32>> = coded.texts.iter().map(|cell| feature.read(cell)).collect();
        feature.offsets.push(0);
        for &source in sources {
            let code = if source == MISSING { MISSING } else { coded.codes()[source as usize] };
            if code != MISSING {
                feature.indices.extend(&cells[code as usize]);
            }
            feature.offsets.push(feature.indices.len());
        }
        feature.indices.shrink_to_fit();
        feature
    }

    pub(super) fn take(&self, rows: &[u32]) -> Self {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        let mut indices = Vec::with_capacity(rows.len());
        offsets.push(0);
        for &row in rows {
            indices.extend(self.of(row as usize));
            offsets.push(indices.len());
        }
        Self { name: self.name.clone(), values: Arc::clone(&self.values), offsets, indices }
    }
}

fn sorted(mut indices: Vec<u32>) -> Vec<u32> {
    indices.sort_unstable();
    indices.dedup();
    indices
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom;

    #[test]
    fn a_cell_is_a_set_of_trimmed_values() {
        let cells = [Some("War| Drama "), None, Some("Drama|Drama||"), Some(" | "), Some("Zen")];
        let column = StringChunked::new("c".into(), cells);
        let feature = CategoricalFeature::encode("GENRES", &column, &[0, 1, 2, 3, MISSING, 4, 0]);
        assert_eq!(feature.values.iter().collect::<Vec<_>>(), ["Drama", "War", "Zen"]);
        assert_eq!(feature.offsets, [0, 2, 2, 3, 3, 3, 4, 6]);
        assert_eq!(feature.indices, [0, 1, 0, 2, 0, 1]);
        assert_eq!(feature.of(6), [0, 1]);
        // What a request says: an unknown value is nothing.
        assert_eq!(feature.read("Zen|Western|Drama|Zen"), [0, 2]);
        assert!(feature.read("").is_empty());
    }
}
