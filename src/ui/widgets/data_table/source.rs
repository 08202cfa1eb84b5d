//! What a table shows, and in which order.

use crate::jobs::{JobContext, Unit};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    pub name: String,
    /// Numbers stand at the right, and sort and filter as numbers.
    pub numeric: bool,
    /// The width to begin with, in points.
    pub width: f32,
    /// Shown on hover over the head; may be empty.
    pub help: String,
}

impl TableColumn {
    pub fn text(name: impl Into<String>, width: f32) -> Self {
        Self { name: name.into(), numeric: false, width, help: String::new() }
    }

    pub fn number(name: impl Into<String>, width: f32) -> Self {
        Self { numeric: true, ..Self::text(name, width) }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// What the person wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableQuery {
    /// Column and whether the largest comes first.
    pub sort: Option<(usize, bool)>,
    /// One text a column; empty texts filter nothing.
    pub filters: Vec<String>,
}

impl TableQuery {
    /// Whether every row is shown in its own order.
    pub fn is_plain(&self) -> bool {
        self.sort.is_none() && self.filters.iter().all(|filter| filter.trim().is_empty())
    }
}

/// Rows and cells, from anywhere. Shared with the thread that sorts and filters.
pub trait TableSource: Send + Sync {
    fn columns(&self) -> &[TableColumn];

    fn rows(&self) -> usize;

    /// A cell as text. Called for visible cells in every frame: it must be quick.
    fn cell(&self, row: usize, column: usize) -> Cow<'_, str>;

    /// The rows a query asks for, in order. Runs in a job; sources that know better than looking at every cell
    /// do it their own way.
    fn order(&self, query: &TableQuery, job: &JobContext) -> anyhow::Result<Vec<u32>> {
        order_by_cells(self, query, job)
    }
}

/// A condition on one cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellFilter {
    /// Holds the text, in any case.
    Contains(String),
    /// Lies between, both ends included.
    Between(f64, f64),
    Below(f64),
    Above(f64),
}

impl CellFilter {
    /// Reads a filter as typed; `None` for an empty one. For numbers: `5`, `>5`, `>=5`, `<5`, `<=5`, `2..5`.
    pub fn parse(text: &str, numeric: bool) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let number = |text: &str| text.trim().replace(',', "").parse::<f64>().ok();
        let by_number = || {
            if let Some((low, high)) = text.split_once("..") {
                return Some(Self::Between(number(low)?, number(high)?));
            }
            if let Some(rest) = text.strip_prefix(">=") {
                return Some(Self::Between(number(rest)?, f64::INFINITY));
            }
            if let Some(rest) = text.strip_prefix("<=") {
                return Some(Self::Between(f64::NEG_INFINITY, number(rest)?));
            }
            if let Some(rest) = text.strip_prefix('>') {
                return Some(Self::Above(number(rest)?));
            }
            if let Some(rest) = text.strip_prefix('<') {
                return Some(Self::Below(number(rest)?));
            }
            let value = number(text.strip_prefix('=').unwrap_or(text))?;
            Some(Self::Between(value, value))
        };
        let numbers = if numeric { by_number() } else { None };
        numbers.or_else(|| Some(Self::Contains(text.to_lowercase())))
    }

    pub fn holds(&self, cell: &str) -> bool {
        let number = || cell_number(cell);
        match self {
            Self::Contains(text) => cell.to_lowercase().contains(text),
            Self::Between(low, high) => number().is_some_and(|value| (*low..=*high).contains(&value)),
            Self::Below(limit) => number().is_some_and(|value| value < *limit),
            Self::Above(limit) => number().is_some_and(|value| value > *limit),
        }
    }
}

/// A cell as a number, with or without thousands separators.
pub fn cell_number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    cell.parse().ok().or_else(|| cell.replace(',', "").parse().ok())
}

/// Filters and sorts by looking at every cell.
fn order_by_cells<S: TableSource + ?Sized>(
    source: &S,
    query: &TableQuery,
    job: &JobContext,
) -> anyhow::Result<Vec<u32>> {
    const LOOK: usize = 4096;
    let columns = source.columns();
    let filters: Vec<_> = query
        .filters
        .iter()
        .enumerate()
        .filter_map(|(column, text)| {
            let numeric = columns.get(column)?.numeric;
            Some((column, CellFilter::parse(text, numeric)?))
        })
        .collect();
    job.stage("Filtering", Unit::Rows, source.rows() as u64);
    let mut kept = Vec::new();
    for row in 0..source.rows() {
        if row % LOOK == 0 {
            job.check()?;
            job.advance(LOOK as u64);
        }
        if filters.iter().all(|(column, filter)| filter.holds(&source.cell(row, *column))) {
            kept.push(row as u32);
        }
    }
    let Some((column, descending)) = query.sort else { return Ok(kept) };
    job.stage("Sorting", Unit::Rows, 0);
    let flip = |ordering: Ordering| if descending { ordering.reverse() } else { ordering };
    if columns.get(column).is_some_and(|column| column.numeric) {
        let mut keyed: Vec<_> = Vec::with_capacity(kept.len());
        for (index, row) in kept.into_iter().enumerate() {
            if index % LOOK == 0 {
                job.check()?;
            }
            keyed.push((cell_number(&source.cell(row as usize, column)), row));
        }
        // Cells that are no numbers come last either way.
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) => flip(a.total_cmp(b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        job.check()?;
        return Ok(keyed.into_iter().map(|(_, row)| row).collect());
    }
    let mut keyed: Vec<_> = Vec::with_capacity(kept.len());
    for (index, row) in kept.into_iter().enumerate() {
        if index % LOOK == 0 {
            job.check()?;
        }
        keyed.push((source.cell(row as usize, column).to_lowercase(), row));
    }
    keyed.sort_by(|(a, _), (b, _)| match (a.is_empty(), b.is_empty()) {
        (false, false) => flip(a.cmp(b)),
        (a, b) => a.cmp(&b),
    });
    job.check()?;
    Ok(keyed.into_iter().map(|(_, row)| row).collect())
}

/// A small table held in memory.
#[derive(Debug, Clone, Default)]
pub struct TextTable {
    pub columns: Vec<TableColumn>,
    pub rows: Vec<Vec<String>>,
}

impl TableSource for TextTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        self.rows
            .get(row)
            .and_then(|cells| cells.get(column))
            .map_or(Cow::Borrowed(""), |c| c.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn films() -> TextTable {
        let rows = [("Alien", "1979"), ("Brazil", "1985"), ("aliens", "1986"), ("Clue", "")];
        TextTable {
            columns: vec![TableColumn::text("title", 100.0), TableColumn::number("year", 60.0)],
            rows: rows.iter().map(|(a, b)| vec![(*a).to_owned(), (*b).to_owned()]).collect(),
        }
    }

    fn order(sort: Option<(usize, bool)>, filters: &[&str]) -> Vec<u32> {
        let filters = filters.iter().map(|text| (*text).to_owned()).collect();
        films().order(&TableQuery { sort, filters }, &JobContext::default()).unwrap()
    }

    #[test]
    fn filters_read_text_and_numbers() {
        assert_eq!(order(None, &["ALIEN"]), [0, 2]);
        assert_eq!(order(None, &["", ">1979"]), [1, 2]);
        assert_eq!(order(None, &["", ">=1979"]), [0, 1, 2]);
        assert_eq!(order(None, &["", "1980..1985"]), [1]);
        assert_eq!(order(None, &["", "1986"]), [2]);
        assert_eq!(order(None, &["l", "<1986"]), [0, 1]);
    }

    #[test]
    fn empty_cells_sort_last_both_ways() {
        assert_eq!(order(Some((1, false)), &[]), [0, 1, 2, 3]);
        assert_eq!(order(Some((1, true)), &[]), [2, 1, 0, 3]);
        assert_eq!(order(Some((0, true)), &[]), [3, 1, 2, 0]);
    }

    #[test]
    fn a_cancelled_job_stops_sorting() {
        let job = JobContext::default();
        job.cancel();
        assert!(films().order(&TableQuery::default(), &job).is_err());
    }
}
