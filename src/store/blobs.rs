//! Large values in chunks: datasets, models, test sets, lists.

use super::{Reader, StoreError, Writer};
use rusqlite::{OptionalExtension, params};

/// Bytes of a chunk at most.
const CHUNK: usize = 1 << 20;

/// Every column that names a blob; one that none of these names is removed.
pub(super) const NAMED_BY: &[(&str, &str)] = &[
    ("dataset_version", "content"),
    ("test_set", "content"),
    ("model", "tensors"),
    ("checkpoint", "content"),
    ("score_set", "lists"),
    ("foreign_lists", "content"),
];

impl Reader<'_> {
    /// A blob whole. Its size and checksum are those it was written with, or it is an error.
    pub fn blob(&self, id: i64) -> Result<Vec<u8>, StoreError> {
        let damaged = |why: String| StoreError::Damaged { what: "a blob", value: format!("{id}: {why}") };
        let (bytes, checksum): (i64, u32) = self
            .connection
            .prepare("SELECT bytes, checksum FROM blob WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or_else(|| damaged("it is missing".to_owned()))?;
        let mut whole = Vec::with_capacity(bytes as usize);
        let mut statement =
            self.connection.prepare("SELECT data FROM blob_chunk WHERE blob = ?1 ORDER BY ordinal")?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            whole.extend_from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
        }
        if whole.len() as i64 != bytes {
            return Err(damaged(format!("{} bytes where {bytes} belong", whole.len())));
        }
        if crc32fast::hash(&whole) != checksum {
            return Err(damaged("its checksum differs".to_owned()));
        }
        Ok(whole)
    }

    pub(super) fn blob_ids(&self) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.connection.prepare("SELECT id FROM blob ORDER BY id")?;
        let ids = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(ids)
    }
}

impl Writer<'_> {
    /// Writes a blob; the row that names it belongs in the same transaction.
    pub(super) fn add_blob(&self, bytes: &[u8]) -> Result<i64, StoreError> {
        self.connection
            .prepare("INSERT INTO blob (bytes, checksum) VALUES (?1, ?2)")?
            .execute(params![bytes.len() as i64, crc32fast::hash(bytes)])?;
        let id = self.connection.last_insert_rowid();
        let mut statement =
            self.connection.prepare("INSERT INTO blob_chunk (blob, ordinal, data) VALUES (?1, ?2, ?3)")?;
        for (ordinal, chunk) in bytes.chunks(CHUNK).enumerate() {
            statement.execute(params![id, ordinal as i64, chunk])?;
        }
        Ok(id)
    }

    /// Removes blobs that no row names any more.
    pub(super) fn remove_unused_blobs(&self) -> Result<(), StoreError> {
        let named = |(table, column): &(&str, &str)| {
            format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        };
        let named: Vec<String> = NAMED_BY.iter().map(named).collect();
        self.connection
            .execute(&format!("DELETE FROM blob WHERE id NOT IN ({})", named.join(" UNION ALL ")), [])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, StoreError};

    /// Sizes around the chunk's, an empty one included, come back as written.
    #[test]
    fn blobs_come_back_and_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("blobs.bespoke")).unwrap();
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5] {
            let bytes: Vec<u8> = (0..size).map(|i| (i * 31 % 251) as u8).collect();
            let read: Result<Vec<u8>, StoreError> = store.write(|writer| {
                let id = writer.add_blob(&bytes)?;
                writer.blob(id)
            });
            assert!(read.unwrap() == bytes, "{size}");
        }
        let damaged: Result<Vec<u8>, StoreError> = store.write(|writer| {
            let id = writer.add_blob(&[7; 100])?;
            writer.connection.execute("UPDATE blob_chunk SET data = zeroblob(100) WHERE blob = ?1", [id])?;
            writer.blob(id)
        });
        assert!(damaged.unwrap_err().to_string().contains("checksum"));
    }

    #[test]
    fn blobs_that_nothing_names_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("blobs.bespoke")).unwrap();
        let left: Result<Vec<i64>, StoreError> = store.write(|writer| {
            writer.add_blob(&[1, 2, 3])?;
            writer.remove_unused_blobs()?;
            writer.blob_ids()
        });
        assert_eq!(left.unwrap(), Vec::<i64>::new());
    }
}
