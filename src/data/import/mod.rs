//! Text rows and a mapping become a checked table with its schema; every row that breaks a rule is kept as a
//! problem, and nothing aborts for it unless asked to.

mod convert;
mod fields;
mod joined;
mod mending;
mod text;

#[cfg(test)]
mod speed;
#[cfg(test)]
mod tests;

pub(super) use text::clean_column;

use super::preview::Preview;
use super::repeats;
use super::source::{RawTable, RowNumbers, Source, read};
use super::{DataError, Table};
use crate::domain::DatasetType;
use crate::domain::clock::now;
use crate::domain::mapping::Mapping;
use crate::domain::mend::Mend;
use crate::domain::problem::{Problem, Rule};
use crate::domain::schema::Schema;
use crate::jobs::{JobContext, Unit};
use fields::FieldPlan;
use polars::prelude::*;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an import does with the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ImportMode {
    /// Replaces all rows.
    #[default]
    Full,
    /// Adds rows; a row of Items, Users or Actions with a known key replaces the old one.
    Incremental,
}

/// How a file is imported.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Tried in their order on rows that break a rule.
    pub mends: Vec<Mend>,
    /// A row that breaks a rule aborts the import. Repeats break nothing.
    pub strict: bool,
    /// The schema the rows must follow; without it the mapping makes one.
    pub schema: Option<Schema>,
}

/// A dataset as it was read.
#[derive(Debug, Clone)]
pub struct Imported {
    pub table: Table,
    pub schema: Schema,
    /// Every row that was left out, by row; several where a row breaks several rules.
    pub problems: Vec<Problem>,
    /// What the person should know though no row was left out for it.
    pub warnings: Vec<String>,
    /// The mends of the options, and the cells that each repaired or the rows it dropped.
    pub mended: Vec<(Mend, u64)>,
    /// Data rows of the file.
    pub rows: u64,
    /// Rows of the table.
    pub accepted: u64,
    /// Rows of the file that are not in the table.
    pub rejected: u64,
    /// Distinct users and items (or actions) of the table.
    pub users: u64,
    pub items: u64,
}

/// Reads a file and checks it.
pub fn import(
    source: &Source,
    mapping: &Mapping,
    options: &ImportOptions,
    job: &JobContext,
) -> Result<Imported, DataError> {
    let raw = read(source, &fields::wanted(mapping, options), job)?;
    check(raw, &source.display_name(), mapping, options, now(), job)
}

/// Checks the first rows of a file, so that a mapping can be judged before the whole file is read.
pub fn import_sample(
    sample: &Preview,
    file: &str,
    mapping: &Mapping,
    job: &JobContext,
) -> Result<Imported, DataError> {
    let columns = sample.columns.iter().enumerate().map(|(place, name)| {
        let cells = sample.rows.iter().map(|row| row.get(place).and_then(Option::as_deref));
        StringChunked::from_iter_options(name.as_str().into(), cells).into_column()
    });
    let raw = RawTable {
        frame: DataFrame::new(sample.rows.len(), columns.collect())?,
        coded: BTreeMap::new(),
        row_numbers: RowNumbers::default(),
        problems: Vec::new(),
        total_rows: sample.rows.len() as u64,
    };
    check(raw, file, mapping, &ImportOptions::default(), now(), job)
}

/// Checks rows that were read. `now` in epoch seconds decides which times are plausible.
pub(super) fn check(
    mut raw: RawTable,
    file: &str,
    mapping: &Mapping,
    options: &ImportOptions,
    now: i64,
    job: &JobContext,
) -> Result<Imported, DataError> {
    let FieldPlan { schema, fields, mut warnings } = fields::plan(&raw, file, mapping, options, now)?;
    let mut found = std::mem::take(&mut raw.problems);
    let rows = raw.frame.height();
    job.stage(format!("Checking {file}"), Unit::Rows, (rows * fields.len()) as u64);

    let mut built = fields
        .into_par_iter()
        .map(|field| {
            job.check()?;
            let built = field.build(&raw, &options.mends)?;
            job.advance(rows as u64);
            Ok(built)
        })
        .collect::<Result<Vec<fields::Built>, DataError>>()?;
    let RawTable { row_numbers, total_rows, .. } = raw;
    warnings.extend(fields::fill_event_values(mapping, &mut built)?);

    let mut mended: Vec<(Mend, u64)> = options.mends.iter().map(|mend| (mend.clone(), 0)).collect();
    let drops = |rule: Rule| options.mends.iter().position(|mend| *mend == Mend::DropRows(rule));
    let mut keep = Vec::new();
    let mut dropped = Vec::new();
    let mut columns = Vec::with_capacity(built.len());
    let mut coded = BTreeMap::new();
    for field in built {
        for (place, count) in field.repaired.iter().enumerate() {
            mended[place].1 += count;
        }
        if field.truncated > 0 {
            warnings.push(format!(
                "{} cells of {} were longer than the service takes and were cut",
                field.truncated,
                field.series.name()
            ));
        }
        if !field.bad.is_empty() && keep.is_empty() {
            keep = vec![true; rows];
        }
        for (column, cell) in field.bad {
            keep[cell.row as usize] = false;
            match drops(cell.rule) {
                Some(place) => dropped.push((place, row_numbers.number(cell.row as usize))),
                None => found.push(Problem {
                    row: row_numbers.number(cell.row as usize),
                    column,
                    value: cell.text,
                    rule: cell.rule,
                }),
            }
        }
        coded.extend(field.coded.map(|column| (field.series.name().to_string(), column)));
        columns.push(field.series);
    }
    found.retain(|problem| match drops(problem.rule) {
        Some(place) => {
            dropped.push((place, problem.row));
            false
        }
        None => true,
    });
    dropped.sort_unstable();
    dropped.dedup();
    for (place, _) in dropped {
        mended[place].1 += 1;
    }
    found.sort_by_key(|problem| problem.row);
    if options.strict
        && let Some(first) = found.first()
    {
        return Err(DataError::Strict {
            file: file.to_owned(),
            rows: distinct_rows(&found),
            first: first.to_string(),
        });
    }

    job.check()?;
    let columns =
        columns.into_par_iter().with_max_len(1).map(|series| series.rechunk().into_column()).collect();
    let mut table = Table::with_coded(DataFrame::new(rows, columns)?, coded);
    let mut original: Option<Vec<u32>> = None;
    if keep.contains(&false) {
        table = table.kept(&keep)?;
        original = Some((0..rows as u32).filter(|&row| keep[row as usize]).collect());
    }
    drop(keep);
    table.code();
    let repeated = repeats::of_dataset(&table, schema.dataset)?;
    if !repeated.is_empty() {
        table = repeats::without(&table, &repeated)?;
    }
    let number = |row: u32| {
        row_numbers.number(original.as_ref().map_or(row, |original| original[row as usize]) as usize)
    };
    let rule = match schema.dataset {
        DatasetType::Interactions | DatasetType::ActionInteractions => Rule::DuplicateRow,
        DatasetType::Items | DatasetType::Users | DatasetType::Actions => Rule::ReplacedByLaterRow,
    };
    let by_repeat = |repeat: &repeats::Repeat| Problem {
        row: number(repeat.row),
        column: String::new(),
        value: format!("row {}", number(repeat.kept)),
        rule,
    };
    found.extend(repeated.iter().map(by_repeat));
    found.sort_by_key(|problem| problem.row);

    let accepted = table.rows() as u64;
    if accepted == 0 {
        warnings.push(match found.first() {
            Some(first) => format!("{file} has no row that could be taken over; the first problem: {first}"),
            None => format!("{file} has no rows"),
        });
    }
    let (users, items) = (table.distinct("USER_ID"), table.distinct(schema.dataset.subject_field()));
    Ok(Imported {
        table,
        schema,
        problems: found,
        warnings,
        mended,
        rows: total_rows,
        accepted,
        rejected: total_rows - accepted,
        users,
        items,
    })
}

/// Rows named by problems in the order of rows.
fn distinct_rows(problems: &[Problem]) -> u64 {
    problems.chunk_by(|a, b| a.row == b.row).count() as u64
}
