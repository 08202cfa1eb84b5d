//! Several 0/1 columns become one column of categories (the genre columns of `MovieLens`).

use super::convert::BadCell;
use crate::domain::problem::Rule;
use polars::prelude::*;

/// Flags in one word.
const WORD: usize = 64;

/// The joined column, and the bad cells with the column each stands in.
pub(super) struct Joined {
    pub series: Series,
    /// By row; the number is the column's place among those joined.
    pub bad: Vec<(usize, BadCell)>,
}

/// Joins the names of the columns that hold 1 or true in a row: `Action|Drama`. A cell that is neither
/// 0/1 nor true/false is bad; an empty one counts as 0. A row without any is missing.
pub(super) fn join(field: &str, nullable: bool, columns: &[(&str, &StringChunked)]) -> Joined {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    let words = columns.len().div_ceil(WORD);
    let mut flags = vec![0_u64; rows * words];
    let mut bad = Vec::new();
    for (place, (_, column)) in columns.iter().enumerate() {
        for (row, cell) in column.iter().enumerate() {
            match flag(cell.unwrap_or_default().trim()) {
                Some(true) => flags[row * words + place / WORD] |= 1 << (place % WORD),
                Some(false) => {}
                None => bad.push((
                    place,
                    BadCell {
                        row: row as u32,
                        text: cell.unwrap_or_default().to_owned(),
                        rule: Rule::NotABoolean,
                    },
                )),
            }
        }
    }
    let bad_rows: PlHashSet<u32> = bad.iter().map(|(_, cell)| cell.row).collect();
    // Few combinations occur; each is spelt once.
    let mut spelt: PlHashMap<&[u64], String> = PlHashMap::default();
    let mut builder = StringChunkedBuilder::new(field.into(), rows);
    for row in 0..rows {
        let set = &flags[row * words..(row + 1) * words];
        if set.iter().all(|&word| word == 0) {
            builder.append_null();
            if !nullable && !bad_rows.contains(&(row as u32)) {
                bad.push((0, BadCell { row: row as u32, text: String::new(), rule: Rule::MissingValue }));
            }
            continue;
        }
        let text = spelt.entry(set).or_insert_with(|| {
            let names = columns.iter().enumerate();
            let names = names.filter(|(place, _)| set[place / WORD] >> (place % WORD) & 1 == 1);
            names.map(|(_, (name, _))| *name).collect::<Vec<_>>().join("|")
        });
        builder.append_value(&*text);
    }
    bad.sort_by_key(|(place, cell)| (cell.row, *place));
    Joined { series: builder.finish().into_series(), bad }
}

fn flag(cell: &str) -> Option<bool> {
    match cell {
        "" | "0" => Some(false),
        "1" => Some(true),
        _ if cell.eq_ignore_ascii_case("true") => Some(true),
        _ if cell.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_categories() {
        let action = StringChunked::new("Action".into(), ["1", "0", "1", "x"]);
        let drama = StringChunked::new("Drama".into(), ["1", "0", "false", "0"]);
        let columns = [("Action", &action), ("Drama", &drama)];
        let joined = join("GENRES", true, &columns);
        let cells: Vec<Option<&str>> = joined.series.str().unwrap().iter().collect();
        assert_eq!(cells, [Some("Action|Drama"), None, Some("Action"), None]);
        let bad = BadCell { row: 3, text: "x".into(), rule: Rule::NotABoolean };
        assert_eq!(joined.bad, [(0, bad.clone())]);

        let strict = join("GENRES", false, &columns);
        let missing = BadCell { row: 1, text: String::new(), rule: Rule::MissingValue };
        assert_eq!(strict.bad, [(0, missing), (0, bad)]);
    }

    #[test]
    fn more_columns_than_a_word_has_bits() {
        let on = StringChunked::new("on".into(), ["1"]);
        let names: Vec<String> = (0..70).map(|place| format!("c{place}")).collect();
        let columns: Vec<(&str, &StringChunked)> = names.iter().map(|name| (name.as_str(), &on)).collect();
        assert_eq!(join("C", true, &columns).series.str().unwrap().get(0), Some(names.join("|").as_str()));
    }
}
