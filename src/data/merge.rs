//! INCREMENTAL imports: interactions are appended, Items and Users rows replace those with their key.

use super::repeats;
use super::{DataError, Table};
use crate::domain::DatasetType;
use polars::prelude::*;

/// The old rows with the new ones. An interaction that is there already is not added again; an Items or Users
/// row replaces the old row of its key. Columns that only one of the two has are empty in the other's rows;
/// the old table's columns come first and keep their types.
pub fn merge(old: &Table, new: &Table, dataset: DatasetType) -> Result<Table, DataError> {
    let (old, new) = (old.frame(), new.frame());
    let mut columns = Vec::with_capacity(old.width());
    for column in old.columns() {
        let added = match new.column(column.name()) {
            Ok(added) => added.as_materialized_series().cast(column.dtype())?,
            Err(_) => Series::full_null(column.name().clone(), new.height(), column.dtype()),
        };
        let mut series = column.as_materialized_series().clone();
        series.append(&added)?;
        columns.push(series.into_column());
    }
    for column in new.columns().iter().filter(|column| old.column(column.name()).is_err()) {
        let mut series = Series::full_null(column.name().clone(), old.height(), column.dtype());
        series.append(column.as_materialized_series())?;
        columns.push(series.into_column());
    }
    let table = Table::new(DataFrame::new(old.height() + new.height(), columns)?);
    let repeated = repeats::of_dataset(&table, dataset)?;
    if repeated.is_empty() { Ok(table) } else { Ok(repeats::without(&table, &repeated)?) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interactions_are_appended_once() {
        let old = Table::new(
            df!("USER_ID" => ["u", "v"], "ITEM_ID" => ["a", "b"], "TIMESTAMP" => [1_i64, 2]).unwrap(),
        );
        let new = Table::new(
            df!("USER_ID" => ["v", "v"], "ITEM_ID" => ["b", "b"], "TIMESTAMP" => [2_i64, 3]).unwrap(),
        );
        let merged = merge(&old, &new, DatasetType::Interactions).unwrap();
        assert_eq!(merged.rows(), 3);
        assert_eq!(merged.cell(2, 2), "3");
    }

    #[test]
    fn rows_replace_their_key_and_new_columns_are_empty_before() {
        let old = Table::new(df!("ITEM_ID" => ["a", "b"], "PRICE" => [1.0_f32, 2.0]).unwrap());
        let new = Table::new(df!("ITEM_ID" => ["b", "c"], "COLOUR" => ["red", "blue"]).unwrap());
        let merged = merge(&old, &new, DatasetType::Items).unwrap();
        assert_eq!(merged.columns(), ["ITEM_ID", "PRICE", "COLOUR"]);
        let rows: Vec<[String; 3]> =
            (0..merged.rows()).map(|row| [0, 1, 2].map(|column| merged.cell(row, column))).collect();
        assert_eq!(rows, [["a", "1", ""], ["b", "", "red"], ["c", "", "blue"]]);
    }
}
