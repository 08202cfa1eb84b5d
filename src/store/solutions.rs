//! Solutions, their versions and models.

use super::json::{from_json, status, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::Status;
use crate::domain::clock::now;
use crate::domain::solution::SolutionConfig;
use rusqlite::{OptionalExtension, Row, params};

/// A solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolutionRecord {
    pub id: i64,
    pub name: String,
    /// The recipe's name without `aws-`.
    pub recipe: String,
}

/// A solution version, without its model.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRecord {
    pub id: i64,
    pub solution: String,
    /// Counts the versions of the solution from 1.
    pub ordinal: u32,
    pub config: SolutionConfig,
    pub status: Status,
    pub failure_reason: Option<String>,
    pub test_set: i64,
    /// What was used and dropped, as JSON; `None` until it is active.
    pub report: Option<String>,
    pub seconds: f64,
    /// Epoch seconds.
    pub created_at: i64,
    /// Size of the models.
    pub model_bytes: u64,
    /// Whether a training that was stopped can go on.
    pub can_resume: bool,
    /// The number of the version that it took over and brought up to date; none where it was trained in full.
    pub updates: Option<u32>,
}

impl VersionRecord {
    /// `solution/number`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.solution, self.ordinal)
    }

    /// The name of the version that it took over and brought up to date.
    pub fn updates_name(&self) -> Option<String> {
        self.updates.map(|ordinal| format!("{}/{ordinal}", self.solution))
    }
}

/// A model at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelBytes {
    pub settings: String,
    /// A safetensors file.
    pub tensors: Vec<u8>,
}

const COLUMNS: &str = "version.id, solution.name, version.ordinal, version.config, version.status, \
     version.failure_reason, version.test_set, version.report, version.seconds, version.created_at, \
     (SELECT coalesce(sum(bytes), 0) FROM model JOIN blob ON blob.id = model.tensors \
      WHERE solution_version = version.id), \
     EXISTS (SELECT 1 FROM checkpoint WHERE solution_version = version.id), version.updates \
     FROM solution_version AS version JOIN solution ON solution.id = version.solution";

fn record(row: &Row<'_>) -> Result<VersionRecord, StoreError> {
    Ok(VersionRecord {
        id: row.get(0)?,
        solution: row.get(1)?,
        ordinal: row.get(2)?,
        config: from_json("a solution's configuration", &row.get::<_, String>(3)?)?,
        status: status(&row.get::<_, String>(4)?)?,
        failure_reason: row.get(5)?,
        test_set: row.get(6)?,
        report: row.get(7)?,
        seconds: row.get(8)?,
        created_at: row.get(9)?,
        model_bytes: row.get::<_, i64>(10)? as u64,
        can_resume: row.get(11)?,
        updates: row.get(12)?,
    })
}

impl Reader<'_> {
    /// The solutions of a group, in the order they were made.
    pub fn solutions(&self, group: i64) -> Result<Vec<SolutionRecord>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, name, recipe FROM solution WHERE dataset_group = ?1 ORDER BY id")?;
        let solutions = statement
            .query_map([group], |row| {
                Ok(SolutionRecord { id: row.get(0)?, name: row.get(1)?, recipe: row.get(2)? })
            })?
            .collect::<Result<_, _>>()?;
        Ok(solutions)
    }

    /// The versions of a group's solutions, by solution, the oldest first.
    pub fn versions(&self, group: i64) -> Result<Vec<VersionRecord>, StoreError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} WHERE solution.dataset_group = ?1 ORDER BY solution.id, version.ordinal"
            ))?
            .query_and_then([group], record)?
            .collect()
    }

    pub fn version(&self, id: i64) -> Result<VersionRecord, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} WHERE version.id = ?1"))?
            .query_and_then([id], record)?
            .next()
            .transpose()?
            .ok_or_else(|| StoreError::Damaged { what: "a solution version", value: id.to_string() })
    }

    /// The model of a version: the one trained on everything, or the one trained for evaluation.
    pub fn model(&self, version: i64, full_data: bool) -> Result<Option<ModelBytes>, StoreError> {
        let found: Option<(String, i64)> = self
            .connection
            .query_row(
                "SELECT settings, tensors FROM model WHERE solution_version = ?1 AND full_data = ?2",
                params![version, full_data],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        found.map(|(settings, tensors)| Ok(ModelBytes { settings, tensors: self.blob(tensors)? })).transpose()
    }
}

impl Writer<'_> {
    /// Notes that a version of a solution is being trained, or brought up to date from the version of that number, and
    /// makes the solution where it is new.
    pub fn begin_version(
        &self,
        group: i64,
        solution: &str,
        config: &SolutionConfig,
        test_set: i64,
        updates: Option<u32>,
    ) -> Result<i64, StoreError> {
        let known = self.solutions(group)?.into_iter().find(|known| known.name == solution);
        let solution_id = match known {
            Some(known) if known.recipe != config.recipe => {
                return Err(StoreError::Exists {
                    what: "a solution of another recipe named",
                    name: solution.to_owned(),
                });
            }
            Some(known) => known.id,
            None => {
                self.connection.execute(
                    "INSERT INTO solution (dataset_group, name, recipe, created_at) VALUES (?1, ?2, ?3, ?4)",
                    params![group, solution, config.recipe, now()],
                )?;
                self.connection.last_insert_rowid()
            }
        };
        self.connection.execute(
            "INSERT INTO solution_version (solution, ordinal, config, status, test_set, created_at, updates)
             SELECT ?1, coalesce(max(ordinal), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM solution_version WHERE solution = ?1",
            params![
                solution_id,
                to_json("a solution's configuration", config)?,
                Status::CreateInProgress.as_str(),
                test_set,
                now(),
                updates
            ],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Stores a model of a version.
    pub fn add_model(
        &self,
        version: i64,
        full_data: bool,
        settings: &str,
        tensors: &[u8],
    ) -> Result<(), StoreError> {
        let blob = self.add_blob(tensors)?;
        self.connection.execute(
            "INSERT INTO model (solution_version, full_data, settings, tensors) VALUES (?1, ?2, ?3, ?4)",
            params![version, full_data, settings, blob],
        )?;
        Ok(())
    }

    /// Notes that the training of a version goes on.
    pub fn resume_version(&self, version: i64) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE solution_version SET status = ?2, failure_reason = NULL WHERE id = ?1",
            params![version, Status::CreateInProgress.as_str()],
        )?;
        Ok(())
    }

    /// Makes a version active.
    pub fn activate_version(&self, version: i64, report: &str, seconds: f64) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE solution_version SET status = ?2, report = ?3, seconds = ?4 WHERE id = ?1",
            params![version, Status::Active.as_str(), report, seconds],
        )?;
        self.remove_checkpoints(version)
    }

    /// Notes why a version did not become active.
    pub fn fail_version(&self, version: i64, status: Status, reason: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE solution_version SET status = ?2, failure_reason = ?3 WHERE id = ?1",
            params![version, status.as_str(), reason],
        )?;
        Ok(())
    }

    /// Removes a version, and its solution with the last one. Refused while a campaign uses it.
    pub fn delete_version(&self, version: &VersionRecord) -> Result<(), StoreError> {
        let campaign: Option<String> = self
            .connection
            .query_row("SELECT name FROM campaign WHERE solution_version = ?1 LIMIT 1", [version.id], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(name) = campaign {
            let by = format!("the campaign `{name}`");
            return Err(StoreError::InUse { what: "the solution version", name: version.name(), by });
        }
        self.connection.execute("DELETE FROM solution_version WHERE id = ?1", [version.id])?;
        self.connection
            .execute("DELETE FROM solution WHERE id NOT IN (SELECT solution FROM solution_version)", [])?;
        self.remove_unused_dataset_versions()
    }
}
