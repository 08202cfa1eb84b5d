//! What the metadata a version reads are worth, and the same solution without what is worth nothing.

use super::Studio;
use super::request::TrainRequest;
use super::view::VersionView;
use crate::evaluation::metrics::MetricAt;
use crate::evaluation::{Worth, worth};
use crate::jobs::JobContext;
use anyhow::{Result, ensure};

impl Studio {
    /// What every column that a version reads is worth to it on the group's test set, by a metric with a value per user.
    pub fn worth(
        &self,
        group: &str,
        version: &str,
        metric: MetricAt,
        exclude_seen: bool,
        job: &JobContext,
    ) -> Result<Vec<Worth>> {
        ensure!(
            metric.is_per_user(),
            "{} is of all lists together: it has no value per user; choose another metric",
            metric.title()
        );
        let group = self.group(group)?;
        let test_set = self.active_test_set(&group, job)?;
        let version = self.version_in(&group, version)?;
        ensure!(
            version.test_set == test_set.id && version.updates.is_none(),
            "{} was not trained for the group's test set, so it has seen rows of it; train it again",
            version.name()
        );
        let benchmark = self.benchmark(&group, &test_set, &version.config)?;
        ensure!(
            benchmark.test.parts() == 1,
            "the test set is in folds, of which each has a model of its own and one is kept; choose a test set without folds"
        );
        let model = self.model_of(&version, false)?;
        ensure!(
            !model.columns().is_empty(),
            "{} reads no metadata: its recipe doesn't, or there are none",
            version.name()
        );
        let found = worth(&*model, &benchmark, metric, exclude_seen, version.config.seed, job)?;
        ensure!(!found.is_empty(), "nobody is tested");
        Ok(found)
    }

    /// Trains another version of a solution, as the one given but without some columns.
    pub fn train_without(
        &self,
        group: &str,
        version: &str,
        columns: &[String],
        job: &JobContext,
    ) -> Result<VersionView> {
        let record = self.version_in(&self.group(group)?, version)?;
        let mut config = record.config.clone();
        for column in columns {
            if !config.excluded_columns.contains(column) {
                config.excluded_columns.push(column.clone());
            }
        }
        let request = TrainRequest { group: group.to_owned(), solution: Some(record.solution), config };
        self.train(&request, job)
    }
}
