//! The columns of one dataset, row by row, and those that could not be read.

use super::{CategoricalFeature, NumericFeature, TextFeature, number};
use crate::domain::DatasetType;
use crate::domain::limits::MIN_TEXT_COMPLETENESS;
use std::sync::Arc;

/// Metadata of the rows of one dataset (users, items or interactions), encoded for training and serving.
///
/// Columns of a kind are in the schema's order; every column has `rows` rows.
#[derive(Debug, Clone, Default)]
pub struct Features {
    pub rows: usize,
    pub categorical: Vec<CategoricalFeature>,
    pub numeric: Vec<NumericFeature>,
    pub text: Vec<TextFeature>,
    /// Columns meant for training that say nothing.
    pub left_out: Vec<LeftOut>,
}

/// A column that is not trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub column: String,
    pub reason: Reason,
}

/// Why a column is not trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Every row says the same; a missing cell counts as a value.
    NoVariation,
    /// A textual column that too few rows fill.
    Incomplete { filled: usize, rows: usize },
}

impl Features {
    /// No columns for that many rows.
    pub fn none(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// Whether there is anything to read.
    pub fn has_columns(&self) -> bool {
        self.names().next().is_some()
    }

    /// The columns' names: categorical ones, numbers, text.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let categorical = self.categorical.iter().map(|feature| feature.name.as_str());
        let numeric = self.numeric.iter().map(|feature| feature.name.as_str());
        categorical.chain(numeric).chain(self.text.iter().map(|feature| feature.name.as_str()))
    }

    /// The rows of those numbers, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        Self {
            rows: rows.len(),
            categorical: self.categorical.iter().map(|feature| feature.take(rows)).collect(),
            numeric: self.numeric.iter().map(|feature| feature.take(rows)).collect(),
            text: self.text.iter().map(|feature| feature.take(rows)).collect(),
            left_out: self.left_out.clone(),
        }
    }

    /// The same, but row `r` has what row `places[r]` says in one column.
    #[must_use]
    pub fn dealt(&self, column: &str, places: &[u32]) -> Self {
        let mut dealt = self.clone();
        for feature in dealt.categorical.iter_mut().filter(|feature| feature.name == column) {
            *feature = feature.take(places);
        }
        for feature in dealt.numeric.iter_mut().filter(|feature| feature.name == column) {
            *feature = feature.take(places);
        }
        for feature in dealt.text.iter_mut().filter(|feature| feature.name == column) {
            *feature = feature.take(places);
        }
        dealt
    }

    /// The rows of those numbers, in that order; where there is none, what `told` says of a column at that place, as in a
    /// file.
    #[must_use]
    pub fn take_or<'t>(&self, rows: &[Option<u32>], told: impl Fn(usize, &str) -> Option<&'t str>) -> Self {
        let mut features = Self { rows: rows.len(), left_out: self.left_out.clone(), ..Self::default() };
        for column in &self.categorical {
            let (mut offsets, mut indices) = (vec![0], Vec::new());
            for (at, row) in rows.iter().enumerate() {
                if let Some(row) = row {
                    indices.extend(column.of(*row as usize));
                } else {
                    let cell = told(at, &column.name);
                    indices.extend(cell.into_iter().flat_map(|cell| column.read(cell)));
                }
                offsets.push(indices.len());
            }
            let (name, values) = (column.name.clone(), Arc::clone(&column.values));
            features.categorical.push(CategoricalFeature { name, values, offsets, indices });
        }
        for column in &self.numeric {
            let value = |(at, row): (usize, &Option<u32>)| match row {
                Some(row) => column.values[*row as usize],
                None => told(at, &column.name).and_then(number).unwrap_or(f32::NAN),
            };
            let values = rows.iter().enumerate().map(value).collect();
            features.numeric.push(NumericFeature { name: column.name.clone(), values });
        }
        for column in &self.text {
            let text = |(at, row): (usize, &Option<u32>)| match row {
                Some(row) => column.texts[*row as usize].clone(),
                None => told(at, &column.name).unwrap_or_default().into(),
            };
            let texts = rows.iter().enumerate().map(text).collect();
            features.text.push(TextFeature { name: column.name.clone(), texts });
        }
        features
    }

    /// All but the columns of those names.
    #[must_use]
    pub fn without(&self, columns: &[&str]) -> Self {
        let stays = |name: &str| !columns.contains(&name);
        Self {
            rows: self.rows,
            categorical: self.categorical.iter().filter(|kept| stays(&kept.name)).cloned().collect(),
            numeric: self.numeric.iter().filter(|kept| stays(&kept.name)).cloned().collect(),
            text: self.text.iter().filter(|kept| stays(&kept.name)).cloned().collect(),
            left_out: self.left_out.iter().filter(|kept| stays(&kept.column)).cloned().collect(),
        }
    }

    /// What a person should know: which columns of the dataset are not trained on and why, a sentence each.
    pub fn notes(&self, dataset: DatasetType) -> impl Iterator<Item = String> {
        self.left_out.iter().map(move |LeftOut { column, reason }| match reason {
            Reason::NoVariation => {
                format!("{dataset}.{column} is not trained on: it says the same in every row.")
            }
            Reason::Incomplete { filled, rows } => format!(
                "{dataset}.{column} is not trained on: {filled} of {rows} rows have text, and {:.0} % of them are needed.",
                MIN_TEXT_COMPLETENESS * 100.0
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Vocabulary;

    /// Three rows: genres `[a, b]`, none, `[b]`; prices 1, missing, 3; text in the first and the last.
    fn films() -> Features {
        Features {
            rows: 3,
            categorical: vec![CategoricalFeature {
                name: "GENRES".to_owned(),
                values: Arc::new(Vocabulary::new(["a", "b"])),
                offsets: vec![0, 2, 2, 3],
                indices: vec![0, 1, 1],
            }],
            numeric: vec![NumericFeature { name: "PRICE".to_owned(), values: vec![1.0, f32::NAN, 3.0] }],
            text: vec![TextFeature {
                name: "PLOT".to_owned(),
                texts: vec!["once".into(), "".into(), "twice".into()],
            }],
            left_out: vec![LeftOut { column: "STUDIO".to_owned(), reason: Reason::NoVariation }],
        }
    }

    #[test]
    fn rows_are_taken_in_the_order_asked_for() {
        let taken = films().take(&[2, 0, 0, 1]);
        assert_eq!(taken.rows, 4);
        let genres: Vec<&[u32]> = (0..4).map(|row| taken.categorical[0].of(row)).collect();
        assert_eq!(genres, [&[1][..], &[0, 1], &[0, 1], &[]]);
        assert_eq!(taken.numeric[0].values[..3], [3.0, 1.0, 1.0]);
        assert!(taken.numeric[0].values[3].is_nan());
        let texts: Vec<Option<&str>> = (0..4).map(|row| taken.text[0].of(row)).collect();
        assert_eq!(texts, [Some("twice"), Some("once"), Some("once"), None]);
        assert_eq!(films().take(&[]).categorical[0].offsets, [0]);
    }

    #[test]
    fn what_has_no_row_is_read_as_in_a_file() {
        let told = |at: usize, column: &str| match (at, column) {
            (1, "GENRES") => Some("b|new| a"),
            (1, "PRICE") => Some("2.5"),
            (1, "PLOT") => Some("live"),
            _ => None,
        };
        let taken = films().take_or(&[Some(2), None, None], told);
        let genres: Vec<&[u32]> = (0..3).map(|row| taken.categorical[0].of(row)).collect();
        assert_eq!(genres, [&[1][..], &[0, 1], &[]]);
        assert_eq!(taken.numeric[0].values[..2], [3.0, 2.5]);
        assert!(taken.numeric[0].values[2].is_nan());
        let texts: Vec<Option<&str>> = (0..3).map(|row| taken.text[0].of(row)).collect();
        assert_eq!(texts, [Some("twice"), Some("live"), None]);
    }

    #[test]
    fn columns_go_by_name_with_what_was_said_of_them() {
        let films = films();
        assert_eq!(films.names().collect::<Vec<_>>(), ["GENRES", "PRICE", "PLOT"]);
        let fewer = films.without(&["PRICE", "PLOT", "STUDIO", "NONE"]);
        assert_eq!(fewer.names().collect::<Vec<_>>(), ["GENRES"]);
        assert!(fewer.left_out.is_empty() && fewer.has_columns());
        assert!(!fewer.without(&["GENRES"]).has_columns());
        assert_eq!((Features::none(7).rows, Features::none(7).has_columns()), (7, false));
    }

    #[test]
    fn notes_name_dataset_column_and_reason() {
        let mut films = films();
        let reason = Reason::Incomplete { filled: 16, rows: 19 };
        films.left_out.push(LeftOut { column: "PLOT".to_owned(), reason });
        let notes: Vec<String> = films.notes(DatasetType::Items).collect();
        assert_eq!(
            notes,
            [
                "Items.STUDIO is not trained on: it says the same in every row.",
                "Items.PLOT is not trained on: 16 of 19 rows have text, and 85 % of them are needed.",
            ]
        );
    }
}
