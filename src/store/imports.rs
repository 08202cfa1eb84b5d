//! Import jobs and the problem rows they found.

use super::json::{dataset_type, from_json, status, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
use crate::domain::problem::Problem;
use crate::domain::{DatasetType, Status};
use rusqlite::params;

/// An import job.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportJobRecord {
    pub id: i64,
    pub kind: DatasetType,
    pub source: String,
    /// `FULL` or `INCREMENTAL`.
    pub mode: String,
    pub status: Status,
    pub failure_reason: Option<String>,
    pub totals: ImportTotals,
    /// Epoch seconds.
    pub created_at: i64,
    /// Problem rows kept.
    pub problems: u64,
}

/// What an import counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ImportTotals {
    pub rows: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub seconds: f64,
}

impl Reader<'_> {
    /// The import jobs of a group, the newest first.
    pub fn import_jobs(&self, group: i64) -> Result<Vec<ImportJobRecord>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT id, kind, source, mode, status, failure_reason, row_count, accepted, rejected, seconds,
                     created_at, (SELECT count(*) FROM problem WHERE import_job = import_job.id)
                 FROM import_job WHERE dataset_group = ?1 ORDER BY id DESC",
            )?
            .query_and_then([group], |row| {
                Ok(ImportJobRecord {
                    id: row.get(0)?,
                    kind: dataset_type(&row.get::<_, String>(1)?)?,
                    source: row.get(2)?,
                    mode: row.get(3)?,
                    status: status(&row.get::<_, String>(4)?)?,
                    failure_reason: row.get(5)?,
                    totals: ImportTotals {
                        rows: row.get::<_, i64>(6)? as u64,
                        accepted: row.get::<_, i64>(7)? as u64,
                        rejected: row.get::<_, i64>(8)? as u64,
                        seconds: row.get(9)?,
                    },
                    created_at: row.get(10)?,
                    problems: row.get::<_, i64>(11)? as u64,
                })
            })?
            .collect()
    }

    /// The problem rows of an import, in the order found.
    pub fn problems(&self, import_job: i64) -> Result<Vec<Problem>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT row_number, column_name, value, rule FROM problem WHERE import_job = ?1 ORDER BY ordinal",
            )?
            .query_and_then([import_job], |row| {
                Ok(Problem {
                    row: row.get::<_, i64>(0)? as u64,
                    column: row.get(1)?,
                    value: row.get(2)?,
                    rule: from_json("a rule", &row.get::<_, String>(3)?)?,
                })
            })?
            .collect()
    }
}

impl Writer<'_> {
    /// Notes that an import has begun.
    pub fn begin_import(
        &self,
        group: i64,
        kind: DatasetType,
        source: &str,
        mode: &str,
    ) -> Result<i64, StoreError> {
        self.connection.execute(
            "INSERT INTO import_job (dataset_group, kind, source, mode, status, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![group, kind.as_str(), source, mode, Status::CreateInProgress.as_str(), now()],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Notes how an import ended.
    pub fn end_import(
        &self,
        import_job: i64,
        status: Status,
        failure_reason: Option<&str>,
        totals: ImportTotals,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE import_job SET status = ?2, failure_reason = ?3, row_count = ?4, accepted = ?5,
                 rejected = ?6, seconds = ?7 WHERE id = ?1",
            params![
                import_job,
                status.as_str(),
                failure_reason,
                totals.rows as i64,
                totals.accepted as i64,
                totals.rejected as i64,
                totals.seconds
            ],
        )?;
        Ok(())
    }

    /// Keeps the problem rows of an import; those of earlier imports into the same dataset go.
    pub fn add_problems(&self, import_job: i64, problems: &[Problem]) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM problem WHERE import_job IN (SELECT older.id FROM import_job AS older
                 JOIN import_job AS newer ON newer.id = ?1 AND older.dataset_group = newer.dataset_group
                 AND older.kind = newer.kind)",
            [import_job],
        )?;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO problem (import_job, ordinal, row_number, column_name, value, rule)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (ordinal, problem) in problems.iter().enumerate() {
            statement.execute(params![
                import_job,
                ordinal as i64,
                problem.row as i64,
                problem.column,
                problem.value,
                to_json("a rule", &problem.rule)?
            ])?;
        }
        Ok(())
    }

    /// Jobs that a kill cut short are failed ones.
    pub(super) fn fail_interrupted_jobs(&self) -> Result<(), StoreError> {
        for table in ["import_job", "solution_version", "batch_job"] {
            self.connection.execute(
                &format!(
                    "UPDATE {table} SET status = ?1, failure_reason = 'interrupted'
                     WHERE status NOT IN (?1, ?2, ?3)"
                ),
                params![
                    Status::CreateFailed.as_str(),
                    Status::Active.as_str(),
                    Status::CreateStopped.as_str()
                ],
            )?;
        }
        Ok(())
    }
}
