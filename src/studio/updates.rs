//! Bringing a version up to date: what came since its training is taken in, and nothing is learnt anew.
//!
//! The service's training mode UPDATE. It makes no metrics of its own there; here the version is scored on the group's test
//! set where that is fair: where nothing that the set holds back was trained on.

use super::Studio;
use super::outcomes::score_both;
use super::solutions::Trained;
use super::view::{TrainingReportView, VersionView};
use crate::data::Features;
use crate::data::{Interactions, Metadata};
use crate::domain::schema::SchemaField;
use crate::domain::{DatasetType, Status};
use crate::evaluation::{Benchmark, TestSet};
use crate::jobs::{JobContext, Unit};
use crate::recipes::{Artifact, Model};
use crate::store::{GroupRecord, TestSetRecord, VersionRecord};
use crate::training::{self, Moment, News, TrainReport};
use anyhow::{Context, Result, bail};
use std::sync::Arc;

/// A group's data at one time.
struct Snapshot {
    interactions: Arc<Interactions>,
    metadata: Arc<Metadata>,
    test: Arc<TestSet>,
}

impl Snapshot {
    fn moment(&self) -> Moment<'_> {
        Moment { interactions: &self.interactions, metadata: &self.metadata, test: &self.test }
    }
}

impl Studio {
    /// Makes a version of a solution that is its newest active version trained in full, with the items, users and
    /// interactions that came since. An error where there is none, the recipe can't, nothing is new, or columns changed.
    pub fn update(&self, group: &str, solution: &str, job: &JobContext) -> Result<VersionView> {
        let group = self.group(group)?;
        let base = self.updatable(&group, solution)?;
        self.take_events_in(&group)?;
        let before = self.store().read(|reader| reader.test_set(base.test_set))?;
        self.check_columns(&group, &base, &before)?;
        let now = self.active_test_set(&group, job)?;
        job.stage("Looking for what is new", Unit::Steps, 0);
        let [before, after] = [&before, &now].map(|test_set| self.snapshot(&group, &base, test_set));
        let (before, after) = (before?, after?);
        let news = News::between(before.moment(), after.moment());
        job.check()?;
        if news.is_empty() {
            bail!(
                "There should be updates to at least one dataset after last active solution version with training mode set to \
                 FULL: nothing is new since {} was trained, no item and no interaction; import new ones first",
                base.name()
            );
        }
        let begin = |writer: &crate::store::Writer<'_>| {
            writer.begin_version(group.id, solution, &base.config, now.id, Some(base.ordinal))
        };
        let id = self.change(begin)?;
        let version = self.store().read(|reader| reader.version(id))?;
        self.complete(&group, &version, job, || {
            self.take_in(&base, before.moment(), after.moment(), news, job)
        })
    }

    /// The version of a solution that an update takes over.
    fn updatable(&self, group: &GroupRecord, solution: &str) -> Result<VersionRecord> {
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        let own = versions.into_iter().filter(|version| version.solution == solution);
        let own: Vec<VersionRecord> = own.collect();
        let Some(any) = own.first() else {
            bail!("the group `{}` has no solution `{solution}`; train it in full first", group.name);
        };
        let recipe = super::recipe(&any.config.recipe)?;
        if !recipe.takes_updates {
            let able = super::recipes().into_iter().filter(|recipe| recipe.takes_updates);
            let able: Vec<&str> = able.map(|recipe| recipe.name).collect();
            bail!(
                "`{solution}` is of {}, which takes in nothing without training; train it in full (updates are for {})",
                recipe.name,
                able.join(" and ")
            );
        }
        let full = |version: &VersionRecord| version.status == Status::Active && version.updates.is_none();
        own.into_iter().rev().find(full).with_context(|| {
            format!("`{solution}` has no active version that was trained in full; train it in full first")
        })
    }

    /// Refuses columns that are others than those the version was trained with.
    fn check_columns(&self, group: &GroupRecord, base: &VersionRecord, before: &TestSetRecord) -> Result<()> {
        let (interactions, items) = self.current_versions(group)?;
        let fields = |version: Option<i64>| -> Result<Vec<SchemaField>> {
            let Some(version) = version else { return Ok(Vec::new()) };
            let schema = self.store().read(|reader| reader.dataset_version(version))?.schema;
            Ok(schema.metadata().cloned().collect())
        };
        let pairs = [
            (DatasetType::Interactions, Some(before.interactions), Some(interactions)),
            (DatasetType::Items, before.items, items),
        ];
        for (dataset, old, new) in pairs {
            let (old, new) = (fields(old)?, fields(new)?);
            let changed = old.iter().find(|field| !new.contains(field));
            let changed = changed.or_else(|| new.iter().find(|field| !old.contains(field)));
            if let Some(field) = changed {
                bail!(
                    "the column {dataset}.{} is new, gone or of another type since {} was trained; train in full",
                    field.name,
                    base.name()
                );
            }
        }
        Ok(())
    }

    fn snapshot(
        &self,
        group: &GroupRecord,
        base: &VersionRecord,
        test_set: &TestSetRecord,
    ) -> Result<Snapshot> {
        Ok(Snapshot {
            interactions: self.tested_interactions(test_set)?,
            metadata: self.metadata_for(super::recipe(&base.config.recipe)?, group, test_set)?,
            test: self.test_set_of(test_set.id)?,
        })
    }

    /// The models of a version with what came since, scored where that is fair.
    fn take_in(
        &self,
        base: &VersionRecord,
        before: Moment<'_>,
        now: Moment<'_>,
        news: News,
        job: &JobContext,
    ) -> Result<Trained> {
        let update = |full_data: bool| -> Result<(Box<dyn Model>, TrainReport)> {
            let stored = self.store().read(|reader| reader.model(base.id, full_data))?;
            let stored = stored.with_context(|| format!("{} has no model; train it in full", base.name()))?;
            let artifact = Artifact { tensors: stored.tensors, json: stored.settings };
            Ok(training::update(&artifact, before, now, &base.config, full_data, job)?)
        };
        let (model, report) = update(false)?;
        let mut seconds = report.seconds;
        let mut full = None;
        if base.config.full_data {
            let (model, report) = update(true)?;
            seconds += report.seconds;
            full = Some(model);
        }
        let mut report = TrainingReportView::from(report);
        let what = format!(
            "Took {} new items and {} new interactions into {}.",
            news.items,
            news.interactions,
            base.name()
        );
        report.notes.insert(0, what);
        let mut scores = Vec::new();
        if news.leaked > 0 {
            report.notes.push(format!(
                "Not scored: the test set holds back {} rows that {} was trained on, so its metrics would be too good.",
                news.leaked,
                base.name()
            ));
        } else if now.test.parts() > 1 {
            let what = "Not scored: the test set is asked in folds, and only a training in full has a model of each.";
            report.notes.push(what.to_owned());
        } else {
            let filtered = training::filter_events(now.interactions, now.test, &base.config)?;
            let none = Features::none(filtered.interactions.n_items());
            let (interactions, test) = (filtered.interactions.into_owned(), filtered.test.into_owned());
            scores = score_both(&Benchmark::new(interactions, test, &none), |_| Ok(&*model), job)?;
        }
        Ok(Trained { model, full, report, seconds, scores })
    }
}
