//! How near EASE's inverse and SLIT's system of equations come to the machine's matrix products: GFLOP/s of each, on all
//! threads.
//!
//! `cargo bench --bench inverse`; `RAYON_NUM_THREADS` sets the threads.

use anyhow::Result;
use bespoke::jobs::JobContext;
use bespoke::nn::cholesky::{Symmetric, invert, solve};
use bespoke::nn::matmul::{View, ViewMut, multiply};
use rayon::prelude::*;
use std::hint::black_box;
use std::io::Write;
use std::ops::Range;
use std::time::Instant;

const ROUNDS: usize = 7;
/// Rows, columns and depth of the products.
const PRODUCT: usize = 1024;

fn best<T>(mut work: impl FnMut() -> Result<T>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        black_box(work()?);
        best = best.min(begin.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// A diagonally dominant matrix: the time does not depend on the values.
fn matrix(n: usize) -> Symmetric<f32> {
    let mut matrix = Symmetric::zeros(n);
    for panel in matrix.panels_mut() {
        for (at, value) in panel.values.iter_mut().enumerate() {
            let (row, column) = (at / panel.width, at % panel.width);
            *value = if row == column { n as f32 } else { ((row * 31 + column * 17) % 7) as f32 / 7.0 };
        }
    }
    matrix
}

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let threads = rayon::current_num_threads();
    let operand = vec![0.5_f32; PRODUCT * PRODUCT];
    let mut products = vec![vec![0.0_f32; PRODUCT * PRODUCT]; threads];
    let seconds = best(|| {
        products.par_iter_mut().for_each(|product| {
            let view = View::new(&operand, PRODUCT, PRODUCT, PRODUCT);
            multiply(ViewMut::new(product, PRODUCT, PRODUCT, PRODUCT), 0.0, 1.0, view, view);
        });
        Ok(())
    })?;
    let rate = (threads * 2 * PRODUCT * PRODUCT * PRODUCT) as f64 / seconds / 1e9;
    writeln!(out, "products of {PRODUCT}³ on {threads} threads: {rate:.0} GFLOP/s")?;
    for n in [1682, 3416] {
        let building = best(|| Ok(matrix(n)))?;
        let inverse = best(|| Ok(invert(|| matrix(n), &JobContext::default())?))?;
        let sides = |columns: Range<usize>| vec![1.0; n * columns.len()];
        let system = best(|| Ok(solve(|| matrix(n), sides, &JobContext::default())?))?;
        for (what, whole, thirds) in [("inverse", inverse, 3), ("system", system, 7)] {
            let seconds = whole - building;
            let own = (thirds * n * n * n) as f64 / 3.0 / seconds / 1e9;
            writeln!(
                out,
                "{what} of {n}: {:.0} ms, {own:.0} GFLOP/s, {:.0}% of that",
                seconds * 1e3,
                100.0 * own / rate
            )?;
        }
    }
    Ok(())
}
