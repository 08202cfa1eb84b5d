//! The first rows of the file with what each column is above it; a click there changes it.

use super::super::drafts::Draft;
use super::edit;
use super::fields::assignment_menu_ui;
use crate::domain::mapping::Mapping;
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::data_table::TableSource;
use crate::ui::widgets::search_field::name_field;
use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Sense, Stroke, Ui, Vec2, vec2};
use egui_extras::{Column, TableBuilder};
use std::sync::Arc;

const HEAD: f32 = 50.0;
const ROW: f32 = 22.0;

pub(super) fn sample_ui(ui: &mut Ui, tokens: &Tokens, draft: &mut Draft, height: f32) {
    let table = Arc::clone(&draft.table);
    let area = egui::Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
    let stroke = Stroke::new(1.0, tokens.color.border);
    ui.painter().rect(area, tokens.radius.md, tokens.color.surface, stroke, egui::StrokeKind::Inside);
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(area.shrink(1.0)).id_salt("sample"));
    inner.set_clip_rect(area.shrink(1.0).intersect(ui.clip_rect()));
    ScrollArea::horizontal().id_salt("columns").auto_shrink([false, false]).show(&mut inner, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let mut builder = TableBuilder::new(ui)
            .id_salt("sample")
            .auto_shrink([false, false])
            .min_scrolled_height(height - HEAD)
            .cell_layout(Layout::left_to_right(Align::Center));
        for column in table.columns() {
            builder = builder.column(Column::initial(column.width.clamp(104.0, 200.0)).clip(true));
        }
        builder
            .header(HEAD, |mut row| {
                for column in table.columns() {
                    row.col(|ui| head_ui(ui, tokens, &mut draft.mapping, &column.name));
                }
            })
            .body(|body| {
                body.rows(ROW, table.rows(), |row| row_ui(row, tokens, table.as_ref(), &draft.mapping));
            });
    });
    ui.allocate_rect(area, Sense::hover());
}

/// The fields a column gives, over its name.
fn head_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping, column: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 22.0;
        ui.spacing_mut().button_padding = vec2(8.0, 1.0);
        ui.add_space(3.0);
        let fields = edit::fields_of(mapping, column);
        let (text, ink, fill) = if fields.is_empty() {
            ("left out".to_owned(), tokens.color.text_faint, tokens.color.sunken)
        } else {
            (fields.join(", "), tokens.color.accent_text, tokens.color.accent_soft)
        };
        ui.horizontal(|ui| {
            ui.add_space(4.0);
            let width = ui.available_width() - 6.0;
            let label = RichText::new(&text).size(tokens.size.small).color(ink);
            let button =
                Button::new(label).fill(fill).stroke(Stroke::NONE).truncate().min_size(vec2(0.0, 22.0));
            ui.set_max_width(width);
            let response = ui.add(button);
            name_field(&response, &format!("{column} is {text}"));
            let response = response.on_hover_text(format!("{column}: {text}. Click to change what it is."));
            egui::Popup::menu(&response).show(|ui| assignment_menu_ui(ui, mapping, column));
        });
        ui.horizontal(|ui| {
            ui.set_height(16.0);
            ui.add_space(8.0);
            ui.add(Label::new(semibold(column, tokens.size.small).color(tokens.color.text_muted)).truncate());
        });
    });
}

fn row_ui(
    mut row: egui_extras::TableRow<'_, '_>,
    tokens: &Tokens,
    table: &dyn TableSource,
    mapping: &Mapping,
) {
    let at = row.index();
    row.set_overline(true);
    for (place, column) in table.columns().iter().enumerate() {
        row.col(|ui| {
            ui.add_space(8.0);
            let is_taken = mapping.fields.iter().any(|field| field.columns.contains(&column.name));
            let ink = if is_taken { tokens.color.text } else { tokens.color.text_faint };
            let text = table.cell(at, place);
            ui.add(Label::new(RichText::new(text.as_ref()).size(tokens.size.small).color(ink)).truncate());
        });
    }
}
