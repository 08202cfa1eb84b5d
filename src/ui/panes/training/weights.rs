//! How much each event type matters, where a recipe weighs them.

use crate::domain::solution::EventWeight;
use crate::ui::widgets::search_field::name_field;
use egui::{DragValue, Ui};
use std::collections::BTreeMap;

/// What a person has set.
#[derive(Default)]
pub(super) struct EventWeights {
    is_on: bool,
    /// By event type; 1 where nothing was set.
    weights: BTreeMap<String, f64>,
}

impl EventWeights {
    pub(super) fn ui(&mut self, ui: &mut Ui, types: &[String]) {
        ui.vertical(|ui| {
            let name = "Weigh event types";
            let hint = "Event types with a higher weight are learnt more from; with 0 they are left out. Only the \
                        ratio matters";
            let response = ui.checkbox(&mut self.is_on, name).on_hover_text(hint);
            name_field(&response, name);
            if !self.is_on {
                return;
            }
            for event_type in types {
                ui.horizontal(|ui| {
                    let weight = self.weights.entry(event_type.clone()).or_insert(1.0);
                    let field = DragValue::new(weight).range(0.0..=1.0).speed(0.01).max_decimals(2);
                    name_field(&ui.add(field), &format!("Weight of {event_type}"));
                    ui.label(event_type);
                });
            }
        });
    }

    /// The weights set; none where all event types are to be the same.
    pub(super) fn list(&self, types: &[String]) -> Vec<EventWeight> {
        let weighed = types.iter().filter(|_| self.is_on).map(|event_type| EventWeight {
            event_type: event_type.clone(),
            event_value_threshold: None,
            weight: self.weights.get(event_type).copied().unwrap_or(1.0),
        });
        weighed.filter(|entry| entry.weight > 0.0).collect()
    }
}
