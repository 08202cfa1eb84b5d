//! A field to search in: a magnifier, a hint, a cross that empties it.

use super::button;
use crate::ui::theme::{Icon, Tokens};
use egui::{Response, TextEdit, Ui};

/// Draws the field `width` points wide. `name` is read aloud and shown while it is empty.
pub fn search_field(ui: &mut Ui, tokens: &Tokens, name: &str, text: &mut String, width: f32) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let icon = Icon::Search.image(15.0, tokens.color.text_faint);
        let room = if text.is_empty() { width } else { width - 28.0 };
        let mut response = ui.add(
            TextEdit::singleline(text)
                .prefix(icon)
                .hint_text(egui::RichText::new(name).color(tokens.color.text_faint))
                .desired_width(room)
                .min_size(egui::vec2(0.0, tokens.control_height))
                .align(egui::Align2::LEFT_CENTER),
        );
        name_field(&response, name);
        if !text.is_empty() && button::icon(ui, tokens, Icon::Close, &format!("Empty: {name}")).clicked() {
            text.clear();
            response.mark_changed();
            response.request_focus();
        }
        response
    })
    .inner
}

/// Gives a field its accessible name.
pub fn name_field(response: &Response, name: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
}
