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
    /// Epochs over which the learning rate falls.
    pub epochs: usize,
    /// Epochs after which training ends, as many at most.
    pub last: usize,
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
const LOSS: &str = "Loss";
const VALIDATION: &str = "Validation score";

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
    /// Higher is better; none where there is nothing to validate with.
    pub validation: Option<f32>,
}

impl Epoch {
    /// Adds it to the curves, for people to watch.
    pub fn draw(self, number: f64, job: &JobContext) {
        job.point(LOSS, number, f64::from(self.loss));
        if let Some(validation) = self.validation {
            job.point(VALIDATION, number, f64::from(validation));
        }
    }
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
        validate: impl Fn(&Network) -> Result<Option<f32>, Cancelled>,
        keep: impl Fn(&Self),
        job: &JobContext,
    ) -> Result<(), FitError> {
        let mut trainer = Trainer::new(place, &self.network, &self.optimizer)?;
        let mut begun = false;
        while self.epochs.len() < plan.last && self.epochs.len() <= self.best + plan.patience {
            job.can_settle(!self.epochs.is_empty());
            let (steps, targets) = batches.begin(self.epochs.len(), self.optimizer.steps);
            if begun {
                job.rename_stage(self.stage(plan));
            } else {
                let left = (plan.last - self.epochs.len()) as u64;
                job.stage(self.stage(plan), Unit::Events, targets * left);
                begun = true;
            }
            let Some(loss) = self.epoch(plan, steps, &mut trainer, batches, job)? else { break };
            trainer.bring_back(&mut self.network, &mut self.optimizer)?;
            let epoch = Epoch { loss, validation: validate(&self.network)? };
            if is_good(&self.epochs, epoch.validation) {
                self.best = self.epochs.len();
                self.kept.clone_from(&self.network.weights);
            }
            self.epochs.push(epoch);
            let number = self.epochs.len() as f64;
            epoch.draw(number, job);
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
        steps: u64,
        trainer: &mut Trainer,
        batches: &mut impl Batches,
        job: &JobContext,
    ) -> Result<Option<f32>, FitError> {
        let begun = self.optimizer.steps;
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
        let last = self.epochs.last();
        let loss = last.map_or_else(String::new, |last| format!(": loss {:.3}", last.loss));
        let scores = last.and_then(|last| last.validation).zip(highest(&self.epochs));
        let scores =
            scores.map_or_else(String::new, |(last, best)| format!(", validation {last:.4}, best {best:.4}"));
        format!("Training, epoch {} of {}{loss}{scores}", self.epochs.len() + 1, plan.last)
    }
}

/// The highest validation score of epochs; none where nothing was validated.
fn highest(epochs: &[Epoch]) -> Option<f32> {
    epochs.iter().filter_map(|epoch| epoch.validation).reduce(f32::max)
}

/// Whether an epoch is as good as those before by its validation score; the last is where nothing is validated.
fn is_good(before: &[Epoch], validation: Option<f32>) -> bool {
    match (highest(before), validation) {
        (Some(best), Some(validation)) => validation >= AS_GOOD * best,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::network::{Encoder, Sizes};
    use std::cell::Cell;

    /// The best is 0.5, so 0.475 is as good and what lies below is not, however near it is to the epoch before.
    #[test]
    fn the_last_epoch_as_good_as_the_best_is_kept() {
        let mut epochs = Vec::new();
        let mut kept = Vec::new();
        for validation in [0.1, 0.5, 0.48, 0.47, 0.46, 0.476, 0.2] {
            let validation = Some(validation);
            if is_good(&epochs, validation) {
                kept.push(validation);
            }
            epochs.push(Epoch { loss: 1.0, validation });
        }
        assert_eq!(kept, [0.1, 0.5, 0.48, 0.476].map(Some));
        for validation in [Some(0.0), None] {
            assert!(
                is_good(&[Epoch { loss: 1.0, validation }], validation),
                "where nothing is found or asked the last is kept"
            );
        }
    }

    /// Epochs of no batches, of a hundred events each by what they say.
    struct Empty;

    impl Batches for Empty {
        fn begin(&mut self, _: usize, _: u64) -> (u64, u64) {
            (0, 100)
        }

        fn next(&mut self) -> Option<(Batch, u64)> {
            None
        }

        fn after(&mut self, _: Vec<Vec<f32>>) {}
    }

    fn fit() -> (Fit, Plan) {
        let sizes = Sizes { items: 2, features: 1, width: 8, encoder: Encoder::Gru { layers: 1 } };
        let plan = Plan { epochs: 9, last: 5, patience: 9, rate: 0.1, clip: 1.0, dropout: 0.0, seed: 1 };
        (Fit::new(Network::new(sizes, vec![0.0; 2], 1), Rule::ADAM), plan)
    }

    /// A fit that is stopped while its second epoch is judged is as it was after the first: what is kept of it says
    /// nothing of an epoch that has no score.
    #[test]
    fn an_epoch_that_was_not_judged_to_the_end_never_was() {
        let (mut fit, plan) = fit();
        let (asked, kept) = (Cell::new(0), Cell::new(0));
        let judge = |_: &Network| {
            asked.set(asked.get() + 1);
            if asked.get() < 2 { Ok(Some(0.5)) } else { Err(Cancelled) }
        };
        let keep = |_: &Fit| kept.set(kept.get() + 1);
        let job = JobContext::default();
        let stopped = fit.run(plan, &Place::default(), &mut Empty, judge, keep, &job);
        assert!(matches!(stopped, Err(FitError::Cancelled(_))));
        assert_eq!((fit.epochs.len(), kept.get()), (1, 1));
        assert_eq!(job.curves().iter().map(|curve| curve.points.len()).collect::<Vec<_>>(), [1, 1]);
    }

    /// All epochs are one stage, so that the time left is that of all; one that holds nothing back has no score, ends
    /// after as many as it is told and keeps the last.
    #[test]
    fn a_fit_is_one_stage_and_ends_when_told() {
        let (mut fit, plan) = fit();
        let job = JobContext::default();
        fit.run(plan, &Place::default(), &mut Empty, |_| Ok(None), |_| {}, &job).unwrap();
        assert_eq!((fit.epochs.len(), fit.best), (5, 4));
        let progress = job.progress();
        assert_eq!(progress.total, 500);
        assert!(progress.stage.starts_with("Training, epoch 5 of 5: loss"), "{}", progress.stage);
        assert!(job.curves().iter().all(|curve| curve.name == LOSS));
    }
}
