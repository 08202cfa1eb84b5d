//! A gated recurrent unit over sequences laid end to end, each begun from a state that was carried over.
//!
//! `r = σ(x·Wr + h·Ur + br)`, `z = σ(x·Wz + h·Uz + bz)`, `n = tanh(x·Wn + bn + r∘(h·Un + cn))`,
//! `h' = n + z∘(h − n)`. The inputs' products are taken for all steps at once; a step is one product over all
//! sequences that still run, in time-major order so that these are neighbours; the weights' gradients are one product
//! over all steps.
//!
//! Source: Cho et al., "Learning phrase representations using RNN encoder–decoder" (2014), with the reset gate after
//! the product as cuDNN has it.

use super::matmul::{View, ViewMut, even, multiply};
use super::packed::{self, Shapes};
use super::ragged::{Ragged, add_up};
use super::shelf::{Buffer, Shelf};
use super::transpose::transposed;
use super::vector::{add, add_rows, sigmoid, tanh, vectorised};
use candle_core::{Result, Tensor};
use candle_nn::ops;
use rayon::prelude::*;
use std::ops::Range;

/// Sequences that a task takes through time together, more where they are short: enough for the products of a step to be
/// quick, few enough for tasks to be several.
const TOGETHER: usize = 8;
const PARTS: usize = 4;

/// Sizes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gru {
    pub input: usize,
    pub hidden: usize,
}

impl Gru {
    /// Shapes of the weights, in the order in which they stand in one tensor: `Wr|Wz|Wn`, `Ur|Uz|Un`, `br|bz|bn`, `cn`.
    pub fn shapes(self) -> Shapes<PARTS> {
        let Self { input, hidden } = self;
        [[input, 3 * hidden], [hidden, 3 * hidden], [1, 3 * hidden], [1, hidden]]
    }

    /// Values of all weights.
    pub fn n_weights(self) -> usize {
        packed::len(self.shapes())
    }

    /// The states after each token, `[tokens, hidden]`, of `x`, `[tokens, input]`, begun from `start`,
    /// `[sequences, hidden]`, to which no gradient goes back. `weights` is `[n_weights]`.
    pub fn forward(
        self,
        x: &[f32],
        weights: &[f32],
        start: &[f32],
        ragged: &Ragged,
        shelf: &Shelf,
    ) -> (Buffer, Vec<Kept>) {
        let pass = Pass { gru: self, weights, ragged, shelf };
        let mut out = shelf.rough(ragged.tokens() * self.hidden);
        let tasks = ragged.cut(tasks(ragged.sequences()));
        let outs = ragged.split(&tasks, &mut out, self.hidden);
        let [_, u, _, _] = packed::split(self.shapes(), weights);
        let (gates, across) = (3 * self.hidden, even(3 * self.hidden));
        let mut u_even = shelf.zeros(self.hidden * across);
        for (row, wide) in u.chunks_exact(gates).zip(u_even.chunks_exact_mut(across)) {
            wide[..gates].copy_from_slice(row);
        }
        let tasks = tasks.par_iter().with_max_len(1).zip(outs);
        let kept = tasks.map(|(within, out)| pass.forward(within, x, start, out, &u_even)).collect();
        (out, kept)
    }

    /// The gradients of `x` and of the weights, given those of the states.
    pub fn backward(
        self,
        kept: Vec<Kept>,
        x: &[f32],
        weights: &[f32],
        ragged: &Ragged,
        dout: &[f32],
        shelf: &Shelf,
    ) -> (Buffer, Buffer) {
        let pass = Pass { gru: self, weights, ragged, shelf };
        let mut dx = shelf.rough(ragged.tokens() * self.input);
        let tasks = ragged.cut(tasks(ragged.sequences()));
        let outs = ragged.split(&tasks, &mut dx, self.input);
        let [w, u, _, _] = packed::split(self.shapes(), weights);
        let [w, u] = [w, u].map(|part| transposed(part, 3 * self.hidden, shelf));
        let tasks = tasks.par_iter().with_max_len(1).zip(kept).zip(outs);
        let parts = tasks.map(|((within, kept), dx)| pass.backward(within, kept, x, dout, dx, [&w, &u]));
        let dweights = add_up(parts.collect(), weights.len(), shelf);
        (dx, dweights)
    }

    /// The same of candle's own operations, for sequences padded to one length: all first tokens before all second ones
    /// in `x`, `[length · sequences, input]`, and in the result.
    pub fn composed(self, x: &Tensor, weights: &Tensor, start: &Tensor) -> Result<Tensor> {
        let hidden = self.hidden;
        let sequences = start.dim(0)?;
        let parts = packed::narrowed(self.shapes(), weights)?;
        let gates = x.matmul(&parts[0])?.broadcast_add(&parts[2])?;
        let mut state = start.clone();
        let mut states = Vec::new();
        for first in (0..x.dim(0)?).step_by(sequences) {
            let gate = gates.narrow(0, first, sequences)?;
            let from = state.matmul(&parts[1])?;
            let part = |of: &Tensor, at: usize| of.narrow(1, at * hidden, hidden);
            let reset = ops::sigmoid(&(part(&gate, 0)? + part(&from, 0)?)?)?;
            let keep = ops::sigmoid(&(part(&gate, 1)? + part(&from, 1)?)?)?;
            let new = (part(&gate, 2)? + (reset * part(&from, 2)?.broadcast_add(&parts[3])?)?)?.tanh()?;
            state = (&new + (keep * (state - &new)?)?)?;
            states.push(state.clone());
        }
        Tensor::cat(&states, 0)
    }
}

/// The tokens of some sequences, all first tokens before all second ones, the longest sequence first.
#[derive(Debug)]
struct TimeMajor {
    /// Token of each row.
    tokens: Vec<usize>,
    /// Where each step's rows begin, and the end.
    steps: Vec<usize>,
    /// The sequence of each row of the first steps: those of a step are the first of these.
    sequences: Vec<usize>,
}

impl TimeMajor {
    fn new(ragged: &Ragged, within: Range<usize>) -> Self {
        let mut sequences: Vec<usize> = within.collect();
        sequences.sort_by_key(|&sequence| std::cmp::Reverse(ragged.range(sequence).len()));
        let longest = sequences.first().map_or(0, |&sequence| ragged.range(sequence).len());
        let mut tokens = Vec::new();
        let mut steps = vec![0];
        let mut running = sequences.len();
        for step in 0..longest {
            while ragged.range(sequences[running - 1]).len() <= step {
                running -= 1;
            }
            tokens.extend(sequences[..running].iter().map(|&sequence| ragged.range(sequence).start + step));
            steps.push(tokens.len());
        }
        Self { tokens, steps, sequences }
    }

    /// Rows of `width` values in the order of time.
    fn gather(&self, rows: &[f32], width: usize, shelf: &Shelf) -> Buffer {
        let mut gathered = shelf.rough(self.tokens.len() * width);
        for (row, &token) in gathered.chunks_exact_mut(width).zip(&self.tokens) {
            row.copy_from_slice(&rows[token * width..][..width]);
        }
        gathered
    }
}

/// What a task keeps of its sequences, rows in the order of time.
#[derive(Debug)]
pub struct Kept {
    order: TimeMajor,
    /// Gates after their functions: reset, keep, new; `[rows, 3 · hidden]`.
    gates: Buffer,
    /// `h·Un + cn`, `[rows, hidden]`.
    inner: Buffer,
    /// State before each row, `[rows, hidden]`.
    before: Buffer,
}

/// Tasks at most that so many sequences are cut in.
pub fn tasks(sequences: usize) -> usize {
    sequences.div_ceil(TOGETHER)
}

/// A pass over a batch.
struct Pass<'a> {
    gru: Gru,
    weights: &'a [f32],
    ragged: &'a Ragged,
    shelf: &'a Shelf,
}

impl Pass<'_> {
    /// A task's sequences through time. `out` holds their tokens; `u` is `U` with rows of `even(3 · hidden)` values.
    fn forward(&self, within: &Range<usize>, x: &[f32], start: &[f32], out: &mut [f32], u: &[f32]) -> Kept {
        let Gru { input, hidden } = self.gru;
        let across = even(3 * hidden);
        let [w, _, b, c] = packed::split(self.gru.shapes(), self.weights);
        let order = TimeMajor::new(self.ragged, within.clone());
        let rows = order.tokens.len();
        let first_token = self.ragged.span(within).start;
        let mut gates = self.shelf.rough(rows * 3 * hidden);
        gates.chunks_exact_mut(3 * hidden).for_each(|row| row.copy_from_slice(b));
        multiply(
            ViewMut::new(&mut gates, rows, 3 * hidden, 3 * hidden),
            1.0,
            1.0,
            View::new(&order.gather(x, input, self.shelf), rows, input, input),
            View::new(w, input, 3 * hidden, 3 * hidden),
        );
        let mut inner = self.shelf.rough(rows * hidden);
        let mut before = self.shelf.rough(rows * hidden);
        let mut from = vec![0.0; order.sequences.len() * across];
        let mut state: Vec<f32> = order
            .sequences
            .iter()
            .flat_map(|&sequence| &start[sequence * hidden..][..hidden])
            .copied()
            .collect();
        for step in order.steps.windows(2) {
            let running = step[1] - step[0];
            let state = &mut state[..running * hidden];
            let from = &mut from[..running * across];
            multiply(
                ViewMut::new(from, running, across, across),
                0.0,
                1.0,
                View::new(state, running, hidden, hidden),
                View::new(u, hidden, across, across),
            );
            before[step[0] * hidden..step[1] * hidden].copy_from_slice(state);
            let wide = step[0] * 3 * hidden..step[1] * 3 * hidden;
            let inner = &mut inner[step[0] * hidden..step[1] * hidden];
            advance(&mut gates[wide], inner, from, c, state);
            for (state, &token) in state.chunks_exact(hidden).zip(&order.tokens[step[0]..step[1]]) {
                out[(token - first_token) * hidden..][..hidden].copy_from_slice(state);
            }
        }
        Kept { order, gates, inner, before }
    }

    /// Writes the gradients of a task's inputs to `dx` and returns those of the weights. `turned` is `W` and `U`, as
    /// [`transposed`] turns them: a product of few rows with what is not so takes twice as long.
    fn backward(
        &self,
        within: &Range<usize>,
        mut kept: Kept,
        x: &[f32],
        dout: &[f32],
        dx: &mut [f32],
        turned: [&[f32]; 2],
    ) -> Buffer {
        let Gru { input, hidden } = self.gru;
        let [w, u] = turned;
        let order = &kept.order;
        let rows = order.tokens.len();
        let across = even(hidden);
        let mut carried = vec![0.0; order.sequences.len() * across];
        // By what each gate was before its function, but for the new one's product with the state: `dnew · reset`.
        let mut through = self.shelf.rough(rows * 3 * hidden);
        for step in order.steps.windows(2).rev() {
            let running = step[1] - step[0];
            let carried = &mut carried[..running * across];
            for (carried, &token) in carried.chunks_exact_mut(across).zip(&order.tokens[step[0]..step[1]]) {
                add(carried, &dout[token * hidden..][..hidden]);
            }
            let span = step[0] * hidden..step[1] * hidden;
            let wide = step[0] * 3 * hidden..step[1] * 3 * hidden;
            differentiate(
                &mut kept.gates[wide.clone()],
                &mut through[wide.clone()],
                &kept.inner[span.clone()],
                &kept.before[span],
                carried,
                hidden,
            );
            multiply(
                ViewMut::new(carried, running, across, across),
                1.0,
                1.0,
                View::new(&through[wide], running, 3 * hidden, 3 * hidden),
                View::new(u, 3 * hidden, across, across),
            );
        }
        let dgates = kept.gates;
        let mut dweights = self.shelf.zeros(self.weights.len());
        let [dw, du, db, dc] = packed::split_mut(self.gru.shapes(), &mut dweights);
        let by_gates = View::new(&dgates, rows, 3 * hidden, 3 * hidden);
        let inputs = order.gather(x, input, self.shelf);
        multiply(
            ViewMut::new(dw, input, 3 * hidden, 3 * hidden),
            0.0,
            1.0,
            View::new(&inputs, rows, input, input).transposed(),
            by_gates,
        );
        multiply(
            ViewMut::new(du, hidden, 3 * hidden, 3 * hidden),
            0.0,
            1.0,
            View::new(&kept.before, rows, hidden, hidden).transposed(),
            View::new(&through, rows, 3 * hidden, 3 * hidden),
        );
        add_rows(db, &dgates, 3 * hidden);
        // Where no sequence has a token there is nothing to add.
        add_rows(dc, through.get(2 * hidden..).unwrap_or_default(), 3 * hidden);
        let mut dinputs = inputs;
        multiply(
            ViewMut::new(&mut dinputs, rows, input, input),
            0.0,
            1.0,
            by_gates,
            View::new(w, 3 * hidden, input, even(input)),
        );
        let first_token = self.ragged.span(within).start;
        for (row, &token) in dinputs.chunks_exact(input).zip(&order.tokens) {
            dx[(token - first_token) * input..][..input].copy_from_slice(row);
        }
        dweights
    }
}

vectorised! {
    /// A step: gates get their functions, states move on. `from` is what the states give to the gates,
    /// `[rows, even(3 · hidden)]`.
    fn advance<'a>(
        gates: &'a mut [f32],
        inner: &'a mut [f32],
        from: &'a [f32],
        c: &'a [f32],
        state: &'a mut [f32],
    ) {
        let hidden = c.len();
        let across = even(3 * hidden);
        for row in 0..state.len() / hidden {
            let gates = &mut gates[row * 3 * hidden..][..3 * hidden];
            let from = &from[row * across..][..3 * hidden];
            let (state, inner) = (&mut state[row * hidden..][..hidden], &mut inner[row * hidden..][..hidden]);
            let (both, new) = gates.split_at_mut(2 * hidden);
            let (from_both, from_new) = from.split_at(2 * hidden);
            for at in 0..2 * hidden {
                both[at] = sigmoid(both[at] + from_both[at]);
            }
            let (reset, keep) = both.split_at(hidden);
            for at in 0..hidden {
                inner[at] = from_new[at] + c[at];
                new[at] = tanh(new[at] + reset[at] * inner[at]);
                state[at] = new[at] + keep[at] * (state[at] - new[at]);
            }
        }
    }
}

vectorised! {
    /// A step backward: gates become gradients by what they were before their functions, `through` the same by what
    /// the states gave to them, `carried`, `[rows, even(hidden)]`, the part of the states' gradients that went past the
    /// gates.
    fn differentiate<'a>(
        gates: &'a mut [f32],
        through: &'a mut [f32],
        inner: &'a [f32],
        before: &'a [f32],
        carried: &'a mut [f32],
        hidden: usize,
    ) {
        let across = even(hidden);
        for row in 0..inner.len() / hidden {
            let wide = row * 3 * hidden..(row + 1) * 3 * hidden;
            let (gates, through) = (&mut gates[wide.clone()], &mut through[wide]);
            let narrow = row * hidden..(row + 1) * hidden;
            let (inner, before) = (&inner[narrow.clone()], &before[narrow.clone()]);
            let carried = &mut carried[row * across..][..hidden];
            let (reset, rest) = gates.split_at_mut(hidden);
            let (keep, new) = rest.split_at_mut(hidden);
            let (through_reset, rest) = through.split_at_mut(hidden);
            let (through_keep, through_new) = rest.split_at_mut(hidden);
            for at in 0..hidden {
                let (r, z, n) = (reset[at], keep[at], new[at]);
                let dnew = carried[at] * (1.0 - z) * (1.0 - n * n);
                let dkeep = carried[at] * (before[at] - n) * z * (1.0 - z);
                let dreset = dnew * inner[at] * r * (1.0 - r);
                carried[at] *= z;
                (through_reset[at], through_keep[at], through_new[at]) = (dreset, dkeep, dnew * r);
                (reset[at], keep[at], new[at]) = (dreset, dkeep, dnew);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::device::padding::{Order, Padding};
    use crate::nn::gradient_check::{Input, agree, check};
    use candle_core::Device;

    const GRU: Gru = Gru { input: 6, hidden: 10 };

    fn case(lengths: &[usize]) -> ([Input; 2], Input, Ragged) {
        let ragged = Ragged::new(lengths.iter().copied());
        let inputs =
            [Input::random(&[ragged.tokens(), 6], 1.0, 1), Input::random(&[GRU.n_weights()], 0.4, 2)];
        (inputs, Input::random(&[lengths.len(), 10], 0.5, 3), ragged)
    }

    fn kernel<'a>(
        inputs: &[Vec<f32>],
        start: &[f32],
        ragged: &'a Ragged,
    ) -> (Vec<f32>, impl FnOnce(&[f32]) -> Vec<Vec<f32>> + use<'a>) {
        let inputs = inputs.to_vec();
        let shelf = Shelf::default();
        let (out, kept) = GRU.forward(&inputs[0], &inputs[1], start, ragged, &shelf);
        (out.to_vec(), move |dout: &[f32]| {
            let (dx, dweights) = GRU.backward(kept, &inputs[0], &inputs[1], ragged, dout, &shelf);
            vec![dx.to_vec(), dweights.to_vec()]
        })
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        // In the second case the first task has sequences and no token.
        for lengths in [vec![3, 0, 5, 1], [vec![0; 8], vec![5]].concat()] {
            let (inputs, start, ragged) = case(&lengths);
            check(&inputs, |inputs| kernel(inputs, &start.values, &ragged));
        }
    }

    #[test]
    fn sequences_without_tokens_have_no_gradients() {
        let (inputs, start, ragged) = case(&[0, 0]);
        let values: Vec<Vec<f32>> = inputs.iter().map(|input| input.values.clone()).collect();
        let (states, back) = kernel(&values, &start.values, &ragged);
        assert!(states.is_empty() && back(&[]).iter().flatten().all(|&slope| slope == 0.0));
    }

    #[test]
    fn one_kernel_and_candles_own_operations_agree() {
        let lengths: Vec<usize> = (0..150).map(|at| (at * 7) % 12).collect();
        let (inputs, start, ragged) = case(&lengths);
        agree(
            &inputs,
            |inputs| kernel(inputs, &start.values, &ragged),
            |inputs| {
                let padding = Padding::new(&ragged, Order::Moments, &Device::Cpu)?;
                padding.strip(&GRU.composed(&padding.pad(&inputs[0])?, &inputs[1], &start.tensor())?)
            },
        );
    }

    /// Cut in two, the second half begun from the first half's last state, the states are the same.
    #[test]
    fn a_carried_state_goes_on_where_it_stopped() {
        let ([x, weights], start, ragged) = case(&[8]);
        let states = |x: &[f32], start: &[f32], ragged: &Ragged| {
            GRU.forward(x, &weights.values, start, ragged, &Shelf::default()).0.to_vec()
        };
        let whole = states(&x.values, &start.values, &ragged);
        let half = Ragged::new([4]);
        let first = states(&x.values[..24], &start.values, &half);
        let second = states(&x.values[24..], &first[30..], &half);
        assert_eq!(whole, [first, second].concat());
    }
}
