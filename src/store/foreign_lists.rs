//! Lists that another tool made, as a blob.

use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
use rusqlite::params;

/// Lists of another tool, without the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignListsRecord {
    pub id: i64,
    pub name: String,
    /// The file they were read from.
    pub source: String,
    /// Users who have a list.
    pub users: u64,
    /// Epoch seconds.
    pub created_at: i64,
    content: i64,
}

impl Reader<'_> {
    /// The lists of other tools in a group, in the order they were added.
    pub fn foreign_lists(&self, group: i64) -> Result<Vec<ForeignListsRecord>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, name, source, users, created_at, content FROM foreign_lists
             WHERE dataset_group = ?1 ORDER BY id",
        )?;
        let lists = statement
            .query_map([group], |row| {
                Ok(ForeignListsRecord {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    source: row.get(2)?,
                    users: row.get::<_, i64>(3)? as u64,
                    created_at: row.get(4)?,
                    content: row.get(5)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(lists)
    }

    /// The lists, as they were given.
    pub fn foreign_lists_content(&self, record: &ForeignListsRecord) -> Result<Vec<u8>, StoreError> {
        self.blob(record.content)
    }
}

impl Writer<'_> {
    /// Keeps lists in place of those of that name.
    pub fn put_foreign_lists(
        &self,
        group: i64,
        name: &str,
        source: &str,
        users: u64,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let before = "DELETE FROM foreign_lists WHERE dataset_group = ?1 AND name = ?2";
        self.connection.execute(before, params![group, name])?;
        let content = self.add_blob(content)?;
        self.connection.execute(
            "INSERT INTO foreign_lists (dataset_group, name, source, users, content, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![group, name, source, users as i64, content, now()],
        )?;
        self.remove_unused_blobs()
    }

    pub fn delete_foreign_lists(&self, id: i64) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM foreign_lists WHERE id = ?1", [id])?;
        self.remove_unused_blobs()
    }
}
