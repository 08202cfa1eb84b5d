//! Mappings remembered by the header of the file they were chosen for.

use super::json::{from_json, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
use crate::domain::mapping::Mapping;
use rusqlite::{OptionalExtension, params};

impl Reader<'_> {
    /// The mapping last used for files with this header.
    pub fn remembered_mapping(&self, header: &str) -> Result<Option<Mapping>, StoreError> {
        self.connection
            .query_row("SELECT mapping FROM remembered_mapping WHERE header = ?1", [header], |row| {
                row.get::<_, String>(0)
            })
            .optional()?
            .map(|text| from_json("a mapping", &text))
            .transpose()
    }
}

impl Writer<'_> {
    pub fn remember_mapping(&self, header: &str, mapping: &Mapping) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO remembered_mapping (header, mapping, used_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (header) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at",
            params![header, to_json("a mapping", mapping)?, now()],
        )?;
        Ok(())
    }
}
