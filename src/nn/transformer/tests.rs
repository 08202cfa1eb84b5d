//! The block against finite differences and against the same composed of candle's operations.

use super::*;
use crate::nn::device::padding::{Order, Padding};
use crate::nn::gradient_check::{Input, agree, check};
use candle_core::{Device, Tensor};

fn block() -> Block {
    Block { heads: Heads { width: 12, count: 2, reach: 5 }, inner: 20 }
}

const NONE: [[Dropout; 2]; 2] = [[Dropout::NONE; 2]; 2];

/// Of two blocks: nothing dropped, and something everywhere.
fn sites() -> [[[Dropout; 2]; 2]; 2] {
    [
        NONE,
        [[(0.3, 0), (0.2, 1)], [(0.1, 2), (0.4, 3)]]
            .map(|block| block.map(|(rate, at)| Dropout::new(rate, 1, at))),
    ]
}

fn case(lengths: &[usize]) -> ([Input; 3], Ragged) {
    let ragged = Ragged::new(lengths.iter().copied());
    let x = Input::random(&[ragged.tokens(), 12], 1.0, 1);
    let weights = [2, 3].map(|seed| Input::random(&[block().n_weights()], 0.3, seed));
    let [first, second] = weights;
    ([x, first, second], ragged)
}

fn kernel<'a>(
    inputs: &[Vec<f32>],
    ragged: &'a Ragged,
    dropout: [[Dropout; 2]; 2],
) -> (Vec<f32>, impl FnOnce(&[f32]) -> Vec<Vec<f32>> + use<'a>) {
    let (mut x, weights) = (inputs[0].clone(), inputs[1..].to_vec());
    let shelf = Shelf::default();
    let kept = block().forward(&mut x, &weights, ragged, &dropout, &shelf);
    (x, move |dy: &[f32]| {
        let mut dx = dy.to_vec();
        let dweights = block().backward(kept, &weights, ragged, &dropout, &mut dx, &shelf);
        std::iter::once(dx).chain(dweights.iter().map(|part| part.to_vec())).collect()
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
                let mut x = padding.pad(&inputs[0])?;
                for (weights, [after_attention, after_all]) in inputs[1..].iter().zip(sites) {
                    let masks = [mask(after_attention)?, mask(after_all)?];
                    x = block().composed(&x, weights, &causal, Some(&masks))?;
                }
                padding.strip(&x)
            },
        );
    }
}

/// Nothing of a later token reaches an earlier one.
#[test]
fn the_future_is_unseen() {
    let ([x, first, second], ragged) = case(&[100]);
    let weights = [first.values, second.values];
    let states = |x: &[f32]| {
        let mut x = x.to_vec();
        block().forward(&mut x, &weights, &ragged, &NONE, &Shelf::default());
        x
    };
    let y = states(&x.values);
    let mut other = x.values.clone();
    other[60 * 12..].iter_mut().for_each(|value| *value += 1.0);
    let changed = states(&other);
    assert_eq!(y[..60 * 12], changed[..60 * 12]);
    assert_ne!(y[60 * 12..], changed[60 * 12..]);
}
