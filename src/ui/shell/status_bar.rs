//! The bar at the bottom, and the banner of a project open for reading only.

use super::ShellContext;
use crate::studio::OpenMode;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::theme::Icon;
use crate::ui::widgets::{button, progress, short_path};
use egui::{Align, Button, Layout, RichText, Ui, vec2};

pub(in crate::ui) fn status_bar_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    ui.spacing_mut().interact_size.y = 20.0;
    ui.spacing_mut().button_padding.y = 1.0;
    let faint = |text: String| RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint);
    ui.horizontal_centered(|ui| {
        match context.project {
            Some(project) => {
                let path = ui.label(faint(short_path(&project.path, 70)));
                path.on_hover_text(project.path.display().to_string());
            }
            None => {
                ui.label(faint("No project is open".to_owned()));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| jobs_chip_ui(ui, context));
    });
}

/// The oldest running job in a few words, how many more there are; opens the tray.
fn jobs_chip_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    let mut active = context.jobs.active();
    let Some(first) = active.next() else {
        ui.label(
            RichText::new("Everything stays on this computer")
                .size(tokens.size.small)
                .color(tokens.color.text_faint),
        );
        return;
    };
    let more = match active.count() {
        0 => String::new(),
        more => format!(", {more} more"),
    };
    let text = format!("{}: {}{more}", first.title, progress::words(&first.progress));
    let button = Button::new(RichText::new(text).size(tokens.size.small)).frame_when_inactive(false);
    if ui.add(button.truncate()).on_hover_text(Command::ToggleJobs.tooltip()).clicked() {
        context.send.run(Command::ToggleJobs);
    }
    ui.allocate_ui(vec2(90.0, 5.0), |ui| {
        progress::bar(ui, tokens, first.progress.fraction(), &first.title);
    });
}

pub(in crate::ui) fn read_only_banner_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    let Some(project) = context.project else { return };
    ui.horizontal_centered(|ui| {
        ui.add(Icon::Lock.image(16.0, tokens.color.warning).alt_text("Reading only"));
        let text = "This project is open for reading only. Look at everything; nothing can be changed.";
        ui.label(RichText::new(text).color(tokens.color.warning));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::link(ui, tokens, "Try to open it for writing").clicked() {
                context.send.send(Action::OpenProject(project.path.clone(), OpenMode::ReadWrite));
            }
        });
    });
}
