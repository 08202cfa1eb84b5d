//! How versions are marked among the runs of a group, and what they were made with.

use super::{Reader, StoreError, Writer};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// How a person has marked a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunMark {
    /// The name it is shown under, in place of its own.
    pub alias: Option<String>,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// Whether it is left out of tables and plots.
    pub hidden: bool,
    /// Its place in the palette, where a person chose one.
    pub color: Option<u8>,
    pub note: String,
}

/// What a version was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOrigin {
    /// The version of the program.
    pub program: String,
    /// The fingerprint of the datasets it was trained on.
    pub data: String,
}

impl Reader<'_> {
    /// The marks of a group's versions, by version; those without have none.
    pub fn run_marks(&self, group: i64) -> Result<BTreeMap<i64, RunMark>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT solution_version, alias, pinned, hidden, color, note FROM run_mark
             JOIN solution_version AS version ON version.id = solution_version
             JOIN solution ON solution.id = version.solution WHERE solution.dataset_group = ?1",
        )?;
        let marks = statement.query_map([group], |row| {
            let mark = RunMark {
                alias: row.get(1)?,
                pinned: row.get(2)?,
                hidden: row.get(3)?,
                color: row.get(4)?,
                note: row.get(5)?,
            };
            Ok((row.get(0)?, mark))
        })?;
        Ok(marks.collect::<Result<_, _>>()?)
    }

    /// What a group's versions were made with, by version; those made before it was kept have none.
    pub fn run_origins(&self, group: i64) -> Result<BTreeMap<i64, RunOrigin>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT solution_version, program, data FROM run_origin
             JOIN solution_version AS version ON version.id = solution_version
             JOIN solution ON solution.id = version.solution WHERE solution.dataset_group = ?1",
        )?;
        let origins = statement.query_map([group], |row| {
            Ok((row.get(0)?, RunOrigin { program: row.get(1)?, data: row.get(2)? }))
        })?;
        Ok(origins.collect::<Result<_, _>>()?)
    }

    /// The fingerprint of a dataset version's rows, where it was taken.
    pub fn dataset_fingerprint(&self, dataset_version: i64) -> Result<Option<String>, StoreError> {
        Ok(self
            .connection
            .query_row(
                "SELECT fingerprint FROM dataset_fingerprint WHERE dataset_version = ?1",
                [dataset_version],
                |row| row.get(0),
            )
            .optional()?)
    }
}

impl Writer<'_> {
    /// Marks a version, in place of how it was marked before.
    pub fn set_run_mark(&self, version: i64, mark: &RunMark) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO run_mark (solution_version, alias, pinned, hidden, color, note)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (solution_version) DO UPDATE SET alias = excluded.alias, pinned = excluded.pinned,
                 hidden = excluded.hidden, color = excluded.color, note = excluded.note",
            params![version, mark.alias, mark.pinned, mark.hidden, mark.color, mark.note],
        )?;
        Ok(())
    }

    /// Notes what a version was made with.
    pub fn set_run_origin(&self, version: i64, origin: &RunOrigin) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO run_origin (solution_version, program, data) VALUES (?1, ?2, ?3)
             ON CONFLICT (solution_version) DO UPDATE SET program = excluded.program, data = excluded.data",
            params![version, origin.program, origin.data],
        )?;
        Ok(())
    }

    /// Notes the fingerprint of a dataset version's rows.
    pub fn set_dataset_fingerprint(&self, dataset_version: i64, fingerprint: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO dataset_fingerprint (dataset_version, fingerprint) VALUES (?1, ?2)",
            params![dataset_version, fingerprint],
        )?;
        Ok(())
    }
}
