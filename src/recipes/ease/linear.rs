//! The linear model: what a history's items say of all others, newest first.

use crate::data::Bits;
use crate::recipes::artifact::{Values, expect_below, expect_len};
use crate::recipes::cooccurrence::Postings;
use crate::recipes::evidence::explain_by_items;
use crate::recipes::popularity::Popularity;
use crate::recipes::{Artifact, ArtifactError, Explanation, Model, Origin, Query};
use serde::{Deserialize, Serialize};

/// Past items that weigh less than this beside the newest are below what single precision can tell.
const LEAST_WEIGHT: f32 = 1e-8;
/// Stands for an item the model does not hold.
pub(super) const ABSENT: u32 = u32::MAX;
/// Rows of a matrix that stay in the cache together.
pub(super) const ROWS: usize = 64;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Settings {
    pub n_items: usize,
    pub recency_decay: f64,
    pub notes: Vec<String>,
}

/// The model: weights between items.
pub(super) struct Linear {
    /// Catalogue indices of the modelled items, ascending, `[n]`.
    pub items: Vec<u32>,
    /// Place in the model of each item of the catalogue, or [`ABSENT`].
    pub places: Vec<u32>,
    /// `P` with zeros on its diagonal, `[n, n]`, symmetric: `B_ij = P_ij · scale_j`.
    pub weights: Vec<f32>,
    /// `−1 / P_jj`, `[n]`.
    pub scales: Vec<f32>,
    pub popularity: Popularity,
    pub postings: Postings,
    pub settings: Settings,
}

impl Linear {
    /// Places of the history's distinct known items and their weights, newest first.
    fn weighted(&self, query: &Query<'_>) -> Vec<(u32, f32)> {
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
        let n = self.items.len();
        let mut triangle: Vec<f32> = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for i in 0..n {
            triangle.extend_from_slice(&self.weights[i * n..i * n + i]);
        }
        let [user_offsets, users] = self.postings.values();
        Artifact::new(
            &self.settings,
            &[
                self.popularity.values(),
                ("items", Values::U32(&self.items)),
                ("scales", Values::F32(&self.scales)),
                ("weights", Values::F32(&triangle)),
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
pub(super) fn places(items: &[u32], n_items: usize) -> Vec<u32> {
    let mut places = vec![ABSENT; n_items];
    for (place, &item) in items.iter().enumerate() {
        places[item as usize] = place as u32;
    }
    places
}

/// Restores a model that was saved.
pub(super) fn load(artifact: &Artifact) -> Result<Linear, ArtifactError> {
    let settings: Settings = artifact.settings()?;
    let tensors = artifact.tensors()?;
    let popularity = Popularity::load(&tensors, settings.n_items)?;
    let postings = Postings::load(&tensors, settings.n_items)?;
    let (items, scales, triangle) = (tensors.u32("items")?, tensors.f32("scales")?, tensors.f32("weights")?);
    expect_below("items", &items, settings.n_items)?;
    expect_len("scales", scales.len(), items.len())?;
    expect_len("weights", triangle.len(), items.len() * items.len().saturating_sub(1) / 2)?;
    let places = places(&items, settings.n_items);
    let weights = mirrored(&triangle, items.len());
    Ok(Linear { items, places, weights, scales, popularity, postings, settings })
}

/// Copies what lies below the diagonal to above it, tile by tile so that both stay in the cache.
pub(super) fn mirror(matrix: &mut [f32], n: usize) {
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
