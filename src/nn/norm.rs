//! Layer normalisation: rows to mean 0 and variance 1, then a gain and an offset a column.
//!
//! Source: Ba, Kiros, Hinton, "Layer normalization" (2016). candle's own `LayerNorm` has no gradient.

use super::ragged::add_up;
use super::shelf::{Buffer, Shelf};
use super::vector::{dot, squares, sum, vectorised};
use candle_core::{D, Result, Tensor};
use rayon::prelude::*;

const EPSILON: f32 = 1e-5;
/// Rows that one task normalises.
const ROWS: usize = 256;

/// `out = normal · gain + offset`
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn affine(normal: &[f32], gain: &[f32], offset: &[f32], out: &mut [f32]) {
    let n = out.len();
    let (normal, gain, offset) = (&normal[..n], &gain[..n], &offset[..n]);
    for at in 0..n {
        out[at] = normal[at] * gain[at] + offset[at];
    }
}

vectorised! {
    /// Normalises rows: `out = gain · (x − mean) / deviation + offset`; `scales` gets 1 / deviation a row and
    /// `normal` the rows before gain and offset.
    pub fn forward<'a>(
        x: &'a [f32],
        gain: &'a [f32],
        offset: &'a [f32],
        normal: &'a mut [f32],
        scales: &'a mut [f32],
        out: &'a mut [f32],
    ) {
        let width = gain.len();
        for row in 0..scales.len() {
            let (x, normal) = (&x[row * width..][..width], &mut normal[row * width..][..width]);
            let mean = sum(x) / width as f32;
            let scale = 1.0 / (squares(x, mean) / width as f32 + EPSILON).sqrt();
            scales[row] = scale;
            for at in 0..width {
                normal[at] = (x[at] - mean) * scale;
            }
            affine(normal, gain, offset, &mut out[row * width..][..width]);
        }
    }
}

vectorised! {
    /// `out = normal · gain + offset`, row by row.
    pub fn denormalise<'a>(normal: &'a [f32], gain: &'a [f32], offset: &'a [f32], out: &'a mut [f32]) {
        let width = gain.len();
        for row in 0..out.len() / width {
            affine(&normal[row * width..], gain, offset, &mut out[row * width..][..width]);
        }
    }
}

vectorised! {
    /// Adds to `dx`, `dgain` and `doffset` what `dout` says, given what the forward pass left. `dout` is overwritten.
    pub fn backward<'a>(
        dout: &'a mut [f32],
        normal: &'a [f32],
        scales: &'a [f32],
        gain: &'a [f32],
        dx: &'a mut [f32],
        dgain: &'a mut [f32],
        doffset: &'a mut [f32],
    ) {
        let width = gain.len();
        let (dgain, doffset) = (&mut dgain[..width], &mut doffset[..width]);
        for (row, &scale) in scales.iter().enumerate() {
            let span = row * width..(row + 1) * width;
            let (dout, normal, dx) = (&mut dout[span.clone()], &normal[span.clone()], &mut dx[span]);
            for at in 0..width {
                dgain[at] += dout[at] * normal[at];
                doffset[at] += dout[at];
                dout[at] *= gain[at];
            }
            let mean = sum(dout) / width as f32;
            let slope = dot(dout, normal) / width as f32;
            for at in 0..width {
                dx[at] += scale * (dout[at] - mean - normal[at] * slope);
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

/// Normalises rows of `x`, `[rows, width]`; `weights` is `[2, width]`, gain then offset.
pub fn layer_norm(x: &[f32], weights: &[f32], shelf: &Shelf) -> (Buffer, Kept) {
    let width = weights.len() / 2;
    let (gain, offset) = weights.split_at(width);
    let mut out = shelf.rough(x.len());
    let mut kept = Kept { normal: shelf.rough(x.len()), scales: shelf.rough(x.len() / width) };
    x.par_chunks(ROWS * width)
        .zip(kept.normal.par_chunks_mut(ROWS * width))
        .zip(kept.scales.par_chunks_mut(ROWS))
        .zip(out.par_chunks_mut(ROWS * width))
        .for_each(|(((x, normal), scales), out)| forward(x, gain, offset, normal, scales, out));
    (out, kept)
}

/// The gradients of `x` and of the weights, given those of the result, which are overwritten.
pub fn layer_norm_backward(
    kept: &Kept,
    weights: &[f32],
    dout: &mut [f32],
    shelf: &Shelf,
) -> (Buffer, Buffer) {
    let width = weights.len() / 2;
    let mut dx = shelf.zeros(dout.len());
    let parts = dout
        .par_chunks_mut(ROWS * width)
        .zip(kept.normal.par_chunks(ROWS * width))
        .zip(kept.scales.par_chunks(ROWS))
        .zip(dx.par_chunks_mut(ROWS * width))
        .map(|(((dout, normal), scales), dx)| {
            let mut dweights = shelf.zeros(2 * width);
            let (dgain, doffset) = dweights.split_at_mut(width);
            backward(dout, normal, scales, &weights[..width], dx, dgain, doffset);
            dweights
        });
    let dweights = add_up(parts.collect(), 2 * width, shelf);
    (dx, dweights)
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
        let (out, kept) = layer_norm(&inputs[0], &weights, &shelf);
        (out.to_vec(), move |dout: &[f32]| {
            let (dx, dweights) = layer_norm_backward(&kept, &weights, &mut dout.to_vec(), &shelf);
            vec![dx.to_vec(), dweights.to_vec()]
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
        let (rows, _) = layer_norm(&[1.0, 3.0, -5.0, 15.0], &[1.0, 1.0, 0.0, 0.0], &Shelf::default());
        for (found, expected) in rows.iter().zip([-1.0, 1.0, -1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-4, "{rows:?}");
        }
    }
}
