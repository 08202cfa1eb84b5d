//! What is in a dataset: rows, problems, profiles, insights, readiness.

use super::Studio;
use super::actions::is_of_actions;
use crate::data::{self, ColumnProfile, Insights, Readiness, Table};
use crate::domain::DatasetType;
use crate::domain::mapping::Mapping;
use crate::domain::problem::Problem;
use crate::jobs::{JobContext, Unit};
use anyhow::Result;
use std::sync::Arc;

impl Studio {
    /// The rows of a dataset as they are now.
    pub fn table(&self, group: &str, dataset: DatasetType) -> Result<Arc<Table>> {
        let record = self.dataset(&self.group(group)?, dataset)?;
        self.table_of(record.id)
    }

    /// The problem rows of the newest import of a dataset, in the order found.
    pub fn problems(&self, group: &str, dataset: DatasetType) -> Result<Vec<Problem>> {
        let group = self.group(group)?;
        let jobs = self.store().read(|reader| reader.import_jobs(group.id))?;
        match jobs.iter().find(|job| job.kind == dataset && job.problems > 0) {
            Some(job) => Ok(self.store().read(|reader| reader.problems(job.id))?),
            None => Ok(Vec::new()),
        }
    }

    /// The mapping that the newest import of a dataset was made with.
    pub fn mapping(&self, group: &str, dataset: DatasetType) -> Result<Mapping> {
        Ok(self.dataset(&self.group(group)?, dataset)?.mapping)
    }

    /// Removes a dataset. Refused while a solution version was trained on it.
    pub fn delete_dataset(&self, group: &str, dataset: DatasetType) -> Result<()> {
        let group = self.group(group)?;
        self.dataset(&group, dataset)?;
        if dataset.is_of_actions() {
            let versions = self.store().read(|reader| reader.versions(group.id))?;
            if let Some(version) = versions.iter().find(|version| is_of_actions(version)) {
                anyhow::bail!(
                    "the dataset `{dataset}` is still used by {}; remove that first",
                    version.name()
                );
            }
        }
        self.change(|writer| writer.delete_dataset(group.id, dataset))?;
        Ok(())
    }

    /// What each column of a dataset holds.
    pub fn profile(&self, group: &str, dataset: DatasetType, job: &JobContext) -> Result<Vec<ColumnProfile>> {
        let record = self.dataset(&self.group(group)?, dataset)?;
        let table = self.table_of(record.id)?;
        job.stage("Looking at the columns", Unit::Rows, table.rows() as u64);
        Ok(data::profile(&table, &record.schema))
    }

    /// What the data of a group say about themselves, and what to do about it.
    pub fn analyze(&self, group: &str, job: &JobContext) -> Result<Insights> {
        let group = self.group(group)?;
        let interactions = self.dataset(&group, DatasetType::Interactions)?;
        job.stage("Looking at the data", Unit::Rows, interactions.rows);
        let mut datasets = Vec::new();
        for kind in DatasetType::ALL {
            if let Some(record) = self.store().read(|reader| reader.dataset(group.id, kind))? {
                datasets.push((self.table_of(record.id)?, record.schema));
            }
        }
        job.check()?;
        let datasets: Vec<_> = datasets.iter().map(|(table, schema)| (&**table, schema)).collect();
        Ok(data::analyze(&datasets))
    }

    /// Whether there is enough to train on, after an event filter, in the service's words where there isn't.
    pub fn readiness(
        &self,
        group: &str,
        event_type: Option<&str>,
        event_value_threshold: Option<f64>,
    ) -> Result<Readiness> {
        let table = self.table(group, DatasetType::Interactions)?;
        Ok(data::readiness(&table, event_type, event_value_threshold))
    }
}
