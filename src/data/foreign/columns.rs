//! Finding columns by the names that tools give them.

use crate::data::{DataError, RawTable, Source, Wanted, discover, read};
use crate::jobs::JobContext;
use polars::prelude::{PlSmallStr, StringChunked};
use std::path::Path;

/// A file of one table, its cells as text.
pub(super) struct Sheet {
    table: RawTable,
    name: String,
}

impl Sheet {
    pub(super) fn read(source: &Source, job: &JobContext) -> Result<Self, DataError> {
        let table = read(source, &Wanted::default(), job)?;
        let name = source.display_name();
        if let Some(problem) = table.problems.first() {
            return Err(DataError::foreign(&name, problem.to_string()));
        }
        Ok(Self { table, name })
    }

    /// The column that has one of these names, whatever their case and `_`.
    pub(super) fn find(&self, names: &[&str]) -> Result<Option<StringChunked>, DataError> {
        let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
        let columns = self.table.frame.get_column_names();
        let found = names.iter().find_map(|name| columns.iter().find(|column| plain(column) == *name));
        let Some(found) = found else { return Ok(None) };
        let text = self.table.text(found);
        text.map(Some).map_err(|error| DataError::foreign(&self.name, error.to_string()))
    }

    pub(super) fn require(&self, names: &[&str], written: &str) -> Result<StringChunked, DataError> {
        self.find(names)?.ok_or_else(|| {
            let columns: Vec<&str> =
                self.table.frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
            let what = format!("there is no column {written}; it has {}. Name one so", columns.join(", "));
            DataError::foreign(&self.name, what)
        })
    }

    /// A cell that must be there; rows are counted from 1 without the header.
    pub(super) fn cell<'a>(
        &self,
        column: &'a StringChunked,
        name: &str,
        row: usize,
    ) -> Result<&'a str, DataError> {
        column.get(row).ok_or_else(|| {
            DataError::foreign(
                &self.name,
                format!("row {}, {name}: the cell is empty; give it a value", row + 1),
            )
        })
    }

    pub(super) fn rows(&self) -> usize {
        self.table.frame.height()
    }

    pub(super) fn bad_cell(&self, row: usize, column: &str, value: &str, rule: &str) -> DataError {
        DataError::foreign(&self.name, format!("row {}, {column}: `{value}` {rule}", row + 1))
    }
}

/// The one table of a file.
pub(super) fn only_source(path: &Path) -> Result<Source, DataError> {
    let mut sources = discover(path)?;
    match (sources.pop(), sources.is_empty()) {
        (Some(source), true) => Ok(source),
        _ => Err(DataError::foreign(
            &path.display().to_string(),
            "it holds several tables, or none; name one file".to_owned(),
        )),
    }
}
