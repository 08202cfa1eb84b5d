//! What happened last in the dataset group: imports, trainings, batches, and what runs now.

use super::super::moments::moment_words;
use crate::domain::Status;
use crate::studio::GroupView;
use crate::ui::command::Command;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::{badge, button, count_words, duration_words, progress, section};
use egui::{Label, RichText, Ui};
use std::time::Duration;

/// Entries shown.
const SHOWN: usize = 8;

/// One thing that happened.
struct Entry {
    /// Epoch seconds.
    at: i64,
    title: String,
    detail: String,
    status: Status,
}

pub(super) fn activity_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let tokens = context.tokens;
    section::card_with(
        ui,
        tokens,
        "Recent",
        |ui| {
            if button::link(ui, tokens, "Jobs").clicked() {
                context.send.run(Command::ToggleJobs);
            }
        },
        |ui| {
            for row in context.jobs.active() {
                ui.add(Label::new(&row.title).truncate());
                progress::progress_ui(ui, tokens, &row.title, &row.progress);
            }
            let entries = context.group.map(entries).unwrap_or_default();
            if entries.is_empty() && !context.jobs.is_busy() {
                let text = "Imports, trainings and batches will be listed here.";
                ui.add(Label::new(RichText::new(text).color(tokens.color.text_muted)).wrap());
            }
            for entry in entries {
                entry_ui(ui, tokens, &entry);
            }
        },
    );
}

/// The newest first.
fn entries(group: &GroupView) -> Vec<Entry> {
    let imports = group.import_jobs.iter().map(|job| Entry {
        at: job.created_at,
        title: format!("{} from {}", job.dataset, job.source),
        detail: match &job.failure_reason {
            Some(reason) => reason.clone(),
            None if job.rejected > 0 => {
                format!("{} rows, {} left out", count_words(job.accepted), count_words(job.rejected))
            }
            None => format!("{} rows", count_words(job.accepted)),
        },
        status: job.status,
    });
    let versions = group.solutions.iter().flat_map(|solution| &solution.versions).map(|version| Entry {
        at: version.created_at,
        title: format!("Trained {}", version.name),
        detail: version
            .failure_reason
            .clone()
            .unwrap_or_else(|| duration_words(Duration::from_secs_f64(version.seconds.max(0.0)))),
        status: version.status,
    });
    let batches = group.batch_jobs.iter().map(|job| Entry {
        at: job.created_at,
        title: format!("Batch of {}", job.version),
        detail: job.failure_reason.clone().unwrap_or_else(|| format!("{} lines", count_words(job.lines))),
        status: job.status,
    });
    let mut entries: Vec<Entry> = imports.chain(versions).chain(batches).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries.truncate(SHOWN);
    entries
}

fn entry_ui(ui: &mut Ui, tokens: &Tokens, entry: &Entry) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.add(Label::new(&entry.title).truncate());
        ui.horizontal(|ui| {
            ui.set_height(16.0);
            if entry.status != Status::Active {
                badge::status(ui, tokens, entry.status);
            }
            let text = format!("{}, {}", moment_words(entry.at), entry.detail);
            let text = RichText::new(text).size(tokens.size.small).color(tokens.color.text_muted);
            ui.add(Label::new(text).truncate());
        });
    });
    ui.add_space(tokens.space.xs);
}
