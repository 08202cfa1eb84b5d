//! The batch that ended last: counts, the file, its first lines.

use super::format::code_ui;
use super::lines::first_lines;
use crate::studio::BatchReport;
use crate::ui::action::Action;
use crate::ui::jobs::{Lane, Summary};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::key_value::figure;
use crate::ui::widgets::{button, count_words, duration_words, section, short_path};
use anyhow::Context as _;
use egui::{Label, RichText, Ui};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub(super) struct EndedBatch {
    outcome: Result<BatchReport, String>,
    lines: Loadable<PathBuf, Vec<String>>,
}

impl EndedBatch {
    pub(super) fn done(report: BatchReport) -> Self {
        Self { outcome: Ok(report), lines: Loadable::default() }
    }

    pub(super) fn unfinished(why: String) -> Self {
        Self { outcome: Err(why), lines: Loadable::default() }
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        let report = match &self.outcome {
            Ok(report) => report,
            Err(why) => {
                section::card(ui, tokens, "Not written", |ui| {
                    ui.add(Label::new(RichText::new(why).color(tokens.color.error)).wrap());
                });
                return;
            }
        };
        let path = PathBuf::from(&report.output);
        let (studio, read) = (context.studio.clone(), path.clone());
        self.lines
            .keep(context, path.clone(), "reading the first lines", move |_| first_lines(&studio, &read));
        section::card(ui, tokens, "Written", |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = tokens.space.xl;
                figure(ui, tokens, &count_words(report.lines), "lines");
                figure(ui, tokens, &count_words(report.errors), "errors");
                let seconds = duration_words(Duration::from_secs_f64(report.seconds.max(0.0)));
                figure(ui, tokens, &seconds, "to write");
            });
            let shown = RichText::new(short_path(&path, 70)).color(tokens.color.text_muted);
            ui.add(Label::new(shown).truncate()).on_hover_text(&report.output);
            ui.horizontal(|ui| {
                if button::plain(ui, tokens, "Open folder").clicked()
                    && let Some(folder) = path.parent()
                {
                    open_folder(context, folder);
                }
                if button::plain(ui, tokens, "Copy path").clicked() {
                    context.send.send(Action::CopyText(report.output.clone()));
                }
            });
            if let Some(failure) = self.lines.failure() {
                ui.label(RichText::new(failure).color(tokens.color.error));
            }
            if let Some(lines) = self.lines.value() {
                ui.label(
                    RichText::new("The first lines").size(tokens.size.small).color(tokens.color.text_muted),
                );
                ui.spacing_mut().item_spacing.y = 2.0;
                for line in lines.iter().take(6) {
                    code_ui(ui, tokens, line, false);
                }
            }
        });
    }
}

/// Shows a folder in the desktop's file manager.
fn open_folder(context: &PaneContext<'_>, folder: &Path) {
    let folder = folder.to_owned();
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer"
    } else {
        "xdg-open"
    };
    let shown = folder.display().to_string();
    context.send.job(
        "Opening the folder",
        Lane::Free,
        move |_| {
            let status = Command::new(program).arg(&folder).status().with_context(|| {
                format!("{program} could not be started for {}; copy the path instead", folder.display())
            })?;
            // The file manager of Windows gives 1 even when all is well.
            anyhow::ensure!(
                status.success() || cfg!(target_os = "windows"),
                "{program} could not show {}; copy the path instead",
                folder.display()
            );
            Ok(())
        },
        move |()| Summary::new("Folder opened").detail(shown),
    );
}
