//! The leading singular vectors of a sparse matrix, by randomised subspace iteration.
//!
//! A random sketch of the range is sharpened by a few passes over the matrix and its transpose, then the small problem
//! in that range is solved exactly. The same bits on any number of threads: rows are cut in fixed chunks, each sum has
//! one order, and every random number has its own place in the sequence.
//!
//! Source: Halko, Martinsson and Tropp, "Finding structure with randomness" (SIAM Review 2011), algorithms 4.4 and 5.1.

use super::matmul::{View, ViewMut, multiply};
use super::random::Random;
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;

/// Directions searched beyond those asked for.
const OVERSAMPLING: usize = 10;
/// Passes over the matrix and its transpose before the answer is read off; text has a slowly falling spectrum.
const PASSES: usize = 4;
/// Rows of a product that one task writes.
const ROWS: usize = 128;
/// Pieces that sums over rows are cut in, whatever the number of threads.
const PIECES: usize = 64;
/// A direction this much weaker than the strongest is rounding, not data.
const WEAKEST: f64 = 1e-5;
/// Sweeps of the eigenvalue iteration; it converges in well under ten.
const SWEEPS: usize = 30;

/// A sparse matrix by rows. Columns of a row need no order, but each stands once.
#[derive(Debug, Clone, Copy)]
pub struct SparseMatrix<'a> {
    pub columns: usize,
    /// The entries of row `r` are `offsets[r]..offsets[r + 1]`; `[rows + 1]`.
    pub offsets: &'a [usize],
    pub indices: &'a [u32],
    pub values: &'a [f32],
}

/// Leading singular values and right singular vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Svd {
    /// Largest first; 0 where the matrix has fewer, `[dimensions]`.
    pub singular_values: Vec<f32>,
    /// The vectors as columns, zero where there is none, `[columns, dimensions]`, row-major.
    pub right: Vec<f32>,
}

impl SparseMatrix<'_> {
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The leading `dimensions` singular values and vectors. The same seed gives the same answer; signs are arbitrary.
    pub fn svd(&self, dimensions: usize, seed: u64, job: &JobContext) -> Result<Svd, Cancelled> {
        let width = (dimensions + OVERSAMPLING).min(self.rows()).min(self.columns);
        let none =
            || Svd { singular_values: vec![0.0; dimensions], right: vec![0.0; self.columns * dimensions] };
        if width == 0 {
            return Ok(none());
        }
        let transposed = self.transposed();
        let transposed = transposed.view(self.rows());
        let mut range = self.times(&sketch(self.columns, width, seed), width, job)?;
        for _ in 0..PASSES {
            range = orthonormal(&range, width, job)?;
            let back = transposed.times(&range, width, job)?;
            range = self.times(&orthonormal(&back, width, job)?, width, job)?;
        }
        // Twice, because the first time leaves weak directions a little askew.
        range = orthonormal(&orthonormal(&range, width, job)?, width, job)?;
        let back = transposed.times(&range, width, job)?;
        let Eigen { values, vectors } = eigen(gram(&back, width, job)?, width);
        let mut found = none();
        let kept = dimensions.min(width);
        let mut turn = vec![0.0; width * kept];
        for place in 0..kept {
            let value = values[place].max(0.0).sqrt();
            if value > WEAKEST * values[0].max(0.0).sqrt() {
                found.singular_values[place] = value as f32;
                for row in 0..width {
                    turn[row * kept + place] = (vectors[row * width + place] / value) as f32;
                }
            }
        }
        let right = times_small(&back, width, &turn, kept, job)?;
        for (row, right) in
            found.right.chunks_exact_mut(dimensions.max(1)).zip(right.chunks_exact(kept.max(1)))
        {
            row[..kept].copy_from_slice(right);
        }
        Ok(found)
    }

    /// The product with a dense matrix `[columns, width]`, row-major: `[rows, width]`.
    pub fn times(&self, dense: &[f32], width: usize, job: &JobContext) -> Result<Vec<f32>, Cancelled> {
        let mut out = vec![0.0; self.rows() * width];
        if width == 0 {
            return Ok(out);
        }
        out.par_chunks_mut(ROWS * width).enumerate().try_for_each(|(chunk, rows)| {
            job.check()?;
            pulp::Arch::new().dispatch(|| {
                for (at, out) in rows.chunks_exact_mut(width).enumerate() {
                    let row = chunk * ROWS + at;
                    let entries = self.offsets[row]..self.offsets[row + 1];
                    for (&column, &value) in self.indices[entries.clone()].iter().zip(&self.values[entries]) {
                        let source = &dense[column as usize * width..][..width];
                        out.iter_mut().zip(source).for_each(|(out, source)| *out += value * source);
                    }
                }
            });
            Ok(())
        })?;
        Ok(out)
    }

    fn transposed(&self) -> Transposed {
        let mut offsets = vec![0; self.columns + 1];
        for &column in self.indices {
            offsets[column as usize + 1] += 1;
        }
        for column in 0..self.columns {
            offsets[column + 1] += offsets[column];
        }
        let mut next = offsets.clone();
        let mut indices = vec![0; self.indices.len()];
        let mut values = vec![0.0; self.values.len()];
        for row in 0..self.rows() {
            for entry in self.offsets[row]..self.offsets[row + 1] {
                let place = &mut next[self.indices[entry] as usize];
                indices[*place] = row as u32;
                values[*place] = self.values[entry];
                *place += 1;
            }
        }
        Transposed { offsets, indices, values }
    }
}

struct Transposed {
    offsets: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Transposed {
    fn view(&self, columns: usize) -> SparseMatrix<'_> {
        SparseMatrix { columns, offsets: &self.offsets, indices: &self.indices, values: &self.values }
    }
}

/// Standard normal numbers `[rows, width]`, a stream a row.
fn sketch(rows: usize, width: usize, seed: u64) -> Vec<f32> {
    let mut numbers = vec![0.0; rows * width];
    numbers.par_chunks_mut(width).enumerate().with_min_len(ROWS).for_each(|(row, numbers)| {
        let mut random = Random::new(seed, row as u64);
        for number in numbers {
            *number = random.normal();
        }
    });
    numbers
}

/// Turns and scales the columns of `[rows, width]` so that they are orthonormal and span the same; as many columns are
/// zero as the span has fewer dimensions.
fn orthonormal(matrix: &[f32], width: usize, job: &JobContext) -> Result<Vec<f32>, Cancelled> {
    let Eigen { values, vectors } = eigen(gram(matrix, width, job)?, width);
    let mut turn = vec![0.0; width * width];
    for place in 0..width {
        if values[place] > WEAKEST * WEAKEST * values[0] {
            let scale = 1.0 / values[place].sqrt();
            for row in 0..width {
                turn[row * width + place] = (vectors[row * width + place] * scale) as f32;
            }
        }
    }
    times_small(matrix, width, &turn, width, job)
}

/// `[rows, width] · [width, kept]`.
fn times_small(
    matrix: &[f32],
    width: usize,
    small: &[f32],
    kept: usize,
    job: &JobContext,
) -> Result<Vec<f32>, Cancelled> {
    let mut out = vec![0.0; matrix.len() / width * kept];
    if kept == 0 {
        return Ok(out);
    }
    out.par_chunks_mut(ROWS * kept).zip(matrix.par_chunks(ROWS * width)).try_for_each(|(out, rows)| {
        job.check()?;
        let height = rows.len() / width;
        multiply(
            ViewMut::new(out, height, kept, kept),
            0.0,
            1.0,
            View::new(rows, height, width, width),
            View::new(small, width, kept, kept),
        );
        Ok(())
    })?;
    Ok(out)
}

/// `Mᵀ·M` of `[rows, width]` in double precision: in single, the squares would lose the weaker half of the directions.
fn gram(matrix: &[f32], width: usize, job: &JobContext) -> Result<Vec<f64>, Cancelled> {
    let rows = matrix.len() / width;
    let piece = rows.div_ceil(PIECES).max(ROWS);
    let pieces: Vec<Vec<f64>> = matrix
        .par_chunks(piece * width)
        .map(|piece| {
            let mut sum = vec![0.0; width * width];
            for block in piece.chunks(ROWS * width) {
                job.check()?;
                let height = block.len() / width;
                let block: Vec<f64> = block.iter().map(|&value| f64::from(value)).collect();
                let block = View::new(&block, height, width, width);
                multiply(ViewMut::new(&mut sum, width, width, width), 1.0, 1.0, block.transposed(), block);
            }
            Ok(sum)
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut total = vec![0.0; width * width];
    for piece in pieces {
        total.iter_mut().zip(piece).for_each(|(total, piece)| *total += piece);
    }
    Ok(total)
}

/// Eigenvalues, largest first, and their vectors as columns, `[n, n]` row-major.
struct Eigen {
    values: Vec<f64>,
    vectors: Vec<f64>,
}

/// The eigenvalues of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, "Matrix Computations", 4th
/// edition, section 8.5).
fn eigen(mut matrix: Vec<f64>, n: usize) -> Eigen {
    // Vectors as rows, so that a rotation runs along memory.
    let mut turned = vec![0.0; n * n];
    (0..n).for_each(|i| turned[i * n + i] = 1.0);
    let size: f64 = matrix.iter().map(|value| value * value).sum();
    for _ in 0..SWEEPS {
        let off: f64 =
            (0..n).map(|i| matrix[i * n..i * n + i].iter().map(|value| value * value).sum::<f64>()).sum();
        if off <= f64::EPSILON * f64::EPSILON * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut matrix, &mut turned, n, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| matrix[b * n + b].total_cmp(&matrix[a * n + a]));
    let mut vectors = vec![0.0; n * n];
    for (place, &found) in order.iter().enumerate() {
        for row in 0..n {
            vectors[row * n + place] = turned[found * n + row];
        }
    }
    Eigen { values: order.into_iter().map(|place| matrix[place * n + place]).collect(), vectors }
}

/// The rotation of `p` and `q` (the smaller first) that makes their element zero.
fn rotate(matrix: &mut [f64], turned: &mut [f64], n: usize, p: usize, q: usize) {
    let element = matrix[p * n + q];
    if element == 0.0 {
        return;
    }
    let theta = (matrix[q * n + q] - matrix[p * n + p]) / (2.0 * element);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let turn = |first: &mut f64, second: &mut f64| {
        (*first, *second) = (cosine * *first - sine * *second, sine * *first + cosine * *second);
    };
    for row in matrix.chunks_exact_mut(n) {
        let (before, after) = row.split_at_mut(q);
        turn(&mut before[p], &mut after[0]);
    }
    for matrix in [matrix, turned] {
        let (before, after) = matrix.split_at_mut(q * n);
        let (first, second) = (&mut before[p * n..(p + 1) * n], &mut after[..n]);
        first.iter_mut().zip(second).for_each(|(first, second)| turn(first, second));
    }
}

#[cfg(test)]
mod tests;
