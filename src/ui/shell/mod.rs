//! What stands around the pages: bars, rail, trays, dialogs and the start page.
//!
//! Each part draws from [`ShellContext`] and sends actions; none changes anything by itself.

mod jobs_tray;
mod path_dialog;
mod question;
mod rail;
mod settings;
mod shortcuts;
mod status_bar;
mod top_bar;
mod welcome;

pub(super) use jobs_tray::jobs_tray_ui;
pub(super) use path_dialog::{PathDialog, Reply};
pub(super) use question::OpenQuestion;
pub(super) use rail::rail_ui;
pub(super) use settings::SettingsPane;
pub(super) use shortcuts::shortcuts_ui;
pub(super) use status_bar::{read_only_banner_ui, status_bar_ui};
pub(super) use top_bar::top_bar_ui;
pub(super) use welcome::{drop_overlay_ui, welcome_ui};

use super::action::CommandSender;
use super::command::{Command, CommandEnvironment};
use super::jobs::Jobs;
use super::pane::PaneKind;
use super::theme::Tokens;
use crate::studio::ProjectView;
use std::path::PathBuf;

/// A project opened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recent {
    pub path: PathBuf,
    /// Whether the file is still there; looked at when the list was made.
    pub exists: bool,
}

/// What the parts of the shell look at.
pub(super) struct ShellContext<'a> {
    pub tokens: &'a Tokens,
    pub project: Option<&'a ProjectView>,
    /// The current dataset group's name.
    pub group: Option<&'a str>,
    pub shown: PaneKind,
    pub now: CommandEnvironment,
    pub jobs: &'a Jobs,
    pub unread: usize,
    /// Whether a warning or an error is among what is unread.
    pub is_alarm: bool,
    pub recents: &'a [Recent],
    pub theme: egui::ThemePreference,
    pub send: &'a CommandSender,
}

/// Sets the rows of a menu closer than buttons on a page.
pub(super) fn menu_spacing(ui: &mut egui::Ui) {
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.spacing_mut().interact_size.y = 26.0;
    ui.spacing_mut().button_padding = egui::vec2(8.0, 3.0);
}

/// A menu entry for a command, with its keys, greyed with the reason where it can't be given.
pub(super) fn command_item(ui: &mut egui::Ui, context: &ShellContext<'_>, command: Command) {
    let availability = command.availability(&context.now);
    let mut button = egui::Button::image_and_text(
        command.icon().image(15.0, context.tokens.color.text_muted),
        command.text(),
    );
    if let Some(keys) = command.keys(ui.ctx()) {
        let keys = egui::RichText::new(keys).small().color(context.tokens.color.text_faint);
        button = button.right_text(keys);
    }
    let response = ui.add_enabled(availability.is_ok(), button);
    let response = match availability {
        Ok(()) => response.on_hover_text(command.tooltip()),
        Err(reason) => response.on_disabled_hover_text(reason),
    };
    if response.clicked() {
        context.send.run(command);
        ui.close();
    }
}
