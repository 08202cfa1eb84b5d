//! Causal self-attention of one sequence: every place looks at itself and at what came before, the further away the
//! more or less, as learnt.
//!
//! A head's logits are `q·k / √size + reach[distance]`, `reach` being learnt and shared by all places. Rows are worked
//! through in blocks, so that little of what lies in a row's future is computed; the backward pass makes the weights
//! anew from the logarithms of their sums, so that no square of weights is ever stored.
//!
//! Sources: Vaswani et al., "Attention is all you need" (2017); Raffel et al., "Exploring the limits of transfer
//! learning" (2020) for learnt biases by distance; Dao, "FlashAttention-2" (2023) for the backward pass.

use super::matmul::{View, ViewMut, even, multiply};
use super::packed;
use super::shelf::{Buffer, Shelf};
use super::transpose::turn;
use super::vector::{LANES, by_lane, dot, exp, larger, largest, total, vectorised};
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

/// Room that serves some sequences one after the other.
#[derive(Debug)]
pub struct Scratch(Buffer);

impl Scratch {
    /// For sequences of `longest` places at most.
    pub fn new(heads: Heads, longest: usize, shelf: &Shelf) -> Self {
        Self(shelf.rough(packed::len(Self::shapes(heads, longest))))
    }

    /// Keys and values of a head, turned; a block of rows of logits, then of weights, and their gradients; `reach` by
    /// place, the far distances first, then the future, and its gradients.
    fn shapes(heads: Heads, length: usize) -> packed::Shapes<6> {
        let across = even(length);
        let (head, block, by_place) = ([heads.size(), across], [ROWS, across], [1, length + across]);
        [head, head, block, block, by_place, by_place]
    }

    fn parts(&mut self, heads: Heads, length: usize) -> [&mut [f32]; 6] {
        packed::split_mut(Self::shapes(heads, length), &mut self.0)
    }
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

    /// The attention of a sequence of `length` rows, one at least. `qkv` is `[length, 3 · width]`, `reach`
    /// `[count, reach]`, `out` `[length, width]`; `sums` gets the logarithm of each row's sum, `[length, count]`.
    pub fn forward(
        self,
        qkv: &[f32],
        reach: &[f32],
        out: &mut [f32],
        sums: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let (size, stride, length) = (self.size(), 3 * self.width, qkv.len() / (3 * self.width));
        let [keys, _, weights, _, bias, _] = scratch.parts(self, length);
        for head in 0..self.count {
            let [query, key, value] = self.starts(head);
            spread(&reach[head * self.reach..][..self.reach], length, bias);
            turn(&qkv[key..], stride, length, keys);
            for first in (0..length).step_by(ROWS) {
                let rows = ROWS.min(length - first);
                let columns = first + rows;
                let (across, begin) = (even(columns), length - 1 - first);
                let weights = &mut weights[..rows * across];
                multiply(
                    ViewMut::new(weights, rows, across, across),
                    0.0,
                    1.0,
                    View::new(&qkv[first * stride + query..], rows, size, stride),
                    View::new(keys, size, across, even(length)),
                );
                let sums = &mut sums[first * self.count + head..];
                weigh(weights, across, self.scale(), bias, begin, sums, self.count);
                multiply(
                    ViewMut::new(&mut out[first * self.width + head * size..], rows, size, self.width),
                    0.0,
                    1.0,
                    View::new(weights, rows, columns, across),
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
        let [keys, values, weights, slopes, bias, dbias] = scratch.parts(self, length);
        for head in 0..self.count {
            let [query, key, value] = self.starts(head);
            spread(&reach[head * self.reach..][..self.reach], length, bias);
            dbias.fill(0.0);
            turn(&qkv[key..], stride, length, keys);
            turn(&qkv[value..], stride, length, values);
            // The last block reaches all keys and values, and writes what the others add to.
            for first in (0..length).step_by(ROWS).rev() {
                let rows = ROWS.min(length - first);
                let columns = first + rows;
                let (across, begin) = (even(columns), length - 1 - first);
                let weights = &mut weights[..rows * across];
                let slopes = &mut slopes[..rows * across];
                let keep = if columns == length { 0.0 } else { 1.0 };
                let queries = View::new(&qkv[first * stride + query..], rows, size, stride);
                let dout_rows = View::new(&dout[first * self.width + head * size..], rows, size, self.width);
                multiply(
                    ViewMut::new(weights, rows, across, across),
                    0.0,
                    1.0,
                    queries,
                    View::new(keys, size, across, even(length)),
                );
                let sums = &sums[first * self.count + head..];
                weigh_again(weights, across, self.scale(), bias, begin, sums, self.count);
                multiply(
                    ViewMut::new(slopes, rows, across, across),
                    0.0,
                    1.0,
                    dout_rows,
                    View::new(values, size, across, even(length)),
                );
                multiply(
                    ViewMut::new(&mut dqkv[value..], columns, size, stride),
                    keep,
                    1.0,
                    View::new(weights, rows, columns, across).transposed(),
                    dout_rows,
                );
                let from = first * self.width + head * size;
                let (dout, out) = (&dout[from..], &out[from..]);
                differentiate(weights, slopes, across, dout, out, self.width, size, dbias, begin);
                let slopes = View::new(slopes, rows, columns, across);
                multiply(
                    ViewMut::new(&mut dqkv[first * stride + query..], rows, size, stride),
                    0.0,
                    self.scale(),
                    slopes,
                    View::new(&qkv[key..], columns, size, stride),
                );
                multiply(
                    ViewMut::new(&mut dqkv[key..], columns, size, stride),
                    keep,
                    self.scale(),
                    slopes.transposed(),
                    queries,
                );
            }
            for (distance, slope) in dbias[..length].iter().rev().enumerate() {
                dreach[head * self.reach + distance.min(self.reach - 1)] += slope;
            }
        }
    }
}

vectorised! {
    /// Logits to weights, in rows of `columns` values, a multiple of [`LANES`]. The biases of the first row begin at
    /// `begin` in `bias`, those of each further row one before. Every `stride`-th of `sums` gets the logarithm of a row's
    /// sum.
    fn weigh<'a>(
        weights: &'a mut [f32],
        columns: usize,
        scale: f32,
        bias: &'a [f32],
        begin: usize,
        sums: &'a mut [f32],
        stride: usize,
    ) {
        for (at, row) in weights.chunks_exact_mut(columns).enumerate() {
            let row = row.as_chunks_mut::<LANES>().0;
            let bias = bias[begin - at..][..columns].as_chunks::<LANES>().0;
            let mut most = [f32::NEG_INFINITY; LANES];
            for block in 0..row.len() {
                let (products, bias) = (row[block], bias[block]);
                let logits = by_lane(|lane| products[lane] * scale + bias[lane]);
                most = by_lane(|lane| larger(most[lane], logits[lane]));
                row[block] = logits;
            }
            let shift = largest(most);
            let mut exponentials = [0.0; LANES];
            for block in row.iter_mut() {
                let logits = *block;
                *block = by_lane(|lane| exp(logits[lane] - shift));
                exponentials = by_lane(|lane| exponentials[lane] + block[lane]);
            }
            let total = total(exponentials);
            sums[at * stride] = shift + total.ln();
            let share = 1.0 / total;
            for block in row {
                let weights = *block;
                *block = by_lane(|lane| weights[lane] * share);
            }
        }
    }
}

vectorised! {
    /// The same from the logarithms of the sums.
    fn weigh_again<'a>(
        weights: &'a mut [f32],
        columns: usize,
        scale: f32,
        bias: &'a [f32],
        begin: usize,
        sums: &'a [f32],
        stride: usize,
    ) {
        for (at, row) in weights.chunks_exact_mut(columns).enumerate() {
            let row = row.as_chunks_mut::<LANES>().0;
            let bias = bias[begin - at..][..columns].as_chunks::<LANES>().0;
            let sum = sums[at * stride];
            for block in 0..row.len() {
                let (products, bias) = (row[block], bias[block]);
                row[block] = by_lane(|lane| exp(products[lane] * scale + bias[lane] - sum));
            }
        }
    }
}

vectorised! {
    /// Gradients by weights (`slopes`) to gradients by logits, in rows as in [`weigh`]; adds those of the biases. `dout`
    /// and `out` are the head's rows of `size` values, `stride` apart.
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
        begin: usize,
    ) {
        for at in 0..weights.len() / columns {
            let weights = weights[at * columns..][..columns].as_chunks::<LANES>().0;
            let slopes = slopes[at * columns..][..columns].as_chunks_mut::<LANES>().0;
            let dbias = dbias[begin - at..][..columns].as_chunks_mut::<LANES>().0;
            let row = at * stride..at * stride + size;
            let mean = dot(&dout[row.clone()], &out[row]);
            for block in 0..slopes.len() {
                let (weights, by_weights, before) = (weights[block], slopes[block], dbias[block]);
                let by_logits = by_lane(|lane| weights[lane] * (by_weights[lane] - mean));
                slopes[block] = by_logits;
                dbias[block] = by_lane(|lane| before[lane] + by_logits[lane]);
            }
        }
    }
}

/// Biases of the distances `length − 1` down to 0, and then of what is still to come, which no place may look at.
fn spread(reach: &[f32], length: usize, bias: &mut [f32]) {
    let (past, future) = bias.split_at_mut(length);
    for (distance, bias) in past.iter_mut().rev().enumerate() {
        *bias = reach[distance.min(reach.len() - 1)];
    }
    future.fill(f32::NEG_INFINITY);
}
