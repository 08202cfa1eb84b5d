//! Rows of a table, found by the index that a vocabulary gives their ids.

use super::codes::MISSING;
use super::features::sources;
use super::{Table, Vocabulary};
use std::sync::Arc;

/// The rows of Items or Users for the ids of a vocabulary.
#[derive(Debug, Clone)]
pub struct RowsById {
    table: Arc<Table>,
    columns: Vec<String>,
    /// The row of each id, `[ids]`.
    rows: Vec<u32>,
}

impl RowsById {
    /// Looks the ids up in the table's column `key`; of several rows with an id the last counts.
    pub fn new(table: &Arc<Table>, key: &str, ids: &Vocabulary) -> Self {
        Self { table: Arc::clone(table), columns: table.columns(), rows: sources(table, key, ids) }
    }

    /// The table's columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The cell of an id's row as text; none where it has no row, no such column or no value.
    pub fn cell(&self, id: u32, column: &str) -> Option<String> {
        let row = *self.rows.get(id as usize)?;
        let place = self.columns.iter().position(|known| known == column)?;
        let cell = (row != MISSING).then(|| self.table.cell(row as usize, place))?;
        (!cell.is_empty()).then_some(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::df;

    #[test]
    fn cells_are_those_of_the_ids_own_row() {
        let table = df!("ITEM_ID" => ["b", "a", "b"], "PRICE" => [Some(1.5), None, Some(2.5)]).unwrap();
        let ids = Vocabulary::new(["a", "b", "c"]);
        let rows = RowsById::new(&Arc::new(Table::new(table)), "ITEM_ID", &ids);
        assert_eq!(rows.columns(), ["ITEM_ID", "PRICE"]);
        let price = |id: &str| rows.cell(ids.index(id).unwrap(), "PRICE");
        assert_eq!([price("a"), price("b"), price("c")], [None, Some("2.5".to_owned()), None]);
        assert_eq!(
            (rows.cell(0, "ITEM_ID").as_deref(), rows.cell(0, "COLOUR"), rows.cell(9, "PRICE")),
            (Some("a"), None, None)
        );
    }
}
