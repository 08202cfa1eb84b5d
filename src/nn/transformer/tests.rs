//! The block against finite differences and against the same composed of candle's operations.

use super::*;
use crate::nn::device::padding::{Order, Padding};
use crate::nn::gradient_check::{Input, agree, check};
use candle_core::{Device, Tensor};

fn block() -> Block {
    Block { heads: Heads { width: 12, count: 2, reach: 5 }, inner: 20 }
}

const NONE: [Dropout; 2] = [Dropout::NONE; 2];

fn sites() -> [[Dropout; 2]; 2] {
    [NONE, [Dropout::new(0.3, 1, 0), Dropout::new(0.2, 1, 1)]]
}

fn case(lengths: &[usize]) -> ([Input; 2], Ragged) {
    let ragged = Ragged::new(lengths.iter().copied());
    let x = Input::random(&[ragged.tokens(), 12], 1.0, 1);
    ([x, Input::random(&[block().n_weights()], 0.3, 2)], ragged)
}

fn kernel<'a>(
    inputs: &[Vec<f32>],
    ragged: &'a Ragged,
    dropout: [Dropout; 2],
) -> (Vec<f32>, impl FnOnce(&[f32]) -> Vec<Vec<f32>> + use<'a>) {
    let weights = inputs[1].clone();
    let shelf = Shelf::default();
    let (y, kept) = block().forward(&inputs[0], &weights, ragged, dropout, &shelf);
    (y.to_vec(), move |dy: &[f32]| {
        let (dx, dweights) = block().backward(kept, &weights, ragged, dropout, dy, &shelf);
        vec![dx.to_vec(), dweights.to_vec()]
    })
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let (inputs, ragged) = case(&[3, 0, 1, 7]);
    for sites in sites() {
        check(&inputs, |inputs| kernel(inputs, &ragged, sites));
    }
}

/// 150 rows span three blocks of rows of the attention, and several chunks and lanes.
#[test]
fn one_kernel_and_candles_own_operations_agree() {
    let (inputs, ragged) = case(&[150, 3, 0, 64, 65, 90, 200, 1, 1, 30]);
    for sites in sites() {
        agree(
            &inputs,
            |inputs| kernel(inputs, &ragged, sites),
            |inputs| {
                let padding = Padding::new(&ragged, Order::Sequences, &Device::Cpu)?;
                let causal = Causal::new(padding.length, block().heads.reach, &Device::Cpu)?;
                let n = ragged.tokens();
                let mask = |site: Dropout| Tensor::from_vec(site.mask(n * 12), (n, 12), &Device::Cpu);
                let mask = |site: Dropout| padding.pad(&mask(site)?);
                let masks = [mask(sites[0])?, mask(sites[1])?];
                let x = padding.pad(&inputs[0])?;
                padding.strip(&block().composed(&x, &inputs[1], &causal, Some(&masks))?)
            },
        );
    }
}

/// Nothing of a later token reaches an earlier one.
#[test]
fn the_future_is_unseen() {
    let ([x, weights], ragged) = case(&[100]);
    let states = |x: &[f32]| block().forward(x, &weights.values, &ragged, NONE, &Shelf::default()).0;
    let y = states(&x.values);
    let mut other = x.values.clone();
    other[60 * 12..].iter_mut().for_each(|value| *value += 1.0);
    let changed = states(&other);
    assert_eq!(y[..60 * 12], changed[..60 * 12]);
    assert_ne!(y[60 * 12..], changed[60 * 12..]);
}
