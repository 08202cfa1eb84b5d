//! Experiments on simulated users. Their specification and outcome are JSON that this room does not read.

use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
use rusqlite::{OptionalExtension, params};

/// An experiment, without its outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationRecord {
    pub id: i64,
    pub kind: String,
    pub name: String,
    pub seed: u64,
    /// What it came to, in a sentence.
    pub summary: String,
    pub seconds: f64,
    /// Epoch seconds.
    pub created_at: i64,
}

/// An experiment to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewSimulation<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    pub seed: u64,
    pub summary: &'a str,
    /// JSON.
    pub spec: &'a str,
    /// JSON.
    pub outcome: &'a str,
    pub seconds: f64,
}

impl Reader<'_> {
    /// The experiments of a group, the newest first.
    pub fn simulations(&self, group: i64) -> Result<Vec<SimulationRecord>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, kind, name, seed, summary, seconds, created_at FROM simulation
             WHERE dataset_group = ?1 ORDER BY id DESC",
        )?;
        let simulations = statement
            .query_map([group], |row| {
                Ok(SimulationRecord {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    name: row.get(2)?,
                    seed: row.get::<_, i64>(3)? as u64,
                    summary: row.get(4)?,
                    seconds: row.get(5)?,
                    created_at: row.get(6)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(simulations)
    }

    /// The kind and the outcome of an experiment of a group, as JSON.
    pub fn simulation_outcome(&self, group: i64, id: i64) -> Result<Option<(String, String)>, StoreError> {
        let query = "SELECT kind, outcome FROM simulation WHERE dataset_group = ?1 AND id = ?2";
        let row = self.connection.query_row(query, [group, id], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    }
}

impl Writer<'_> {
    /// Keeps an experiment and gives it an id.
    pub fn put_simulation(&self, group: i64, new: &NewSimulation<'_>) -> Result<i64, StoreError> {
        let NewSimulation { kind, name, seed, summary, spec, outcome, seconds } = *new;
        self.connection.execute(
            "INSERT INTO simulation (dataset_group, kind, name, spec, seed, summary, outcome, seconds, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![group, kind, name, spec, seed as i64, summary, outcome, seconds, now()],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Removes an experiment of a group. Whether there was one.
    pub fn delete_simulation(&self, group: i64, id: i64) -> Result<bool, StoreError> {
        let query = "DELETE FROM simulation WHERE dataset_group = ?1 AND id = ?2";
        Ok(self.connection.execute(query, [group, id])? > 0)
    }
}
