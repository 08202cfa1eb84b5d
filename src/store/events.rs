//! Events recorded after the import, and answers that they may refer to.

use super::json::{dataset_type, from_json, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::DatasetType;
use crate::domain::clock::now;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// Answers kept for events to refer to; the oldest go first.
const KEPT_RECOMMENDATIONS: i64 = 10_000;

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    pub id: i64,
    /// What it is an interaction of: Interactions, or action interactions.
    pub dataset: DatasetType,
    /// None while only the session is known.
    pub user: Option<String>,
    pub session: String,
    pub event_id: String,
    pub event_type: String,
    /// Of an action interaction the action.
    pub item: Option<String>,
    pub value: Option<f32>,
    /// Epoch seconds.
    pub sent_at: i64,
    /// Columns of the dataset and what they hold.
    pub properties: BTreeMap<String, String>,
    pub recommendation: Option<String>,
    pub impression: Vec<String>,
    /// What it is put down to.
    pub source: Option<String>,
    /// Whether the newest version of the dataset holds it.
    pub is_imported: bool,
}

const NEWEST: &str = "SELECT coalesce(max(id), 0) FROM event WHERE dataset_group = ?1 AND dataset = ?2";
const COLUMNS: &str = "id, user, session, event_id, event_type, item, value, sent_at, properties, recommendation, \
     impression, source, is_imported, dataset FROM event";

fn record(row: &Row<'_>) -> Result<EventRecord, StoreError> {
    Ok(EventRecord {
        id: row.get(0)?,
        user: row.get(1)?,
        session: row.get(2)?,
        event_id: row.get(3)?,
        event_type: row.get(4)?,
        item: row.get(5)?,
        value: row.get::<_, Option<f64>>(6)?.map(|value| value as f32),
        sent_at: row.get(7)?,
        properties: from_json("the properties of an event", &row.get::<_, String>(8)?)?,
        recommendation: row.get(9)?,
        impression: from_json("the impression of an event", &row.get::<_, String>(10)?)?,
        source: row.get(11)?,
        is_imported: row.get(12)?,
        dataset: dataset_type(&row.get::<_, String>(13)?)?,
    })
}

impl Reader<'_> {
    /// The id of the newest event of a group's dataset; 0 where there is none.
    pub fn newest_event(&self, group: i64, kind: DatasetType) -> Result<i64, StoreError> {
        let mut statement = self.connection.prepare_cached(NEWEST)?;
        Ok(statement.query_row(params![group, kind.as_str()], |row| row.get(0))?)
    }

    /// The events of a group's dataset after one of that id, in the order they came.
    pub fn events_after(
        &self,
        group: i64,
        kind: DatasetType,
        id: i64,
    ) -> Result<Vec<EventRecord>, StoreError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} WHERE dataset_group = ?1 AND dataset = ?2 AND id > ?3 ORDER BY id"
            ))?
            .query_and_then(params![group, kind.as_str(), id], record)?
            .collect()
    }

    /// Events of a group that their dataset does not hold yet.
    pub fn waiting_events(&self, group: i64, kind: DatasetType) -> Result<u64, StoreError> {
        let count: i64 = self.connection.query_row(
            "SELECT count(*) FROM event WHERE dataset_group = ?1 AND dataset = ?2 AND is_imported = 0",
            params![group, kind.as_str()],
            |row| row.get(0),
        )?;
        Ok(count as u64)
    }

    /// The campaign that gave an answer, and the answer's items; none where it is not known (any more).
    pub fn recommendation(
        &self,
        group: i64,
        name: &str,
    ) -> Result<Option<(String, Vec<String>)>, StoreError> {
        let found: Option<(String, String)> = self
            .connection
            .query_row(
                "SELECT campaign, items FROM recommendation WHERE dataset_group = ?1 AND name = ?2",
                params![group, name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        found.map(|(campaign, items)| Ok((campaign, from_json("a recommendation", &items)?))).transpose()
    }
}

impl Writer<'_> {
    /// Keeps an event, whose id in the record means nothing. False where it was there before: by its event id, or one of the
    /// same moment that says the same.
    pub fn add_event(&self, group: i64, event: &EventRecord) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO event (dataset_group, user, session, event_id, event_type, item, value, sent_at,
                 properties, recommendation, impression, source, dataset)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        let added = statement.execute(params![
            group,
            event.user,
            event.session,
            event.event_id,
            event.event_type,
            event.item,
            event.value.map(f64::from),
            event.sent_at,
            to_json("the properties of an event", &event.properties)?,
            event.recommendation,
            to_json("the impression of an event", &event.impression)?,
            event.source,
            event.dataset.as_str(),
        ])?;
        Ok(added > 0)
    }

    /// Removes the events of a user, or of a session, that the datasets of a group do not hold yet.
    pub fn delete_waiting_events(&self, group: i64, user: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM event WHERE dataset_group = ?1 AND is_imported = 0
                 AND (user = ?2 OR (user IS NULL AND session = ?2))",
            params![group, user],
        )?;
        Ok(())
    }

    /// Notes that a dataset of a group holds all of its events up to one.
    pub fn events_taken_in(&self, group: i64, kind: DatasetType, up_to: i64) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE event SET is_imported = 1
                 WHERE dataset_group = ?1 AND dataset = ?2 AND id <= ?3 AND is_imported = 0",
            params![group, kind.as_str(), up_to],
        )?;
        Ok(())
    }

    /// Notes that a dataset of a group holds none of its events any more: a full import took their place.
    pub fn events_left_out(&self, group: i64, kind: DatasetType) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE event SET is_imported = 0 WHERE dataset_group = ?1 AND dataset = ?2",
            params![group, kind.as_str()],
        )?;
        Ok(())
    }

    /// Keeps an answer for events to refer to.
    pub fn add_recommendation(
        &self,
        group: i64,
        name: &str,
        campaign: &str,
        items: &[String],
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR IGNORE INTO recommendation (dataset_group, name, campaign, items, made_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![group, name, campaign, to_json("a recommendation", &items)?, now()],
        )?;
        self.connection.execute(
            "DELETE FROM recommendation WHERE id <= (SELECT max(id) FROM recommendation) - ?1",
            [KEPT_RECOMMENDATIONS],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn the_newest_event_is_found_without_reading_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("p.bespoke")).unwrap();
        let plan: String = store
            .read(|reader| {
                let plan = format!("EXPLAIN QUERY PLAN {NEWEST}");
                Ok(reader.connection.query_row(&plan, params![1, "Interactions"], |row| row.get(3))?)
            })
            .unwrap();
        assert!(plan.contains("event_newest"), "{plan}");
    }
}
