//! What the names in requests stand for, remembered until something is written: a request then reads next to nothing of
//! the project.

use super::Studio;
use super::campaigns::Served;
use crate::domain::use_case::UseCase;
use crate::serving::{Campaign, CompiledFilter};
use crate::store::{CampaignRecord, GroupRecord, VersionRecord};
use anyhow::Result;
use std::sync::Arc;

/// Between two writes: what was read at a moment is true as long as the moment is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Rises with what this process writes.
    own: u64,
    /// Changes with what another one writes.
    others: i64,
}

/// Where a campaign answers.
pub(super) struct Desk {
    /// When this was so.
    pub(super) moment: Moment,
    pub(super) group: GroupRecord,
    pub(super) record: CampaignRecord,
    /// The version that answers.
    pub(super) version: VersionRecord,
    pub(super) served: Arc<Served>,
    pub(super) use_case: Option<&'static UseCase>,
    /// The filter that the use case brings.
    pub(super) automatic: Option<Arc<CompiledFilter>>,
}

impl Desk {
    /// The campaign with its settings, which nobody asked anything yet.
    pub(super) fn campaign(&self) -> Campaign<'_> {
        self.served.campaign(&self.record.settings)
    }
}

impl Studio {
    /// The moment now. What is read after asking is at least as new.
    fn moment(&self) -> Result<Moment> {
        Ok(Moment { own: self.revision(), others: self.store().writes_of_others()? })
    }

    /// Where the campaign of that name answers now. It is named alone, or as `group/campaign` where several groups have one
    /// of that name.
    pub(super) fn desk(&self, campaign: &str) -> Result<Arc<Desk>> {
        let moment = self.moment()?;
        self.memory().desks.get_or_make((moment, campaign.to_owned()), || {
            let (group, record) = self.find_campaign(campaign)?;
            let version = self.version_served(&group, &record)?;
            let served = self.served(&group, &version)?;
            let use_case = record.use_case.as_deref().and_then(UseCase::find);
            let automatic = use_case.map(|use_case| self.automatic_filter(&group, &version, use_case));
            let automatic = automatic.transpose()?.flatten();
            Ok(Arc::new(Desk { moment, group, record, version, served, use_case, automatic }))
        })
    }

    /// A filter of the group, over the catalogue of the version that answers at a desk.
    pub(super) fn filter_at(&self, desk: &Desk, name: &str) -> Result<Arc<CompiledFilter>> {
        self.memory().filters_at.get_or_make((desk.moment, desk.version.id, name.to_owned()), || {
            self.filter_for(&desk.group, &desk.version, name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::sample::{self, SampleGroup};
    use crate::domain::solution::SolutionConfig;
    use crate::jobs::JobContext;
    use crate::serving::RecommendRequest;
    use crate::studio::{OpenMode, TrainRequest, recipe};

    /// What changes holds from the next request on, in the window that changed it and in one that only reads.
    #[test]
    fn what_is_remembered_ends_with_the_next_write_of_whomever() {
        let folder = tempfile::tempdir().unwrap();
        sample::write(SampleGroup::Films, folder.path()).unwrap();
        let path = folder.path().join("films.bespoke");
        let writer = Studio::create(&path).unwrap();
        let job = JobContext::default();
        writer.import_sample(SampleGroup::Films, folder.path(), &job).unwrap();
        for name in ["ease", "sequential-rules"] {
            let recipe = recipe(name).unwrap();
            let config = SolutionConfig::of(name, recipe.parameters_from([]).unwrap());
            writer.train(&TrainRequest { group: "films".to_owned(), solution: None, config }, &job).unwrap();
        }
        writer.create_campaign("films", "front", "ease", &[]).unwrap();
        let reader = Studio::open(&path, OpenMode::ReadOnly).unwrap();
        let request = RecommendRequest {
            user_id: Some("viewer-0050".to_owned()),
            filter_arn: Some("recent".to_owned()),
            ..RecommendRequest::default()
        };
        let list = |studio: &Studio| -> Vec<String> {
            let response = studio.recommend("front", &request).unwrap();
            response.ids().into_iter().map(str::to_owned).collect()
        };
        let mut lists = Vec::new();
        let mut seen_by_both = || {
            let list = [list(&writer), list(&reader)];
            assert_eq!(list[0], list[1]);
            assert!(
                !list[0].is_empty() && !lists.contains(&list[0]),
                "nothing changed after {}",
                lists.len()
            );
            lists.push(list[0].clone());
        };
        writer.create_filter("films", "recent", "INCLUDE ItemID WHERE Items.YEAR > 1990").unwrap();
        seen_by_both();
        writer.create_filter("films", "recent", "EXCLUDE ItemID WHERE Items.YEAR > 1990").unwrap();
        seen_by_both();
        writer.create_campaign("films", "front", "sequential-rules", &[]).unwrap();
        seen_by_both();
        writer.delete_campaign("films", "front").unwrap();
        for studio in [&writer, &reader] {
            let error = studio.recommend("front", &request).unwrap_err().to_string();
            assert!(error.contains("no campaign `front`"), "{error}");
        }
    }
}
