//! Fields of text: any number of values a row.

use super::SPARSE;
use crate::data::codes::{Coded, MISSING};
use crate::data::features::categories;
use crate::data::{Bits, Table, Vocabulary};
use std::sync::{Arc, OnceLock};

/// A field of text.
#[derive(Debug)]
pub struct TextAttribute {
    /// In byte order.
    values: Arc<Vocabulary>,
    /// The values of row `r` are `held[offsets[r]..offsets[r + 1]]`, ascending and each once; `[rows + 1]`.
    offsets: Vec<u32>,
    held: Vec<u32>,
    rows: OnceLock<Rows>,
}

/// The rows by value.
#[derive(Debug)]
struct Rows {
    /// The rows of value `v` are `holders[offsets[v]..offsets[v + 1]]`, ascending; `[values + 1]`.
    offsets: Vec<u32>,
    holders: Vec<u32>,
    /// The same as a set, of values that many rows have; `[values]`.
    sets: Vec<Option<Bits>>,
    /// Rows that hold anything.
    filled: Bits,
}

impl TextAttribute {
    /// Row `r` holds value `r` alone.
    pub(super) fn identity(ids: &Arc<Vocabulary>) -> Self {
        let rows = ids.len() as u32;
        Self {
            values: Arc::clone(ids),
            offsets: (0..=rows).collect(),
            held: (0..rows).collect(),
            rows: OnceLock::new(),
        }
    }

    /// A column, whose cells hold several values separated by `|` or one each: row `r` is cell `sources[r]`.
    pub(super) fn encode(table: &Table, name: &str, several: bool, sources: &[u32]) -> Self {
        let coded = table.strings(name).map(Coded::new).unwrap_or_default();
        let split = |cell: &'_ str| -> Vec<String> {
            if several {
                categories(cell).map(str::to_owned).collect()
            } else {
                Some(cell).filter(|cell| !cell.is_empty()).map(str::to_owned).into_iter().collect()
            }
        };
        let cells: Vec<Vec<String>> = coded.texts.iter().map(|cell| split(cell)).collect();
        let values = Vocabulary::new(cells.iter().flatten());
        let cells: Vec<Vec<u32>> = cells
            .iter()
            .map(|cell| {
                let mut held: Vec<u32> = cell.iter().filter_map(|value| values.index(value)).collect();
                held.sort_unstable();
                held.dedup();
                held
            })
            .collect();
        let (mut offsets, mut held) = (Vec::with_capacity(sources.len() + 1), Vec::new());
        offsets.push(0);
        for &source in sources {
            let code = coded.codes().get(source as usize).copied().unwrap_or(MISSING);
            if code != MISSING {
                held.extend(&cells[code as usize]);
            }
            offsets.push(held.len() as u32);
        }
        Self { values: Arc::new(values), offsets, held, rows: OnceLock::new() }
    }

    /// Every value of any row.
    pub fn values(&self) -> &Vocabulary {
        &self.values
    }

    /// What a row holds, as indices of [`Self::values`]; nothing where it is missing.
    pub fn of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        match (self.offsets.get(row), self.offsets.get(row + 1)) {
            (Some(&from), Some(&to)) => &self.held[from as usize..to as usize],
            _ => &[],
        }
    }

    /// Adds the rows that hold a value.
    pub fn add_rows(&self, value: u32, to: &mut Bits) {
        let rows = self.rows();
        match rows.sets.get(value as usize) {
            Some(Some(set)) => to.add(set),
            Some(None) => rows.of(value).iter().for_each(|&row| to.insert(row)),
            None => {}
        }
    }

    /// How many rows hold a value.
    pub fn count(&self, value: u32) -> usize {
        self.rows().of(value).len()
    }

    /// The rows that hold anything.
    pub fn filled(&self) -> &Bits {
        &self.rows().filled
    }

    fn rows(&self) -> &Rows {
        self.rows.get_or_init(|| {
            let n_rows = self.offsets.len() - 1;
            let mut offsets = vec![0_u32; self.values.len() + 1];
            self.held.iter().for_each(|&value| offsets[value as usize + 1] += 1);
            for value in 0..self.values.len() {
                offsets[value + 1] += offsets[value];
            }
            let mut next = offsets.clone();
            let mut holders = vec![0; self.held.len()];
            let mut filled = Bits::none(n_rows);
            for row in 0..n_rows as u32 {
                for &value in self.of(row) {
                    let place = &mut next[value as usize];
                    holders[*place as usize] = row;
                    *place += 1;
                    filled.insert(row);
                }
            }
            let mut found = Rows { offsets, holders, sets: Vec::new(), filled };
            found.sets = (0..self.values.len() as u32)
                .map(|value| {
                    let rows = found.of(value);
                    (rows.len() > n_rows / SPARSE).then(|| {
                        let mut set = Bits::none(n_rows);
                        for &row in rows {
                            set.insert(row);
                        }
                        set
                    })
                })
                .collect();
            found
        })
    }
}

impl Rows {
    fn of(&self, value: u32) -> &[u32] {
        &self.holders[self.offsets[value as usize] as usize..self.offsets[value as usize + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::df;

    #[test]
    fn cells_are_sets_or_whole() {
        let frame = df!(
            "A" => [Some("War| Drama "), None, Some("Drama|Drama|"), Some(" | ")],
            "B" => [Some("War| Drama"), None, Some(""), Some("x")],
        );
        let table = Table::new(frame.unwrap());
        let sources = [0, 1, 2, 3, MISSING, 0];
        let said = |texts: &TextAttribute| -> Vec<String> {
            let of = |row| texts.of(row).iter().map(|&value| texts.values().id(value)).collect::<Vec<_>>();
            (0..6).map(|row| of(row).join("/")).collect()
        };
        let several = TextAttribute::encode(&table, "A", true, &sources);
        assert_eq!(said(&several), ["Drama/War", "", "Drama", "", "", "Drama/War"]);
        let whole = TextAttribute::encode(&table, "B", false, &sources);
        assert_eq!(said(&whole), ["War| Drama", "", "", "x", "", "War| Drama"]);
        assert_eq!(several.filled().iter().collect::<Vec<_>>(), [0, 2, 5]);
        let mut rows = Bits::none(6);
        several.add_rows(several.values().index("Drama").unwrap(), &mut rows);
        assert_eq!(rows.iter().collect::<Vec<_>>(), [0, 2, 5]);
        assert!(several.of(99).is_empty());
        let none = TextAttribute::encode(&table, "C", true, &sources);
        assert_eq!((none.values().len(), none.filled().count()), (0, 0));
    }

    /// Rare values are put together row by row, frequent ones kept as sets: nothing tells them apart.
    #[test]
    fn rare_and_frequent_values_have_their_rows() {
        let cells: Vec<String> =
            (0..1_000).map(|row| if row % 3 == 0 { "often".to_owned() } else { format!("v{row}") }).collect();
        let table = Table::new(df!("A" => &cells).unwrap());
        let sources: Vec<u32> = (0..1_000).collect();
        let texts = TextAttribute::encode(&table, "A", false, &sources);
        for (text, expected) in [("often", (0..1_000).filter(|row| row % 3 == 0).collect()), ("v7", vec![7])]
        {
            let (mut rows, value) = (Bits::none(1_000), texts.values().index(text).unwrap());
            texts.add_rows(value, &mut rows);
            assert_eq!(
                (rows.iter().collect::<Vec<_>>(), texts.count(value)),
                (expected.clone(), expected.len())
            );
        }
    }
}
