//! How much memory a fit takes, told from its sizes before it begins: on the processor's kernels and on a card.
//!
//! What is counted are the tensors that the code holds at once, in single precision; what an allocator adds is not.

use super::device::LOGITS;
use super::gru;
use super::network::reading::TOKENS_AT_ONCE;
use super::network::{Encoder, Layer, Sizes};
use super::ragged::LANES;

/// Bytes of a value.
const VALUE: u64 = 4;

/// Bytes by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Memory {
    /// Weights, and the best ones so far.
    pub weights: u64,
    /// What the optimizer remembers.
    pub moments: u64,
    /// Gradients of a step, and the item vectors it makes.
    pub gradients: u64,
    /// What lies between the layers in the largest batch, logits counted in.
    pub activations: u64,
    /// What stands in between steps and epochs: data as they are trained on, and what was trained before.
    pub data: u64,
    /// What is held in place of gradients and activations when these are gone: a model to validate with, a checkpoint.
    pub between: u64,
}

impl Memory {
    /// The most that is held at once.
    pub fn total(&self) -> u64 {
        self.weights + self.moments + self.data + self.between.max(self.gradients + self.activations)
    }

    /// Of whichever of two that follow each other takes more.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.total() > self.total() { other } else { self }
    }
}

/// The largest batch of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Largest {
    pub tokens: usize,
    pub sequences: usize,
    /// Tokens of the longest sequence.
    pub length: usize,
    /// Items that take part.
    pub items: usize,
    /// Whether they have features.
    pub described: bool,
}

/// Values of all tensors of weights.
fn weights(sizes: Sizes) -> u64 {
    sizes.lengths().into_iter().sum::<usize>() as u64
}

/// Bytes of all weights once.
pub fn of_weights(sizes: Sizes) -> u64 {
    VALUE * weights(sizes)
}

/// Bytes that a thread holds while it reads histories, the longest of so many tokens, for their last states.
pub fn of_reading(sizes: Sizes, longest: usize) -> u64 {
    let width = sizes.width as u64;
    let tokens = match sizes.encoder {
        Encoder::Gru { .. } => TOKENS_AT_ONCE,
        Encoder::Transformer { .. } => TOKENS_AT_ONCE.max(longest),
    };
    let mut per_token = 3 * width; // token vectors, the last norm, states
    for layer in sizes.layers() {
        per_token += match layer {
            // Gates, what goes in them, states before and after, and these once more.
            Layer::Gru(gru) => 7 * gru.hidden,
            Layer::Block(block) => 7 * block.heads.width + block.inner,
        } as u64;
    }
    VALUE * tokens as u64 * per_token
}

/// Of a fit on the processor. What it does between epochs, the caller adds.
pub fn on_processor(sizes: Sizes, largest: Largest) -> Memory {
    let width = sizes.width as u64;
    let (tokens, items) = (largest.tokens as u64, largest.items as u64);
    let mut per_token = 3 * width; // token vectors or states, the last norm, gradients
    let mut layers = 0;
    for layer in sizes.layers() {
        // Each task adds up gradients of its own.
        let (kept, gradients) = match layer {
            // Input, gates, what goes in them, states, and gradients of the input; of the tasks at work gradients of gates,
            // and inputs in order of time.
            Layer::Gru(gru) => {
                let tasks = gru::tasks(largest.sequences).max(1);
                let at_work = tasks.min(rayon::current_num_threads());
                (9 * gru.hidden + 4 * gru.hidden * at_work / tasks, tasks * gru.n_weights())
            }
            // Queries, keys, values, what was attended, rows after both norms.
            Layer::Block(block) => (6 * block.heads.width + block.inner, LANES * block.n_weights()),
        };
        per_token += kept as u64;
        layers += gradients as u64;
    }
    let features = 2 * sizes.features as u64 * width;
    // Those that are read are others than those compared, and so are their gradients.
    let vectors = if largest.described { 5 } else { 3 };
    Memory {
        weights: 2 * of_weights(sizes),
        moments: 2 * of_weights(sizes),
        // Item vectors, their gradients, and turned for the product or the tokens' part of the gradients.
        gradients: VALUE * (vectors * items * width + 2 * items + features + layers),
        activations: VALUE * (tokens * per_token + (1 << 21).max(64 * items).min(tokens * items)),
        ..Memory::default()
    }
}

/// Of a fit on a card, there; candle's graph of the encoder holds every value that a place goes through. What stays on
/// the machine are its weights, the best ones and moments, as on the processor.
pub fn on_card(sizes: Sizes, largest: Largest) -> Memory {
    let width = sizes.width as u64;
    let (items, tokens) = (largest.items as u64, largest.tokens as u64);
    // Padded to the longest.
    let places = (largest.sequences * largest.length) as u64;
    let mut per_place = 20 * width;
    for layer in sizes.layers() {
        per_place += match layer {
            Layer::Gru(gru) => 45 * gru.hidden as u64,
            Layer::Block(block) => {
                let attention = 6 * block.heads.count * largest.length;
                (36 * block.heads.width + 6 * block.inner + attention) as u64
            }
        };
    }
    let reach = match sizes.encoder {
        Encoder::Transformer { reach, .. } => (reach * largest.length * largest.length) as u64,
        Encoder::Gru { .. } => 0,
    };
    let features = sizes.features as u64 * width;
    let vectors = if largest.described { 6 } else { 4 };
    let logits = (LOGITS as u64).min(tokens * items).max(items);
    let largest_tensor = sizes.lengths().into_iter().max().unwrap_or(0) as u64;
    Memory {
        weights: of_weights(sizes),
        moments: 2 * of_weights(sizes),
        // Item vectors and the copy that is differentiated, gradients of a tile and of all.
        gradients: VALUE * (vectors * items * width + features),
        activations: VALUE * (places * per_place + 10 * logits + reach),
        // What the optimizer's rule makes of the gradients.
        between: VALUE * (items * width + features + 5 * largest_tensor),
        data: 0,
    }
}
