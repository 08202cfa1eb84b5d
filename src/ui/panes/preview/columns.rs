//! The columns of Items that an answer is asked to tell, where the campaign tells any.

use crate::domain::RecipeDescriptor;
use crate::domain::campaign::ENABLE_METADATA;
use crate::domain::limits::MAX_METADATA_COLUMNS;
use crate::domain::schema::Schema;
use crate::studio::CampaignView;
use crate::ui::widgets::search_field::name_field;
use egui::{ComboBox, Ui};

/// Whether a campaign tells columns of Items.
pub(super) fn gives_metadata(campaign: &CampaignView, recipe: &RecipeDescriptor) -> bool {
    recipe.second_generation || campaign.settings.bool(ENABLE_METADATA)
}

/// The columns of Items to be told with each item.
pub(super) fn columns_ui(ui: &mut Ui, schema: &Schema, columns: &mut Vec<String>) {
    let words = match columns.as_slice() {
        [] => "No columns".to_owned(),
        [one] => one.clone(),
        several => format!("{} columns", several.len()),
    };
    let combo = ComboBox::from_id_salt("columns").width(140.0).selected_text(words).truncate();
    let close = egui::PopupCloseBehavior::CloseOnClickOutside;
    let combo = combo.close_behavior(close).show_ui(ui, |ui| {
        for field in schema.metadata() {
            let mut is_told = columns.contains(&field.name);
            let can_be = is_told || columns.len() < MAX_METADATA_COLUMNS;
            if ui.add_enabled(can_be, egui::Checkbox::new(&mut is_told, &field.name)).changed() {
                if is_told {
                    columns.push(field.name.clone());
                } else {
                    columns.retain(|column| *column != field.name);
                }
            }
        }
    });
    name_field(&combo.response, "Columns of Items to tell");
}
