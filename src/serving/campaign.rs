//! A model in service.

use super::context;
use super::exploration::Novelty;
use super::filter::{Bound, FILTER_VALUES, FilterQuery, Filtering};
use super::request::{Checked, RecommendRequest, RequestError};
use super::response::{
    ItemExplanation, PredictedItem, RecommendResponse, Recommendations, recommendation_id,
};
use crate::data::{Bits, Interactions, Newcomers};
use crate::domain::exploration::Exploration;
use crate::domain::{DatasetType, RecipeDescriptor, Task};
use crate::jobs::{Cancelled, JobContext};
use crate::recipes::ranking::{Hands, each_row};
use crate::recipes::{Model, Origin, Probabilities, Query};
use std::time::Instant;

/// A trained model, what it is, and the histories it is asked with.
///
/// `interactions` have the catalogue of the training data and are filtered as the training data were. As
/// in the service, items a user already had are not left out: filters are for that, and may make a list shorter. Equal
/// scores are in order of item id. A user without a history, or an item nobody had, is answered with popular items. Where new items
/// are explored, those that would not be in the list for fitting best say so.
#[derive(Clone, Copy)]
pub struct Campaign<'a> {
    pub model: &'a dyn Model,
    pub descriptor: &'a RecipeDescriptor,
    pub interactions: &'a Interactions,
    /// Users without interactions, where the recipe reads who somebody is.
    pub newcomers: Option<&'a Newcomers>,
    /// How new items are, and how much they are explored; none where they are not.
    pub exploration: Option<(&'a Novelty, Exploration)>,
    /// The filter that requests name. Its rows are the items of `interactions`.
    pub filter: Option<Filtering<'a>>,
}

/// A checked question in indices.
pub(super) struct Asked<'a> {
    pub query: Query<'a>,
    /// Items to put in order; none for the best of the catalogue.
    pub list: Option<&'a [String]>,
    /// What the filter keeps for this question.
    pub filter: Option<Bound<'a>>,
}

/// An item of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place<'a> {
    Known {
        item: u32,
        score: f32,
        /// Of being the next one, among all items that may be returned, or of the list where one is put in order.
        probability: f32,
        /// Whether it would not be in the list if nothing were explored.
        explored: bool,
    },
    /// An item to be ranked that the model does not know, or may not return.
    Unknown(&'a str),
}

/// An answer in indices, best first.
pub(super) struct Answer<'a> {
    pub places: Vec<Place<'a>>,
    pub origin: Origin,
}

impl<'a> Campaign<'a> {
    /// Answers one request.
    pub fn recommend(&self, request: &RecommendRequest) -> Result<RecommendResponse, RequestError> {
        let began = Instant::now();
        let results = request.results()?;
        let asked = self.asked(request)?;
        let answers = self.answer(std::slice::from_ref(&asked), results, &JobContext::default());
        let Ok(Some(answer)) = answers.map(|mut answers| answers.pop()) else {
            unreachable!("one question has one answer, and a job of its own is never cancelled")
        };
        let items = answer.places.iter();
        let items = items.map(|place| self.predicted(place, &answer, &asked, request.explain)).collect();
        Ok(RecommendResponse {
            recommendations: match asked.list {
                Some(_) => Recommendations::PersonalizedRanking(items),
                None => Recommendations::ItemList(items),
            },
            recommendation_id: recommendation_id(),
            origin: answer.origin,
            latency: began.elapsed(),
        })
    }

    /// Checks a request and looks up who and what it names.
    pub(super) fn asked<'q>(&self, request: &'q RecommendRequest) -> Result<Asked<'q>, RequestError>
    where
        'a: 'q,
    {
        let (user, item, list) = match request.check(self.descriptor)? {
            Checked::ForUser { user } => (user, None, None),
            Checked::ForItem { item } => (None, Some(item), None),
            Checked::Ranking { user, item, list } => (user, item, Some(list)),
        };
        let reads_context = self.descriptor.reads_metadata_of(DatasetType::Interactions);
        context::check(&request.context, reads_context.then_some(&*self.interactions.context))?;
        let index = user.and_then(|user| self.interactions.users.index(user));
        let query = Query {
            user: index,
            newcomer: user.and_then(|user| self.newcomers?.find(user)),
            history: index.map(|user| self.interactions.history(user)).unwrap_or_default(),
            item: item.and_then(|item| self.interactions.items.index(item)),
            context: &request.context,
            ..Query::default()
        };
        Ok(Asked { query, list, filter: self.filtered(request)? })
    }

    /// The filter for a request, whose recipe may itself read neither the user nor the item that the filter looks at.
    fn filtered<'q>(&self, request: &'q RecommendRequest) -> Result<Option<Bound<'q>>, RequestError>
    where
        'a: 'q,
    {
        let Some(filtering) = self.filter else {
            if request.filter_values.is_empty() {
                return Ok(None);
            }
            return Err(RequestError::new(
                FILTER_VALUES,
                "is given without a filter",
                "name one as `filterArn`, or leave the values out",
            ));
        };
        filtering.check(self.descriptor)?;
        let query = FilterQuery { user: request.user_id.as_deref(), item: request.item_id.as_deref() };
        filtering.bind(query, &request.filter_values).map(Some)
    }

    /// Answers questions in their order: all of them rankings, which keep their own length, or none, with
    /// lists of `results` items. The one function behind single requests and batch files. Advances `job` by
    /// one a question.
    pub(super) fn answer<'q>(
        &self,
        asked: &[Asked<'q>],
        results: usize,
        job: &JobContext,
    ) -> Result<Vec<Answer<'q>>, Cancelled> {
        let queries: Vec<Query<'_>> = asked.iter().map(|asked| asked.query).collect();
        each_row(self.model, &queries, job, |at, row, origin, hands| match asked[at].list {
            Some(list) => self.in_order(list, asked[at].filter.as_ref(), row, origin),
            None => self.best(&asked[at], results, row, origin, hands),
        })
    }

    /// The best of the catalogue, seen or not, of what the filter keeps. Probabilities are those among all items.
    fn best<'q>(
        &self,
        asked: &Asked<'_>,
        results: usize,
        row: &mut [f32],
        origin: Origin,
        Hands { selection, allowed }: &mut Hands,
    ) -> Answer<'q> {
        let probabilities = Probabilities::over(row, self.model.likelihood(), origin);
        if let Some(filter) = &asked.filter {
            filter.allowed(allowed);
        }
        let mut top = |row: &mut [f32]| {
            if asked.filter.is_some() {
                allowed.blank_others(row, f32::NEG_INFINITY);
            }
            selection.top(row, results)
        };
        let places = match self.exploration {
            None => {
                let (items, scores) = top(row);
                let known = |(item, score)| known(item, score, &probabilities, false);
                items.into_iter().zip(scores).map(known).collect()
            }
            Some((novelty, exploration)) => {
                let mut scores = row.to_vec();
                novelty.explore(exploration, &asked.query, row);
                let (items, _) = top(row);
                let (fitting, _) = top(&mut scores);
                let known = |item: u32| {
                    let explored = !fitting.contains(&item);
                    known(item, scores[item as usize], &probabilities, explored)
                };
                items.into_iter().map(known).collect()
            }
        };
        Answer { places, origin }
    }

    /// The items of a list by score, equal ones by id; those the model does not know last, as they stood.
    fn in_order<'q>(
        &self,
        list: &'q [String],
        filter: Option<&Bound<'_>>,
        scores: &[f32],
        origin: Origin,
    ) -> Answer<'q> {
        let mut known: Vec<(u32, f32)> = Vec::new();
        let mut unknown = Vec::new();
        let mut allowed = Bits::default();
        if let Some(filter) = filter {
            filter.allowed(&mut allowed);
        }
        let is_kept = |item: Option<u32>| match (filter, item) {
            (None, _) => true,
            (Some(_), Some(item)) => allowed.contains(item),
            (Some(filter), None) => filter.keeps_unknown(),
        };
        for id in list {
            let item = self.interactions.items.index(id);
            if !is_kept(item) {
                continue;
            }
            match item.and_then(|item| Some((item, *scores.get(item as usize)?))) {
                Some((item, score)) if score > f32::NEG_INFINITY => known.push((item, score)),
                _ => unknown.push(Place::Unknown(id)),
            }
        }
        known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let scores: Vec<f32> = known.iter().map(|&(_, score)| score).collect();
        let probabilities = Probabilities::over(&scores, self.model.likelihood(), origin);
        let known = known.into_iter().map(|(item, score)| self::known(item, score, &probabilities, false));
        Answer { places: known.chain(unknown).collect(), origin }
    }

    /// The id of an item of an answer.
    pub(super) fn id<'q>(&self, place: &Place<'q>) -> &'q str
    where
        'a: 'q,
    {
        match *place {
            Place::Known { item, .. } => self.interactions.items.id(item),
            Place::Unknown(id) => id,
        }
    }

    /// The score as the service would return it: a probability.
    pub(super) fn score(&self, place: &Place<'_>) -> Option<f32> {
        match *place {
            Place::Known { probability, .. } if self.descriptor.returns_scores => Some(probability),
            _ => None,
        }
    }

    fn predicted(
        &self,
        place: &Place<'_>,
        answer: &Answer<'_>,
        asked: &Asked<'_>,
        explain: bool,
    ) -> PredictedItem {
        let fell_back = answer.origin == Origin::Popular && self.descriptor.task != Task::PopularItems;
        let (known, explored) = match *place {
            Place::Known { item, score, explored, .. } => (Some((item, score)), explored),
            Place::Unknown(_) => (None, false),
        };
        let reason = match fell_back {
            _ if explored => Some("Exploration"),
            true if known.is_some() => Some("Popular item"),
            _ => None,
        };
        let score = self.score(place);
        PredictedItem {
            item_id: self.id(place).to_owned(),
            score,
            reason: reason.map(|reason| vec![reason.to_owned()]),
            explanation: known.filter(|_| explain).map(|(item, _)| {
                ItemExplanation::named(self.model.explain(&asked.query, item), self.interactions)
            }),
            strength: score.or_else(|| known.map(|(_, score)| score)),
        }
    }
}

fn known<'q>(item: u32, score: f32, probabilities: &Probabilities, explored: bool) -> Place<'q> {
    Place::Known { item, score, probability: probabilities.of(score), explored }
}

#[cfg(test)]
mod tests;
