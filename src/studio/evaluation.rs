//! All versions on one test set, popularity always among them, and other tools' lists beside them.

use super::Studio;
use super::actions::{ensure_of_items, is_of_actions};
use super::foreign::contestant;
use super::request::EvaluateRequest;
use super::view::{EvaluationRow, EvaluationView};
use crate::data::read_lists;
use crate::domain::Status;
use crate::evaluation::metrics::{MetricAt, headline};
use crate::evaluation::{
    Asking, BASELINE, Contestant, Difference, Lab, Segmentation, export_lists, export_values,
};
use crate::jobs::{JobContext, Unit};
use crate::store::{GroupRecord, ScoreSetRecord, TestSetRecord, VersionRecord};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Studio {
    /// The metrics of the versions asked for on the group's test set; of all active versions where none are named.
    pub fn evaluate(&self, request: &EvaluateRequest, job: &JobContext) -> Result<EvaluationView> {
        let group = self.group(&request.group)?;
        let test_set = self.active_test_set(&group, job)?;
        let mut notes = Vec::new();
        let lab = self.lab(&group, &test_set, request, &mut notes, job)?;
        notes.extend(self.test_set_of(test_set.id)?.describe());
        let metrics = if request.metrics.is_empty() { headline() } else { request.metrics.clone() };
        job.stage("Measuring", Unit::Steps, lab.contestants.len() as u64);
        let mut results = Vec::new();
        for contestant in &lab.contestants {
            job.check()?;
            let scores = contestant.scores(&metrics);
            results.push(EvaluationRow {
                name: contestant.name.clone(),
                recipe: contestant.recipe.clone(),
                metrics: scores.metrics,
                intervals: scores.intervals,
                users: scores.users as u64,
            });
            job.advance(1);
        }
        let segmentations = self.segmentations(&group, &test_set, &lab)?;
        Ok(EvaluationView {
            split: self.test_set_view(&group, &test_set)?,
            exclude_seen: request.exclude_seen,
            results,
            actions: self.evaluated_actions(&group, &request.versions)?,
            notes,
            lab: Arc::new(lab),
            segmentations: Arc::new(segmentations),
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
        let job = JobContext::default();
        let versions = [self.version_in(&group, first)?, self.version_in(&group, second)?];
        let test_set = self.active_test_set(&group, &job)?;
        let stored = self.store().read(|reader| reader.score_sets(group.id))?;
        for version in &versions {
            ensure_of_items(version, "a comparison by test user")?;
            self.ensure_tested_on(version, &test_set)?;
            ensure!(is_scored(&stored, version), unscored(version));
        }
        let contestants = versions
            .iter()
            .map(|version| self.contestant(&group, &test_set, version, exclude_seen.into(), &job))
            .collect::<Result<Vec<_>>>()?;
        let lab = Lab { contestants };
        lab.differences(0, 1, &headline()).with_context(|| {
            let users = |at: usize| lab.contestants[at].benchmark.test.cases.len();
            format!(
                "the two versions were asked for other things to be found ({} and {} users); train both with the same \
                 event filter",
                users(0),
                users(1)
            )
        })
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
        let mut written = Vec::new();
        for version in &versions {
            let benchmark = self.benchmark(&group, &test_set, &version.config)?;
            let outcome = self.outcome(&benchmark, &group, version, request.asking(), job)?;
            let own = folder.join(format!("{}-{}", version.solution, version.ordinal));
            let folder = if request.versions.len() == 1 { folder } else { &own };
            written.extend(export_lists(&outcome.lists, &benchmark.test, &benchmark.interactions, folder)?);
        }
        Ok(written)
    }

    /// Writes the value of every tested user by every metric, of all contestants of an evaluation.
    pub fn export_values(&self, view: &EvaluationView, metrics: &[MetricAt], path: &Path) -> Result<PathBuf> {
        Ok(export_values(&view.lab, metrics, path)?)
    }

    fn contestant(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
        version: &VersionRecord,
        asking: Asking,
        job: &JobContext,
    ) -> Result<Contestant> {
        let benchmark = self.benchmark(group, test_set, &version.config)?;
        let outcome = self.outcome(&benchmark, group, version, asking, job)?;
        Ok(Contestant {
            name: version.name(),
            recipe: version.config.recipe.clone(),
            benchmark,
            runs: vec![outcome],
            missing_users: 0,
        })
    }

    /// All contestants of a request, popularity always among them.
    fn lab(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
        request: &EvaluateRequest,
        notes: &mut Vec<String>,
        job: &JobContext,
    ) -> Result<Lab> {
        let asking = request.asking();
        let versions = self.compared_versions(group, test_set, &request.versions, notes)?;
        job.stage("Reading the lists", Unit::Steps, versions.len() as u64);
        let mut contestants = Vec::new();
        for version in &versions {
            job.check()?;
            contestants.push(self.contestant(group, test_set, version, asking, job)?);
            job.advance(1);
        }
        let (benchmark, outcome) = self.popularity(group, test_set, asking, job)?;
        if versions.iter().all(|version| version.config.recipe != BASELINE) {
            contestants.push(Contestant {
                name: "popularity".to_owned(),
                recipe: BASELINE.to_owned(),
                benchmark: Arc::clone(&benchmark),
                runs: vec![outcome],
                missing_users: 0,
            });
        }
        if request.versions.is_empty() {
            contestants.extend(self.kept_contestants(group, &benchmark, asking, notes, job)?);
        }
        for (name, path) in &request.predictions {
            ensure!(
                contestants.iter().all(|contestant| contestant.name != *name),
                "there is a contestant `{name}` already; give the lists of {} another name",
                path.display()
            );
            let (lists, source) = (read_lists(path, job)?, path.display().to_string());
            contestants.push(contestant(name, &source, &lists, &benchmark, asking, notes)?);
        }
        if request.pool_seeds {
            contestants = pooled(contestants, &versions);
        }
        Ok(Lab { contestants })
    }

    /// The ways to tell for whom a contestant is good: by what is known of users and items.
    fn segmentations(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
        lab: &Lab,
    ) -> Result<Vec<Segmentation>> {
        let Some(contestant) = lab.contestants.first() else { return Ok(Vec::new()) };
        let benchmark = &contestant.benchmark;
        let metadata = self.all_metadata(group, test_set)?;
        let mut all = vec![
            Segmentation::activity(benchmark),
            Segmentation::popularity(benchmark),
            Segmentation::time(benchmark),
        ];
        all.extend(Segmentation::of_users(benchmark, &metadata.users));
        all.extend(Segmentation::of_items(&metadata.items));
        Ok(all)
    }

    /// Refuses a version that was trained for another test set than this one, with what is other about it.
    fn ensure_tested_on(&self, version: &VersionRecord, test_set: &TestSetRecord) -> Result<()> {
        if version.test_set == test_set.id {
            return Ok(());
        }
        let own = self.store().read(|reader| reader.test_set(version.test_set))?;
        let why = if own.interactions != test_set.interactions {
            "the interactions were imported anew since, and it has seen rows that are held back now"
        } else if own.spec != test_set.spec {
            "it was trained for another split, so it has seen rows that this one holds back"
        } else {
            "the group's Items changed since, and with them the catalogue that lists are drawn from"
        };
        bail!(
            "{} can't be compared on the current test set: {why}; train it again, or choose its test set with `bespoke \
             split` where that is still possible",
            version.name()
        )
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
            if is_of_actions(&version) {
                continue;
            }
            self.ensure_tested_on(&version, test_set)?;
            ensure!(is_scored(&stored, &version), unscored(&version));
            compared.push(version);
        }
        if names.is_empty() {
            for version in self.store().read(|reader| reader.versions(group.id))? {
                if version.status != Status::Active || is_of_actions(&version) {
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

/// Versions that differ by their seed alone are one contestant, named after the first with their number.
fn pooled(contestants: Vec<Contestant>, versions: &[VersionRecord]) -> Vec<Contestant> {
    let without_seed = |version: &VersionRecord| {
        (
            version.solution.clone(),
            crate::domain::solution::SolutionConfig { seed: 0, ..version.config.clone() },
        )
    };
    let mut pooled: Vec<Contestant> = Vec::new();
    let mut keys = Vec::new();
    for (place, contestant) in contestants.into_iter().enumerate() {
        let key = versions.get(place).map(without_seed);
        let same = keys.iter().position(|known| key.is_some() && *known == key);
        if let Some(at) = same {
            pooled[at].runs.extend(contestant.runs);
        } else {
            keys.push(key);
            pooled.push(contestant);
        }
    }
    for contestant in pooled.iter_mut().filter(|contestant| contestant.runs.len() > 1) {
        contestant.name = format!("{} (mean of {} seeds)", contestant.name, contestant.runs.len());
    }
    pooled
}
