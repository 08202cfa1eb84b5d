//! Whether the interactions suffice to train, live, after the event filter a person tries.

use super::DataKey;
use crate::domain::limits::{MIN_INTERACTIONS, MIN_USER_HISTORY, MIN_USERS};
use crate::studio::{EventTypeReadiness, Readiness};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::key_value::number_cell;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{count_words, progress};
use egui::{ComboBox, DragValue, Grid, Label, RichText, Ui};

/// The filter tried: an event type in any case, the least event value in hundredths.
type Filter = (Option<String>, Option<i32>);

#[derive(Default)]
pub(super) struct ReadinessMeter {
    event_type: Option<String>,
    /// In hundredths, so that it can be compared.
    threshold: Option<i32>,
    readiness: Loadable<(DataKey, Filter), Readiness>,
    /// Event types of the data, kept while a filter is tried.
    types: Vec<String>,
}

impl ReadinessMeter {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, key: DataKey, has_values: bool) {
        let tokens = context.tokens;
        let (studio, group) = (context.studio.clone(), key.0.clone());
        let filter = (self.event_type.clone(), self.threshold);
        self.readiness.keep(context, (key, filter.clone()), "counting", move |_| {
            let threshold = filter.1.map(|hundredths| f64::from(hundredths) / 100.0);
            studio.readiness(&group, filter.0.as_deref(), threshold)
        });
        if let Some(failure) = self.readiness.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
        }
        let Some(readiness) = self.readiness.value() else { return };
        self.types = readiness.by_event_type.iter().map(|one| one.event_type.clone()).collect();
        if !self.types.is_empty() {
            filter_ui(ui, tokens, &mut self.event_type, &mut self.threshold, &self.types, has_values);
        }
        readiness_ui(ui, tokens, readiness);
    }
}

fn filter_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    event_type: &mut Option<String>,
    threshold: &mut Option<i32>,
    types: &[String],
    has_values: bool,
) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Train on").color(tokens.color.text_muted));
        let shown = event_type.clone().unwrap_or_else(|| "every event type".to_owned());
        let combo = ComboBox::from_id_salt("event type").width(150.0).selected_text(shown).truncate();
        let combo = combo.show_ui(ui, |ui| {
            ui.selectable_value(event_type, None, "every event type");
            for name in types {
                ui.selectable_value(event_type, Some(name.clone()), name);
            }
        });
        name_field(&combo.response, "Event type to train on");
    });
    if has_values {
        ui.horizontal(|ui| {
            let mut on = threshold.is_some();
            if ui.checkbox(&mut on, "event value at least").changed() {
                *threshold = on.then_some(50);
            }
            if let Some(hundredths) = threshold {
                let mut value = f64::from(*hundredths) / 100.0;
                let field = ui.add(DragValue::new(&mut value).speed(0.01).fixed_decimals(2));
                name_field(&field, "Least event value");
                *hundredths = (value * 100.0).round() as i32;
            }
        });
    }
}

/// The two meters, the service's words, and the count by event type.
pub(in crate::ui::panes) fn readiness_ui(ui: &mut Ui, tokens: &Tokens, readiness: &Readiness) {
    let users = format!("Users with {MIN_USER_HISTORY} or more");
    meter_ui(
        ui,
        tokens,
        "Interactions",
        readiness.interactions,
        MIN_INTERACTIONS,
        readiness.missing_interactions,
    );
    meter_ui(ui, tokens, &users, readiness.users, MIN_USERS, readiness.missing_users);
    for message in &readiness.messages {
        ui.horizontal(|ui| {
            ui.add(Icon::Error.image(16.0, tokens.color.error));
            ui.add(Label::new(RichText::new(message).color(tokens.color.error)).wrap());
        });
    }
    if readiness.by_event_type.len() > 1 {
        types_ui(ui, tokens, &readiness.by_event_type);
    }
}

fn meter_ui(ui: &mut Ui, tokens: &Tokens, name: &str, have: u64, needed: usize, missing: u64) {
    ui.horizontal(|ui| {
        let (icon, tint) = if missing == 0 {
            (Icon::Success, tokens.color.success)
        } else {
            (Icon::Warning, tokens.color.warning)
        };
        ui.add(icon.image(16.0, tint));
        ui.label(name);
        let words = format!("{} of {} needed", count_words(have), count_words(needed as u64));
        ui.label(RichText::new(words).color(tokens.color.text_muted));
        if missing > 0 {
            ui.label(RichText::new(format!("{} missing", count_words(missing))).color(tokens.color.warning));
        }
    });
    progress::bar(ui, tokens, Some((have as f64 / needed as f64).min(1.0) as f32), &format!("{name} needed"));
}

fn types_ui(ui: &mut Ui, tokens: &Tokens, types: &[EventTypeReadiness]) {
    ui.add_space(tokens.space.xs);
    Grid::new("by event type")
        .num_columns(4)
        .min_row_height(18.0)
        .spacing([tokens.space.md, tokens.space.xs])
        .show(ui, |ui| {
            let head = |text: &str| semibold(text, tokens.size.small).color(tokens.color.text_muted);
            ui.label(head("Event type"));
            number_cell(ui, head("Interactions"));
            number_cell(ui, head("Users with 2+"));
            ui.label(head("Enough"));
            ui.end_row();
            for one in types {
                ui.add(Label::new(short(&one.event_type))).on_hover_text(&one.event_type);
                number_cell(ui, count_words(one.interactions));
                number_cell(ui, count_words(one.users));
                let (words, ink) = enough(one, tokens);
                ui.label(RichText::new(words).color(ink));
                ui.end_row();
            }
        });
}

fn short(name: &str) -> String {
    if name.chars().count() <= 16 {
        return name.to_owned();
    }
    let head: String = name.chars().take(13).collect();
    format!("{head}...")
}

fn enough(one: &EventTypeReadiness, tokens: &Tokens) -> (String, egui::Color32) {
    let mut missing = Vec::new();
    if one.missing_interactions > 0 {
        missing.push(format!("{} interactions missing", count_words(one.missing_interactions)));
    }
    if one.missing_users > 0 {
        missing.push(format!("{} users missing", count_words(one.missing_users)));
    }
    if missing.is_empty() {
        ("yes".to_owned(), tokens.color.success)
    } else {
        (missing.join(", "), tokens.color.warning)
    }
}
