//! Logistic regression with a ridge, by Newton's method.
//!
//! Sums over rows are taken in pieces of fixed size and added up in their order: the same bits on any number of threads.

use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;

/// Rows whose sums one task takes.
const PIECE: usize = 512;
/// Steps at most; it converges in well under ten.
const STEPS: usize = 25;
/// A step that gains less than this share of the loss is the last.
const TOLERANCE: f64 = 1e-9;

/// Rows of numbers with an outcome each.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// `[all rows, width]`, row-major.
    pub numbers: &'a [f32],
    pub width: usize,
    pub outcomes: &'a [bool],
    /// The rows that are looked at.
    pub chosen: &'a [u32],
    /// Log odds that each row has already, `[all rows]`.
    pub offsets: &'a [f64],
}

/// Coefficients and, last, the intercept; `[width + 1]`.
pub type Coefficients = Vec<f64>;

/// The probability of log odds.
pub fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// `ln(1 + exp(logit)) - outcome · logit`: the loss of a prediction in log odds.
pub fn loss(logit: f64, outcome: bool) -> f64 {
    let softplus = logit.max(0.0) + (-logit.abs()).exp().ln_1p();
    softplus - if outcome { logit } else { 0.0 }
}

impl Rows<'_> {
    fn row(&self, row: u32) -> &[f32] {
        &self.numbers[row as usize * self.width..][..self.width]
    }

    /// The log odds of a row.
    pub fn logit(&self, row: u32, coefficients: &[f64]) -> f64 {
        let (weights, intercept) = coefficients.split_at(self.width);
        let sum: f64 = self.row(row).iter().zip(weights).map(|(x, w)| f64::from(*x) * w).sum();
        self.offsets[row as usize] + sum + intercept[0]
    }

    /// The coefficients that make the outcomes most likely, less `ridge / 2` times the square of each coefficient and
    /// `intercept_ridge / 2` times that of the intercept.
    pub fn fit(&self, ridge: f64, intercept_ridge: f64, job: &JobContext) -> Result<Coefficients, Cancelled> {
        let size = self.width + 1;
        let penalty = |at: usize| if at == self.width { intercept_ridge } else { ridge };
        let mut coefficients = vec![0.0; size];
        let mut loss = self.loss(&coefficients, penalty);
        for _ in 0..STEPS {
            job.check()?;
            let (mut gradient, mut hessian) = self.sums(&coefficients);
            for at in 0..size {
                gradient[at] += penalty(at) * coefficients[at];
                // A little more than the ridge, so that a column of zeros without one has a solution, too.
                hessian[at * size + at] += penalty(at) + 1e-9;
            }
            let step = solve(hessian, gradient);
            let mut scale = 1.0;
            let (mut next, mut next_loss);
            loop {
                next = coefficients.iter().zip(&step).map(|(c, s)| c - scale * s).collect::<Vec<f64>>();
                next_loss = self.loss(&next, penalty);
                if next_loss <= loss || scale < 1e-4 {
                    break;
                }
                scale *= 0.5;
            }
            let gain = loss - next_loss;
            if gain <= 0.0 {
                break;
            }
            (coefficients, loss) = (next, next_loss);
            if gain < TOLERANCE * loss.abs() {
                break;
            }
        }
        Ok(coefficients)
    }

    fn loss(&self, coefficients: &[f64], penalty: impl Fn(usize) -> f64) -> f64 {
        let pieces: Vec<f64> = self
            .chosen
            .par_chunks(PIECE)
            .map(|piece| {
                piece
                    .iter()
                    .map(|&row| loss(self.logit(row, coefficients), self.outcomes[row as usize]))
                    .sum()
            })
            .collect();
        let ridge: f64 = coefficients.iter().enumerate().map(|(at, c)| 0.5 * penalty(at) * c * c).sum();
        pieces.iter().sum::<f64>() + ridge
    }

    /// Gradient `[width + 1]` and the lower half of the Hessian `[width + 1, width + 1]` of the loss.
    fn sums(&self, coefficients: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let size = self.width + 1;
        let pieces: Vec<(Vec<f64>, Vec<f64>)> = self
            .chosen
            .par_chunks(PIECE)
            .map(|piece| {
                let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
                let mut row_numbers = vec![1.0; size];
                for &row in piece {
                    for (to, from) in row_numbers.iter_mut().zip(self.row(row)) {
                        *to = f64::from(*from);
                    }
                    let probability = sigmoid(self.logit(row, coefficients));
                    let error = probability - f64::from(u8::from(self.outcomes[row as usize]));
                    let weight = probability * (1.0 - probability);
                    for (at, &number) in row_numbers.iter().enumerate() {
                        gradient[at] += error * number;
                        let weighted = weight * number;
                        let line = &mut hessian[at * size..=at * size + at];
                        line.iter_mut().zip(&row_numbers).for_each(|(sum, other)| *sum += weighted * other);
                    }
                }
                (gradient, hessian)
            })
            .collect();
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
        for (of_gradient, of_hessian) in pieces {
            gradient.iter_mut().zip(of_gradient).for_each(|(sum, part)| *sum += part);
            hessian.iter_mut().zip(of_hessian).for_each(|(sum, part)| *sum += part);
        }
        (gradient, hessian)
    }
}

/// Solves a positive definite system of which the lower half is given, by Cholesky's factorisation.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for row in 0..n {
        for column in 0..=row {
            let sum: f64 = (0..column).map(|at| matrix[row * n + at] * matrix[column * n + at]).sum();
            let left = matrix[row * n + column] - sum;
            matrix[row * n + column] =
                if row == column { left.max(1e-12).sqrt() } else { left / matrix[column * n + column] };
        }
    }
    for row in 0..n {
        let sum: f64 = (0..row).map(|at| matrix[row * n + at] * right[at]).sum();
        right[row] = (right[row] - sum) / matrix[row * n + row];
    }
    for row in (0..n).rev() {
        let sum: f64 = (row + 1..n).map(|at| matrix[at * n + row] * right[at]).sum();
        right[row] = (right[row] - sum) / matrix[row * n + row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<'a>(numbers: &'a [f32], outcomes: &'a [bool], chosen: &'a [u32], offsets: &'a [f64]) -> Rows<'a> {
        Rows { numbers, width: numbers.len() / outcomes.len(), outcomes, chosen, offsets }
    }

    /// Two groups, 3 of 4 and 1 of 5 with the outcome: without a ridge the log odds are ln 3 and -ln 4.
    #[test]
    fn the_log_odds_of_two_groups_are_found() {
        let numbers: Vec<f32> = [vec![1.0; 4], vec![0.0; 5]].concat();
        let outcomes = [true, true, true, false, true, false, false, false, false];
        let chosen: Vec<u32> = (0..9).collect();
        let rows = rows(&numbers, &outcomes, &chosen, &[0.0; 9]);
        let found = rows.fit(0.0, 0.0, &JobContext::default()).unwrap();
        let expected = [3.0_f64.ln() + 4.0_f64.ln(), -(4.0_f64.ln())];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
    }

    /// At the best coefficients the gradient with its ridge is zero: checked by differences of the loss.
    #[test]
    fn the_penalised_loss_is_least() {
        let mut random = crate::nn::random::Random::new(1, 2);
        let numbers: Vec<f32> = (0..300 * 3).map(|_| random.normal()).collect();
        let outcomes: Vec<bool> = (0..300).map(|row| random.normal() + numbers[row * 3] > 0.3).collect();
        let offsets: Vec<f64> = (0..300).map(|_| f64::from(random.normal()) * 0.2).collect();
        let chosen: Vec<u32> = (0..250).collect();
        let rows = rows(&numbers, &outcomes, &chosen, &offsets);
        let found = rows.fit(2.0, 0.5, &JobContext::default()).unwrap();
        let penalty = |at: usize| if at == 3 { 0.5 } else { 2.0 };
        for at in 0..4 {
            let moved = |by: f64| {
                let mut moved = found.clone();
                moved[at] += by;
                rows.loss(&moved, penalty)
            };
            let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            assert!(slope.abs() < 1e-4, "{at}: {slope}");
        }
    }
}
