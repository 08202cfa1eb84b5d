//! Files by which anyone can take the metrics again: the test set, and the lists of every version.

use super::cast::Cast;
use super::report;
use crate::jobs::JobContext;
use crate::studio::{EvaluateRequest, EvaluationView, GroupView, MetricAt, Studio, headline};
use crate::ui::action::Action;
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::jobs::{Lane, Summary};
use crate::ui::notify::Notice;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::button;
use egui::Ui;
use std::path::{Path, PathBuf};

pub(super) fn menu_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    exclude_seen: bool,
    metric: MetricAt,
    shown: Option<&(&EvaluationView, Cast)>,
) {
    let button = button::with_icon(ui, context.tokens, Icon::Download, "Export");
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(240.0);
        let hint = "One HTML file with all tables and plots, which needs nothing else";
        if ui.button("Comparison as a report...").on_hover_text(hint).clicked() {
            ask_report(context, group, exclude_seen, metric);
            ui.close();
        }
        let hint = "The service's metrics, a row a contestant";
        let copy = ui.add_enabled(shown.is_some(), egui::Button::new("Copy the metrics as Markdown"));
        if copy.on_hover_text(hint).clicked()
            && let Some((view, cast)) = shown
        {
            context.send.send(Action::CopyText(report::markdown(view, cast, &headline())));
            context.send.notify(Notice::info("The table is copied"));
            ui.close();
        }
        ui.separator();
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

/// Asks for a file, then makes the report in a job.
fn ask_report(context: &PaneContext<'_>, group: &GroupView, exclude_seen: bool, metric: MetricAt) {
    let (studio, group) = (context.studio.clone(), group.clone());
    let kind = PickKind::SaveFile { suggested: format!("{}-comparison.html", group.name) };
    let files = vec![FileKind::new("HTML", &["html"])];
    let request = PickRequest::new("Save the report", kind, files).then(move |paths| {
        let path = paths.into_iter().next()?;
        let make = move || Ok(report::make(&studio, &group, exclude_seen, metric)?.into_bytes());
        Some(Action::Write { path, make: Box::new(make) })
    });
    context.send.send(Action::Pick(request));
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
