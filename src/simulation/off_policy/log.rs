//! A log and a policy, in numbers.

use crate::data::{LoggedRow, Vocabulary};

/// What was shown, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    actions: Vocabulary,
    positions: Vocabulary,
    rows: Vec<Row>,
    /// Whether an action was ever shown at a position, `[positions × actions]`.
    shown: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    action: u32,
    position: u32,
    reward: f64,
    propensity: f64,
}

/// Why a log says nothing of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    #[error("the log has no rows; give one with what was shown and what came of it")]
    Empty,
    #[error("the log has no column propensity_score; give the chance with which each row was shown")]
    NoPropensities,
}

impl Log {
    /// From rows that say with which chance they were shown.
    pub fn new(rows: &[LoggedRow]) -> Result<Self, LogError> {
        if rows.is_empty() {
            return Err(LogError::Empty);
        }
        let actions = Vocabulary::new(rows.iter().map(|row| &row.item));
        let positions = Vocabulary::new(rows.iter().map(|row| &row.position));
        let row = |row: &LoggedRow| {
            Ok(Row {
                action: actions.index(&row.item).unwrap_or_default(),
                position: positions.index(&row.position).unwrap_or_default(),
                reward: row.reward,
                propensity: row.propensity.ok_or(LogError::NoPropensities)?,
            })
        };
        let rows = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let mut shown = vec![false; actions.len() * positions.len()];
        for row in &rows {
            shown[row.position as usize * actions.len() + row.action as usize] = true;
        }
        Ok(Self { actions, positions, rows, shown })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn actions(&self) -> &Vocabulary {
        &self.actions
    }

    pub(super) fn n_positions(&self) -> usize {
        self.positions.len()
    }

    pub(super) fn action(&self, row: usize) -> u32 {
        self.rows[row].action
    }

    pub(super) fn position(&self, row: usize) -> u32 {
        self.rows[row].position
    }

    pub(super) fn reward(&self, row: usize) -> f64 {
        self.rows[row].reward
    }

    pub(super) fn propensity(&self, row: usize) -> f64 {
        self.rows[row].propensity
    }

    /// Whether an action was ever shown where that row was.
    pub(super) fn was_shown(&self, row: usize, action: u32) -> bool {
        let at = self.rows[row].position as usize * self.actions.len() + action as usize;
        (action as usize) < self.actions.len() && self.shown[at]
    }
}

/// A policy asked about: what it shows with which chance. Chances of a list add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// For people.
    pub name: String,
    /// Actions with their chances, ascending by action; an action that the log does not know is past its last.
    lists: Vec<Vec<(u32, f64)>>,
    /// The list of each row of the log; none where the row's position says it.
    of_row: Option<Vec<u32>>,
}

impl Target {
    /// Everything that was ever logged, evenly.
    pub fn uniform(log: &Log) -> Self {
        let n = log.actions.len();
        let list: Vec<(u32, f64)> = (0..n as u32).map(|action| (action, 1.0 / n as f64)).collect();
        Self { name: "uniform".to_owned(), lists: vec![list; log.positions.len()], of_row: None }
    }

    /// What another log shows at each position, as often as it does there; what it shows at a position that it does not
    /// have, as often as anywhere.
    pub fn of_log(name: impl Into<String>, log: &Log, other: &[LoggedRow]) -> Self {
        let unknown = log.actions.len() as u32;
        let list = |position: &str| {
            let there = |row: &&LoggedRow| row.position == position;
            let any = other.iter().any(|row| row.position == position);
            let mut counts = vec![0_u32; log.actions.len() + 1];
            for row in other.iter().filter(|row| !any || there(row)) {
                counts[log.actions.index(&row.item).unwrap_or(unknown) as usize] += 1;
            }
            let all = f64::from(counts.iter().sum::<u32>().max(1));
            let shares = (0..).zip(counts).filter(|&(_, count)| count > 0);
            shares.map(|(action, count)| (action, f64::from(count) / all)).collect()
        };
        Self { name: name.into(), lists: log.positions.iter().map(list).collect(), of_row: None }
    }

    /// Lists shown whole, each item at a random place, one list for each row of the log. An item that the log does not
    /// know may have any index past its last.
    pub fn of_lists(name: impl Into<String>, lists: &[Vec<u32>], of_row: Vec<u32>) -> Self {
        let list = |list: &Vec<u32>| {
            let share = 1.0 / list.len().max(1) as f64;
            let mut list: Vec<(u32, f64)> = list.iter().map(|&action| (action, share)).collect();
            list.sort_unstable_by_key(|&(action, _)| action);
            list
        };
        Self { name: name.into(), lists: lists.iter().map(list).collect(), of_row: Some(of_row) }
    }

    pub(super) fn list(&self, log: &Log, row: usize) -> &[(u32, f64)] {
        match &self.of_row {
            Some(of_row) => &self.lists[of_row[row] as usize],
            None => &self.lists[log.position(row) as usize],
        }
    }

    /// π: the chance of an action where a row of the log was shown.
    pub(super) fn chance(&self, log: &Log, row: usize, action: u32) -> f64 {
        let list = self.list(log, row);
        list.binary_search_by_key(&action, |&(action, _)| action).map_or(0.0, |at| list[at].1)
    }

    /// Σₐ π(a) value(a) where a row of the log was shown.
    pub(super) fn mean(&self, log: &Log, row: usize, value: impl Fn(u32) -> f64) -> f64 {
        self.list(log, row).iter().map(|&(action, chance)| chance * value(action)).sum()
    }
}
