//! What a campaign answers, in the service's shapes, with what only we know kept beside it.

use super::explain::Parts;
use crate::data::Interactions;
use crate::recipes::{Evidence, Explanation, Origin};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

/// An answer. As JSON: `{"itemList":[…],"recommendationId":"RID-…"}` or
/// `{"personalizedRanking":[…],"recommendationId":"RID-…"}`;
/// of actions `{"actionList":[…],"recommendationId":"RID-…"}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecommendResponse {
    #[serde(flatten)]
    pub recommendations: Recommendations,
    /// Unique, 40 characters at most; events may refer to it.
    pub recommendation_id: String,
    /// Where the list came from: the model, or popular items for want of a history.
    #[serde(skip)]
    pub origin: Origin,
    /// Time from request to answer.
    #[serde(skip)]
    pub latency: Duration,
}

/// The items of an answer, best first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Recommendations {
    /// `GetRecommendations`
    ItemList(Vec<PredictedItem>),
    /// `GetPersonalizedRanking`
    PersonalizedRanking(Vec<PredictedItem>),
    /// `GetActionRecommendations`
    ActionList(Vec<PredictedAction>),
}

impl RecommendResponse {
    /// The actions, best first; none in an answer of items.
    pub fn actions(&self) -> &[PredictedAction] {
        match &self.recommendations {
            Recommendations::ActionList(actions) => actions,
            Recommendations::ItemList(_) | Recommendations::PersonalizedRanking(_) => &[],
        }
    }

    /// The ids of what is recommended, best first.
    pub fn ids(&self) -> Vec<&str> {
        let items = self.items().iter().map(|item| item.item_id.as_str());
        items.chain(self.actions().iter().map(|action| action.action_id.as_str())).collect()
    }

    /// The items, best first; none in an answer of actions.
    pub fn items(&self) -> &[PredictedItem] {
        match &self.recommendations {
            Recommendations::ActionList(_) => &[],
            Recommendations::ItemList(items) | Recommendations::PersonalizedRanking(items) => items,
        }
    }
}

/// One item of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PredictedItem {
    pub item_id: String,
    /// How probable it is that this one is next: they add up to 1 over the items that may be returned, or over a list
    /// put in order. Only of recipes for which the service returns scores.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shortest_where_given")]
    pub score: Option<f32>,
    /// The promotion that put it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion_name: Option<String>,
    /// What Items says of it in the columns that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// `Promoted item`, `Exploration`, or `Popular item` where the recipe fell back to those or a list was filled up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Vec<String>>,
    /// Only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ItemExplanation>,
    /// What bars are drawn by: the score, or the model's own where the recipe returns none; none for an item it does not know.
    #[serde(skip)]
    pub strength: Option<f32>,
}

/// One action of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PredictedAction {
    pub action_id: String,
    /// How probable it is that the user takes it; 0 where too little is known to say.
    #[serde(serialize_with = "shortest")]
    pub score: f32,
    /// Only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ItemExplanation>,
}

/// What speaks for an item, or for and against an action.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemExplanation {
    /// None for an item that the model says nothing of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Strongest first, ten at most.
    pub evidence: Vec<ItemEvidence>,
    /// What else put it there.
    #[serde(flatten)]
    pub parts: Parts,
}

/// One piece of what speaks for an item.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", untagged)]
pub enum ItemEvidence {
    /// A past item and its share of the score.
    #[serde(rename_all = "camelCase")]
    Item {
        item_id: String,
        #[serde(serialize_with = "shortest")]
        weight: f32,
        /// Users who had both, where they are counted.
        #[serde(skip_serializing_if = "Option::is_none")]
        together: Option<u32>,
    },
    /// The item's own count in the training data, and of what.
    Count { count: f64, what: String },
    /// Something known of the user, and what it adds to the log odds that an action is taken.
    Trait {
        what: String,
        #[serde(serialize_with = "shortest")]
        weight: f32,
    },
}

impl ItemExplanation {
    /// An explanation with ids in place of indices.
    pub(super) fn named(explanation: Option<Explanation>, parts: Parts, interactions: &Interactions) -> Self {
        let origin = explanation.as_ref().map(|explanation| explanation.origin);
        let evidence = explanation.into_iter().flat_map(|explanation| explanation.evidence);
        let evidence = evidence.map(|evidence| match evidence {
            Evidence::Item { item, weight, together } => {
                ItemEvidence::Item { item_id: interactions.items.id(item).to_owned(), weight, together }
            }
            Evidence::Count { count, what } => ItemEvidence::Count { count, what },
            Evidence::Trait { what, weight } => ItemEvidence::Trait { what, weight },
        });
        Self { origin, evidence: evidence.collect(), parts }
    }
}

/// Writes a score as the double with the score's own digits: 0.1, not 0.10000000149.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn shortest<S: Serializer>(score: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    let digits = score.to_string().parse();
    serializer.serialize_f64(digits.unwrap_or_else(|_| f64::from(*score)))
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn shortest_where_given<S: Serializer>(score: &Option<f32>, serializer: S) -> Result<S::Ok, S::Error> {
    match score {
        Some(score) => shortest(score, serializer),
        None => serializer.serialize_none(),
    }
}

/// A new id: the moment in nanoseconds and 64 random bits.
pub(super) fn recommendation_id() -> String {
    let now =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    format!("RID-{now:016x}-{:016x}", RandomState::new().hash_one(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_unique() {
        let ids: std::collections::BTreeSet<String> = (0..1_000).map(|_| recommendation_id()).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.len() <= 40 && id.starts_with("RID-")));
    }
}
