//! Scores as probabilities: how probable it is, by the model, that an item is the next one. They add up to one over the
//! items that may be returned, and keep the order of the scores.
//!
//! Source: Amazon Personalize developer guide, "How User-Personalization scoring works": a softmax over all items, for
//! Personalized-Ranking over the list alone. Where a model has no logits the rules are ours: what counts is divided by its
//! sum; a blend, whose scores are shares of something else, has a temperature that [`Temperature`] fits by the
//! likelihood of held-back events.

use super::Origin;
use crate::nn::vector::{exp, maximum, vectorised};

/// Scores whose exponentials are added up one by one before they join the sum of all.
const BLOCK: usize = 1_024;
const LANES: usize = 16;

/// How a model's scores become probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Likelihood {
    /// `e^(score / temperature)` over the sum of all.
    Softmax { temperature: f32 },
    /// The score over the sum of all, those below zero counting as none: counts.
    Shares,
}

/// The probabilities of the items of one row of scores.
#[derive(Debug, Clone, Copy)]
pub struct Probabilities {
    likelihood: Likelihood,
    best: f32,
    total: f64,
    /// What each of them has where nothing speaks for any.
    even: f32,
}

impl Probabilities {
    /// Over all scores but those of −∞. Popular items stand for themselves: their scores are counts, whoever counts.
    pub fn over(scores: &[f32], likelihood: Likelihood, origin: Origin) -> Self {
        let likelihood = if origin == Origin::Popular { Likelihood::Shares } else { likelihood };
        let best = best_of(scores);
        let n = scores.iter().filter(|&&score| score > f32::NEG_INFINITY).count();
        let even = 1.0 / n.max(1) as f32;
        let total = match likelihood {
            Likelihood::Softmax { temperature } => exponentials(scores, best, temperature),
            Likelihood::Shares => scores.iter().map(|&score| f64::from(score.max(0.0))).sum(),
        };
        Self { likelihood, best, total, even }
    }

    /// The probability of an item by its score.
    pub fn of(&self, score: f32) -> f32 {
        if score == f32::NEG_INFINITY {
            return 0.0;
        }
        match self.likelihood {
            Likelihood::Softmax { temperature } => {
                (f64::from(exp((score - self.best) / temperature)) / self.total) as f32
            }
            Likelihood::Shares if self.total > 0.0 => (f64::from(score.max(0.0)) / self.total) as f32,
            Likelihood::Shares => self.even,
        }
    }
}

vectorised! {
    fn best_of<'a>(scores: &'a [f32]) -> f32 {
        maximum(scores)
    }
}

vectorised! {
    /// The sum of `e^((score − best) / temperature)`.
    fn exponentials<'a>(scores: &'a [f32], best: f32, temperature: f32) -> f64 {
        let mut total = 0.0;
        for block in scores.chunks(BLOCK) {
            let (whole, rest) = block.as_chunks::<LANES>();
            let mut lanes = [0.0_f32; LANES];
            for scores in whole {
                for lane in 0..LANES {
                    lanes[lane] += exp((scores[lane] - best) / temperature);
                }
            }
            for (lane, &score) in lanes.iter_mut().zip(rest) {
                *lane += exp((score - best) / temperature);
            }
            total += lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>();
        }
        total
    }
}

/// Halvings of the temperature that are tried, from 4 down: every half of one.
const STEPS: usize = 21;
const HOTTEST: f32 = 4.0;

/// The temperature under which a softmax of scores makes what happened most probable, found step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Temperature {
    /// The sum of −ln p of what happened, for each temperature that is tried.
    losses: [f64; STEPS],
}

impl Default for Temperature {
    fn default() -> Self {
        Self { losses: [0.0; STEPS] }
    }
}

impl Temperature {
    fn tried(step: f32) -> f32 {
        HOTTEST * (-step / 2.0).exp2()
    }

    /// Takes in a row of scores and the item that came. One that can't be returned says nothing of the others.
    pub fn learn(&mut self, scores: &[f32], item: u32) {
        let own = scores[item as usize];
        if own == f32::NEG_INFINITY {
            return;
        }
        let best = best_of(scores);
        for (step, loss) in self.losses.iter_mut().enumerate() {
            let temperature = Self::tried(step as f32);
            *loss += exponentials(scores, best, temperature).ln() - f64::from((own - best) / temperature);
        }
    }

    /// What both took in.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.losses.iter_mut().zip(&other.losses).for_each(|(loss, other)| *loss += other);
        self
    }

    /// The most likely one, between the steps where the parabola through the best of them and its neighbours is
    /// lowest. None where nothing was learnt.
    pub fn fitted(&self) -> Option<f32> {
        let losses = &self.losses;
        let best = (0..STEPS).min_by(|&a, &b| losses[a].total_cmp(&losses[b]))?;
        if losses.iter().all(|&loss| loss == 0.0) {
            return None;
        }
        let mut step = best as f64;
        if best > 0 && best + 1 < STEPS {
            let (before, after) = (losses[best - 1] - losses[best], losses[best + 1] - losses[best]);
            if before + after > 0.0 {
                step += (before - after) / (2.0 * (before + after));
            }
        }
        Some(Self::tried(step as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::random::Random;
    use proptest::prelude::*;

    const NONE: f32 = f32::NEG_INFINITY;

    /// e⁰ : e^{ln 2} : e^{ln 5} of 8, at temperature 2 of twice these scores; counts 1, 2 and 5 of 8.
    #[test]
    fn both_ways_by_hand() {
        let counts = [1.0, 2.0, 5.0, NONE];
        let logits = [0.0, 2.0 * 2.0_f32.ln(), 2.0 * 5.0_f32.ln(), NONE];
        let softmax = Probabilities::over(&logits, Likelihood::Softmax { temperature: 2.0 }, Origin::Model);
        let shares = Probabilities::over(&counts, Likelihood::Shares, Origin::Model);
        for (at, expected) in [0.125, 0.25, 0.625, 0.0].into_iter().enumerate() {
            assert!((softmax.of(logits[at]) - expected).abs() < 1e-6);
            assert_eq!(shares.of(counts[at]), expected);
        }
        // Popular items have counts, whatever the model has; nothing at all is even.
        let popular = Probabilities::over(&counts, Likelihood::Softmax { temperature: 2.0 }, Origin::Popular);
        assert_eq!(popular.of(5.0), 0.625);
        assert_eq!(Probabilities::over(&[-1.0, 0.0, NONE], Likelihood::Shares, Origin::Model).of(0.0), 0.5);
    }

    proptest! {
        #[test]
        fn they_add_up_to_one_and_keep_the_order(
            scores in prop::collection::vec(prop_oneof![9 => -30.0_f32..30.0, 1 => Just(NONE)], 1..3_000),
            temperature in 0.01_f32..5.0,
        ) {
            prop_assume!(scores.iter().any(|&score| score > NONE));
            for likelihood in [Likelihood::Softmax { temperature }, Likelihood::Shares] {
                let probabilities = Probabilities::over(&scores, likelihood, Origin::Model);
                let sum: f64 = scores.iter().map(|&score| f64::from(probabilities.of(score))).sum();
                prop_assert!((sum - 1.0).abs() < 1e-4, "{}", sum);
                let mut sorted = scores.clone();
                sorted.sort_by(f32::total_cmp);
                prop_assert!(sorted.windows(2).all(|pair| probabilities.of(pair[0]) <= probabilities.of(pair[1])));
            }
        }
    }

    /// Items drawn from a softmax of known temperature: it is found again.
    #[test]
    fn the_temperature_that_events_were_drawn_with_is_found() {
        for truth in [0.05_f32, 0.3, 1.7] {
            let mut random = Random::new(5, u64::from(truth.to_bits()));
            let mut halves = [Temperature::default(), Temperature::default()];
            for event in 0..6_000 {
                let scores: Vec<f32> = (0..40).map(|_| random.normal()).collect();
                let weights: Vec<f64> = scores.iter().map(|&score| f64::from(score / truth).exp()).collect();
                let mut left = random.uniform_f64() * weights.iter().sum::<f64>();
                let drawn = weights.iter().position(|&weight| {
                    left -= weight;
                    left <= 0.0
                });
                halves[event % 2].learn(&scores, drawn.unwrap_or(39) as u32);
            }
            let [first, second] = halves;
            let fitted = first.and(&second).fitted().unwrap();
            assert!((fitted / truth - 1.0).abs() < 0.06, "{fitted} for {truth}");
        }
        assert_eq!(Temperature::default().fitted(), None);
    }
}
