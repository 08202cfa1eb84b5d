//! The loss of a hidden state that must pick its item out of a catalogue, with no logit ever stored: a tile of
//! tokens at a time, logits become gradients in place.
//!
//! The loss is where a backward pass begins, so the gradients of states, item vectors and biases are taken together
//! with it: each tile costs three matrix products and nothing is computed twice. What a whole row of gradients has in
//! common (for the softmax, the token's weight by the sum of exponentials) is a factor of the row, by which its state and
//! the state's gradient are multiplied rather than all logits.
//!
//! Sources: Klenitskiy and Vasilev, "Turning dross into gold loss" (2023) for the softmax over the whole catalogue;
//! Petrov and Macdonald, "gSASRec" (2023) for [`Objective::Gbce`]; Jean et al., "On using very large target
//! vocabulary for neural machine translation" (2015) for sampling: a subset of the catalogue whose biases are
//! lowered by the logarithm of the chance to be in it.

use super::matmul::{View, ViewMut, even, multiply};
use super::shelf::{Buffer, Shelf};
use super::transpose::transposed;
use super::vector::{
    EXP_WITHIN, add_scaled, exp, exp_biased, exp_within, larger, largest_biased, sigmoid, squares, vectorised,
};
use candle_core::{Result, Tensor};
use rayon::prelude::*;

/// Rows of states a task turns into gradients at once: their logits stay in the core's own cache.
const ROWS: usize = 48;
/// Items whose gradients a task adds up at once.
const ITEMS: usize = 128;
/// Logits held at most: eight megabytes, what a processor's shared cache keeps near.
const LOGITS: usize = 1 << 21;
/// Rows of states at most between two updates of the items' gradients.
const TILE: usize = 10 * ROWS;

/// Exponentials of logits nearer to zero than this need not be shifted by the largest: neither they nor their sums come
/// near what single precision can't hold.
const NEAR: f32 = EXP_WITHIN / 2.0;

/// What a state is trained for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Objective {
    /// The negative logarithm of the target's share in the softmax over all items.
    Softmax,
    /// Binary cross-entropy of the target against all other items, the target's probability taken to the power
    /// `beta`; divided by the number of items.
    Gbce { beta: f32 },
}

impl Objective {
    /// gBCE calibrated by `t` (0 not, 1 wholly) for `candidates` of `catalogue` items compared with.
    pub fn gbce(t: f32, candidates: usize, catalogue: usize) -> Self {
        let alpha = candidates as f32 / (catalogue.max(2) - 1) as f32;
        Self::Gbce { beta: alpha * (t * (1.0 - 1.0 / alpha) + 1.0 / alpha) }
    }
}

/// The item each state must pick, and how much it matters; `[states]` each.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    pub items: Vec<u32>,
    pub weights: Vec<f32>,
}

/// A loss and its gradients.
#[derive(Debug)]
pub struct Loss {
    pub loss: f64,
    /// `[states, width]`
    pub states: Buffer,
    /// `[items, width]`
    pub items: Buffer,
    /// `[items]`
    pub biases: Buffer,
}

/// The weighed sum of the losses of `states`, `[states, width]`, over `items`, `[items, width]`, with `biases`,
/// `[items]`.
///
/// # Panics
/// Where a target is no item.
pub fn catalogue_loss(
    states: &[f32],
    items: &[f32],
    biases: &[f32],
    targets: &Targets,
    objective: Objective,
    shelf: &Shelf,
) -> Loss {
    let (n, n_items) = (targets.items.len(), biases.len());
    let width = items.len() / n_items.max(1);
    let across = even(n_items);
    let (turned, [longest, strongest]) =
        rayon::join(|| transposed(items, width, shelf), || farthest(items, width, biases));
    let catalogue = Catalogue { biases, longest, strongest };
    let mut out = Loss {
        loss: 0.0,
        states: shelf.rough(states.len()),
        items: shelf.rough(items.len()),
        biases: shelf.zeros(n_items),
    };
    let tile = (LOGITS / across.max(1) / ROWS * ROWS).clamp(ROWS, TILE);
    let mut logits = shelf.rough(tile.min(n) * across);
    let (mut factors, mut weighed) = (shelf.rough(tile.min(n)), shelf.rough(tile.min(n) * width));
    if n == 0 {
        out.items.fill(0.0);
    }
    for first in (0..n).step_by(tile) {
        let rows = tile.min(n - first);
        let states = &states[first * width..(first + rows) * width];
        let logits = &mut logits[..rows * across];
        let losses = logits
            .par_chunks_mut(ROWS * across)
            .zip(states.par_chunks(ROWS * width))
            .zip(out.states[first * width..].par_chunks_mut(ROWS * width))
            .zip(factors.par_chunks_mut(ROWS).zip(weighed.par_chunks_mut(ROWS * width)))
            .enumerate()
            .map(|(at, (((logits, states), dstates), (factors, weighed)))| {
                let height = states.len() / width;
                let (dstates, factors) = (&mut dstates[..height * width], &mut factors[..height]);
                multiply(
                    ViewMut::new(logits, height, across, across),
                    0.0,
                    1.0,
                    View::new(states, height, width, width),
                    View::new(&turned, width, across, across),
                );
                let first = first + at * ROWS;
                let loss = differentiate(logits, states, catalogue, targets, first, objective, factors);
                multiply(
                    ViewMut::new(dstates, height, width, width),
                    0.0,
                    1.0,
                    View::new(logits, height, n_items, across),
                    View::new(items, n_items, width, width),
                );
                weigh(states, dstates, weighed, factors);
                loss
            });
        out.loss += losses.collect::<Vec<f64>>().into_iter().sum::<f64>();
        let (logits, weighed, factors) = (&*logits, &weighed[..rows * width], &factors[..rows]);
        out.items.par_chunks_mut(ITEMS * width).zip(out.biases.par_chunks_mut(ITEMS)).enumerate().for_each(
            |(at, (ditems, dbiases))| {
                let (from, count) = (at * ITEMS, dbiases.len());
                multiply(
                    ViewMut::new(ditems, count, width, width),
                    if first == 0 { 0.0 } else { 1.0 },
                    1.0,
                    View::new(&logits[from..], rows, count, across).transposed(),
                    View::new(weighed, rows, width, width),
                );
                add_columns(dbiases, &logits[from..], across, factors);
            },
        );
    }
    out
}

/// Biases of items, and how far from zero logits can be: not beyond a state's length times that of the longest item, and
/// the magnitude of the strongest bias.
#[derive(Clone, Copy)]
struct Catalogue<'a> {
    biases: &'a [f32],
    longest: f32,
    strongest: f32,
}

/// Logits of states from `first` on, in rows that may be longer than there are items, to gradients by them but for a
/// factor of each row, in place. Returns the sum of the losses.
fn differentiate(
    logits: &mut [f32],
    states: &[f32],
    catalogue: Catalogue<'_>,
    targets: &Targets,
    first: usize,
    objective: Objective,
    factors: &mut [f32],
) -> f64 {
    let last = first + factors.len();
    let (items, weights) = (&targets.items[first..last], &targets.weights[first..last]);
    match objective {
        Objective::Softmax => softmax(logits, states, catalogue, items, weights, factors),
        Objective::Gbce { beta } => gbce(logits, catalogue.biases, items, weights, beta, factors),
    }
}

/// The loss alone, of candle's own operations, which store all logits: for as many states at once as these allow.
pub fn composed(
    states: &Tensor,
    items: &Tensor,
    biases: &Tensor,
    targets: &Targets,
    objective: Objective,
) -> Result<Tensor> {
    let device = states.device();
    let logits = states.matmul(&items.t()?)?.broadcast_add(biases)?;
    let at = Tensor::new(targets.items.as_slice(), device)?.unsqueeze(1)?;
    let weights = Tensor::new(targets.weights.as_slice(), device)?;
    let hit = logits.gather(&at, 1)?.squeeze(1)?;
    let losses = match objective {
        Objective::Softmax => {
            // No gradient need go through the shift, which changes nothing.
            let shift = logits.max_keepdim(1)?.detach();
            let total = logits.broadcast_sub(&shift)?.exp()?.sum(1)?.log()?;
            ((total + shift.squeeze(1)?)? - hit)?
        }
        Objective::Gbce { beta } => {
            // ln(1 + e^x), the target's own share taken out again.
            let softplus =
                |x: &Tensor| -> Result<Tensor> { x.relu()? + (x.abs()?.neg()?.exp()? + 1.0)?.log()? };
            let others = (softplus(&logits)?.sum(1)? - softplus(&hit)?)?;
            ((softplus(&hit.neg()?)? * f64::from(beta))? + others)? / items.dim(0)? as f64
        }?,
    };
    (losses * weights)?.sum_all()
}

vectorised! {
    fn softmax<'a>(
        logits: &'a mut [f32],
        states: &'a [f32],
        catalogue: Catalogue<'a>,
        targets: &'a [u32],
        weights: &'a [f32],
        factors: &'a mut [f32],
    ) -> f64 {
        let mut loss = 0.0;
        let (across, width) = (logits.len() / factors.len(), states.len() / factors.len());
        let Catalogue { biases, longest, strongest } = catalogue;
        for (at, row) in logits.chunks_exact_mut(across).enumerate() {
            let row = &mut row[..biases.len()];
            let (target, weight) = (targets[at] as usize, weights[at]);
            let hit = row[target] + biases[target];
            let length = squares(&states[at * width..][..width], 0.0).sqrt();
            let (shift, total) = if length * longest + strongest < NEAR {
                (0.0, exp_biased(row, biases, exp_within))
            } else {
                let shift = largest_biased(row, biases);
                (shift, exp_biased(row, biases, |logit| exp(logit - shift)))
            };
            row[target] -= total;
            factors[at] = weight / total;
            loss += f64::from(weight * (shift + total.ln() - hit));
        }
        loss
    }
}

vectorised! {
    /// The length of the longest of `items`, in rows of `width` values, and the magnitude of the strongest of their biases.
    fn farthest<'a>(items: &'a [f32], width: usize, biases: &'a [f32]) -> [f32; 2] {
        let mut longest = 0.0;
        for item in items.chunks_exact(width) {
            longest = larger(longest, squares(item, 0.0));
        }
        let mut strongest = 0.0;
        for bias in biases {
            strongest = larger(strongest, bias.abs());
        }
        [longest.sqrt(), strongest]
    }
}

vectorised! {
    fn gbce<'a>(
        logits: &'a mut [f32],
        biases: &'a [f32],
        targets: &'a [u32],
        weights: &'a [f32],
        beta: f32,
        factors: &'a mut [f32],
    ) -> f64 {
        let mut loss = 0.0;
        let across = logits.len() / factors.len();
        for (at, row) in logits.chunks_exact_mut(across).enumerate() {
            let row = &mut row[..biases.len()];
            add_scaled(row, 1.0, biases);
            let target = targets[at] as usize;
            let hit = row[target];
            factors[at] = weights[at] / biases.len() as f32;
            let mut total = 0.0;
            for value in row.iter_mut() {
                total += softplus(*value);
                *value = sigmoid(*value);
            }
            total += beta * softplus(-hit) - softplus(hit);
            row[target] = -beta * sigmoid(-hit);
            loss += f64::from(factors[at] * total);
        }
        loss
    }
}

vectorised! {
    /// Multiplies rows of `dstates` by their factors, and writes `states` times the same.
    fn weigh<'a>(states: &'a [f32], dstates: &'a mut [f32], weighed: &'a mut [f32], factors: &'a [f32]) {
        let width = states.len() / factors.len();
        for (row, &factor) in factors.iter().enumerate() {
            let span = row * width..(row + 1) * width;
            let (states, dstates) = (&states[span.clone()], &mut dstates[span.clone()]);
            let weighed = &mut weighed[span];
            for at in 0..width {
                dstates[at] *= factor;
                weighed[at] = factor * states[at];
            }
        }
    }
}

vectorised! {
    /// Adds up some columns of rows that are `stride` apart, times their factors.
    fn add_columns<'a>(sums: &'a mut [f32], rows: &'a [f32], stride: usize, factors: &'a [f32]) {
        for row in 0..factors.len() {
            add_scaled(sums, factors[row], &rows[row * stride..]);
        }
    }
}

/// `ln(1 + e^x)`
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn softplus(x: f32) -> f32 {
    x.max(0.0) + (1.0 + exp(-x.abs())).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::gradient_check::{Input, agree, check};
    use crate::nn::random::Random;

    fn case(states: usize, items: usize, width: usize) -> ([Input; 3], Targets) {
        let mut draw = Random::new(3, 0);
        let targets = Targets {
            items: (0..states).map(|_| draw.below(items as u32)).collect(),
            weights: (0..states).map(|_| draw.uniform_f32()).collect(),
        };
        let inputs = [
            Input::random(&[states, width], 0.7, 1),
            Input::random(&[items, width], 0.7, 2),
            Input::random(&[items], 0.5, 3),
        ];
        (inputs, targets)
    }

    fn kernel(
        inputs: &[Vec<f32>],
        targets: &Targets,
        objective: Objective,
    ) -> (Vec<f32>, impl FnOnce(&[f32]) -> Vec<Vec<f32>> + use<>) {
        let Loss { loss, mut states, mut items, mut biases } =
            catalogue_loss(&inputs[0], &inputs[1], &inputs[2], targets, objective, &Shelf::default());
        (vec![loss as f32], move |dloss: &[f32]| {
            for value in states.iter_mut().chain(&mut *items).chain(&mut *biases) {
                *value *= dloss[0];
            }
            [states, items, biases].map(|values| values.to_vec()).to_vec()
        })
    }

    const OBJECTIVES: [Objective; 2] = [Objective::Softmax, Objective::Gbce { beta: 0.4 }];

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let (inputs, targets) = case(9, 13, 6);
        for objective in OBJECTIVES {
            check(&inputs, |inputs| kernel(inputs, &targets, objective));
        }
    }

    #[test]
    fn one_kernel_and_candles_own_operations_agree() {
        for (objective, far) in
            OBJECTIVES.into_iter().flat_map(|objective| [(objective, 1.0), (objective, 30.0)])
        {
            let (mut inputs, targets) = case(700, 611, 18);
            // Logits near zero, whose exponentials need no shift, and such as would overflow without.
            inputs[0].values.iter_mut().for_each(|value| *value *= far);
            agree(
                &inputs,
                |inputs| kernel(inputs, &targets, objective),
                |inputs| composed(&inputs[0], &inputs[1], &inputs[2], &targets, objective)?.reshape(1),
            );
        }
    }

    /// Two items, logits 0 and ln 3: the second has three quarters of the softmax.
    #[test]
    fn the_loss_by_hand() {
        let (items, biases) = ([0.0, 3.0_f32.ln()], [0.0; 2]);
        let targets = Targets { items: vec![1], weights: vec![2.0] };
        let loss =
            |objective| catalogue_loss(&[1.0], &items, &biases, &targets, objective, &Shelf::default());
        let softmax = loss(Objective::Softmax);
        assert!((softmax.loss - 2.0 * (4.0_f64 / 3.0).ln()).abs() < 1e-6);
        // −(0.5 · ln(3/4) + ln(1/2)) / 2, twice
        let gbce = loss(Objective::Gbce { beta: 0.5 });
        assert!((gbce.loss + 0.5 * 0.75_f64.ln() + 0.5_f64.ln()).abs() < 1e-6);
        // α = 1/4, t = 3/4: β = ¼ · (¾ · (1 − 4) + 4) = 0.4375
        assert_eq!(Objective::gbce(0.75, 256, 1_025), Objective::Gbce { beta: 0.4375 });
    }
}
