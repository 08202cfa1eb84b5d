//! Campaigns.

use super::json::{from_json, status, to_json};
use super::{Reader, StoreError, Writer};
use crate::domain::clock::now;
use crate::domain::{Parameters, Status};
use rusqlite::params;

/// A campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignRecord {
    pub id: i64,
    pub name: String,
    /// The id of the solution version that answers.
    pub version: i64,
    /// What its recipe lets a campaign set.
    pub settings: Parameters,
    /// The use case it was made for, where it was made ready.
    pub use_case: Option<String>,
    pub status: Status,
    /// Epoch seconds.
    pub created_at: i64,
}

impl Reader<'_> {
    /// The campaigns of a group, in the order they were made.
    pub fn campaigns(&self, group: i64) -> Result<Vec<CampaignRecord>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT id, name, solution_version, config, status, created_at, use_case FROM campaign
                 WHERE dataset_group = ?1 ORDER BY id",
            )?
            .query_and_then([group], |row| {
                Ok(CampaignRecord {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    version: row.get(2)?,
                    settings: from_json("the settings of a campaign", &row.get::<_, String>(3)?)?,
                    status: status(&row.get::<_, String>(4)?)?,
                    created_at: row.get(5)?,
                    use_case: row.get(6)?,
                })
            })?
            .collect()
    }
}

impl Writer<'_> {
    /// Makes a campaign, or gives the one of that name another version and settings.
    pub fn put_campaign(
        &self,
        group: i64,
        name: &str,
        version: i64,
        settings: &Parameters,
        use_case: Option<&str>,
    ) -> Result<(), StoreError> {
        let config = to_json("the settings of a campaign", settings)?;
        self.connection.execute(
            "INSERT INTO campaign (dataset_group, name, solution_version, config, status, created_at, use_case)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (dataset_group, name) DO UPDATE SET
                 solution_version = excluded.solution_version, config = excluded.config,
                 use_case = excluded.use_case",
            params![group, name, version, config, Status::Active.as_str(), now(), use_case],
        )?;
        Ok(())
    }

    pub fn delete_campaign(&self, id: i64) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM campaign WHERE id = ?1", [id])?;
        Ok(())
    }
}
