//! The fit loop: epochs of steps, a validation score after each, the best weights kept, an end when they no longer
//! get better. What a batch is and how it is judged, the caller says.

use super::network::{Batch, Drops, Network, Step};
use super::optimizer::{NotFinite, Optimizer, Rule, Schedule};
use crate::jobs::{Cancelled, JobContext, Unit};
use serde::{Deserialize, Serialize};

/// How long and how fast to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    pub epochs: usize,
    /// Epochs without a better validation score after which training ends.
    pub patience: usize,
    pub rule: Rule,
    /// The highest learning rate.
    pub rate: f32,
    /// Gradients longer than this are shortened to it.
    pub clip: f32,
    pub dropout: f32,
    pub seed: u64,
}

/// Steps over which the learning rate rises.
const WARM_UP: u64 = 30;

/// What one epoch came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Mean loss of a target.
    pub loss: f32,
    /// Higher is better.
    pub validation: f32,
}

/// Why a fit ended without a network.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
}

/// Batches of an epoch, one after the other.
pub trait Batches {
    /// Begins an epoch and says how many steps and targets it has.
    fn begin(&mut self, epoch: usize) -> (u64, u64);

    /// The next batch, its targets' weights summing to one, and the number of its targets; none at the end.
    fn next(&mut self) -> Option<(Batch, u64)>;

    /// Learns what a step of the last batch gave: recurrent states go on from there.
    fn after(&mut self, step: &Step);
}

/// Trains a network and leaves its best weights in it. Returns every epoch and the place of the best.
pub fn fit(
    network: &mut Network,
    plan: Plan,
    batches: &mut impl Batches,
    mut validate: impl FnMut(&Network) -> f32,
    job: &JobContext,
) -> Result<(Vec<Epoch>, usize), FitError> {
    let mut optimizer = Optimizer::new(plan.rule, network.sizes.lengths());
    let mut epochs: Vec<Epoch> = Vec::new();
    let mut best = 0;
    let mut kept = network.weights.clone();
    let mut steps_before = 0;
    while epochs.len() < plan.epochs && epochs.len() <= best + plan.patience {
        let (steps, targets) = batches.begin(epochs.len());
        let so_far = epochs.get(best).map_or_else(String::new, |epoch| {
            let last = epochs[epochs.len() - 1];
            format!(
                ": loss {:.3}, validation {:.4}, best {:.4}",
                last.loss, last.validation, epoch.validation
            )
        });
        let stage = format!("Training, epoch {} of {}{so_far}", epochs.len() + 1, plan.epochs);
        job.stage(stage, Unit::Rows, targets);
        let schedule = Schedule {
            peak: plan.rate,
            warm_up: WARM_UP,
            steps: steps_before + steps * (plan.epochs - epochs.len()) as u64,
        };
        let (mut loss, mut seen) = (0.0, 0);
        while let Some((batch, targets)) = batches.next() {
            job.check()?;
            let drops = Drops { rate: plan.dropout, seed: plan.seed, step: optimizer.steps };
            let step = network.step(&batch, Some(drops));
            let rate = schedule.rate(optimizer.steps);
            optimizer.step(&mut network.weights, &step.gradients, rate, plan.clip)?;
            batches.after(&step);
            loss += step.loss * targets as f64;
            seen += targets;
            job.advance(targets);
        }
        steps_before = optimizer.steps;
        let epoch = Epoch { loss: (loss / seen.max(1) as f64) as f32, validation: validate(network) };
        // Of epochs that validate alike the later one, whose loss is lower.
        if epochs.is_empty() || epoch.validation >= epochs[best].validation {
            best = epochs.len();
            kept.clone_from(&network.weights);
        }
        epochs.push(epoch);
    }
    network.weights = kept;
    Ok((epochs, best))
}
