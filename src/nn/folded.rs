//! A linear layer after a norm, whose gain and offset are folded into its weights: `(normal · gain + offset) · W + w`
//! is `normal · W′ + w′` with `W′ = gain · W`, row by row, and `w′ = w + offset · W`. So much is multiplied once for each
//! weight rather than for each token, and what comes before the product is the normalised rows, which are kept anyhow.

use super::shelf::{Buffer, Shelf};
use super::vector::{add_scaled, dot, vectorised};

/// A norm's gain and offset, `[inputs]` each, and the weights that follow, `[inputs, outputs]`.
#[derive(Clone, Copy)]
pub struct AfterNorm<'a> {
    pub gain: &'a [f32],
    pub offset: &'a [f32],
    pub weights: &'a [f32],
}

/// Gradients of the same.
pub struct Gradients<'a> {
    pub gain: &'a mut [f32],
    pub offset: &'a mut [f32],
    pub weights: &'a mut [f32],
}

impl AfterNorm<'_> {
    /// `W′` and, one row more, `w′`: `[inputs + 1, outputs]`. `biases` is `w`, `[outputs]`.
    pub fn fold(self, biases: &[f32], shelf: &Shelf) -> Buffer {
        let mut folded = shelf.rough(self.weights.len() + biases.len());
        fold(self, biases, &mut folded);
        folded
    }

    /// What gradients by `W′`, which stand where those by `W` will, and by `w′` say of gain, offset and `W`. Those by `w`
    /// are those by `w′`.
    pub fn unfold(self, gradients: Gradients<'_>, dbiases: &[f32]) {
        unfold(self, gradients, dbiases);
    }
}

vectorised! {
    fn fold<'a>(layer: AfterNorm<'a>, biases: &'a [f32], folded: &'a mut [f32]) {
        let outputs = biases.len();
        let (folded, sums) = folded.split_at_mut(layer.weights.len());
        sums.copy_from_slice(biases);
        for input in 0..layer.gain.len() {
            let span = input * outputs..(input + 1) * outputs;
            let (weights, folded) = (&layer.weights[span.clone()], &mut folded[span]);
            let gain = layer.gain[input];
            for at in 0..outputs {
                folded[at] = gain * weights[at];
            }
            add_scaled(sums, layer.offset[input], weights);
        }
    }
}

vectorised! {
    fn unfold<'a>(layer: AfterNorm<'a>, gradients: Gradients<'a>, dbiases: &'a [f32]) {
        let outputs = dbiases.len();
        for input in 0..layer.gain.len() {
            let span = input * outputs..(input + 1) * outputs;
            let (weights, dweights) = (&layer.weights[span.clone()], &mut gradients.weights[span]);
            gradients.gain[input] = dot(dweights, weights);
            gradients.offset[input] = dot(dbiases, weights);
            let (gain, offset) = (layer.gain[input], layer.offset[input]);
            for at in 0..outputs {
                dweights[at] = gain * dweights[at] + offset * dbiases[at];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One input, one output: `(n · 2 + 3) · 5 + 7 = 10 n + 22`; the gradients of `n · w′₀ + w′₁` by both at n = 4 are 4
    /// and 1.
    #[test]
    fn by_hand() {
        let layer = AfterNorm { gain: &[2.0], offset: &[3.0], weights: &[5.0] };
        assert_eq!(layer.fold(&[7.0], &Shelf::default())[..], [10.0, 22.0]);
        let [mut gain, mut offset, mut weights] = [[f32::NAN], [f32::NAN], [4.0]];
        layer.unfold(Gradients { gain: &mut gain, offset: &mut offset, weights: &mut weights }, &[1.0]);
        // By gain n · 5, by offset 5, by the weight 2 n + 3.
        assert_eq!([gain, offset, weights], [[20.0], [5.0], [11.0]]);
    }
}
