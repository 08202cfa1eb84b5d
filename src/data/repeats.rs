//! Rows that say what another row says: equal interactions, and Items or Users rows with the same key.

use super::Table;
use super::codes::Coded;
use super::hash;
use super::table::CODED;
use crate::domain::DatasetType;
use polars::prelude::*;
use polars_arrow::array::Array;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows hashed in one piece by one thread.
const PIECE: usize = 64 * 1024;

/// Neighbours that rise for each that are equal, from where few rows are in a run of equal numbers.
const SELDOM: usize = 16;

/// A row that is left out, and the row that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repeat {
    pub row: u32,
    pub kept: u32,
}

/// Which of equal rows is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    First,
    Last,
}

/// Equal interactions after the first; Items and Users rows before the last of their key.
pub(super) fn of_dataset(table: &Table, dataset: DatasetType) -> Result<Vec<Repeat>, PolarsError> {
    if let Some(key) = dataset.key_field() {
        return find(table, &[key], Keep::Last);
    }
    let columns = table.columns();
    find(table, &columns.iter().map(String::as_str).collect::<Vec<_>>(), Keep::First)
}

/// The rows of a table that equal another in all the columns named, by row.
///
/// Only rows whose cells have the same hash are compared.
fn find(table: &Table, columns: &[&str], keep: Keep) -> Result<Vec<Repeat>, PolarsError> {
    let columns: Vec<Cells<'_>> =
        columns.iter().map(|name| Cells::new(table, name)).collect::<Result<_, PolarsError>>()?;
    let mut order = match columns.iter().find_map(Cells::mostly_rising) {
        Some(numbers) => in_runs(numbers, &columns),
        None => suspects(&columns, table.rows()),
    };
    order.par_sort_unstable();

    let equal = |a: u32, b: u32| columns.iter().all(|column| column.equal(a as usize, b as usize));
    let mut repeats = Vec::new();
    for group in order.chunk_by(|a, b| a >> 32 == b >> 32).filter(|group| group.len() > 1) {
        // Distinct rows of this hash; nearly always one.
        let mut kept: Vec<u32> = Vec::new();
        let mut look = |row: u32| match kept.iter().find(|&&kept| equal(kept, row)) {
            Some(&kept) => repeats.push(Repeat { row, kept }),
            None => kept.push(row),
        };
        match keep {
            Keep::First => group.iter().for_each(|&slot| look(slot as u32)),
            Keep::Last => group.iter().rev().for_each(|&slot| look(slot as u32)),
        }
    }
    repeats.par_sort_unstable_by_key(|repeat| repeat.row);
    Ok(repeats)
}

/// Folds the cells of some rows of all columns into one hash a row.
fn hash_rows(columns: &[Cells<'_>], start: usize, hashes: &mut [u64]) {
    hashes.fill(0);
    for column in columns {
        column.hash_into(start, hashes);
    }
}

/// A hash's upper half with its row.
fn slot(hash: u64, row: usize) -> u64 {
    (hash & 0xFFFF_FFFF_0000_0000) | row as u64
}

/// Rows whose number in a column in order is that of a neighbour, as [`slot`]s: no others can be equal. Logs are in
/// order of time, and then these are few.
fn in_runs(numbers: &[i64], columns: &[Cells<'_>]) -> Vec<u64> {
    let is_in_run = |row: usize| {
        let same = |other: Option<&i64>| other == Some(&numbers[row]);
        same(row.checked_sub(1).and_then(|before| numbers.get(before))) || same(numbers.get(row + 1))
    };
    let pieces: Vec<Vec<u64>> = (0..numbers.len())
        .into_par_iter()
        .step_by(PIECE)
        .map(|start| {
            let rows: Vec<usize> =
                (start..(start + PIECE).min(numbers.len())).filter(|&row| is_in_run(row)).collect();
            let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return Vec::new() };
            let mut hashes = vec![0; last + 1 - first];
            hash_rows(columns, first, &mut hashes);
            rows.into_iter().map(|row| slot(hashes[row - first], row)).collect()
        })
        .collect();
    pieces.concat()
}

/// Rows whose hash may stand more than once, as [`slot`]s by row. All that do are among them, and few that don't:
/// about one row in sixteen shares its bit with another.
fn suspects(columns: &[Cells<'_>], rows: usize) -> Vec<u64> {
    const BITS_A_ROW: usize = 16;
    let mut hashes = vec![0_u64; rows];
    let words = (rows * BITS_A_ROW / 64).next_power_of_two();
    // Bits seen once and bits seen again side by side, so that a look at both waits for memory once. Which are set in
    // the end does not depend on the order in which they are.
    let seen: Vec<[AtomicU64; 2]> = (0..words).map(|_| Default::default()).collect();
    let place = |hash: u64| &seen[(hash as usize / 64) & (words - 1)];
    let bit = |hash: u64| 1_u64 << (hash % 64);
    hashes.par_chunks_mut(PIECE).enumerate().for_each(|(piece, hashes)| {
        hash_rows(columns, piece * PIECE, hashes);
        for &hash in &*hashes {
            let [once, again] = place(hash);
            if once.fetch_or(bit(hash), Ordering::Relaxed) & bit(hash) != 0 {
                again.fetch_or(bit(hash), Ordering::Relaxed);
            }
        }
    });
    let pieces: Vec<Vec<u64>> = hashes
        .par_chunks(PIECE)
        .enumerate()
        .map(|(piece, hashes)| {
            let rows = hashes.iter().zip(piece * PIECE..);
            let rows = rows.filter(|&(&hash, _)| place(hash)[1].load(Ordering::Relaxed) & bit(hash) != 0);
            rows.map(|(&hash, row)| slot(hash, row)).collect()
        })
        .collect();
    pieces.concat()
}

/// The table without the rows of `repeats`.
pub(super) fn without(table: &Table, repeats: &[Repeat]) -> Result<Table, PolarsError> {
    let mut keep = vec![true; table.rows()];
    for repeat in repeats {
        keep[repeat.row as usize] = false;
    }
    table.kept(&keep)
}

/// A column's cells, to hash and compare.
enum Cells<'a> {
    Codes(Coded<'a>),
    Text(&'a StringChunked),
    Long(&'a Int64Chunked),
    Other(&'a Series),
}

impl<'a> Cells<'a> {
    fn new(table: &'a Table, name: &str) -> Result<Self, PolarsError> {
        // These are coded anyway, to count and to pack.
        if CODED.contains(&name)
            && let Some(coded) = table.coded(name)
        {
            return Ok(Self::Codes(coded));
        }
        let missing = || PolarsError::ColumnNotFound(name.to_owned().into());
        let series = table.column(name).ok_or_else(missing)?;
        Ok(match series.dtype() {
            DataType::String => Self::Text(series.str()?),
            DataType::Int64 => Self::Long(series.i64()?),
            _ => Self::Other(series),
        })
    }

    /// The numbers of a column of them that never fall, nearly always rise, and of which none is missing.
    fn mostly_rising(&self) -> Option<&'a [i64]> {
        let Self::Long(column) = self else { return None };
        let numbers = column.cont_slice().ok().filter(|numbers| numbers.is_sorted())?;
        let equal = numbers.array_windows().filter(|[before, number]| before == number).count();
        (equal * SELDOM < numbers.len()).then_some(numbers)
    }

    /// Folds the cells from `start` on into `hashes`.
    fn hash_into(&self, start: usize, hashes: &mut [u64]) {
        const NULL: u64 = 0x6E75_6C6C;
        match self {
            Self::Codes(coded) => {
                for (state, &code) in hashes.iter_mut().zip(&coded.codes()[start..]) {
                    *state = hash::fold(*state ^ 1, u64::from(code));
                }
            }
            Self::Text(column) => {
                let cells = column.slice(start as i64, hashes.len());
                let mut hashes = hashes.iter_mut();
                for chunk in cells.downcast_iter() {
                    for (row, (view, state)) in chunk.views().iter().zip(&mut hashes).enumerate() {
                        let cell = if chunk.is_null(row) {
                            NULL
                        } else if view.is_inline() {
                            hash::inline_text(view.as_u128())
                        } else {
                            hash::text(chunk.value(row))
                        };
                        *state = hash::fold(*state ^ 1, cell);
                    }
                }
            }
            Self::Long(column) => {
                let cells = column.slice(start as i64, hashes.len());
                for (state, cell) in hashes.iter_mut().zip(cells.iter()) {
                    *state = hash::fold(*state ^ 1, cell.map_or(NULL, |value| value as u64));
                }
            }
            Self::Other(series) => {
                let cells = series.slice(start as i64, hashes.len());
                // Rows are compared cell by cell where their hashes agree, so a column that cannot be
                // widened only makes more rows agree.
                if let Ok(Ok(cells)) = cells.cast(&DataType::Float64).as_ref().map(|cells| cells.f64()) {
                    for (state, cell) in hashes.iter_mut().zip(cells.iter()) {
                        *state = hash::fold(*state ^ 1, cell.map_or(NULL, |value| (value + 0.0).to_bits()));
                    }
                }
            }
        }
    }

    fn equal(&self, a: usize, b: usize) -> bool {
        match self {
            Self::Codes(coded) => coded.codes()[a] == coded.codes()[b],
            Self::Text(column) => column.get(a) == column.get(b),
            Self::Long(column) => column.get(a) == column.get(b),
            Self::Other(series) => matches!((series.get(a), series.get(b)), (Ok(a), Ok(b)) if a == b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let frame = df!(
            "ID" => ["a", "b", "a", "a", "b"],
            "TIME" => [1_i64, 2, 1, 3, 2],
            "VALUE" => [Some(0.0_f32), None, Some(-0.0), Some(0.0), None],
        );
        Table::new(frame.unwrap())
    }

    #[test]
    fn equal_rows_are_kept_once() {
        let found = find(&table(), &["ID", "TIME", "VALUE"], Keep::First).unwrap();
        assert_eq!(found, [Repeat { row: 2, kept: 0 }, Repeat { row: 4, kept: 1 }]);
        let left = without(&table(), &found).unwrap();
        assert_eq!(left.rows(), 3);
    }

    #[test]
    fn the_last_row_of_a_key_stands() {
        let found = find(&table(), &["ID"], Keep::Last).unwrap();
        let expected = [Repeat { row: 0, kept: 3 }, Repeat { row: 1, kept: 4 }, Repeat { row: 2, kept: 3 }];
        assert_eq!(found, expected);
    }

    /// Against a plain map over 3,000 rows with many repeats.
    #[test]
    fn agrees_with_a_map() {
        let ids: Vec<String> = (0..3_000_u64).map(|row| format!("id{}", row * row % 700)).collect();
        let times: Vec<i64> = (0..3_000).map(|row| row % 7).collect();
        let mut seen = std::collections::BTreeMap::new();
        let mut expected = Vec::new();
        for row in 0..3_000_u32 {
            let key = (ids[row as usize].clone(), times[row as usize]);
            match seen.get(&key) {
                Some(&kept) => expected.push(Repeat { row, kept }),
                None => drop(seen.insert(key, row)),
            }
        }
        let frame = Table::new(df!("USER_ID" => ids, "TIME" => times).unwrap());
        assert!(!expected.is_empty());
        assert_eq!(find(&frame, &["USER_ID", "TIME"], Keep::First).unwrap(), expected);
    }

    /// Rows in order of time, of which some share a time and some of these a user, across the ends of pieces.
    #[test]
    fn a_log_in_order_is_searched_run_by_run() {
        let rows = 2 * PIECE as i64 + 100;
        let times: Vec<i64> = (0..rows).map(|row| row - i64::from(row % 32 == 0)).collect();
        let ids: Vec<String> = (0..rows).map(|row| i64::midpoint(row, row / 64 % 2).to_string()).collect();
        let mut expected = Vec::new();
        for row in 1..rows as u32 {
            let is_same = |&kept: &u32| {
                let (row, kept) = (row as usize, kept as usize);
                times[row] == times[kept] && ids[row] == ids[kept]
            };
            expected.extend(Some(row - 1).filter(is_same).map(|kept| Repeat { row, kept }));
        }
        assert!(!expected.is_empty() && expected.len() < rows as usize / 32);
        let table = Table::new(df!("USER_ID" => ids, "TIMESTAMP" => times).unwrap());
        assert_eq!(find(&table, &["USER_ID", "TIMESTAMP"], Keep::First).unwrap(), expected);
    }
}
