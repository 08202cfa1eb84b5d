//! Promotions: a share of a list that a filter of its own chooses, at random places.
//!
//! `max(1, round(results · percent / 100))` items are promoted, as many as there are where that is fewer. They keep their own
//! order of relevance; items of which the model knows nothing come last among them, by id, because new ones are what is
//! promoted most. The filter of the request does not apply to them, nor theirs to the others. Their places are drawn from
//! who asks about what, so that the same request has the same list.

use super::filter::{Bound, CompiledFilter, FilterQuery, Filtering};
use super::request::{RecommendRequest, RequestError};
use crate::domain::limits::MAX_PROMOTIONS;
use crate::domain::{RecipeDescriptor, check_name};
use crate::nn::random::Random;
use serde::{Deserialize, Serialize};

const FIELD: &str = "promotions";

/// What is promoted, in the service's field names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Promotion {
    /// What promoted items say that they are promoted by.
    pub name: String,
    /// 1 to 100.
    pub percent_promoted_items: u32,
    /// The filter that chooses what is promoted: its name, or an ARN that ends in it.
    pub filter_arn: String,
    /// Parameters of the filter and their values.
    #[serde(with = "super::context", skip_serializing_if = "Vec::is_empty")]
    pub filter_values: Vec<(String, String)>,
}

impl Promotion {
    /// The name of the filter.
    pub fn filter_name(&self) -> &str {
        self.filter_arn.rsplit('/').next().unwrap_or_default()
    }

    /// Refuses a name, a share or a filter that can't be.
    pub fn check(&self) -> Result<(), RequestError> {
        if let Err(error) = check_name(&self.name) {
            return Err(RequestError::new(
                FIELD,
                format!("have the name `{}`", self.name),
                error.to_string(),
            ));
        }
        if !(1..=100).contains(&self.percent_promoted_items) {
            let what = format!("have `percentPromotedItems` {}", self.percent_promoted_items);
            return Err(RequestError::new(FIELD, what, "use a whole number from 1 to 100"));
        }
        if self.filter_name().is_empty() {
            let what = "have no `filterArn`";
            return Err(RequestError::new(FIELD, what, "name the filter that chooses what is promoted"));
        }
        Ok(())
    }

    /// Items of a list of that length that are promoted.
    pub fn count(&self, results: usize) -> usize {
        let share = results as f64 * f64::from(self.percent_promoted_items) / 100.0;
        (share.round() as usize).clamp(1, results.max(1))
    }
}

/// The promotion of a request, where it has one.
pub(super) fn of_request(request: &RecommendRequest) -> Result<Option<&Promotion>, RequestError> {
    let given = request.promotions.len();
    if given > MAX_PROMOTIONS {
        return Err(RequestError::new(
            FIELD,
            format!("are {given}"),
            format!("{MAX_PROMOTIONS} of a request is the most"),
        ));
    }
    let Some(promotion) = request.promotions.first() else { return Ok(None) };
    promotion.check()?;
    Ok(Some(promotion))
}

/// A promotion with its filter.
#[derive(Clone, Copy)]
pub struct Promoting<'a> {
    pub promotion: &'a Promotion,
    pub filter: &'a CompiledFilter,
}

impl<'a> Promoting<'a> {
    /// Refuses a recipe or a filter that can't promote.
    pub(super) fn check(&self, recipe: &RecipeDescriptor, ranks: bool) -> Result<(), RequestError> {
        self.promotion.check()?;
        if ranks {
            let rule = "a list put in order has none; leave them out";
            return Err(RequestError::new(FIELD, "are given with `inputList`", rule));
        }
        if !recipe.takes_promotions {
            let rule = format!("{} takes none; leave them out", recipe.name);
            return Err(RequestError::new(FIELD, "are given", rule));
        }
        self.filtering().check(recipe)
    }

    fn filtering(&self) -> Filtering<'a> {
        Filtering { filter: self.filter, values: &self.promotion.filter_values }
    }

    pub(super) fn bind<'q>(&self, query: FilterQuery<'q>) -> Result<Promoted<'q>, RequestError>
    where
        'a: 'q,
    {
        Ok(Promoted { promotion: self.promotion, filter: self.filtering().bind(query, &[])? })
    }
}

/// A promotion for one request.
pub(super) struct Promoted<'a> {
    pub promotion: &'a Promotion,
    /// What may be promoted.
    pub filter: Bound<'a>,
}

/// Puts what is promoted among the others, at places drawn from `seed`; both keep their own order.
pub(super) fn interleave<T>(promoted: Vec<T>, others: Vec<T>, seed: u64) -> Vec<T> {
    let n = promoted.len() + others.len();
    let mut places: Vec<usize> = (0..n).collect();
    Random::new(seed, n as u64).shuffle(&mut places);
    let mut is_promoted = vec![false; n];
    for &place in &places[..promoted.len()] {
        is_promoted[place] = true;
    }
    let (mut promoted, mut others) = (promoted.into_iter(), others.into_iter());
    is_promoted
        .into_iter()
        .filter_map(|is_promoted| if is_promoted { promoted.next() } else { others.next() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promotion(percent: u32) -> Promotion {
        Promotion {
            name: "new".to_owned(),
            percent_promoted_items: percent,
            filter_arn: "arn:aws:personalize:::filter/fresh".to_owned(),
            filter_values: Vec::new(),
        }
    }

    /// 20 % of 25 are 5; of 1 % of 25, 0.25, one is left; 50 % of 3, 1.5, are 2.
    #[test]
    fn shares_are_rounded_and_at_least_one() {
        let cases = [(25, 20, 5), (25, 1, 1), (3, 50, 2), (10, 100, 10), (1, 1, 1), (500, 33, 165)];
        for (results, percent, count) in cases {
            assert_eq!(promotion(percent).count(results), count, "{percent} % of {results}");
        }
    }

    #[test]
    fn limits_are_inclusive() {
        for (percent, accepted) in [(0, false), (1, true), (100, true), (101, false)] {
            assert_eq!(promotion(percent).check().is_ok(), accepted, "{percent}");
        }
        for (name, accepted) in [("x".repeat(63), true), ("x".repeat(64), false), (String::new(), false)] {
            assert_eq!(Promotion { name, ..promotion(1) }.check().is_ok(), accepted);
        }
        assert_eq!(promotion(1).filter_name(), "fresh");
        let none = Promotion { filter_arn: String::new(), ..promotion(1) };
        assert!(none.check().unwrap_err().to_string().starts_with("`promotions` have no `filterArn`"));
        let request =
            |n| RecommendRequest { promotions: vec![promotion(10); n], ..RecommendRequest::default() };
        assert!(of_request(&request(1)).unwrap().is_some() && of_request(&request(0)).unwrap().is_none());
        let two = of_request(&request(2)).unwrap_err().to_string();
        assert_eq!(two, "`promotions` are 2; 1 of a request is the most");
    }

    /// Both orders are kept, and every set of places comes up as often: five places of two, ten sets.
    #[test]
    fn places_are_random_and_orders_kept() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..5_000 {
            let mixed = interleave(vec!["P1", "P2"], vec!["a", "b", "c"], seed);
            let (promoted, others): (Vec<&str>, Vec<&str>) =
                mixed.iter().partition(|one| one.starts_with('P'));
            assert_eq!((promoted, others), (vec!["P1", "P2"], vec!["a", "b", "c"]));
            let places: Vec<usize> = (0..5).filter(|&place| mixed[place].starts_with('P')).collect();
            *counts.entry(places).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 10);
        // Binomial(5000, 1/10): 500 and a standard deviation of 21.
        assert!(counts.values().all(|&count: &i32| (count - 500).abs() < 100), "{counts:?}");
    }
}
