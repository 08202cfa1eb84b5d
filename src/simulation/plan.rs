//! What can be said before an experiment is run.

use super::power::{ALPHA, POWER, power, sample_size, sample_size_of_means};
use super::spec::{Design, SimulationSpec};
use super::world::World;
use serde::{Deserialize, Serialize};

/// How large an experiment has to be, and what this one can show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Clicks a visit that are expected.
    pub click_rate: f64,
    /// The change of it that is looked for.
    pub effect: f64,
    /// How far apart users lie in their own rates, one standard deviation.
    pub spread: f64,
    /// Users needed in all to see the effect in four of five experiments, each with the steps of this one.
    pub users_needed: f64,
    /// Visits needed of each arm if they were independent of one another.
    pub visits_if_independent: f64,
    /// The chance that this experiment sees the effect; none of a bandit, which is not held to one.
    pub power: Option<f64>,
}

impl Plan {
    /// From the click rates that people have before lists of popular items.
    ///
    /// A user's mean over S visits has the variance Var p + E p (1 − p) / S; users count, not visits. Where visits see
    /// items of both arms, half of an effect shows in what is credited, and differences within a visit have the variance
    /// p / S, free of how users differ. More than two arms are each compared with the first, at a level divided by their
    /// number.
    pub fn of(world: &World, spec: &SimulationSpec, arms: usize) -> Self {
        let (_, rates) = world.no_click(spec);
        Self::from_rates(&rates, spec, arms)
    }

    fn from_rates(rates: &[f64], spec: &SimulationSpec, arms: usize) -> Self {
        let n = rates.len().max(1) as f64;
        let mean = rates.iter().sum::<f64>() / n;
        let between = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / n;
        let within = rates.iter().map(|rate| rate * (1.0 - rate)).sum::<f64>() / n;
        let steps = spec.steps as f64;
        let alpha = ALPHA / arms.saturating_sub(1).max(1) as f64;
        let effect = spec.effect * mean;
        let (users_needed, error, shown) = if spec.design.mixes_lists() {
            // Each pair of arms shares the clicks of what both brought.
            let variance = mean * 2.0 / arms as f64 / steps;
            let shown = effect / arms as f64;
            let needed = sample_size_of_means(variance, shown, alpha, POWER) / 2.0;
            (needed, (variance / spec.users as f64).sqrt(), shown)
        } else {
            let variance = between + within / steps;
            let needed = sample_size_of_means(variance, effect, alpha, POWER) * arms as f64;
            (needed, (2.0 * variance * arms as f64 / spec.users as f64).sqrt(), effect)
        };
        Self {
            click_rate: mean,
            effect,
            spread: between.sqrt(),
            users_needed: users_needed.ceil(),
            visits_if_independent: sample_size(mean, effect, alpha, POWER).ceil(),
            power: (spec.design != Design::Bandit).then(|| power(shown, error, alpha)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One visit of users who are all alike are independent trials: 2 · 0.09 (1.96 + 0.84)² / 0.02² = 3,532 an arm.
    #[test]
    fn with_one_visit_of_equals_it_is_the_plain_formula() {
        let spec = SimulationSpec { users: 7_064, steps: 1, effect: 0.2, ..SimulationSpec::default() };
        let plan = Plan::from_rates(&[0.1; 50], &spec, 2);
        assert!((plan.users_needed - 7_064.0).abs() < 4.0, "{plan:?}");
        assert!((plan.power.unwrap() - 0.8).abs() < 0.001, "{plan:?}");
        assert!(plan.spread < 1e-9);
    }

    /// However many visits, users who differ are needed in a number.
    #[test]
    fn visits_do_not_stand_in_for_users() {
        let rates: Vec<f64> = (0..100).map(|user| if user % 2 == 0 { 0.05 } else { 0.15 }).collect();
        let needed = |steps, design| {
            let spec = SimulationSpec { design, steps, ..SimulationSpec::default() };
            Plan::from_rates(&rates, &spec, 2).users_needed
        };
        // Var p = 0.0025 alone, at δ = 0.01, asks for 4 · 0.0025 · 7.849 / 0.0001 = 785.
        assert!((needed(1_000_000, Design::Ab) - 785.0).abs() < 2.0);
        assert!(needed(1_000_000, Design::Interleaved) < 5.0);
        assert!(needed(1, Design::Ab) > 10_000.0);
    }
}
