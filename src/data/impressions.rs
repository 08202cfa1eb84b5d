//! What was had and what was shown, of a table of interactions: their `ITEM_ID` and `IMPRESSION`.

use super::{Table, Vocabulary};

/// Between the ids of one impression.
const SEPARATOR: char = '|';

/// How often each item of a catalogue was had, `[n_items]`. Ids that the catalogue does not know count for nothing.
pub fn times_had(interactions: &Table, items: &Vocabulary) -> Vec<u32> {
    let mut had = vec![0; items.len()];
    let cells = interactions.strings("ITEM_ID").into_iter().flat_map(|column| column.iter().flatten());
    for item in cells.filter_map(|id| items.index(id)) {
        had[item as usize] += 1;
    }
    had
}

/// How often each item of a catalogue was shown, `[n_items]`: once for each interaction whose `IMPRESSION`, ids
/// separated by `|`, holds it. Ids that the catalogue does not know count for nothing.
pub fn impressions(interactions: &Table, items: &Vocabulary) -> Vec<u32> {
    let mut shown = vec![0; items.len()];
    let cells = interactions.strings("IMPRESSION").into_iter().flat_map(|column| column.iter().flatten());
    for id in cells.flat_map(|cell| cell.split(SEPARATOR)) {
        if let Some(item) = items.index(id.trim()) {
            shown[item as usize] += 1;
        }
    }
    shown
}

/// What somebody was shown, and what of it they chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRow {
    pub user: String,
    pub chosen: String,
    /// Epoch seconds.
    pub timestamp: i64,
    /// Each id once, in the order of the cell.
    pub shown: Vec<String>,
}

/// The interactions that have an `IMPRESSION`, in the order of the table.
pub fn shown_rows(interactions: &Table) -> Vec<ShownRow> {
    let column = |name| interactions.strings(name);
    let (Some(users), Some(items), Some(cells), Some(times)) =
        (column("USER_ID"), column("ITEM_ID"), column("IMPRESSION"), interactions.longs("TIMESTAMP"))
    else {
        return Vec::new();
    };
    let row = |at: usize| {
        let mut shown: Vec<String> = Vec::new();
        for id in cells.get(at)?.split(SEPARATOR).map(str::trim).filter(|id| !id.is_empty()) {
            if !shown.iter().any(|known| known == id) {
                shown.push(id.to_owned());
            }
        }
        let (user, chosen) = (users.get(at)?.to_owned(), items.get(at)?.to_owned());
        (!shown.is_empty()).then_some(ShownRow { user, chosen, timestamp: times.get(at)?, shown })
    };
    (0..interactions.rows()).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::df;

    #[test]
    fn items_are_counted_once_an_impression_row() {
        let items = Vocabulary::new(["a", "b", "c"]);
        let table =
            Table::new(df!("IMPRESSION" => [Some("a|b"), None, Some("b| c|unknown"), Some("")]).unwrap());
        assert_eq!(impressions(&table, &items), [1, 2, 1]);
        let without = Table::new(df!("ITEM_ID" => ["a"]).unwrap());
        assert_eq!(impressions(&without, &items), [0, 0, 0]);
        assert!(shown_rows(&without).is_empty());
    }

    #[test]
    fn rows_without_an_impression_are_left_out() {
        let frame = df!(
            "USER_ID" => ["u", "v", "w"],
            "ITEM_ID" => ["a", "b", "c"],
            "TIMESTAMP" => [1_i64, 2, 3],
            "IMPRESSION" => [Some("a| b|a"), None, Some(" | ")],
        );
        let rows = shown_rows(&Table::new(frame.unwrap()));
        let expected = ShownRow {
            user: "u".to_owned(),
            chosen: "a".to_owned(),
            timestamp: 1,
            shown: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(rows, [expected]);
    }
}
