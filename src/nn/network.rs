//! A network over histories: each token's vector is a sum of learnt rows, an encoder reads the tokens in order, and
//! the state after each is compared with every item's vector (the same vectors that are read: tied).
//!
//! An item's vector is its own row and, where items have metadata, the rows of its features: so an item never seen has
//! one, too, and the score of an item is a factorisation machine of the state and the item's features.
//!
//! Sources: Kang and McAuley (2018) for the causal transformer over items; Hidasi et al., "Session-based
//! recommendations with recurrent neural networks" (2016) for the recurrent one; Ma et al., "Temporal-contextual
//! recommendation in real-time" (KDD 2020) for events, gaps, context and metadata at both ends; Volkovs, Yu, Poutanen,
//! "DropoutNet" (2017) for training with item rows left out.

use super::attention::Heads;
use super::bags::Bags;
use super::catalogue_loss::{Loss, Objective, Targets, catalogue_loss};
use super::dropout::Dropout;
use super::gru::{self, Gru};
use super::norm::{self, layer_norm, layer_norm_backward};
use super::optimizer::Gradient;
use super::ragged::Ragged;
use super::random::Random;
use super::shelf::{Buffer, Shelf};
use super::transformer::{self, Block, Stack};
use super::vector::{add, scale};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// Tokens whose vectors one task makes.
const TOKENS: usize = 128;

/// How tokens are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoder {
    Gru { layers: usize },
    Transformer { blocks: usize, heads: usize, reach: usize, inner: usize },
}

/// Sizes of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    pub items: usize,
    /// Learnt rows beside the items': event types, gaps, categories, the beginning …
    pub features: usize,
    pub width: usize,
    pub encoder: Encoder,
}

/// One layer of an encoder.
#[derive(Clone, Copy)]
pub enum Layer {
    Gru(Gru),
    Block(Block),
}

/// What is dropped in training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drops {
    /// Share of the values of token vectors and of each layer's additions.
    pub rate: f32,
    pub seed: u64,
    /// Different at every step.
    pub step: u64,
}

/// Places of a network that drop values at most; each has a stream of its own.
const SITES: u64 = 64;

impl Drops {
    /// Of the token vectors.
    pub(super) fn of_tokens(self) -> Dropout {
        self.at(0)
    }

    /// Of what a layer adds.
    pub(super) fn of_layer(self, layer: usize) -> [Dropout; 2] {
        [1, 2].map(|site| self.at(site + 2 * layer as u64))
    }

    fn at(self, site: u64) -> Dropout {
        Dropout::new(self.rate, self.seed, self.step * SITES + site)
    }
}

/// Tokens of a batch of histories, end to end.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The item of each token; an empty bag for what is no item.
    pub items: Bags,
    /// The other rows of each token.
    pub features: Bags,
    pub ragged: Ragged,
}

/// Item rows that take part in a step where not all do.
#[derive(Debug, Clone)]
pub struct Subset {
    /// Ascending. Tokens and targets name items by their places here.
    pub rows: Arc<[u32]>,
    /// What is taken from each row's bias: the logarithm of its chance to be here, `[rows]`.
    pub log_chances: Vec<f32>,
}

/// Factors of item rows in a step: 0 for those that count by their features alone.
#[derive(Debug, Clone)]
pub struct Factors {
    /// Where items are read in histories.
    pub read: Vec<f32>,
    /// Where they are compared with states. Left out here and read whole, an item's features learn to stand alone, and
    /// what it says of others is not lost.
    pub compared: Vec<f32>,
}

/// What is known of the items that take part in a step beside their rows.
#[derive(Debug, Clone)]
pub struct Described {
    /// The feature rows of each item.
    pub features: Arc<Bags>,
    /// The items of each feature row.
    pub by_row: Arc<Bags>,
    pub factors: Factors,
}

/// What a step learns from.
#[derive(Debug, Clone)]
pub struct Batch {
    pub tokens: Tokens,
    pub targets: Targets,
    pub objective: Objective,
    /// Where items have features.
    pub described: Option<Described>,
    pub subset: Option<Subset>,
    /// The states that sequences begin with, `[layers][sequences, width]`; for recurrent layers only.
    pub start: Vec<Vec<f32>>,
}

/// What a step gives; `V` is a tensor's values, where they lie.
pub struct Step<V = Buffer> {
    /// The weighed sum of the losses.
    pub loss: f64,
    /// In the order of [`Network::weights`].
    pub gradients: Vec<Gradient<V>>,
    /// The states that each recurrent layer ends with, `[layers][sequences, width]`: [`Batch::start`] of what goes on
    /// from there.
    pub last: Vec<Vec<f32>>,
}

// Places of tensors in `Network::weights`.
pub(super) const ITEMS: usize = 0;
pub(super) const FEATURES: usize = 1;
pub(super) const BIASES: usize = 2;
pub(super) const NORM: usize = 3;
pub(super) const LAYERS: usize = 4;

/// Learnt values.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    pub sizes: Sizes,
    /// Items `[items, width]`, features `[features, width]`, biases `[items]`, gain and offset of the last norm
    /// `[2, width]`, then each layer's.
    pub weights: Vec<Vec<f32>>,
}

impl Sizes {
    /// What each layer of the encoder is.
    pub fn layer(self) -> Layer {
        let width = self.width;
        match self.encoder {
            Encoder::Gru { .. } => Layer::Gru(Gru { input: width, hidden: width }),
            Encoder::Transformer { heads, reach, inner, .. } => {
                Layer::Block(Block { heads: Heads { width, count: heads, reach }, inner })
            }
        }
    }

    pub fn layers(self) -> Vec<Layer> {
        let (Encoder::Gru { layers: count } | Encoder::Transformer { blocks: count, .. }) = self.encoder;
        vec![self.layer(); count]
    }

    /// Values of each of the tensors of [`Network::weights`].
    pub fn lengths(self) -> Vec<usize> {
        let width = self.width;
        let mut lengths = vec![self.items * width, self.features * width, self.items, 2 * width];
        lengths.extend(self.layers().into_iter().map(|layer| match layer {
            Layer::Gru(gru) => gru.n_weights(),
            Layer::Block(block) => block.n_weights(),
        }));
        lengths
    }

    /// Recurrent layers, whose states are carried from batch to batch.
    pub fn recurrent(self) -> usize {
        match self.encoder {
            Encoder::Gru { layers } => layers,
            Encoder::Transformer { .. } => 0,
        }
    }
}

/// What layers and the norm after them keep for their way back.
enum Kept {
    /// With each layer's input.
    Gru(Vec<(Buffer, Vec<gru::Kept>)>, norm::Kept),
    Blocks(transformer::Kept),
}

/// A forward pass.
struct Forward {
    states: Buffer,
    kept: Kept,
    recurrent: Vec<Vec<f32>>,
}

impl Network {
    /// Random weights by a seed; biases as given, `[items]`.
    pub fn new(sizes: Sizes, biases: Vec<f32>, seed: u64) -> Self {
        let width = sizes.width;
        let mut stream = 0;
        let mut normal = |n: usize, deviation: f32| -> Vec<f32> {
            stream += 1;
            let mut random = Random::new(seed, stream);
            (0..n).map(|_| random.normal() * deviation).collect()
        };
        let vector = 1.0 / (width as f32).sqrt();
        let mut weights = vec![
            normal(sizes.items * width, vector),
            // Nothing: a row that no event of the training has must not speak when one is met later.
            vec![0.0; sizes.features * width],
            biases,
            [vec![1.0; width], vec![0.0; width]].concat(),
        ];
        for layer in sizes.layers() {
            let (shapes, gains): (Vec<[usize; 2]>, &[usize]) = match layer {
                Layer::Gru(gru) => (gru.shapes().to_vec(), &[]),
                Layer::Block(block) => (block.shapes().to_vec(), &Block::GAINS),
            };
            let mut values = Vec::new();
            for (part, [rows, columns]) in shapes.into_iter().enumerate() {
                if gains.contains(&part) {
                    values.extend(std::iter::repeat_n(1.0, columns));
                } else if rows < width {
                    values.extend(std::iter::repeat_n(0.0, rows * columns)); // offsets and the heads' reach
                } else {
                    values.extend(normal(rows * columns, 1.0 / (rows as f32).sqrt()));
                }
            }
            weights.push(values);
        }
        Self { sizes, weights }
    }

    /// The same network over a larger catalogue, as `spread` lays out so many values an item and fills the rest: items
    /// that are new have no row of their own, and this bias.
    #[must_use]
    pub fn grown(mut self, items: usize, bias: f32, spread: impl Fn(&[f32], usize, f32) -> Vec<f32>) -> Self {
        self.weights[ITEMS] = spread(&self.weights[ITEMS], self.sizes.width, 0.0);
        self.weights[BIASES] = spread(&self.weights[BIASES], 1, bias);
        self.sizes.items = items;
        self
    }

    pub fn biases(&self) -> &[f32] {
        &self.weights[BIASES]
    }

    /// Item vectors, `[items, width]`: their own rows, and the sums of their features' where they have any.
    pub fn item_vectors(&self, features: Option<&Bags>) -> Cow<'_, [f32]> {
        let rows = &self.weights[ITEMS];
        match features {
            None => Cow::Borrowed(rows),
            Some(features) => {
                let mut vectors = self.feature_sums(features);
                add(&mut vectors, rows);
                Cow::Owned(vectors)
            }
        }
    }

    /// The sums of feature rows alone, `[bags, width]`.
    pub fn feature_sums(&self, features: &Bags) -> Vec<f32> {
        features.sums(&self.weights[FEATURES], self.sizes.width)
    }

    /// The state after each token, `[tokens, width]`, to be compared with item vectors, and the states of each
    /// recurrent layer, `[layers][tokens, width]`. `start` is as in [`Batch`].
    fn states(
        &self,
        item_vectors: &[f32],
        tokens: &Tokens,
        start: &[Vec<f32>],
        shelf: &Shelf,
    ) -> (Buffer, Vec<Vec<f32>>) {
        let forward = self.forward(item_vectors, tokens, start, None, shelf);
        (forward.states, forward.recurrent)
    }

    fn forward(
        &self,
        item_vectors: &[f32],
        tokens: &Tokens,
        start: &[Vec<f32>],
        drops: Option<Drops>,
        shelf: &Shelf,
    ) -> Forward {
        let width = self.sizes.width;
        let ragged = &tokens.ragged;
        let mut x = shelf.rough(ragged.tokens() * width);
        let drop = drops.map_or(Dropout::NONE, Drops::of_tokens);
        let read = |first: usize, x: &mut [f32]| {
            x.fill(0.0);
            tokens.items.add_some(first, item_vectors, width, x);
            tokens.features.add_some(first, &self.weights[FEATURES], width, x);
            drop.apply(x, first * width);
        };
        let (norm, weights) = (&self.weights[NORM], &self.weights[LAYERS..]);
        let mut recurrent = Vec::new();
        let kept = match self.sizes.layer() {
            Layer::Gru(gru) => {
                x.par_chunks_mut(TOKENS * width).enumerate().for_each(|(task, x)| read(task * TOKENS, x));
                let mut layers = Vec::new();
                for (at, (weights, start)) in weights.iter().zip(start).enumerate() {
                    let (states, kept) = gru.forward(&x, weights, start, ragged, shelf);
                    recurrent.push(states.to_vec());
                    layers.push((std::mem::replace(&mut x, states), kept));
                    if let Some(drops) = drops {
                        drops.of_layer(at)[0].apply_all(&mut x);
                    }
                }
                Kept::Gru(layers, layer_norm(&mut x, norm, shelf))
            }
            Layer::Block(block) => {
                let dropout = &self.of_blocks(drops);
                let stack = Stack { block, blocks: weights, norm, dropout, ragged, shelf };
                Kept::Blocks(stack.forward(&mut x, read))
            }
        };
        Forward { states: x, kept, recurrent }
    }

    /// Loss and gradients of a batch. What is needed on the way comes from the shelf and goes back to it.
    pub fn step(&self, batch: &Batch, drops: Option<Drops>, shelf: &Shelf) -> Step {
        let width = self.sizes.width;
        let Batch { tokens, subset, described, .. } = batch;
        let (rows, mut biases) = match subset {
            None => (Cow::Borrowed(&*self.weights[ITEMS]), Cow::Borrowed(self.biases())),
            Some(subset) => {
                let (rows, biases) = self.rows_of(subset);
                (Cow::Owned(rows), Cow::Owned(biases))
            }
        };
        let vectors = described.as_ref().map(|Described { features, factors, .. }| {
            let sums = self.feature_sums(features);
            [&factors.read, &factors.compared].map(|factors| {
                let mut vectors = shelf.copy_of(&rows);
                scale_rows(&mut vectors, factors, width);
                add(&mut vectors, &sums);
                vectors
            })
        });
        let [read, compared] =
            vectors.as_ref().map_or([&*rows; 2], |[read, compared]| [&**read, &**compared]);
        if let Some(subset) = subset {
            for (bias, log_chance) in biases.to_mut().iter_mut().zip(&subset.log_chances) {
                *bias -= log_chance;
            }
        }
        let forward = self.forward(read, tokens, &batch.start, drops, shelf);
        let loss = catalogue_loss(&forward.states, compared, &biases, &batch.targets, batch.objective, shelf);
        let Loss { loss, states: mut dx, items: mut dcompared, biases: dbiases } = loss;

        let (norm, weights) = (&self.weights[NORM], &self.weights[LAYERS..]);
        let dencoder = match (self.sizes.layer(), forward.kept) {
            (Layer::Gru(gru), Kept::Gru(layers, kept)) => {
                let dnorm = layer_norm_backward(kept, norm, &mut dx, shelf);
                let mut dlayers = Vec::new();
                for (at, ((input, kept), weights)) in layers.into_iter().zip(weights).enumerate().rev() {
                    if let Some(drops) = drops {
                        drops.of_layer(at)[0].apply_all(&mut dx);
                    }
                    let (dinput, dweights) = gru.backward(kept, &input, weights, &tokens.ragged, &dx, shelf);
                    dx = dinput;
                    dlayers.push(dweights);
                }
                dlayers.push(dnorm);
                dlayers.reverse();
                dlayers
            }
            (Layer::Block(block), Kept::Blocks(kept)) => {
                let dropout = &self.of_blocks(drops);
                let stack = Stack { block, blocks: weights, norm, dropout, ragged: &tokens.ragged, shelf };
                stack.backward(kept, &mut dx)
            }
            _ => unreachable!("layers keep what their kind keeps"),
        };
        if let Some(drops) = drops {
            drops.of_tokens().apply_all(&mut dx);
        }
        let n_features = self.sizes.features;
        let mut dfeatures = shelf.zeros(n_features * width);
        let ((), by_item) = rayon::join(
            || tokens.features.turned(n_features).add_sums(&dx, width, &mut dfeatures),
            || tokens.items.turned(rows.len() / width),
        );
        if let Some(Described { by_row, factors, .. }) = described {
            let mut dread = shelf.zeros(rows.len());
            by_item.add_sums(&dx, width, &mut dread);
            let mut both = shelf.copy_of(&dread);
            add(&mut both, &dcompared);
            by_row.add_sums(&both, width, &mut dfeatures);
            scale_rows(&mut dread, &factors.read, width);
            scale_rows(&mut dcompared, &factors.compared, width);
            add(&mut dcompared, &dread);
        } else {
            by_item.add_sums(&dx, width, &mut dcompared);
        }
        let by_items = |values: Buffer, width: usize| match subset {
            None => Gradient::Whole(values),
            Some(subset) => Gradient::Rows { rows: Arc::clone(&subset.rows), width, values },
        };
        let mut gradients =
            vec![by_items(dcompared, width), Gradient::Whole(dfeatures), by_items(dbiases, 1)];
        gradients.extend(dencoder.into_iter().map(Gradient::Whole));
        let last = forward.recurrent.iter().zip(&batch.start);
        let last = last.map(|(states, start)| last_states(states, start, &tokens.ragged, width)).collect();
        Step { loss, gradients, last }
    }

    /// What each block drops.
    fn of_blocks(&self, drops: Option<Drops>) -> Vec<[Dropout; 2]> {
        let of = |at| drops.map_or([Dropout::NONE; 2], |drops| drops.of_layer(at));
        (0..self.weights.len() - LAYERS).map(of).collect()
    }

    /// Item rows and biases of a subset.
    fn rows_of(&self, subset: &Subset) -> (Vec<f32>, Vec<f32>) {
        let width = self.sizes.width;
        let rows = subset.rows.iter().map(|&row| row as usize);
        let vectors = rows.clone().flat_map(|row| &self.weights[ITEMS][row * width..][..width]);
        (vectors.copied().collect(), rows.map(|row| self.biases()[row]).collect())
    }
}

/// The state of each sequence after its last token, `[sequences, width]`; what it began with where it has none.
fn last_states(states: &[f32], start: &[f32], ragged: &Ragged, width: usize) -> Vec<f32> {
    let last = |sequence: usize| match ragged.last(sequence) {
        Some(token) => &states[token * width..][..width],
        None => &start[sequence * width..][..width],
    };
    (0..ragged.sequences()).flat_map(last).copied().collect()
}

fn scale_rows(rows: &mut [f32], factors: &[f32], width: usize) {
    for (row, &factor) in rows.chunks_exact_mut(width).zip(factors) {
        if factor != 1.0 {
            scale(row, factor);
        }
    }
}

pub mod reading;

#[cfg(test)]
mod tests;
