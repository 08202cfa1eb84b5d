//! Items by the names people know them by.

use super::Studio;
use crate::data::{Interactions, Table, title_field};
use anyhow::Result;
use std::sync::Arc;

/// A label for each item of a catalogue.
pub(super) struct Labels {
    /// Empty where the item has none, `[items]`; the whole list empty where Items has no such column.
    titles: Vec<Box<str>>,
}

impl Labels {
    pub(super) fn new(interactions: &Interactions, items: Option<&Table>) -> Self {
        let column = items.and_then(|items| {
            let columns = items.columns();
            title_field(columns.iter().map(String::as_str)).map(str::to_owned)
        });
        let (Some(items), Some(column)) = (items, column) else { return Self { titles: Vec::new() } };
        let mut titles = vec![Box::<str>::default(); interactions.n_items()];
        for row in 0..items.rows() {
            let (Some(id), Some(title)) = (items.text(row, "ITEM_ID"), items.text(row, &column)) else {
                continue;
            };
            if let Some(item) = interactions.items.index(id) {
                titles[item as usize] = title.into();
            }
        }
        Self { titles }
    }

    /// The label of an item; its id where it has none.
    pub(super) fn of<'a>(&'a self, interactions: &'a Interactions, item: u32) -> &'a str {
        match self.titles.get(item as usize) {
            Some(title) if !title.is_empty() => title,
            _ => interactions.items.id(item),
        }
    }
}

impl Studio {
    /// The labels of the catalogue of these versions of Interactions and Items.
    pub(super) fn labels_of(&self, interactions: i64, items: Option<i64>) -> Result<Arc<Labels>> {
        self.memory().labels.get_or_make((interactions, items), || {
            let encoded = self.interactions_of(interactions, items)?;
            let table = items.map(|items| self.table_of(items)).transpose()?;
            Ok(Arc::new(Labels::new(&encoded, table.as_deref())))
        })
    }

    /// What people call an item; its id where the Items dataset has no title for it.
    pub fn item_label(&self, group: &str, item: &str) -> Result<String> {
        let (interactions, items) = self.current_versions(&self.group(group)?)?;
        let encoded = self.interactions_of(interactions, items)?;
        let labels = self.labels_of(interactions, items)?;
        Ok(encoded.items.index(item).map_or(item, |index| labels.of(&encoded, index)).to_owned())
    }
}
