//! What kind of event a row is, and how much it counts.

use super::edit;
use crate::domain::mapping::Mapping;
use crate::studio::Readiness;
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::key_value::number_cell;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, count_words, section};
use egui::{DragValue, Grid, Label, RichText, TextEdit, Ui};

/// The widest an event type's name is drawn, in points.
const NAME: f32 = 220.0;
/// Event types listed at most.
const LISTED: usize = 30;

/// `seen`: what the sampled rows hold, by event type.
pub(super) fn events_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping, seen: Option<&Readiness>) {
    section::card(ui, tokens, "Events", |ui| {
        if mapping.field("EVENT_TYPE").is_none() {
            constant_ui(ui, tokens, mapping);
        }
        if mapping.field("EVENT_VALUE").is_some() {
            let text = "Event values come from a column of the file.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
            return;
        }
        let seen = seen.map(|readiness| readiness.by_event_type.as_slice()).unwrap_or_default();
        let mut types: Vec<(String, u64)> =
            seen.iter().map(|one| (one.event_type.clone(), one.interactions)).collect();
        for (name, _) in &mapping.event_values {
            if !types.iter().any(|(known, _)| known == name) {
                types.push((name.clone(), 0));
            }
        }
        types.truncate(LISTED);
        if types.is_empty() {
            let text = "Name an event type, or choose its column, to give events values.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
            return;
        }
        values_ui(ui, tokens, mapping, &types);
    });
}

fn constant_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Every row is an event of type").color(tokens.color.text_muted));
        let mut text = mapping.event_type.clone().unwrap_or_default();
        let field = ui.add(TextEdit::singleline(&mut text).hint_text("none").desired_width(120.0));
        name_field(&field, "Event type of every row");
        if field.changed() {
            mapping.event_type = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    });
}

fn values_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping, types: &[(String, u64)]) {
    Grid::new("values").num_columns(3).min_row_height(20.0).spacing([tokens.space.lg, tokens.space.xs]).show(
        ui,
        |ui| {
            let head = |text: &str| semibold(text, tokens.size.small).color(tokens.color.text_muted);
            ui.label(head("Event type"));
            number_cell(ui, head("Rows in the sample"));
            ui.label(head("Event value"));
            ui.end_row();
            for (name, rows) in types {
                ui.scope(|ui| {
                    ui.set_max_width(NAME);
                    ui.add(Label::new(name).truncate());
                });
                number_cell(ui, count_words(*rows));
                ui.horizontal(|ui| value_ui(ui, mapping, name));
                ui.end_row();
            }
        },
    );
    ui.horizontal(|ui| {
        if button::plain(ui, tokens, "Suggest values")
            .on_hover_text("Clicked 0.33, added to cart 0.66, purchased 1.0")
            .clicked()
        {
            for (name, _) in types {
                edit::set_event_value(mapping, name, Some(edit::suggested_value(name)));
            }
        }
        if !mapping.event_values.is_empty() && button::link(ui, tokens, "No values").clicked() {
            mapping.event_values.clear();
        }
    });
}

fn value_ui(ui: &mut Ui, mapping: &mut Mapping, name: &str) {
    let now = mapping.event_values.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
    let mut on = now.is_some();
    let check = ui.checkbox(&mut on, "");
    name_field(&check, &format!("{name} has a value"));
    if check.changed() {
        edit::set_event_value(mapping, name, on.then(|| edit::suggested_value(name)));
    }
    if let Some(mut value) = now.filter(|_| on) {
        let field = ui.add(DragValue::new(&mut value).range(0.0..=1_000.0).speed(0.01).max_decimals(3));
        name_field(&field, &format!("Event value of {name}"));
        if field.changed() {
            edit::set_event_value(mapping, name, Some(value));
        }
    }
}
