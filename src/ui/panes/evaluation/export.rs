//! Files by which anyone can take the metrics again: the test set, and the lists of every version.

use crate::jobs::JobContext;
use crate::studio::{EvaluateRequest, GroupView, Studio};
use crate::ui::action::Action;
use crate::ui::file_picker::{PickKind, PickRequest};
use crate::ui::jobs::{Lane, Summary};
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::button;
use egui::Ui;
use std::path::{Path, PathBuf};

pub(super) fn menu_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, exclude_seen: bool) {
    let button = button::with_icon(ui, context.tokens, Icon::Download, "Export");
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(220.0);
        let hint = "train.csv, input.csv and truth.csv";
        if ui.button("Test set to a folder...").on_hover_text(hint).clicked() {
            let name = group.name.clone();
            ask(context, "Exporting the test set", move |studio, folder, job| {
                studio.export_test_set(&name, folder, job)
            });
            ui.close();
        }
        let hint = "lists.jsonl and truth.jsonl of every version, in the reading shown";
        if ui.button("Lists to a folder...").on_hover_text(hint).clicked() {
            let request =
                EvaluateRequest { group: group.name.clone(), exclude_seen, ..EvaluateRequest::default() };
            ask(context, "Exporting the lists", move |studio, folder, job| {
                studio.export_lists(&request, folder, job)
            });
            ui.close();
        }
    });
}

/// Asks for a folder, then writes in a job.
fn ask(
    context: &PaneContext<'_>,
    title: &'static str,
    write: impl FnOnce(&Studio, &Path, &JobContext) -> anyhow::Result<Vec<PathBuf>> + Send + 'static,
) {
    let (send, studio) = (context.send.clone(), context.studio.clone());
    let request = PickRequest::new("Choose a folder", PickKind::OpenFolder, Vec::new()).then(move |paths| {
        let folder = paths.into_iter().next()?;
        let work = move |job: &JobContext| write(&studio, &folder, job);
        // The files are the result; the shell tells of them.
        drop(send.job(title, Lane::Free, work, |files| {
            let words: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            Summary::new(format!("Wrote {} files", files.len())).detail(words.join("\n"))
        }));
        None
    });
    context.send.send(Action::Pick(request));
}
