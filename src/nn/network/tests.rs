//! Gradients of every tensor against finite differences, and states of a step against those that are served.

use super::*;

pub(super) const ENCODERS: [Encoder; 2] =
    [Encoder::Gru { layers: 2 }, Encoder::Transformer { blocks: 2, heads: 2, reach: 4, inner: 12 }];

pub(super) fn network(encoder: Encoder) -> Network {
    let sizes = Sizes { items: 9, features: 5, width: 8, encoder };
    let mut network = Network::new(sizes, (0..9).map(|item| item as f32 * 0.1).collect(), 3);
    // Offsets away from zero, so that nothing is right by chance.
    for (at, values) in network.weights.iter_mut().enumerate() {
        let mut random = Random::new(at as u64, 9);
        for value in values.iter_mut() {
            *value += 0.2 * random.normal();
        }
    }
    network
}

/// Two histories, with features of tokens and of items; in the second case of a subset of the items.
fn batch(network: &Network, subset: bool) -> Batch {
    let (mut items, mut features) = (Bags::default(), Bags::default());
    for token in 0..7_u32 {
        if token % 4 != 0 {
            items.add(token % 5, 1.0);
        }
        features.add(token % 5, 0.7);
        items.close();
        features.close();
    }
    let n = if subset { 6 } else { 9 };
    let mut item_features = Bags::default();
    for item in 0..n {
        item_features.add(item % 5, 0.5);
        item_features.close();
    }
    let factors = |each: u32| (0..n).map(|item| f32::from(u8::from(item % each != 0))).collect();
    let start = vec![vec![0.1; 2 * 8]; network.sizes.recurrent()];
    Batch {
        tokens: Tokens { items, features, ragged: Ragged::new([3, 4]) },
        targets: Targets {
            items: vec![0, 1, 2, 3, 4, 5, 0],
            weights: vec![0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1],
        },
        objective: Objective::Softmax,
        described: Some(Described {
            by_row: Arc::new(item_features.turned(5)),
            features: Arc::new(item_features),
            factors: Factors { read: factors(4), compared: factors(3) },
        }),
        subset: subset.then(|| Subset {
            rows: [0, 2, 3, 5, 7, 8].into(),
            log_chances: vec![-0.1, -0.2, -0.3, -0.4, -0.5, -0.6],
        }),
        start,
    }
}

/// The gradient of every tensor, spread over the whole of it.
fn spread(gradient: &Gradient, n: usize) -> Vec<f32> {
    match gradient {
        Gradient::Whole(values) => values.to_vec(),
        Gradient::Rows { rows, width, values } => {
            let mut all = vec![0.0; n];
            for (row, values) in rows.iter().zip(values.chunks_exact(*width)) {
                all[*row as usize * width..][..*width].copy_from_slice(values);
            }
            all
        }
    }
}

#[test]
fn every_tensor_gets_the_gradient_of_finite_differences() {
    const H: f32 = 2e-3;
    for encoder in ENCODERS {
        for subset in [false, true] {
            let network = network(encoder);
            let batch = batch(&network, subset);
            let drops = Some(Drops { rate: 0.2, seed: 1, step: 5 });
            let gradients = network.step(&batch, drops, &Shelf::default()).gradients;
            assert_eq!(gradients.len(), network.sizes.lengths().len());
            for (at, gradient) in gradients.iter().enumerate() {
                let gradient = spread(gradient, network.weights[at].len());
                let largest = gradient.iter().map(|slope| slope.abs()).fold(0.0, f32::max);
                assert!(largest > 1e-4, "{encoder:?}: tensor {at} gets no gradient");
                let mut random = Random::new(at as u64, 1);
                for _ in 0..10 {
                    let place = random.below(gradient.len() as u32) as usize;
                    let moved = |step: f32| {
                        let mut network = network.clone();
                        network.weights[at][place] += step;
                        network.step(&batch, drops, &Shelf::default()).loss
                    };
                    let found = ((moved(H) - moved(-H)) / (2.0 * f64::from(H))) as f32;
                    let expected = gradient[place];
                    assert!(
                        (found - expected).abs() < 0.03 * largest + 1e-4,
                        "{encoder:?}, tensor {at}, value {place}: {found} by differences, {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn without_drops_a_step_sees_the_states_that_are_served() {
    for encoder in ENCODERS {
        let network = network(encoder);
        let mut batch = batch(&network, false);
        let described = batch.described.as_mut().unwrap();
        described.factors = Factors { read: vec![1.0; 9], compared: vec![1.0; 9] };
        let (vectors, shelf) = (network.item_vectors(Some(&*described.features)), Shelf::default());
        let (states, recurrent) = network.states(&vectors, &batch.tokens, &batch.start, &shelf);
        let biases = network.biases();
        let loss = catalogue_loss(&states, &vectors, biases, &batch.targets, batch.objective, &shelf);
        let step = network.step(&batch, None, &Shelf::default());
        // Three tokens and four, of width 8.
        let last = |states: &Vec<f32>| [&states[2 * 8..3 * 8], &states[6 * 8..]].concat();
        let last: Vec<Vec<f32>> = recurrent.iter().map(last).collect();
        assert_eq!((step.loss, step.last), (loss.loss, last));
    }
}
