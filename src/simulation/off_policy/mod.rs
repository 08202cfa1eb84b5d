//! What another policy would have earned, estimated from a log of what one policy showed and with which chance.
//!
//! With w = π / μ, the chance of what was shown under the policy asked about over that under the one that wrote the log,
//! the reward r, and q̂ a guess of the reward from what is shown and where:
//!
//! ```text
//! IPS      mean(w r)
//! SNIPS    Σ w r / Σ w
//! clipped  mean(min(w, 10) r)
//! DM       mean(Σₐ π(a) q̂(a))
//! DR       mean(Σₐ π(a) q̂(a) + w (r − q̂))
//! ```
//!
//! (Horvitz and Thompson 1952; Swaminathan and Joachims 2015; Ionides 2008; Dudík, Langford and Li 2011). Where w may be
//! large an estimate rests on few rows: the effective sample size (Σ w)² / Σ w² says on how many, and warnings say what
//! else to know. A log is as good as its chances: they are taken as told.

mod direct;
mod log;
mod warnings;

pub use log::{Log, LogError, Target};
pub use warnings::warnings;

use super::compare::ratio;
use super::power::normal;
use direct::{Guess, standard_error};
use serde::{Deserialize, Serialize};
use statrs::distribution::ContinuousCDF;

/// The largest weight that clipped estimates let stand.
pub const CLIP: f64 = 10.0;

/// A way to estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Estimator {
    Ips,
    Snips,
    Clipped,
    Direct,
    DoublyRobust,
}

impl Estimator {
    pub const ALL: [Self; 5] = [Self::Ips, Self::Snips, Self::Clipped, Self::Direct, Self::DoublyRobust];

    /// As papers call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ips => "IPS",
            Self::Snips => "SNIPS",
            Self::Clipped => "clipped IPS",
            Self::Direct => "DM",
            Self::DoublyRobust => "DR",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            Self::Ips => {
                "Rewards weighted by how much likelier they are under the policy; unbiased, and unsteady where weights are large."
            }
            Self::Snips => "The same over the sum of weights; a little biased and much steadier.",
            Self::Clipped => "Weights above 10 count 10; steady, and too low where there are many.",
            Self::Direct => "Rewards guessed for everything the policy would show; as good as the guess.",
            Self::DoublyRobust => {
                "The guess, corrected by weighted rewards; right where either the chances or the guess are."
            }
        }
    }
}

/// An estimate of the mean reward with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OffPolicyEstimate {
    pub estimator: Estimator,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// What a log says of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OffPolicyReport {
    /// The policy asked about, for people.
    pub target: String,
    pub rows: usize,
    /// Rows with a reward.
    pub rewarded: usize,
    /// The mean reward of the log itself, with its interval.
    pub logged: (f64, f64, f64),
    pub estimates: Vec<OffPolicyEstimate>,
    /// (Σ w)² / Σ w².
    pub effective_rows: f64,
    pub largest_weight: f64,
    /// The mean weight: 1 where the chances are right.
    pub mean_weight: f64,
    /// The share of what the policy would show that was never logged.
    pub never_logged: f64,
    pub warnings: Vec<String>,
}

/// Estimates what `target` would have earned where `log` was written.
pub fn estimate(log: &Log, target: &Target) -> OffPolicyReport {
    let n = log.len();
    let guess = Guess::of(log);
    let weights: Vec<f64> =
        (0..n).map(|row| target.chance(log, row, log.action(row)) / log.propensity(row)).collect();
    let direct: Vec<f64> =
        (0..n).map(|row| target.mean(log, row, |action| guess.of_row(log, row, action))).collect();
    let logged: Vec<f64> = (0..n).map(|row| guess.of_row(log, row, log.action(row))).collect();
    let reward = |row: usize| log.reward(row);
    let of_mean = |estimator, value: &dyn Fn(usize) -> f64| {
        let found = mean(n, value);
        OffPolicyEstimate { estimator, value: found.0, low: found.1, high: found.2 }
    };
    let ratio = ratio((0..n).map(|row| (weights[row] * reward(row), weights[row])));
    let snips = (ratio.value, ratio.error * z());
    let dm_value = mean(n, &|row| direct[row]).0;
    let dm_error = z() * standard_error(log, target, &direct);
    let estimates = vec![
        of_mean(Estimator::Ips, &|row| weights[row] * reward(row)),
        OffPolicyEstimate {
            estimator: Estimator::Snips,
            value: snips.0,
            low: snips.0 - snips.1,
            high: snips.0 + snips.1,
        },
        of_mean(Estimator::Clipped, &|row| weights[row].min(CLIP) * reward(row)),
        OffPolicyEstimate {
            estimator: Estimator::Direct,
            value: dm_value,
            low: dm_value - dm_error,
            high: dm_value + dm_error,
        },
        of_mean(Estimator::DoublyRobust, &|row| direct[row] + weights[row] * (reward(row) - logged[row])),
    ];
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    let mut report = OffPolicyReport {
        target: target.name.clone(),
        rows: n,
        rewarded: (0..n).filter(|&row| reward(row) != 0.0).count(),
        logged: mean(n, &reward),
        estimates,
        effective_rows: if squares > 0.0 { sum * sum / squares } else { 0.0 },
        largest_weight: weights.iter().copied().fold(0.0, f64::max),
        mean_weight: sum / n.max(1) as f64,
        never_logged: mean(n, &|row| {
            target.mean(log, row, |action| f64::from(u8::from(!log.was_shown(row, action))))
        })
        .0,
        warnings: Vec::new(),
    };
    report.warnings = warnings(&report, &weights);
    report
}

/// The normal distribution's 97.5 % point.
fn z() -> f64 {
    normal().inverse_cdf(0.975)
}

/// A mean over rows with its 95 % interval.
fn mean(n: usize, value: &dyn Fn(usize) -> f64) -> (f64, f64, f64) {
    let mean = (0..n).map(value).sum::<f64>() / n.max(1) as f64;
    let squares: f64 = (0..n).map(|row| (value(row) - mean).powi(2)).sum();
    let reach = z() * (squares / (n.max(2) - 1) as f64 / n.max(1) as f64).sqrt();
    (mean, mean - reach, mean + reach)
}

#[cfg(test)]
mod tests;
