//! The jobs tray: what runs, how far it is, how it ended.

use super::ShellContext;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::jobs::{JobRow, JobState};
use crate::ui::theme::{Icon, semibold};
use crate::ui::widgets::{button, duration_words, progress};
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

pub(in crate::ui) fn jobs_tray_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    if context.jobs.rows().next().is_none() {
        ui.add_space(tokens.space.xl);
        ui.vertical_centered(|ui| {
            let text = "Nothing runs. Imports, training and exports show up here.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
        });
        return;
    }
    if context.jobs.active().count() > 1 && button::link(ui, tokens, "Cancel all").clicked() {
        context.send.run(Command::CancelAllJobs);
    }
    ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        for row in context.jobs.rows() {
            ui.push_id(row.id, |ui| job_ui(ui, context, row));
            ui.add_space(tokens.space.xs);
            ui.separator();
            ui.add_space(tokens.space.xs);
        }
    });
}

fn job_ui(ui: &mut Ui, context: &ShellContext<'_>, row: &JobRow) {
    let tokens = context.tokens;
    let c = &tokens.color;
    ui.spacing_mut().item_spacing.y = tokens.space.xs;
    ui.horizontal(|ui| {
        let (icon, tint, name) = match &row.state {
            JobState::Waiting => (Icon::Clock, c.text_faint, "Waiting"),
            JobState::Running => (Icon::Play, c.accent_text, "Running"),
            JobState::Cancelling => (Icon::Stop, c.warning, "Cancelling"),
            JobState::Cancelled => (Icon::Stop, c.text_faint, "Cancelled"),
            JobState::Done(summary) if summary.warning => (Icon::Warning, c.warning, "Done, look twice"),
            JobState::Done(_) => (Icon::Success, c.success, "Done"),
            JobState::Failed(_) => (Icon::Error, c.error, "Failed"),
        };
        ui.add(icon.image(16.0, tint).alt_text(name));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let can_stop = matches!(row.state, JobState::Waiting | JobState::Running);
            if can_stop && button::icon(ui, tokens, Icon::Close, &format!("Cancel: {}", row.title)).clicked()
            {
                context.send.send(Action::CancelJob(row.id));
            }
            if let Some(ago) = row.ended_ago() {
                let text = format!("{} ago", duration_words(ago));
                ui.label(RichText::new(text).size(tokens.size.small).color(c.text_faint));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(semibold(&row.title, tokens.size.body)).truncate());
            });
        });
    });
    let muted = |text: &str| RichText::new(text).color(c.text_muted);
    match &row.state {
        JobState::Waiting => {
            ui.label(muted("Waits for the training before it"));
        }
        JobState::Running => progress::progress_ui(ui, tokens, &row.title, &row.progress),
        JobState::Cancelling => {
            ui.label(muted("Stopping; nothing half-done is kept"));
        }
        JobState::Cancelled => {
            ui.label(muted("Cancelled; nothing of it was kept"));
        }
        JobState::Done(summary) => {
            ui.label(muted(&summary.title));
            ui.horizontal(|ui| {
                let took = format!("Took {}", duration_words(row.progress.elapsed));
                ui.label(RichText::new(took).size(tokens.size.small).color(c.text_faint));
                if let Some(pane) = summary.open
                    && button::link(ui, tokens, &format!("Open {}", pane.title())).clicked()
                {
                    context.send.send(Action::Show(pane));
                }
            });
        }
        JobState::Failed(reason) => {
            ui.label(RichText::new(reason).color(c.error));
            if button::link(ui, tokens, "Copy the message").clicked() {
                context.send.send(Action::CopyText(format!("{}\n{reason}", row.title)));
            }
        }
    }
}
