//! How the window looks, and what the program is.

use super::top_bar::THEMES;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::widgets::{button, key_value::key_values, section};
use egui::{RichText, ScrollArea, Ui};

/// The settings page. Holds nothing: every setting acts at once.
#[derive(Default)]
pub(in crate::ui) struct SettingsPane;

impl Pane for SettingsPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Settings
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        section::page_head(ui, tokens, "Settings", PaneKind::Settings.help(), |_| {});
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(720.0);
            section::card(ui, tokens, "Appearance", |ui| {
                let chosen = ui.ctx().options(|options| options.theme_preference);
                ui.horizontal(|ui| {
                    ui.label("Theme");
                    ui.spacing_mut().item_spacing.x = tokens.space.lg;
                    for (theme, name) in THEMES {
                        if ui.radio(chosen == theme, name).clicked() {
                            context.send.send(Action::SetTheme(theme));
                        }
                    }
                });
                ui.horizontal(|ui| {
                    ui.label("Size");
                    for command in [Command::ZoomOut, Command::ZoomReset, Command::ZoomIn] {
                        if button::plain(ui, tokens, command.text()).clicked() {
                            context.send.run(command);
                        }
                    }
                    let percent = (ui.ctx().zoom_factor() * 100.0).round();
                    ui.label(RichText::new(format!("{percent} %")).color(tokens.color.text_muted));
                });
            });
            ui.add_space(tokens.space.md);
            section::card(ui, tokens, "Keyboard", |ui| {
                ui.label("Every command can be found by name, and most pages have a key.");
                ui.horizontal(|ui| {
                    for command in [Command::OpenPalette, Command::ShowShortcuts] {
                        if button::with_icon(ui, tokens, command.icon(), command.text()).clicked() {
                            context.send.run(command);
                        }
                    }
                });
            });
            ui.add_space(tokens.space.md);
            section::card(ui, tokens, "This project", |ui| {
                let path = context.project.path.display().to_string();
                let access = if context.is_read_only() { "reading only" } else { "reading and writing" };
                let groups = context.project.groups.len().to_string();
                key_values(
                    ui,
                    tokens,
                    "project facts",
                    [("File", path), ("Open for", access.to_owned()), ("Dataset groups", groups)],
                );
            });
            ui.add_space(tokens.space.md);
            section::card(ui, tokens, "About", |ui| {
                ui.label(format!("Bespoke {}", env!("CARGO_PKG_VERSION")));
                let text = "Nothing leaves this computer: the program opens no network connection. \
                            A project is one file; there is nothing to save.";
                ui.label(RichText::new(text).color(tokens.color.text_muted));
            });
        });
    }
}
