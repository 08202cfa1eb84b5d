//! How fast networks train: tokens a second of whole steps, the useful operations a second of a step and of its parts
//! beside those of matrix products alone, for the shapes that `training_peer.py` trains, too.
//!
//! Arguments: rounds of a step (5 without). Prints a table and, as the last line, JSON for the peer. Useful work counts
//! the products a step can't do without, forward and twice that backward: nothing for padding, one half of the attention.

use bespoke::nn::attention::Heads;
use bespoke::nn::bags::Bags;
use bespoke::nn::catalogue_loss::{Objective, Targets, catalogue_loss};
use bespoke::nn::dropout::Dropout;
use bespoke::nn::gru::Gru;
use bespoke::nn::matmul::{View, ViewMut, multiply};
use bespoke::nn::network::{Batch, Drops, Encoder, Network, Sizes, Tokens};
use bespoke::nn::optimizer::{Optimizer, Rule};
use bespoke::nn::ragged::Ragged;
use bespoke::nn::random::Random;
use bespoke::nn::shelf::Shelf;
use bespoke::nn::trainer::{Pace, Trainer};
use bespoke::nn::transformer::{Block, Stack};
use rayon::prelude::*;
use serde_json::json;
use std::io::Write;
use std::time::Instant;

/// What is trained: the encoder, its width, the catalogue and the lengths of histories.
struct Shape {
    name: &'static str,
    width: usize,
    encoder: Encoder,
    items: usize,
    /// Events of a history at most.
    longest: usize,
    /// Histories of a step.
    together: usize,
}

const fn transformer(inner: usize) -> Encoder {
    Encoder::Transformer { blocks: 2, heads: 1, reach: 50, inner }
}

const SHAPES: [Shape; 3] = [
    Shape {
        name: "transformer",
        width: 64,
        encoder: transformer(64),
        items: 1_682,
        longest: 200,
        together: 32,
    },
    Shape {
        name: "transformer",
        width: 128,
        encoder: transformer(128),
        items: 1_682,
        longest: 50,
        together: 64,
    },
    Shape {
        name: "gru",
        width: 128,
        encoder: Encoder::Gru { layers: 1 },
        items: 3_416,
        longest: 200,
        together: 32,
    },
];

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let rounds = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(5);
    writeln!(
        out,
        "matrix products, one on each thread, the best of eight kinds: {:.0} GFLOP/s",
        machine_rate(rounds) / 1e9
    )?;
    let mut results = Vec::new();
    for shape in &SHAPES {
        let batch = batch(shape);
        let (tokens, work) = (batch.tokens.ragged.tokens() as f64, work(shape, &batch.tokens.ragged));
        let seconds = step_seconds(shape, &batch, rounds);
        writeln!(
            out,
            "{} of width {}, {} items, histories of {} at most: {:.0} tokens/s, {:.0} GFLOP/s",
            shape.name,
            shape.width,
            shape.items,
            shape.longest,
            tokens / seconds,
            work.iter().sum::<f64>() / seconds / 1e9
        )?;
        for (part, part_seconds, work) in parts(shape, &batch, work, rounds) {
            writeln!(
                out,
                "  {part:8} {:5.1} % of the step, {:3.0} GFLOP/s",
                100.0 * part_seconds / seconds,
                work / part_seconds / 1e9
            )?;
        }
        let lengths: Vec<usize> =
            (0..batch.tokens.ragged.sequences()).map(|at| batch.tokens.ragged.range(at).len()).collect();
        results.push(json!({
            "encoder": shape.name, "width": shape.width, "items": shape.items, "longest": shape.longest,
            "lengths": lengths, "tokensPerSecond": tokens / seconds,
        }));
    }
    writeln!(out, "{}", json!(results))
}

/// Histories as long as those of rating sites: many of some dozen events, a quarter at the longest.
fn batch(shape: &Shape) -> Batch {
    let mut random = Random::new(1, shape.longest as u64);
    let lengths = (0..shape.together).map(|_| {
        let length = 20.0 * (1.1 * f64::from(random.normal()).abs()).exp();
        (length as usize).min(shape.longest)
    });
    let ragged = Ragged::new(lengths.collect::<Vec<_>>());
    let n = ragged.tokens();
    let mut draw = |n: usize| (0..n).map(|_| random.below(shape.items as u32)).collect::<Vec<u32>>();
    let features = Bags::single((0..n).map(|_| 0));
    let items = Bags::single(draw(n));
    let targets = Targets { items: draw(n), weights: vec![1.0 / n as f32; n] };
    let recurrent = usize::from(matches!(shape.encoder, Encoder::Gru { .. }));
    Batch {
        start: vec![vec![0.0; ragged.sequences() * shape.width]; recurrent],
        tokens: Tokens { items, features, ragged },
        targets,
        objective: Objective::Softmax,
        described: None,
        subset: None,
    }
}

/// Useful operations of a step: of the encoder, of the loss.
fn work(shape: &Shape, ragged: &Ragged) -> [f64; 2] {
    let (tokens, width) = (ragged.tokens() as f64, shape.width as f64);
    let encoder = match shape.encoder {
        Encoder::Gru { .. } => 12.0 * width * width * tokens,
        Encoder::Transformer { blocks, inner, .. } => {
            let pairs: f64 =
                (0..ragged.sequences()).map(|at| (ragged.range(at).len() as f64).powi(2) / 2.0).sum();
            blocks as f64
                * ((8.0 * width * width + 4.0 * width * inner as f64) * tokens + 4.0 * width * pairs)
        }
    };
    [3.0 * encoder, 6.0 * shape.items as f64 * width * tokens]
}

fn network(shape: &Shape) -> Network {
    let sizes = Sizes { items: shape.items, features: 8, width: shape.width, encoder: shape.encoder };
    Network::new(sizes, vec![0.0; shape.items], 1)
}

/// The median time of a whole step: forward, backward, weights moved.
fn step_seconds(shape: &Shape, batch: &Batch, rounds: usize) -> f64 {
    let mut network = network(shape);
    let mut optimizer = Optimizer::new(Rule::ADAM, network.sizes.lengths());
    let mut trainer = Trainer::Processor(Shelf::default());
    median(rounds, || {
        let drops = Drops { rate: 0.2, seed: 1, step: optimizer.steps };
        let pace = Pace { rate: 1e-3, clip: 1.0 };
        trainer.step(&mut network, &mut optimizer, batch, drops, pace).is_ok()
    })
}

/// The encoder's layers and the loss by themselves: name, median time, useful operations.
fn parts(shape: &Shape, batch: &Batch, work: [f64; 2], rounds: usize) -> Vec<(&'static str, f64, f64)> {
    let (width, ragged) = (shape.width, &batch.tokens.ragged);
    let (mut random, shelf) = (Random::new(2, 0), Shelf::default());
    let mut normal = |n: usize| (0..n).map(|_| random.normal() * 0.1).collect::<Vec<f32>>();
    let (x, dy) = (normal(ragged.tokens() * width), normal(ragged.tokens() * width));
    let layer = match shape.encoder {
        Encoder::Gru { .. } => {
            let gru = Gru { input: width, hidden: width };
            let weights = normal(gru.n_weights());
            median(rounds, || {
                let (_, kept) = gru.forward(&x, &weights, &batch.start[0], ragged, &shelf);
                gru.backward(kept, &x, &weights, ragged, &dy, &shelf).0.len() == x.len()
            })
        }
        Encoder::Transformer { blocks, heads, reach, inner } => {
            let block = Block { heads: Heads { width, count: heads, reach }, inner };
            let weights: Vec<Vec<f32>> = (0..blocks).map(|_| normal(block.n_weights())).collect();
            let (norm, dropout) = (normal(2 * width), vec![[Dropout::NONE; 2]; blocks]);
            let read = |first: usize, into: &mut [f32]| {
                into.copy_from_slice(&x[first * width..][..into.len()]);
            };
            let stack =
                Stack { block, blocks: &weights, norm: &norm, dropout: &dropout, ragged, shelf: &shelf };
            median(rounds, || {
                let (mut states, mut dx) = (shelf.rough(x.len()), shelf.copy_of(&dy));
                let kept = stack.forward(&mut states, read);
                stack.backward(kept, &mut dx).len() == 1 + blocks
            })
        }
    };
    let (vectors, biases) = (normal(shape.items * width), vec![0.0; shape.items]);
    let loss = median(rounds, || {
        catalogue_loss(&x, &vectors, &biases, &batch.targets, batch.objective, &shelf).loss.is_finite()
    });
    vec![("encoder", layer, work[0]), ("loss", loss, work[1])]
}

/// Operations of matrix products a second, every thread busy with its own: the best of some shapes, with the right side
/// as it lies and turned.
fn machine_rate(rounds: usize) -> f64 {
    const SHAPES: [[usize; 3]; 4] = [[512, 128, 512], [64, 128, 3_416], [64, 3_416, 128], [768, 768, 768]];
    let rates =
        SHAPES.into_iter().flat_map(|shape| [false, true].map(|turned| products_rate(shape, turned, rounds)));
    rates.fold(0.0, f64::max)
}

fn products_rate([rows, inner, columns]: [usize; 3], turned: bool, rounds: usize) -> f64 {
    const EACH: usize = 50;
    let (left, right) = (vec![0.5_f32; rows * inner], vec![0.25_f32; inner * columns]);
    let right = if turned {
        View::new(&right, columns, inner, inner).transposed()
    } else {
        View::new(&right, inner, columns, columns)
    };
    let threads = rayon::current_num_threads();
    let mut outs = vec![vec![0.0_f32; rows * columns]; threads];
    let seconds = median(rounds, || {
        outs.par_iter_mut().all(|out| {
            for _ in 0..EACH {
                multiply(
                    ViewMut::new(out, rows, columns, columns),
                    0.0,
                    1.0,
                    View::new(&left, rows, inner, inner),
                    right,
                );
            }
            out[0] > 0.0
        })
    });
    (threads * EACH * 2 * rows * inner * columns) as f64 / seconds
}

/// The median of so many rounds after one that is not timed.
fn median(rounds: usize, mut work: impl FnMut() -> bool + Send) -> f64 {
    let mut once = || {
        let began = Instant::now();
        assert!(rayon::scope(|_| work()), "the work came to nothing");
        began.elapsed().as_secs_f64()
    };
    once();
    let mut seconds: Vec<f64> = (0..rounds).map(|_| once()).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
