//! A model in service.

use super::context;
use super::exploration::{Explorer, Novelty};
use super::filter::{Bound, FILTER_VALUES, FilterQuery, Filtering};
use super::request::{Checked, RecommendRequest, RequestError};
use super::response::{
    ItemExplanation, PredictedItem, RecommendResponse, Recommendations, recommendation_id,
};
use crate::data::{Bits, Interactions, Newcomers};
use crate::domain::exploration::Exploration;
use crate::domain::{DatasetType, RecipeDescriptor, Task};
use crate::jobs::{Cancelled, JobContext};
use crate::recipes::ranking::{Allowed, RankOptions, RankedList, rank};
use crate::recipes::{Model, Origin, Query};
use rayon::prelude::*;
use std::time::Instant;

/// Queries of rankings scored together.
const RANKINGS_AT_ONCE: usize = 16;

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
        let fitting = self.fitting(&asked, results);
        let items = answer.places.iter().map(|place| {
            let mut predicted = self.predicted(place, &answer, &asked, request.explain);
            if let (Some(fitting), Place::Known { item, .. }) = (&fitting, place)
                && !fitting.contains(item)
            {
                predicted.reason = Some(vec!["Exploration".to_owned()]);
            }
            predicted
        });
        let items = items.collect();
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
        if asked.first().is_some_and(|asked| asked.list.is_some()) {
            return self.answer_rankings(asked, job);
        }
        let explorer = self.exploration.map(|(novelty, exploration)| Explorer {
            model: self.model,
            novelty,
            exploration,
        });
        let model: &dyn Model = explorer.as_ref().map_or(self.model, |explorer| explorer);
        Ok(self.rank(model, asked, results, job)?.into_iter().map(Answer::from).collect())
    }

    /// The best of the catalogue for each question, seen or not, of what its filter keeps.
    fn rank(
        &self,
        model: &dyn Model,
        asked: &[Asked<'_>],
        results: usize,
        job: &JobContext,
    ) -> Result<Vec<RankedList>, Cancelled> {
        let queries: Vec<Query<'_>> = asked.iter().map(|asked| asked.query).collect();
        let allow = |place: usize, allowed: &mut Bits| {
            if let Some(filter) = &asked[place].filter {
                filter.allowed(allowed);
            }
        };
        let allow: &Allowed<'_> = &allow;
        let allowed = self.filter.map(|_| allow);
        rank(model, &queries, RankOptions { k: results, exclude_seen: false, allowed }, job)
    }

    /// What the list would be if nothing were explored; none where nothing is.
    fn fitting(&self, asked: &Asked<'_>, results: usize) -> Option<Vec<u32>> {
        self.exploration.filter(|_| asked.list.is_none())?;
        let lists = self.rank(self.model, std::slice::from_ref(asked), results, &JobContext::default());
        lists.ok()?.pop().map(|list| list.items)
    }

    fn answer_rankings<'q>(
        &self,
        asked: &[Asked<'q>],
        job: &JobContext,
    ) -> Result<Vec<Answer<'q>>, Cancelled> {
        let n_items = self.model.n_items();
        let blocks: Vec<Vec<Answer<'q>>> = asked
            .par_chunks(RANKINGS_AT_ONCE)
            .map(|block| {
                job.check()?;
                let queries: Vec<Query<'_>> = block.iter().map(|asked| asked.query).collect();
                let mut scores = vec![f32::NEG_INFINITY; queries.len() * n_items];
                let origins = self.model.score(&queries, &mut scores);
                let answers = block.iter().zip(origins).enumerate().map(|(index, (asked, origin))| {
                    let scores = &scores[index * n_items..(index + 1) * n_items];
                    self.in_order(asked, scores, origin)
                });
                let answers = answers.collect();
                job.advance(block.len() as u64);
                Ok(answers)
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok(blocks.into_iter().flatten().collect())
    }

    /// The items of a list by score, equal ones by id; those the model does not know last, as they stood.
    fn in_order<'q>(&self, asked: &Asked<'q>, scores: &[f32], origin: Origin) -> Answer<'q> {
        let mut known: Vec<(u32, f32)> = Vec::new();
        let mut unknown = Vec::new();
        let mut allowed = Bits::default();
        if let Some(filter) = &asked.filter {
            filter.allowed(&mut allowed);
        }
        let is_kept = |item: Option<u32>| match (&asked.filter, item) {
            (None, _) => true,
            (Some(_), Some(item)) => allowed.contains(item),
            (Some(filter), None) => filter.keeps_unknown(),
        };
        for id in asked.list.unwrap_or_default() {
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
        let known = known.into_iter().map(|(item, score)| Place::Known { item, score });
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

    /// The score as the service would return it.
    pub(super) fn score(&self, place: &Place<'_>) -> Option<f32> {
        match *place {
            Place::Known { score, .. } if self.descriptor.returns_scores => Some(score),
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
        let known = match *place {
            Place::Known { item, score } => Some((item, score)),
            Place::Unknown(_) => None,
        };
        PredictedItem {
            item_id: self.id(place).to_owned(),
            score: self.score(place),
            reason: (fell_back && known.is_some()).then(|| vec!["Popular item".to_owned()]),
            explanation: known.filter(|_| explain).map(|(item, _)| {
                ItemExplanation::named(self.model.explain(&asked.query, item), self.interactions)
            }),
            strength: known.map(|(_, score)| score),
        }
    }
}

impl From<RankedList> for Answer<'_> {
    fn from(list: RankedList) -> Self {
        let places = list.items.into_iter().zip(list.scores);
        Self {
            places: places.map(|(item, score)| Place::Known { item, score }).collect(),
            origin: list.origin,
        }
    }
}

#[cfg(test)]
mod tests;
