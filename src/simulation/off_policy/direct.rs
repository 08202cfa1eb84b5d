//! The guess of a reward from what is shown and where.

use super::log::{Log, Target};

/// Rows of everything that an action's own are weighed against, and of an action that a position's own are.
const PRIOR: f64 = 5.0;
/// Rows that spread as all do, added to a cell's own before its spread is taken.
const PRIOR_OF_SPREAD: f64 = 10.0;

/// Mean rewards of actions at positions, drawn towards the action's over all positions, and those towards the mean of all.
///
/// Fitted twice, each time without one half of the rows, so that no row is guessed from itself.
pub(super) struct Guess {
    /// `[2][positions × actions]`.
    halves: [Vec<f64>; 2],
    /// Of an action never logged.
    means: [f64; 2],
}

impl Guess {
    pub(super) fn of(log: &Log) -> Self {
        let fitted = [0, 1].map(|left_out| fit(log, left_out));
        let [(first, first_mean), (second, second_mean)] = fitted;
        Self { halves: [first, second], means: [first_mean, second_mean] }
    }

    /// q̂ of an action where a row of the log was shown.
    pub(super) fn of_row(&self, log: &Log, row: usize, action: u32) -> f64 {
        let n_actions = log.actions().len();
        let half = row % 2;
        if action as usize >= n_actions {
            return self.means[half];
        }
        self.halves[half][log.position(row) as usize * n_actions + action as usize]
    }
}

/// The standard error of the mean of `direct`, Σₐ π(a) q̂(a) of each row: that of the rows, and that of the mean rewards
/// it is made of, each half's by the rows of the other.
pub(super) fn standard_error(log: &Log, target: &Target, direct: &[f64]) -> f64 {
    let n_actions = log.actions().len();
    let n = log.len() as f64;
    let cells = log.n_positions() * n_actions;
    let halves = || [vec![0.0; cells], vec![0.0; cells]];
    let (mut shares, mut counts) = (halves(), halves());
    let (mut sums, mut squares) = (vec![0.0; cells], vec![0.0; cells]);
    for row in 0..log.len() {
        let (half, first) = (row % 2, log.position(row) as usize * n_actions);
        for &(action, chance) in target.list(log, row) {
            if (action as usize) < n_actions {
                shares[half][first + action as usize] += chance / n;
            }
        }
        let (cell, reward) = (first + log.action(row) as usize, log.reward(row));
        counts[1 - half][cell] += 1.0;
        sums[cell] += reward;
        squares[cell] += reward * reward;
    }
    let all = sums.iter().sum::<f64>() / n;
    let spread = squares.iter().sum::<f64>() / n - all * all;
    // A cell with few rows is taken to spread as all rows do.
    let of_cells: f64 = (0..cells)
        .map(|cell| {
            let count = counts[0][cell] + counts[1][cell];
            let mean = if count > 0.0 { sums[cell] / count } else { all };
            let own = squares[cell] - count * mean * mean;
            let variance = (own + PRIOR_OF_SPREAD * spread) / (count + PRIOR_OF_SPREAD);
            let of_half = |half: usize| shares[half][cell].powi(2) / counts[half][cell].max(1.0);
            variance * (of_half(0) + of_half(1))
        })
        .sum();
    let mean = direct.iter().sum::<f64>() / n;
    let of_rows = direct.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n / n;
    (of_cells + of_rows).sqrt()
}

/// Mean rewards without the rows of one half, and the mean of all the others.
fn fit(log: &Log, left_out: usize) -> (Vec<f64>, f64) {
    let n_actions = log.actions().len();
    let mut of_action = vec![(0.0, 0.0); n_actions];
    let mut of_cell = vec![(0.0, 0.0); log.n_positions() * n_actions];
    let mut all = (0.0, 0.0);
    for row in (0..log.len()).filter(|row| row % 2 != left_out) {
        let (action, reward) = (log.action(row) as usize, log.reward(row));
        let cell = log.position(row) as usize * n_actions + action;
        for sums in [&mut of_action[action], &mut of_cell[cell], &mut all] {
            sums.0 += reward;
            sums.1 += 1.0;
        }
    }
    let mean = if all.1 > 0.0 { all.0 / all.1 } else { 0.0 };
    let drawn = |(sum, count): (f64, f64), towards: f64| (sum + PRIOR * towards) / (count + PRIOR);
    let of_action: Vec<f64> = of_action.into_iter().map(|sums| drawn(sums, mean)).collect();
    let of_cell = of_cell.into_iter().enumerate();
    (of_cell.map(|(cell, sums)| drawn(sums, of_action[cell % n_actions])).collect(), mean)
}
