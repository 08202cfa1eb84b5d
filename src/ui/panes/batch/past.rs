//! The batches of the dataset group, as a table.

use super::super::moments::moment_words;
use crate::studio::{BatchJobView, GroupView};
use crate::ui::pane::PaneContext;
use crate::ui::theme::semibold;
use crate::ui::widgets::data_table::{DataTable, TableColumn, TableSource, TextTable};
use crate::ui::widgets::{count_words, grouped};
use egui::Ui;
use std::sync::Arc;

const HEIGHT: f32 = 240.0;

#[derive(Default)]
pub(super) struct PastBatches {
    table: Option<DataTable>,
    /// What the table shows.
    shown: Vec<BatchJobView>,
}

impl PastBatches {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        if group.batch_jobs.is_empty() {
            return;
        }
        let waker = context.jobs.waker();
        let table = self.table.get_or_insert_with(|| DataTable::new("batches"));
        if !table.has_source() || self.shown != group.batch_jobs {
            self.shown.clone_from(&group.batch_jobs);
            let source: Arc<dyn TableSource> = Arc::new(source(&self.shown));
            table.set_source(source, &waker);
        }
        table.keep_layout(context, "batches");
        ui.label(semibold("Batches so far", tokens.size.title));
        let size = egui::vec2(ui.available_width(), HEIGHT);
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            table.ui(ui, tokens, &waker);
        });
    }
}

fn source(jobs: &[BatchJobView]) -> TextTable {
    let columns = vec![
        TableColumn::text("When", 150.0),
        TableColumn::text("Version", 170.0),
        TableColumn::text("Status", 120.0),
        TableColumn::number("Lines", 80.0),
        TableColumn::number("Errors", 70.0),
        TableColumn::number("Seconds", 80.0),
        TableColumn::text("Input", 120.0),
        TableColumn::text("Output", 260.0),
        TableColumn::text("Why it failed", 260.0),
    ];
    let row = |job: &BatchJobView| {
        vec![
            moment_words(job.created_at),
            job.version.clone(),
            job.status.to_string(),
            count_words(job.lines),
            count_words(job.errors),
            grouped(&format!("{:.2}", job.seconds)),
            job.input.clone(),
            job.output.clone(),
            job.failure_reason.clone().unwrap_or_default(),
        ]
    };
    TextTable { columns, rows: jobs.iter().map(row).collect() }
}
