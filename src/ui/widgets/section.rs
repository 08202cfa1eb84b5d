//! Page headings and titled cards.

use super::card_frame;
use crate::ui::theme::{Tokens, semibold};
use egui::{Align, InnerResponse, Layout, RichText, Ui};

/// The head of a page: its title, one sentence, and room for actions at the right.
pub fn page_head(ui: &mut Ui, tokens: &Tokens, title: &str, help: &str, actions: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(semibold(title, tokens.size.heading));
            ui.label(RichText::new(help).color(tokens.color.text_muted));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), actions);
    });
    ui.add_space(tokens.space.md);
}

/// A titled card as wide as there is room.
pub fn card<R>(
    ui: &mut Ui,
    tokens: &Tokens,
    title: &str,
    add: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    card_with(ui, tokens, title, |_| {}, add)
}

/// A titled card with actions at the right of its title.
pub fn card_with<R>(
    ui: &mut Ui,
    tokens: &Tokens,
    title: &str,
    actions: impl FnOnce(&mut Ui),
    add: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    card_frame(tokens).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                ui.label(semibold(title, tokens.size.title));
                ui.with_layout(Layout::right_to_left(Align::Center), actions);
            });
            ui.add_space(tokens.space.xs);
            add(ui)
        })
        .inner
    })
}

/// A heading inside a card.
pub fn subheading(ui: &mut Ui, tokens: &Tokens, text: &str) {
    ui.add_space(tokens.space.xs);
    ui.label(semibold(text, tokens.size.body).color(tokens.color.text_muted));
}
