//! The step on a device against the kernels', which finite differences have checked: on candle's processor device
//! always, and on the cards that the build can drive and the machine has.

use super::{CardNetwork, CardOptimizer, Place, open};
use crate::domain::solution::Device as Choice;
use crate::nn::bags::Bags;
use crate::nn::catalogue_loss::{Objective, Targets};
use crate::nn::network::{Batch, Described, Drops, Encoder, Factors, Network, Sizes, Subset, Tokens};
use crate::nn::optimizer::{Gradient, NotFinite, Optimizer, Rule};
use crate::nn::ragged::Ragged;
use crate::nn::random::Random;
use crate::nn::shelf::Shelf;
use candle_core::{Device, Tensor, Var};
use std::sync::Arc;

/// Candle's processor device, and every card there is.
pub fn devices() -> Vec<Device> {
    let cards = [Choice::Cuda, Choice::Metal].into_iter().filter_map(|choice| match open(choice) {
        Ok(Place::Card(card)) => Some(card),
        _ => None,
    });
    std::iter::once(Device::Cpu).chain(cards).collect()
}

/// Values within a share of the largest.
pub fn close(what: &str, expected: &[f32], found: &[f32], tolerance: f32) {
    assert_eq!(expected.len(), found.len(), "{what}");
    let scale = expected.iter().map(|value| value.abs()).fold(1e-3, f32::max);
    for (at, (&a, &b)) in expected.iter().zip(found).enumerate() {
        assert!((a - b).abs() <= tolerance * scale, "{what} differ at {at}: {a} and {b}");
    }
}

const ITEMS: usize = 60;
const FEATURES: usize = 14;
const WIDTH: usize = 16;
/// Of sequences; one is empty.
const LENGTHS: [usize; 9] = [7, 1, 0, 12, 3, 9, 20, 2, 5];

const ENCODERS: [Encoder; 3] = [
    Encoder::Gru { layers: 1 },
    Encoder::Gru { layers: 2 },
    Encoder::Transformer { blocks: 2, heads: 2, reach: 6, inner: 24 },
];

fn network(encoder: Encoder) -> Network {
    let sizes = Sizes { items: ITEMS, features: FEATURES, width: WIDTH, encoder };
    let mut network = Network::new(sizes, (0..ITEMS).map(|item| item as f32 * 0.01).collect(), 3);
    for (at, values) in network.weights.iter_mut().enumerate() {
        let mut random = Random::new(at as u64, 9);
        for value in values {
            *value += 0.1 * random.normal();
        }
    }
    network
}

/// What varies between batches.
#[derive(Debug, Clone, Copy)]
struct Case {
    features: bool,
    subset: bool,
    drops: Option<Drops>,
    objective: Objective,
}

/// Two cases of each kind and two of all at once.
fn cases() -> Vec<Case> {
    let plain = Case { features: false, subset: false, drops: None, objective: Objective::Softmax };
    let drops = Some(Drops { rate: 0.3, seed: 4, step: 7 });
    let gbce = Objective::Gbce { beta: 0.3 };
    vec![
        plain,
        Case { features: true, ..plain },
        Case { subset: true, ..plain },
        Case { drops, ..plain },
        Case { objective: gbce, ..plain },
        Case { features: true, subset: true, drops, objective: Objective::Softmax },
        Case { features: true, subset: true, drops, objective: gbce },
    ]
}

fn batch(network: &Network, case: Case, seed: u64) -> Batch {
    let mut random = Random::new(seed, 0);
    let taking_part = if case.subset { 25 } else { ITEMS };
    let tokens = LENGTHS.iter().sum::<usize>();
    let (mut items, mut features) = (Bags::default(), Bags::default());
    for token in 0..tokens {
        if token % 5 != 0 {
            items.add(random.below(taking_part as u32), 1.0);
        }
        for _ in 0..random.below(4) {
            features.add(random.below(FEATURES as u32), random.uniform_f32());
        }
        items.close();
        features.close();
    }
    let mut item_features = Bags::default();
    for _ in 0..taking_part {
        for _ in 0..random.below(12) {
            item_features.add(random.below(FEATURES as u32), random.normal());
        }
        item_features.close();
    }
    let subset = case.subset.then(|| Subset {
        rows: (0..taking_part as u32).map(|at| 2 * at + at % 2).collect(),
        log_chances: (0..taking_part).map(|_| random.uniform_f32().ln()).collect(),
    });
    let weights: Vec<f32> = (0..tokens).map(|_| random.uniform_f32()).collect();
    let total: f32 = weights.iter().sum();
    let mut start = vec![vec![0.0; LENGTHS.len() * WIDTH]; network.sizes.recurrent()];
    for value in start.iter_mut().flatten() {
        *value = 0.3 * random.normal();
    }
    let targets: Vec<u32> = (0..tokens).map(|_| random.below(taking_part as u32)).collect();
    let mut factors = || (0..taking_part).map(|_| f32::from(u8::from(random.below(10) > 0))).collect();
    Batch {
        tokens: Tokens { items, features, ragged: Ragged::new(LENGTHS) },
        targets: Targets { items: targets, weights: weights.iter().map(|weight| weight / total).collect() },
        objective: case.objective,
        described: case.features.then(|| Described {
            by_row: Arc::new(item_features.turned(FEATURES)),
            features: Arc::new(item_features),
            factors: Factors { read: factors(), compared: factors() },
        }),
        subset,
        start,
    }
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Loss and every gradient to 2e-4 of its largest value: sums of some hundred products in single precision, in another
/// order.
#[test]
fn a_step_is_that_of_the_kernels() {
    for device in devices() {
        for encoder in ENCODERS {
            let network = network(encoder);
            let mut card = CardNetwork::new(&network, &device).unwrap();
            for case in cases() {
                let batch = batch(&network, case, 1);
                let expected = network.step(&batch, case.drops, &Shelf::default());
                let found = card.step(&batch, case.drops).unwrap();
                let what = format!("{encoder:?}, {case:?} on {device:?}");
                assert!(
                    (expected.loss - found.loss).abs() < 1e-5 * expected.loss.abs(),
                    "{what}: {} and {}",
                    expected.loss,
                    found.loss
                );
                assert_eq!(expected.gradients.len(), found.gradients.len());
                for (at, (expected, found)) in expected.gradients.iter().zip(&found.gradients).enumerate() {
                    let what = format!("{what}: gradients of tensor {at}");
                    let found_values = values(found.values());
                    // Only item features and token features reach the rows of features.
                    assert!(found_values.iter().any(|&slope| slope.abs() > 1e-6), "{what}: none");
                    close(&what, expected.values(), &found_values, 2e-4);
                    if let (Gradient::Rows { rows, .. }, Gradient::Rows { rows: others, .. }) =
                        (expected, found)
                    {
                        assert_eq!(rows, others);
                    } else {
                        assert!(
                            matches!((expected, found), (Gradient::Whole(_), Gradient::Whole(_))),
                            "{what}"
                        );
                    }
                }
                for (expected, found) in expected.last.iter().zip(&found.last) {
                    close(&format!("{what}: last states"), expected, found, 1e-4);
                }
                assert_eq!(expected.last.len(), found.last.len());
            }
        }
    }
}

/// At the first step features are zeros, and so are tokens of nothing else: what a rectifier makes of zeros must agree.
#[test]
fn the_first_step_of_training_is_that_of_the_kernels() {
    let case = Case { features: true, ..cases()[0] };
    for device in devices() {
        for encoder in ENCODERS {
            let sizes = Sizes { items: ITEMS, features: FEATURES, width: WIDTH, encoder };
            let network = Network::new(sizes, vec![0.0; ITEMS], 5);
            let batch = batch(&network, case, 2);
            let expected = network.step(&batch, case.drops, &Shelf::default());
            let found = CardNetwork::new(&network, &device).unwrap().step(&batch, case.drops).unwrap();
            for (at, (expected, found)) in expected.gradients.iter().zip(&found.gradients).enumerate() {
                let found = values(found.values());
                assert!(
                    found.iter().any(|&slope| slope.abs() > 1e-6),
                    "{encoder:?}: tensor {at} gets no gradient"
                );
                close(&format!("{encoder:?}: gradients of tensor {at}"), expected.values(), &found, 2e-4);
            }
        }
    }
}

/// Each of 20 steps' losses to a thousandth, dropout and all, under both rules.
#[test]
fn training_goes_the_same_way() {
    for device in devices() {
        for encoder in ENCODERS {
            for rule in [Rule::ADAM, Rule::Adagrad { epsilon: 1e-8 }] {
                let mut network = network(encoder);
                let mut card = CardNetwork::new(&network, &device).unwrap();
                let mut optimizer = Optimizer::new(rule, network.sizes.lengths());
                let card_optimizer = CardOptimizer::new(&optimizer, &card.weights).unwrap();
                let mut first_loss = None;
                for step in 0..20 {
                    let case = Case { drops: Some(Drops { rate: 0.2, seed: 1, step }), ..cases()[5] };
                    let batch = batch(&network, case, 3);
                    let here = network.step(&batch, case.drops, &Shelf::default());
                    let there = card.step(&batch, case.drops).unwrap();
                    let what = format!("{encoder:?}, {rule:?}, step {step}");
                    assert!(
                        (here.loss - there.loss).abs() < 1e-3 * here.loss,
                        "{what}: {} and {}",
                        here.loss,
                        there.loss
                    );
                    let length = optimizer.step(&mut network.weights, &here.gradients, 0.01, 0.5).unwrap();
                    let other = card_optimizer
                        .step(step + 1, &card.weights, &there.gradients, 0.01, 0.5)
                        .unwrap()
                        .unwrap();
                    assert!((length - other).abs() < 2e-3 * length, "{what}: {length} and {other}");
                    first_loss.get_or_insert(here.loss);
                }
                let mut back = network.clone();
                card.bring_back(&mut back).unwrap();
                let case = Case { drops: None, ..cases()[5] };
                let last = [&network, &back]
                    .map(|network| network.step(&batch(network, case, 3), None, &Shelf::default()).loss);
                assert!((last[0] - last[1]).abs() < 1e-3 * last[0], "{encoder:?}, {rule:?}: {last:?}");
                assert!(last[1] < first_loss.unwrap(), "{encoder:?}, {rule:?}: nothing was learnt");
            }
        }
    }
}

/// Rows that a step does not touch keep their values and moments; all else follows the rule of the processor.
#[test]
fn weights_move_as_on_the_processor() {
    let rules =
        [Rule::AdamW { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, decay: 0.1 }, Rule::Adagrad { epsilon: 1e-8 }];
    for device in devices() {
        for rule in rules {
            let mut random = Random::new(1, 1);
            let mut draw = |n: usize| (0..n).map(|_| random.normal()).collect::<Vec<f32>>();
            let mut weights = vec![draw(12), draw(5), draw(7)];
            let vars = [
                Var::from_slice(&weights[0], (6, 2), &device).unwrap(),
                Var::from_slice(&weights[1], 5, &device).unwrap(),
                Var::from_slice(&weights[2], 7, &device).unwrap(),
            ];
            let untouched = weights[0][2..4].to_vec();
            let mut here = Optimizer::new(rule, weights.iter().map(Vec::len));
            let mut there = CardOptimizer::new(&here, &vars).unwrap();
            for number in 1..=4 {
                let (vectors, biases): (Arc<[u32]>, Arc<[u32]>) = ([0, 2, 5].into(), [1, 4].into());
                let slopes = [draw(6), draw(2), draw(7)];
                let tensor = |values: &[f32], width: usize| {
                    let shape: Vec<usize> =
                        if width > 1 { vec![values.len() / width, width] } else { vec![values.len()] };
                    Tensor::from_slice(values, shape, &device).unwrap()
                };
                let on_card = [
                    Gradient::Rows { rows: Arc::clone(&vectors), width: 2, values: tensor(&slopes[0], 2) },
                    Gradient::Rows { rows: Arc::clone(&biases), width: 1, values: tensor(&slopes[1], 1) },
                    Gradient::Whole(tensor(&slopes[2], 1)),
                ];
                let [a, b, c] = slopes;
                let gradients = [
                    Gradient::Rows { rows: vectors, width: 2, values: a },
                    Gradient::Rows { rows: biases, width: 1, values: b },
                    Gradient::Whole(c),
                ];
                let length = here.step(&mut weights, &gradients, 0.1, 1.0).unwrap();
                let other = there.step(number, &vars, &on_card, 0.1, 1.0).unwrap().unwrap();
                assert!((length - other).abs() < 1e-5 * length);
                if number == 2 {
                    // What is kept between trainings is all it takes to go on.
                    let mut kept = Optimizer::new(rule, weights.iter().map(Vec::len));
                    there.bring_back(&mut kept).unwrap();
                    there = CardOptimizer::new(&kept, &vars).unwrap();
                }
            }
            for (expected, var) in weights.iter().zip(&vars) {
                close(&format!("{rule:?} on {device:?}"), expected, &values(var), 1e-5);
            }
            assert_eq!(values(&vars[0])[2..4], untouched);
            let before = values(&vars[2]);
            let infinite = [Gradient::Whole(Tensor::full(f32::INFINITY, 7, &device).unwrap())];
            assert_eq!(there.step(5, &vars[2..], &infinite, 0.1, 1.0).unwrap(), Err(NotFinite));
            assert_eq!(values(&vars[2]), before);
        }
    }
}
