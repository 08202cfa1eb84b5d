//! What a user did, the newest first.

use super::super::moments::{ago_words, date_words, utc_words};
use crate::studio::EventView;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::{button, count_words, search_field::name_field};
use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui, vec2};
use std::collections::HashSet;

/// Interactions shown at most.
pub(super) const LONGEST: usize = 100_000;
const ROW: f32 = 42.0;

/// What was clicked.
pub(super) enum InHistory {
    Item(String),
    /// What was recorded is to be forgotten.
    Forget,
}

/// A user's interactions and the items in them.
pub(super) struct History {
    events: Vec<EventView>,
    items: HashSet<String>,
}

impl History {
    pub(super) fn new(events: Vec<EventView>) -> Self {
        let items = events.iter().map(|event| event.item.clone()).collect();
        Self { events, items }
    }

    /// Whether the user had the item.
    pub(super) fn holds(&self, item: &str) -> bool {
        self.items.contains(item)
    }

    /// Draws it in all the room there is. What was clicked.
    pub(super) fn ui(&self, context: &PaneContext<'_>, ui: &mut Ui) -> Option<InHistory> {
        let tokens = context.tokens;
        if self.events.is_empty() {
            let text = "This user has no history. The campaign answers with what it gives newcomers.";
            ui.add(Label::new(RichText::new(text).color(tokens.color.text_muted)).wrap());
            return None;
        }
        let words = format!("History, {} events, the newest first", count_words(self.events.len() as u64));
        ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_faint));
        let mut clicked = None;
        let recorded = self.events.iter().filter(|event| event.is_recorded).count();
        if recorded > 0 {
            ui.horizontal(|ui| {
                let words = format!("{} of them recorded here", count_words(recorded as u64));
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.accent_text));
                if !context.is_read_only() {
                    let forget = button::link(ui, tokens, "Forget them");
                    if forget.on_hover_text("The next training would learn from them").clicked() {
                        clicked = Some(InHistory::Forget);
                    }
                }
            });
        }
        let area = ScrollArea::vertical().id_salt("history").auto_shrink([false, false]);
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, ROW, self.events.len(), |ui, rows| {
            for row in rows {
                ui.push_id(row, |ui| {
                    if event_ui(ui, tokens, row, &self.events[row]) {
                        clicked = Some(InHistory::Item(self.events[row].item.clone()));
                    }
                });
            }
        });
        clicked
    }
}

/// One event. Whether its item was clicked.
fn event_ui(ui: &mut Ui, tokens: &Tokens, row: usize, event: &EventView) -> bool {
    let size = vec2(ui.available_width(), ROW);
    let column = ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_size(size);
        if !event.event_type.is_empty() {
            let tone = if event.is_recorded { Tone::Accent } else { Tone::Neutral };
            let badge = badge(ui, tokens, tone, &event.event_type);
            if event.is_recorded {
                badge.on_hover_text("Recorded here, not imported");
            }
        }
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = 18.0;
            ui.spacing_mut().button_padding.y = 0.0;
            ui.add_space(3.0);
            let title = ui.add(Button::new(&event.title).frame(false).truncate());
            name_field(&title, &format!("Event {}: {}", row + 1, event.title));
            let time = format!("{}, {}", date_words(event.timestamp), event.item);
            let time = RichText::new(time).size(tokens.size.small).color(tokens.color.text_faint);
            let exact = format!("{} UTC, {}", utc_words(event.timestamp), ago_words(event.timestamp));
            ui.add(Label::new(time).truncate()).on_hover_text(exact);
            title.on_hover_text(format!("{} ({})", event.title, event.item)).clicked()
        })
        .inner
    });
    let rect = column.response.rect;
    let stroke = egui::Stroke::new(1.0, tokens.color.border);
    ui.painter().hline(rect.x_range(), rect.bottom(), stroke);
    column.inner
}
