//! How far the training of a version has come, kept until the version is active.

use super::{Reader, StoreError, Writer};
use rusqlite::{OptionalExtension, params};

impl Reader<'_> {
    /// What was kept of a part of a training.
    pub fn checkpoint(&self, version: i64, part: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let content: Option<i64> = self
            .connection
            .query_row(
                "SELECT content FROM checkpoint WHERE solution_version = ?1 AND name = ?2",
                params![version, part],
                |row| row.get(0),
            )
            .optional()?;
        content.map(|content| self.blob(content)).transpose()
    }
}

impl Writer<'_> {
    /// Keeps how far a part of a training has come, in place of what was kept before.
    pub fn put_checkpoint(&self, version: i64, part: &str, content: &[u8]) -> Result<(), StoreError> {
        let blob = self.add_blob(content)?;
        self.connection.execute(
            "INSERT INTO checkpoint (solution_version, name, content) VALUES (?1, ?2, ?3)
             ON CONFLICT (solution_version, name) DO UPDATE SET content = excluded.content",
            params![version, part, blob],
        )?;
        self.remove_unused_blobs()
    }

    /// Forgets them, once there is a model.
    pub(super) fn remove_checkpoints(&self, version: i64) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM checkpoint WHERE solution_version = ?1", [version])?;
        self.remove_unused_blobs()
    }
}
