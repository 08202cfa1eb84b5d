//! How cells become moments: the rule, why it was chosen, and what it makes of the first cells.

use super::super::moments::utc_words;
use super::edit::CHOSEN;
use crate::domain::mapping::{Mapping, TimestampRule};
use crate::studio::{Preview, epoch_seconds, rule_text};
use crate::ui::theme::Tokens;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::section;
use egui::{ComboBox, Grid, Label, RichText, TextEdit, Ui};

/// Different cells shown with what they are read as.
const SHOWN: usize = 5;

pub(super) fn times_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping, preview: &Preview) {
    section::card(ui, tokens, "Time", |ui| {
        rule_ui(ui, tokens, mapping);
        if !mapping.timestamp_reason.is_empty() {
            let text = RichText::new(&mapping.timestamp_reason).color(tokens.color.text_muted);
            ui.add(Label::new(text).wrap());
        }
        if mapping.timestamp == TimestampRule::RowOrder {
            return;
        }
        let column = mapping.field("TIMESTAMP").and_then(|field| field.columns.first());
        let place = column.and_then(|column| preview.columns.iter().position(|name| name == column));
        let Some(place) = place else { return };
        sample_ui(ui, tokens, &mapping.timestamp, preview, place);
    });
}

fn rule_ui(ui: &mut Ui, tokens: &Tokens, mapping: &mut Mapping) {
    let pattern = match &mapping.timestamp {
        TimestampRule::Pattern(pattern) => pattern.clone(),
        _ => "%Y-%m-%d %H:%M:%S".to_owned(),
    };
    let rules = [
        TimestampRule::Seconds,
        TimestampRule::Milliseconds,
        TimestampRule::Microseconds,
        TimestampRule::Iso,
        TimestampRule::Pattern(pattern),
        TimestampRule::RowOrder,
    ];
    let mut rule = mapping.timestamp.clone();
    ui.horizontal(|ui| {
        let combo = ComboBox::from_id_salt("rule").width(260.0).selected_text(rule_text(&rule)).truncate();
        let combo = combo.show_ui(ui, |ui| {
            for one in rules {
                let text = rule_text(&one);
                ui.selectable_value(&mut rule, one, text);
            }
        });
        name_field(&combo.response, "Time rule");
        if let TimestampRule::Pattern(pattern) = &mut rule {
            let field = ui.add(TextEdit::singleline(pattern).code_editor().desired_width(170.0));
            name_field(&field, "Date pattern");
            field.on_hover_text(
                "%Y year, %m month, %d day, %b month's name, %H hour, %M minute, %S second, %z zone",
            );
        }
    });
    let _ = tokens;
    if rule != mapping.timestamp {
        mapping.timestamp = rule;
        CHOSEN.clone_into(&mut mapping.timestamp_reason);
    }
}

fn sample_ui(ui: &mut Ui, tokens: &Tokens, rule: &TimestampRule, preview: &Preview, place: usize) {
    let mut cells: Vec<&str> = Vec::new();
    for cell in preview.rows.iter().filter_map(|row| row.get(place)?.as_deref()) {
        if !cells.contains(&cell) {
            cells.push(cell);
        }
        if cells.len() == SHOWN {
            break;
        }
    }
    Grid::new("times").num_columns(2).min_row_height(18.0).spacing([tokens.space.lg, 2.0]).show(ui, |ui| {
        for cell in cells {
            ui.label(RichText::new(cell).monospace().color(tokens.color.text_muted));
            match epoch_seconds(rule, cell) {
                Some(seconds) => ui.label(format!("{} UTC", utc_words(seconds))),
                None => ui.label(RichText::new("is not read by this rule").color(tokens.color.error)),
            };
            ui.end_row();
        }
    });
}
