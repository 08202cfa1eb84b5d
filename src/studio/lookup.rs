//! From the names people write to the records they mean.

use super::Studio;
use crate::domain::{DatasetType, Status};
use crate::store::{CampaignRecord, DatasetVersionRecord, GroupRecord, VersionRecord};
use anyhow::{Result, anyhow, bail};

fn has_no_dataset(group: &GroupRecord, kind: DatasetType) -> anyhow::Error {
    anyhow!("the group `{}` has no {kind} dataset; import a file into it", group.name)
}

impl Studio {
    /// The group of that name.
    pub(super) fn group(&self, name: &str) -> Result<GroupRecord> {
        let groups = self.store().groups()?;
        let known: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        let known = listed(&known, "no groups yet: import a file into one");
        let missing =
            anyhow!("there is no dataset group `{name}` in {}; it has {known}", self.path().display());
        groups.into_iter().find(|group| group.name == name).ok_or(missing)
    }

    /// The newest version of a group's dataset.
    pub(super) fn dataset(&self, group: &GroupRecord, kind: DatasetType) -> Result<DatasetVersionRecord> {
        self.store().read(|reader| reader.dataset(group.id, kind))?.ok_or_else(|| has_no_dataset(group, kind))
    }

    /// The id of the newest version of a group's dataset, where it has one.
    pub(super) fn dataset_id(&self, group: &GroupRecord, kind: DatasetType) -> Result<Option<i64>> {
        Ok(self.store().read(|reader| reader.dataset_id(group.id, kind))?)
    }

    /// The same of a dataset without which nothing goes.
    pub(super) fn needed_dataset_id(&self, group: &GroupRecord, kind: DatasetType) -> Result<i64> {
        self.dataset_id(group, kind)?.ok_or_else(|| has_no_dataset(group, kind))
    }

    /// A version as people write it: a solution (its newest active version) or `solution/number`, and where
    /// several groups have a solution of that name, either after `group/`.
    pub(super) fn find_version(&self, text: &str) -> Result<(GroupRecord, VersionRecord)> {
        let groups = self.store().groups()?;
        let mut found = Vec::new();
        for group in groups {
            let versions = self.store().read(|reader| reader.versions(group.id))?;
            let inside = text.strip_prefix(group.name.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let named = pick(&versions, text).or_else(|| inside.and_then(|text| pick(&versions, text)));
            if let Some(version) = named {
                found.push((group, version.clone()));
            }
        }
        match found.len() {
            0 => Err(self.unknown_version(text, None)?),
            1 => Ok(found.remove(0)),
            _ => {
                let choices: Vec<String> = found
                    .iter()
                    .map(|(group, version)| format!("{}/{}", group.name, version.name()))
                    .collect();
                bail!("several groups have a version `{text}`; name one of {}", choices.join(", "))
            }
        }
        .and_then(|(group, version)| Ok((group, usable(version)?)))
    }

    /// A version of one group: a solution (its newest active version) or `solution/number`.
    pub(super) fn version_in(&self, group: &GroupRecord, text: &str) -> Result<VersionRecord> {
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        match pick(&versions, text) {
            Some(version) => usable(version.clone()),
            None => Err(self.unknown_version(text, Some(group))?),
        }
    }

    /// A campaign by its name, or by `group/name` where several groups have one of that name.
    pub(super) fn find_campaign(&self, text: &str) -> Result<(GroupRecord, CampaignRecord)> {
        let groups = self.store().groups()?;
        let mut known = Vec::new();
        let mut found = Vec::new();
        for group in groups {
            for campaign in self.store().read(|reader| reader.campaigns(group.id))? {
                let full = format!("{}/{}", group.name, campaign.name);
                if campaign.name == text || full == text {
                    found.push((group.clone(), campaign));
                }
                known.push(full);
            }
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let known = listed(&known, "no campaigns yet: make one with `bespoke campaign`");
                bail!("there is no campaign `{text}` in {}; it has {known}", self.path().display())
            }
            _ => {
                let choices: Vec<String> = found
                    .iter()
                    .map(|(group, campaign)| format!("{}/{}", group.name, campaign.name))
                    .collect();
                bail!("several groups have a campaign `{text}`; name one of {}", choices.join(", "))
            }
        }
    }

    fn unknown_version(&self, text: &str, group: Option<&GroupRecord>) -> Result<anyhow::Error> {
        let groups = match group {
            Some(group) => vec![group.clone()],
            None => self.store().groups()?,
        };
        let mut known = Vec::new();
        for group in &groups {
            let versions = self.store().read(|reader| reader.versions(group.id))?;
            known.extend(versions.iter().filter(|v| v.status == Status::Active).map(VersionRecord::name));
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let known = listed(&known, "none yet: train one with `bespoke train`");
        Ok(anyhow!("there is no solution version `{text}`; active versions: {known}"))
    }
}

/// The version of that name, or the newest of the solution of that name (an active one where there is one).
fn pick<'a>(versions: &'a [VersionRecord], text: &str) -> Option<&'a VersionRecord> {
    let of_solution = || versions.iter().rev().filter(|version| version.solution == text);
    versions
        .iter()
        .find(|version| version.name() == text)
        .or_else(|| of_solution().find(|version| version.status == Status::Active))
        .or_else(|| of_solution().next())
}

fn usable(version: VersionRecord) -> Result<VersionRecord> {
    if version.status == Status::Active {
        return Ok(version);
    }
    let reason = version.failure_reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    bail!("{} is {}{reason}; train the solution again", version.name(), version.status)
}

fn listed(names: &[&str], none: &str) -> String {
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}
