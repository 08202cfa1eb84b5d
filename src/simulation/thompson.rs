//! Thompson sampling: an arm is played as often as it is likely to be the best.

use crate::evaluation::Stream;
use serde::{Deserialize, Serialize};

/// What is believed of an arm's rate: Beta(hits + 1, misses + 1), from an even prior.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Belief {
    pub hits: u64,
    pub misses: u64,
}

impl Belief {
    /// A rate drawn from the belief.
    fn draw(&self, stream: &mut Stream) -> f64 {
        let hit = gamma(self.hits as f64 + 1.0, stream);
        hit / (hit + gamma(self.misses as f64 + 1.0, stream))
    }
}

/// The arm to play: the one whose drawn rate is highest.
pub fn choose(beliefs: &[Belief], stream: &mut Stream) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (arm, belief) in beliefs.iter().enumerate() {
        let rate = belief.draw(stream);
        if rate > best.1 {
            best = (arm, rate);
        }
    }
    best.0
}

/// How likely each arm is the best, of so many draws.
pub fn chances(beliefs: &[Belief], seed: u64) -> Vec<f64> {
    const DRAWS: usize = 10_000;
    let mut stream = Stream::new(seed, beliefs.len() as u64);
    let mut wins = vec![0_usize; beliefs.len()];
    for _ in 0..DRAWS {
        wins[choose(beliefs, &mut stream)] += 1;
    }
    wins.into_iter().map(|wins| wins as f64 / DRAWS as f64).collect()
}

/// A number between 0 and 1, neither of them.
pub(super) fn uniform(stream: &mut Stream) -> f64 {
    ((stream.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// A standard normal number (Box and Muller 1958).
pub(super) fn normal(stream: &mut Stream) -> f64 {
    (-2.0 * uniform(stream).ln()).sqrt() * (std::f64::consts::TAU * uniform(stream)).cos()
}

/// A number of the gamma distribution of that shape, 1 at least (Marsaglia and Tsang, "A simple method for generating
/// gamma variables", 2000).
fn gamma(shape: f64, stream: &mut Stream) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(stream);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && uniform(stream).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beta(4, 8) has the mean 1/3 and the variance 4 · 8 / (12² · 13).
    #[test]
    fn rates_are_drawn_from_the_belief() {
        let mut stream = Stream::new(1, 2);
        let rates: Vec<f64> = (0..40_000).map(|_| Belief { hits: 3, misses: 7 }.draw(&mut stream)).collect();
        let mean = rates.iter().sum::<f64>() / 40_000.0;
        let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / 40_000.0;
        assert!((mean - 1.0 / 3.0).abs() < 0.003, "{mean}");
        assert!((variance - 32.0 / (144.0 * 13.0)).abs() < 0.0005, "{variance}");
    }

    /// Two arms of 5 % and 8 %: of 20,000 plays the last ten thousand go to the better one, nearly all.
    #[test]
    fn the_better_arm_gets_the_plays() {
        for seed in 0..5 {
            let mut stream = Stream::new(seed, 0);
            let mut beliefs = [Belief::default(); 2];
            let mut late = 0;
            for play in 0..20_000 {
                let arm = choose(&beliefs, &mut stream);
                let hit = uniform(&mut stream) < [0.05, 0.08][arm];
                let belief = &mut beliefs[arm];
                *(if hit { &mut belief.hits } else { &mut belief.misses }) += 1;
                late += usize::from(play >= 10_000 && arm == 1);
            }
            assert!(late > 9_500, "seed {seed}: {late}");
            assert!(chances(&beliefs, seed)[1] > 0.9);
        }
    }
}
