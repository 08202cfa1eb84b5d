//! The cheat sheet: every command that has keys.

use crate::ui::command::{Command, CommandGroup};
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::{button, raised_frame};
use egui::{Context, Grid, Id, Modal, RichText};
use strum::IntoEnumIterator;

/// Draws the sheet. Whether it stays.
pub(in crate::ui) fn shortcuts_ui(context: &Context, tokens: &Tokens) -> bool {
    let modal = Modal::new(Id::unique("shortcuts")).frame(raised_frame(tokens).inner_margin(tokens.space.xl));
    let response = modal.backdrop_color(tokens.color.veil).show(context, |ui| {
        ui.label(semibold("Keyboard shortcuts", tokens.size.heading));
        ui.add_space(tokens.space.sm);
        let room = ui.ctx().content_rect().height() - 220.0;
        egui::ScrollArea::vertical().max_height(room).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = tokens.space.xxl;
                ui.spacing_mut().interact_size.y = 20.0;
                let halves: [&[CommandGroup]; 2] = [
                    &[CommandGroup::Project, CommandGroup::DatasetGroup, CommandGroup::Work],
                    &[CommandGroup::GoTo, CommandGroup::Window],
                ];
                for groups in halves {
                    ui.vertical(|ui| {
                        for group in groups {
                            group_ui(ui, tokens, *group);
                        }
                    });
                }
            })
        });
        ui.add_space(tokens.space.md);
        button::plain(ui, tokens, "Close").clicked()
    });
    !(response.inner || response.should_close())
}

fn group_ui(ui: &mut egui::Ui, tokens: &Tokens, group: CommandGroup) {
    ui.label(semibold(group.title(), tokens.size.body).color(tokens.color.text_muted));
    let grid = Grid::new(group.title()).num_columns(2).min_col_width(120.0);
    grid.spacing([tokens.space.xl, tokens.space.xs]).show(ui, |ui| {
        for command in Command::iter().filter(|command| command.group() == group) {
            let Some(keys) = command.keys(ui.ctx()) else { continue };
            ui.scope(|ui| {
                ui.set_min_width(230.0);
                ui.label(command.text().trim_end_matches("..."));
            });
            ui.label(RichText::new(keys).monospace().color(tokens.color.text_muted));
            ui.end_row();
        }
    });
    ui.add_space(tokens.space.sm);
}
