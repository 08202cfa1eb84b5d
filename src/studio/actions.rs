//! Actions of a group: encoded, trained on, measured, and served.

use super::Studio;
use super::solutions::Trained;
use super::view::{EvaluationRow, FoundId, TrainingReportView};
use crate::data::{Actions, Metadata, RowsById, title_field};
use crate::domain::{DatasetType, RecipeDescriptor, Status, count_words};
use crate::evaluation::{
    ActionOutcome, Lists, ask_actions, calibration, cut_actions, scores_of, taken_shares,
};
use crate::jobs::JobContext;
use crate::recipes::Query;
use crate::recipes::next_best_action::PERIOD;
use crate::store::{GroupRecord, TestSetRecord, VersionRecord};
use crate::training;
use anyhow::{Result, ensure};
use std::sync::Arc;

/// The share of people who are tested, as in the service.
const TESTED: f64 = 0.1;

impl Studio {
    /// The newest versions of a group's Actions and action interactions.
    pub(super) fn action_versions(&self, group: &GroupRecord) -> Result<(i64, Option<i64>)> {
        let actions = self.needed_dataset_id(group, DatasetType::Actions)?;
        Ok((actions, self.dataset_id(group, DatasetType::ActionInteractions)?))
    }

    /// The actions of a group as they are now.
    pub(super) fn current_actions(&self, group: &GroupRecord) -> Result<Arc<Actions>> {
        self.actions_of(self.action_versions(group)?)
    }

    /// The actions of a version of Actions, with what a version of action interactions says became of them.
    pub(super) fn actions_of(&self, (actions, log): (i64, Option<i64>)) -> Result<Arc<Actions>> {
        self.memory().actions.get_or_make((actions, log), || {
            let (table, schema) = self.table_and_schema(actions)?;
            let log = log.map(|log| self.table_and_schema(log)).transpose()?;
            let log = log.as_ref().map(|(table, schema)| (&**table, schema));
            Ok(Arc::new(Actions::encode(&table, &schema, log)))
        })
    }

    /// Trains a version of a recipe for actions without the tested people, and measures it on them.
    pub(super) fn fit_actions(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        test_set: &TestSetRecord,
        job: &JobContext,
    ) -> Result<Trained> {
        let config = &version.config;
        let interactions = self.tested_interactions(test_set)?;
        let actions = self.current_actions(group)?;
        let metadata = self.metadata_for(super::recipe(&config.recipe)?, group, test_set)?;
        let seed = test_set.spec.seed;
        let test = cut_actions(&interactions, &actions.log, seed, TESTED);
        let others: Vec<bool> = test.people.iter().map(|tested| !tested).collect();
        let with = |actions| Metadata { actions: Some(actions), ..(*metadata).clone() };
        let learnt_from = Arc::new(actions.of_users(&others));
        let known = with(Arc::clone(&learnt_from));
        let (model, mut report) = training::train(&interactions, &known, &test.set, config, job)?;
        let mut seconds = report.seconds;
        let period = config.parameters.int(PERIOD);
        let data = (&*interactions, &*actions);
        let outcome = ask_actions(scores_of(&*model), data, &test.people, period, job)?;
        let shares = taken_shares(&learnt_from, period);
        let popular = |_: &Query<'_>, scores: &mut [f32]| scores.copy_from_slice(&shares);
        let popular = ask_actions(popular, data, &test.people, period, job)?;
        report.notes.extend(notes(&outcome, &popular, seed));
        let mut full = None;
        if config.full_data {
            let known = with(actions);
            let (model, refit) = training::refit(
                &interactions,
                &known,
                &test.set,
                config,
                model.tuned(),
                &job.part("all data"),
            )?;
            seconds += refit.seconds;
            full = Some(model);
        }
        let scores = vec![(outcome.scores(), Lists::with_room(0))];
        let calibration = calibration(&outcome.showings);
        let report = TrainingReportView { calibration, ..report.into() };
        Ok(Trained { model, full, report, seconds, scores })
    }

    /// What versions for actions were measured to be, those named or all that can be used.
    pub(super) fn evaluated_actions(
        &self,
        group: &GroupRecord,
        names: &[String],
    ) -> Result<Vec<EvaluationRow>> {
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        let stored = self.store().read(|reader| reader.score_sets(group.id))?;
        let is_asked = |version: &VersionRecord| {
            let is_named = |name: &String| *name == version.name() || *name == version.solution;
            names.is_empty() || names.iter().any(is_named)
        };
        let is_meant = |version: &&VersionRecord| {
            version.status == Status::Active && is_of_actions(version) && is_asked(version)
        };
        let row = |version: &VersionRecord| {
            let set = stored.iter().find(|set| set.version == version.id)?;
            let metrics = set.metrics.iter().map(|(key, metric)| (key.clone(), metric.value));
            Some(EvaluationRow {
                name: version.name(),
                recipe: version.config.recipe.clone(),
                metrics: metrics.collect(),
                intervals: std::collections::BTreeMap::new(),
                users: set.users,
            })
        };
        Ok(versions.iter().filter(is_meant).filter_map(row).collect())
    }

    /// What people call actions of a group, by their ids; the id where there is no title.
    pub fn action_titles(&self, group: &str, ids: &[&str]) -> Result<Vec<String>> {
        let group = self.group(group)?;
        let (version, _) = self.action_versions(&group)?;
        let (table, schema) = self.table_and_schema(version)?;
        let title = title_field(schema.fields.iter().map(|field| field.name.as_str())).map(str::to_owned);
        let known = self.current_actions(&group)?;
        let rows = RowsById::new(&table, "ACTION_ID", known.ids());
        let label = |id: &&str| {
            let index = known.ids().index(id)?;
            rows.cell(index, title.as_deref()?)
        };
        Ok(ids.iter().map(|id| label(id).unwrap_or_else(|| (*id).to_owned())).collect())
    }

    /// Actions whose id or title contains a text, in any case, those with the most action interactions first.
    pub fn search_actions(&self, group: &str, text: &str, limit: usize) -> Result<Vec<FoundId>> {
        let known = self.current_actions(&self.group(group)?)?;
        let ids: Vec<&str> = known.ids().iter().collect();
        let titles = self.action_titles(group, &ids)?;
        let mut counts = vec![0_u64; ids.len()];
        known.log.item.iter().for_each(|&action| counts[action as usize] += 1);
        let sought = text.to_lowercase();
        let mut found: Vec<FoundId> = ids
            .into_iter()
            .zip(titles)
            .zip(counts)
            .filter(|((id, title), _)| {
                id.to_lowercase().contains(&sought) || title.to_lowercase().contains(&sought)
            })
            .map(|((id, label), interactions)| FoundId { id: id.to_owned(), label, interactions })
            .collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.interactions));
        found.truncate(limit);
        Ok(found)
    }
}

/// Refuses what is only there for recipes that recommend items.
pub(super) fn ensure_of_items(version: &VersionRecord, what: &str) -> Result<()> {
    ensure!(
        !is_of_actions(version),
        "{} recommends actions, and {what} is for recipes that recommend items; ask its campaign for one user at a time",
        version.name()
    );
    Ok(())
}

/// Whether a version recommends actions.
pub(super) fn is_of_actions(version: &VersionRecord) -> bool {
    super::recipe(&version.config.recipe).is_ok_and(RecipeDescriptor::recommends_actions)
}

fn notes(outcome: &ActionOutcome, popular: &ActionOutcome, seed: u64) -> Vec<String> {
    let tested = format!(
        "Tested on {} people who are absent from training, by {} showings of actions with a probability.",
        count_words(outcome.people.len() as u64),
        count_words(outcome.showings.len() as u64)
    );
    let against = outcome.against(popular, "the share that takes each action", seed);
    std::iter::once(tested).chain(against).collect()
}
