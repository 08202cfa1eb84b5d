//! A promotion chosen for a campaign or a batch: a filter, and the share of a list that it fills.

use super::filter_choice::FilterChoice;
use crate::studio::{GroupView, Promotion};
use crate::ui::pane::PaneContext;
use crate::ui::widgets::search_field::name_field;
use egui::{DragValue, Ui};

/// A filter that promotes, or none.
pub(super) struct PromotionChoice {
    filter: FilterChoice,
    percent: u32,
}

impl Default for PromotionChoice {
    fn default() -> Self {
        Self { filter: FilterChoice::without("Nothing promoted"), percent: 20 }
    }
}

impl PromotionChoice {
    /// What is promoted, named after its filter.
    pub(super) fn promotion(&self, group: &GroupView) -> Option<Promotion> {
        let name = self.filter.name(group)?;
        Some(Promotion {
            name: name.to_owned(),
            percent_promoted_items: self.percent,
            filter_arn: name.to_owned(),
            filter_values: self.filter.values(group),
        })
    }

    /// What must still be said before anyone can be asked with it.
    pub(super) fn missing(&self, group: &GroupView, asks_item: bool) -> Option<String> {
        self.filter.missing(group, asks_item)
    }

    /// Draws it in one line; `asks_item` as in [`FilterChoice`].
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        width: f32,
        asks_item: bool,
    ) {
        self.filter.combo_ui(ui, group, "Promotion", width, asks_item);
        if self.filter.name(group).is_none() {
            return;
        }
        let field = ui.add(DragValue::new(&mut self.percent).range(1..=100).suffix(" %"));
        name_field(&field, "Share that is promoted");
        field.on_hover_text(
            "Of the list, rounded, at least one item. The other filter does not apply to them.",
        );
        self.filter.fields_ui(context, ui, group, asks_item);
    }
}
