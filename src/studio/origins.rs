//! What a version is made with: the program, and the fingerprint of the data.

use super::Studio;
use super::actions::is_of_actions;
use super::training_needs::recipe_of;
use crate::domain::DatasetType;
use crate::domain::fingerprint::Fingerprint;
use crate::store::{GroupRecord, RunOrigin, VersionRecord};
use anyhow::Result;

/// The version of this program.
pub(super) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

impl Studio {
    /// The origin of a version that is being trained now: its interactions, the Items of their catalogue, and the Users
    /// where its recipe reads them; actions and what became of them where it recommends those.
    pub(super) fn origin_of(&self, group: &GroupRecord, version: &VersionRecord) -> Result<RunOrigin> {
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        let users = self.users_read_by(recipe_of(&version.config)?.descriptor(), group)?;
        let (actions, log) = if is_of_actions(version) {
            let (actions, log) = self.action_versions(group)?;
            (Some(actions), log)
        } else {
            (None, None)
        };
        let mut data = Fingerprint::default();
        for (kind, dataset_version) in [
            (DatasetType::Interactions, Some(test_set.interactions)),
            (DatasetType::Items, test_set.items),
            (DatasetType::Users, users),
            (DatasetType::Actions, actions),
            (DatasetType::ActionInteractions, log),
        ] {
            if let Some(dataset_version) = dataset_version {
                let rows = self.fingerprint_of(dataset_version)?;
                data.add(format!("{kind} {rows}\n").as_bytes());
            }
        }
        Ok(RunOrigin { program: PROGRAM.to_owned(), data: data.to_string() })
    }

    /// The fingerprint of a dataset version: of its schema and its rows as they are stored.
    fn fingerprint_of(&self, dataset_version: i64) -> Result<String> {
        if let Some(known) = self.store().read(|reader| reader.dataset_fingerprint(dataset_version))? {
            return Ok(known);
        }
        let (record, content) = self.store().read(|reader| {
            Ok((reader.dataset_version(dataset_version)?, reader.dataset_content(dataset_version)?))
        })?;
        let mut fingerprint = Fingerprint::of(serde_json::to_string(&record.schema)?.as_bytes());
        fingerprint.add(&content);
        let fingerprint = fingerprint.to_string();
        // No face shows it by itself, so the revision stays.
        self.store().write(|writer| writer.set_dataset_fingerprint(dataset_version, &fingerprint))?;
        Ok(fingerprint)
    }
}
