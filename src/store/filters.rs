//! Filters, as their text.

use super::project::now;
use super::{Reader, StoreError, Writer};
use rusqlite::params;

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterRecord {
    pub id: i64,
    pub name: String,
    pub expression: String,
    /// Epoch seconds.
    pub created_at: i64,
}

impl Reader<'_> {
    /// The filters of a group, in the order they were made.
    pub fn filters(&self, group: i64) -> Result<Vec<FilterRecord>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT id, name, expression, created_at FROM filter WHERE dataset_group = ?1 ORDER BY id",
        )?;
        let filters = statement
            .query_map([group], |row| {
                Ok(FilterRecord {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    expression: row.get(2)?,
                    created_at: row.get(3)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(filters)
    }
}

impl Writer<'_> {
    /// Makes a filter, or replaces the expression of the one of that name.
    pub fn put_filter(&self, group: i64, name: &str, expression: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO filter (dataset_group, name, expression, created_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (dataset_group, name) DO UPDATE SET expression = excluded.expression",
            params![group, name, expression, now()],
        )?;
        Ok(())
    }
}
