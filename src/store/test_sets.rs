//! Test sets: which rows are tested, as a blob, and the split that made them.

use super::json::{from_json, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
use crate::domain::split::SplitSpec;
use rusqlite::{Row, params};

/// A test set, without its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct TestSetRecord {
    pub id: i64,
    /// The version of Interactions it was cut from.
    pub interactions: i64,
    /// The version of Items whose ids are part of the catalogue.
    pub items: Option<i64>,
    pub spec: SplitSpec,
    pub users: u64,
    pub skipped_users: u64,
    pub training_rows: u64,
    pub truth_items: u64,
    /// Whether new versions of the group are scored on it.
    pub active: bool,
    /// Epoch seconds.
    pub created_at: i64,
    content: i64,
}

/// A test set to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewTestSet<'a> {
    pub interactions: i64,
    pub items: Option<i64>,
    pub spec: &'a SplitSpec,
    pub users: u64,
    pub skipped_users: u64,
    pub training_rows: u64,
    pub truth_items: u64,
    pub content: &'a [u8],
}

const COLUMNS: &str = "id, interactions, items, spec, users, skipped_users, training_rows, truth_items, active, \
     created_at, content FROM test_set";

fn record(row: &Row<'_>) -> Result<TestSetRecord, StoreError> {
    Ok(TestSetRecord {
        id: row.get(0)?,
        interactions: row.get(1)?,
        items: row.get(2)?,
        spec: from_json("a test set", &row.get::<_, String>(3)?)?,
        users: row.get::<_, i64>(4)? as u64,
        skipped_users: row.get::<_, i64>(5)? as u64,
        training_rows: row.get::<_, i64>(6)? as u64,
        truth_items: row.get::<_, i64>(7)? as u64,
        active: row.get(8)?,
        created_at: row.get(9)?,
        content: row.get(10)?,
    })
}

impl Reader<'_> {
    /// The test sets of a group, the oldest first.
    pub fn test_sets(&self, group: i64) -> Result<Vec<TestSetRecord>, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} WHERE dataset_group = ?1 ORDER BY id"))?
            .query_and_then([group], record)?
            .collect()
    }

    pub fn test_set(&self, id: i64) -> Result<TestSetRecord, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} WHERE id = ?1"))?
            .query_and_then([id], record)?
            .next()
            .transpose()?
            .ok_or_else(|| StoreError::Damaged { what: "a test set", value: id.to_string() })
    }

    /// The rows of a test set, as they were given.
    pub fn test_set_content(&self, id: i64) -> Result<Vec<u8>, StoreError> {
        self.blob(self.test_set(id)?.content)
    }
}

impl Writer<'_> {
    /// Writes a test set and makes it the one that new versions are scored on.
    pub fn add_test_set(&self, group: i64, new: &NewTestSet<'_>) -> Result<i64, StoreError> {
        let content = self.add_blob(new.content)?;
        self.deactivate_test_sets(group)?;
        self.connection.execute(
            "INSERT INTO test_set (dataset_group, interactions, items, spec, content, users, skipped_users,
                 training_rows, truth_items, active, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10)",
            params![
                group,
                new.interactions,
                new.items,
                to_json("a test set", new.spec)?,
                content,
                new.users as i64,
                new.skipped_users as i64,
                new.training_rows as i64,
                new.truth_items as i64,
                now()
            ],
        )?;
        let id = self.connection.last_insert_rowid();
        self.remove_unused_dataset_versions()?;
        Ok(id)
    }

    /// Makes a test set there is the one that new versions are scored on.
    pub fn activate_test_set(&self, group: i64, id: i64) -> Result<(), StoreError> {
        self.deactivate_test_sets(group)?;
        self.connection.execute("UPDATE test_set SET active = 1 WHERE id = ?1", [id])?;
        self.remove_unused_dataset_versions()
    }

    fn deactivate_test_sets(&self, group: i64) -> Result<(), StoreError> {
        self.connection.execute("UPDATE test_set SET active = 0 WHERE dataset_group = ?1", [group])?;
        Ok(())
    }
}
