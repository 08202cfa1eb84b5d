//! Inverse of a symmetric positive definite matrix by blocked Cholesky factorisation, and systems of it.
//!
//! `A = L·Lᵀ`, `W = L⁻¹`, `A⁻¹ = Wᵀ·W`, each a third of the n³ operations, nearly all of them in products of
//! tiles. Only the lower triangle is held, so the peak is two triangles: 4n² bytes in single precision. Tiles
//! are fixed and each is written by one task in a fixed order: the result is the same bit for bit on any number
//! of threads.
//!
//! Source: Golub and Van Loan, "Matrix Computations", 4th edition, sections 4.2.9 and 3.1.

mod solve;

use super::matmul::{Real, View, ViewMut, multiply};
use crate::jobs::{Cancelled, JobContext, Unit};
use rayon::prelude::*;

pub use solve::solve;

/// Columns of a panel.
const PANEL: usize = 128;
/// Rows of a panel that one task updates.
const ROWS: usize = 512;
/// Rounding grows with the rows of a matrix; smaller ones are judged as if they had this many.
const LEAST_ERROR_ROWS: usize = 64;

/// Why a matrix has no inverse here, and its systems no solution.
#[derive(Debug, thiserror::Error)]
pub enum InverseError {
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    #[error("the matrix is not positive definite: pivot {pivot:e} in row {row}; use more regularisation")]
    Pivot { row: usize, pivot: f64 },
}

/// Columns `first..first + width` of a lower triangle, from row `first` down.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel<T> {
    pub first: usize,
    pub width: usize,
    /// `[n - first, width]`, row-major; what lies above the diagonal has no meaning.
    pub values: Vec<T>,
}

/// The lower triangle of a symmetric `n × n` matrix, in panels of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Symmetric<T> {
    n: usize,
    panels: Vec<Panel<T>>,
}

/// An inverse and how it was come by.
#[derive(Debug)]
pub struct Inverse {
    pub matrix: Symmetric<f32>,
    /// Smallest squared diagonal element of `L`; small against the matrix means ill-conditioned.
    pub smallest_pivot: f64,
    /// Whether single precision was not enough.
    pub double_precision: bool,
}

/// Inverts what `build` makes: in single precision, and where a pivot gets lost in rounding, anew in double.
pub fn invert(build: impl Fn() -> Symmetric<f32>, job: &JobContext) -> Result<Inverse, InverseError> {
    match build().inverse(job) {
        Ok((matrix, smallest_pivot)) => Ok(Inverse { matrix, smallest_pivot, double_precision: false }),
        Err(InverseError::Pivot { .. }) => {
            let (matrix, smallest_pivot) = build().map(f64::from).inverse(job)?;
            Ok(Inverse { matrix: matrix.map(|value| value as f32), smallest_pivot, double_precision: true })
        }
        Err(cancelled) => Err(cancelled),
    }
}

/// What the factorisation needs of a number beyond products.
pub trait Scalar: Real + Into<f64> {
    const EPSILON: f64;
    fn from_f64(value: f64) -> Self;
    /// `target -= factor · source`, value by value.
    fn subtract_scaled(target: &mut [Self], factor: Self, source: &[Self]);
}

impl Scalar for f32 {
    const EPSILON: f64 = Self::EPSILON as f64;
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    #[inline]
    fn subtract_scaled(target: &mut [Self], factor: Self, source: &[Self]) {
        for (target, &source) in target.iter_mut().zip(source) {
            *target -= factor * source;
        }
    }
}

impl Scalar for f64 {
    const EPSILON: Self = Self::EPSILON;
    fn from_f64(value: Self) -> Self {
        value
    }
    #[inline]
    fn subtract_scaled(target: &mut [Self], factor: Self, source: &[Self]) {
        for (target, &source) in target.iter_mut().zip(source) {
            *target -= factor * source;
        }
    }
}

impl<T: Scalar> Symmetric<T> {
    pub fn zeros(n: usize) -> Self {
        let panels = (0..n)
            .step_by(PANEL)
            .map(|first| {
                let width = PANEL.min(n - first);
                Panel { first, width, values: vec![T::ZERO; (n - first) * width] }
            })
            .collect();
        Self { n, panels }
    }

    pub fn n(&self) -> usize {
        self.n
    }

    pub fn panels(&self) -> &[Panel<T>] {
        &self.panels
    }

    pub fn panels_mut(&mut self) -> &mut [Panel<T>] {
        &mut self.panels
    }

    /// The element of row `i` and column `j`.
    pub fn get(&self, i: usize, j: usize) -> T {
        let (row, column) = (i.max(j), i.min(j));
        let panel = &self.panels[column / PANEL];
        panel.values[(row - panel.first) * panel.width + column - panel.first]
    }

    /// Every element through a function; what was there is given back panel by panel.
    pub fn map<U: Scalar>(self, convert: impl Fn(T) -> U) -> Symmetric<U> {
        let panels = self
            .panels
            .into_iter()
            .map(|panel| Panel {
                first: panel.first,
                width: panel.width,
                values: panel.values.into_iter().map(&convert).collect(),
            })
            .collect();
        Symmetric { n: self.n, panels }
    }

    /// The inverse and the smallest pivot.
    pub fn inverse(mut self, job: &JobContext) -> Result<(Self, f64), InverseError> {
        job.stage("Inverting", Unit::Steps, 3 * self.panels.len() as u64);
        let (diagonals, smallest_pivot) = self.factorise(job)?;
        let triangle = self.triangular_inverse(&diagonals, job)?;
        drop(self);
        Ok((triangle.gram(job)?, smallest_pivot))
    }

    /// Replaces the matrix by `L`. Returns the inverses of its diagonal blocks and the smallest pivot.
    fn factorise(&mut self, job: &JobContext) -> Result<(Vec<Vec<T>>, f64), InverseError> {
        let largest = (0..self.n).map(|i| self.get(i, i).into()).fold(0.0, f64::max);
        // Below this, rounding may have reached a pivot's leading digits.
        let lost = largest * T::EPSILON * self.n.max(LEAST_ERROR_ROWS) as f64;
        let mut smallest = f64::INFINITY;
        let mut diagonals = Vec::with_capacity(self.panels.len());
        for at in 0..self.panels.len() {
            job.check()?;
            let (done, rest) = self.panels.split_at_mut(at + 1);
            let panel = &mut done[at];
            let width = panel.width;
            let (top, below) = panel.values.split_at_mut(width * width);
            let pivot = factorise_block(top, width, lost)
                .map_err(|(row, pivot)| InverseError::Pivot { row: panel.first + row, pivot })?;
            smallest = smallest.min(pivot);
            let inverse = invert_block(top, width);
            // L₂₁ = A₂₁ · L₁₁⁻ᵀ
            below.par_chunks_mut(ROWS * width).for_each(|rows| {
                let height = rows.len() / width;
                let old = rows.to_vec();
                multiply(
                    ViewMut::new(rows, height, width, width),
                    T::ZERO,
                    T::ONE,
                    View::new(&old, height, width, width),
                    View::new(&inverse, width, width, width).transposed(),
                );
            });
            // A₂₂ −= L₂₁ · L₂₁ᵀ, the lower triangle
            let panel = &done[at];
            let minus_one = T::from_f64(-1.0);
            rest.par_iter_mut().for_each(|target| {
                let columns = target.width;
                let first = target.first - panel.first;
                let right = View::new(&panel.values[first * width..], columns, width, width).transposed();
                target.values.par_chunks_mut(ROWS * columns).enumerate().for_each(|(chunk, rows)| {
                    if job.is_cancelled() {
                        return; // the next panel's check ends the work
                    }
                    let height = rows.len() / columns;
                    let left = &panel.values[(first + chunk * ROWS) * width..];
                    multiply(
                        ViewMut::new(rows, height, columns, columns),
                        T::ONE,
                        minus_one,
                        View::new(left, height, width, width),
                        right,
                    );
                });
            });
            diagonals.push(inverse);
            job.advance(1);
        }
        job.check()?;
        Ok((diagonals, smallest))
    }

    /// `L⁻¹`, one panel of the identity a task.
    fn triangular_inverse(&self, diagonals: &[Vec<T>], job: &JobContext) -> Result<Self, Cancelled> {
        let panels = (0..self.panels.len())
            .into_par_iter()
            .map(|at| {
                let Panel { first, width, .. } = self.panels[at];
                let mut values = vec![T::ZERO; (self.n - first) * width];
                for place in 0..width {
                    values[place * width + place] = T::ONE;
                }
                self.substitute(diagonals, at, &mut values, width, job)?;
                job.advance(1);
                Ok(Panel { first, width, values })
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok(Self { n: self.n, panels })
    }

    /// `L⁻¹·values` by forward substitution: `width` columns that are zero above panel `at`, `[n - its first, width]`.
    fn substitute(
        &self,
        diagonals: &[Vec<T>],
        at: usize,
        values: &mut [T],
        width: usize,
        job: &JobContext,
    ) -> Result<(), Cancelled> {
        let first = self.panels.get(at).map_or(0, |panel| panel.first);
        for (panel, diagonal) in self.panels.iter().zip(diagonals).skip(at) {
            job.check()?;
            let height = panel.width;
            let (_, from_block) = values.split_at_mut((panel.first - first) * width);
            let (solved, below) = from_block.split_at_mut(height * width);
            let right_side = solved.to_vec();
            multiply(
                ViewMut::new(solved, height, width, width),
                T::ZERO,
                T::ONE,
                View::new(diagonal, height, height, height),
                View::new(&right_side, height, width, width),
            );
            let rows = self.n - panel.first - height;
            multiply(
                ViewMut::new(below, rows, width, width),
                T::ONE,
                T::from_f64(-1.0),
                View::new(&panel.values[height * height..], rows, height, height),
                View::new(solved, height, width, width),
            );
        }
        Ok(())
    }

    /// `Wᵀ·W` of a lower triangular `W`.
    fn gram(&self, job: &JobContext) -> Result<Self, Cancelled> {
        let mut out = Self::zeros(self.n);
        out.panels.par_iter_mut().zip(&self.panels).try_for_each(|(target, column)| {
            let width = target.width;
            let at = target.first / PANEL;
            target.values.par_chunks_mut(PANEL * width).zip(&self.panels[at..]).try_for_each(
                |(tile, row)| {
                    job.check()?;
                    // Both factors are zero above row `row.first`.
                    let inner = self.n - row.first;
                    multiply(
                        ViewMut::new(tile, row.width, width, width),
                        T::ZERO,
                        T::ONE,
                        View::new(&row.values, inner, row.width, row.width).transposed(),
                        View::new(&column.values[(row.first - column.first) * width..], inner, width, width),
                    );
                    Ok::<(), Cancelled>(())
                },
            )?;
            job.advance(1);
            Ok::<(), Cancelled>(())
        })?;
        Ok(out)
    }
}

/// Factorises a `width × width` block in place and zeroes what lies above its diagonal. Returns the smallest
/// pivot, or the row and pivot that is not above `lost`.
fn factorise_block<T: Scalar>(block: &mut [T], width: usize, lost: f64) -> Result<f64, (usize, f64)> {
    let mut smallest = f64::INFINITY;
    let mut column = vec![T::ZERO; width];
    for j in 0..width {
        let pivot = block[j * width + j].into();
        // A NaN pivot is refused, too.
        if pivot.partial_cmp(&lost) != Some(std::cmp::Ordering::Greater) {
            return Err((j, pivot));
        }
        smallest = smallest.min(pivot);
        let root = pivot.sqrt();
        for i in j..width {
            column[i] = T::from_f64(block[i * width + j].into() / root);
            block[i * width + j] = column[i];
        }
        block[j * width + j + 1..(j + 1) * width].fill(T::ZERO);
        pulp::Arch::new().dispatch(|| {
            for i in j + 1..width {
                let row = &mut block[i * width + j + 1..=i * width + i];
                T::subtract_scaled(row, column[i], &column[j + 1..=i]);
            }
        });
    }
    Ok(smallest)
}

/// The inverse of a lower triangular block.
fn invert_block<T: Scalar>(block: &[T], width: usize) -> Vec<T> {
    let mut inverse = vec![T::ZERO; width * width];
    pulp::Arch::new().dispatch(|| {
        for i in 0..width {
            let (above, row) = inverse.split_at_mut(i * width);
            let row = &mut row[..width];
            for k in 0..i {
                T::subtract_scaled(&mut row[..=k], block[i * width + k], &above[k * width..=k * width + k]);
            }
            let diagonal: f64 = block[i * width + i].into();
            for value in &mut row[..i] {
                *value = T::from_f64((*value).into() / diagonal);
            }
            row[i] = T::from_f64(1.0 / diagonal);
        }
    });
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::random::Random;

    /// A random Gram matrix `XᵀX + λI` of 0/1 data, as EASE inverts.
    pub(super) fn gram(n: usize, rows: usize, lambda: f32, seed: u64) -> Symmetric<f32> {
        let mut random = Random::new(seed, 0);
        let data: Vec<f32> = (0..rows * n).map(|_| f32::from(u8::from(random.below(12) == 0))).collect();
        let mut matrix = Symmetric::zeros(n);
        for panel in matrix.panels_mut() {
            for (at, value) in panel.values.iter_mut().enumerate() {
                let (i, j) = (panel.first + at / panel.width, panel.first + at % panel.width);
                *value = (0..rows).map(|row| data[row * n + i] * data[row * n + j]).sum::<f32>()
                    + if i == j { lambda } else { 0.0 };
            }
        }
        matrix
    }

    /// Gauss and Jordan, in double precision, row by row: shares nothing with the code above.
    pub(super) fn naive_inverse(matrix: &Symmetric<f32>) -> Vec<Vec<f64>> {
        let n = matrix.n();
        let mut rows: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let mut row: Vec<f64> = (0..n).map(|j| f64::from(matrix.get(i, j))).collect();
                row.extend((0..n).map(|j| f64::from(u8::from(i == j))));
                row
            })
            .collect();
        for column in 0..n {
            let best =
                (column..n).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs())).unwrap();
            rows.swap(column, best);
            let pivot = rows[column][column];
            rows[column].iter_mut().for_each(|value| *value /= pivot);
            let source = rows[column].clone();
            for (i, row) in rows.iter_mut().enumerate() {
                if i != column {
                    let factor = row[column];
                    row.iter_mut().zip(&source).for_each(|(value, source)| *value -= factor * source);
                }
            }
        }
        rows.into_iter().map(|row| row[n..].to_vec()).collect()
    }

    #[test]
    fn equals_a_naive_inverse_at_every_shape_of_the_last_panel() {
        for n in [1, 2, 127, 128, 129, 300] {
            let matrix = gram(n, 400, 5.0, n as u64);
            let inverse = invert(|| matrix.clone(), &JobContext::default()).unwrap();
            assert!(!inverse.double_precision && inverse.smallest_pivot > 5.0 - 1e-3);
            let expected = naive_inverse(&matrix);
            let scale = expected.iter().flatten().fold(0.0_f64, |best, value| best.max(value.abs()));
            for (i, row) in expected.iter().enumerate() {
                for (j, &expected) in row.iter().enumerate() {
                    let error = (f64::from(inverse.matrix.get(i, j)) - expected).abs();
                    assert!(error < 2e-5 * scale, "n {n}, ({i}, {j}): off by {error}");
                }
            }
        }
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        let matrix = gram(700, 300, 2.0, 9);
        let inverses = [1, 2, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| invert(|| matrix.clone(), &JobContext::default()).unwrap().matrix)
        });
        assert!(inverses.iter().all(|inverse| inverse == &inverses[0]));
    }

    /// Two equal columns and a ridge of 1/4096: the second pivot, 1/2048, is lost beside 1024 in single precision.
    /// The inverse of [[a + r, a], [a, a + r]] is [[a + r, −a], [−a, a + r]] / (r² + 2ar).
    #[test]
    fn a_lost_pivot_is_found_in_double_precision() {
        let (a, ridge) = (1024.0_f32, 1.0 / 4096.0);
        let build = || {
            let mut matrix = Symmetric::zeros(2);
            matrix.panels_mut()[0].values.copy_from_slice(&[a + ridge, 0.0, a, a + ridge]);
            matrix
        };
        let inverse = invert(build, &JobContext::default()).unwrap();
        assert!(inverse.double_precision);
        let (a, ridge) = (f64::from(a), f64::from(ridge));
        let determinant = ridge * ridge + 2.0 * a * ridge;
        for (i, j, expected) in [(0, 0, (a + ridge) / determinant), (1, 0, -a / determinant)] {
            let found = f64::from(inverse.matrix.get(i, j));
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn a_singular_matrix_is_refused_by_row_and_pivot() {
        let build = || {
            let mut matrix = Symmetric::zeros(2);
            matrix.panels_mut()[0].values.copy_from_slice(&[1.0, 0.0, 1.0, 1.0]);
            matrix
        };
        let error = invert(build, &JobContext::default()).unwrap_err().to_string();
        assert!(error.contains("row 1") && error.contains("regularisation"), "{error}");
    }
}
