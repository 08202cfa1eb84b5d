//! How gradients move weights: AdamW and Adagrad, whole tensors or only the rows a step touched.
//!
//! One pass over weights, gradients and moments, in parallel over fixed chunks. candle's own `AdamW` makes about a
//! dozen temporaries a tensor and knows no rows.
//!
//! Sources: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019); Duchi, Hazan, Singer, "Adaptive
//! subgradient methods" (2011). Rows that a step does not touch keep their moments as they are ("lazy").

use super::shelf::Buffer;
use super::vector::{sum_of_squares, vectorised};
use rayon::prelude::*;
use std::ops::Deref;
use std::sync::Arc;

/// Weights that one task moves.
const AT_ONCE: usize = 1 << 14;

/// The rule by which weights move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    AdamW { beta1: f32, beta2: f32, epsilon: f32, decay: f32 },
    Adagrad { epsilon: f32 },
}

impl Rule {
    /// Adam with the betas of transformers and no decay, which would kill the vectors of rare items.
    pub const ADAM: Self = Self::AdamW { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, decay: 0.0 };
}

/// The learning rate of a step: up in a straight line, then down along a cosine to a tenth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    pub peak: f32,
    pub warm_up: u64,
    /// Steps after which the rate stays at its lowest.
    pub steps: u64,
}

impl Schedule {
    /// The rate of a step, counted from 0.
    pub fn rate(&self, step: u64) -> f32 {
        if step < self.warm_up {
            return self.peak * (step + 1) as f32 / self.warm_up as f32;
        }
        let way = (step - self.warm_up) as f32 / self.steps.saturating_sub(self.warm_up).max(1) as f32;
        self.peak * (0.55 + 0.45 * (std::f32::consts::PI * way.min(1.0)).cos())
    }
}

/// What the rule remembers of a tensor of weights: first and second moments of AdamW, sums of squares of Adagrad.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moments {
    pub first: Vec<f32>,
    pub second: Vec<f32>,
}

/// Moves weights.
#[derive(Debug, Clone)]
pub struct Optimizer {
    pub rule: Rule,
    /// One a tensor.
    pub moments: Vec<Moments>,
    /// Steps made.
    pub steps: u64,
}

/// What a step's gradient covers of a tensor; `V` is where its values lie.
#[derive(Debug, Clone)]
pub enum Gradient<V = Buffer> {
    Whole(V),
    /// Distinct rows of a width, ascending, and their gradients, `[rows, width]`.
    Rows {
        rows: Arc<[u32]>,
        width: usize,
        values: V,
    },
}

impl<V> Gradient<V> {
    pub fn values(&self) -> &V {
        match self {
            Self::Whole(values) | Self::Rows { values, .. } => values,
        }
    }
}

/// The gradients are not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "training went astray: the gradients are not finite; take fewer hidden dimensions, and look for extreme numbers among \
     the columns of metadata"
)]
pub struct NotFinite;

impl Optimizer {
    /// For tensors of these numbers of values.
    pub fn new(rule: Rule, lengths: impl IntoIterator<Item = usize>) -> Self {
        let moments = |n: usize| {
            let second = if matches!(rule, Rule::AdamW { .. }) { n } else { 0 };
            Moments { first: vec![0.0; n], second: vec![0.0; second] }
        };
        Self { rule, moments: lengths.into_iter().map(moments).collect(), steps: 0 }
    }

    /// Moves every tensor by its gradient; gradients longer than `clip` taken together are shortened to it. Returns
    /// their length before.
    pub fn step<V: Deref<Target = [f32]> + Sync>(
        &mut self,
        weights: &mut [Vec<f32>],
        gradients: &[Gradient<V>],
        rate: f32,
        clip: f32,
    ) -> Result<f32, NotFinite> {
        let squares = gradients.par_iter().map(|gradient| squared_length(gradient.values()));
        let length = squares.collect::<Vec<f64>>().into_iter().sum::<f64>().sqrt() as f32;
        if !length.is_finite() {
            return Err(NotFinite);
        }
        self.steps += 1;
        let step = Step {
            rule: self.rule,
            rate,
            shorten: if length > clip { clip / length } else { 1.0 },
            number: self.steps as i32,
        };
        let tensors = weights.par_iter_mut().zip(gradients).zip(&mut self.moments);
        tensors.for_each(|((weights, gradient), moments)| match gradient {
            Gradient::Whole(values) => step.whole(weights, values, moments),
            Gradient::Rows { rows, width, values } => step.rows(weights, rows, *width, values, moments),
        });
        Ok(length)
    }
}

/// The sum of squares, in an order that does not depend on threads.
fn squared_length(values: &[f32]) -> f64 {
    let parts = values.par_chunks(AT_ONCE).map(|values| f64::from(sum_of_squares(values)));
    parts.collect::<Vec<f64>>().into_iter().sum()
}

#[derive(Clone, Copy)]
struct Step {
    rule: Rule,
    rate: f32,
    shorten: f32,
    number: i32,
}

impl Step {
    /// Moves some weights, given their gradients and moments.
    fn apply(self, weights: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32]) {
        match self.rule {
            Rule::AdamW { beta1, beta2, epsilon, decay } => {
                let (unbias1, unbias2) = (1.0 - beta1.powi(self.number), 1.0 - beta2.powi(self.number));
                let (rate, keep) = (self.rate / unbias1, 1.0 - self.rate * decay);
                let factors = AdamStep { beta1, beta2, epsilon, keep, rate, unbias2, shorten: self.shorten };
                adam(weights, gradients, first, second, factors);
            }
            Rule::Adagrad { epsilon } => {
                adagrad(weights, gradients, first, self.rate, self.shorten, epsilon);
            }
        }
    }

    fn whole(self, weights: &mut [f32], gradients: &[f32], moments: &mut Moments) {
        let n = weights.len();
        weights
            .par_chunks_mut(AT_ONCE)
            .zip(gradients.par_chunks(AT_ONCE))
            .zip(moments.first.par_chunks_mut(AT_ONCE))
            .zip(parts(&mut moments.second, AT_ONCE, n))
            .for_each(|(((weights, gradients), first), second)| {
                self.apply(weights, gradients, first, second);
            });
    }

    fn rows(self, weights: &mut [f32], rows: &[u32], width: usize, gradients: &[f32], moments: &mut Moments) {
        let n = weights.len();
        let at_once = (AT_ONCE / width).max(1);
        weights
            .par_chunks_mut(at_once * width)
            .zip(moments.first.par_chunks_mut(at_once * width))
            .zip(parts(&mut moments.second, at_once * width, n))
            .enumerate()
            .for_each(|(task, ((weights, first), second))| {
                let begin = task * at_once;
                let from = rows.partition_point(|&row| (row as usize) < begin);
                let to = rows.partition_point(|&row| (row as usize) < begin + at_once);
                for at in from..to {
                    let row = (rows[at] as usize - begin) * width;
                    let span = row..row + width;
                    let second = if second.is_empty() { &mut [] } else { &mut second[span.clone()] };
                    let gradients = &gradients[at * width..][..width];
                    self.apply(&mut weights[span.clone()], gradients, &mut first[span], second);
                }
            });
    }
}

#[derive(Clone, Copy)]
struct AdamStep {
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    keep: f32,
    rate: f32,
    unbias2: f32,
    shorten: f32,
}

vectorised! {
    fn adam<'a>(
        weights: &'a mut [f32],
        gradients: &'a [f32],
        first: &'a mut [f32],
        second: &'a mut [f32],
        step: AdamStep,
    ) {
        let AdamStep { beta1, beta2, epsilon, keep, rate, unbias2, shorten } = step;
        let n = weights.len();
        let (gradients, first, second) = (&gradients[..n], &mut first[..n], &mut second[..n]);
        for at in 0..n {
            let gradient = gradients[at] * shorten;
            first[at] = beta1 * first[at] + (1.0 - beta1) * gradient;
            second[at] = beta2 * second[at] + (1.0 - beta2) * gradient * gradient;
            weights[at] = keep * weights[at] - rate * first[at] / ((second[at] / unbias2).sqrt() + epsilon);
        }
    }
}

vectorised! {
    fn adagrad<'a>(
        weights: &'a mut [f32],
        gradients: &'a [f32],
        sums: &'a mut [f32],
        rate: f32,
        shorten: f32,
        epsilon: f32,
    ) {
        let n = weights.len();
        let (gradients, sums) = (&gradients[..n], &mut sums[..n]);
        for at in 0..n {
            let gradient = gradients[at] * shorten;
            sums[at] += gradient * gradient;
            weights[at] -= rate * gradient / (sums[at].sqrt() + epsilon);
        }
    }
}

/// Slices of moments as long as the chunks of `n` weights; empty ones where there are none.
fn parts(moments: &mut [f32], at_once: usize, n: usize) -> Vec<&mut [f32]> {
    if moments.is_empty() {
        return (0..n.div_ceil(at_once)).map(|_| Default::default()).collect();
    }
    moments.chunks_mut(at_once).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(values: &[f32]) -> [Gradient<Vec<f32>>; 1] {
        [Gradient::Whole(values.to_vec())]
    }

    /// After one step the moments, unbiased, are the gradient and its square: the weight moves by the rate.
    #[test]
    fn adam_moves_by_the_rate_at_first_and_adagrad_too() {
        for rule in [Rule::ADAM, Rule::Adagrad { epsilon: 1e-8 }] {
            let mut weights = [vec![1.0, 2.0]];
            let length = Optimizer::new(rule, [2]).step(&mut weights, &whole(&[3.0, -4.0]), 0.1, 100.0);
            assert_eq!(length, Ok(5.0));
            assert!((weights[0][0] - 0.9).abs() < 1e-6 && (weights[0][1] - 2.1).abs() < 1e-6, "{weights:?}");
        }
    }

    /// Adagrad, gradients 3 then 4: the second step is 0.1 · 4 / √(9 + 16).
    #[test]
    fn adagrad_remembers_squares() {
        let mut weights = [vec![0.0, 0.0]];
        let mut optimizer = Optimizer::new(Rule::Adagrad { epsilon: 0.0 }, [2]);
        for slope in [3.0, 4.0] {
            optimizer.step(&mut weights, &whole(&[slope, 1.0]), 0.1, 100.0).unwrap();
        }
        assert!((weights[0][0] + 0.1 + 0.08).abs() < 1e-6);
    }

    #[test]
    fn only_touched_rows_move_and_as_whole_tensors_would() {
        for rule in [Rule::ADAM, Rule::Adagrad { epsilon: 1e-8 }] {
            let [mut sparse, mut dense] = [[vec![1.0; 8]], [vec![1.0; 8]]];
            let [mut one, mut other] = [(); 2].map(|()| Optimizer::new(rule, [8]));
            for _ in 0..3 {
                let rows = Gradient::Rows { rows: [1, 3].into(), width: 2, values: vec![1.0, 2.0, 3.0, 4.0] };
                one.step(&mut sparse, &[rows], 0.1, 1.0).unwrap();
                other.step(&mut dense, &whole(&[0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 3.0, 4.0]), 0.1, 1.0).unwrap();
            }
            assert_eq!(sparse, dense);
            assert_eq!(sparse[0][..2], [1.0, 1.0]);
        }
    }

    #[test]
    fn long_gradients_are_clipped_and_infinite_ones_refused() {
        let mut weights = [vec![0.0, 0.0]];
        let mut optimizer = Optimizer::new(Rule::Adagrad { epsilon: 1.0 }, [2]);
        optimizer.step(&mut weights, &whole(&[30.0, 40.0]), 1.0, 5.0).unwrap();
        // Clipped to (3, 4): 3 / (3 + 1)
        assert!((weights[0][0] + 0.75).abs() < 1e-6);
        assert_eq!(optimizer.step(&mut weights, &whole(&[f32::NAN, 0.0]), 1.0, 5.0), Err(NotFinite));
    }

    #[test]
    fn the_rate_rises_and_falls() {
        let schedule = Schedule { peak: 1.0, warm_up: 4, steps: 104 };
        assert_eq!((schedule.rate(0), schedule.rate(3), schedule.rate(4)), (0.25, 1.0, 1.0));
        assert!((schedule.rate(54) - 0.55).abs() < 1e-6);
        assert!((schedule.rate(104) - 0.1).abs() < 1e-6 && (schedule.rate(1_000) - 0.1).abs() < 1e-6);
    }
}
