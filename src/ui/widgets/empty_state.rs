//! What a page shows while it has nothing: what is missing and the one thing to do about it.

use super::button;
use crate::ui::theme::{Icon, Tokens, semibold};
use egui::{RichText, Ui, Vec2};

/// An empty page.
pub struct EmptyState<'a> {
    pub icon: Icon,
    pub title: &'a str,
    /// One sentence: why it is empty and what will be here.
    pub text: &'a str,
    /// The one primary button; none where nothing can be done here.
    pub action: Option<&'a str>,
    /// A second way, as a link.
    pub other: Option<&'a str>,
}

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Action,
    Other,
}

impl EmptyState<'_> {
    /// Draws it a third of the way down the room there is.
    pub fn show(&self, ui: &mut Ui, tokens: &Tokens) -> Option<Choice> {
        let mut choice = None;
        let room = ui.available_height();
        ui.add_space((room * 0.33 - 90.0).max(tokens.space.lg));
        ui.vertical_centered(|ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(56.0), egui::Sense::hover());
            ui.painter().circle_filled(rect.center(), 28.0, tokens.color.accent_soft);
            let inner = egui::Rect::from_center_size(rect.center(), Vec2::splat(26.0));
            self.icon.image(26.0, tokens.color.accent_text).paint_at(ui, inner);
            ui.add_space(tokens.space.sm);
            ui.label(semibold(self.title, tokens.size.title));
            ui.scope(|ui| {
                ui.set_max_width(440.0);
                ui.label(RichText::new(self.text).color(tokens.color.text_muted));
            });
            ui.add_space(tokens.space.sm);
            if let Some(action) = self.action
                && button::primary(ui, tokens, action).clicked()
            {
                choice = Some(Choice::Action);
            }
            if let Some(other) = self.other
                && button::link(ui, tokens, other).clicked()
            {
                choice = Some(Choice::Other);
            }
        });
        choice
    }
}
