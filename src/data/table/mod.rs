//! A dataset at rest: rows typed as the schema says. Nothing outside this room sees the table library.

mod csv;
mod order;
mod parquet;

use super::DataError;
use super::codes::{Coded, CodedColumn, Codes};
use crate::domain::schema::{FieldType, Schema};
use parking_lot::Mutex;
use polars::prelude::*;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Columns whose codes many ask for: to find repeats, to count, to pack and to encode.
pub(super) const CODED: [&str; 4] = ["USER_ID", "ITEM_ID", "ACTION_ID", "EVENT_TYPE"];

/// The rows of a dataset. Columns carry the schema's names and types; a cell with several categories stays
/// `A|B`; times are epoch seconds. At most 2³² − 2 rows.
///
/// Clones share their cells and what was found out about them.
#[derive(Debug, Clone)]
pub struct Table {
    /// The columns; of one that is in `coded` only its name and place.
    plain: DataFrame,
    /// Text columns of which no cells were needed yet.
    coded: Arc<BTreeMap<String, CodedColumn>>,
    /// All columns with their cells, once they are asked for.
    frame: Arc<OnceLock<DataFrame>>,
    /// Codes of other columns that were asked for by [`Self::coded`].
    codes: Arc<Mutex<BTreeMap<String, Arc<Codes>>>>,
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.frame().equals_missing(other.frame())
    }
}

impl Table {
    /// Takes typed columns over; each is laid out in one piece, so that any cell is reached at once.
    pub(super) fn new(frame: DataFrame) -> Self {
        Self::with_coded(frame, BTreeMap::new())
    }

    /// [`Self::new`], where `plain` has nothing but the names and places of the columns in `coded`.
    pub(super) fn with_coded(mut plain: DataFrame, coded: BTreeMap<String, CodedColumn>) -> Self {
        // One column after the other: the old and the new cells of all would take twice the memory.
        plain.rechunk_mut();
        Self { plain, coded: Arc::new(coded), frame: Arc::default(), codes: Arc::default() }
    }

    /// Rows of a dataset from cells by column, as in a file; a cell that is not of its column's type is missing.
    pub fn of_cells(schema: &Schema, rows: &[BTreeMap<String, String>]) -> Result<Self, DataError> {
        let columns = schema.fields.iter().map(|field| {
            let cells = rows.iter().map(|row| row.get(&field.name).map(String::as_str));
            let text = Series::new(field.name.as_str().into(), cells.collect::<Vec<Option<&str>>>());
            let kind = match field.kind {
                FieldType::String => return Ok(text.into_column()),
                FieldType::Int => DataType::Int32,
                FieldType::Long => DataType::Int64,
                FieldType::Float => DataType::Float32,
                FieldType::Double => DataType::Float64,
                FieldType::Boolean => {
                    let truths =
                        text.str()?.iter().map(|cell| cell.map(|cell| cell.eq_ignore_ascii_case("true")));
                    let truths = Series::new(field.name.as_str().into(), truths.collect::<Vec<_>>());
                    return Ok(truths.into_column());
                }
            };
            Ok(text.cast(&kind)?.into_column())
        });
        let columns = columns.collect::<Result<Vec<_>, PolarsError>>()?;
        Ok(Self::new(DataFrame::new(rows.len(), columns)?))
    }

    /// The rows for which `keep` holds, `[rows]`.
    pub(super) fn kept(&self, keep: &[bool]) -> Result<Self, PolarsError> {
        let plain = self.plain.filter(&BooleanChunked::from_slice("keep".into(), keep))?;
        let coded = self.coded.par_iter().map(|(name, column)| Ok((name.clone(), column.kept(keep)?)));
        Ok(Self::with_coded(plain, coded.collect::<Result<_, PolarsError>>()?))
    }

    pub(super) fn frame(&self) -> &DataFrame {
        if self.coded.is_empty() {
            return &self.plain;
        }
        self.frame.get_or_init(|| {
            let columns = self.plain.columns().par_iter().map(|column| {
                let coded = self.coded.get(column.name().as_str());
                coded.map_or_else(|| column.clone(), |coded| coded.cells().into_column())
            });
            DataFrame::new(self.rows(), columns.collect()).unwrap_or_else(|error| {
                // All columns have the names and the length that they had in `plain`.
                tracing::error!("the cells of a table could not be laid out: {error}");
                self.plain.clone()
            })
        })
    }

    pub fn rows(&self) -> usize {
        self.plain.height()
    }

    /// The columns' names, in order.
    pub fn columns(&self) -> Vec<String> {
        self.plain.get_column_names().into_iter().map(ToString::to_string).collect()
    }

    pub fn has_column(&self, column: &str) -> bool {
        self.plain.column(column).is_ok()
    }

    /// A cell as text, empty where it is missing or does not exist. `column` is its place in [`Self::columns`].
    pub fn cell(&self, row: usize, column: usize) -> String {
        let mut text = String::new();
        if let Some(series) = self.frame().columns().get(column).map(Column::as_materialized_series)
            && row < series.len()
        {
            write_cell(series, row, &mut text);
        }
        text
    }

    /// A text cell as it stands, without a copy; `None` where it is missing or the column is no text.
    pub fn text(&self, row: usize, column: &str) -> Option<&str> {
        self.strings(column).filter(|column| row < column.len()).and_then(|column| column.get(row))
    }

    pub(super) fn column(&self, column: &str) -> Option<&Series> {
        let frame = if self.coded.contains_key(column) { self.frame() } else { &self.plain };
        frame.column(column).ok().map(Column::as_materialized_series)
    }

    /// A text column.
    pub(super) fn strings(&self, column: &str) -> Option<&StringChunked> {
        self.column(column)?.str().ok()
    }

    /// An epoch seconds (or other long) column.
    pub(super) fn longs(&self, column: &str) -> Option<&Int64Chunked> {
        self.column(column)?.i64().ok()
    }

    /// Any number column, widened.
    pub(super) fn numbers(&self, column: &str) -> Option<Float64Chunked> {
        let series = self.column(column).filter(|series| series.dtype().is_primitive_numeric())?;
        series.cast(&DataType::Float64).ok()?.f64().ok().cloned()
    }

    /// Any column of whole numbers, widened.
    pub(super) fn wholes(&self, column: &str) -> Option<Int64Chunked> {
        let series = self.column(column).filter(|series| series.dtype().is_integer())?;
        series.cast(&DataType::Int64).ok()?.i64().ok().cloned()
    }

    /// A true/false column.
    pub(super) fn truths(&self, column: &str) -> Option<&BooleanChunked> {
        self.column(column)?.bool().ok()
    }

    /// Rows of a column without a value; all of them where the column does not exist.
    pub fn missing(&self, column: &str) -> usize {
        self.column(column).map_or_else(|| self.rows(), |series| series.null_count())
    }

    /// Rows that miss a value in any column.
    pub(super) fn incomplete_rows(&self) -> usize {
        let mut complete = vec![true; self.rows()];
        for column in self.frame().columns().iter().filter(|column| column.null_count() > 0) {
            for (row, filled) in complete.iter_mut().zip(column.is_not_null().iter()) {
                *row &= filled == Some(true);
            }
        }
        complete.into_iter().filter(|row| !row).count()
    }

    /// A text column as codes, kept for the next who asks: for ids and event types, which many ask for.
    pub(super) fn coded(&self, column: &str) -> Option<Coded<'_>> {
        if let Some(known) = self.coded.get(column) {
            return Some(known.coded());
        }
        let cells = self.strings(column)?;
        let kept = self.codes.lock().get(column).cloned();
        let codes = kept.unwrap_or_else(|| {
            let codes = Arc::new(Codes::new(cells));
            self.codes.lock().insert(column.to_owned(), Arc::clone(&codes));
            codes
        });
        Some(Coded::with_codes(cells, codes))
    }

    /// Codes ids and event types side by side, before anyone asks.
    pub(super) fn code(&self) {
        CODED.par_iter().with_max_len(1).for_each(|column| drop(self.coded(column)));
    }

    /// Different texts of a text column; zero where it does not exist.
    pub fn distinct(&self, column: &str) -> u64 {
        self.coded(column).map_or(0, |coded| coded.texts.len() as u64)
    }

    /// How often a true/false column says which, the more frequent first.
    pub(super) fn truth_counts(&self, column: &str) -> Option<Vec<(String, u64)>> {
        let column = self.truths(column)?;
        let counts = [true, false].map(|truth| {
            (truth.to_string(), column.iter().filter(|cell| *cell == Some(truth)).count() as u64)
        });
        let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Some(counts)
    }

    /// The rows of those numbers, in that order.
    pub fn take(&self, rows: &[u32]) -> Result<Self, DataError> {
        let rows = IdxCa::from_vec("rows".into(), rows.to_vec());
        Ok(Self::new(self.frame().take(&rows)?))
    }
}

/// Writes a cell of one column to `out`; a missing one writes nothing.
fn write_cell(series: &Series, row: usize, out: &mut String) {
    use std::fmt::Write as _;
    match series.get(row) {
        Ok(AnyValue::Null) | Err(_) => {}
        Ok(AnyValue::String(text)) => out.push_str(text),
        // Writing to a text cannot fail.
        Ok(AnyValue::Float32(value)) => drop(write!(out, "{value}")),
        Ok(AnyValue::Float64(value)) => drop(write!(out, "{value}")),
        Ok(value) => drop(write!(out, "{value}")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Three interactions, one without a value.
    pub(crate) fn toy() -> Table {
        let frame = df!(
            "USER_ID" => ["u1", "u2", "u1"],
            "ITEM_ID" => ["Straße", "b", "c,\"d\""],
            "TIMESTAMP" => [30_i64, 10, 20],
            "EVENT_VALUE" => [Some(0.5_f32), None, Some(2.0)],
        );
        Table::new(frame.unwrap())
    }

    #[test]
    fn rows_are_made_of_cells() {
        use crate::domain::DatasetType;
        use crate::domain::schema::{FieldRole, SchemaField};
        use DataType::{Boolean as B, Float32, Float64, Int32, Int64, String as S};
        use FieldType::{Boolean, Double, Float, Int, Long, String as Text};
        let kinds = [("T", Text), ("I", Int), ("L", Long), ("F", Float), ("D", Double), ("B", Boolean)];
        let field = |&(name, kind): &(&str, FieldType)| SchemaField {
            name: name.to_owned(),
            kind,
            nullable: true,
            role: FieldRole::Plain,
        };
        let fields = kinds.iter().map(field).collect();
        let schema = Schema { dataset: DatasetType::Items, fields };
        let cells =
            [("T", "a"), ("I", "-3"), ("L", "1700000000000"), ("F", "0.5"), ("D", "1e3"), ("B", "TRUE")];
        let row = |cells: &[(&str, &str)]| -> BTreeMap<String, String> {
            cells.iter().map(|&(name, cell)| (name.to_owned(), cell.to_owned())).collect()
        };
        let table = Table::of_cells(&schema, &[row(&cells), row(&[("I", "x")])]).unwrap();
        let first: Vec<String> = (0..6).map(|column| table.cell(0, column)).collect();
        assert_eq!(first, ["a", "-3", "1700000000000", "0.5", "1000", "true"]);
        assert!((0..6).all(|column| table.cell(1, column).is_empty()));
        let kinds: Vec<&DataType> = table.frame().columns().iter().map(Column::dtype).collect();
        assert_eq!(kinds, [&S, &Int32, &Int64, &Float32, &Float64, &B]);
    }

    #[test]
    fn cells_are_text() {
        let table = toy();
        assert_eq!(table.rows(), 3);
        assert_eq!(table.columns(), ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_VALUE"]);
        assert_eq!((table.cell(0, 0).as_str(), table.cell(1, 2).as_str()), ("u1", "10"));
        assert_eq!((table.cell(0, 3).as_str(), table.cell(1, 3).as_str()), ("0.5", ""));
        assert_eq!(table.cell(2, 3), "2");
        assert_eq!(table.cell(9, 9), "");
        assert_eq!(table.text(1, "ITEM_ID"), Some("b"));
        assert_eq!(table.text(1, "TIMESTAMP"), None);
        assert_eq!(table.take(&[2, 0]).unwrap().cell(0, 1), "c,\"d\"");
    }
}
