//! What lists are to bring beside relevance: a column of Items, and how much it counts.

use crate::domain::DatasetType;
use crate::domain::solution::{ItemObjective, Sensitivity};
use crate::studio::GroupView;
use crate::ui::widgets::search_field::name_field;
use egui::{ComboBox, Ui};

const FIELD: f32 = 150.0;

/// What a person has set.
#[derive(Default)]
pub(super) struct ObjectiveField {
    column: Option<String>,
    sensitivity: Sensitivity,
}

/// The columns of Items that can be an objective: numbers.
fn columns(group: &GroupView) -> Vec<&str> {
    let items = group.dataset(DatasetType::Items);
    let fields = items.into_iter().flat_map(|items| items.schema.metadata());
    fields.filter(|field| field.kind.is_number()).map(|field| field.name.as_str()).collect()
}

fn sensitivity_words(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Off => "Off",
        Sensitivity::Low => "Low: a quarter of the score",
        Sensitivity::Medium => "Medium: half of the score",
        Sensitivity::High => "High: three quarters of the score",
    }
}

impl ObjectiveField {
    /// A row of the form; nothing where no column can be one.
    pub(super) fn ui(&mut self, ui: &mut Ui, group: &GroupView) {
        const NONE: &str = "Relevance alone";
        let columns = columns(group);
        if columns.is_empty() {
            return;
        }
        ui.label("Objective")
            .on_hover_text("What lists are to bring beside relevance, such as a price or a margin");
        ui.horizontal(|ui| {
            let chosen = self.column.as_deref().unwrap_or(NONE).to_owned();
            let response =
                ComboBox::from_id_salt("objective").width(FIELD).selected_text(chosen).show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.column, None, NONE);
                    for column in columns {
                        let choice = ui.selectable_value(&mut self.column, Some(column.to_owned()), column);
                        if choice.clicked() && self.sensitivity == Sensitivity::Off {
                            self.sensitivity = Sensitivity::Medium;
                        }
                    }
                });
            name_field(&response.response, "Objective column");
            if self.column.is_some() {
                let words = sensitivity_words(self.sensitivity);
                let combo =
                    ComboBox::from_id_salt("sensitivity").width(FIELD).selected_text(words).truncate();
                let response = combo.show_ui(ui, |ui| {
                    for sensitivity in Sensitivity::ALL {
                        let words = sensitivity_words(sensitivity);
                        ui.selectable_value(&mut self.sensitivity, sensitivity, words);
                    }
                });
                name_field(&response.response, "Objective sensitivity");
            }
        });
        ui.end_row();
    }

    /// The objective set; none where the group has no such column.
    pub(super) fn chosen(&self, group: &GroupView) -> Option<ItemObjective> {
        let column = self.column.as_deref().filter(|column| columns(group).contains(column))?;
        Some(ItemObjective { item_attribute: column.to_owned(), objective_sensitivity: self.sensitivity })
    }
}
