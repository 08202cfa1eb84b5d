//! The trained model: reads a history, scores the catalogue.

use super::layout::Layout;
use super::tokens::{Builder, Next, Person};
use crate::domain::DatasetType;
use crate::nn::bags::Bags;
use crate::nn::fixed_point::FixedPoint;
use crate::nn::network::{Network, Sizes};
use crate::nn::vector::dot;
use crate::recipes::artifact::{Values, expect_below, expect_len, inconsistent};
use crate::recipes::evidence::{by_leaving_out, explain_by_items};
use crate::recipes::popularity::Popularity;
use crate::recipes::{
    Artifact, ArtifactError, Explanation, Growth, Likelihood, Model, Origin, Query, ReadColumn, Tuned,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stored {
    sizes: Sizes,
    layout: Layout,
    /// Events of a history that are read at most.
    read: usize,
    /// Cold items, which their metadata alone speak for and which alone are recommended, ascending; empty where the
    /// recipe doesn't treat them apart.
    cold: Arc<[u32]>,
    notes: Vec<String>,
}

/// A network and what it takes to ask it.
pub struct SequenceModel {
    network: Network,
    stored: Stored,
    /// Feature rows of each user, and of each item, where the model reads metadata.
    users: Arc<Bags>,
    item_features: Option<Arc<Bags>>,
    popularity: Arc<Popularity>,
    /// `[items, width]`
    item_vectors: Vec<f32>,
    /// The same as states are compared with.
    compared: FixedPoint,
    /// The bias of each item; negative infinity for those that can't be recommended, which nothing is known of.
    biases: Vec<f32>,
    /// Epochs after which training kept it, where that was just now.
    kept_after: Option<usize>,
}

impl SequenceModel {
    pub fn new(
        network: Network,
        layout: Layout,
        (users, item_features): (Arc<Bags>, Option<Arc<Bags>>),
        cold: Arc<[u32]>,
        read: usize,
        popularity: Arc<Popularity>,
        notes: Vec<String>,
    ) -> Self {
        let stored = Stored { sizes: network.sizes, layout, read, cold, notes };
        Self::from_parts(network, stored, users, item_features, popularity)
    }

    /// The same, with the number of epochs after which training kept it.
    #[must_use]
    pub fn kept_after(self, epochs: usize) -> Self {
        Self { kept_after: Some(epochs), ..self }
    }

    fn from_parts(
        network: Network,
        stored: Stored,
        users: Arc<Bags>,
        item_features: Option<Arc<Bags>>,
        popularity: Arc<Popularity>,
    ) -> Self {
        let is_cold = |item: usize| stored.cold.binary_search(&(item as u32)).is_ok();
        let mut item_vectors = network.item_vectors(item_features.as_deref()).into_owned();
        if let Some(features) = &item_features {
            // The own row of an item that nobody had was only ever pushed away.
            let described = network.feature_sums(features);
            let width = network.sizes.width;
            for (item, vector) in item_vectors.chunks_exact_mut(width).enumerate() {
                if popularity.counts()[item] == 0 || is_cold(item) {
                    vector.copy_from_slice(&described[item * width..][..width]);
                }
            }
        }
        let had = |item: usize| popularity.counts()[item] > 0;
        let known = |item: usize| {
            let described =
                item_features.as_ref().is_some_and(|features| features.entries(item).next().is_some());
            described || had(item)
        };
        let bias = |(item, &bias): (usize, &f32)| match (is_cold(item), stored.cold.is_empty()) {
            _ if !known(item) => f32::NEG_INFINITY,
            // How few had it says how new it is, not how much it is liked.
            (true, _) => 0.0,
            (false, true) => bias,
            (false, false) => f32::NEG_INFINITY,
        };
        let biases = network.biases().iter().enumerate().map(bias).collect();
        let compared = FixedPoint::new(&item_vectors, network.sizes.width);
        let kept_after = None;
        Self { network, stored, users, item_features, popularity, item_vectors, compared, biases, kept_after }
    }

    pub fn layout(&self) -> &Layout {
        &self.stored.layout
    }

    /// Feature rows of each user, and of each item where it reads metadata.
    pub fn features(&self) -> (&Bags, Option<&Bags>) {
        (&self.users, self.item_features.as_deref())
    }

    /// Cold items, ascending.
    pub fn cold(&self) -> &[u32] {
        &self.stored.cold
    }

    /// The same model over a larger catalogue, with the features of all its items and users. What was added is taken to
    /// be liked as much as the items that people had are in the mean: how many had it says how new it is.
    #[must_use]
    pub fn grown(
        self,
        growth: &Growth<'_>,
        layout: Layout,
        (users, item_features): (Arc<Bags>, Option<Arc<Bags>>),
        cold: Arc<[u32]>,
        notes: Vec<String>,
    ) -> Self {
        let had = self.popularity.counts().iter().zip(self.network.biases()).filter(|(count, _)| **count > 0);
        let (n, sum) = had.fold((0_u32, 0.0_f64), |(n, sum), (_, &bias)| (n + 1, sum + f64::from(bias)));
        let bias = (sum / f64::from(n.max(1))) as f32;
        let spread = |values: &[f32], width, fill| growth.spread(values, width, fill);
        let network = self.network.grown(growth.n_items(), bias, spread);
        let popularity = Arc::new(self.popularity.grown(growth));
        let stored = Stored { sizes: network.sizes, layout, cold, notes, ..self.stored };
        Self::from_parts(network, stored, users, item_features, popularity)
    }

    /// The state after each query's history, `[queries, width]`.
    fn states(&self, queries: &[Query<'_>]) -> Vec<f32> {
        let mut builder = Builder::new(&self.stored.layout);
        for query in queries {
            let n = query.history.len();
            let from = n.saturating_sub(self.stored.read);
            let person = match (query.user, query.newcomer) {
                (Some(user), _) if (user as usize) < self.users.len() => {
                    Person::Known(&self.users, user as usize)
                }
                (_, Some(row)) => Person::Newcomer(row),
                _ => Person::Unknown,
            };
            builder.push(&query.history, from..n, Some(person), Next::Request(query));
        }
        self.network.last_states(&self.item_vectors, &builder.finish())
    }

    /// The logits of items for each query, `[queries, items]`, but for their biases.
    fn logits_of(&self, items: &[u32], queries: &[Query<'_>]) -> Vec<f32> {
        let width = self.stored.sizes.width;
        let states = self.states(queries);
        let logits = states.chunks_exact(width).flat_map(|state| {
            items.iter().map(|&item| dot(state, &self.item_vectors[item as usize * width..][..width]))
        });
        logits.collect()
    }
}

impl Model for SequenceModel {
    fn n_items(&self) -> usize {
        self.stored.sizes.items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        self.compared.compare(&self.states(queries), &self.biases, scores);
        queries.iter().map(|_| Origin::Model).collect()
    }

    /// By what each of the newest events adds to an item's logit.
    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let added = by_leaving_out(query, items.len(), |queries| self.logits_of(items, queries));
        let popular = |item| Explanation { origin: Origin::Model, ..self.popularity.explain(item) };
        let explained = items.iter().zip(added);
        explained
            .map(|(&item, added)| explain_by_items(added, |_| None).unwrap_or_else(|| popular(item)))
            .collect()
    }

    /// Logits: what training makes probable is their softmax.
    fn likelihood(&self) -> Likelihood {
        Likelihood::Softmax { temperature: 1.0 }
    }

    fn tuned(&self) -> Option<Tuned> {
        Some(Tuned { epochs: vec![self.kept_after?], mixture: None })
    }

    fn columns(&self) -> Vec<ReadColumn> {
        self.stored.layout.read_columns()
    }

    fn dealt(&self, column: &ReadColumn, places: &[u32]) -> Option<Arc<dyn Model>> {
        let rows = self.stored.layout.rows_of(column)?;
        let belongs = |row: u32| rows.binary_search(&row).is_ok();
        let (mut users, mut items) = (Arc::clone(&self.users), self.item_features.clone());
        match column.dataset {
            DatasetType::Users => users = Arc::new(users.dealt(belongs, places)),
            DatasetType::Items => items = Some(Arc::new(items?.dealt(belongs, places))),
            DatasetType::Interactions | DatasetType::Actions | DatasetType::ActionInteractions => {
                return None;
            }
        }
        let (network, stored) = (self.network.clone(), self.stored.clone());
        let popularity = Arc::clone(&self.popularity);
        Some(Arc::new(Self::from_parts(network, stored, users, items, popularity)))
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let names: Vec<String> = (0..self.network.weights.len()).map(|at| format!("weights{at}")).collect();
        let mut tensors: Vec<(&str, Values<'_>)> = names
            .iter()
            .map(String::as_str)
            .zip(self.network.weights.iter().map(|values| Values::F32(values)))
            .collect();
        tensors.push(self.popularity.values());
        let none = Bags::default();
        let bags = [&self.users, self.item_features.as_deref().unwrap_or(&none)];
        let offsets =
            bags.map(|bags| bags.parts().0.iter().map(|&offset| offset as i64).collect::<Vec<i64>>());
        for ((bags, offsets), names) in bags.iter().zip(&offsets).zip(&BAG_NAMES) {
            let (_, rows, weights) = bags.parts();
            let values = [Values::I64(offsets), Values::U32(rows), Values::F32(weights)];
            tensors.extend(names.iter().copied().zip(values));
        }
        Artifact::new(&self.stored, &tensors)
    }

    fn notes(&self) -> &[String] {
        &self.stored.notes
    }
}

const BAG_NAMES: [[&str; 3]; 2] = [
    ["user_feature_offsets", "user_feature_rows", "user_feature_weights"],
    ["item_feature_offsets", "item_feature_rows", "item_feature_weights"],
];

/// Restores a model that was saved.
pub fn load(artifact: &Artifact) -> Result<SequenceModel, ArtifactError> {
    let stored: Stored = artifact.settings()?;
    let tensors = artifact.tensors()?;
    let mut weights = Vec::new();
    for (at, length) in stored.sizes.lengths().into_iter().enumerate() {
        let name = format!("weights{at}");
        weights.push(tensors.f32(&name)?);
        expect_len(&name, weights[at].len(), length)?;
    }
    let popularity = Popularity::load(&tensors, stored.sizes.items)?;
    let load_bags = |[offsets, rows, weights]: [&str; 3]| {
        let ends: Vec<usize> = tensors.i64(offsets)?.into_iter().map(|offset| offset as usize).collect();
        let (found, factors) = (tensors.u32(rows)?, tensors.f32(weights)?);
        expect_below(rows, &found, stored.sizes.features)?;
        expect_len(weights, factors.len(), found.len())?;
        if !ends.is_sorted() || ends.first() != Some(&0) || ends.last() != Some(&found.len()) {
            return Err(inconsistent(offsets, "does not cut the rows"));
        }
        Ok(Bags::from_parts(ends, found, factors))
    };
    let (users, items) = (load_bags(BAG_NAMES[0])?, load_bags(BAG_NAMES[1])?);
    let item_features = if items.is_empty() { None } else { Some(Arc::new(items)) };
    if let Some(features) = &item_features {
        expect_len("item_feature_offsets", features.len(), stored.sizes.items)?;
    }
    let network = Network { sizes: stored.sizes, weights };
    Ok(SequenceModel::from_parts(network, stored, Arc::new(users), item_features, Arc::new(popularity)))
}
