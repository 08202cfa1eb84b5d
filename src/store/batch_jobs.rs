//! Batch jobs. Their output is a person's own file, not part of the project.

use super::json::status;
use super::{Reader, StoreError, Writer};
use crate::domain::Status;
use crate::domain::clock::now;
use rusqlite::params;

/// A batch job.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchJobRecord {
    pub id: i64,
    /// The id of the solution version that answers.
    pub version: i64,
    pub input: String,
    pub output: String,
    pub status: Status,
    pub failure_reason: Option<String>,
    pub lines: u64,
    pub errors: u64,
    pub seconds: f64,
    /// Epoch seconds.
    pub created_at: i64,
}

impl Reader<'_> {
    /// The batch jobs of a group, the newest first.
    pub fn batch_jobs(&self, group: i64) -> Result<Vec<BatchJobRecord>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT id, solution_version, input, output, status, failure_reason, lines, errors, seconds,
                     created_at FROM batch_job WHERE dataset_group = ?1 ORDER BY id DESC",
            )?
            .query_and_then([group], |row| {
                Ok(BatchJobRecord {
                    id: row.get(0)?,
                    version: row.get(1)?,
                    input: row.get(2)?,
                    output: row.get(3)?,
                    status: status(&row.get::<_, String>(4)?)?,
                    failure_reason: row.get(5)?,
                    lines: row.get::<_, i64>(6)? as u64,
                    errors: row.get::<_, i64>(7)? as u64,
                    seconds: row.get(8)?,
                    created_at: row.get(9)?,
                })
            })?
            .collect()
    }
}

impl Writer<'_> {
    /// Notes that a batch job has begun.
    pub fn begin_batch(
        &self,
        group: i64,
        version: i64,
        input: &str,
        output: &str,
    ) -> Result<i64, StoreError> {
        self.connection.execute(
            "INSERT INTO batch_job (dataset_group, solution_version, input, output, status, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![group, version, input, output, Status::CreateInProgress.as_str(), now()],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes that a batch job wrote its file.
    pub fn finish_batch(&self, id: i64, lines: u64, errors: u64, seconds: f64) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE batch_job SET status = ?2, lines = ?3, errors = ?4, seconds = ?5 WHERE id = ?1",
            params![id, Status::Active.as_str(), lines as i64, errors as i64, seconds],
        )?;
        Ok(())
    }

    /// Notes why a batch job wrote no file.
    pub fn fail_batch(&self, id: i64, status: Status, reason: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE batch_job SET status = ?2, failure_reason = ?3 WHERE id = ?1",
            params![id, status.as_str(), reason],
        )?;
        Ok(())
    }
}
