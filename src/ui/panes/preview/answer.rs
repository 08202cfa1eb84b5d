//! A question to a campaign and its answer, with the names that people know items by.

use crate::domain::RecipeDescriptor;
use crate::jobs::JobContext;
use crate::studio::{
    CampaignView, ItemEvidence, Origin, PredictedAction, PredictedItem, RecommendRequest, RecommendResponse,
    Recommendations, Studio, Unrelated,
};
use std::collections::BTreeMap;

/// What was asked of whom.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub group: String,
    /// Another version of the campaign is another question.
    pub campaign: CampaignView,
    pub request: RecommendRequest,
    /// With a filter: the project's state, because another filter may come to have its name.
    pub revision: Option<u64>,
    /// How much was done in the user's place.
    pub events: u64,
}

impl Question {
    /// Whether another question differs by what was done in the user's place alone.
    pub fn is_same_but_for_events(&self, other: &Self) -> bool {
        let (revision, events) = (self.revision, self.events);
        *self == Self { revision, events, ..other.clone() }
    }
}

/// The answer.
pub(super) struct Answered {
    pub recipe: &'static RecipeDescriptor,
    pub response: RecommendResponse,
    /// Labels of the items, or the actions, in their order.
    pub titles: Vec<String>,
    /// Labels of the items that speak for them, by id.
    pub names: BTreeMap<String, String>,
    /// Why there are popular items instead of related ones, where there are.
    pub unrelated: Option<Unrelated>,
    /// The least and the greatest strength, zero always between them.
    pub range: (f32, f32),
}

impl Answered {
    /// How far a strength's bar goes, 0 to 1.
    pub fn share(&self, strength: f32) -> f32 {
        let (low, high) = self.range;
        if high > low { ((strength - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The response as the service would send it: without what only we know.
    pub fn json(&self) -> String {
        let bare = |items: &[PredictedItem]| {
            items.iter().map(|item| PredictedItem { explanation: None, ..item.clone() }).collect()
        };
        let recommendations = match &self.response.recommendations {
            Recommendations::ItemList(items) => Recommendations::ItemList(bare(items)),
            Recommendations::PersonalizedRanking(items) => Recommendations::PersonalizedRanking(bare(items)),
            Recommendations::ActionList(actions) => {
                let bare = |action: &PredictedAction| PredictedAction { explanation: None, ..action.clone() };
                Recommendations::ActionList(actions.iter().map(bare).collect())
            }
        };
        let response = RecommendResponse { recommendations, ..self.response.clone() };
        // Strings and numbers always have a JSON form.
        serde_json::to_string_pretty(&response).unwrap_or_default()
    }
}

/// Asks, and looks up the names.
pub(super) fn ask(
    studio: &Studio,
    question: &Question,
    recipe: &'static RecipeDescriptor,
    job: &JobContext,
) -> anyhow::Result<Answered> {
    let campaign = format!("{}/{}", question.group, question.campaign.name);
    let response = studio.recommend(&campaign, &question.request)?;
    job.check()?;
    let titles = if recipe.recommends_actions() {
        studio.action_titles(&question.group, &response.ids())?
    } else {
        studio.campaign_labels(&campaign, response.items())?
    };
    let mut spoken: BTreeMap<&str, PredictedItem> = BTreeMap::new();
    for item in response.items() {
        for evidence in item.explanation.iter().flat_map(|explanation| &explanation.evidence) {
            if let ItemEvidence::Item { item_id, .. } = evidence {
                spoken.entry(item_id).or_insert_with(|| PredictedItem {
                    item_id: item_id.clone(),
                    ..PredictedItem::default()
                });
            }
        }
    }
    for explanation in response.items().iter().filter_map(|item| item.explanation.as_ref()) {
        for id in explanation.parts.removed_above.iter().flat_map(|removed| &removed.first) {
            spoken
                .entry(id)
                .or_insert_with(|| PredictedItem { item_id: id.clone(), ..PredictedItem::default() });
        }
    }
    let spoken: Vec<PredictedItem> = spoken.into_values().collect();
    let names = studio.campaign_labels(&campaign, &spoken)?;
    let names = spoken.into_iter().map(|item| item.item_id).zip(names).collect();
    let unrelated = match &question.request.item_id {
        Some(item) if response.origin == Origin::Popular => Some(studio.why_unrelated(&campaign, item)?),
        _ => None,
    };
    let strengths = response.items().iter().filter_map(|item| item.strength);
    let range = strengths.fold((0.0_f32, 0.0_f32), |(low, high), value| (low.min(value), high.max(value)));
    Ok(Answered { recipe, response, titles, names, unrelated, range })
}
