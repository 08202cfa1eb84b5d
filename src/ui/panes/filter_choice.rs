//! A filter chosen for a campaign or a batch, with fields for its parameters.

use super::id_field::{IdField, IdOf, data_key};
use crate::domain::filter::{Filter, Parameter, Target};
use crate::studio::{FilterView, GroupView};
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::search_field::name_field;
use egui::{ComboBox, RichText, TextEdit, Ui};
use std::collections::BTreeMap;

/// What is typed for parameters, by name.
pub(super) type ParameterTexts = BTreeMap<String, String>;

/// A filter of the group, or none.
pub(super) struct FilterChoice {
    /// What it says where none is chosen.
    nothing: &'static str,
    name: Option<String>,
    texts: ParameterTexts,
    user: IdField,
}

impl Default for FilterChoice {
    fn default() -> Self {
        Self::without("No filter")
    }
}

impl FilterChoice {
    /// A choice that says this where none is made.
    pub(super) fn without(nothing: &'static str) -> Self {
        Self { nothing, name: None, texts: ParameterTexts::new(), user: IdField::new(IdOf::User) }
    }

    /// The filter chosen, where the group still has it.
    pub(super) fn name<'a>(&self, group: &'a GroupView) -> Option<&'a str> {
        let name = self.name.as_deref()?;
        group.filters.iter().map(|filter| filter.name.as_str()).find(|known| *known == name)
    }

    fn filter(&self, group: &GroupView) -> Option<Filter> {
        let name = self.name(group)?;
        let filter = group.filters.iter().find(|filter| filter.name == name)?;
        Filter::parse(&filter.expression).ok()
    }

    /// What it must or may be told.
    pub(super) fn parameters(&self, group: &GroupView) -> Vec<Parameter> {
        self.filter(group).map(|filter| filter.parameters()).unwrap_or_default()
    }

    /// The values of its parameters, as a request sends them.
    pub(super) fn values(&self, group: &GroupView) -> Vec<(String, String)> {
        values_of(&self.parameters(group), &self.texts)
    }

    /// The user whom the filter looks at, where a recipe itself asks for none.
    pub(super) fn user(&self, group: &GroupView) -> Option<&str> {
        self.user.id().filter(|_| self.filter(group).is_some_and(|filter| filter.needs_user()))
    }

    /// What must still be said before anyone can be asked with it.
    pub(super) fn missing(&self, group: &GroupView, asks_item: bool) -> Option<String> {
        let filter = self.filter(group)?;
        let given = self.values(group);
        let lacks = |parameter: &&Parameter| {
            parameter.is_required && !given.iter().any(|(name, _)| *name == parameter.name)
        };
        if let Some(parameter) = filter.parameters().iter().find(lacks) {
            return Some(format!("Give a value for ${}: the filter needs it.", parameter.name));
        }
        let is_user_missing = asks_item && filter.needs_user() && self.user.id().is_none();
        is_user_missing.then(|| "Name the user whom the filter looks at.".to_owned())
    }

    /// The box to choose from; `asks_item` says that a filter may look at the item asked about.
    pub(super) fn combo_ui(
        &mut self,
        ui: &mut Ui,
        group: &GroupView,
        field: &str,
        width: f32,
        asks_item: bool,
    ) {
        let chosen = self.name(group).map(str::to_owned);
        let words = chosen.as_deref().unwrap_or(self.nothing);
        let combo = ComboBox::from_id_salt(field).width(width).selected_text(words).truncate();
        let combo = combo.show_ui(ui, |ui| {
            ui.set_min_width(280.0);
            if ui.selectable_label(chosen.is_none(), self.nothing).clicked() {
                self.name = None;
            }
            let fits = |filter: Filter| filter.target == Target::Items && (asks_item || !filter.needs_item());
            let fits = |filter: &&FilterView| Filter::parse(&filter.expression).is_ok_and(fits);
            for filter in group.filters.iter().filter(fits) {
                let is_chosen = chosen.as_deref() == Some(filter.name.as_str());
                let row = ui.selectable_label(is_chosen, &filter.name);
                if row.on_hover_text(&filter.expression).clicked() {
                    self.name = Some(filter.name.clone());
                }
            }
        });
        name_field(&combo.response, field);
    }

    /// Fields for what the filter must be told, one after the other; `asks_item` says that the recipe names no user.
    pub(super) fn fields_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        asks_item: bool,
    ) {
        let Some(filter) = self.filter(group) else { return };
        ui.horizontal_wrapped(|ui| {
            parameters_ui(ui, context.tokens, &filter.parameters(), &mut self.texts);
            if asks_item && filter.needs_user() {
                ui.label("Asked by");
                let hint = "A user's id";
                self.user.ui(context, ui, &data_key(group), "User the filter looks at", hint, 150.0);
            }
        });
    }
}

/// What is typed, as a request sends it; a field left empty is not sent.
pub(super) fn values_of(parameters: &[Parameter], texts: &ParameterTexts) -> Vec<(String, String)> {
    let typed = parameters.iter().filter_map(|parameter| {
        let text = texts.get(&parameter.name)?.trim();
        (!text.is_empty()).then(|| (parameter.name.clone(), text.to_owned()))
    });
    typed.collect()
}

/// A field for each parameter, one after the other.
pub(super) fn parameters_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    parameters: &[Parameter],
    texts: &mut ParameterTexts,
) {
    for parameter in parameters {
        ui.label(RichText::new(format!("${}", parameter.name)).monospace());
        let example = if parameter.takes_list { "\"a\",\"b\"" } else { "one value" };
        let text = texts.entry(parameter.name.clone()).or_default();
        let field = TextEdit::singleline(text)
            .hint_text(RichText::new(example).color(tokens.color.text_faint))
            .desired_width(150.0)
            .min_size(egui::vec2(0.0, tokens.control_height))
            .align(egui::Align2::LEFT_CENTER);
        let field = ui.add(field);
        name_field(&field, &format!("Value of ${}", parameter.name));
        let without =
            if parameter.is_required { "It must be given." } else { "Without it, its EXCLUDE is not used." };
        let hint = format!(
            "Compared with {}. Texts in quotes, several with commas between. {without}",
            parameter.field
        );
        field.on_hover_text(hint);
        ui.add_space(tokens.space.sm);
    }
}
