//! Layer normalisation: rows to mean 0 and variance 1, then a gain and an offset a column.
//!
//! Source: Ba, Kiros, Hinton, "Layer normalization" (2016). candle's own `LayerNorm` has no gradient.

use super::ragged::{Ragged, add_up};
use super::shelf::{Buffer, Shelf};
use super::vector::{LANES, by_lane, dot, squares, sum, vectorised};
use candle_core::{D, Result, Tensor};
use rayon::prelude::*;
use std::ops::Range;

const EPSILON: f32 = 1e-5;
/// Rows that one task normalises.
const ROWS: usize = 256;

vectorised! {
    /// Normalises rows: `normal = (x − mean) / deviation`; `scales` gets 1 / deviation a row.
    fn normalise<'a>(x: &'a [f32], normal: &'a mut [f32], scales: &'a mut [f32]) {
        let width = x.len() / scales.len().max(1);
        // Of as many rows as a vector has lanes, so that none waits for its own division.
        for (block, scales) in scales.chunks_mut(LANES).enumerate() {
            let span = |row: usize| (block * LANES + row) * width..(block * LANES + row + 1) * width;
            let (mut means, mut variances) = ([0.0; LANES], [0.0; LANES]);
            for row in 0..scales.len() {
                let x = &x[span(row)];
                means[row] = sum(x) / width as f32;
                variances[row] = squares(x, means[row]) / width as f32;
            }
            let all = by_lane(|lane| 1.0 / (variances[lane] + EPSILON).sqrt());
            for row in 0..scales.len() {
                let (x, normal) = (&x[span(row)], &mut normal[span(row)]);
                let (mean, scale) = (means[row], all[row]);
                scales[row] = scale;
                for at in 0..width {
                    normal[at] = (x[at] - mean) * scale;
                }
            }
        }
    }
}

vectorised! {
    /// Adds to `dx` what gradients by normalised rows say of the rows, given what [`normalise`] left.
    fn backward<'a>(dnormal: &'a [f32], normal: &'a [f32], scales: &'a [f32], dx: &'a mut [f32]) {
        let width = normal.len() / scales.len().max(1);
        for (row, &scale) in scales.iter().enumerate() {
            let span = row * width..(row + 1) * width;
            let (dnormal, normal) = (&dnormal[span.clone()], &normal[span.clone()]);
            let dx = &mut dx[span];
            let mean = sum(dnormal) / width as f32;
            let slope = dot(dnormal, normal) / width as f32;
            for at in 0..width {
                dx[at] += scale * (dnormal[at] - mean - normal[at] * slope);
            }
        }
    }
}

vectorised! {
    /// `out = normal · gain + offset`, row by row.
    fn affine<'a>(normal: &'a [f32], gain: &'a [f32], offset: &'a [f32], out: &'a mut [f32]) {
        let width = gain.len();
        let offset = &offset[..width];
        for row in 0..out.len() / width {
            let (normal, out) = (&normal[row * width..][..width], &mut out[row * width..][..width]);
            for at in 0..width {
                out[at] = normal[at] * gain[at] + offset[at];
            }
        }
    }
}

vectorised! {
    /// Gradients by results of [`affine`] to gradients by `normal`; adds those by gain and offset.
    fn affine_backward<'a>(
        dout: &'a [f32],
        normal: &'a [f32],
        gain: &'a [f32],
        dnormal: &'a mut [f32],
        dgain: &'a mut [f32],
        doffset: &'a mut [f32],
    ) {
        let width = gain.len();
        let (dgain, doffset) = (&mut dgain[..width], &mut doffset[..width]);
        for row in 0..dout.len() / width {
            let (dout, normal) = (&dout[row * width..][..width], &normal[row * width..][..width]);
            let dnormal = &mut dnormal[row * width..][..width];
            for at in 0..width {
                dgain[at] += dout[at] * normal[at];
                doffset[at] += dout[at];
                dnormal[at] = dout[at] * gain[at];
            }
        }
    }
}

/// What the backward pass needs.
#[derive(Debug)]
pub struct Kept {
    /// `[rows, width]`
    normal: Buffer,
    /// `[rows]`
    scales: Buffer,
}

/// The same, of some rows.
pub struct Part<'a> {
    normal: &'a mut [f32],
    scales: &'a mut [f32],
}

impl Kept {
    pub fn new(rows: usize, width: usize, shelf: &Shelf) -> Self {
        Self { normal: shelf.rough(rows * width), scales: shelf.rough(rows) }
    }

    /// Of the tokens of each lane.
    pub fn parts(&mut self, ragged: &Ragged) -> Vec<Part<'_>> {
        let width = self.normal.len() / self.scales.len().max(1);
        let scales = ragged.split(ragged.lanes(), &mut self.scales, 1);
        let normal = ragged.split(ragged.lanes(), &mut self.normal, width);
        normal.into_iter().zip(scales).map(|(normal, scales)| Part { normal, scales }).collect()
    }
}

impl Part<'_> {
    /// Some of the rows.
    pub fn rows(&mut self, rows: Range<usize>) -> Part<'_> {
        let width = self.normal.len() / self.scales.len().max(1);
        let normal = &mut self.normal[rows.start * width..rows.end * width];
        Part { normal, scales: &mut self.scales[rows] }
    }

    /// Normalises rows of `x` without gain and offset: the result is [`Self::normal`].
    pub fn normalise(&mut self, x: &[f32]) {
        normalise(x, self.normal, self.scales);
    }

    /// The rows as they were normalised.
    pub fn normal(&self) -> &[f32] {
        self.normal
    }

    /// Adds to `dx` what gradients by [`Self::normal`] say.
    pub fn add_backward(&self, dnormal: &[f32], dx: &mut [f32]) {
        backward(dnormal, self.normal, self.scales, dx);
    }

    /// Normalises rows of `x` in place; `weights` is `[2, width]`, gain then offset.
    pub fn forward(&mut self, x: &mut [f32], weights: &[f32]) {
        let (gain, offset) = weights.split_at(weights.len() / 2);
        self.normalise(x);
        affine(self.normal, gain, offset, x);
    }

    /// Makes gradients of the result those of `x`, and writes those of the weights. `room` is as long as `dx`.
    pub fn backward(&self, dx: &mut [f32], weights: &[f32], dweights: &mut [f32], room: &mut [f32]) {
        let width = weights.len() / 2;
        dweights.fill(0.0);
        let (dgain, doffset) = dweights.split_at_mut(width);
        affine_backward(dx, self.normal, &weights[..width], room, dgain, doffset);
        dx.fill(0.0);
        self.add_backward(room, dx);
    }
}

/// Normalises rows of `x`, `[rows, width]`, in place and in parallel; `weights` is `[2, width]`, gain then offset.
pub fn layer_norm(x: &mut [f32], weights: &[f32], shelf: &Shelf) -> Kept {
    let width = weights.len() / 2;
    let mut kept = Kept::new(x.len() / width, width, shelf);
    x.par_chunks_mut(ROWS * width)
        .zip(kept.normal.par_chunks_mut(ROWS * width))
        .zip(kept.scales.par_chunks_mut(ROWS))
        .for_each(|((x, normal), scales)| Part { normal, scales }.forward(x, weights));
    kept
}

/// Makes gradients of the result those of `x`, in place, and returns those of the weights.
pub fn layer_norm_backward(mut kept: Kept, weights: &[f32], dx: &mut [f32], shelf: &Shelf) -> Buffer {
    let width = weights.len() / 2;
    let parts = dx
        .par_chunks_mut(ROWS * width)
        .zip(kept.normal.par_chunks_mut(ROWS * width))
        .zip(kept.scales.par_chunks_mut(ROWS))
        .map(|((dx, normal), scales)| {
            let (mut dweights, mut room) = (shelf.rough(2 * width), shelf.rough(dx.len()));
            Part { normal, scales }.backward(dx, weights, &mut dweights, &mut room);
            dweights
        });
    add_up(parts.collect(), 2 * width, shelf)
}

/// The same of candle's own operations: `x` is `[rows, width]`, `weights` `[2, width]`.
pub fn composed(x: &Tensor, weights: &Tensor) -> Result<Tensor> {
    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(D::Minus1)? + f64::from(EPSILON))?.sqrt()?;
    let normal = centred.broadcast_div(&deviation)?;
    normal.broadcast_mul(&weights.get(0)?)?.broadcast_add(&weights.get(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::gradient_check::{Input, agree, check};

    fn kernel(inputs: &[Vec<f32>]) -> (Vec<f32>, impl FnOnce(&[f32]) -> Vec<Vec<f32>> + use<>) {
        let weights = inputs[1].clone();
        let shelf = Shelf::default();
        let mut rows = inputs[0].clone();
        let kept = layer_norm(&mut rows, &weights, &shelf);
        (rows, move |dout: &[f32]| {
            let mut dx = dout.to_vec();
            let dweights = layer_norm_backward(kept, &weights, &mut dx, &shelf);
            vec![dx, dweights.to_vec()]
        })
    }

    #[test]
    fn gradients_are_right_and_both_ways_agree() {
        check(&[Input::random(&[5, 7], 1.0, 1), Input::random(&[2, 7], 1.0, 2)], kernel);
        let inputs = [Input::random(&[700, 33], 1.0, 1), Input::random(&[2, 33], 1.0, 2)];
        agree(&inputs, kernel, |inputs| composed(&inputs[0], &inputs[1]));
    }

    #[test]
    fn rows_get_mean_zero_and_variance_one() {
        let mut rows = [1.0, 3.0, -5.0, 15.0];
        layer_norm(&mut rows, &[1.0, 1.0, 0.0, 0.0], &Shelf::default());
        for (found, expected) in rows.iter().zip([-1.0, 1.0, -1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-4, "{rows:?}");
        }
    }
}
