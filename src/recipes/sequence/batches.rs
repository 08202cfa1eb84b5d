//! Windows of histories as batches: tokens, each window's begun by who it is, and what is to follow each.

use super::layout::Layout;
use super::sampler::Sampler;
use super::tokens::{Builder, Next, Person};
use super::windows::{Cut, Taken, Window, Windows};
use crate::data::Interactions;
use crate::nn::bags::Bags;
use crate::nn::catalogue_loss::{Objective, Targets};
use crate::nn::dropout::Dropout;
use crate::nn::fit::Batches;
use crate::nn::network::{Batch, Described, Factors, Sizes, Subset};
use crate::nn::random::Random;
use std::sync::Arc;

/// Tokens of a step, at most and at least, about.
const TOKENS: [usize; 2] = [128, 1_600];
/// Steps of an epoch where there are few tokens.
const STEPS: usize = 30;

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
    /// Items drawn for a step where it does not compare with all.
    pub drawn: Option<usize>,
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

/// The batches of an epoch.
pub struct WindowBatches<'a> {
    source: Source<'a>,
    /// Feature rows of each item, and the items of each row.
    features: Option<(Arc<Bags>, Arc<Bags>)>,
    sampler: Option<Sampler>,
    random: Random,
    windows: Windows,
    step: u64,
    /// The states that the windows of the step before ended with, `[layers][windows, width]`.
    ended: Vec<Vec<f32>>,
}

/// Tokens of a step, about, where so many events are trained on.
pub fn tokens_of(events: usize) -> usize {
    (events / STEPS).clamp(TOKENS[0], TOKENS[1])
}

impl<'a> WindowBatches<'a> {
    pub fn new(source: Source<'a>) -> Self {
        let sampler = source.drawn.map(|drawn| Sampler::new(source.interactions, drawn));
        let mut random = Random::new(source.seed, 1 << 40);
        let windows = Self::windows(&source, &mut random);
        let turned = |features: Arc<Bags>| {
            let by_row = features.turned(source.sizes.features);
            (features, Arc::new(by_row))
        };
        let features = source.item_features.clone().map(turned);
        Self { source, features, sampler, random, windows, step: 0, ended: Vec::new() }
    }

    fn windows(source: &Source<'_>, random: &mut Random) -> Windows {
        let Source { window, carried, ref trained, .. } = *source;
        Windows::new(trained, Cut { window, carried, events: tokens_of(trained.iter().sum()) }, random)
    }

    /// The states that windows begin with, `[layers][windows, width]`: zero, or those that the ones before ended with.
    fn states(&self, windows: &[Taken]) -> Vec<Vec<f32>> {
        let width = self.source.sizes.width;
        let mut states = vec![vec![0.0; windows.len() * width]; self.source.sizes.recurrent()];
        for (states, ended) in states.iter_mut().zip(&self.ended) {
            for (state, taken) in states.chunks_exact_mut(width).zip(windows) {
                if let Some(place) = taken.after {
                    state.copy_from_slice(&ended[place * width..][..width]);
                }
            }
        }
        states
    }

    /// Tokens and targets of windows: a token for all events but a window's last, one before the first.
    fn batch(&mut self, windows: &[Taken]) -> (Batch, u64) {
        let Source { interactions, users, layout, .. } = self.source;
        let carried = self.source.carried;
        let mut builder = Builder::new(layout);
        let mut targets = Targets::default();
        for Taken { window: Window { user, events }, .. } in windows {
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
        let n = windows.iter().map(|taken| taken.window.events.len()).sum::<usize>() as u64;
        let mut batch = Batch {
            tokens: builder.finish(),
            targets,
            objective: Objective::Softmax,
            described: None,
            subset: None,
            start: self.states(windows),
        };
        if let Some(sampler) = &self.sampler {
            sampler.narrow(&mut batch, &mut self.random);
        }
        batch.described = self.described(batch.subset.as_ref());
        self.step += 1;
        (batch, n)
    }

    /// What is known of the items that take part.
    fn described(&self, subset: Option<&Subset>) -> Option<Described> {
        let (features, by_row) = self.features.as_ref()?;
        let (features, by_row) = match subset {
            None => (Arc::clone(features), Arc::clone(by_row)),
            Some(subset) => {
                let picked = features.pick(&subset.rows);
                let by_row = picked.turned(self.source.sizes.features);
                (Arc::new(picked), Arc::new(by_row))
            }
        };
        Some(Described { features, by_row, factors: self.factors(subset) })
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
        self.windows = Self::windows(&self.source, &mut self.random);
        (self.windows.steps(), self.source.trained.iter().sum::<usize>() as u64)
    }

    fn next(&mut self) -> Option<(Batch, u64)> {
        let windows = self.windows.next()?;
        Some(self.batch(&windows))
    }

    fn after(&mut self, last: Vec<Vec<f32>>) {
        self.ended = last;
    }
}
