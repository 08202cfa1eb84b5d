//! Fields of numbers: one a row, or none.

use super::SPARSE;
use crate::data::codes::MISSING;
use crate::data::{Bits, Table};
use crate::domain::filter::{Number, Operator};
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;

/// A field of numbers.
#[derive(Debug)]
pub struct NumberAttribute {
    cells: Cells,
    /// Whether the numbers have single precision: what they are compared with is then rounded as they were.
    rounds: bool,
    filled: Bits,
    order: OnceLock<Order>,
}

/// The numbers, anything where there is none; `[rows]`.
#[derive(Debug)]
enum Cells {
    Whole(Vec<i64>),
    Real(Vec<f64>),
}

/// The rows by size.
#[derive(Debug)]
struct Order {
    /// Rows that hold a number, the smallest first.
    rows: Vec<u32>,
    /// The first rows of `rows` as sets: set `s` holds the first `s * step`.
    sets: Vec<Bits>,
    step: usize,
}

impl NumberAttribute {
    /// A column: row `r` is cell `sources[r]`.
    pub(super) fn encode(table: &Table, name: &str, rounds: bool, sources: &[u32]) -> Self {
        let present = |source: u32| (source != MISSING).then_some(source as usize);
        let mut filled = Bits::none(sources.len());
        let mut cells = |row: usize, is_there: bool| {
            if is_there {
                filled.insert(row as u32);
            }
        };
        let found = if let Some(column) = table.wholes(name) {
            Cells::Whole(
                (0..sources.len())
                    .map(|row| {
                        let cell = present(sources[row]).and_then(|source| column.get(source));
                        cells(row, cell.is_some());
                        cell.unwrap_or_default()
                    })
                    .collect(),
            )
        } else {
            let column = table.numbers(name);
            Cells::Real(
                (0..sources.len())
                    .map(|row| {
                        let source = present(sources[row]);
                        let cell = source.and_then(|source| column.as_ref()?.get(source));
                        let cell = cell.filter(|cell| !cell.is_nan());
                        cells(row, cell.is_some());
                        cell.unwrap_or_default()
                    })
                    .collect(),
            )
        };
        Self { cells: found, rounds, filled, order: OnceLock::new() }
    }

    /// The rows that hold a number.
    pub fn filled(&self) -> &Bits {
        &self.filled
    }

    /// What a row holds.
    pub fn of(&self, row: u32) -> Option<Number> {
        self.filled.contains(row).then(|| match &self.cells {
            Cells::Whole(cells) => Number::Whole(cells[row as usize]),
            Cells::Real(cells) => Number::Real(cells[row as usize]),
        })
    }

    /// What a row holds, with the digits it has.
    pub(super) fn text(&self, row: u32) -> Option<String> {
        Some(match self.of(row)? {
            Number::Whole(whole) => whole.to_string(),
            Number::Real(real) if self.rounds => (real as f32).to_string(),
            Number::Real(real) => real.to_string(),
        })
    }

    /// Whether a row holds a number that compares so with another.
    pub fn holds(&self, row: u32, operator: Operator, than: Number) -> bool {
        self.filled.contains(row) && {
            let order = self.cmp(row, self.rounded(than));
            match operator {
                Operator::In | Operator::Equal => order.is_eq(),
                Operator::NotIn | Operator::Unequal => order.is_ne(),
                Operator::Less => order.is_lt(),
                Operator::LessOrEqual => order.is_le(),
                Operator::Greater => order.is_gt(),
                Operator::GreaterOrEqual => order.is_ge(),
            }
        }
    }

    /// Adds the rows whose number compares so with another: IN as equal, NOT IN as unequal.
    pub fn add_rows(&self, operator: Operator, than: Number, to: &mut Bits) {
        let than = self.rounded(than);
        let order = self.order();
        let below = order.rows.partition_point(|&row| self.cmp(row, than).is_lt());
        let above = order.rows.partition_point(|&row| self.cmp(row, than).is_le());
        match operator {
            Operator::In | Operator::Equal => order.add(below..above, to),
            Operator::NotIn | Operator::Unequal => {
                order.add(0..below, to);
                order.add(above..order.rows.len(), to);
            }
            Operator::Less => order.add(0..below, to),
            Operator::LessOrEqual => order.add(0..above, to),
            Operator::Greater => order.add(above..order.rows.len(), to),
            Operator::GreaterOrEqual => order.add(below..order.rows.len(), to),
        }
    }

    fn rounded(&self, number: Number) -> Number {
        if self.rounds { Number::Real(f64::from(number.real() as f32)) } else { number }
    }

    /// How the number of a row that holds one compares with another.
    fn cmp(&self, row: u32, than: Number) -> Ordering {
        match &self.cells {
            Cells::Whole(cells) => than.cmp_to_whole(cells[row as usize]),
            Cells::Real(cells) => cells[row as usize].partial_cmp(&than.real()).unwrap_or(Ordering::Equal),
        }
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| {
            let mut rows: Vec<u32> = self.filled.iter().collect();
            match &self.cells {
                Cells::Whole(cells) => rows.sort_by_key(|&row| cells[row as usize]),
                Cells::Real(cells) => {
                    rows.sort_by(|&a, &b| cells[a as usize].total_cmp(&cells[b as usize]));
                }
            }
            let step = rows.len().div_ceil(SPARSE).max(1);
            let mut set = Bits::none(self.filled.len());
            let mut sets = vec![set.clone()];
            for part in rows.chunks_exact(step) {
                for &row in part {
                    set.insert(row);
                }
                sets.push(set.clone());
            }
            Order { rows, sets, step }
        })
    }
}

impl Order {
    /// Adds the rows at these places of the order: whole sets where the range is long, the rest row by row.
    fn add(&self, places: Range<usize>, to: &mut Bits) {
        let (first, last) = (places.start.div_ceil(self.step), places.end / self.step);
        if first >= last {
            return self.rows[places].iter().for_each(|&row| to.insert(row));
        }
        let mut range = self.sets[last].clone();
        range.take_out(&self.sets[first]);
        to.add(&range);
        let ends = self.rows[places.start..first * self.step].iter();
        ends.chain(&self.rows[last * self.step..places.end]).for_each(|&row| to.insert(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::df;
    use strum::IntoEnumIterator;

    /// Every comparison on every kind of column, against comparing row by row.
    #[test]
    fn rows_are_those_that_compare_so() {
        let n = 700_usize;
        let frame = df!(
            "LONG" => (0..n).map(|row| (row % 7 != 0).then_some((row * 31 % 97) as i64 - 40)).collect::<Vec<_>>(),
            "INT" => (0..n).map(|row| (row % 5) as i32).collect::<Vec<_>>(),
            "FLOAT" => (0..n).map(|row| (row % 11 != 0).then_some(row as f32 / 10.0)).collect::<Vec<_>>(),
            "DOUBLE" => (0..n).map(|row| if row % 13 == 0 { f64::NAN } else { row as f64 / 8.0 }).collect::<Vec<_>>(),
        );
        let table = Table::new(frame.unwrap());
        let sources: Vec<u32> = (0..n as u32).collect();
        for name in ["LONG", "INT", "FLOAT", "DOUBLE"] {
            let numbers = NumberAttribute::encode(&table, name, name == "FLOAT", &sources);
            for than in ["3", "-40", "2.5", "9.9", "0", "1000"].map(|text| Number::parse(text).unwrap()) {
                for operator in Operator::iter() {
                    let mut rows = Bits::none(n);
                    numbers.add_rows(operator, than, &mut rows);
                    let holds = |row: u32| {
                        let Some(number) = numbers.of(row) else { return false };
                        let than = if name == "FLOAT" { f64::from(than.real() as f32) } else { than.real() };
                        match operator {
                            Operator::In | Operator::Equal => number.real() == than,
                            Operator::NotIn | Operator::Unequal => number.real() != than,
                            Operator::Less => number.real() < than,
                            Operator::LessOrEqual => number.real() <= than,
                            Operator::Greater => number.real() > than,
                            Operator::GreaterOrEqual => number.real() >= than,
                        }
                    };
                    assert!((0..n as u32).all(|row| numbers.holds(row, operator, than) == holds(row)));
                    let expected: Vec<u32> = (0..n as u32).filter(|row| holds(*row)).collect();
                    assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{name} {operator:?} {than:?}");
                }
            }
        }
    }

    /// 9.99 in single precision is not 9.99 in double precision, and a price of 9.99 is 9.99 to a person.
    #[test]
    fn literals_are_rounded_as_the_column_was() {
        let table =
            Table::new(df!("PRICE" => [9.99_f32, 10.0], "ID" => [9_007_199_254_740_993_i64, 1]).unwrap());
        let prices = NumberAttribute::encode(&table, "PRICE", true, &[0, 1, MISSING]);
        let rows = |numbers: &NumberAttribute, operator, than: &str| {
            let mut rows = Bits::none(3);
            numbers.add_rows(operator, Number::parse(than).unwrap(), &mut rows);
            rows.iter().collect::<Vec<_>>()
        };
        assert_eq!(rows(&prices, Operator::Equal, "9.99"), [0]);
        assert_eq!(rows(&prices, Operator::GreaterOrEqual, "9.99"), [0, 1]);
        assert_eq!(rows(&prices, Operator::Greater, "9.99"), [1]);
        assert_eq!((prices.text(0).as_deref(), prices.text(2)), (Some("9.99"), None));
        let ids = NumberAttribute::encode(&table, "ID", false, &[0, 1, MISSING]);
        assert_eq!(rows(&ids, Operator::Equal, "9007199254740993"), [0]);
        assert!(rows(&ids, Operator::Equal, "9007199254740992").is_empty());
        let none = NumberAttribute::encode(&table, "NONE", false, &[0, 1, MISSING]);
        assert!(rows(&none, Operator::Unequal, "1").is_empty());
    }
}
