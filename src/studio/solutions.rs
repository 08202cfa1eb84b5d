//! Training a version: on the group's training part, scored on its test set, stored whole.

use super::actions::is_of_actions;
use super::message::{end_status, reasons};
use super::outcomes::{metric_values, score_both};
use super::request::TrainRequest;
use super::training_needs::recipe_of;
use super::view::{TrainingReportView, VersionView};
use super::{Studio, overview};
use crate::domain::number::count_words;
use crate::domain::solution::{ItemObjective, SolutionConfig};
use crate::domain::{DatasetType, Status, check_name};
use crate::evaluation::{Lists, Scores};
use crate::jobs::{Checkpoints, JobContext, Unit};
use crate::recipes::{Model, place};
use crate::store::{GroupRecord, StoreError, TestSetRecord, VersionRecord};
use crate::training;
use anyhow::{Context, Result, bail};
use std::sync::Arc;

/// A version trained and scored, ready to be stored.
pub(super) struct Trained {
    pub model: Box<dyn Model>,
    pub full: Option<Box<dyn Model>>,
    pub report: TrainingReportView,
    pub seconds: f64,
    /// With seen items, and without; none where the test set would not be fair.
    pub scores: Vec<(Scores, Lists)>,
}

impl Studio {
    /// Trains a version of a solution (made where it is new), scores it with and without seen items, and keeps model,
    /// report and metrics in one transaction. What fails or is cancelled stays listed with its reason.
    pub fn train(&self, request: &TrainRequest, job: &JobContext) -> Result<VersionView> {
        let recipe = super::recipe(&request.config.recipe)?;
        let mut config = request.config.clone();
        recipe.name.clone_into(&mut config.recipe);
        let solution = request.solution.as_deref().unwrap_or(recipe.name);
        check_name(solution)?;
        let group = self.group(&request.group)?;
        self.take_events_in(&group)?;
        self.check_config(&group, &config)?;
        let test_set = self.active_test_set(&group, job)?;
        let id =
            self.change(|writer| writer.begin_version(group.id, solution, &config, test_set.id, None))?;
        self.make_version(&group, id, job)
    }

    /// Goes on with the training of a version that was stopped or cut short, from where it had come to.
    pub fn resume(&self, group: &str, version: &str, job: &JobContext) -> Result<VersionView> {
        let group = self.group(group)?;
        let version = self.named_version(&group, version)?;
        if !version.can_resume {
            bail!("{} has nothing to go on from; train the solution again", version.name());
        }
        if version.status == Status::CreateInProgress {
            bail!("{} is being trained; wait until it has ended", version.name());
        }
        self.change(|writer| writer.resume_version(version.id))?;
        self.make_version(&group, version.id, job)
    }

    /// Trains, scores and stores a version that was begun.
    pub(super) fn make_version(&self, group: &GroupRecord, id: i64, job: &JobContext) -> Result<VersionView> {
        let version = self.store().read(|reader| reader.version(id))?;
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        let place = KeptTraining { studio: self.clone(), version: id };
        let resumable = job.with_checkpoints(Arc::new(place));
        self.complete(group, &version, job, || self.fit(group, &version, &test_set, &resumable))
    }

    /// Stores what `make` made of a version that was begun, or why it could not.
    pub(super) fn complete(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        job: &JobContext,
        make: impl FnOnce() -> Result<Trained>,
    ) -> Result<VersionView> {
        let id = version.id;
        let outcome = make().and_then(|trained| {
            job.stage("Storing", Unit::Steps, 0);
            job.check()?;
            self.keep_version(group, version, &trained)
        });
        if let Err(error) = outcome {
            let status = end_status(&error);
            self.change(|writer| writer.fail_version(id, status, &reasons(&error)))?;
            return Err(error);
        }
        self.version_view(group, id)
    }

    /// Refuses settings that would have no effect: a device that can't be had, a column that is not there.
    pub(super) fn check_config(&self, group: &GroupRecord, config: &SolutionConfig) -> Result<()> {
        place(recipe_of(config)?, &config.parameters, config.device)?;
        if super::recipe(&config.recipe)?.recommends_actions() {
            self.action_versions(group)?;
        }
        if !config.event_weights.is_empty() {
            if !super::recipe(&config.recipe)?.weighs_events {
                bail!("{} weighs all events the same; choose one event type instead", config.recipe);
            }
            config.check_event_weights().map_err(anyhow::Error::msg)?;
            let interactions = self.current_interactions(group)?;
            for entry in &config.event_weights {
                let known = &interactions.event_types;
                if !known.iter().any(|name| entry.is_for(name)) {
                    let known: Vec<&str> = known.iter().collect();
                    bail!(
                        "there are no events of the type `{}`; there are {}",
                        entry.event_type,
                        known.join(", ")
                    );
                }
            }
        }
        if let Some(objective) = &config.objective {
            self.check_objective(group, config, objective)?;
        }
        for column in &config.excluded_columns {
            let Some((dataset, field)) = column.split_once('.') else {
                bail!("`{column}` is no column; write it as DATASET.COLUMN, such as Items.GENRES");
            };
            let Some(kind) = DatasetType::parse(dataset) else {
                bail!(
                    "`{column}`: there is no dataset type `{dataset}`; use Interactions, Items, Users or Actions"
                );
            };
            let schema = self.dataset(group, kind)?.schema;
            if schema.field(field).is_none() {
                let known: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
                bail!("{kind} has no column `{field}`; it has {}", known.join(", "));
            }
            if !schema.metadata().any(|metadata| metadata.name == field) {
                bail!("`{column}` is a field of the service's own; only metadata columns can be left out");
            }
        }
        Ok(())
    }

    /// One column of Items that is a number. The service asks for one in every row; here items without count as average.
    fn check_objective(
        &self,
        group: &GroupRecord,
        config: &SolutionConfig,
        objective: &ItemObjective,
    ) -> Result<()> {
        if !super::recipe(&config.recipe)?.takes_objective {
            bail!(
                "{} weighs relevance alone; an objective goes with user-personalization or personalized-ranking",
                config.recipe
            );
        }
        let column = &objective.item_attribute;
        let schema = self.dataset(group, DatasetType::Items)?.schema;
        let numbers = schema.metadata().filter(|field| field.kind.is_number());
        let numbers: Vec<&str> = numbers.map(|field| field.name.as_str()).collect();
        if !numbers.contains(&column.as_str()) {
            let known = if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") };
            bail!("`{column}` is no column of Items that holds numbers; those that do: {known}");
        }
        Ok(())
    }

    /// Removes a version, and its solution with the last one. Refused while a campaign uses it.
    pub fn delete_version(&self, group: &str, version: &str) -> Result<()> {
        let group = self.group(group)?;
        let found = self.named_version(&group, version)?;
        self.change(|writer| writer.delete_version(&found))?;
        Ok(())
    }

    /// A version by its name, `solution/number`, whatever has become of it.
    pub(super) fn named_version(&self, group: &GroupRecord, version: &str) -> Result<VersionRecord> {
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        let found = versions.into_iter().find(|known| known.name() == version);
        found.with_context(|| {
            format!(
                "the group `{}` has no solution version `{version}`; write it as solution/number",
                group.name
            )
        })
    }

    fn fit(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        test_set: &TestSetRecord,
        job: &JobContext,
    ) -> Result<Trained> {
        let config = &version.config;
        if is_of_actions(version) {
            return self.fit_actions(group, version, test_set, job);
        }
        let interactions = self.tested_interactions(test_set)?;
        let metadata = self.metadata_for(super::recipe(&config.recipe)?, group, test_set)?;
        let test = self.test_set_of(test_set.id)?;
        job.stage("Telling the memory needed", Unit::Steps, 0);
        let needs = self.needs_on(group, config, (test_set.interactions, test_set.items), job)?;
        if let Some(problem) = needs.problem() {
            bail!(problem);
        }
        let mut models = Vec::with_capacity(test.parts());
        let mut reports = Vec::with_capacity(test.parts());
        for part in 0..test.parts() {
            let own = test.part(&interactions, part);
            let job = if test.parts() == 1 { job.clone() } else { job.part(&own.spec.name) };
            let (model, report) = training::train(&interactions, &metadata, &own, config, &job)?;
            models.push(model);
            reports.push(report);
        }
        let benchmark = self.benchmark(group, test_set, config)?;
        let model = |part: usize| models.get(part).map(|model| &**model).context("a model for each part");
        let scores = score_both(&benchmark, model, job)?;
        let (model, mut report) =
            models.into_iter().zip(reports).next().context("a test set has at least one part")?;
        if test.parts() > 1 {
            let rows = test.train_rows(&interactions);
            report.notes.push(format!(
                "Tested in {} folds, each by a model of its own, of about {rows} rows each; what is kept for serving is \
                 the model of the first fold, or the one trained on everything.",
                test.parts()
            ));
        }
        let mut seconds = report.seconds;
        let mut full = None;
        if config.full_data {
            let (tuned, job) = (model.tuned(), job.part("all data"));
            let (model, refit) = training::refit(&interactions, &metadata, &test, config, tuned, &job)?;
            seconds += refit.seconds;
            report.notes.push(format!(
                "Trained again for serving, on {} rows: what was held back for the test set is among them.",
                count_words(refit.rows_used)
            ));
            let new = refit.notes.into_iter().filter(|note| !report.notes.contains(note)).collect::<Vec<_>>();
            report.notes.extend(new.into_iter().map(|note| format!("Of the model for serving: {note}")));
            full = Some(model);
        }
        let memory = needs.machine.map(|need| need.in_use + need.needed);
        let report = TrainingReportView { curves: job.curves(), memory, ..report.into() };
        Ok(Trained { model, full, report, seconds, scores })
    }

    fn keep_version(&self, group: &GroupRecord, version: &VersionRecord, trained: &Trained) -> Result<()> {
        let report = serde_json::to_string(&trained.report)?;
        let mut saved = vec![(false, trained.model.save()?)];
        if let Some(full) = &trained.full {
            saved.push((true, full.save()?));
        }
        let origin = self.origin_of(group, version)?;
        let mut packed = Vec::new();
        for ((scores, lists), exclude_seen) in trained.scores.iter().zip([false, true]) {
            packed.push((exclude_seen, scores.users as u64, metric_values(scores), lists.to_blob()?));
        }
        self.change(|writer| {
            for (full_data, artifact) in &saved {
                writer.add_model(version.id, *full_data, &artifact.json, &artifact.tensors)?;
            }
            for (exclude_seen, users, metrics, lists) in &packed {
                writer.add_scores(version.id, *exclude_seen, *users, metrics, lists)?;
            }
            writer.set_run_origin(version.id, &origin)?;
            writer.activate_version(version.id, &report, trained.seconds)
        })?;
        Ok(())
    }

    fn version_view(&self, group: &GroupRecord, id: i64) -> Result<VersionView> {
        Ok(self.store().read(|reader| {
            let mut current = Vec::new();
            for kind in DatasetType::ALL {
                current.extend(reader.dataset(group.id, kind)?);
            }
            let scores = reader.score_sets(group.id)?;
            overview::version_view(&reader.version(id)?, &scores, &reader.test_sets(group.id)?, &current)
        })?)
    }
}

/// Checkpoints of a version, in the project.
struct KeptTraining {
    studio: Studio,
    version: i64,
}

impl Checkpoints for KeptTraining {
    fn keep(&self, name: &str, content: &[u8]) {
        let kept: Result<(), StoreError> =
            self.studio.store().write(|writer| writer.put_checkpoint(self.version, name, content));
        if let Err(error) = kept {
            tracing::warn!("a checkpoint can't be kept: {error}");
        }
    }

    fn kept(&self, name: &str) -> Option<Vec<u8>> {
        self.studio.store().read(|reader| reader.checkpoint(self.version, name)).unwrap_or_else(|error| {
            tracing::warn!("a checkpoint can't be read, training begins anew: {error}");
            None
        })
    }
}
