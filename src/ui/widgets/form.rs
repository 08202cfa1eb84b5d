//! A form made from a recipe's parameters: each with its range, its default, its help and a way back.

use super::{button, search_field::name_field};
use crate::domain::parameter::ParameterError;
use crate::domain::{ParameterKind, ParameterSpec, Parameters, RecipeDescriptor};
use crate::ui::theme::{Icon, Tokens};
use egui::{ComboBox, DragValue, Grid, RichText, Slider, Ui};
use std::collections::BTreeMap;

/// What a person has set. Parameters not in here are at their defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParameterForm {
    texts: BTreeMap<String, String>,
}

impl ParameterForm {
    /// A form that begins with the given values.
    pub fn of(parameters: &Parameters, specs: &[ParameterSpec]) -> Self {
        let changed = parameters.iter().filter(|(name, value)| {
            specs.iter().any(|spec| spec.name == *name && spec.default_value() != **value)
        });
        Self { texts: changed.map(|(name, value)| (name.to_owned(), value.to_string())).collect() }
    }

    /// The values set, by name, as the service sends them.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The values set of these parameters, by name.
    pub fn texts_of(&self, specs: &[ParameterSpec]) -> Vec<(String, String)> {
        let known = self.texts().filter(|(name, _)| specs.iter().any(|spec| spec.name == *name));
        known.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    /// Every parameter of the recipe, checked.
    pub fn parameters(&self, recipe: &RecipeDescriptor) -> Result<Parameters, ParameterError> {
        recipe.parameters_from(self.texts())
    }

    pub fn is_default(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn reset(&mut self) {
        self.texts.clear();
    }

    /// Draws one row a parameter. Whether anything changed.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, id: &str, specs: &[ParameterSpec]) -> bool {
        let mut changed = false;
        if specs.is_empty() {
            return changed;
        }
        Grid::new(id).num_columns(3).spacing([tokens.space.lg, tokens.space.sm]).show(ui, |ui| {
            for spec in specs {
                changed |= self.row_ui(ui, tokens, spec);
                ui.end_row();
            }
        });
        changed
    }

    fn row_ui(&mut self, ui: &mut Ui, tokens: &Tokens, spec: &ParameterSpec) -> bool {
        let is_set = self.texts.contains_key(spec.name);
        let name = RichText::new(spec.name);
        let name = if is_set { name.color(tokens.color.accent_text) } else { name };
        ui.label(name).on_hover_text(spec.help);
        let default = spec.default_value().to_string();
        let now = self.texts.get(spec.name).cloned().unwrap_or_else(|| default.clone());
        let new = control_ui(ui, tokens, spec, &now);
        let mut changed = false;
        if let Some(new) = new
            && new != now
        {
            if new == default {
                self.texts.remove(spec.name);
            } else {
                self.texts.insert(spec.name.to_owned(), new);
            }
            changed = true;
        }
        ui.horizontal(|ui| {
            if is_set && button::icon(ui, tokens, Icon::Undo, &format!("Reset {}", spec.name)).clicked() {
                self.texts.remove(spec.name);
                changed = true;
            }
            let hint = match spec.kind {
                ParameterKind::Int { min, max, .. } => format!("{min} to {max}, default {default}"),
                ParameterKind::Float { min, max, .. } => format!("{min} to {max}, default {default}"),
                ParameterKind::Bool { .. } | ParameterKind::Choice { .. } => format!("default {default}"),
            };
            let hint = RichText::new(hint).size(tokens.size.small).color(tokens.color.text_faint);
            ui.label(hint).on_hover_text(spec.help);
        });
        changed
    }
}

/// A slider with a small handle in the accent's colour.
fn slider(ui: &mut Ui, tokens: &Tokens, slider: Slider<'_>) -> egui::Response {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        let widgets = &mut ui.visuals_mut().widgets;
        for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            state.fg_stroke.color = tokens.color.accent_text;
        }
        // The rail and the handle's inside.
        widgets.inactive.bg_fill = tokens.color.border;
        ui.add(slider)
    })
    .inner
}

/// Draws the control of one parameter. The new text, where it was touched.
fn control_ui(ui: &mut Ui, tokens: &Tokens, spec: &ParameterSpec, now: &str) -> Option<String> {
    match spec.kind {
        ParameterKind::Int { default, min, max } => {
            let mut value = now.parse().unwrap_or(default);
            let response = if max - min <= 1_000 {
                slider(ui, tokens, Slider::new(&mut value, min..=max))
            } else {
                ui.add(DragValue::new(&mut value).range(min..=max).speed(((max - min) as f64).powf(0.25)))
            };
            name_field(&response, spec.name);
            response.on_hover_text(spec.help).changed().then(|| value.to_string())
        }
        ParameterKind::Float { default, min, max } => {
            let mut value = now.parse().unwrap_or(default);
            // Learning rates and penalties live in powers of ten.
            let wide = min > 0.0 && max / min > 1_000.0;
            let response = if max - min <= 1_000.0 || wide {
                slider(ui, tokens, Slider::new(&mut value, min..=max).logarithmic(wide).max_decimals(6))
            } else {
                ui.add(DragValue::new(&mut value).range(min..=max).speed((max - min).powf(0.25)))
            };
            name_field(&response, spec.name);
            response.on_hover_text(spec.help).changed().then(|| value.to_string())
        }
        ParameterKind::Bool { default } => {
            let mut value = now.parse().unwrap_or(default);
            let word = if value { "on" } else { "off" };
            let response = ui.checkbox(&mut value, word);
            name_field(&response, spec.name);
            response.on_hover_text(spec.help).changed().then(|| value.to_string())
        }
        ParameterKind::Choice { options, .. } => {
            let mut chosen = None;
            let combo = ComboBox::from_id_salt(spec.name).selected_text(now).width(160.0);
            let response = combo.show_ui(ui, |ui| {
                ui.set_min_width(160.0);
                ui.spacing_mut().item_spacing.y = tokens.space.xs;
                for option in options {
                    if ui.selectable_label(*option == now, *option).clicked() {
                        chosen = Some((*option).to_owned());
                    }
                }
            });
            name_field(&response.response, spec.name);
            response.response.on_hover_text(spec.help);
            chosen
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parameter::ParameterGroup;
    use crate::domain::{DatasetType, ParameterValue, Task};
    use crate::ui::theme::{Themes, tokens};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    const fn spec(name: &'static str, kind: ParameterKind) -> ParameterSpec {
        ParameterSpec { name, kind, group: ParameterGroup::Algorithm, tunable: true, help: "What it does" }
    }

    static SPECS: [ParameterSpec; 3] = [
        spec("discount", ParameterKind::Float { default: 0.5, min: 0.0, max: 1.0 }),
        spec("recency", ParameterKind::Bool { default: false }),
        spec("mode", ParameterKind::Choice { default: "cosine", options: &["cosine", "lift"], aliases: &[] }),
    ];

    static RECIPE: RecipeDescriptor = RecipeDescriptor {
        name: "test",
        title: "Test",
        task: Task::RelatedItems,
        question: "",
        about: "",
        reads: &[DatasetType::Interactions],
        parameters: &SPECS,
        reads_order: false,
        takes_events: false,
        returns_scores: false,
        takes_objective: false,
        weighs_events: false,
        takes_updates: false,
        takes_promotions: false,
        second_generation: false,
        campaign_parameters: &[],
        open_baseline: true,
    };

    #[test]
    fn a_person_changes_values_and_takes_them_back() {
        let mut installed = false;
        let mut harness = Harness::builder().with_size([800.0, 400.0]).build_ui_state(
            move |ui, form: &mut ParameterForm| {
                if !installed {
                    Themes::install(ui.ctx()).unwrap();
                    installed = true;
                }
                let tokens = tokens(ui);
                form.ui(ui, &tokens, "form", RECIPE.parameters);
            },
            ParameterForm::default(),
        );
        harness.run();
        harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, "recency").click();
        harness.run();
        harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "mode").click();
        harness.run();
        harness.get_by_label("lift").click();
        harness.run();
        let parameters = harness.state().parameters(&RECIPE).unwrap();
        assert!(parameters.bool("recency"));
        assert_eq!(parameters.text("mode"), "lift");
        assert_eq!(parameters.float("discount"), 0.5);
        harness.get_by_label("Reset mode").click();
        harness.run();
        assert_eq!(harness.state().texts().collect::<Vec<_>>(), [("recency", "true")]);
    }

    #[test]
    fn only_what_differs_from_the_defaults_is_set() {
        let parameters = RECIPE.parameters_from([("discount", "0.5"), ("mode", "lift")]).unwrap();
        let form = ParameterForm::of(&parameters, RECIPE.parameters);
        assert_eq!(form.texts().collect::<Vec<_>>(), [("mode", "lift")]);
        assert_eq!(
            form.parameters(&RECIPE).unwrap().get("mode"),
            Some(&ParameterValue::Text("lift".to_owned()))
        );
    }
}
