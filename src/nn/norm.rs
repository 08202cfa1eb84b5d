//! Layer normalisation: rows to mean 0 and variance 1, then a gain and an offset a column.
//!
//! Source: Ba, Kiros, Hinton, "Layer normalization" (2016). candle's own `LayerNorm` has no gradient.

use super::ragged::add_up;
use super::shelf::{Buffer, Shelf};
use super::vector::{LANES, by_lane, dot, squares, sum, vectorised};
use candle_core::{D, Result, Tensor};
use rayon::prelude::*;

const EPSILON: f32 = 1e-5;
/// Rows that one task normalises.
const ROWS: usize = 256;

vectorised! {
    /// Normalises rows: `normal = (x − mean) / deviation`; `scales` gets 1 / deviation a row.
    pub fn normalise<'a>(x: &'a [f32], normal: &'a mut [f32], scales: &'a mut [f32]) {
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
    /// `dx = base +` what the gradients by normalised rows say of the rows, given what [`normalise`] left.
    pub fn backward<'a>(
        dnormal: &'a [f32],
        normal: &'a [f32],
        scales: &'a [f32],
        base: &'a [f32],
        dx: &'a mut [f32],
    ) {
        let width = normal.len() / scales.len().max(1);
        for (row, &scale) in scales.iter().enumerate() {
            let span = row * width..(row + 1) * width;
            let (dnormal, normal) = (&dnormal[span.clone()], &normal[span.clone()]);
            let (base, dx) = (&base[span.clone()], &mut dx[span]);
            let mean = sum(dnormal) / width as f32;
            let slope = dot(dnormal, normal) / width as f32;
            for at in 0..width {
                dx[at] = base[at] + scale * (dnormal[at] - mean - normal[at] * slope);
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
    /// Gradients by results of [`affine`] to gradients by `normal`, in place; adds those by gain and offset.
    fn affine_backward<'a>(
        dout: &'a mut [f32],
        normal: &'a [f32],
        gain: &'a [f32],
        dgain: &'a mut [f32],
        doffset: &'a mut [f32],
    ) {
        let width = gain.len();
        let (dgain, doffset) = (&mut dgain[..width], &mut doffset[..width]);
        for row in 0..dout.len() / width {
            let (dout, normal) = (&mut dout[row * width..][..width], &normal[row * width..][..width]);
            for at in 0..width {
                dgain[at] += dout[at] * normal[at];
                doffset[at] += dout[at];
                dout[at] *= gain[at];
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
        .for_each(|(((x, normal), scales), out)| {
            normalise(x, normal, scales);
            affine(normal, gain, offset, out);
        });
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
    let (mut dx, nothing) = (shelf.rough(dout.len()), shelf.zeros(ROWS * width));
    let parts = dout
        .par_chunks_mut(ROWS * width)
        .zip(kept.normal.par_chunks(ROWS * width))
        .zip(kept.scales.par_chunks(ROWS))
        .zip(dx.par_chunks_mut(ROWS * width))
        .map(|(((dout, normal), scales), dx)| {
            let mut dweights = shelf.zeros(2 * width);
            let (dgain, doffset) = dweights.split_at_mut(width);
            affine_backward(dout, normal, &weights[..width], dgain, doffset);
            backward(dout, normal, scales, &nothing, dx);
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
