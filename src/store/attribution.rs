//! Metrics that events are put down to sources by.

use super::{Reader, StoreError, Writer};
use rusqlite::params;

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributionMetricRecord {
    pub name: String,
    pub event_type: String,
    pub expression: String,
}

impl Reader<'_> {
    /// The metrics of a group, in the order they were made.
    pub fn attribution_metrics(&self, group: i64) -> Result<Vec<AttributionMetricRecord>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT name, event_type, expression FROM attribution_metric WHERE dataset_group = ?1 ORDER BY id",
        )?;
        let metrics = statement
            .query_map([group], |row| {
                Ok(AttributionMetricRecord {
                    name: row.get(0)?,
                    event_type: row.get(1)?,
                    expression: row.get(2)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(metrics)
    }
}

impl Writer<'_> {
    /// Makes a metric, or changes the one of that name.
    pub fn put_attribution_metric(
        &self,
        group: i64,
        metric: &AttributionMetricRecord,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO attribution_metric (dataset_group, name, event_type, expression)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (dataset_group, name) DO UPDATE SET
                 event_type = excluded.event_type, expression = excluded.expression",
            params![group, metric.name, metric.event_type, metric.expression],
        )?;
        Ok(())
    }

    /// Removes a metric. Whether it was there.
    pub fn delete_attribution_metric(&self, group: i64, name: &str) -> Result<bool, StoreError> {
        let gone = self.connection.execute(
            "DELETE FROM attribution_metric WHERE dataset_group = ?1 AND name = ?2",
            params![group, name],
        )?;
        Ok(gone > 0)
    }
}
