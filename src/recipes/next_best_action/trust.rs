//! How far log odds are to be trusted: from what was learnt to probabilities that come true.
//!
//! First a slope and a shift (Platt, "Probabilistic outputs for support vector machines", 1999), drawn towards trusting them
//! as they are, so that few people whose answers lie clean apart make nobody certain; with enough showings then a curve that
//! need not be straight: rates of parts of equal size, made to rise (pool adjacent violators; Zadrozny and Elkan,
//! "Transforming classifier scores into accurate multiclass probability estimates", 2002) and joined by straight lines in log
//! odds, so that different log odds stay different.

use super::logistic::Rows;
use crate::jobs::{Cancelled, JobContext};

/// Fewer showings than this say nothing.
const LEAST: usize = 100;
/// Showings of a part of the curve at least, and parts at most.
const PART: usize = 1_000;
const MOST_PARTS: usize = 15;
/// How strongly slope and shift are drawn towards trusting log odds as they are.
const RIDGE: f64 = 10.0;

/// From log odds to log odds, rising.
#[derive(Debug, Clone, PartialEq)]
pub struct Trust {
    slope: f64,
    shift: f64,
    /// Points of the curve behind slope and shift, both rising; none where it is straight.
    points: Vec<(f64, f64)>,
}

impl Default for Trust {
    /// Log odds are trusted as they are.
    fn default() -> Self {
        Self { slope: 1.0, shift: 0.0, points: Vec::new() }
    }
}

impl Trust {
    /// Learns from log odds told of people who were held back, and what came true.
    pub fn learn(logits: &[f64], outcomes: &[bool], job: &JobContext) -> Result<Self, Cancelled> {
        let taken = outcomes.iter().filter(|&&taken| taken).count();
        if outcomes.len() < LEAST || taken == 0 || taken == outcomes.len() {
            return Ok(Self::default());
        }
        let numbers: Vec<f32> = logits.iter().map(|&logit| logit as f32).collect();
        let chosen: Vec<u32> = (0..outcomes.len() as u32).collect();
        let rows = Rows { numbers: &numbers, width: 1, outcomes, chosen: &chosen, offsets: logits };
        let found = rows.fit(RIDGE, RIDGE, job)?;
        let mut trust = Self { slope: (1.0 + found[0]).max(1e-3), shift: found[1], points: Vec::new() };
        let mut told: Vec<(f64, bool)> =
            logits.iter().zip(outcomes).map(|(&logit, &taken)| (trust.of(logit), taken)).collect();
        told.sort_by(|a, b| a.0.total_cmp(&b.0));
        let parts = (told.len() / PART).min(MOST_PARTS);
        if parts > 2 {
            trust.points = rising(&told, parts);
        }
        Ok(trust)
    }

    /// Slope, shift and the points of the curve, to be saved.
    pub fn numbers(&self) -> Vec<f64> {
        let points = self.points.iter().flat_map(|&(from, to)| [from, to]);
        [self.slope, self.shift].into_iter().chain(points).collect()
    }

    /// From what [`Self::numbers`] gave.
    pub fn of_numbers(numbers: &[f64]) -> Option<Self> {
        let [slope, shift, points @ ..] = numbers else { return None };
        let points = points.as_chunks::<2>().0.iter().map(|&[from, to]| (from, to)).collect();
        Some(Self { slope: *slope, shift: *shift, points })
    }

    /// The log odds to tell.
    pub fn of(&self, logit: f64) -> f64 {
        let straight = self.slope * logit + self.shift;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else { return straight };
        // Beyond the ends as far as the straight line goes.
        if straight <= first.0 {
            return first.1 + straight - first.0;
        }
        if straight >= last.0 {
            return last.1 + straight - last.0;
        }
        let above = self.points.partition_point(|point| point.0 < straight);
        let (from, to) = (self.points[above - 1], self.points[above]);
        from.1 + (to.1 - from.1) * (straight - from.0) / (to.0 - from.0)
    }
}

/// The rates of parts of sorted log odds, made to rise, as points in log odds.
fn rising(told: &[(f64, bool)], parts: usize) -> Vec<(f64, f64)> {
    // Sum of log odds, taken, showings.
    let mut pools: Vec<[f64; 3]> = Vec::new();
    let rate = |pool: &[f64; 3]| pool[1] / pool[2];
    for part in 0..parts {
        let rows = &told[part * told.len() / parts..(part + 1) * told.len() / parts];
        let sum: f64 = rows.iter().map(|(logit, _)| logit).sum();
        // Half a showing more of each kind keeps the log odds finite.
        let taken = rows.iter().filter(|(_, taken)| *taken).count() as f64 + 0.5;
        let n = rows.len() as f64 + 1.0;
        let mut pool = [sum * n / rows.len().max(1) as f64, taken, n];
        while let Some(before) = pools.last().filter(|before| rate(before) >= rate(&pool)).copied() {
            pools.pop();
            pool = [pool[0] + before[0], pool[1] + before[1], pool[2] + before[2]];
        }
        pools.push(pool);
    }
    let point = |pool: &[f64; 3]| (pool[0] / pool[2], (pool[1] / (pool[2] - pool[1])).ln());
    let mut points: Vec<(f64, f64)> = pools.iter().map(point).collect();
    points.dedup_by(|next, before| next.0 <= before.0);
    points
}

#[cfg(test)]
mod tests {
    use super::super::logistic::sigmoid;
    use super::*;

    /// What is told is three times too sure and off by one, and then bent: the curve finds both.
    #[test]
    fn told_log_odds_come_true_behind_the_curve() {
        let mut random = crate::nn::random::Random::new(3, 1);
        let truth = |logit: f64| 0.1 + 0.8 * sigmoid(logit);
        let logits: Vec<f64> = (0..60_000).map(|_| 1.5 * f64::from(random.normal())).collect();
        let outcomes: Vec<bool> = logits.iter().map(|&logit| random.uniform_f64() < truth(logit)).collect();
        let told: Vec<f64> = logits.iter().map(|logit| 3.0 * logit + 1.0).collect();
        let trust = Trust::learn(&told, &outcomes, &JobContext::default()).unwrap();
        for logit in [-2.0, -1.0, 0.0, 1.0, 2.0] {
            let found = sigmoid(trust.of(3.0 * logit + 1.0));
            assert!((found - truth(logit)).abs() < 0.02, "{logit}: {found} {}", truth(logit));
        }
        let steps: Vec<f64> = (-400..400).map(|at| trust.of(f64::from(at) / 20.0)).collect();
        assert!(steps.is_sorted_by(|a, b| a < b), "different log odds stay different");
    }

    /// Answers that lie clean apart among few people don't make certain.
    #[test]
    fn answers_apart_make_nobody_certain() {
        let logits: Vec<f64> = (0..200).map(|at| if at % 2 == 0 { 2.0 } else { -2.0 }).collect();
        let outcomes: Vec<bool> = logits.iter().map(|&logit| logit > 0.0).collect();
        let trust = Trust::learn(&logits, &outcomes, &JobContext::default()).unwrap();
        let found = sigmoid(trust.of(2.0));
        assert!((0.88..0.995).contains(&found), "{found}");
    }

    #[test]
    fn little_is_taken_as_it_is() {
        let trust = Trust::learn(&[1.0; 50], &[true; 50], &JobContext::default()).unwrap();
        assert_eq!(trust, Trust::default());
        assert_eq!(trust.of(0.7), 0.7);
    }
}
