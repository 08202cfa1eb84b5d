//! All versions on one test set, popularity always among them.

use super::request::EvaluateRequest;
use super::view::{EvaluationRow, EvaluationView};
use super::{Studio, scores};
use crate::data::Metadata;
use crate::domain::Status;
use crate::domain::solution::{Device, SolutionConfig};
use crate::evaluation::{Difference, Scores, compare, evaluate, export_lists};
use crate::jobs::JobContext;
use crate::store::{GroupRecord, ScoreSetRecord, TestSetRecord, VersionRecord};
use crate::training;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The recipe that every other is measured against.
const BASELINE: &str = "popularity-count";

impl Studio {
    /// The metrics of the versions asked for on the group's test set; of all active versions where none are named.
    pub fn evaluate(&self, request: &EvaluateRequest, job: &JobContext) -> Result<EvaluationView> {
        let group = self.group(&request.group)?;
        let test_set = self.active_test_set(&group, job)?;
        let mut notes = Vec::new();
        let versions = self.compared_versions(&group, &test_set, &request.versions, &mut notes)?;
        let stored = self.store().read(|reader| reader.score_sets(group.id))?;
        let mut results = Vec::new();
        for version in &versions {
            let set = score_set(&stored, version, request.exclude_seen)?;
            results.push(EvaluationRow {
                name: version.name(),
                recipe: version.config.recipe.clone(),
                metrics: set.metrics.iter().map(|(key, metric)| (key.clone(), metric.value)).collect(),
                intervals: set
                    .metrics
                    .iter()
                    .filter_map(|(key, metric)| Some((key.clone(), metric.interval?)))
                    .collect(),
                users: set.users,
            });
        }
        if versions.iter().all(|version| version.config.recipe != BASELINE) {
            results.push(self.popularity(&test_set, request.exclude_seen, job)?);
        }
        notes.extend(self.test_set_of(test_set.id)?.describe());
        Ok(EvaluationView {
            split: self.test_set_view(&group, &test_set)?,
            exclude_seen: request.exclude_seen,
            results,
            notes,
        })
    }

    /// What the first version does better than the second, metric by metric, over the same users.
    pub fn compare(
        &self,
        group: &str,
        first: &str,
        second: &str,
        exclude_seen: bool,
    ) -> Result<Vec<Difference>> {
        let group = self.group(group)?;
        let (first, second) = (self.version_in(&group, first)?, self.version_in(&group, second)?);
        ensure!(
            first.test_set == second.test_set,
            "{} and {} were scored on different test sets; train both on the same one",
            first.name(),
            second.name()
        );
        let stored = self.store().read(|reader| reader.score_sets(group.id))?;
        for version in [&first, &second] {
            ensure!(is_scored(&stored, version), unscored(version));
        }
        let read = |version: &VersionRecord| -> Result<Scores> {
            let set = score_set(&stored, version, exclude_seen)?;
            scores::unpack(set, &self.store().read(|reader| reader.per_user_values(set))?)
        };
        Ok(compare(&read(&first)?, &read(&second)?, 0)?)
    }

    /// Writes `lists.jsonl` and `truth.jsonl` of versions, so that anyone can take the metrics again: into the folder
    /// where one version is named, into a folder each (`solution-number`) otherwise.
    pub fn export_lists(
        &self,
        request: &EvaluateRequest,
        folder: &Path,
        job: &JobContext,
    ) -> Result<Vec<PathBuf>> {
        let group = self.group(&request.group)?;
        let test_set = self.active_test_set(&group, job)?;
        let versions = self.compared_versions(&group, &test_set, &request.versions, &mut Vec::new())?;
        let interactions = self.tested_interactions(&test_set)?;
        let test = self.test_set_of(test_set.id)?;
        let mut written = Vec::new();
        for version in &versions {
            let filtered = training::filter_events(&interactions, &test, &version.config)?;
            let model = self.model_of(version, false)?;
            let scores =
                evaluate(&*model, &filtered.interactions, &filtered.test, request.exclude_seen, job)?;
            let own = folder.join(format!("{}-{}", version.solution, version.ordinal));
            let folder = if request.versions.len() == 1 { folder } else { &own };
            written.extend(export_lists(&scores, &filtered.test, &filtered.interactions, folder)?);
        }
        Ok(written)
    }

    /// The versions asked for, or all active ones. A version trained for another test set has seen rows of this one:
    /// asked for by name it is refused, otherwise left out with a note.
    fn compared_versions(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
        names: &[String],
        notes: &mut Vec<String>,
    ) -> Result<Vec<VersionRecord>> {
        let stored = self.store().read(|reader| reader.score_sets(group.id))?;
        let mut compared = Vec::new();
        for name in names {
            let version = self.version_in(group, name)?;
            ensure!(
                version.test_set == test_set.id,
                "{} was trained for another test set or for data since replaced, so it has seen rows of this one; \
                 train it again, or choose its test set with `bespoke split`",
                version.name()
            );
            ensure!(is_scored(&stored, &version), unscored(&version));
            compared.push(version);
        }
        if names.is_empty() {
            for version in self.store().read(|reader| reader.versions(group.id))? {
                if version.status != Status::Active {
                    continue;
                }
                if !is_scored(&stored, &version) {
                    notes.push(format!("{}.", unscored(&version)));
                } else if version.test_set == test_set.id {
                    compared.push(version);
                } else {
                    notes.push(format!(
                        "{} is left out: it was trained for another test set or for data since replaced.",
                        version.name()
                    ));
                }
            }
        }
        Ok(compared)
    }

    /// The baseline where no version is one: trained on the spot, scored, and remembered.
    fn popularity(
        &self,
        test_set: &TestSetRecord,
        exclude_seen: bool,
        job: &JobContext,
    ) -> Result<EvaluationRow> {
        let scores = self.memory().popularity.get_or_make((test_set.id, exclude_seen), || {
            let interactions = self.tested_interactions(test_set)?;
            let test = self.test_set_of(test_set.id)?;
            let config = SolutionConfig {
                recipe: BASELINE.to_owned(),
                parameters: super::recipe(BASELINE)?.parameters_from([])?,
                event_type: None,
                event_value_threshold: None,
                event_weights: Vec::new(),
                excluded_columns: Vec::new(),
                seed: 0,
                device: Device::Auto,
                full_data: false,
            };
            let (model, _) =
                training::train(&interactions, &Metadata::none(&interactions), &test, &config, job)?;
            let scores = evaluate(&*model, &interactions, &test, exclude_seen, job)?;
            Ok::<_, anyhow::Error>(Arc::new(scores))
        })?;
        Ok(EvaluationRow {
            name: "popularity".to_owned(),
            recipe: BASELINE.to_owned(),
            metrics: scores.metrics.clone(),
            intervals: scores.intervals.clone(),
            users: scores.users.len() as u64,
        })
    }
}

/// Whether a version has metrics: one that was brought up to date has none where the test set of now would flatter it.
fn is_scored(stored: &[ScoreSetRecord], version: &VersionRecord) -> bool {
    version.updates.is_none() || stored.iter().any(|set| set.version == version.id)
}

fn unscored(version: &VersionRecord) -> String {
    format!(
        "{} was not scored: {} was trained on rows that the test set holds back; train the solution in full to compare it",
        version.name(),
        version.updates_name().unwrap_or_default()
    )
}

fn score_set<'a>(
    stored: &'a [ScoreSetRecord],
    version: &VersionRecord,
    exclude_seen: bool,
) -> Result<&'a ScoreSetRecord> {
    stored
        .iter()
        .find(|set| set.version == version.id && set.exclude_seen == exclude_seen)
        .with_context(|| format!("{} has no metrics; train the solution again", version.name()))
}
