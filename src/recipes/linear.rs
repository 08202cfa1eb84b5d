//! Linear models between items: what a history's items say of all others, newest first. How the weights are learnt is
//! [`super::ease`]'s and [`super::slit`]'s.

use super::artifact::{Values, expect_below, expect_len};
use super::cooccurrence::Postings;
use super::evidence::{by_item, explain_by_items};
use super::popularity::Popularity;
use super::{
    Artifact, ArtifactError, Explanation, Growth, Model, Needs, Origin, Query, TrainError, TrainingData,
};
use crate::data::Bits;
use crate::domain::{ParameterGroup, ParameterKind, ParameterSpec, Parameters};
use crate::nn::cholesky::InverseError;
use crate::nn::memory::Memory;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

pub const REGULARIZATION: ParameterSpec = ParameterSpec {
    name: "regularization",
    kind: ParameterKind::Float { default: 200.0, min: 0.1, max: 100_000.0 },
    group: ParameterGroup::Algorithm,
    tunable: true,
    help: "How strongly weights are held near zero: hundreds for dense data, tens for sparse.",
};

pub const MAX_ITEMS: ParameterSpec = ParameterSpec {
    name: "max_items",
    kind: ParameterKind::Int { default: 15_000, min: 10, max: 50_000 },
    group: ParameterGroup::Algorithm,
    tunable: false,
    help: "The most popular items to model; memory grows with the square (15,000 items: 0.9 GB, twice that while training), time with the cube.",
};

/// Past items that weigh less than this beside the newest are below what single precision can tell.
const LEAST_WEIGHT: f32 = 1e-8;
/// Events that weigh less than this beside the newest are not read.
const LEAST_EVENT: f64 = 1e-3;
/// Stands for an item the model does not hold.
pub const ABSENT: u32 = u32::MAX;
/// Rows of a matrix that stay in the cache together.
pub const ROWS: usize = 64;

/// What weights are between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Between {
    /// Items one had: `B_ij = weight_ij · scale_j`, the weights symmetric. An item had again counts once.
    #[default]
    Had,
    /// What was and what came next, `B_ij = weight_ij`. Every event counts, of the newest [`reach`].
    Next,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Settings {
    pub n_items: usize,
    pub recency_decay: f64,
    #[serde(default)]
    pub between: Between,
    pub notes: Vec<String>,
}

/// Events of a history that are read where each weighs `decay` of the next newer one.
pub fn reach(decay: f64) -> usize {
    (LEAST_EVENT.ln() / decay.ln()) as usize + 1
}

/// The model: weights between items.
pub struct Linear {
    /// Catalogue indices of the modelled items, ascending, `[n]`.
    pub items: Vec<u32>,
    /// Place in the model of each item of the catalogue, or [`ABSENT`].
    pub places: Vec<u32>,
    /// From each item to each, `[n, n]`.
    pub weights: Vec<f32>,
    /// What sums for each item are multiplied by, `[n]`.
    pub scales: Vec<f32>,
    pub popularity: Popularity,
    pub postings: Postings,
    pub settings: Settings,
}

impl Linear {
    /// Places of the history's known items, each once, and their weights.
    fn weighted(&self, query: &Query<'_>) -> Vec<(u32, f32)> {
        match self.settings.between {
            Between::Had => self.had(query),
            Between::Next => self.events(query),
        }
    }

    /// The newest events, item by item.
    fn events(&self, query: &Query<'_>) -> Vec<(u32, f32)> {
        let decay = self.settings.recency_decay;
        let newest = query.history.items.iter().rev().take(reach(decay));
        let weighted =
            (0..).zip(newest).map(|(rank, &item)| (self.places[item as usize], decay.powi(rank) as f32));
        by_item(weighted.filter(|(place, _)| *place != ABSENT))
    }

    /// What one had, newest first.
    fn had(&self, query: &Query<'_>) -> Vec<(u32, f32)> {
        let decay = self.settings.recency_decay as f32;
        let mut weighted: Vec<(u32, f32)> = Vec::new();
        let mut weight = 1.0;
        let mut held = Bits::none(self.items.len());
        for &item in query.history.items.iter().rev() {
            let place = self.places[item as usize];
            if place == ABSENT || held.contains(place) {
                continue;
            }
            held.insert(place);
            weighted.push((place, weight));
            weight *= decay;
            if weight < LEAST_WEIGHT {
                break;
            }
        }
        weighted
    }

    fn score_one(&self, query: &Query<'_>, sums: &mut [f32], scores: &mut [f32]) -> Origin {
        let weighted = self.weighted(query);
        if weighted.is_empty() {
            self.popularity.write(scores);
            return Origin::Popular;
        }
        let n = self.items.len();
        sums.fill(0.0);
        pulp::Arch::new().dispatch(|| {
            for &(place, weight) in &weighted {
                let row = &self.weights[place as usize * n..][..n];
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        });
        scores.fill(f32::NEG_INFINITY);
        for ((&item, sum), scale) in self.items.iter().zip(sums).zip(&self.scales) {
            scores[item as usize] = *sum * scale;
        }
        Origin::Model
    }
}

impl Model for Linear {
    fn n_items(&self) -> usize {
        self.settings.n_items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let mut sums = vec![0.0; self.items.len()];
        let rows = scores.chunks_exact_mut(self.n_items());
        queries.iter().zip(rows).map(|(query, row)| self.score_one(query, &mut sums, row)).collect()
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let weighted = self.weighted(query);
        let explain = |&item: &u32| {
            let place = self.places[item as usize];
            if place == ABSENT {
                return self.popularity.explain(item);
            }
            let row = &self.weights[place as usize * self.items.len()..][..self.items.len()];
            let scale = self.scales[place as usize];
            let added = |&(past, weight): &(u32, f32)| {
                (self.items[past as usize], weight * row[past as usize] * scale)
            };
            explain_by_items(weighted.iter().map(added).collect(), |past| {
                Some(self.postings.together(past, item))
            })
            .unwrap_or_else(|| self.popularity.explain(item))
        };
        items.iter().map(explain).collect()
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let weights = match self.settings.between {
            Between::Had => Cow::Owned(triangle(&self.weights, self.items.len())),
            Between::Next => Cow::Borrowed(&*self.weights),
        };
        let [user_offsets, users] = self.postings.values();
        Artifact::new(
            &self.settings,
            &[
                self.popularity.values(),
                ("items", Values::U32(&self.items)),
                ("scales", Values::F32(&self.scales)),
                ("weights", Values::F32(&weights)),
                user_offsets,
                users,
            ],
        )
    }

    fn notes(&self) -> &[String] {
        &self.settings.notes
    }
}

/// Where each item of the catalogue stands in the model.
pub fn places(items: &[u32], n_items: usize) -> Vec<u32> {
    let mut places = vec![ABSENT; n_items];
    for (place, &item) in items.iter().enumerate() {
        places[item as usize] = place as u32;
    }
    places
}

/// Restores a model that was saved.
pub fn load(artifact: &Artifact) -> Result<Linear, ArtifactError> {
    let settings: Settings = artifact.settings()?;
    let tensors = artifact.tensors()?;
    let popularity = Popularity::load(&tensors, settings.n_items)?;
    let postings = Postings::load(&tensors, settings.n_items)?;
    let (items, scales, weights) = (tensors.u32("items")?, tensors.f32("scales")?, tensors.f32("weights")?);
    let n = items.len();
    expect_below("items", &items, settings.n_items)?;
    expect_len("scales", scales.len(), n)?;
    let weights = match settings.between {
        Between::Had => {
            expect_len("weights", weights.len(), n * n.saturating_sub(1) / 2)?;
            mirrored(&weights, n)
        }
        Between::Next => {
            expect_len("weights", weights.len(), n * n)?;
            weights
        }
    };
    let places = places(&items, settings.n_items);
    Ok(Linear { items, places, weights, scales, popularity, postings, settings })
}

/// A stored model with what came since: the weights are what they were.
pub fn grown(artifact: &Artifact, growth: &Growth<'_>) -> Result<Linear, ArtifactError> {
    let before = load(artifact)?;
    let items = growth.renamed(&before.items);
    Ok(Linear {
        places: places(&items, growth.n_items()),
        items,
        popularity: before.popularity.grown(growth),
        postings: before.postings.grown(growth),
        settings: Settings { n_items: growth.n_items(), ..before.settings },
        ..before
    })
}

/// The square of items as a model, and half of it twice: as a triangle and as the bytes that are saved, or what is solved
/// for before it is put together.
pub fn needs(data: &TrainingData, parameters: &Parameters) -> Needs {
    let counts = Popularity::of(&data.interactions);
    let items = modelled(counts.counts(), parameters.int(MAX_ITEMS.name) as usize).0.len() as u64;
    let machine = Memory { weights: 4 * items * items, between: 4 * items * items, ..Memory::default() };
    Needs { machine, card: None }
}

/// Why there are no weights.
pub fn unsolved(error: &InverseError, parameters: &Parameters) -> TrainError {
    match error {
        InverseError::Cancelled(cancelled) => TrainError::Cancelled(*cancelled),
        InverseError::Pivot { .. } => TrainError::Unfit(format!(
            "{error} (`{}` is {})",
            REGULARIZATION.name,
            parameters.float(REGULARIZATION.name)
        )),
    }
}

/// The items to model, ascending: all that occur, or the most popular of them, and what is said about the rest.
pub fn modelled(counts: &[u32], max_items: usize) -> (Vec<u32>, Vec<String>) {
    let mut items: Vec<u32> = (0..counts.len() as u32).filter(|&item| counts[item as usize] > 0).collect();
    let total = items.len();
    if total <= max_items {
        return (items, Vec::new());
    }
    items.sort_by(|&a, &b| counts[b as usize].cmp(&counts[a as usize]).then(a.cmp(&b)));
    let rest: u64 = items[max_items..].iter().map(|&item| u64::from(counts[item as usize])).sum();
    let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    items.truncate(max_items);
    items.sort_unstable();
    let gigabytes = |n: usize| (4 * n * n) as f64 / 1e9;
    let note = format!(
        "{} of {total} items, the least popular, with {:.1}% of all interactions, are never recommended: the model \
         holds {max_items} (max_items) in {:.2} GB; all of them would take {:.2} GB.",
        total - max_items,
        100.0 * rest as f64 / all as f64,
        gigabytes(max_items),
        gigabytes(total),
    );
    (items, vec![note])
}

/// What lies below the diagonal, row by row.
fn triangle(matrix: &[f32], n: usize) -> Vec<f32> {
    let mut triangle = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for i in 0..n {
        triangle.extend_from_slice(&matrix[i * n..i * n + i]);
    }
    triangle
}

/// Copies what lies below the diagonal to above it, tile by tile so that both stay in the cache.
pub fn mirror(matrix: &mut [f32], n: usize) {
    for top in (0..n).step_by(ROWS) {
        for left in (0..=top).step_by(ROWS) {
            for i in top..n.min(top + ROWS) {
                for j in left..i.min(left + ROWS) {
                    matrix[j * n + i] = matrix[i * n + j];
                }
            }
        }
    }
}

/// The whole matrix from its rows below the diagonal, one after the other.
fn mirrored(triangle: &[f32], n: usize) -> Vec<f32> {
    let mut matrix = vec![0.0; n * n];
    let mut rest = triangle;
    for i in 0..n {
        let (row, after) = rest.split_at(i);
        matrix[i * n..i * n + i].copy_from_slice(row);
        rest = after;
    }
    mirror(&mut matrix, n);
    matrix
}
