//! What an experiment came to, step by step, and what may be said of it.

use super::choice::FittedChoice;
use super::compare::Estimate;
use super::plan::Plan;
use super::power::ALPHA;
use super::spec::{Design, SimulationSpec};
use crate::evaluation::holm;
use serde::{Deserialize, Serialize};

/// A mean over users with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Measured {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Measured {
    pub(super) fn of(estimate: &Estimate) -> Self {
        let (low, high) = estimate.interval();
        // Of a single user nothing is known; JSON has no infinity.
        let known = |bound: f64| if bound.is_finite() { bound } else { estimate.value };
        Self { value: estimate.value, low: known(low), high: known(high) }
    }
}

/// An arm after a step, all steps up to it taken together.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArmPoint {
    /// Users who saw it.
    pub users: u64,
    pub visits: u64,
    pub clicks: u64,
    pub conversions: u64,
    /// A visit.
    pub click_rate: Measured,
    pub conversion_rate: Measured,
    pub reward: Measured,
}

/// An arm compared with the first after a step.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// Clicks a visit more than the first.
    pub difference: f64,
    pub low: f64,
    pub high: f64,
    /// For one look at a time fixed before.
    pub p_value: f64,
    /// For as many looks as one likes.
    pub safe_p_value: f64,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Point {
    /// From 1.
    pub step: usize,
    /// Items that have arrived.
    pub items: usize,
    pub arms: Vec<ArmPoint>,
    /// Of each arm but the first; none of a bandit, which looks before it plays.
    pub looks: Vec<Look>,
    /// How likely each arm is the best; of a bandit.
    pub chances: Vec<f64>,
}

/// A whole experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub spec: SimulationSpec,
    pub arms: Vec<String>,
    /// How the simulated people choose.
    pub people: FittedChoice,
    pub plan: Plan,
    /// The last is the end.
    pub points: Vec<Point>,
    pub verdict: Verdict,
}

/// ρ below which people are said hardly to come back to an item.
const HARDLY_EVER: f64 = 0.2;

impl Outcome {
    /// What to do about lists that can't do well, whoever makes them.
    pub fn advice(&self) -> Option<&'static str> {
        (self.people.repeat < HARDLY_EVER && !self.spec.exclude_seen).then_some(
            "People here hardly come back to an item, and lists may hold items they had before: leave those out to compare what is new to them.",
        )
    }
}

/// What may be said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The arm that the test at the end finds better than the first, or the first where it beats all others.
    pub winner: Option<usize>,
    /// The same by the test that may be looked at after every step.
    pub safe_winner: Option<usize>,
    /// The step since which the safe one is known.
    pub safe_since: Option<usize>,
    /// In words.
    pub sentences: Vec<String>,
}

impl Verdict {
    /// Reads the points of an experiment.
    pub fn of(spec: &SimulationSpec, arms: &[String], points: &[Point]) -> Self {
        let Some(last) = points.last() else { return Self::default() };
        if spec.design == Design::Bandit {
            return Self { sentences: vec![bandit(arms, last)], ..Self::default() };
        }
        let fixed = significant(last, |look| look.p_value);
        let safe = significant(last, |look| look.safe_p_value);
        let safe_winner = winner(last, &safe);
        let safe_since = safe_winner
            .and_then(|_| points.iter().find(|point| significant(point, |look| look.safe_p_value) == safe));
        let mut sentences: Vec<String> =
            last.looks.iter().enumerate().map(|(at, look)| compared(arms, last, at, look, &fixed)).collect();
        sentences.extend(safe_sentence(arms, last, &safe, points));
        Self {
            winner: winner(last, &fixed),
            safe_winner,
            safe_since: safe_since.map(|point| point.step),
            sentences,
        }
    }
}

/// Which arms but the first differ from it, by Holm's correction for their number.
fn significant(point: &Point, p_value: impl Fn(&Look) -> f64) -> Vec<bool> {
    let p_values: Vec<f64> = point.looks.iter().map(p_value).collect();
    holm(&p_values).into_iter().map(|p_value| p_value < ALPHA).collect()
}

/// The best arm that differs from the first and is better, or the first where all others are worse.
fn winner(point: &Point, differs: &[bool]) -> Option<usize> {
    let looks = point.looks.iter().zip(differs).enumerate();
    let better = looks.filter(|(_, (look, differs))| **differs && look.difference > 0.0);
    let best = better.max_by(|a, b| a.1.0.difference.total_cmp(&b.1.0.difference));
    let all_worse = !differs.is_empty()
        && point.looks.iter().zip(differs).all(|(look, &differs)| differs && look.difference < 0.0);
    best.map(|(at, _)| at + 1).or_else(|| all_worse.then_some(0))
}

fn compared(arms: &[String], point: &Point, at: usize, look: &Look, differs: &[bool]) -> String {
    let (first, other) = (&arms[0], &arms[at + 1]);
    let rates = (point.arms[at + 1].click_rate.value, point.arms[0].click_rate.value);
    let relative = if rates.1 > 0.0 {
        format!("{:+.1} %, ", 100.0 * (rates.0 - rates.1) / rates.1)
    } else {
        String::new()
    };
    let verb = match (differs[at], look.difference > 0.0) {
        (false, _) => "does not differ clearly from",
        (true, true) => "beats",
        (true, false) => "loses to",
    };
    format!(
        "{other} {verb} {first}: {:.4} against {:.4} clicks a visit ({relative}difference {:+.4}, 95 % interval {:+.4} to {:+.4}), p = {}.",
        rates.0,
        rates.1,
        look.difference,
        look.low,
        look.high,
        p_text(look.p_value)
    )
}

fn safe_sentence(arms: &[String], last: &Point, safe: &[bool], points: &[Point]) -> Option<String> {
    let lowest = last.looks.iter().map(|look| look.safe_p_value).fold(1.0, f64::min);
    if !safe.iter().any(|&found| found) {
        return (!safe.is_empty()).then(|| {
            format!("Looked at after every step, no difference is safe to call yet (p = {}).", p_text(lowest))
        });
    }
    let found: Vec<String> = safe
        .iter()
        .enumerate()
        .filter(|(_, found)| **found)
        .map(|(at, _)| {
            let since = points.iter().find(|point| significant(point, |look| look.safe_p_value)[at]);
            format!("{} since step {}", arms[at + 1], since.map_or(last.step, |point| point.step))
        })
        .collect();
    Some(format!(
        "Looked at after every step, it was safe to call a difference from {}: {} (p = {}).",
        arms[0],
        found.join(", "),
        p_text(lowest)
    ))
}

fn bandit(arms: &[String], last: &Point) -> String {
    let all: u64 = last.arms.iter().map(|arm| arm.visits).sum();
    let shares: Vec<String> = arms
        .iter()
        .zip(&last.arms)
        .zip(&last.chances)
        .map(|((arm, point), chance)| {
            let share = 100.0 * point.visits as f64 / all.max(1) as f64;
            format!("{arm} got {share:.1} % of the visits and is the best with {:.1} %", 100.0 * chance)
        })
        .collect();
    format!("{}. A bandit's visits are no fair sample, so no test is made of them.", shares.join("; "))
}

fn p_text(p_value: f64) -> String {
    if p_value < 0.0001 { "less than 0.0001".to_owned() } else { format!("{p_value:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(step: usize, looks: &[(f64, f64, f64)]) -> Point {
        let arm = |rate: f64| ArmPoint {
            visits: 50,
            click_rate: Measured { value: rate, low: rate, high: rate },
            ..ArmPoint::default()
        };
        Point {
            step,
            items: 1,
            arms: std::iter::once(arm(0.1)).chain(looks.iter().map(|look| arm(0.1 + look.0))).collect(),
            looks: looks
                .iter()
                .map(|&(difference, p_value, safe_p_value)| Look {
                    difference,
                    p_value,
                    safe_p_value,
                    ..Look::default()
                })
                .collect(),
            chances: Vec::new(),
        }
    }

    fn arms(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_winner_is_named_and_since_when() {
        let points =
            [point(1, &[(0.02, 0.3, 0.9)]), point(2, &[(0.02, 0.01, 0.04)]), point(3, &[(0.01, 0.02, 0.04)])];
        let verdict = Verdict::of(&SimulationSpec::default(), &arms(&["a", "b"]), &points);
        assert_eq!((verdict.winner, verdict.safe_winner, verdict.safe_since), (Some(1), Some(1), Some(2)));
        assert!(verdict.sentences[0].starts_with("b beats a: 0.1100 against 0.1000 clicks a visit (+10.0 %"));
        assert!(verdict.sentences[1].contains("b since step 2"), "{:?}", verdict.sentences);
        let worse =
            Verdict::of(&SimulationSpec::default(), &arms(&["a", "b"]), &[point(1, &[(-0.02, 0.01, 0.2)])]);
        assert_eq!((worse.winner, worse.safe_winner), (Some(0), None));
    }

    /// Two others at p = 0.03: by Holm neither differs.
    #[test]
    fn several_arms_are_corrected_for() {
        let points = [point(1, &[(0.02, 0.03, 1.0), (0.03, 0.03, 1.0)])];
        let verdict = Verdict::of(&SimulationSpec::default(), &arms(&["a", "b", "c"]), &points);
        assert_eq!(verdict.winner, None);
        let points = [point(1, &[(0.02, 0.03, 1.0), (0.03, 0.02, 1.0)])];
        assert_eq!(Verdict::of(&SimulationSpec::default(), &arms(&["a", "b", "c"]), &points).winner, Some(2));
    }
}
