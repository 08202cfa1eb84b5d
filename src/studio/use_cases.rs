//! Ready-made campaigns: a use case trained and served in one step.

use super::Studio;
use super::request::TrainRequest;
use super::view::CampaignView;
use crate::domain::DatasetType;
use crate::domain::campaign::{LATEST, SYNC_WITH_LATEST};
use crate::domain::filter::{Filter, Target};
use crate::domain::limits::FILTER_EVENTS;
use crate::domain::solution::SolutionConfig;
use crate::domain::use_case::{USE_CASES, UseCase};
use crate::jobs::JobContext;
use crate::serving::CompiledFilter;
use crate::store::{GroupRecord, VersionRecord};
use anyhow::{Context, Result, anyhow, bail};
use std::sync::Arc;

impl Studio {
    /// Trains what a use case needs and serves it under a name. The campaign follows its solution, which is named as the
    /// campaign: a version trained later takes over by itself. `settings` are those of the recipe's campaigns.
    pub fn create_recommender(
        &self,
        group: &str,
        name: &str,
        use_case: &str,
        settings: &[(String, String)],
        job: &JobContext,
    ) -> Result<CampaignView> {
        let Some(use_case) = UseCase::find(use_case) else {
            let known: Vec<&str> = USE_CASES.iter().map(|one| one.name).collect();
            bail!("there is no use case `{use_case}`; use one of {}", known.join(", "))
        };
        let record = self.group(group)?;
        if let Some(lacks) = self.use_case_lacks(&record, use_case)? {
            bail!(lacks);
        }
        let recipe = super::recipe(use_case.recipe)?;
        let parameters = recipe.parameters_from(use_case.parameters.iter().copied())?;
        let config = SolutionConfig {
            event_type: use_case.event_type.map(str::to_owned),
            full_data: true,
            ..SolutionConfig::of(recipe.name, parameters)
        };
        let request = TrainRequest { group: group.to_owned(), solution: Some(name.to_owned()), config };
        self.train(&request, job)?;
        let mut settings = settings.to_vec();
        if !settings.iter().any(|(setting, _)| setting == SYNC_WITH_LATEST) {
            settings.push((SYNC_WITH_LATEST.to_owned(), "true".to_owned()));
        }
        self.make_campaign(group, name, &format!("{name}{LATEST}"), &settings, Some(use_case))
    }

    /// Why a use case can't be made of a group's data; none where it can.
    fn use_case_lacks(&self, group: &GroupRecord, use_case: &UseCase) -> Result<Option<String>> {
        let interactions = self.current_interactions(group)?;
        let mut counts = vec![0; interactions.event_types.len().max(1)];
        for &event_type in &interactions.event_type {
            counts[usize::from(event_type)] += 1;
        }
        let names = interactions.event_types.iter().chain([""]);
        let events: Vec<(&str, u64)> = names.zip(counts).collect();
        let has_items = self.dataset_id(group, DatasetType::Items)?.is_some();
        Ok(use_case.lacks(&events, has_items))
    }

    /// The filter that a use case brings, over the catalogue of a version. It looks at the newest 100 events of a user and a
    /// type, as the service's does.
    pub(super) fn automatic_filter(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        use_case: &UseCase,
    ) -> Result<Option<Arc<CompiledFilter>>> {
        let Some(text) = use_case.automatic_filter() else { return Ok(None) };
        let filter = Filter::parse(&text).with_context(|| format!("the filter of {}", use_case.title))?;
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        let catalogue = (test_set.interactions, test_set.items);
        let key = self.catalogue_key_of(group, Target::Items, catalogue, Some(FILTER_EVENTS))?;
        // Filters of the store have ids above zero.
        let place = USE_CASES.iter().position(|one| one == use_case).unwrap_or_default();
        let id = -1 - place as i64;
        let compiled = self.memory().filters.get_or_make((id, key), || {
            let data = self.filter_data(group, key)?;
            let compiled = CompiledFilter::new(use_case.title, &filter, &data);
            let wrong = |error| anyhow!("the filter of {} does not fit the data: {error}", use_case.title);
            Ok::<_, anyhow::Error>(Arc::new(compiled.map_err(wrong)?))
        })?;
        Ok(Some(compiled))
    }
}
