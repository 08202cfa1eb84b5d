//! Facts in two columns: what, and how much.

use crate::ui::theme::Tokens;
use egui::{Align, Grid, Label, Layout, RichText, Ui, WidgetText};

/// Draws rows of names and values; a value too long for its column is cut and whole on hover.
pub fn key_values<'a>(
    ui: &mut Ui,
    tokens: &Tokens,
    id: &str,
    rows: impl IntoIterator<Item = (&'a str, String)>,
) {
    Grid::new(id).num_columns(2).spacing([tokens.space.xl, tokens.space.xs]).show(ui, |ui| {
        for (key, value) in rows {
            ui.label(RichText::new(key).color(tokens.color.text_muted));
            ui.add(Label::new(&value).truncate());
            ui.end_row();
        }
    });
}

/// A cell of a column of numbers: at the right, so that they stand under each other.
pub fn number_cell(ui: &mut Ui, text: impl Into<WidgetText>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
}

/// One large number with its name under it.
pub fn figure(ui: &mut Ui, tokens: &Tokens, value: &str, name: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add(Label::new(crate::ui::theme::semibold(value, tokens.size.heading)).extend());
        ui.label(RichText::new(name).size(tokens.size.small).color(tokens.color.text_muted));
    });
}
