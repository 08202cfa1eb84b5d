//! Columns of numbers, true/false among them.

use crate::data::Table;
use crate::data::codes::MISSING;

/// A column of numbers as they stand.
#[derive(Debug, Clone)]
pub struct NumericFeature {
    pub name: String,
    /// NaN where missing, `[rows]`; true is 1 and false 0.
    pub values: Vec<f32>,
}

/// A cell as a number: true is 1 and false 0, in any case. None where it is neither or not finite.
pub fn number(cell: &str) -> Option<f32> {
    let cell = cell.trim();
    match cell {
        _ if cell.eq_ignore_ascii_case("true") => Some(1.0),
        _ if cell.eq_ignore_ascii_case("false") => Some(0.0),
        _ => cell.parse().ok().filter(|value: &f32| value.is_finite()),
    }
}

impl NumericFeature {
    /// Encodes a column, where it is one of numbers: row `r` is cell `sources[r]`, or missing.
    pub(super) fn encode(table: &Table, name: &str, sources: &[u32]) -> Option<Self> {
        let finite = |value: f32| if value.is_finite() { value } else { f32::NAN };
        let cells: Vec<f32> = if let Some(column) = table.truths(name) {
            column.iter().map(|cell| cell.map_or(f32::NAN, |truth| f32::from(u8::from(truth)))).collect()
        } else {
            let column = table.numbers(name)?;
            column.iter().map(|cell| cell.map_or(f32::NAN, |value| finite(value as f32))).collect()
        };
        let value = |&source: &u32| if source == MISSING { f32::NAN } else { cells[source as usize] };
        Some(Self { name: name.to_owned(), values: sources.iter().map(value).collect() })
    }

    pub(super) fn take(&self, rows: &[u32]) -> Self {
        let values = rows.iter().map(|&row| self.values[row as usize]).collect();
        Self { name: self.name.clone(), values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::df;

    #[test]
    fn numbers_of_every_type_are_read_and_others_are_not() {
        let frame = df!(
            "INT" => [Some(7_i32), None, Some(-2)],
            "LONG" => [1_i64 << 40, 2, 3],
            "DOUBLE" => [0.5_f64, 1e300, f64::NAN],
            "TRUTH" => [Some(true), Some(false), None],
            "TEXT" => ["1", "2", "3"],
        );
        let table = Table::new(frame.unwrap());
        let encode = |name| NumericFeature::encode(&table, name, &[2, 0, MISSING, 1]).map(|one| one.values);
        let values = |name| -> Vec<Option<f32>> {
            let values = encode(name).unwrap();
            values.into_iter().map(|value| (!value.is_nan()).then_some(value)).collect()
        };
        assert_eq!(values("INT"), [Some(-2.0), Some(7.0), None, None]);
        assert_eq!(values("LONG"), [Some(3.0), Some(1_099_511_627_776.0), None, Some(2.0)]);
        assert_eq!(values("DOUBLE"), [None, Some(0.5), None, None]);
        assert_eq!(values("TRUTH"), [None, Some(1.0), None, Some(0.0)]);
        assert!(encode("TEXT").is_none() && encode("NONE").is_none());
    }

    #[test]
    fn a_request_says_numbers_as_a_file_does() {
        let cells = [" 1.5 ", "-2", "TRUE", "False", "", "x", "inf", "1e39"];
        let expected = [Some(1.5), Some(-2.0), Some(1.0), Some(0.0), None, None, None, None];
        assert_eq!(cells.map(number), expected);
    }
}
