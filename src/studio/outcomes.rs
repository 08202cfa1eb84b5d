//! Lists of versions and what they are measured against, kept in memory once read or made.

use super::Studio;
use crate::data::{Interactions, Metadata, creation_times};
use crate::domain::DatasetType;
use crate::domain::exploration::USUAL_CUT_OFF_DAYS;
use crate::domain::solution::SolutionConfig;
use crate::evaluation::metrics::headline;
use crate::evaluation::{Asking, BASELINE, Benchmark, Lists, Outcome, Scores, TestSet, ask, measure};
use crate::jobs::JobContext;
use crate::recipes::Model;
use crate::store::{GroupRecord, MetricValue, TestSetRecord, VersionRecord};
use crate::training;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What decides a benchmark: the test set, and which events a solution sees, as JSON.
pub(super) type BenchmarkKey = (i64, String);

/// Metrics with their intervals; one that is no number is left out.
pub(super) fn metric_values(scores: &Scores) -> BTreeMap<String, MetricValue> {
    let finite = scores.metrics.iter().filter(|(_, value)| value.is_finite());
    finite
        .map(|(key, &value)| {
            (key.clone(), MetricValue { value, interval: scores.intervals.get(key).copied() })
        })
        .collect()
}

/// Which items came to be no longer before the newest interaction than a campaign explores them for.
fn new_items(interactions: &Interactions, created: Option<&[Option<i64>]>) -> Arc<[bool]> {
    let newest = interactions.timestamp.iter().copied().max().unwrap_or_default();
    let span = (USUAL_CUT_OFF_DAYS * 86_400.0) as i64;
    creation_times(interactions, created).iter().map(|&created| newest - created <= span).collect()
}

/// Asks the models of a test set, one a part, and puts their lists in the order of its cases.
fn ask_parts<'a>(
    interactions: &Interactions,
    test: &TestSet,
    asking: Asking,
    model: impl Fn(usize) -> Result<&'a dyn Model>,
    job: &JobContext,
) -> Result<Lists> {
    if test.parts() == 1 {
        return Ok(ask(model(0)?, interactions, test, asking, job)?);
    }
    let mut place = vec![(0, 0); test.cases.len()];
    let mut of_parts = Vec::with_capacity(test.parts());
    for part in 0..test.parts() {
        for (within, case) in test.cases_of_part(part).enumerate() {
            place[case] = (part, within);
        }
        of_parts.push(ask(model(part)?, interactions, &test.part(interactions, part), asking, job)?);
    }
    let mut lists = Lists::with_room(test.cases.len());
    for (part, within) in place {
        lists.push(of_parts[part].items(within), of_parts[part].scores(within));
    }
    Ok(lists)
}

/// The lists of a test set's models and their metrics, with seen items and without.
pub(super) fn score_both<'a>(
    benchmark: &Benchmark,
    model: impl Fn(usize) -> Result<&'a dyn Model>,
    job: &JobContext,
) -> Result<Vec<(Scores, Lists)>> {
    let score = |exclude_seen| {
        let lists =
            ask_parts(&benchmark.interactions, &benchmark.test, Asking::from(exclude_seen), &model, job)?;
        job.check()?;
        let outcome = benchmark.outcome(lists);
        Ok((measure(benchmark, &outcome, &headline()), outcome.lists))
    };
    [false, true].into_iter().map(score).collect()
}

impl Studio {
    /// What versions of a configuration are measured against.
    pub(super) fn benchmark(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
        config: &SolutionConfig,
    ) -> Result<Arc<Benchmark>> {
        let excluded = config.excluded_from(DatasetType::Interactions);
        let seen = (&config.event_type, config.event_value_threshold, &config.event_weights, excluded);
        let objective = self.objective_of(group)?;
        let key = (test_set.id, serde_json::to_string(&(seen, &objective))?);
        self.memory().benchmarks.get_or_make(key, || {
            let interactions = self.tested_interactions(test_set)?;
            let test = self.test_set_of(test_set.id)?;
            let filtered = training::filter_events(&interactions, &test, config)?;
            let metadata = self.all_metadata(group, test_set)?;
            let items = &metadata.items;
            let is_new = new_items(&interactions, metadata.item_created.as_deref());
            let (interactions, test) = (filtered.interactions.into_owned(), filtered.test.into_owned());
            let rewards = items.numeric.iter().find(|feature| Some(&feature.name) == objective.as_ref());
            let rewards = rewards.map(|feature| feature.values.as_slice().into());
            let benchmark = Benchmark::new(interactions, test, items).with_rewards(rewards);
            Ok(Arc::new(benchmark.with_new(is_new)))
        })
    }

    /// The attribute that the newest version with an objective is to bring: all versions are measured by it.
    fn objective_of(&self, group: &GroupRecord) -> Result<Option<String>> {
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        let newest = versions.iter().filter(|version| version.config.objective.is_some());
        let newest = newest.max_by_key(|version| version.id);
        let objective = newest.and_then(|version| version.config.objective.as_ref());
        Ok(objective.map(|objective| objective.item_attribute.clone()))
    }

    /// All that is said of the users and items of a test set.
    pub(super) fn all_metadata(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
    ) -> Result<Arc<Metadata>> {
        let users = self.dataset_id(group, DatasetType::Users)?;
        self.metadata_from(test_set.interactions, test_set.items, users, test_set.items)
    }

    /// A version's lists compared with what was to be found; a version whose lists were not kept, or not so long, is asked
    /// again.
    pub(super) fn outcome(
        &self,
        benchmark: &Benchmark,
        group: &GroupRecord,
        version: &VersionRecord,
        asking: Asking,
        job: &JobContext,
    ) -> Result<Arc<Outcome>> {
        self.memory().outcomes.get_or_make((version.id, asking), || {
            let exclude_seen = asking.exclude_seen;
            let stored = self.store().read(|reader| {
                let sets = reader.score_sets(group.id)?;
                let set =
                    sets.iter().find(|set| set.version == version.id && set.exclude_seen == exclude_seen);
                set.map(|set| reader.lists(set)).transpose()
            })?;
            let usual = asking == Asking::from(exclude_seen);
            let lists = if let Some(blob) = stored.flatten().filter(|_| usual) {
                Lists::from_blob(&blob, benchmark.catalogue.n_items())?
            } else {
                anyhow::ensure!(
                    benchmark.test.parts() == 1,
                    "of a test set in folds the lists of 25 are kept, and not the models that could give longer ones; look \
                     no deeper, or choose a test set without folds"
                );
                let model = self.model_of(version, false)?;
                ask(&*model, &benchmark.interactions, &benchmark.test, asking, job)?
            };
            anyhow::ensure!(
                lists.len() == benchmark.test.cases.len(),
                "the stored lists of {} are of another test set; train the solution again",
                version.name()
            );
            Ok(Arc::new(benchmark.outcome(lists)))
        })
    }

    /// The lists of popularity where no version is one: trained on the spot, and remembered.
    pub(super) fn popularity(
        &self,
        group: &GroupRecord,
        test_set: &TestSetRecord,
        asking: Asking,
        job: &JobContext,
    ) -> Result<(Arc<Benchmark>, Arc<Outcome>)> {
        let config = SolutionConfig::of(BASELINE, super::recipe(BASELINE)?.parameters_from([])?);
        let benchmark = self.benchmark(group, test_set, &config)?;
        let outcome = self.memory().popularity.get_or_make((test_set.id, asking), || {
            let interactions = &benchmark.interactions;
            let metadata = Metadata::none(interactions);
            let train = |part| {
                let test = benchmark.test.part(interactions, part);
                let (model, _) = training::train(interactions, &metadata, &test, &config, job)?;
                Ok::<_, anyhow::Error>(model)
            };
            let models = (0..benchmark.test.parts()).map(train).collect::<Result<Vec<_>>>()?;
            let model = |part: usize| models.get(part).map(|model| &**model).context("a model for each part");
            let lists = ask_parts(interactions, &benchmark.test, asking, model, job)?;
            Ok::<_, anyhow::Error>(Arc::new(benchmark.outcome(lists)))
        })?;
        Ok((benchmark, outcome))
    }
}
