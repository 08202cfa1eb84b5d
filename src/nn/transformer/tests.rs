//! The block against finite differences and against the same composed of candle's operations.

use super::*;
use crate::nn::attention::{Causal, Heads};
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

fn case(lengths: &[usize]) -> ([Input; 4], Ragged) {
    let ragged = Ragged::new(lengths.iter().copied());
    let x = Input::random(&[ragged.tokens(), 12], 1.0, 1);
    let weights = [2, 3].map(|seed| Input::random(&[block().n_weights()], 0.3, seed));
    let [first, second] = weights;
    ([x, Input::random(&[2, 12], 1.0, 4), first, second], ragged)
}

fn stack<'a>(
    norm: &'a [f32],
    blocks: &'a [Vec<f32>],
    ragged: &'a Ragged,
    dropout: &'a [[Dropout; 2]],
    shelf: &'a Shelf,
) -> Stack<'a> {
    Stack { block: block(), blocks, norm, dropout, ragged, shelf }
}

fn states(stack: &Stack<'_>, x: &[f32]) -> (Kept, Vec<f32>) {
    let mut states = vec![f32::NAN; x.len()];
    let kept = stack.forward(&mut states, |first, into| into.copy_from_slice(&x[first * 12..][..into.len()]));
    (kept, states)
}

fn kernel<'a>(
    inputs: &[Vec<f32>],
    ragged: &'a Ragged,
    dropout: [[Dropout; 2]; 2],
) -> (Vec<f32>, impl FnOnce(&[f32]) -> Vec<Vec<f32>> + use<'a>) {
    let [x, norm, blocks @ ..] = inputs else { panic!("no inputs") };
    let (norm, blocks, shelf) = (norm.clone(), blocks.to_vec(), Shelf::default());
    let (kept, states) = states(&stack(&norm, &blocks, ragged, &dropout, &shelf), x);
    (states, move |dy: &[f32]| {
        let mut dx = dy.to_vec();
        let gradients = stack(&norm, &blocks, ragged, &dropout, &shelf).backward(kept, &mut dx);
        std::iter::once(dx).chain(gradients.iter().map(|part| part.to_vec())).collect()
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
                for (weights, [after_attention, after_all]) in inputs[2..].iter().zip(sites) {
                    let masks = [mask(after_attention)?, mask(after_all)?];
                    x = block().composed(&x, weights, &causal, Some(&masks))?;
                }
                padding.strip(&norm::composed(&x, &inputs[1])?)
            },
        );
    }
}

/// Nothing of a later token reaches an earlier one.
#[test]
fn the_future_is_unseen() {
    let ([x, norm, first, second], ragged) = case(&[100]);
    let (blocks, shelf) = ([first.values, second.values], Shelf::default());
    let stack = stack(&norm.values, &blocks, &ragged, &NONE, &shelf);
    let states = |x: &[f32]| states(&stack, x).1;
    let y = states(&x.values);
    let mut other = x.values.clone();
    other[60 * 12..].iter_mut().for_each(|value| *value += 1.0);
    let changed = states(&other);
    assert_eq!(y[..60 * 12], changed[..60 * 12]);
    assert_ne!(y[60 * 12..], changed[60 * 12..]);
}
