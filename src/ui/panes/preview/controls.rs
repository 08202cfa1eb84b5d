//! Above the answer: which campaign is asked, for how many, with which filter and promotion, telling what.

use super::PreviewPane;
use super::columns::{columns_ui, gives_metadata};
use crate::domain::limits::{MAX_ACTION_RESULTS, MAX_RESULTS, MAX_RESULTS_WITH_METADATA};
use crate::domain::{DatasetType, RecipeDescriptor, Task};
use crate::studio::{CampaignView, GroupView};
use crate::ui::action::Action;
use crate::ui::pane::PaneContext;
use crate::ui::panes::campaigns::task_words;
use crate::ui::widgets::button;
use crate::ui::widgets::search_field::name_field;
use egui::{ComboBox, DragValue, Layout, RichText, Ui};

impl PreviewPane {
    /// The campaign, how many results, and whether a list is to be ranked.
    pub(super) fn controls_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        campaign: &CampaignView,
        recipe: &RecipeDescriptor,
    ) {
        let tokens = context.tokens;
        ui.horizontal(|ui| {
            ui.label(RichText::new("Campaign").color(tokens.color.text_muted));
            let combo =
                ComboBox::from_id_salt("campaign").width(250.0).selected_text(&campaign.name).truncate();
            let combo = combo.show_ui(ui, |ui| {
                ui.set_min_width(320.0);
                for one in &group.campaigns {
                    let text = format!("{} ({})", one.name, one.version);
                    if ui.selectable_label(one.name == campaign.name, text).clicked() {
                        *self.chosen.borrow_mut() = Some(one.name.clone());
                    }
                }
            });
            name_field(&combo.response, "Campaign");
            let words = format!("{} {}", campaign.version, task_words(recipe.task));
            ui.add(egui::Label::new(RichText::new(words).color(tokens.color.text_faint)).truncate());
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let answer = self.answer.value().filter(|_| self.answer.failure().is_none());
                let enabled = if answer.is_some() { Ok(()) } else { Err("There is no answer yet") };
                let copy = button::plain_enabled(ui, tokens, "Copy as JSON", enabled);
                if copy.on_hover_text("The answer as the service would send it").clicked()
                    && let Some(answer) = answer
                {
                    context.send.send(Action::CopyText(answer.json()));
                }
                let tells = !self.columns(campaign, recipe).is_empty();
                let (number, most) = match tells {
                    _ if recipe.recommends_actions() => (&mut self.num_actions, MAX_ACTION_RESULTS),
                    true => (&mut self.num_results, MAX_RESULTS_WITH_METADATA),
                    false => (&mut self.num_results, MAX_RESULTS),
                };
                let field = ui.add(DragValue::new(number).range(1..=most));
                name_field(&field, "Number of results");
                ui.label(RichText::new("Results").color(tokens.color.text_muted));
                if recipe.recommends_actions() {
                    return;
                }
                ui.add_space(tokens.space.md);
                let must_rank = recipe.task == Task::PersonalizedRanking;
                let rank =
                    ui.add_enabled(!must_rank, egui::Checkbox::new(&mut self.ranks, "Rank a given list"));
                rank.on_hover_text("Put items of your own choice in this campaign's order");
            });
        });
    }

    /// Filter and promotion, where the group has filters, what they must be told, and the columns to tell.
    pub(super) fn filter_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        campaign: &CampaignView,
        recipe: &RecipeDescriptor,
    ) {
        let tokens = context.tokens;
        let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
        let has_filters = !group.filters.is_empty();
        let tells = gives_metadata(campaign, recipe) && !recipe.recommends_actions();
        let items = group.dataset(DatasetType::Items).filter(|_| tells);
        if !has_filters && items.is_none() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            if has_filters {
                ui.label(muted("Filter"));
                self.filter.combo_ui(ui, group, "Filter", 200.0, recipe.asks_item());
                self.filter.fields_ui(context, ui, group, recipe.asks_item());
                ui.add_space(tokens.space.md);
            }
            if has_filters && recipe.takes_promotions && !self.ranks {
                ui.label(muted("Promote"));
                self.promotion.ui(context, ui, group, 200.0, recipe.asks_item());
                ui.add_space(tokens.space.md);
            }
            if let Some(items) = items {
                ui.label(muted("Tell"));
                columns_ui(ui, &items.schema, &mut self.columns);
            }
        });
    }
}
