//! Dataset groups.

use super::{Reader, Store, StoreError, Writer};
use crate::domain::clock::now;
use rusqlite::params;

/// A dataset group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRecord {
    pub id: i64,
    pub name: String,
    /// Epoch seconds.
    pub created_at: i64,
}

impl Store {
    /// All groups in the order they were made.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "a method path does not carry the lifetime"
    )]
    pub fn groups(&self) -> Result<Vec<GroupRecord>, StoreError> {
        self.read(|reader| reader.groups())
    }
}

impl Reader<'_> {
    /// All groups in the order they were made.
    pub fn groups(&self) -> Result<Vec<GroupRecord>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT id, name, created_at FROM dataset_group ORDER BY id")?;
        let groups = statement
            .query_map([], |row| {
                Ok(GroupRecord { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)? })
            })?
            .collect::<Result<_, _>>()?;
        Ok(groups)
    }

    pub fn group(&self, name: &str) -> Result<Option<GroupRecord>, StoreError> {
        Ok(self.groups()?.into_iter().find(|group| group.name == name))
    }
}

impl Writer<'_> {
    /// Makes an empty group and returns its id.
    pub fn create_group(&self, name: &str) -> Result<i64, StoreError> {
        self.refuse_taken_group_name(name)?;
        self.connection
            .execute("INSERT INTO dataset_group (name, created_at) VALUES (?1, ?2)", params![name, now()])?;
        Ok(self.connection.last_insert_rowid())
    }

    pub fn rename_group(&self, id: i64, name: &str) -> Result<(), StoreError> {
        self.refuse_taken_group_name(name)?;
        self.connection.execute("UPDATE dataset_group SET name = ?2 WHERE id = ?1", params![id, name])?;
        Ok(())
    }

    /// Removes a group with everything in it.
    pub fn delete_group(&self, id: i64) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM dataset_group WHERE id = ?1", [id])?;
        self.remove_unused_blobs()
    }

    pub(super) fn refuse_taken_group_name(&self, name: &str) -> Result<(), StoreError> {
        match self.group(name)? {
            Some(_) => Err(StoreError::Exists { what: "the dataset group", name: name.to_owned() }),
            None => Ok(()),
        }
    }
}
