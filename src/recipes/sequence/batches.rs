//! Histories as batches: which windows of them a step learns from.
//!
//! Windows are cut anew in every epoch, each begun by who it is. A recurrent network may instead go through histories in
//! steps of `bptt` events and carry its states on: as many histories run side by side as fill a batch, and where one
//! ends another begins.

use super::layout::Layout;
use super::tokens::{Builder, Next, Person};
use crate::data::Interactions;
use crate::nn::bags::Bags;
use crate::nn::catalogue_loss::{Objective, Targets};
use crate::nn::dropout::Dropout;
use crate::nn::fit::Batches;
use crate::nn::memory::Largest;
use crate::nn::network::{Batch, Factors, Sizes, Subset};
use crate::nn::random::Random;
use std::ops::Range;
use std::sync::Arc;

/// Tokens of a step, at most and at least, about.
const TOKENS: [usize; 2] = [128, 1_600];
/// Steps of an epoch where there are few tokens.
const STEPS: usize = 30;
/// A catalogue of more items is sampled rather than compared with whole.
const WHOLE: usize = 20_000;
/// Items sampled beside the targets of a step.
const SAMPLED: usize = 2_048;
/// Items are sampled by this power of their frequency.
const FREQUENCY_POWER: f64 = 0.75;

/// What batches are cut from.
pub struct Source<'a> {
    pub interactions: &'a Interactions,
    /// Feature rows of each user.
    pub users: &'a Bags,
    pub layout: &'a Layout,
    pub sizes: Sizes,
    pub item_features: Option<Arc<Bags>>,
    /// Events a window holds at most.
    pub window: usize,
    /// Whether states are carried from one window of a history to the next.
    pub carried: bool,
    /// Share of items whose own rows a step does not compare with states.
    pub item_dropout: f32,
    /// Items whose own rows every step leaves out, ascending.
    pub cold: &'a [u32],
    /// How much each row matters as a target, `[rows]`.
    pub weights: Vec<f32>,
    /// Events trained on of each user, from the first: the rest is validated with.
    pub trained: Vec<usize>,
    pub seed: u64,
}

/// Events of a user, in order.
#[derive(Debug, Clone)]
struct Window {
    user: u32,
    events: Range<usize>,
}

/// The windows of an epoch.
pub struct WindowBatches<'a> {
    source: Source<'a>,
    sampler: Option<Sampler>,
    random: Random,
    /// Tokens of a step, about.
    tokens: usize,
    windows: Vec<Window>,
    next: usize,
    step: u64,
    /// Histories that run side by side, and their states; empty where nothing is carried.
    running: Vec<Window>,
    states: Vec<Vec<f32>>,
    carried: Vec<Vec<f32>>,
}

/// Tokens of a step, about, where so many events are trained on.
fn tokens_of(events: usize) -> usize {
    (events / STEPS).clamp(TOKENS[0], TOKENS[1])
}

/// The largest batch there can be of histories of so many events all together and in the longest one, of items
/// that are described or not.
pub fn largest(items: usize, events: usize, longest: usize, window: usize, described: bool) -> Largest {
    let length = longest.min(window) + 1;
    // The last window may begin one token short of enough.
    let tokens = (tokens_of(events) + length).min(events.max(1));
    let items = if items > WHOLE { items.min(SAMPLED + 2 * tokens) } else { items };
    Largest { tokens, sequences: (tokens / length).max(1), length, items, described }
}

impl<'a> WindowBatches<'a> {
    pub fn new(source: Source<'a>) -> Self {
        let sampler = (source.sizes.items > WHOLE).then(|| Sampler::new(source.interactions));
        let random = Random::new(source.seed, 1 << 40);
        let tokens = tokens_of(source.trained.iter().sum());
        Self {
            source,
            sampler,
            random,
            tokens,
            windows: Vec::new(),
            next: 0,
            step: 0,
            running: Vec::new(),
            states: Vec::new(),
            carried: Vec::new(),
        }
    }

    /// Whole histories, or windows of them from a random place on.
    fn cut(&mut self) {
        self.windows.clear();
        let window = self.source.window;
        for (user, &events) in self.source.trained.iter().enumerate() {
            let user = user as u32;
            if self.source.carried || events <= window {
                if events > 0 {
                    self.windows.push(Window { user, events: 0..events });
                }
                continue;
            }
            let mut end = 1 + self.random.below(window as u32) as usize;
            let mut begin = 0;
            while begin < events {
                self.windows.push(Window { user, events: begin..end.min(events) });
                (begin, end) = (end, end + window);
            }
        }
        self.random.shuffle(&mut self.windows);
    }

    /// The windows of the next step.
    fn take(&mut self) -> Vec<Window> {
        if !self.source.carried {
            let begin = self.next;
            let mut tokens = 0;
            while self.next < self.windows.len() && tokens < self.tokens {
                tokens += self.windows[self.next].events.len();
                self.next += 1;
            }
            return self.windows[begin..self.next].to_vec();
        }
        // What is left of the histories that run, then new ones in their places.
        let (window, width) = (self.source.window, self.source.sizes.width);
        let side_by_side = (self.tokens / window).max(1);
        let layers = self.source.sizes.recurrent();
        let mut left = Vec::new();
        let mut states: Vec<Vec<f32>> = vec![Vec::new(); layers];
        for (at, running) in self.running.iter().enumerate().filter(|(_, running)| !running.events.is_empty())
        {
            left.push(running.clone());
            for (states, carried) in states.iter_mut().zip(&self.carried) {
                states.extend_from_slice(&carried[at * width..][..width]);
            }
        }
        while left.len() < side_by_side && self.next < self.windows.len() {
            left.push(self.windows[self.next].clone());
            for states in &mut states {
                states.resize(states.len() + width, 0.0);
            }
            self.next += 1;
        }
        self.states = states;
        let now = left.iter().map(|running| {
            let end = running.events.end.min(running.events.start + window);
            Window { user: running.user, events: running.events.start..end }
        });
        let now: Vec<Window> = now.collect();
        for (running, now) in left.iter_mut().zip(&now) {
            running.events.start = now.events.end;
        }
        self.running = left;
        now
    }

    /// Tokens and targets of windows: a token for all events but a window's last, one before the first.
    fn batch(&mut self, windows: &[Window]) -> (Batch, u64) {
        let Source { interactions, users, layout, sizes, .. } = self.source;
        let carried = self.source.carried;
        let mut builder = Builder::new(layout);
        let mut targets = Targets::default();
        for Window { user, events } in windows {
            let history = interactions.history(*user);
            let person = Person::Known(users, *user as usize);
            let first_row = interactions.rows(*user).start;
            // The event before a window is read in it: its state says what the window begins with.
            let from = events.start.saturating_sub(1);
            let begins = (!carried || events.start == 0).then_some(person);
            builder.push(&history, from..events.end - 1, begins, Next::Event);
            if begins.is_some() && events.start > 0 {
                // Who it is does not say what comes in the middle of a history.
                targets.items.push(history.items[from]);
                targets.weights.push(0.0);
            }
            targets.items.extend(&history.items[events.clone()]);
            targets.weights.extend(&self.source.weights[first_row + events.start..first_row + events.end]);
        }
        let total: f32 = targets.weights.iter().sum();
        targets.weights.iter_mut().for_each(|weight| *weight /= total.max(f32::MIN_POSITIVE));
        let n = windows.iter().map(|window| window.events.len()).sum::<usize>() as u64;
        let tokens = builder.finish();
        let start = if carried {
            std::mem::take(&mut self.states)
        } else {
            vec![vec![0.0; windows.len() * sizes.width]; sizes.recurrent()]
        };
        let mut batch = Batch {
            tokens,
            targets,
            objective: Objective::Softmax,
            item_features: self.source.item_features.clone(),
            item_factors: None,
            subset: None,
            start,
        };
        if let Some(sampler) = &self.sampler {
            sampler.narrow(&mut batch, &mut self.random);
        }
        if batch.item_features.is_some() {
            batch.item_factors = Some(self.factors(batch.subset.as_ref()));
        }
        self.step += 1;
        (batch, n)
    }

    /// Cold items are read and compared by their features alone; of the others a step compares some so.
    fn factors(&self, subset: Option<&Subset>) -> Factors {
        let rows = subset.map_or(self.source.sizes.items, |subset| subset.rows.len());
        let mut read = vec![1.0; rows];
        for &item in self.source.cold {
            let place = match subset {
                Some(subset) => subset.rows.binary_search(&item).ok(),
                None => Some(item as usize),
            };
            if let Some(place) = place {
                read[place] = 0.0;
            }
        }
        let mut compared = read.clone();
        let dropout = Dropout::new(self.source.item_dropout, self.source.seed, (1 << 50) + self.step);
        dropout.apply(&mut compared, 0);
        // Left out or whole: what is kept is served whole, too.
        for factor in &mut compared {
            *factor = f32::from(u8::from(*factor > 0.0));
        }
        Factors { read, compared }
    }
}

impl Batches for WindowBatches<'_> {
    fn begin(&mut self, epoch: usize, steps: u64) -> (u64, u64) {
        (self.random, self.step) = (Random::new(self.source.seed, (1 << 40) + epoch as u64), steps);
        self.cut();
        (self.next, self.running, self.carried) = (0, Vec::new(), Vec::new());
        let events: usize = self.source.trained.iter().sum();
        (events.div_ceil(self.tokens) as u64, events as u64)
    }

    fn next(&mut self) -> Option<(Batch, u64)> {
        let windows = self.take();
        (!windows.is_empty()).then(|| self.batch(&windows))
    }

    fn after(&mut self, last: Vec<Vec<f32>>) {
        if self.source.carried {
            self.carried = last;
        }
    }
}

/// Draws items by a power of their frequency.
struct Sampler {
    /// Frequencies added up, to draw by.
    sums: Vec<f64>,
    /// Share of each item among the interactions.
    shares: Vec<f64>,
}

impl Sampler {
    fn new(interactions: &Interactions) -> Self {
        let mut counts = vec![0.0; interactions.n_items()];
        for &item in &interactions.item {
            counts[item as usize] += 1.0;
        }
        let sums = counts.iter().scan(0.0, |sum, count: &f64| {
            *sum += count.powf(FREQUENCY_POWER);
            Some(*sum)
        });
        let shares = counts.iter().map(|count| count / interactions.len().max(1) as f64);
        Self { sums: sums.collect(), shares: shares.collect() }
    }

    /// Leaves the items of a batch, its targets' first, and some drawn ones; names them by their places from there on.
    fn narrow(&self, batch: &mut Batch, random: &mut Random) {
        let total = self.sums.last().copied().unwrap_or_default();
        let mut rows: Vec<u32> = batch.targets.items.clone();
        rows.extend(batch.tokens.items.rows());
        for _ in 0..SAMPLED {
            let draw = random.uniform_f64() * total;
            rows.push(self.sums.partition_point(|&sum| sum <= draw).min(self.sums.len() - 1) as u32);
        }
        rows.sort_unstable();
        rows.dedup();
        let place = |row: u32| rows.binary_search(&row).unwrap_or_default() as u32;
        batch.targets.items.iter_mut().for_each(|item| *item = place(*item));
        batch.tokens.items.rename(place);
        let chance = |&row: &u32| {
            let row = row as usize;
            let drawn = (self.sums[row] - if row > 0 { self.sums[row - 1] } else { 0.0 }) / total;
            let expected = self.shares[row] * batch.targets.items.len() as f64 + drawn * SAMPLED as f64;
            expected.clamp(1e-12, 1.0).ln() as f32
        };
        let log_chances = rows.iter().map(chance).collect();
        if let Some(features) = &batch.item_features {
            batch.item_features = Some(Arc::new(features.pick(&rows)));
        }
        batch.subset = Some(Subset { rows: rows.into(), log_chances });
    }
}
