//! A model in service.

use super::actions::ActionShelf;
use super::answer::{Answer, Place, Standing};
use super::context;
use super::explain::Grounds;
use super::exploration::Novelty;
use super::filter::{Bound, CompiledFilter, FILTER_VALUES, FilterQuery, Filtering};
use super::live::{Live, extended};
use super::metadata::ItemFacts;
use super::promotion::{Promoted, Promoting};
use super::request::{Checked, RecommendRequest, RequestError};
use super::response::{PredictedItem, RecommendResponse, Recommendations, recommendation_id};
use crate::data::{Bits, Interactions, Newcomers, OwnHistory};
use crate::domain::exploration::Exploration;
use crate::domain::use_case::UseCase;
use crate::domain::{DatasetType, RecipeDescriptor, Task};
use crate::jobs::JobContext;
use crate::recipes::{Model, Origin, Query};
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
    /// What it was made for, where it was made ready: then it tells no scores.
    pub use_case: Option<&'static UseCase>,
    /// The filter that its use case brings, before that of a request.
    pub automatic: Option<&'a CompiledFilter>,
    /// What requests promote.
    pub promotion: Option<Promoting<'a>>,
    /// What answers say of items beside their ids.
    pub facts: ItemFacts<'a>,
    /// What was recorded since the data were imported, for recipes that take events.
    pub live: Option<Live<'a>>,
    /// The actions it chooses among, where it recommends those.
    pub actions: Option<ActionShelf<'a>>,
    /// How often each item was had, `[n_items]`: what lists that are too short are filled up by.
    pub had: &'a [u32],
}

/// A checked question in indices.
#[derive(Default)]
pub(super) struct Asked<'a> {
    /// With the history that the interactions hold.
    pub query: Query<'a>,
    /// The history as it goes on, where it does.
    pub extended: Option<OwnHistory>,
    /// Items to put in order; none for the best of the catalogue.
    pub list: Option<&'a [String]>,
    /// What the filters keep for this question: that of the use case and that of the request.
    pub filters: Vec<Bound<'a>>,
    pub promoted: Option<Promoted<'a>>,
    /// Whether it is to be said what put each item there.
    pub explains: bool,
    /// What the places of promoted items and the luck of explored ones are drawn from.
    pub seed: u64,
}

impl Asked<'_> {
    pub fn query(&self) -> Query<'_> {
        let history = self.extended.as_ref().map_or(self.query.history, OwnHistory::history);
        Query { history, ..self.query }
    }

    /// Writes what all filters keep; nothing where there is none. Whether there is any.
    pub fn allowed(&self, rows: &mut Bits) -> bool {
        let Some((first, others)) = self.filters.split_first() else { return false };
        first.allowed(rows);
        for other in others {
            let mut one = Bits::default();
            other.allowed(&mut one);
            rows.keep_common(&one);
        }
        true
    }
}

impl<'a> Campaign<'a> {
    /// A model over interactions, with nothing else set.
    pub fn new(
        model: &'a dyn Model,
        descriptor: &'a RecipeDescriptor,
        interactions: &'a Interactions,
    ) -> Self {
        Self {
            model,
            descriptor,
            interactions,
            newcomers: None,
            exploration: None,
            filter: None,
            use_case: None,
            automatic: None,
            promotion: None,
            facts: ItemFacts::Disabled,
            live: None,
            actions: None,
            had: &[],
        }
    }

    /// Answers one request.
    pub fn recommend(&self, request: &RecommendRequest) -> Result<RecommendResponse, RequestError> {
        if let Some(shelf) = &self.actions {
            return self.recommend_actions(request, shelf);
        }
        let began = Instant::now();
        let results = request.results(self.descriptor)?;
        let columns = self.facts.asked(request)?;
        let asked = self.asked(request)?;
        let answers = self.answer(std::slice::from_ref(&asked), results, &JobContext::default());
        let Ok(Some(answer)) = answers.map(|mut answers| answers.pop()) else {
            unreachable!("one question has one answer, and a job of its own is never cancelled")
        };
        let grounds = request.explain.then(|| self.grounds(&asked, &answer));
        let items = answer.places.iter();
        let items = items.map(|place| PredictedItem {
            metadata: place.item().filter(|_| !columns.is_empty()).map(|item| self.facts.of(item, columns)),
            ..self.predicted(place, &answer, &asked, grounds.as_ref())
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
        if self.use_case.is_some_and(|use_case| use_case.needs_user) && request.user_id.is_none() {
            let rule = "this use case needs it: give the user who asks";
            return Err(RequestError::new("userId", "is missing", rule));
        }
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
        let live = self.live.filter(|_| self.descriptor.takes_events);
        let extended = user.zip(live).and_then(|(user, live)| {
            let rows = index.map_or(0..0, |index| self.interactions.rows(index));
            extended(self.interactions, rows, live, user)
        });
        let promoted = self.promoted(request, list.is_some())?;
        let mut filters = Vec::new();
        if let Some(automatic) = self.automatic {
            filters.push(automatic.bind(self.filter_query(request), &[])?);
        }
        filters.extend(self.filtered(request)?);
        let events = extended.as_ref().map_or(query.history.len(), |extended| extended.history().len());
        let seed = seed(request, events);
        Ok(Asked { query, extended, list, filters, promoted, explains: request.explain, seed })
    }

    /// Who asks about what, with what they did since.
    fn filter_query<'q>(&self, request: &'q RecommendRequest) -> FilterQuery<'q>
    where
        'a: 'q,
    {
        let user = request.user_id.as_deref();
        let events = match self.actions {
            Some(shelf) => Some(shelf.live),
            None => self.live.map(|live| live.events),
        };
        let live = user.zip(events).map(|(user, events)| events.of(user));
        FilterQuery { user, item: request.item_id.as_deref(), live: live.unwrap_or_default() }
    }

    /// What may be promoted in a request.
    fn promoted<'q>(
        &self,
        request: &'q RecommendRequest,
        ranks: bool,
    ) -> Result<Option<Promoted<'q>>, RequestError>
    where
        'a: 'q,
    {
        let Some(promoting) = self.promotion else {
            return match request.promotion()? {
                None => Ok(None),
                Some(_) => Err(RequestError::new(
                    "promotions",
                    "are given without their filter",
                    "ask a campaign by its name, which looks the filter up",
                )),
            };
        };
        promoting.check(self.descriptor, ranks)?;
        promoting.bind(self.filter_query(request)).map(Some)
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
        filtering.bind(self.filter_query(request), &request.filter_values).map(Some)
    }

    /// The id of an item of an answer.
    pub(super) fn id<'q>(&self, place: &Place<'q>) -> &'q str
    where
        'a: 'q,
    {
        match *place {
            Place::Known { item, .. } | Place::Unscored { item, .. } => self.interactions.items.id(item),
            Place::Unknown(id) => id,
        }
    }

    /// Whether the service would return scores.
    pub(super) fn tells_scores(&self) -> bool {
        self.descriptor.returns_scores && self.use_case.is_none()
    }

    /// The score as the service would return it: a probability.
    pub(super) fn score(&self, place: &Place<'_>) -> Option<f32> {
        match *place {
            Place::Known { probability, .. } if self.tells_scores() => Some(probability),
            _ => None,
        }
    }

    /// Why an item is in an answer that does not just fit, in the service's words.
    pub(super) fn reason(&self, place: &Place<'_>, origin: Origin) -> Option<&'static str> {
        let fell_back = origin == Origin::Popular && self.descriptor.task != Task::PopularItems;
        match (place.standing(), place) {
            (Standing::Promoted, _) => Some("Promoted item"),
            (Standing::Explored, _) => Some("Exploration"),
            (Standing::Popular, _) => Some("Popular item"),
            (Standing::Fits, Place::Known { .. }) if fell_back => Some("Popular item"),
            (Standing::Fits, _) => None,
        }
    }

    fn predicted(
        &self,
        place: &Place<'_>,
        answer: &Answer<'_>,
        asked: &Asked<'_>,
        grounds: Option<&Grounds>,
    ) -> PredictedItem {
        let own = match *place {
            Place::Known { score, .. } => Some(score),
            Place::Unscored { .. } | Place::Unknown(_) => None,
        };
        let promoted = asked.promoted.as_ref().filter(|_| place.standing() == Standing::Promoted);
        let score = self.score(place);
        let promotion = promoted.map(|promoted| promoted.promotion.name.as_str());
        let explanation =
            grounds.map(|grounds| self.explanation(place, answer.trail.as_ref(), grounds, promotion));
        PredictedItem {
            item_id: self.id(place).to_owned(),
            score,
            promotion_name: promotion.map(str::to_owned),
            reason: self.reason(place, answer.origin).map(|reason| vec![reason.to_owned()]),
            metadata: None,
            explanation,
            strength: score.or(own),
        }
    }
}

/// A number of a request's own: FNV-1a over who asks, about what, after how many events.
fn seed(request: &RecommendRequest, events: usize) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for part in [&request.user_id, &request.item_id] {
        part.as_deref().unwrap_or_default().bytes().for_each(&mut take);
        take(0xff);
    }
    events.to_le_bytes().into_iter().for_each(take);
    hash
}

#[cfg(test)]
mod tests;
