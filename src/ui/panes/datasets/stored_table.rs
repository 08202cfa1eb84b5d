//! A stored dataset as a table to look at.

use super::super::moments::utc_words;
use crate::domain::schema::{FieldType, Schema};
use crate::jobs::{JobContext, Unit};
use crate::studio::Table;
use crate::ui::widgets::data_table::{CellFilter, TableColumn, TableQuery, TableSource};
use std::borrow::Cow;
use std::sync::Arc;

/// Rows that say how wide a column is and how many decimals it has.
const LOOKED_AT: usize = 50;
/// Rows looked at between two looks at the cancel flag.
const LOOK: usize = 16_384;

/// The rows of a dataset; times are shown as dates.
pub(super) struct StoredTable {
    columns: Vec<TableColumn>,
    /// Which columns hold epoch seconds.
    times: Vec<bool>,
    /// How many decimals the first cells of a column of fractions have: all of them are shown with as many.
    decimals: Vec<usize>,
    table: Arc<Table>,
}

impl StoredTable {
    pub(super) fn new(table: Arc<Table>, schema: &Schema) -> Self {
        let names = table.columns();
        let is_time = |name: &String| {
            matches!(
                name.as_str(),
                "TIMESTAMP" | "CREATION_TIMESTAMP" | "EXPIRATION_TIMESTAMP" | "ACTION_EXPIRATION_TIMESTAMP"
            )
        };
        let times: Vec<bool> = names.iter().map(is_time).collect();
        let decimals = names.iter().enumerate().map(|(place, name)| {
            let is_fraction = |kind| matches!(kind, FieldType::Float | FieldType::Double);
            if !schema.field(name).is_some_and(|field| is_fraction(field.kind)) {
                return 0;
            }
            let first = (0..table.rows().min(LOOKED_AT)).map(|row| decimals_of(&table.cell(row, place)));
            first.max().unwrap_or(0)
        });
        let decimals = decimals.collect();
        let columns = names.iter().zip(&times).enumerate().map(|(place, (name, is_time))| {
            let field = schema.field(name);
            let numeric = field.is_some_and(|field| field.kind.is_number()) && !is_time;
            let looked_at =
                (0..table.rows().min(LOOKED_AT)).map(|row| table.cell(row, place).chars().count()).max();
            let longest = looked_at.unwrap_or(0).max(name.chars().count() + 2) as f32;
            let width = if *is_time { 160.0 } else { (longest * 8.0 + 20.0).clamp(90.0, 300.0) };
            let kind = field.map_or("", |field| field.kind.as_str());
            let help = if *is_time { "Epoch seconds, shown as date and time in UTC" } else { kind };
            TableColumn { numeric, ..TableColumn::text(name, width) }.help(format!("{name}: {help}"))
        });
        Self { columns: columns.collect(), times, decimals, table }
    }

    /// Marks the rows whose cell passes one more filter.
    fn narrow(&self, kept: &mut [bool], column: usize, text: &str, job: &JobContext) -> anyhow::Result<()> {
        let Some(described) = self.columns.get(column) else { return Ok(()) };
        let Some(filter) = CellFilter::parse(text, described.numeric) else { return Ok(()) };
        let is_time = self.times.get(column) == Some(&true);
        if let (CellFilter::Contains(text), false) = (&filter, is_time) {
            let mut found = vec![false; kept.len()];
            for row in self.table.filtered(&described.name, text) {
                found[row as usize] = true;
            }
            job.check()?;
            kept.iter_mut().zip(found).for_each(|(kept, found)| *kept &= found);
            return Ok(());
        }
        job.stage("Filtering", Unit::Rows, kept.len() as u64);
        for (row, kept) in kept.iter_mut().enumerate() {
            if row % LOOK == 0 {
                job.check()?;
                job.advance(LOOK as u64);
            }
            *kept = *kept && filter.holds(&self.cell(row, column));
        }
        Ok(())
    }
}

fn decimals_of(cell: &str) -> usize {
    cell.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// A number's text with zeros up to that many decimals; what has more keeps them.
fn with_decimals(mut cell: String, wanted: usize) -> String {
    let there = decimals_of(&cell);
    if there < wanted && cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
        if there == 0 {
            cell.push('.');
        }
        cell.extend(std::iter::repeat_n('0', wanted - there));
    }
    cell
}

impl TableSource for StoredTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.table.rows()
    }

    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let cell = self.table.cell(row, column);
        if self.times.get(column) == Some(&true)
            && let Ok(seconds) = cell.parse()
        {
            return utc_words(seconds).into();
        }
        let wanted = self.decimals.get(column).copied().unwrap_or(0);
        if wanted > 0 && !cell.is_empty() { with_decimals(cell, wanted).into() } else { cell.into() }
    }

    fn order(&self, query: &TableQuery, job: &JobContext) -> anyhow::Result<Vec<u32>> {
        let mut kept = vec![true; self.rows()];
        for (column, text) in query.filters.iter().enumerate() {
            self.narrow(&mut kept, column, text, job)?;
        }
        job.stage("Sorting", Unit::Rows, 0);
        let sorted =
            query.sort.and_then(|(column, descending)| Some((self.columns.get(column)?, descending)));
        let order = match sorted {
            Some((column, descending)) => self.table.sorted(&column.name, descending),
            None => (0..self.rows() as u32).collect(),
        };
        job.check()?;
        Ok(order.into_iter().filter(|row| kept[*row as usize]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::with_decimals;

    #[test]
    fn numbers_of_a_column_stand_under_each_other() {
        for (cell, shown) in
            [("1", "1.00"), ("0.5", "0.50"), ("2.25", "2.25"), ("0.125", "0.125"), ("inf", "inf")]
        {
            assert_eq!(with_decimals(cell.to_owned(), 2), shown);
        }
    }
}
