//! EASE with recency: the linear model of which items go together, in closed form.
//!
//! With X the users × items matrix of zeros and ones, `P = (XᵀX + λI)⁻¹` and `B_ij = −P_ij / P_jj`, zero on the
//! diagonal: the least-squares way to write each column of X by the others. A query's score for j is the sum over
//! its distinct items of `recency^rank · B_ij`, rank 0 being the newest.
//!
//! Source: Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019); weighing the history is ours.

use super::cooccurrence::Cooccurrence;
use super::linear::{
    self, ABSENT, Between, Linear, MAX_ITEMS, REGULARIZATION, ROWS, Settings, mirror, modelled, places,
    unsolved,
};
use super::popularity::Popularity;
use super::{Artifact, ArtifactError, Growth, Model, Needs, Recipe, TrainError, TrainingData};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::nn::cholesky::{Symmetric, invert};
use rayon::prelude::*;

pub static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "ease",
    title: "EASE with recency",
    task: Task::UserPersonalization,
    question: "What goes with what this user did, lately above all?",
    about: "Writes every item as the best linear combination of the others over all users, in closed form, and adds \
            up what the user's items point to, the newest ones for most. One matrix inverse, no epochs; among the \
            strongest models on dense data. Steck, WWW 2019; the recency weights are ours.",
    reads: &[DatasetType::Interactions],
    parameters: &[
        REGULARIZATION,
        ParameterSpec {
            name: "recency_decay",
            kind: ParameterKind::Float { default: 0.9, min: 0.1, max: 1.0 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "The weight of each item of the history beside the next newer one; 1 weighs all alike.",
        },
        MAX_ITEMS,
    ],
    reads_order: true,
    takes_events: true,
    returns_scores: true,
    takes_objective: false,
    weighs_events: false,
    takes_updates: false,
    takes_promotions: true,
    second_generation: false,
    campaign_parameters: &[],
    open_baseline: true,
};

/// The recipe.
pub struct Ease;

impl Recipe for Ease {
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
        job.stage("Counting pairs", Unit::Items, 0);
        let popularity = Popularity::of(interactions);
        let (items, notes) = modelled(popularity.counts(), parameters.int(MAX_ITEMS.name) as usize);
        let places = places(&items, interactions.n_items());
        let cooccurrence =
            Cooccurrence::new(interactions, |_| true, |item| places[item as usize] != ABSENT, job)?;
        let lambda = parameters.float(REGULARIZATION.name) as f32;
        let gram = || gram(&cooccurrence, &items, &places, lambda, job);
        let inverse = invert(gram, job).map_err(|error| unsolved(&error, parameters))?;
        let (weights, scales) = weights(&inverse.matrix, job)?;
        let settings = Settings {
            n_items: interactions.n_items(),
            recency_decay: parameters.float("recency_decay"),
            between: Between::Had,
            notes,
        };
        Ok(Box::new(Linear {
            items,
            places,
            weights,
            scales,
            popularity,
            postings: cooccurrence.postings,
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

/// `XᵀX + λI` over the modelled items; counts are whole, so sums have no order.
fn gram(
    cooccurrence: &Cooccurrence,
    items: &[u32],
    places: &[u32],
    lambda: f32,
    job: &JobContext,
) -> Symmetric<f32> {
    let mut matrix = Symmetric::zeros(items.len());
    matrix.panels_mut().par_iter_mut().for_each(|panel| {
        let (first, width) = (panel.first, panel.width);
        for column in 0..width {
            let item = items[first + column];
            if job.is_cancelled() {
                return; // the inverse's first check ends the work
            }
            panel.values[column * width + column] = cooccurrence.postings.count(item) as f32 + lambda;
            cooccurrence.for_each_later(item, |later| {
                for &other in later {
                    let row = places[other as usize] as usize - first;
                    panel.values[row * width + column] += 1.0;
                }
            });
        }
    });
    matrix
}

/// `P` with zeros on its diagonal, `[n, n]`, and `−1 / P_jj`.
fn weights(inverse: &Symmetric<f32>, job: &JobContext) -> Result<(Vec<f32>, Vec<f32>), Cancelled> {
    let n = inverse.n();
    let scales = (0..n).map(|j| -1.0 / inverse.get(j, j)).collect();
    let mut weights = vec![0.0; n * n];
    weights.par_chunks_mut((ROWS * n).max(1)).enumerate().try_for_each(|(chunk, rows)| {
        job.check()?;
        for (i, row) in (chunk * ROWS..).zip(rows.chunks_exact_mut(n)) {
            for panel in inverse.panels().iter().take_while(|panel| panel.first <= i) {
                let from = (i - panel.first) * panel.width;
                let columns = panel.width.min(i - panel.first);
                row[panel.first..panel.first + columns].copy_from_slice(&panel.values[from..from + columns]);
            }
        }
        Ok(())
    })?;
    mirror(&mut weights, n);
    Ok((weights, scales))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::History;
    use crate::recipes::toy::scores;
    use crate::recipes::{Evidence, Origin, Query, toy};

    /// Users {a, b}, {a, b}, {a}: `XᵀX + I = [[4, 2], [2, 3]]`, `P = [[3, −2], [−2, 4]] / 8`, `B_ab = 2/4`,
    /// `B_ba = 2/3`.
    #[test]
    fn two_items_by_hand() {
        let data = toy::interactions(&[
            ("u", "a", 1),
            ("u", "b", 2),
            ("v", "b", 1),
            ("v", "a", 2),
            ("w", "a", 1),
            ("w", "a", 2),
        ]);
        let model = toy::trained(&Ease, data, &[("regularization", "1")]);
        let (of_a, origin) = scores(&*model, &[0]);
        assert!((of_a[1] - 0.5).abs() < 1e-6 && of_a[0] == 0.0 && origin == Origin::Model, "{of_a:?}");
        let (of_b, _) = scores(&*model, &[1]);
        assert!((of_b[0] - 2.0 / 3.0).abs() < 1e-6, "{of_b:?}");
        let history = History { items: &[0], timestamps: &[1], event_types: &[0], ..History::default() };
        let explanation = model.explain(&Query { history, ..Query::default() }, &[1]).remove(0);
        assert_eq!(explanation.evidence, [Evidence::Item { item: 0, weight: 1.0, together: Some(2) }]);
    }

    /// EASE is ridge regression of each column on the others: solve those normal equations one by one.
    #[test]
    fn equals_ridge_regression_of_each_item_on_the_others() {
        let data = toy::random_interactions(80, 12, 8, 3);
        let lambda = 2.0;
        let model = toy::trained(&Ease, data.clone(), &[("regularization", "2"), ("recency_decay", "1")]);
        let n = data.n_items();
        let mut gram = vec![vec![0.0_f64; n]; n];
        for user in 0..data.n_users() as u32 {
            let mut items = data.history(user).items.to_vec();
            items.sort_unstable();
            items.dedup();
            for &i in &items {
                for &j in &items {
                    gram[i as usize][j as usize] += 1.0;
                }
            }
        }
        for target in 0..n {
            let others: Vec<usize> = (0..n).filter(|&item| item != target).collect();
            let mut system: Vec<Vec<f64>> = others
                .iter()
                .map(|&i| {
                    let mut row: Vec<f64> =
                        others.iter().map(|&j| gram[i][j] + if i == j { lambda } else { 0.0 }).collect();
                    row.push(gram[i][target]);
                    row
                })
                .collect();
            for column in 0..others.len() {
                let pivot = system[column].clone();
                for (i, row) in system.iter_mut().enumerate() {
                    let factor = row[column] / pivot[column];
                    if i != column {
                        row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
                    }
                }
            }
            for (at, &item) in others.iter().enumerate() {
                let expected = system[at][others.len()] / system[at][at];
                let found = f64::from(scores(&*model, &[item as u32]).0[target]);
                assert!((found - expected).abs() < 1e-5, "{item} to {target}: {found} {expected}");
            }
        }
    }

    #[test]
    fn newer_items_weigh_more_and_repeats_once() {
        let data = toy::random_interactions(80, 12, 8, 5);
        let model = toy::trained(&Ease, data, &[("regularization", "2"), ("recency_decay", "0.5")]);
        let [a, b] = [3, 7].map(|item| scores(&*model, &[item]).0);
        let both = scores(&*model, &[3, 7, 3, 7]).0;
        for item in 0..12 {
            assert!((both[item] - (b[item] + 0.5 * a[item])).abs() < 1e-6);
        }
    }

    #[test]
    fn only_the_most_popular_items_are_modelled_and_the_rest_is_reported() {
        let data =
            toy::interactions(&[("u", "a", 1), ("u", "b", 2), ("v", "b", 1), ("v", "c", 2), ("w", "c", 1)]);
        let (items, notes) = modelled(Popularity::of(&data).counts(), 2);
        assert_eq!(items, [1, 2]);
        assert!(
            notes[0].contains("1 of 3 items") && notes[0].contains("20.0% of all interactions"),
            "{notes:?}"
        );
        let data = toy::random_interactions(80, 20, 8, 5);
        let counts = Popularity::of(&data).counts().to_vec();
        let model = toy::trained(&Ease, data, &[("max_items", "10")]);
        let known = (0..20).find(|&item| scores(&*model, &[item]).1 == Origin::Model).unwrap();
        let row = scores(&*model, &[known]).0;
        assert_eq!(row.iter().filter(|score| score.is_finite()).count(), 10);
        let least_in = (0..20).filter(|&i| row[i].is_finite()).map(|i| counts[i]).min();
        let most_out = (0..20).filter(|&i| !row[i].is_finite()).map(|i| counts[i]).max();
        assert!(least_in >= most_out);
    }
}
