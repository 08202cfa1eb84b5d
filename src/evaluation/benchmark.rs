//! All that lists are measured against: a test set, the interactions it was cut from, and what is known of the items.

use super::lists::Lists;
use super::metrics::{Asked, Exposure, Hits, MetricAt, Reading};
use super::{Catalogue, TestSet};
use crate::data::{Features, Interactions};
use rayon::prelude::*;
use std::sync::Arc;

/// A test set with its interactions and its catalogue.
#[derive(Debug, Clone)]
pub struct Benchmark {
    pub interactions: Interactions,
    pub test: TestSet,
    pub catalogue: Catalogue,
}

/// The lists of one contestant, compared once with what was to be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub lists: Lists,
    /// `[cases]`.
    hits: Vec<Hits>,
}

impl Benchmark {
    /// `items` is what is said of the items, as far as distances between them are wanted.
    pub fn new(interactions: Interactions, test: TestSet, items: &Features) -> Self {
        let catalogue = Catalogue::of(&interactions, &test, items);
        Self { interactions, test, catalogue }
    }

    /// The same with an attribute of the items that lists are to bring, `[n_items]`.
    #[must_use]
    pub fn with_rewards(mut self, rewards: Option<Arc<[f32]>>) -> Self {
        self.catalogue.rewards = rewards;
        self
    }

    /// The same with which items are new, `[n_items]`.
    #[must_use]
    pub fn with_new(mut self, is_new: Arc<[bool]>) -> Self {
        self.catalogue.is_new = Some(is_new);
        self
    }

    pub fn outcome(&self, lists: Lists) -> Outcome {
        let cases = &self.test.cases;
        let hits = (0..cases.len())
            .into_par_iter()
            .map(|case| Hits::of(lists.items(case), &cases[case].truth))
            .collect();
        Outcome { lists, hits }
    }

    /// Items that the user of a case had before.
    pub fn input(&self, case: usize) -> &[u32] {
        let case = &self.test.cases[case];
        let first = self.interactions.rows(case.user).start;
        &self.interactions.item[first..first + case.input]
    }

    /// The value of every user, `[cases]`; `None` for a metric of all lists together, and for one of an attribute that lists
    /// are not to bring.
    pub fn per_user(&self, outcome: &Outcome, metric: MetricAt) -> Option<Vec<f32>> {
        let values = self.exact_values(outcome, metric)?;
        Some(values.into_iter().map(|value| value as f32).collect())
    }

    /// The same in full precision.
    pub fn exact_values(&self, outcome: &Outcome, metric: MetricAt) -> Option<Vec<f64>> {
        let Reading::PerUser(value) = metric.metric.reading else { return None };
        let of = |case: usize| {
            let asked = Asked {
                list: outcome.lists.items(case),
                hits: &outcome.hits[case],
                truth: &self.test.cases[case].truth,
                input: self.input(case),
                catalogue: &self.catalogue,
            };
            // A sum of nothing is −0 in Rust; nothing found is 0.
            value(&asked, metric.k) + 0.0
        };
        let values: Vec<f64> = (0..outcome.hits.len()).into_par_iter().map(of).collect();
        values.iter().all(|value| value.is_finite()).then_some(values)
    }

    /// The metric; `None` where nobody is tested, or where it is of an attribute that lists are not to bring.
    pub fn value(&self, outcome: &Outcome, metric: MetricAt) -> Option<f64> {
        if outcome.hits.is_empty() {
            return None;
        }
        match metric.metric.reading {
            Reading::PerUser(_) => {
                let values = self.exact_values(outcome, metric)?;
                Some(values.iter().sum::<f64>() / values.len() as f64)
            }
            Reading::OfAllLists(value) => {
                let counts = outcome.lists.exposure(metric.k, self.catalogue.n_items());
                Some(value(&Exposure { counts: &counts }))
            }
        }
    }
}

/// The mean of values per user.
pub(super) fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64
}
