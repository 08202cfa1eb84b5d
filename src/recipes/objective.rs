//! Lists that weigh an attribute of the items beside relevance: the service's `optimizationObjective`.
//!
//! Of a query's scores `r` and an attribute `a`, `s = (1 − λ) r + λ (μ + σ z(a))`, where `μ` and `σ` are mean and deviation
//! of `r` over the items that can be recommended and `z(a)` is the attribute's standard score over the catalogue. It orders
//! items as `(1 − λ) z(r) + λ z(a)` does, in the units of `r`, so that what makes probabilities of `r` makes them of `s`.

use super::artifact::{Values, expect_len};
use super::{Artifact, ArtifactError, Explanation, Likelihood, Model, Origin, Query, ReadColumn, Tuned};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An attribute of the items and how much it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Of each item, `[n_items]`; not a number where it is not known.
    pub attribute: Arc<[f32]>,
    /// λ, from 0 to below 1.
    pub weight: f32,
}

impl Objective {
    /// The attribute's standard scores; 0, the average, where it is not known, or the same for all.
    fn standard(&self) -> Vec<f32> {
        let (mean, deviation) = moments(&self.attribute);
        let score = |&value: &f32| {
            if value.is_finite() && deviation > 0.0 {
                ((f64::from(value) - mean) / deviation) as f32
            } else {
                0.0
            }
        };
        self.attribute.iter().map(score).collect()
    }
}

/// Mean and deviation of the values that are finite; zeros where none is.
fn moments(values: &[f32]) -> (f64, f64) {
    let known = values.iter().filter(|value| value.is_finite()).map(|&value| f64::from(value));
    let (n, sum) = known.clone().fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
    let mean = sum / f64::max(n, 1.0);
    (mean, (known.map(|value| (value - mean).powi(2)).sum::<f64>() / f64::max(n, 1.0)).sqrt())
}

/// A model whose scores are weighed with an attribute.
struct Weighed {
    model: Arc<dyn Model>,
    /// Standard scores, `[n_items]`.
    attribute: Arc<[f32]>,
    weight: f32,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    objective_weight: f32,
    /// The settings of the model.
    model: String,
}

/// The model with an objective; the model itself where there is none or it counts for nothing.
pub fn weighed(model: impl Model + 'static, objective: Option<&Objective>) -> Box<dyn Model> {
    match objective.filter(|objective| objective.weight > 0.0) {
        Some(objective) => Box::new(Weighed {
            model: Arc::new(model),
            attribute: objective.standard().into(),
            weight: objective.weight,
        }),
        None => Box::new(model),
    }
}

/// Restores a model that was saved with or without an objective; `load` restores the one inside.
pub fn load<M: Model + 'static>(
    artifact: &Artifact,
    load: impl FnOnce(&Artifact) -> Result<M, ArtifactError>,
) -> Result<Box<dyn Model>, ArtifactError> {
    let Ok(stored) = artifact.settings::<Stored>() else { return Ok(Box::new(load(artifact)?)) };
    let model = load(&inside(artifact, stored.model)?)?;
    let attribute = artifact.tensors()?.f32("objective")?;
    expect_len("objective", attribute.len(), model.n_items())?;
    Ok(Box::new(Weighed {
        model: Arc::new(model),
        attribute: attribute.into(),
        weight: stored.objective_weight,
    }))
}

/// The model inside a saved one, where there is an objective around it.
pub fn without(artifact: &Artifact) -> Result<Artifact, ArtifactError> {
    match artifact.settings::<Stored>() {
        Ok(stored) => inside(artifact, stored.model),
        Err(_) => Ok(artifact.clone()),
    }
}

fn inside(artifact: &Artifact, json: String) -> Result<Artifact, ArtifactError> {
    Ok(Artifact { tensors: artifact.tensors()?.u8("model")?, json })
}

impl Weighed {
    /// Weighs a row of scores; items that must not be returned stay so.
    fn weigh(&self, row: &mut [f32]) {
        let (mean, deviation) = moments(row);
        let (mean, deviation) = (mean as f32, deviation as f32);
        for (score, standard) in row.iter_mut().zip(self.attribute.iter()) {
            *score = (1.0 - self.weight) * *score + self.weight * (mean + deviation * standard);
        }
    }
}

impl Model for Weighed {
    fn n_items(&self) -> usize {
        self.model.n_items()
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let origins = self.model.score(queries, scores);
        scores.chunks_exact_mut(self.n_items().max(1)).for_each(|row| self.weigh(row));
        origins
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        self.model.explain(query, items)
    }

    fn likelihood(&self) -> Likelihood {
        self.model.likelihood()
    }

    fn tuned(&self) -> Option<Tuned> {
        self.model.tuned()
    }

    fn columns(&self) -> Vec<ReadColumn> {
        self.model.columns()
    }

    fn dealt(&self, column: &ReadColumn, places: &[u32]) -> Option<Arc<dyn Model>> {
        let model = self.model.dealt(column, places)?;
        Some(Arc::new(Self { model, attribute: Arc::clone(&self.attribute), weight: self.weight }))
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let model = self.model.save()?;
        let stored = Stored { objective_weight: self.weight, model: model.json };
        let tensors = [("model", Values::U8(&model.tensors)), ("objective", Values::F32(&self.attribute))];
        Artifact::new(&stored, &tensors)
    }

    fn notes(&self) -> &[String] {
        self.model.notes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::toy::ToyModel;

    const SCORES: [f32; 4] = [4.0, 2.0, 0.0, f32::NEG_INFINITY];

    fn scores(weight: f32) -> Vec<f32> {
        let model = ToyModel { n_items: 4, score: |_: &Query<'_>, item: u32| SCORES[item as usize] };
        let attribute: Arc<[f32]> = [1.0, 2.0, 3.0, 2.0].into();
        let model = weighed(model, Some(&Objective { attribute, weight }));
        let mut scores = vec![0.0; 4];
        model.score(&[Query::default()], &mut scores);
        scores
    }

    /// Relevance 4, 2, 0 has mean 2 and deviation √(8/3); the attribute 1, 2, 3, 2 mean 2 and deviation √½.
    #[test]
    fn scores_are_weighed_as_their_standard_scores_are() {
        assert_eq!(scores(0.0), SCORES, "an objective that counts for nothing changes no bit");
        let (relevance, attribute) = ((8.0_f32 / 3.0).sqrt(), 0.5_f32.sqrt());
        for weight in [0.25, 0.5, 0.75] {
            let found = scores(weight);
            for (item, (r, a)) in [(4.0, 1.0), (2.0, 2.0), (0.0, 3.0)].into_iter().enumerate() {
                let standard = (1.0 - weight) * (r - 2.0) / relevance + weight * (a - 2.0) / attribute;
                assert!(((found[item] - 2.0) / relevance - standard).abs() < 1e-5, "{found:?}");
            }
            assert_eq!(found[3], f32::NEG_INFINITY);
        }
        let high = scores(0.75);
        assert!(high[2] > high[1] && high[1] > high[0], "the attribute has turned the order: {high:?}");
    }
}
