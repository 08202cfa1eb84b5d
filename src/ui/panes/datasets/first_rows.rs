//! The first rows of a chosen file, as they stand in it, before anything is imported.

use super::super::drafts::{Drafts, PreviewTable, rows_words};
use crate::studio::{Preview, Source};
use crate::ui::pane::PaneContext;
use crate::ui::theme::semibold;
use crate::ui::widgets::button;
use crate::ui::widgets::data_table::{DataTable, TableSource};
use egui::{Align, Layout, RichText, Ui};
use std::path::PathBuf;
use std::sync::Arc;

/// Whose first rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LookedAt {
    /// What was chosen just now, before it is known what it is.
    First,
    Draft(u64),
}

/// The table of them.
#[derive(Default)]
pub(super) struct FirstRows {
    table: Option<DataTable>,
    /// What [`LookedAt::First`] shows, made once.
    first: Option<(PathBuf, Arc<dyn TableSource>)>,
}

impl FirstRows {
    /// Draws it. Whether it shall stay open.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        drafts: &Drafts,
        looked_at: LookedAt,
    ) -> bool {
        let tokens = context.tokens;
        let shown = match looked_at {
            LookedAt::Draft(id) => drafts
                .get(id)
                .map(|draft| (draft.source.display_name(), draft.rows_words(), Arc::clone(&draft.table))),
            LookedAt::First => drafts.first_rows().map(|(source, preview)| {
                (source.display_name(), rows_words(preview.estimated_rows), self.first_table(source, preview))
            }),
        };
        let Some((name, words, source)) = shown else { return looked_at == LookedAt::First };
        let mut stays = true;
        ui.horizontal(|ui| {
            ui.label(semibold(&name, tokens.size.title));
            let words = format!("{words}, the first {} of them as they stand in the file", source.rows());
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button::link(ui, tokens, "Close the preview").clicked() {
                    stays = false;
                }
            });
        });
        let table = self.table.get_or_insert_with(|| DataTable::new("first rows"));
        let waker = context.jobs.waker();
        if !table.shows(&source) {
            table.set_source(source, &waker);
        }
        table.ui(ui, tokens, &waker);
        stays
    }

    fn first_table(&mut self, source: &Source, preview: &Preview) -> Arc<dyn TableSource> {
        match &self.first {
            Some((path, table)) if *path == source.path => Arc::clone(table),
            _ => {
                let table: Arc<dyn TableSource> = Arc::new(PreviewTable::new(Arc::new(preview.clone())));
                self.first = Some((source.path.clone(), Arc::clone(&table)));
                table
            }
        }
    }
}
