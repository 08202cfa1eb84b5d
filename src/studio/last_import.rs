//! The newest import of each dataset, kept so that it can be done again with a mend or another mapping.

use super::Studio;
use super::request::ImportRequest;
use crate::domain::DatasetType;
use crate::store::Writer;
use anyhow::{Context, Result};

impl Studio {
    /// What was asked for when the dataset was imported last; `None` where nothing was imported on this machine.
    pub fn last_import(&self, group: &str, dataset: DatasetType) -> Result<Option<ImportRequest>> {
        let key = key(self.group(group)?.id, dataset);
        let Some(text) = self.window_setting(&key)? else { return Ok(None) };
        let mut request: ImportRequest =
            serde_json::from_str(&text).with_context(|| format!("reading the setting {key}"))?;
        group.clone_into(&mut request.group);
        Ok(Some(request))
    }
}

/// Keeps what was asked for, in the transaction that keeps what came of it.
pub(super) fn keep_last_import(writer: &Writer<'_>, group: i64, request: &ImportRequest) -> Result<()> {
    Ok(writer.set_setting(&key(group, request.dataset), &serde_json::to_string(request)?)?)
}

fn key(group: i64, dataset: DatasetType) -> String {
    format!("import.{group}.{dataset}")
}
