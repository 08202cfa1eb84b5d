//! SLIT with recency: the linear model of which item comes next, in closed form.
//!
//! Every event but the first of a history makes a row. S has its past, `recency^d` at the item of the event `d + 1` before
//! it, for as far back as [`reach`]; T has a one at its own item. `B = (SᵀS + λI)⁻¹·SᵀT` is the ridge regression of what
//! comes next on what was: rules of what follows what, of which none counts what another one has already said. A query's
//! score for j is the sum over its newest events of `recency^rank · B_ij`, rank 0 being the newest.
//!
//! Neither S nor T is ever made: for one history with items x, `SᵀS` has at `(x_a, x_b)`, for every a ≤ b, the sum of
//! `recency^(t − a) · recency^(t − b)` over the events t from b on that have a next one and reach back to a, and `SᵀT`
//! has at `(x_a, x_b)`, for every a < b, `recency^(b − 1 − a)`.
//!
//! Source: Choi, Kim, Lee, Shim and Lee, "Session-aware linear item-item models for session-based recommendation"
//! (WWW 2021), SLIT, over whole histories, with one event for their future.

use super::cooccurrence::Cooccurrence;
use super::linear::{
    self, ABSENT, Between, Linear, MAX_ITEMS, REGULARIZATION, Settings, modelled, places, reach, unsolved,
};
use super::occurrences::Occurrences;
use super::popularity::Popularity;
use super::{Artifact, ArtifactError, Growth, Model, Needs, Recipe, TrainError, TrainingData, ease};
use crate::data::Interactions;
use crate::domain::{ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor};
use crate::jobs::{JobContext, Unit};
use crate::nn::cholesky::{Symmetric, solve};
use rayon::prelude::*;
use std::ops::Range;

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "slit",
    title: "SLIT with recency",
    question: "What comes next after all that, in this order?",
    about: "Writes what comes next as the best linear combination of what came before, newer events for more, over all \
            histories, in closed form: learns order as sequential rules do, and what goes together anyway counts once, \
            as in EASE. One system of equations, no epochs; strong where data are sparse. Choi and others, WWW 2021, over \
            whole histories.",
    parameters: &[
        REGULARIZATION,
        ParameterSpec {
            name: "recency_decay",
            kind: ParameterKind::Float { default: 0.9, min: 0.1, max: 0.99 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "The weight of each event of the history beside the next newer one, in training and in answers.",
        },
        MAX_ITEMS,
    ],
    ..ease::DESCRIPTOR
};

/// The recipe.
pub struct Slit;

impl Recipe for Slit {
    fn descriptor(&self) -> &'static RecipeDescriptor {
        &DESCRIPTOR
    }

    fn train(
        &self,
        data: &TrainingData,
        parameters: &Parameters,
        _seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let interactions = &data.interactions;
        job.stage("Counting what comes after what", Unit::Items, 0);
        let popularity = Popularity::of(interactions);
        let (items, notes) = modelled(popularity.counts(), parameters.int(MAX_ITEMS.name) as usize);
        let recency_decay = parameters.float("recency_decay");
        let pairs = Pairs {
            interactions,
            occurrences: Occurrences::new(interactions),
            places: places(&items, interactions.n_items()),
            items: &items,
            decay: Decay::new(recency_decay),
        };
        let lambda = parameters.float(REGULARIZATION.name) as f32;
        let weights = solve(|| pairs.past(lambda, job), |columns| pairs.next(columns), job)
            .map_err(|error| unsolved(&error, parameters))?;
        let settings =
            Settings { n_items: interactions.n_items(), recency_decay, between: Between::Next, notes };
        let places = pairs.places;
        Ok(Box::new(Linear {
            weights,
            scales: vec![1.0; items.len()],
            items,
            places,
            popularity,
            postings: Cooccurrence::new(interactions, |_| true, |_| true, job)?.postings,
            settings,
        }))
    }

    fn needs(&self, data: &TrainingData, parameters: &Parameters) -> Option<Needs> {
        Some(linear::needs(data, parameters))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        Ok(Box::new(linear::load(artifact)?))
    }

    fn update(
        &self,
        artifact: &Artifact,
        growth: &Growth<'_>,
        _parameters: &Parameters,
        _seed: u64,
        _job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        Ok(Box::new(linear::grown(artifact, growth)?))
    }
}

/// What events weigh by how far back they are.
struct Decay {
    /// `decay^d`, `[reach]`.
    weights: Vec<f32>,
    /// `Σ decay^2k` over k below m, `[reach + 1]`.
    squares: Vec<f32>,
}

impl Decay {
    fn new(decay: f64) -> Self {
        let weights: Vec<f64> = (0..reach(decay) as i32).map(|distance| decay.powi(distance)).collect();
        let mut squares = vec![0.0];
        let mut sum = 0.0;
        for weight in &weights {
            sum += weight * weight;
            squares.push(sum as f32);
        }
        Self { weights: weights.into_iter().map(|weight| weight as f32).collect(), squares }
    }

    /// Events that a row reads.
    fn reach(&self) -> usize {
        self.weights.len()
    }
}

/// The sums over all histories.
struct Pairs<'a> {
    interactions: &'a Interactions,
    occurrences: Occurrences,
    /// Catalogue indices of the modelled items.
    items: &'a [u32],
    /// Place in the model of each item of the catalogue, or [`ABSENT`].
    places: Vec<u32>,
    decay: Decay,
}

impl Pairs<'_> {
    /// `SᵀS + λI`; each column is summed by one task, by the item's occurrences in their order.
    fn past(&self, lambda: f32, job: &JobContext) -> Symmetric<f32> {
        let mut matrix = Symmetric::zeros(self.items.len());
        matrix.panels_mut().par_iter_mut().for_each(|panel| {
            let (first, width) = (panel.first, panel.width);
            for column in 0..width {
                if job.is_cancelled() {
                    return; // the solution's first check ends the work
                }
                panel.values[column * width + column] += lambda;
                for &(at, user) in self.occurrences.of(self.items[first + column]) {
                    self.beside(at as usize, self.interactions.rows(user), |other, weight| {
                        let place = self.places[self.interactions.item[other] as usize];
                        if place != ABSENT && place as usize >= first + column {
                            panel.values[(place as usize - first) * width + column] += weight;
                        }
                    });
                }
            }
        });
        matrix
    }

    /// Every event of a history that is read together with the one at `at`, itself too, and what that adds to `SᵀS`.
    fn beside(&self, at: usize, history: Range<usize>, mut each: impl FnMut(usize, f32)) {
        let reach = self.decay.reach();
        let end = history.end - 1; // the last event has no next one
        for other in history.start.max((at + 1).saturating_sub(reach))..end.min(at + reach) {
            let (earlier, later) = (at.min(other), at.max(other));
            let rows = end.min(earlier + reach).saturating_sub(later);
            each(other, self.decay.weights[later - earlier] * self.decay.squares[rows]);
        }
    }

    /// Columns of `SᵀT`, `[items, columns]`: what came before each of these items.
    fn next(&self, columns: Range<usize>) -> Vec<f32> {
        let width = columns.len();
        let mut sums = vec![0.0; self.items.len() * width];
        for (column, &item) in self.items[columns].iter().enumerate() {
            for &(at, user) in self.occurrences.of(item) {
                let past = self.interactions.rows(user).start..at as usize;
                for (&before, weight) in self.interactions.item[past].iter().rev().zip(&self.decay.weights) {
                    let place = self.places[before as usize];
                    if place != ABSENT {
                        sums[place as usize * width + column] += weight;
                    }
                }
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::Origin;
    use crate::recipes::toy::{self, scores};

    /// One history a b: S = [1 at a], T = [1 at b], so with λ = 1 `B_ab = 1/2` and nothing else.
    #[test]
    fn two_items_by_hand() {
        let data = toy::interactions(&[("u", "a", 1), ("u", "b", 2), ("v", "b", 1)]);
        let model = toy::trained(&Slit, data, &[("regularization", "1")]);
        let (of_a, origin) = scores(&*model, &[0]);
        assert!(of_a[0] == 0.0 && (of_a[1] - 0.5).abs() < 1e-6 && origin == Origin::Model, "{of_a:?}");
        assert_eq!(scores(&*model, &[1]).0, [0.0, 0.0]);
    }

    /// The rows of S and T one by one, and the normal equations of each column solved by elimination, in double precision.
    /// Histories are longer than what is read of them.
    #[test]
    fn equals_ridge_regression_of_the_next_item_on_the_past() {
        let (decay, lambda) = (0.3_f64, 2.0);
        let data = toy::random_interactions(60, 9, 20, 3);
        let settings = [("regularization", "2"), ("recency_decay", "0.3")];
        let model = toy::trained(&Slit, data.clone(), &settings);
        let n = data.n_items();
        let read = 6; // 0.3⁵ is above a thousandth, 0.3⁶ below
        let past = |items: &[u32]| {
            let mut row = vec![0.0; n];
            for (distance, &item) in items.iter().rev().take(read).enumerate() {
                row[item as usize] += decay.powi(distance as i32);
            }
            row
        };
        let (mut gram, mut sides) = (vec![vec![0.0; n]; n], vec![vec![0.0; n]; n]);
        for user in 0..data.n_users() as u32 {
            let items = data.history(user).items;
            for next in 1..items.len() {
                let row = past(&items[..next]);
                for i in 0..n {
                    for j in 0..n {
                        gram[i][j] += row[i] * row[j];
                    }
                    sides[i][items[next] as usize] += row[i];
                }
            }
        }
        for (i, (gram, sides)) in gram.iter_mut().zip(sides).enumerate() {
            gram[i] += lambda;
            gram.extend(sides);
        }
        for column in 0..n {
            let pivot = gram[column].clone();
            for (i, row) in gram.iter_mut().enumerate() {
                let factor = row[column] / pivot[column];
                if i != column {
                    row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
                }
            }
        }
        let asked = [vec![3], vec![1, 2, 1, 0, 5, 3, 3, 8, 7]];
        for history in asked {
            let (found, _) = scores(&*model, &history);
            let row = past(&history);
            for (j, &found) in found.iter().enumerate() {
                let expected: f64 = (0..n).map(|i| row[i] * gram[i][n + j] / gram[i][i]).sum();
                assert!((f64::from(found) - expected).abs() < 1e-5, "{history:?} to {j}: {found} {expected}");
            }
        }
    }

    /// Everyone goes round five items from a place of their own: after each comes the next, and order decides.
    #[test]
    fn a_cycle_is_learnt() {
        let users: Vec<String> = (0..30).map(|user| format!("u{user:02}")).collect();
        let items = ["A", "B", "C", "D", "E"];
        let mut rows = Vec::new();
        for (start, user) in users.iter().enumerate() {
            rows.extend((0..6).map(|step| (user.as_str(), items[(start + step) % 5], step as i64)));
        }
        let model = toy::trained(&Slit, toy::interactions(&rows), &[("regularization", "1")]);
        for at in 0..5_u32 {
            let (row, _) = scores(&*model, &[(at + 3) % 5, (at + 4) % 5, at]);
            let best = (0..5).max_by(|&a: &usize, &b| row[a].total_cmp(&row[b])).unwrap();
            assert_eq!(best as u32, (at + 1) % 5, "{row:?}");
        }
    }

    /// What always came two steps before is said by what came one step before already: rules count it, this does not.
    #[test]
    fn what_goes_together_anyway_counts_once() {
        let rows: Vec<(String, &str, i64)> = (0..40)
            .flat_map(|user| {
                ["a", "b", "c"]
                    .into_iter()
                    .enumerate()
                    .map(move |(at, item)| (format!("u{user}"), item, at as i64))
            })
            .collect();
        let rows: Vec<(&str, &str, i64)> =
            rows.iter().map(|(user, item, at)| (user.as_str(), *item, *at)).collect();
        let model = toy::trained(&Slit, toy::interactions(&rows), &[("regularization", "0.1")]);
        let rules =
            toy::trained(&crate::recipes::sequential_rules::SequentialRules, toy::interactions(&rows), &[]);
        let of = |model: &dyn Model, past: u32| scores(model, &[past]).0[2];
        assert!(of(&*model, 0).abs() < 0.02 && of(&*model, 1) > 0.9, "{} {}", of(&*model, 0), of(&*model, 1));
        assert!((of(&*rules, 0) / of(&*rules, 1) - 0.5).abs() < 1e-6);
    }
}
