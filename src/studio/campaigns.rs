//! Campaigns: a version that answers requests, live the moment it is made.

use super::Studio;
use super::desk::Desk;
use super::view::CampaignView;
use crate::data::{Interactions, Newcomers, RowsById, creation_times, impressions, times_had};
use crate::domain::campaign::{ENABLE_METADATA, LATEST, SYNC_WITH_LATEST};
use crate::domain::exploration::Exploration;
use crate::domain::use_case::UseCase;
use crate::domain::{DatasetType, Parameters, RecipeDescriptor, Status, check_name};
use crate::recipes::Model;
use crate::serving::{
    ActionShelf, Campaign, Filtering, ItemFacts, Live, LiveEvent, LiveEvents, Novelty, PredictedItem,
    Promoting, RecommendRequest, RecommendResponse,
};
use crate::store::{CampaignRecord, GroupRecord, TestSetRecord, VersionRecord};
use crate::training::{self, EventFilter};
use anyhow::{Context, Result, ensure};
use std::borrow::Cow;
use std::sync::Arc;

/// A version ready to answer.
pub(super) struct Served {
    pub(super) descriptor: &'static RecipeDescriptor,
    model: Arc<dyn Model>,
    /// Filtered as the training data were, without the columns they were without.
    interactions: Arc<Interactions>,
    /// As Users are now, where the recipe reads them.
    newcomers: Option<Newcomers>,
    /// Where campaigns of the recipe explore new items.
    novelty: Option<Novelty>,
    /// How often each item of the catalogue was had.
    had: Vec<u32>,
    /// The most frequent event type.
    usual_type: u16,
    /// The moment of the newest interaction, epoch seconds.
    newest: i64,
    event_filter: EventFilter,
}

/// What is said of items beside their ids.
enum RowsAsked {
    Disabled,
    /// The group has no Items.
    Absent,
    Given(Arc<RowsById>),
}

impl Served {
    /// Whether the version was trained on events of a kind.
    pub(super) fn keeps(&self) -> impl Fn(&LiveEvent) -> bool + Sync {
        |event| self.event_filter.keeps(&event.event_type, event.value)
    }

    pub(super) fn live<'a>(
        &self,
        events: &'a LiveEvents,
        keeps: &'a (dyn Fn(&LiveEvent) -> bool + Sync),
    ) -> Live<'a> {
        Live { events, keeps, usual_type: self.usual_type }
    }

    /// Answers with the settings of a campaign.
    pub(super) fn campaign(&self, settings: &Parameters) -> Campaign<'_> {
        Campaign {
            newcomers: self.newcomers.as_ref(),
            exploration: self.novelty.as_ref().zip(Exploration::of(self.descriptor, settings)),
            had: &self.had,
            ..Campaign::new(&*self.model, self.descriptor, &self.interactions)
        }
    }
}

/// The version that answers for a campaign, of all of its group.
pub(super) fn followed<'a>(
    versions: &'a [VersionRecord],
    campaign: &CampaignRecord,
) -> Option<&'a VersionRecord> {
    let own = versions.iter().find(|version| version.id == campaign.version)?;
    if !campaign.settings.bool(SYNC_WITH_LATEST) {
        return Some(own);
    }
    let newest =
        |version: &&VersionRecord| version.solution == own.solution && version.status == Status::Active;
    versions.iter().rev().find(newest)
}

impl Studio {
    /// Makes a campaign of a group, or gives the one of that name another version, which answers until the new one can.
    /// `version` is a solution (its newest active version), `solution/number`, or `solution/$LATEST`, which is the newest
    /// and may be followed; `settings` are names and values of what the recipe lets a campaign
    /// set, the rest at their defaults.
    pub fn create_campaign(
        &self,
        group: &str,
        name: &str,
        version: &str,
        settings: &[(String, String)],
    ) -> Result<CampaignView> {
        self.make_campaign(group, name, version, settings, None)
    }

    /// The same, for a use case where one is given.
    pub(super) fn make_campaign(
        &self,
        group: &str,
        name: &str,
        version: &str,
        settings: &[(String, String)],
        use_case: Option<&UseCase>,
    ) -> Result<CampaignView> {
        check_name(name)?;
        let group = self.group(group)?;
        let solution = version.strip_suffix(LATEST);
        let version = self.version_in(&group, solution.unwrap_or(version))?;
        let texts = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let settings = super::recipe(&version.config.recipe)?.campaign_parameters_from(texts)?;
        ensure!(
            solution.is_some() || !settings.bool(SYNC_WITH_LATEST),
            "{SYNC_WITH_LATEST} is true and the version is {}; name {}{LATEST} to follow its solution",
            version.name(),
            version.solution
        );
        self.served(&group, &version)?;
        if let Some(use_case) = use_case {
            self.automatic_filter(&group, &version, use_case)?;
        }
        let purpose = use_case.map(|use_case| use_case.name);
        self.change(|writer| writer.put_campaign(group.id, name, version.id, &settings, purpose))?;
        let made = self.store().read(|reader| reader.campaigns(group.id))?;
        let created_at = made.iter().find(|made| made.name == name).map_or(0, |made| made.created_at);
        Ok(CampaignView {
            name: name.to_owned(),
            version: version.name(),
            recipe: version.config.recipe,
            status: Status::Active,
            settings,
            use_case: purpose.map(str::to_owned),
            created_at,
        })
    }

    pub fn delete_campaign(&self, group: &str, name: &str) -> Result<()> {
        let (_, campaign) = self.find_campaign(&format!("{group}/{name}"))?;
        self.change(|writer| writer.delete_campaign(campaign.id))?;
        Ok(())
    }

    /// Answers one request. The campaign is named alone, or as `group/campaign` where several groups have one of
    /// that name.
    pub fn recommend(&self, campaign: &str, request: &RecommendRequest) -> Result<RecommendResponse> {
        let desk = self.desk(campaign)?;
        let Desk { group, served, .. } = &*desk;
        let of_actions = served.descriptor.recommends_actions();
        let actions = of_actions
            .then(|| {
                let taken = self.live_events_of(group, DatasetType::ActionInteractions)?;
                Ok::<_, anyhow::Error>((self.current_actions(group)?, taken))
            })
            .transpose()?;
        let filter = request.filter_name().map(|name| self.filter_at(&desk, name)).transpose()?;
        let filter = filter.as_deref().map(|filter| Filtering { filter, values: &[] });
        let promotion = request.promotion()?;
        let promoted = promotion.map(|promotion| self.filter_at(&desk, promotion.filter_name()));
        let promoted = promoted.transpose()?;
        let promotion = promotion.zip(promoted.as_deref());
        let events = self.live_events(group)?;
        let keeps = served.keeps();
        let rows = self.item_rows(&desk, request)?;
        let response = Campaign {
            filter,
            use_case: desk.use_case,
            automatic: desk.automatic.as_deref(),
            live: Some(served.live(&events, &keeps)),
            actions: actions.as_ref().map(|(actions, taken)| ActionShelf {
                actions,
                live: taken,
                newest: served.newest.max(actions.newest()),
            }),
            promotion: promotion.map(|(promotion, filter)| Promoting { promotion, filter }),
            facts: match &rows {
                RowsAsked::Disabled => ItemFacts::Disabled,
                RowsAsked::Absent => ItemFacts::Absent,
                RowsAsked::Given(rows) => ItemFacts::Given(rows),
            },
            ..desk.campaign()
        }
        .recommend(request)?;
        self.remember_answer(group, &desk.record.name, &response);
        Ok(response)
    }

    /// The rows of Items as they are now, where a campaign may tell them and a request asks for them.
    fn item_rows(&self, desk: &Desk, request: &RecommendRequest) -> Result<RowsAsked> {
        let gives = desk.served.descriptor.second_generation || desk.record.settings.bool(ENABLE_METADATA);
        if !gives || request.metadata_columns.is_empty() {
            return Ok(RowsAsked::Disabled);
        }
        let Some(items) = self.dataset_id(&desk.group, DatasetType::Items)? else {
            return Ok(RowsAsked::Absent);
        };
        let ids = &desk.served.interactions.items;
        let rows = self.memory().item_rows.get_or_make((items, desk.version.test_set), || {
            Ok::<_, anyhow::Error>(Arc::new(RowsById::new(&self.table_of(items)?, "ITEM_ID", ids)))
        })?;
        Ok(RowsAsked::Given(rows))
    }

    /// What people call the items of an answer of a campaign.
    pub fn campaign_labels(&self, campaign: &str, items: &[PredictedItem]) -> Result<Vec<String>> {
        let desk = self.desk(campaign)?;
        let test_set = self.store().read(|reader| reader.test_set(desk.version.test_set))?;
        let interactions = self.tested_interactions(&test_set)?;
        let labels = self.labels_of(test_set.interactions, test_set.items)?;
        Ok(items
            .iter()
            .map(|item| match interactions.items.index(&item.item_id) {
                Some(index) => labels.of(&interactions, index).to_owned(),
                None => item.item_id.clone(),
            })
            .collect())
    }

    /// The version that answers for a campaign: the newest of its solution that can be used, where it follows that.
    pub(super) fn version_served(
        &self,
        group: &GroupRecord,
        campaign: &CampaignRecord,
    ) -> Result<VersionRecord> {
        if !campaign.settings.bool(SYNC_WITH_LATEST) {
            return Ok(self.store().read(|reader| reader.version(campaign.version))?);
        }
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        let own = followed(&versions, campaign).cloned();
        own.with_context(|| format!("the campaign {} has no version that can be used", campaign.name))
    }

    /// A version with its model and the histories it is asked with.
    pub(super) fn served(&self, group: &GroupRecord, version: &VersionRecord) -> Result<Arc<Served>> {
        let descriptor = super::recipe(&version.config.recipe)?;
        let users = self.users_read_by(descriptor, group)?;
        let explores = Exploration::is_for(descriptor);
        let events = if explores { self.dataset_id(group, DatasetType::Interactions)? } else { None };
        self.memory().served.get_or_make((version.id, users, events), || {
            let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
            let interactions = self.tested_interactions(&test_set)?;
            let test = self.test_set_of(test_set.id)?;
            let filtered = training::filter_events(&interactions, &test, &version.config)?;
            let newcomers = users.map(|users| self.newcomers_of(users, &interactions)).transpose()?;
            let excluded = version.config.excluded_from(DatasetType::Users);
            let mut had = vec![0; interactions.n_items()];
            filtered.interactions.item.iter().for_each(|&item| had[item as usize] += 1);
            let mut types = vec![0_u64; interactions.event_types.len()];
            for &event_type in &filtered.interactions.event_type {
                if let Some(count) = types.get_mut(usize::from(event_type)) {
                    *count += 1;
                }
            }
            let most = (0..types.len()).max_by_key(|&at| (types[at], std::cmp::Reverse(at)));
            let novelty = explores.then(|| self.novelty_of(descriptor, group, &test_set)).transpose()?;
            Ok(Arc::new(Served {
                descriptor,
                newcomers: newcomers.map(|newcomers| newcomers.without(&excluded)),
                novelty,
                had,
                usual_type: most.unwrap_or_default() as u16,
                newest: interactions.timestamp.iter().copied().max().unwrap_or_default(),
                event_filter: EventFilter::of(&version.config),
                model: self.model_of(version, version.config.full_data)?,
                interactions: match filtered.interactions {
                    Cow::Owned(filtered) => Arc::new(filtered),
                    Cow::Borrowed(_) => Arc::clone(&interactions),
                },
            }))
        })
    }

    /// How new and how known the items of a test set's catalogue are, with everything that happened since, too.
    pub(super) fn novelty_of(
        &self,
        recipe: &RecipeDescriptor,
        group: &GroupRecord,
        test_set: &TestSetRecord,
    ) -> Result<Novelty> {
        let interactions = self.tested_interactions(test_set)?;
        let metadata = self.metadata_for(recipe, group, test_set)?;
        let created = creation_times(&interactions, metadata.item_created.as_deref());
        let newest = interactions.timestamp.iter().copied().max().unwrap_or_default();
        let now = self.dataset_id(group, DatasetType::Interactions)?.unwrap_or(test_set.interactions);
        let now = self.table_of(now)?;
        let (had, shown) = (times_had(&now, &interactions.items), impressions(&now, &interactions.items));
        Ok(Novelty::new(&created, newest, &had, &shown))
    }
}
