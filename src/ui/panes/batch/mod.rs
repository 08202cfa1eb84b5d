//! Batch: a version asked for many at once, into a file.

mod ended;
mod form;
mod format;
mod lines;
mod past;

use super::campaigns::no_version_ui;
use super::version_picker::active_versions;
use crate::studio::{BatchReport, GroupView};
use crate::ui::action::Action;
use crate::ui::jobs::{Ended, Ticket};
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::widgets::{button, progress, section};
use egui::{RichText, ScrollArea, Ui};
use ended::EndedBatch;
use form::BatchForm;
pub(super) use form::path_ui;
use past::PastBatches;

#[derive(Default)]
pub(super) struct BatchPane {
    form: BatchForm,
    running: Option<Ticket<BatchReport>>,
    ended: Option<EndedBatch>,
    past: PastBatches,
}

impl BatchPane {
    fn collect(&mut self) {
        let Some(outcome) = self.running.as_ref().and_then(Ticket::take) else { return };
        self.running = None;
        self.ended = Some(match outcome {
            Ended::Done(report) => EndedBatch::done(report),
            Ended::Cancelled => EndedBatch::unfinished("Cancelled; no file was written.".to_owned()),
            Ended::Failed(why) => EndedBatch::unfinished(why),
        });
    }

    fn page_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            let running = self.running.is_some();
            section::card(left, tokens, "New batch", |ui| {
                if let Some(request) = self.form.ui(context, ui, group, running) {
                    self.ended = None;
                    self.running = Some(form::start(context, request));
                }
            });
            if self.running.is_some() || self.ended.is_some() {
                self.standing_ui(context, right);
                right.add_space(tokens.space.sm);
            }
            section::card(right, tokens, "Lines", |ui| {
                let filtered = self.form.line_with_values(group);
                format::format_ui(ui, tokens, self.form.recipe(group), filtered.as_deref());
            });
        });
        ui.add_space(tokens.space.md);
        self.past.ui(context, ui, group);
    }

    /// The batch that runs, or the one that ended last.
    fn standing_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        if let Some(ticket) = &self.running {
            let Some(row) = context.jobs.get(ticket.id) else { return };
            section::card(ui, tokens, "Running", |ui| {
                progress::progress_ui(ui, tokens, &row.title, &row.progress);
                if button::plain(ui, tokens, "Cancel the batch").clicked() {
                    context.send.send(Action::CancelJob(ticket.id));
                }
                let text = "You may go to other pages; it runs on. A file appears when it is whole.";
                ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint));
            });
        } else if let Some(ended) = &mut self.ended {
            ended.ui(context, ui);
        }
    }
}

impl Pane for BatchPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Batch
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        self.collect();
        section::page_head(ui, context.tokens, "Batch", PaneKind::Batch.help(), |_| {});
        match context.group.filter(|group| !active_versions(group).is_empty()) {
            Some(group) => {
                let area = ScrollArea::vertical().auto_shrink([false, false]);
                area.show(ui, |ui| self.page_ui(context, ui, group));
            }
            None => no_version_ui(context, ui),
        }
    }

    fn take_files(&mut self, _context: &PaneContext<'_>, paths: &[std::path::PathBuf]) -> bool {
        match paths {
            [path] if path.extension().is_some_and(|ending| ending == "jsonl") => {
                self.form.read_from(path);
                true
            }
            _ => false,
        }
    }

    fn group_changed(&mut self) {
        self.form = BatchForm::default();
        self.ended = None;
        self.past = PastBatches::default();
    }
}
