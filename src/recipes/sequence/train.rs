//! Training of a sequence model: from interactions and metadata to a network that continues histories.

use super::batches::{Source, WindowBatches};
use super::checkpoint;
use super::cold::ColdRule;
use super::layout::{Layout, add_row};
use super::model::SequenceModel;
use super::sampler::{SAMPLED, WHOLE};
use super::validation::Validation;
use crate::data::{Interactions, NO_SESSION, SparseRows, TEXT_BUCKETS, TextFeature, TextWeights};
use crate::domain::DatasetType;
use crate::domain::schema::SESSION_FIELD;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::nn::bags::Bags;
use crate::nn::fit::{Fit, FitError, Plan};
use crate::nn::network::{Encoder, Network, Sizes};
use crate::nn::optimizer::Rule;
use crate::nn::random::Random;
use crate::nn::svd::SparseMatrix;
use crate::recipes::filters::{Bounds, history_lengths};
use crate::recipes::popularity::Popularity;
use crate::recipes::{TrainError, TrainingData};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Values a text becomes.
pub const TEXT_WIDTH: usize = 64;
/// The weight of the oldest events where recent ones weigh more.
const LEAST_WEIGHT: f32 = 0.5;
/// Half-lives in the time the data span.
const HALF_LIVES: f64 = 4.0;

/// What a recipe chooses.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub width: usize,
    pub encoder: Encoder,
    /// Events of a window; of a step of back-propagation through time in recurrent networks.
    pub window: usize,
    /// Whether a recurrent network carries its states from one window of a history to the next.
    pub carried: bool,
    /// Seconds of a pause that begins a session, where the events name none.
    pub session_gap_secs: i64,
    /// Whether metadata of users, items and events are read.
    pub metadata: bool,
    /// Whether recent events weigh more as targets.
    pub recency: bool,
    /// Percentiles of history lengths between which users are trained on.
    pub lengths: [f64; 2],
    /// Epochs over which the learning rate falls.
    pub epochs: usize,
    /// Epochs after which training ends, as many at most.
    pub last: usize,
    pub rate: f32,
    pub dropout: f32,
    /// Which items count as cold, where the recipe treats them apart.
    pub cold: Option<ColdRule>,
}

impl Settings {
    /// The same for a training that was decided before: network `at` of its recipe learns for as long as was found good.
    #[must_use]
    pub fn as_tuned(self, data: &TrainingData, at: usize) -> Self {
        let found = data.tuned.as_ref().and_then(|tuned| tuned.epochs.get(at).copied());
        Self { last: found.unwrap_or(self.last), ..self }
    }
}

/// Events read of a history where states are carried: more change nothing that shows.
const CARRIED: usize = 256;
/// Epochs without progress after which training ends.
const PATIENCE: usize = 12;
/// Time between two checkpoints at least.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// Share of items whose own rows a step does not compare with states where they have features.
const ITEM_DROPOUT: f32 = 0.3;
/// The length of what an item's features weigh, all together: half of what its own row does. Every step moves the rows of
/// features, and an item has many of them: at full length they would drive its vector about.
const FEATURES_LENGTH: f32 = 0.5;

/// A number that depends on the seed and a user's id alone.
pub fn hash_user(seed: u64, id: &str) -> u64 {
    // Eight bytes a block of the generator; its key is the state so far.
    id.as_bytes().chunks(8).fold(seed, |state, bytes| {
        let word = bytes.iter().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
        Random::new(state, word).next_u64()
    })
}

/// Trains a model; `validation` says what is held back and judged with.
pub fn train(
    data: &TrainingData,
    settings: Settings,
    validation: &Validation,
    seed: u64,
    job: &JobContext,
) -> Result<SequenceModel, TrainError> {
    job.check()?;
    let interactions = &*data.interactions;
    let popularity = Arc::new(Popularity::of(interactions));
    let cold: Arc<[u32]> = match settings.cold {
        Some(rule) => rule.items(data, &popularity)?.into(),
        None => Arc::default(),
    };
    let mut notes = Vec::new();
    job.stage("Reading metadata", Unit::Steps, 0);
    let metadata = settings.metadata.then_some([&*data.users, &*data.items]);
    let mut layout = Layout::new(interactions, metadata, settings.session_gap_secs);
    if settings.metadata {
        notes.extend(data.users.notes(DatasetType::Users));
        notes.extend(data.items.notes(DatasetType::Items));
        notes.extend(interactions.context.notes(DatasetType::Interactions));
    }
    let item_features =
        settings.metadata.then(|| item_bags(data, &mut layout, seed, job)).transpose()?.flatten();
    if settings.cold.is_some() {
        notes.push(cold_note(cold.len(), interactions.n_items(), item_features.is_some()));
    }
    notes.extend(session_note(interactions, settings.session_gap_secs));
    let trained = trained_events(interactions, validation, settings.lengths, &mut notes)?;
    let mut weights = recency(interactions, settings.recency);
    for (weight, &given) in weights.iter_mut().zip(data.weights.iter().flat_map(|given| given.iter())) {
        *weight *= given;
    }
    let sizes = Sizes {
        items: interactions.n_items(),
        features: layout.rows as usize,
        width: settings.width,
        encoder: settings.encoder,
    };
    let mut users = Bags::default();
    for user in 0..interactions.n_users() {
        add_row(&layout.users, &mut users, &data.users, user);
        users.close();
    }
    let users = Arc::new(users);
    let network = Network::new(sizes, log_popularity(interactions, &weights, &trained), seed);
    let plan = Plan {
        epochs: settings.epochs,
        last: settings.last,
        patience: PATIENCE,
        rate: settings.rate,
        clip: 1.0,
        dropout: settings.dropout,
        seed,
    };
    // A carried state remembers more than a window.
    let read = if settings.carried { CARRIED } else { settings.window };
    let model = |network: Network, cold: &Arc<[u32]>, notes: Vec<String>| {
        let known = (Arc::clone(&users), item_features.clone());
        let popularity = Arc::clone(&popularity);
        SequenceModel::new(network, layout.clone(), known, Arc::clone(cold), read, popularity, notes)
    };
    let mut batches = WindowBatches::new(Source {
        interactions,
        users: &users,
        layout: &layout,
        sizes,
        item_features: item_features.clone(),
        window: settings.window,
        carried: settings.carried,
        drawn: (sizes.items > WHOLE).then_some(SAMPLED),
        item_dropout: ITEM_DROPOUT,
        cold: &cold,
        weights,
        trained,
        seed,
    });
    let validate = |network: &Network| {
        if validation.is_empty() {
            return Ok(None);
        }
        // Judged over all items: too few of the cold ones are in anybody's history.
        let judged = model(network.clone(), &Arc::default(), Vec::new());
        validation.score(&judged, interactions, &job.uncounted())
    };
    let mut fit = Fit::new(network, Rule::ADAM);
    if take_up(&mut fit, &layout, job) {
        notes.push(format!("Went on after epoch {} of a training that was stopped.", fit.epochs.len()));
    }
    let last_kept = Cell::new(Instant::now());
    let keep = |fit: &Fit| {
        if last_kept.get().elapsed() >= KEEP_EVERY || fit.epochs.len() == 1 {
            put_down(fit, &layout, job);
            last_kept.set(Instant::now());
        }
    };
    let fitted = fit.run(plan, &data.place, &mut batches, validate, keep, job);
    fitted.map_err(|error| match error {
        FitError::Cancelled(stop) => TrainError::Cancelled(stop),
        FitError::Trainer(failure) => TrainError::Unfit(failure.to_string()),
    })?;
    let Fit { network, epochs, best, .. } = fit;
    notes.push(format!("Trained on this device: {}.", data.place.choice().title()));
    notes.push(match epochs[best].validation {
        Some(score) => format!(
            "Trained {} epochs of {} at most and kept those of epoch {}: loss {:.3}, NDCG@10 of the next event {score:.3} on \
             held-back ends of training histories.",
            epochs.len(),
            plan.last,
            best + 1,
            epochs[best].loss,
        ),
        None if data.tuned.is_some() => format!(
            "Trained {} epochs on everything, as many as were found good when ends of histories were held back: loss {:.3}.",
            best + 1,
            epochs[best].loss
        ),
        None => "Too few users with three events to validate with: the weights of the last epoch are kept.".to_owned(),
    });
    Ok(model(network, &cold, notes).kept_after(best + 1))
}

/// Goes on from a checkpoint, where there is one of the same data.
fn take_up(fit: &mut Fit, layout: &Layout, job: &JobContext) -> bool {
    let Some(content) = job.checkpoint() else { return false };
    let restored = checkpoint::restore(fit, layout, &content).unwrap_or_else(|error| {
        tracing::warn!("a checkpoint can't be read, training begins anew: {error}");
        false
    });
    for (epoch, number) in fit.epochs.iter().zip(1_u32..) {
        epoch.draw(number.into(), job);
    }
    restored
}

fn put_down(fit: &Fit, layout: &Layout, job: &JobContext) {
    match checkpoint::write(fit, layout) {
        Ok(content) => job.keep_checkpoint(&content),
        Err(error) => tracing::warn!("a checkpoint can't be written: {error}"),
    }
}

/// The feature rows of every item; none where items say nothing.
fn item_bags(
    data: &TrainingData,
    layout: &mut Layout,
    seed: u64,
    job: &JobContext,
) -> Result<Option<Arc<Bags>>, Cancelled> {
    let features = &*data.items;
    let mut texts = Vec::new();
    for feature in &features.text {
        let first = layout.take_text(&feature.name);
        let all: Vec<&str> = (0..features.rows).map(|item| feature.of(item).unwrap_or_default()).collect();
        texts.push((first, TextReader::learn(data, feature, seed, job)?.read(&all, job)?));
    }
    if layout.items.is_empty() && texts.is_empty() {
        return Ok(None);
    }
    let mut bags = Bags::default();
    for item in 0..features.rows {
        add_row(&layout.items, &mut bags, features, item);
        for (first, vectors) in &texts {
            add_text(&mut bags, *first, &vectors[item * TEXT_WIDTH..][..TEXT_WIDTH]);
        }
        close_item(&mut bags);
    }
    Ok(Some(Arc::new(bags)))
}

/// How texts become dense vectors, learnt from the items that were trained on.
pub struct TextReader {
    weights: TextWeights,
    /// `[buckets, TEXT_WIDTH]`
    right: Vec<f32>,
}

impl TextReader {
    pub fn learn(
        data: &TrainingData,
        feature: &TextFeature,
        seed: u64,
        job: &JobContext,
    ) -> Result<Self, Cancelled> {
        job.stage(format!("Reading {}", feature.name), Unit::Items, 0);
        let mut had = vec![false; data.interactions.n_items()];
        for &item in &data.interactions.item {
            had[item as usize] = true;
        }
        let of = |item: usize| feature.of(item).unwrap_or_default();
        let learnt: Vec<&str> = (0..had.len()).filter(|&item| had[item]).map(of).collect();
        let weights = TextWeights::fit(&learnt, TEXT_BUCKETS, job)?;
        let learnt = weights.transform(&learnt, job)?;
        let svd = matrix(&learnt).svd(TEXT_WIDTH, seed, job)?;
        Ok(Self { weights, right: svd.right })
    }

    /// A vector a text, `[texts, TEXT_WIDTH]`.
    pub fn read<T: AsRef<str> + Sync>(&self, texts: &[T], job: &JobContext) -> Result<Vec<f32>, Cancelled> {
        let texts = self.weights.transform(texts, job)?;
        matrix(&texts).times(&self.right, TEXT_WIDTH, job)
    }
}

/// Ends the bag of an item's features.
pub fn close_item(bags: &mut Bags) {
    bags.close_of_length(FEATURES_LENGTH);
}

/// Adds the vector of a text whose first row is given.
pub fn add_text(bags: &mut Bags, first: u32, vector: &[f32]) {
    for (row, &value) in (first..).zip(vector) {
        if value != 0.0 {
            bags.add(row, value);
        }
    }
}

fn matrix(rows: &SparseRows) -> SparseMatrix<'_> {
    let SparseRows { columns, offsets, indices, values } = rows;
    SparseMatrix { columns: *columns, offsets, indices, values }
}

/// What is to be known of cold items.
fn cold_note(cold: usize, items: usize, described: bool) -> String {
    let how = if described {
        "they are judged by their metadata alone"
    } else {
        "the group's Items tell nothing to judge them by, so import Items with categories, numbers or text"
    };
    format!("{cold} of {items} items are cold: {how}.")
}

/// Where sessions begin, where the events name some.
fn session_note(interactions: &Interactions, gap_secs: i64) -> Option<String> {
    let named = interactions.session.iter().filter(|session| **session != NO_SESSION).count();
    (named > 0).then(|| {
        format!(
            "Sessions begin where {SESSION_FIELD} changes, which {named} of {} events have; the others after {} minutes \
             without one.",
            interactions.len(),
            gap_secs / 60
        )
    })
}

/// Events of each user to train on: none of those whose histories are too short or too long.
fn trained_events(
    interactions: &Interactions,
    validation: &Validation,
    lengths: [f64; 2],
    notes: &mut Vec<String>,
) -> Result<Vec<usize>, TrainError> {
    let bounds = Bounds::of_histories(interactions, lengths)?;
    let dropped = history_lengths(interactions).filter(|&count| count > 0 && !bounds.keep(count)).count();
    if dropped > 0 {
        notes.push(format!(
            "{dropped} users with fewer than {:.0} or more than {:.0} events were not trained on (history length \
             percentiles); they are served all the same.",
            bounds.low.ceil(),
            bounds.high.floor()
        ));
    }
    let keep = |(count, &events): (u32, &usize)| if bounds.keep(count) { events } else { 0 };
    Ok(history_lengths(interactions).zip(&validation.trained).map(keep).collect())
}

/// How much each row matters: less the older it is, or all the same.
fn recency(interactions: &Interactions, recent: bool) -> Vec<f32> {
    let times = &interactions.timestamp;
    let (oldest, newest) = (times.iter().min().copied(), times.iter().max().copied());
    let (Some(oldest), Some(newest), true) = (oldest, newest, recent) else { return vec![1.0; times.len()] };
    let half_life = ((newest - oldest) as f64 / HALF_LIVES).max(1.0);
    let weight = |&time: &i64| {
        LEAST_WEIGHT + (1.0 - LEAST_WEIGHT) * (-((newest - time) as f64) / half_life).exp2() as f32
    };
    times.iter().map(weight).collect()
}

/// The logarithm of each item's frequency against an even one, by the weights of the rows trained on.
fn log_popularity(interactions: &Interactions, weights: &[f32], trained: &[usize]) -> Vec<f32> {
    let n = interactions.n_items();
    let mut sums = vec![0.0_f64; n];
    for (user, &events) in trained.iter().enumerate() {
        for row in interactions.rows(user as u32).take(events) {
            sums[interactions.item[row] as usize] += f64::from(weights[row]);
        }
    }
    let total: f64 = sums.iter().sum();
    sums.iter().map(|sum| ((sum + 0.5) / (total + 0.5 * n as f64) * n as f64).ln() as f32).collect()
}
