//! The fit loop: epochs of steps, a validation score after each, the weights of the last good epoch kept, an end when
//! they no longer get better. What a batch is and how it is judged, the caller says.

use super::device::Place;
use super::network::{Batch, Drops, Network};
use super::optimizer::{Optimizer, Rule, Schedule};
use super::trainer::{Pace, Trainer, TrainerError};
use crate::jobs::{Cancelled, JobContext, Unit};
use serde::{Deserialize, Serialize};

/// How long and how fast to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    pub epochs: usize,
    /// Epochs after the one kept after which training ends.
    pub patience: usize,
    /// The highest learning rate.
    pub rate: f32,
    /// Gradients longer than this are shortened to it.
    pub clip: f32,
    pub dropout: f32,
    pub seed: u64,
}

/// The curves of a fit: its mean loss and its validation score by epoch.
pub const LOSS: &str = "Loss";
pub const VALIDATION: &str = "Validation score";

/// Steps over which the learning rate rises.
const WARM_UP: u64 = 30;

/// An epoch counts as good as the best where its validation score is at least this share of the best one's. Validation
/// of a thousand questions tells no finer, and of epochs alike the last has learnt at the lowest rate, on which what is
/// served depends more.
const AS_GOOD: f32 = 0.95;

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
    Trainer(#[from] TrainerError),
}

/// Batches of an epoch, one after the other.
pub trait Batches {
    /// Begins an epoch, after so many steps, and says how many steps and targets it has. What follows depends on nothing
    /// that went before.
    fn begin(&mut self, epoch: usize, steps: u64) -> (u64, u64);

    /// The next batch, its targets' weights summing to one, and the number of its targets; none at the end.
    fn next(&mut self) -> Option<(Batch, u64)>;

    /// Learns the states that the last batch's sequences ended with, `[layers][sequences, width]`: recurrent ones go on
    /// from there.
    fn after(&mut self, last: Vec<Vec<f32>>);
}

/// A fit between two epochs: all it takes to go on as if it had never stopped.
pub struct Fit {
    pub network: Network,
    pub optimizer: Optimizer,
    pub epochs: Vec<Epoch>,
    /// The last epoch as good as the best, and its weights.
    pub best: usize,
    pub kept: Vec<Vec<f32>>,
}

impl Fit {
    pub fn new(network: Network, rule: Rule) -> Self {
        let optimizer = Optimizer::new(rule, network.sizes.lengths());
        Self { optimizer, epochs: Vec::new(), best: 0, kept: network.weights.clone(), network }
    }

    /// Trains in a place until the plan ends it, or the job is asked to settle for what there is; at the end the network
    /// has the weights kept. `keep` is called after every epoch.
    pub fn run(
        &mut self,
        plan: Plan,
        place: &Place,
        batches: &mut impl Batches,
        mut validate: impl FnMut(&Network) -> f32,
        keep: impl Fn(&Self),
        job: &JobContext,
    ) -> Result<(), FitError> {
        let mut trainer = Trainer::new(place, &self.network, &self.optimizer)?;
        while self.epochs.len() < plan.epochs && self.epochs.len() <= self.best + plan.patience {
            job.can_settle(!self.epochs.is_empty());
            let Some(loss) = self.epoch(plan, &mut trainer, batches, job)? else { break };
            trainer.bring_back(&mut self.network, &mut self.optimizer)?;
            let epoch = Epoch { loss, validation: validate(&self.network) };
            if is_good(&self.epochs, epoch.validation) {
                self.best = self.epochs.len();
                self.kept.clone_from(&self.network.weights);
            }
            self.epochs.push(epoch);
            let number = self.epochs.len() as f64;
            job.point(LOSS, number, f64::from(epoch.loss));
            job.point(VALIDATION, number, f64::from(epoch.validation));
            keep(self);
        }
        job.can_settle(false);
        self.network.weights.clone_from(&self.kept);
        Ok(())
    }

    /// One epoch's mean loss; none where the job is to settle for the epochs before.
    fn epoch(
        &mut self,
        plan: Plan,
        trainer: &mut Trainer,
        batches: &mut impl Batches,
        job: &JobContext,
    ) -> Result<Option<f32>, FitError> {
        let begun = self.optimizer.steps;
        let (steps, targets) = batches.begin(self.epochs.len(), begun);
        job.stage(self.stage(plan), Unit::Events, targets);
        let schedule = Schedule {
            peak: plan.rate,
            warm_up: WARM_UP,
            steps: begun + steps * (plan.epochs - self.epochs.len()) as u64,
        };
        let (mut loss, mut seen) = (0.0, 0);
        while let Some((batch, targets)) = batches.next() {
            job.check()?;
            if !self.epochs.is_empty() && job.take_settle() {
                return Ok(None);
            }
            let drops = Drops { rate: plan.dropout, seed: plan.seed, step: self.optimizer.steps };
            let pace = Pace { rate: schedule.rate(self.optimizer.steps), clip: plan.clip };
            let learnt = trainer.step(&mut self.network, &mut self.optimizer, &batch, drops, pace)?;
            batches.after(learnt.last);
            loss += learnt.loss * targets as f64;
            seen += targets;
            job.advance(targets);
        }
        Ok(Some((loss / seen.max(1) as f64) as f32))
    }

    /// What is being done, for people.
    fn stage(&self, plan: Plan) -> String {
        let so_far = self.epochs.last().map_or_else(String::new, |last| {
            let best = highest(&self.epochs);
            format!(": loss {:.3}, validation {:.4}, best {best:.4}", last.loss, last.validation)
        });
        format!("Training, epoch {} of {}{so_far}", self.epochs.len() + 1, plan.epochs)
    }
}

/// The highest validation score of epochs.
fn highest(epochs: &[Epoch]) -> f32 {
    epochs.iter().map(|epoch| epoch.validation).fold(f32::NEG_INFINITY, f32::max)
}

/// Whether a validation score is as good as those of the epochs before.
fn is_good(before: &[Epoch], validation: f32) -> bool {
    before.is_empty() || validation >= AS_GOOD * highest(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best is 0.5, so 0.475 is as good and what lies below is not, however near it is to the epoch before.
    #[test]
    fn the_last_epoch_as_good_as_the_best_is_kept() {
        let mut epochs = Vec::new();
        let mut kept = Vec::new();
        for validation in [0.1, 0.5, 0.48, 0.47, 0.46, 0.476, 0.2] {
            if is_good(&epochs, validation) {
                kept.push(validation);
            }
            epochs.push(Epoch { loss: 1.0, validation });
        }
        assert_eq!(kept, [0.1, 0.5, 0.48, 0.476]);
        assert!(
            is_good(&[Epoch { loss: 1.0, validation: 0.0 }], 0.0),
            "where nothing is found the last is kept"
        );
    }
}
