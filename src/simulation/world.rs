//! Who may come and what there is: people drawn from the data, and the catalogue with its arrivals.

use super::choice::{Choice, FittedChoice, Person, looked_at};
use super::spec::SimulationSpec;
use crate::data::{Features, Interactions, creation_times};
use crate::jobs::{Cancelled, JobContext};

const SECS_A_DAY: i64 = 86_400;

/// A user of the data whom simulated users may be like.
#[derive(Debug, Clone, PartialEq)]
pub struct Somebody {
    /// Their index in the interactions.
    pub user: u32,
    /// As the model of choice sees them.
    pub(super) person: Person,
}

/// A world to run experiments in. Made of all of the data, whatever a campaign was trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    choice: Choice,
    fitted: FittedChoice,
    people: Vec<Somebody>,
    /// The step at which each item arrives, 0 for those that are there, `[n_items]`.
    arrives: Vec<u32>,
    /// Items by popularity, equals by index.
    by_popularity: Vec<u32>,
    /// When the data end, epoch seconds.
    newest: i64,
}

impl World {
    /// Fits the model of choice, draws up who there is, and lets the newest items, a share `arriving` of the catalogue,
    /// arrive evenly over `steps`. `created` are the items' creation times where they are known, `[n_items]`.
    pub fn new(
        interactions: &Interactions,
        items: &Features,
        created: Option<&[Option<i64>]>,
        arriving: f64,
        steps: usize,
        job: &JobContext,
    ) -> Result<Self, Cancelled> {
        let (choice, fitted) = Choice::fit(interactions, items, job)?;
        let n_items = interactions.n_items();
        let created = creation_times(interactions, created);
        let mut newest_first: Vec<u32> = (0..n_items as u32).collect();
        newest_first.sort_by_key(|&item| (std::cmp::Reverse(created[item as usize]), item));
        let late = ((n_items as f64 * arriving) as usize).min(n_items.saturating_sub(1));
        let mut arrives = vec![0; n_items];
        // The newest item of all comes last.
        for (place, &item) in newest_first[..late].iter().rev().enumerate() {
            arrives[item as usize] = (1 + place * steps.saturating_sub(1) / late) as u32;
        }
        let mut by_popularity: Vec<u32> = (0..n_items as u32).collect();
        let popularity = choice.popularity();
        by_popularity
            .sort_by(|&a, &b| popularity[b as usize].total_cmp(&popularity[a as usize]).then(a.cmp(&b)));
        let somebody = |user: u32| {
            let rows = interactions.rows(user);
            let there = interactions.item[rows].iter().copied().filter(|&item| arrives[item as usize] == 0);
            let history: Vec<u32> = there.collect();
            (!history.is_empty()).then(|| Somebody { user, person: choice.person(&history) })
        };
        let people = (0..interactions.n_users() as u32).filter_map(somebody).collect();
        job.check()?;
        let newest = interactions.timestamp.iter().copied().max().unwrap_or_default();
        Ok(Self { choice, fitted, people, arrives, by_popularity, newest })
    }

    pub fn people(&self) -> &[Somebody] {
        &self.people
    }

    pub fn fitted(&self) -> &FittedChoice {
        &self.fitted
    }

    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    pub fn n_items(&self) -> usize {
        self.arrives.len()
    }

    /// The step at which an item arrives; 0 where it is there from the beginning.
    pub fn arrives_at(&self, item: u32) -> u32 {
        self.arrives[item as usize]
    }

    /// The items that have arrived at a step.
    pub fn there_at(&self, step: u32) -> usize {
        self.arrives.iter().filter(|&&arrives| arrives <= step).count()
    }

    /// All items, the most popular first.
    pub fn by_popularity(&self) -> &[u32] {
        &self.by_popularity
    }

    /// Epoch seconds of a step, the first of which is the day after the data end.
    pub fn time_of(&self, step: u32) -> i64 {
        self.newest + (i64::from(step) + 1) * SECS_A_DAY
    }

    /// Σ e q of the most popular items that are there from the beginning, for each person.
    fn pulls_of_popular(&self, spec: &SimulationSpec) -> Vec<f64> {
        let pull = |Somebody { person, .. }: &Somebody| {
            let may_be_shown =
                |item: u32| self.arrives_at(item) == 0 && !(spec.exclude_seen && person.had(&[], item));
            let list = self.by_popularity.iter().copied().filter(|&item| may_be_shown(item));
            (1..)
                .zip(list.take(spec.list_length))
                .map(|(place, item)| looked_at(place) * self.choice.pull(person, &[], item))
                .sum()
        };
        self.people.iter().map(pull).collect()
    }

    /// w₀ for which visits to the most popular items end with a click in the share that the specification assumes, and each
    /// person's own share then.
    pub(super) fn no_click(&self, spec: &SimulationSpec) -> (f64, Vec<f64>) {
        let pulls = self.pulls_of_popular(spec);
        let rates = |no_click: f64| pulls.iter().map(move |pull| pull / (pull + no_click));
        let (mut low, mut high) = (1e-12_f64.ln(), 1e6_f64.ln());
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            let mean = rates(middle.exp()).sum::<f64>() / pulls.len().max(1) as f64;
            if mean > spec.click_rate { low = middle } else { high = middle }
        }
        let no_click = low.exp();
        (no_click, rates(no_click).collect())
    }
}

#[cfg(test)]
impl World {
    /// Items of those pulls for everybody, and people with those histories, which count `repeat` times.
    pub(super) fn plain(pulls: &[f64], histories: &[Vec<u32>], repeat: f64) -> Self {
        use crate::data::Vocabulary;
        use std::sync::Arc;
        let items = Arc::new(Vocabulary::new((0..pulls.len()).map(|item| format!("{item:03}"))));
        let data = Interactions::from_rows(Arc::default(), items, Arc::default(), &[]);
        let features = Features::none(pulls.len());
        let job = JobContext::default();
        let fitted = Choice::fit(&data, &features, &job);
        let Ok((choice, fitted)) = fitted else { unreachable!("nobody cancels it") };
        let choice = choice.replaced(pulls, repeat);
        let person = |history: &Vec<u32>| Somebody { user: 0, person: choice.person(history) };
        let people = histories.iter().map(person).collect();
        let mut by_popularity: Vec<u32> = (0..pulls.len() as u32).collect();
        by_popularity.sort_by(|&a, &b| pulls[b as usize].total_cmp(&pulls[a as usize]).then(a.cmp(&b)));
        Self { choice, fitted, people, arrives: vec![0; pulls.len()], by_popularity, newest: 0 }
    }
}
