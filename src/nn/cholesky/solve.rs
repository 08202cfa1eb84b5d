//! Systems of a symmetric positive definite matrix with as many right-hand sides as it has rows, without its inverse: a third
//! of n³ operations for `A = L·Lᵀ`, one n³ each for `L⁻¹` and `L⁻ᵀ` on the right-hand sides.

use super::{InverseError, Scalar, Symmetric};
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::nn::matmul::{View, ViewMut, multiply};
use rayon::prelude::*;
use std::ops::Range;

/// Right-hand sides that one task solves for.
const COLUMNS: usize = 256;
/// Rows of the solution that one task puts together.
const ROWS: usize = 64;

/// `A⁻¹·B`, `[n, n]`, of what `build` makes and the columns of `B` that `right_side` makes, `[n, columns]`: in single
/// precision, and where a pivot gets lost in rounding, anew in double.
pub fn solve(
    build: impl Fn() -> Symmetric<f32>,
    right_side: impl Fn(Range<usize>) -> Vec<f32> + Sync,
    job: &JobContext,
) -> Result<Vec<f32>, InverseError> {
    match build().solve(&right_side, job) {
        Err(InverseError::Pivot { .. }) => build().map(f64::from).solve(&right_side, job),
        done => done,
    }
}

impl<T: Scalar> Symmetric<T> {
    fn solve(
        mut self,
        right_side: &(impl Fn(Range<usize>) -> Vec<f32> + Sync),
        job: &JobContext,
    ) -> Result<Vec<f32>, InverseError> {
        let n = self.n;
        let starts: Vec<usize> = (0..n).step_by(COLUMNS).collect();
        job.stage("Solving", Unit::Steps, (self.panels.len() + starts.len()) as u64);
        let (diagonals, _) = self.factorise(job)?;
        let solved = starts.into_par_iter().map(|first| {
            let columns = first..n.min(first + COLUMNS);
            let width = columns.len();
            let mut values: Vec<T> =
                right_side(columns).into_iter().map(|value| T::from_f64(value.into())).collect();
            self.substitute(&diagonals, 0, &mut values, width, job)?;
            self.substitute_back(&diagonals, &mut values, width, job)?;
            job.advance(1);
            Ok(values.into_iter().map(|value| value.into() as f32).collect())
        });
        let solved: Vec<Vec<f32>> = solved.collect::<Result<_, Cancelled>>()?;
        drop(self);
        Ok(side_by_side(&solved, n))
    }

    /// `L⁻ᵀ·values`, `[n, width]`.
    fn substitute_back(
        &self,
        diagonals: &[Vec<T>],
        values: &mut [T],
        width: usize,
        job: &JobContext,
    ) -> Result<(), Cancelled> {
        for (panel, diagonal) in self.panels.iter().zip(diagonals).rev() {
            job.check()?;
            let height = panel.width;
            let (above, below) = values.split_at_mut((panel.first + height) * width);
            let solved = &mut above[panel.first * width..];
            let rows = self.n - panel.first - height;
            multiply(
                ViewMut::new(solved, height, width, width),
                T::ONE,
                T::from_f64(-1.0),
                View::new(&panel.values[height * height..], rows, height, height).transposed(),
                View::new(below, rows, width, width),
            );
            let right_side = solved.to_vec();
            multiply(
                ViewMut::new(solved, height, width, width),
                T::ZERO,
                T::ONE,
                View::new(diagonal, height, height, height).transposed(),
                View::new(&right_side, height, width, width),
            );
        }
        Ok(())
    }
}

/// Panels of columns, `[n, width]` each, as one matrix `[n, n]`.
fn side_by_side(panels: &[Vec<f32>], n: usize) -> Vec<f32> {
    let mut whole = vec![0.0; n * n];
    whole.par_chunks_mut((ROWS * n).max(1)).enumerate().for_each(|(chunk, rows)| {
        for (i, row) in (chunk * ROWS..).zip(rows.chunks_exact_mut(n)) {
            for (panel, columns) in panels.iter().zip(row.chunks_mut(COLUMNS)) {
                columns.copy_from_slice(&panel[i * columns.len()..][..columns.len()]);
            }
        }
    });
    whole
}

#[cfg(test)]
mod tests {
    use super::super::tests::{gram, naive_inverse};
    use super::*;
    use crate::nn::random::Random;

    /// Columns `columns` of a matrix `[n, n]` by rows.
    fn of(matrix: &[f32], n: usize, columns: Range<usize>) -> Vec<f32> {
        matrix.chunks_exact(n).flat_map(|row| &row[columns.clone()]).copied().collect()
    }

    #[test]
    fn equals_a_naive_inverse_times_the_right_hand_sides() {
        for n in [1, 127, 129, 300] {
            let matrix = gram(n, 400, 5.0, n as u64);
            let mut random = Random::new(7, 0);
            let sides: Vec<f32> = (0..n * n).map(|_| random.below(5) as f32).collect();
            let solved =
                solve(|| matrix.clone(), |columns| of(&sides, n, columns), &JobContext::default()).unwrap();
            let inverse = naive_inverse(&matrix);
            let expected = |i: usize, j: usize| -> f64 {
                (0..n).map(|k| inverse[i][k] * f64::from(sides[k * n + j])).sum()
            };
            let expected: Vec<f64> = (0..n * n).map(|at| expected(at / n, at % n)).collect();
            let scale = expected.iter().fold(0.0_f64, |best, value| best.max(value.abs()));
            for (at, (&found, expected)) in solved.iter().zip(expected).enumerate() {
                let error = (f64::from(found) - expected).abs();
                assert!(error < 2e-5 * scale, "n {n}, ({}, {}): off by {error}", at / n, at % n);
            }
        }
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        let n = 700;
        let matrix = gram(n, 300, 2.0, 9);
        let sides: Vec<f32> = (0..n * n).map(|at| (at % 7) as f32).collect();
        let solved = [1, 2, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let job = JobContext::default();
            pool.install(|| solve(|| matrix.clone(), |columns| of(&sides, n, columns), &job).unwrap())
        });
        assert!(solved.iter().all(|other| other == &solved[0]));
    }

    /// [[a + r, a], [a, a + r]]·x = (1, 0), where r is lost beside a in single precision: (a + r, −a) / (r² + 2ar).
    #[test]
    fn a_lost_pivot_is_found_in_double_precision() {
        let (a, ridge) = (1024.0_f32, 1.0 / 4096.0);
        let build = || {
            let mut matrix = Symmetric::zeros(2);
            matrix.panels_mut()[0].values.copy_from_slice(&[a + ridge, 0.0, a, a + ridge]);
            matrix
        };
        let identity = |columns| of(&[1.0, 0.0, 0.0, 1.0], 2, columns);
        let solved = solve(build, identity, &JobContext::default()).unwrap();
        let (a, ridge) = (f64::from(a), f64::from(ridge));
        let determinant = ridge * ridge + 2.0 * a * ridge;
        for (&found, expected) in solved.iter().zip([a + ridge, -a, -a, a + ridge]) {
            assert!((f64::from(found) * determinant / expected - 1.0).abs() < 1e-6, "{found}");
        }
    }
}
