//! Filters, as their text.

use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
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
        let mut statement = self.connection.prepare_cached(
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
    /// Makes a filter in place of the one of that name. It gets an id of its own: what an id stands for never
    /// changes.
    pub fn put_filter(&self, group: i64, name: &str, expression: &str) -> Result<FilterRecord, StoreError> {
        let before = "DELETE FROM filter WHERE dataset_group = ?1 AND name = ?2";
        self.connection.execute(before, params![group, name])?;
        let created_at = now();
        self.connection.execute(
            "INSERT INTO filter (dataset_group, name, expression, created_at) VALUES (?1, ?2, ?3, ?4)",
            params![group, name, expression, created_at],
        )?;
        Ok(FilterRecord {
            id: self.connection.last_insert_rowid(),
            name: name.to_owned(),
            expression: expression.to_owned(),
            created_at,
        })
    }

    pub fn delete_filter(&self, id: i64) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM filter WHERE id = ?1", [id])?;
        Ok(())
    }
}
