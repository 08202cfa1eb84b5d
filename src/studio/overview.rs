//! The whole project as the faces see it.

use super::Studio;
use super::campaigns::followed;
use super::filters::filter_view;
use super::foreign::foreign_view;
use super::simulations::simulation_view;
use super::view::{
    BatchJobView, CampaignView, DatasetView, GroupView, ImportJobView, ProjectView, SolutionView,
    TestSetView, TrainingReportView, VersionView,
};
use crate::domain::DatasetType;
use crate::store::{
    DatasetVersionRecord, GroupRecord, Reader, ScoreSetRecord, StoreError, TestSetRecord, VersionRecord,
};
use anyhow::Result;
use std::collections::BTreeMap;

impl Studio {
    /// Everything there is, from one consistent state.
    pub fn overview(&self) -> Result<ProjectView> {
        let groups = self
            .store()
            .read(|reader| reader.groups()?.iter().map(|group| group_view(reader, group)).collect())?;
        Ok(ProjectView {
            name: self.path().file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            path: self.path().to_owned(),
            read_only: self.is_read_only(),
            groups,
        })
    }
}

fn group_view(reader: &Reader<'_>, group: &GroupRecord) -> Result<GroupView, StoreError> {
    let imports = reader.import_jobs(group.id)?;
    let mut current = Vec::new();
    for kind in DatasetType::ALL {
        current.extend(reader.dataset(group.id, kind)?);
    }
    let datasets = current
        .iter()
        .map(|dataset| DatasetView {
            kind: dataset.kind,
            rows: dataset.rows,
            users: dataset.users,
            items: dataset.items,
            version: dataset.ordinal,
            imported_at: dataset.created_at,
            source: dataset.source.clone(),
            schema: dataset.schema.clone(),
            problems: imports.iter().find(|job| job.kind == dataset.kind).map_or(0, |job| job.problems),
        })
        .collect();
    let test_sets = reader.test_sets(group.id)?;
    let versions = reader.versions(group.id)?;
    let scores = reader.score_sets(group.id)?;
    let names: BTreeMap<i64, (String, String)> = versions
        .iter()
        .map(|version| (version.id, (version.name(), version.config.recipe.clone())))
        .collect();
    let named = |id: i64| names.get(&id).cloned().unwrap_or_default();
    let views = versions
        .iter()
        .map(|version| Ok((version.solution.as_str(), version_view(version, &scores, &test_sets, &current)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let solutions = reader
        .solutions(group.id)?
        .into_iter()
        .filter_map(|solution| {
            let versions: Vec<VersionView> = views
                .iter()
                .filter(|(name, _)| *name == solution.name)
                .map(|(_, version)| version.clone())
                .collect();
            let config = versions.last()?.config.clone();
            Some(SolutionView { name: solution.name, recipe: solution.recipe, config, versions })
        })
        .collect();
    let campaigns = reader.campaigns(group.id)?.into_iter().map(|campaign| {
        let answers = followed(&versions, &campaign).map_or(campaign.version, |version| version.id);
        let (version, recipe) = named(answers);
        CampaignView {
            name: campaign.name,
            version,
            recipe,
            status: campaign.status,
            settings: campaign.settings,
            use_case: campaign.use_case,
            created_at: campaign.created_at,
        }
    });
    let filters = reader.filters(group.id)?.into_iter().map(filter_view);
    let foreign_lists = reader.foreign_lists(group.id)?.into_iter().map(foreign_view);
    let batch_jobs = reader.batch_jobs(group.id)?.into_iter().map(|job| BatchJobView {
        version: named(job.version).0,
        input: job.input,
        output: job.output,
        status: job.status,
        failure_reason: job.failure_reason,
        lines: job.lines,
        errors: job.errors,
        seconds: job.seconds,
        created_at: job.created_at,
    });
    let import_jobs = imports.into_iter().map(|job| ImportJobView {
        dataset: job.kind,
        source: job.source,
        mode: job.mode,
        status: job.status,
        failure_reason: job.failure_reason,
        rows: job.totals.rows,
        accepted: job.totals.accepted,
        rejected: job.totals.rejected,
        created_at: job.created_at,
        seconds: job.totals.seconds,
    });
    Ok(GroupView {
        name: group.name.clone(),
        created_at: group.created_at,
        datasets,
        test_sets: test_sets.iter().map(|test_set| test_set_view(test_set, &current)).collect(),
        solutions,
        campaigns: campaigns.collect(),
        filters: filters.collect(),
        foreign_lists: foreign_lists.collect(),
        batch_jobs: batch_jobs.collect(),
        simulations: reader.simulations(group.id)?.into_iter().map(simulation_view).collect(),
        import_jobs: import_jobs.collect(),
    })
}

/// A test set, told whether it was cut from the datasets as they are now.
pub(super) fn test_set_view(record: &TestSetRecord, current: &[DatasetVersionRecord]) -> TestSetView {
    TestSetView {
        spec: record.spec.clone(),
        users: record.users,
        skipped_users: record.skipped_users,
        training_rows: record.training_rows,
        truth_items: record.truth_items,
        created_at: record.created_at,
        active: record.active,
        current: is_current(record, current),
    }
}

fn is_current(record: &TestSetRecord, current: &[DatasetVersionRecord]) -> bool {
    let id_of = |kind| current.iter().find(|dataset| dataset.kind == kind).map(|dataset| dataset.id);
    id_of(DatasetType::Interactions) == Some(record.interactions) && id_of(DatasetType::Items) == record.items
}

/// A version with its scores.
pub(super) fn version_view(
    version: &VersionRecord,
    scores: &[ScoreSetRecord],
    test_sets: &[TestSetRecord],
    current: &[DatasetVersionRecord],
) -> Result<VersionView, StoreError> {
    let of = |exclude_seen| {
        scores.iter().find(|set| set.version == version.id && set.exclude_seen == exclude_seen)
    };
    let values = |set: Option<&ScoreSetRecord>| -> BTreeMap<String, f64> {
        set.into_iter()
            .flat_map(|set| &set.metrics)
            .map(|(key, metric)| (key.clone(), metric.value))
            .collect()
    };
    let test_set = test_sets.iter().find(|test_set| test_set.id == version.test_set);
    let report: Option<TrainingReportView> = version
        .report
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|source| StoreError::Json { what: "a training report", source })?;
    Ok(VersionView {
        name: version.name(),
        recipe: version.config.recipe.clone(),
        config: version.config.clone(),
        status: version.status,
        failure_reason: version.failure_reason.clone(),
        can_resume: version.can_resume && version.status.is_final(),
        updates: version.updates_name(),
        report,
        metrics: values(of(false)),
        metrics_exclude_seen: values(of(true)),
        intervals: of(false)
            .into_iter()
            .flat_map(|set| &set.metrics)
            .filter_map(|(key, metric)| Some((key.clone(), metric.interval?)))
            .collect(),
        test_set: test_set.map(|test_set| test_set.spec.name.clone()).unwrap_or_default(),
        comparable: test_set.is_some_and(|test_set| test_set.active && is_current(test_set, current))
            && (version.updates.is_none() || of(false).is_some()),
        created_at: version.created_at,
        seconds: version.seconds,
        model_bytes: version.model_bytes,
    })
}
