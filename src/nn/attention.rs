//! Causal self-attention of one sequence: every place looks at itself and at what came before, the further away the
//! more or less, as learnt.
//!
//! A head's logits are `q·k / √size + reach[distance]`, `reach` being learnt and shared by all places. Rows are worked
//! through in blocks, so that what lies in a row's future is never computed; the backward pass makes the weights
//! anew from the logarithms of their sums, so that no square of weights is ever stored.
//!
//! Sources: Vaswani et al., "Attention is all you need" (2017); Raffel et al., "Exploring the limits of transfer
//! learning" (2020) for learnt biases by distance; Dao, "FlashAttention-2" (2023) for the backward pass.

use super::matmul::{View, ViewMut, multiply};
use super::vector::{add_scaled, dot, exp, exp_shifted, maximum, vectorised};
use candle_core::{D, Device, Result, Tensor};

/// Rows computed at once.
const ROWS: usize = 64;

/// Sizes of the attention of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Values of a row; a multiple of `count`.
    pub width: usize,
    pub count: usize,
    /// Distances told apart; further ones count as the last.
    pub reach: usize,
}

/// Buffers kept from sequence to sequence.
#[derive(Debug, Default)]
pub struct Scratch {
    weights: Vec<f32>,
    slopes: Vec<f32>,
    /// `reach` by place, the far distances first.
    bias: Vec<f32>,
    dbias: Vec<f32>,
}

/// Which place of a sequence may look at which, and how far off it is, for candle's operations.
#[derive(Debug, Clone)]
pub struct Causal {
    pub length: usize,
    /// One where two places are that far apart, `[reach, length · length]`.
    distances: Tensor,
    /// Out of reach, `[1, length, length]`.
    future: Tensor,
}

impl Causal {
    /// For sequences of `length` places, of which `reach` distances are told apart.
    pub fn new(length: usize, reach: usize, device: &Device) -> Result<Self> {
        let mut distances = vec![0.0_f32; reach * length * length];
        let mut future = vec![0.0_f32; length * length];
        for (pair, future) in future.iter_mut().enumerate() {
            let (row, column) = (pair / length, pair % length);
            distances[row.saturating_sub(column).min(reach - 1) * length * length + pair] = 1.0;
            if column > row {
                *future = -1e9;
            }
        }
        Ok(Self {
            length,
            distances: Tensor::from_vec(distances, (reach, length * length), device)?,
            future: Tensor::from_vec(future, (1, length, length), device)?,
        })
    }
}

impl Heads {
    fn size(self) -> usize {
        self.width / self.count
    }

    pub fn scale(self) -> f32 {
        1.0 / (self.size() as f32).sqrt()
    }

    /// What is added to the logits of sequences in candle's operations, `[count, length, length]`, from `reach`,
    /// `[count, reach]`: a product, because a gradient through a choice of columns takes one thread a row.
    fn bias(self, reach: &Tensor, causal: &Causal) -> Result<Tensor> {
        let Causal { length, distances, future } = causal;
        reach.matmul(distances)?.reshape((self.count, *length, *length))?.broadcast_add(future)
    }

    /// The same of candle's own operations, for sequences padded to one length: `qkv` is
    /// `[sequences · length, 3 · width]`, the result `[sequences · length, width]`.
    pub fn composed(self, qkv: &Tensor, reach: &Tensor, causal: &Causal) -> Result<Tensor> {
        let length = causal.length;
        let sequences = qkv.dim(0)? / length;
        let part = |at: usize| {
            let part = qkv.narrow(1, at * self.width, self.width)?;
            let part = part.reshape((sequences, length, self.count, self.size()))?;
            part.transpose(1, 2)?.contiguous()
        };
        let logits = (part(0)?.matmul(&part(1)?.t()?.contiguous()?)? * f64::from(self.scale()))?;
        let weights = candle_nn::ops::softmax(&logits.broadcast_add(&self.bias(reach, causal)?)?, D::Minus1)?;
        let attended = weights.matmul(&part(2)?)?.transpose(1, 2)?;
        attended.contiguous()?.reshape((sequences * length, self.width))
    }

    /// Where query, key and value of a head begin in a row of `3 · width` values.
    fn starts(self, head: usize) -> [usize; 3] {
        [0, 1, 2].map(|part| part * self.width + head * self.size())
    }

    /// The attention of a sequence of `length` rows. `qkv` is `[length, 3 · width]`, `reach` `[count, reach]`, `out`
    /// `[length, width]`; `sums` gets the logarithm of each row's sum, `[length, count]`.
    pub fn forward(
        self,
        qkv: &[f32],
        reach: &[f32],
        out: &mut [f32],
        sums: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let (size, stride, length) = (self.size(), 3 * self.width, qkv.len() / (3 * self.width));
        for head in 0..self.count {
            let [query, key, value] = self.starts(head);
            spread(&reach[head * self.reach..][..self.reach], length, &mut scratch.bias);
            for first in (0..length).step_by(ROWS) {
                let rows = ROWS.min(length - first);
                let columns = first + rows;
                grow(&mut scratch.weights, rows * columns);
                let weights = &mut scratch.weights[..rows * columns];
                multiply(
                    ViewMut::new(weights, rows, columns, columns),
                    0.0,
                    1.0,
                    View::new(&qkv[first * stride + query..], rows, size, stride),
                    View::new(&qkv[key..], columns, size, stride).transposed(),
                );
                let sums = &mut sums[first * self.count + head..];
                weigh(weights, columns, first, self.scale(), &scratch.bias, sums, self.count);
                multiply(
                    ViewMut::new(&mut out[first * self.width + head * size..], rows, size, self.width),
                    0.0,
                    1.0,
                    View::new(weights, rows, columns, columns),
                    View::new(&qkv[value..], columns, size, stride),
                );
            }
        }
    }

    /// Writes `dqkv` and adds to `dreach` what `dout` says, given what the forward pass made.
    #[expect(clippy::too_many_arguments, reason = "what goes in and out of a backward pass")]
    pub fn backward(
        self,
        qkv: &[f32],
        reach: &[f32],
        out: &[f32],
        sums: &[f32],
        dout: &[f32],
        dqkv: &mut [f32],
        dreach: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let (size, stride, length) = (self.size(), 3 * self.width, qkv.len() / (3 * self.width));
        dqkv.fill(0.0);
        for head in 0..self.count {
            let [query, key, value] = self.starts(head);
            spread(&reach[head * self.reach..][..self.reach], length, &mut scratch.bias);
            scratch.dbias.clear();
            scratch.dbias.resize(length, 0.0);
            for first in (0..length).step_by(ROWS) {
                let rows = ROWS.min(length - first);
                let columns = first + rows;
                grow(&mut scratch.weights, rows * columns);
                grow(&mut scratch.slopes, rows * columns);
                let weights = &mut scratch.weights[..rows * columns];
                let slopes = &mut scratch.slopes[..rows * columns];
                let queries = View::new(&qkv[first * stride + query..], rows, size, stride);
                let dout_rows = View::new(&dout[first * self.width + head * size..], rows, size, self.width);
                multiply(
                    ViewMut::new(weights, rows, columns, columns),
                    0.0,
                    1.0,
                    queries,
                    View::new(&qkv[key..], columns, size, stride).transposed(),
                );
                let sums = &sums[first * self.count + head..];
                weigh_again(weights, columns, first, self.scale(), &scratch.bias, sums, self.count);
                multiply(
                    ViewMut::new(slopes, rows, columns, columns),
                    0.0,
                    1.0,
                    dout_rows,
                    View::new(&qkv[value..], columns, size, stride).transposed(),
                );
                multiply(
                    ViewMut::new(&mut dqkv[value..], columns, size, stride),
                    1.0,
                    1.0,
                    View::new(weights, rows, columns, columns).transposed(),
                    dout_rows,
                );
                let from = first * self.width + head * size;
                let dbias = &mut scratch.dbias;
                differentiate(weights, slopes, columns, &dout[from..], &out[from..], self.width, size, dbias);
                let slopes = View::new(slopes, rows, columns, columns);
                multiply(
                    ViewMut::new(&mut dqkv[first * stride + query..], rows, size, stride),
                    0.0,
                    self.scale(),
                    slopes,
                    View::new(&qkv[key..], columns, size, stride),
                );
                multiply(
                    ViewMut::new(&mut dqkv[key..], columns, size, stride),
                    1.0,
                    self.scale(),
                    slopes.transposed(),
                    queries,
                );
            }
            for (distance, slope) in scratch.dbias.iter().rev().enumerate() {
                dreach[head * self.reach + distance.min(self.reach - 1)] += slope;
            }
        }
    }
}

vectorised! {
    /// Logits to weights: rows of `columns` values, the first standing at place `first` of the sequence. Every
    /// `stride`-th of `sums` gets the logarithm of a row's sum.
    fn weigh<'a>(
        weights: &'a mut [f32],
        columns: usize,
        first: usize,
        scale: f32,
        bias: &'a [f32],
        sums: &'a mut [f32],
        stride: usize,
    ) {
        for (at, row) in weights.chunks_exact_mut(columns).enumerate() {
            let place = first + at;
            let (past, future) = row.split_at_mut(place + 1);
            let bias = &bias[bias.len() - 1 - place..];
            for at in 0..=place {
                past[at] = past[at] * scale + bias[at];
            }
            let shift = maximum(past);
            let total = exp_shifted(past, shift);
            sums[at * stride] = shift + total.ln();
            let share = 1.0 / total;
            for weight in past {
                *weight *= share;
            }
            future.fill(0.0);
        }
    }
}

vectorised! {
    /// The same from the logarithms of the sums.
    fn weigh_again<'a>(
        weights: &'a mut [f32],
        columns: usize,
        first: usize,
        scale: f32,
        bias: &'a [f32],
        sums: &'a [f32],
        stride: usize,
    ) {
        for (at, row) in weights.chunks_exact_mut(columns).enumerate() {
            let place = first + at;
            let (past, future) = row.split_at_mut(place + 1);
            let sum = sums[at * stride];
            let bias = &bias[bias.len() - 1 - place..];
            for at in 0..=place {
                past[at] = exp(past[at] * scale + bias[at] - sum);
            }
            future.fill(0.0);
        }
    }
}

vectorised! {
    /// Gradients by weights (`slopes`, rows of `columns` values, the last row reaching all of them) to gradients by
    /// logits; adds those of the biases. `dout` and `out` are the head's rows of `size` values, `stride` apart.
    #[expect(clippy::too_many_arguments, reason = "what goes in and out of a backward pass")]
    fn differentiate<'a>(
        weights: &'a [f32],
        slopes: &'a mut [f32],
        columns: usize,
        dout: &'a [f32],
        out: &'a [f32],
        stride: usize,
        size: usize,
        dbias: &'a mut [f32],
    ) {
        let first = columns - weights.len() / columns;
        for at in 0..weights.len() / columns {
            let weights = &weights[at * columns..][..columns];
            let slopes = &mut slopes[at * columns..][..columns];
            let place = first + at;
            let row = at * stride..at * stride + size;
            let mean = dot(&dout[row.clone()], &out[row]);
            for at in 0..columns {
                slopes[at] = weights[at] * (slopes[at] - mean);
            }
            let begin = dbias.len() - 1 - place;
            add_scaled(&mut dbias[begin..], 1.0, &slopes[..=place]);
        }
    }
}

/// Makes room for so many values.
fn grow(buffer: &mut Vec<f32>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
}

/// Biases of the distances `length − 1` down to 0.
fn spread(reach: &[f32], length: usize, bias: &mut Vec<f32>) {
    bias.clear();
    bias.extend((0..length).rev().map(|distance| reach[distance.min(reach.len() - 1)]));
}
