//! Campaigns: a version that answers requests, live the moment it is made.

use super::Studio;
use super::view::CampaignView;
use crate::data::{Interactions, Newcomers};
use crate::domain::{DatasetType, RecipeDescriptor, Status, check_name};
use crate::recipes::Model;
use crate::serving::{Campaign, PredictedItem, RecommendRequest, RecommendResponse};
use crate::store::{GroupRecord, VersionRecord};
use crate::training;
use anyhow::Result;
use std::borrow::Cow;
use std::sync::Arc;

/// A version ready to answer.
pub(super) struct Served {
    descriptor: &'static RecipeDescriptor,
    model: Arc<dyn Model>,
    /// Filtered as the training data were, without the columns they were without.
    interactions: Arc<Interactions>,
    /// As Users are now, where the recipe reads them.
    newcomers: Option<Newcomers>,
}

impl Served {
    pub(super) fn campaign(&self) -> Campaign<'_> {
        Campaign {
            model: &*self.model,
            descriptor: self.descriptor,
            interactions: &self.interactions,
            newcomers: self.newcomers.as_ref(),
        }
    }
}

impl Studio {
    /// Makes a campaign of a group, or gives the one of that name another version. `version` is a solution (its
    /// newest active version) or `solution/number`.
    pub fn create_campaign(&self, group: &str, name: &str, version: &str) -> Result<CampaignView> {
        check_name(name)?;
        let group = self.group(group)?;
        let version = self.version_in(&group, version)?;
        self.served(&group, &version)?;
        self.change(|writer| writer.put_campaign(group.id, name, version.id, "{}"))?;
        let made = self.store().read(|reader| reader.campaigns(group.id))?;
        let created_at = made.iter().find(|made| made.name == name).map_or(0, |made| made.created_at);
        Ok(CampaignView {
            name: name.to_owned(),
            version: version.name(),
            recipe: version.config.recipe,
            status: Status::Active,
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
        let (group, campaign) = self.find_campaign(campaign)?;
        let version = self.store().read(|reader| reader.version(campaign.version))?;
        Ok(self.served(&group, &version)?.campaign().recommend(request)?)
    }

    /// What people call the items of an answer of a campaign.
    pub fn campaign_labels(&self, campaign: &str, items: &[PredictedItem]) -> Result<Vec<String>> {
        let (_, campaign) = self.find_campaign(campaign)?;
        let version = self.store().read(|reader| reader.version(campaign.version))?;
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
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

    /// A version with its model and the histories it is asked with.
    pub(super) fn served(&self, group: &GroupRecord, version: &VersionRecord) -> Result<Arc<Served>> {
        let descriptor = super::recipe(&version.config.recipe)?;
        let users = self.users_read_by(descriptor, group)?;
        self.memory().served.get_or_make((version.id, users), || {
            let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
            let interactions = self.tested_interactions(&test_set)?;
            let test = self.test_set_of(test_set.id)?;
            let filtered = training::filter_events(&interactions, &test, &version.config)?;
            let newcomers = users.map(|users| self.newcomers_of(users, &interactions)).transpose()?;
            let excluded = version.config.excluded_from(DatasetType::Users);
            Ok(Arc::new(Served {
                descriptor,
                newcomers: newcomers.map(|newcomers| newcomers.without(&excluded)),
                model: self.model_of(version, version.config.full_data)?,
                interactions: match filtered.interactions {
                    Cow::Owned(filtered) => Arc::new(filtered),
                    Cow::Borrowed(_) => Arc::clone(&interactions),
                },
            }))
        })
    }
}
