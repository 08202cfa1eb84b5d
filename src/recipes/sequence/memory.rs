//! How much memory the training of a sequence model takes, told from the data before it begins.

use super::batches::tokens_of;
use super::layout::Layout;
use super::sampler::{SAMPLED, WHOLE};
use super::train::{Settings, TEXT_WIDTH};
use crate::data::{Features, Interactions};
use crate::nn::memory::{Largest, Memory, of_reading, of_weights, on_card, on_processor};
use crate::nn::network::Sizes;
use crate::recipes::ranking::SCORES_AT_ONCE;
use crate::recipes::{Needs, TrainingData};

/// Bytes of a value.
const VALUE: u64 = 4;
/// Bytes of an entry of a bag, of a bag, and of an interaction in its columns.
const ENTRY: u64 = 8;
const BAG: u64 = 8;
const INTERACTION: u64 = 18;
/// Bytes of a window of a history.
const WINDOW: u64 = 24;

/// What training takes, and what of it the model goes on holding.
pub struct SequenceNeeds {
    pub training: Needs,
    /// Bytes.
    pub model: u64,
    /// Bytes that all threads hold while they ask it.
    pub asking: u64,
}

/// Training by these settings.
pub fn needs(data: &TrainingData, settings: Settings) -> SequenceNeeds {
    let interactions = &*data.interactions;
    let metadata = settings.metadata.then_some([&*data.users, &*data.items]);
    let layout = Layout::new(interactions, metadata, settings.session_gap_secs);
    let texts = if settings.metadata { data.items.text.len() * TEXT_WIDTH } else { 0 };
    let sizes = Sizes {
        items: interactions.n_items(),
        features: layout.rows as usize + texts,
        width: settings.width,
        encoder: settings.encoder,
    };
    let longest = interactions.offsets.windows(2).map(|user| user[1] - user[0]).max().unwrap_or(0);
    let windows = windows(interactions, settings.window);
    let described = settings.metadata && data.items.has_columns();
    let largest = largest(sizes.items, interactions.len(), windows, longest.min(settings.window), described);

    let (rows, users, items) = (interactions.len() as u64, interactions.n_users() as u64, sizes.items as u64);
    let entries = |features: &Features| {
        let categories: usize = features.categorical.iter().map(|feature| feature.indices.len()).sum();
        (categories + features.numeric.len() * features.rows) as u64
    };
    // Users', and items' together with their turned ones.
    let bags = metadata
        .map_or(0, |[users, items]| entries(users) + 2 * (entries(items) + (items.rows * texts) as u64));
    let kept = rows * (INTERACTION + VALUE) + windows as u64 * WINDOW + users * BAG + ENTRY * bags;

    let weights = of_weights(sizes);
    let vectors = VALUE * items * sizes.width as u64;
    // Weights, item vectors, the same in half the bytes, scales and biases.
    let model = weights + vectors + vectors / 2 + 2 * VALUE * items;
    // Each thread reads some histories and scores all items for them.
    let scores = VALUE * (SCORES_AT_ONCE as u64).max(items);
    let asking = rayon::current_num_threads() as u64 * (of_reading(sizes, settings.window + 1) + scores);
    let validated = model + asking;
    // Weights, the best ones and moments in one file, and the largest tensor once more while it is written.
    let checkpoint = 4 * weights + vectors;
    let between = validated.max(checkpoint);
    let place = &data.place;
    let on_machine = on_processor(sizes, largest);
    let training = if place.is_card() {
        // The machine holds what is kept between epochs; gradients and activations are the card's.
        let machine = Memory { gradients: 0, activations: 0, data: kept, between, ..on_machine };
        Needs { machine, card: Some(on_card(sizes, largest)) }
    } else {
        let machine = Memory { data: kept, between, ..on_machine };
        Needs { machine, card: None }
    };
    SequenceNeeds { training, model, asking }
}

/// How many windows all histories are cut into, about.
fn windows(interactions: &Interactions, window: usize) -> usize {
    let histories = interactions.offsets.windows(2).map(|user| user[1] - user[0]);
    histories.map(|events| events.div_ceil(window.max(1))).sum()
}

/// The largest batch that steps have, about: full of windows of the mean length, one of the longest among them.
fn largest(items: usize, events: usize, windows: usize, longest: usize, described: bool) -> Largest {
    let length = longest + 1;
    // The last window may begin one token short of enough.
    let tokens = (tokens_of(events) + length).min(events.max(1));
    let items = if items > WHOLE { items.min(SAMPLED + 2 * tokens) } else { items };
    let sequences = (tokens * windows).div_ceil(events.max(1)).max(1);
    Largest { tokens, sequences, length, items, described }
}
