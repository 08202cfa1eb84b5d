//! The rows of a dataset: sorted, filtered, walked, copied.

use super::DataKey;
use super::stored_table::StoredTable;
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::data_table::{DataTable, TableSource};
use egui::{RichText, Ui};
use std::sync::Arc;

#[derive(Default)]
pub(super) struct RowsTab {
    source: Loadable<DataKey, Arc<dyn TableSource>>,
    table: Option<DataTable>,
}

impl RowsTab {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, key: DataKey) {
        let tokens = context.tokens;
        let (studio, group, kind) = (context.studio.clone(), key.0.clone(), key.1);
        self.source.keep(context, key, "reading rows", move |job| {
            let table = studio.table(&group, kind)?;
            job.check()?;
            let schema = studio.schema(&group, kind)?;
            let source: Arc<dyn TableSource> = Arc::new(StoredTable::new(table, &schema));
            Ok(source)
        });
        if let Some(failure) = self.source.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
            return;
        }
        let Some(source) = self.source.value() else {
            ui.label(RichText::new("Reading the rows...").color(tokens.color.text_muted));
            return;
        };
        let waker = context.jobs.waker();
        let table = self.table.get_or_insert_with(|| DataTable::new("rows"));
        if !table.shows(source) {
            table.set_source(Arc::clone(source), &waker);
        }
        table.ui(ui, tokens, &waker);
    }
}
