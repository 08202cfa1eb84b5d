//! What was shown: the `IMPRESSION` of interactions.

use super::{Table, Vocabulary};

/// Between the ids of one impression.
const SEPARATOR: char = '|';

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
    }
}
