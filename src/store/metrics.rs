//! Scores of versions: metrics with intervals, and every test user's list as a blob.

use super::{Reader, StoreError, Writer};
use rusqlite::params;
use std::collections::BTreeMap;

/// A metric and its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricValue {
    pub value: f64,
    /// Low and high, where one was taken.
    pub interval: Option<(f64, f64)>,
}

/// The scores of a version in one reading.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreSetRecord {
    pub version: i64,
    /// Whether seen items were left out of the lists.
    pub exclude_seen: bool,
    pub users: u64,
    pub metrics: BTreeMap<String, MetricValue>,
    /// `None` where they were made before lists were kept.
    lists: Option<i64>,
}

impl Reader<'_> {
    /// The scores of every version of a group.
    pub fn score_sets(&self, group: i64) -> Result<Vec<ScoreSetRecord>, StoreError> {
        let mut sets: Vec<(i64, ScoreSetRecord)> = self
            .connection
            .prepare_cached(
                "SELECT score_set.id, solution_version, exclude_seen, user_count, lists FROM score_set
                 JOIN solution_version ON solution_version.id = score_set.solution_version
                 JOIN solution ON solution.id = solution_version.solution
                 WHERE dataset_group = ?1 ORDER BY score_set.id",
            )?
            .query_map([group], |row| {
                Ok((
                    row.get(0)?,
                    ScoreSetRecord {
                        version: row.get(1)?,
                        exclude_seen: row.get(2)?,
                        users: row.get::<_, i64>(3)? as u64,
                        metrics: BTreeMap::new(),
                        lists: row.get(4)?,
                    },
                ))
            })?
            .collect::<Result<_, _>>()?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, value, low, high FROM metric WHERE score_set = ?1")?;
        for (id, set) in &mut sets {
            let mut rows = statement.query([*id])?;
            while let Some(row) = rows.next()? {
                let bounds: (Option<f64>, Option<f64>) = (row.get(2)?, row.get(3)?);
                let interval = bounds.0.zip(bounds.1);
                set.metrics.insert(row.get(0)?, MetricValue { value: row.get(1)?, interval });
            }
        }
        Ok(sets.into_iter().map(|(_, set)| set).collect())
    }

    /// Every tested user's list, as they were given; `None` where they were made before lists were kept.
    pub fn lists(&self, set: &ScoreSetRecord) -> Result<Option<Vec<u8>>, StoreError> {
        set.lists.map(|lists| self.blob(lists)).transpose()
    }
}

impl Writer<'_> {
    /// Stores the scores of a version in one reading.
    pub fn add_scores(
        &self,
        version: i64,
        exclude_seen: bool,
        users: u64,
        metrics: &BTreeMap<String, MetricValue>,
        lists: &[u8],
    ) -> Result<(), StoreError> {
        let blob = self.add_blob(lists)?;
        self.connection.execute(
            "INSERT INTO score_set (solution_version, exclude_seen, user_count, lists) VALUES (?1, ?2, ?3, ?4)",
            params![version, exclude_seen, users as i64, blob],
        )?;
        let set = self.connection.last_insert_rowid();
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO metric (score_set, name, value, low, high) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (name, metric) in metrics {
            let (low, high) = metric.interval.unzip();
            statement.execute(params![set, name, metric.value, low, high])?;
        }
        Ok(())
    }
}
