//! Datasets, their versions and schemas.

use super::json::{dataset_type, from_json, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::DatasetType;
use crate::domain::clock::now;
use crate::domain::mapping::Mapping;
use crate::domain::schema::Schema;
use rusqlite::{OptionalExtension, Row, params};

/// A version of a dataset, without its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetVersionRecord {
    pub id: i64,
    pub kind: DatasetType,
    /// Counts the imports into the dataset from 1.
    pub ordinal: u32,
    pub schema: Schema,
    pub mapping: Mapping,
    pub source: String,
    pub rows: u64,
    pub users: u64,
    pub items: u64,
    /// Epoch seconds.
    pub created_at: i64,
    content: i64,
}

/// A version to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewDatasetVersion<'a> {
    pub kind: DatasetType,
    pub schema: &'a Schema,
    pub mapping: &'a Mapping,
    pub source: &'a str,
    pub rows: u64,
    pub users: u64,
    pub items: u64,
    /// The rows as Parquet.
    pub parquet: &'a [u8],
}

const COLUMNS: &str = "dataset_version.id, dataset.kind, dataset_version.ordinal, schema.document, \
     dataset_version.mapping, dataset_version.source, row_count, user_count, item_count, \
     dataset_version.created_at, content \
     FROM dataset_version JOIN dataset ON dataset.id = dataset_version.dataset \
     JOIN schema ON schema.id = dataset_version.schema";

fn record(row: &Row<'_>) -> Result<DatasetVersionRecord, StoreError> {
    Ok(DatasetVersionRecord {
        id: row.get(0)?,
        kind: dataset_type(&row.get::<_, String>(1)?)?,
        ordinal: row.get(2)?,
        schema: from_json("a schema", &row.get::<_, String>(3)?)?,
        mapping: from_json("a mapping", &row.get::<_, String>(4)?)?,
        source: row.get(5)?,
        rows: row.get::<_, i64>(6)? as u64,
        users: row.get::<_, i64>(7)? as u64,
        items: row.get::<_, i64>(8)? as u64,
        created_at: row.get(9)?,
        content: row.get(10)?,
    })
}

impl Reader<'_> {
    /// The newest version of a group's dataset.
    pub fn dataset(&self, group: i64, kind: DatasetType) -> Result<Option<DatasetVersionRecord>, StoreError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} WHERE dataset_group = ?1 AND kind = ?2 ORDER BY ordinal DESC LIMIT 1"
            ))?
            .query_and_then(params![group, kind.as_str()], record)?
            .next()
            .transpose()
    }

    /// The id of the newest version of a group's dataset: all that most requests ask of it.
    pub fn dataset_id(&self, group: i64, kind: DatasetType) -> Result<Option<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT dataset_version.id FROM dataset_version JOIN dataset ON dataset.id = dataset_version.dataset
                 WHERE dataset_group = ?1 AND kind = ?2 ORDER BY ordinal DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![group, kind.as_str()], |row| row.get(0)).optional()?)
    }

    /// A version, current or kept for what was trained on it.
    pub fn dataset_version(&self, id: i64) -> Result<DatasetVersionRecord, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} WHERE dataset_version.id = ?1"))?
            .query_and_then([id], record)?
            .next()
            .transpose()?
            .ok_or_else(|| StoreError::Damaged { what: "a dataset version", value: id.to_string() })
    }

    /// The rows of a version as Parquet.
    pub fn dataset_content(&self, id: i64) -> Result<Vec<u8>, StoreError> {
        self.blob(self.dataset_version(id)?.content)
    }

    /// Every version there is, for checks.
    pub fn dataset_versions(&self) -> Result<Vec<DatasetVersionRecord>, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} ORDER BY dataset_version.id"))?
            .query_and_then([], record)?
            .collect()
    }
}

impl Writer<'_> {
    /// Writes the next version of a group's dataset, makes it the current one, and removes those that nothing
    /// was trained on.
    pub fn add_dataset_version(&self, group: i64, new: &NewDatasetVersion<'_>) -> Result<i64, StoreError> {
        let dataset = self.dataset_id(group, new.kind)?;
        let schema = self.schema_id(dataset, new.schema)?;
        let content = self.add_blob(new.parquet)?;
        let ordinal: u32 = self.connection.query_row(
            "SELECT coalesce(max(ordinal), 0) + 1 FROM dataset_version WHERE dataset = ?1",
            [dataset],
            |row| row.get(0),
        )?;
        self.connection.execute(
            "INSERT INTO dataset_version (dataset, ordinal, schema, mapping, source, row_count, user_count,
                 item_count, content, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                dataset,
                ordinal,
                schema,
                to_json("a mapping", new.mapping)?,
                new.source,
                new.rows as i64,
                new.users as i64,
                new.items as i64,
                content,
                now()
            ],
        )?;
        let id = self.connection.last_insert_rowid();
        self.remove_unused_dataset_versions()?;
        Ok(id)
    }

    /// Removes a group's dataset. Refused while a solution version was trained on it.
    pub fn delete_dataset(&self, group: i64, kind: DatasetType) -> Result<(), StoreError> {
        let user: Option<String> = self
            .connection
            .query_row(
                "SELECT solution.name || '/' || solution_version.ordinal FROM solution_version
                 JOIN solution ON solution.id = solution_version.solution
                 JOIN test_set ON test_set.id = solution_version.test_set
                 JOIN dataset_version ON dataset_version.id IN (test_set.interactions, test_set.items)
                 JOIN dataset ON dataset.id = dataset_version.dataset
                 WHERE dataset.dataset_group = ?1 AND dataset.kind = ?2 LIMIT 1",
                params![group, kind.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(by) = user {
            return Err(StoreError::InUse { what: "the dataset", name: kind.to_string(), by });
        }
        self.connection.execute(
            "DELETE FROM dataset WHERE dataset_group = ?1 AND kind = ?2",
            params![group, kind.as_str()],
        )?;
        self.remove_unused_blobs()
    }

    fn dataset_id(&self, group: i64, kind: DatasetType) -> Result<i64, StoreError> {
        self.connection.execute(
            "INSERT INTO dataset (dataset_group, kind) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![group, kind.as_str()],
        )?;
        Ok(self.connection.query_row(
            "SELECT id FROM dataset WHERE dataset_group = ?1 AND kind = ?2",
            params![group, kind.as_str()],
            |row| row.get(0),
        )?)
    }

    /// The row of a schema; equal documents of a dataset are one row.
    fn schema_id(&self, dataset: i64, schema: &Schema) -> Result<i64, StoreError> {
        let document = to_json("a schema", schema)?;
        let found: Option<i64> = self
            .connection
            .query_row(
                "SELECT id FROM schema WHERE dataset = ?1 AND document = ?2",
                params![dataset, document],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(id) = found {
            return Ok(id);
        }
        self.connection.execute(
            "INSERT INTO schema (dataset, document, created_at) VALUES (?1, ?2, ?3)",
            params![dataset, document, now()],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Removes old versions on which no solution version was trained, with the test sets cut from them. The
    /// active test set stays until another takes its place: it says which split the person chose.
    pub(super) fn remove_unused_dataset_versions(&self) -> Result<(), StoreError> {
        self.connection.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS outdated (id INTEGER PRIMARY KEY);
             DELETE FROM temp.outdated;
             INSERT INTO temp.outdated SELECT id FROM dataset_version AS version WHERE ordinal <
                 (SELECT max(ordinal) FROM dataset_version WHERE dataset = version.dataset);
             DELETE FROM test_set WHERE (interactions IN temp.outdated OR items IN temp.outdated)
                 AND active = 0 AND id NOT IN (SELECT test_set FROM solution_version);
             DELETE FROM dataset_version WHERE id IN temp.outdated
                 AND id NOT IN (SELECT interactions FROM test_set)
                 AND id NOT IN (SELECT items FROM test_set WHERE items IS NOT NULL);
             DELETE FROM schema WHERE id NOT IN (SELECT schema FROM dataset_version);",
        )?;
        self.remove_unused_blobs()
    }
}
