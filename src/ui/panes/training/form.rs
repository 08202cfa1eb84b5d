//! The form a training is made from: recipe, name, which events, parameters.

use super::device::DeviceField;
use super::objective::ObjectiveField;
use super::queue::Queue;
use super::weights::EventWeights;
use crate::domain::solution::SolutionConfig;
use crate::domain::{DatasetType, RecipeDescriptor, check_name};
use crate::studio::{GroupView, Readiness, TrainRequest, VersionView, recipe, recipes};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::form::ParameterForm;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, count_words, section};
use egui::{ComboBox, DragValue, Grid, RichText, TextEdit, Ui};

/// What is trained where a person wants to see first what there is.
const RECOMMENDED: [&str; 6] =
    ["popularity-count", "sims", "sequential-rules", "ease", "slit", "trending-now"];
const FIELD: f32 = 230.0;
/// Room for every recipe.
const MENU: f32 = 460.0;

/// Group, version and moment of its interactions, event type, threshold as text.
type DataKey = (String, u32, i64, Option<String>, String);

/// What a person has set so far.
pub(super) struct TrainForm {
    recipe: &'static str,
    /// Empty for the recipe's own name.
    solution: String,
    event_type: Option<String>,
    /// As typed; empty for none.
    threshold: String,
    weights: EventWeights,
    objective: ObjectiveField,
    seed: u64,
    full_data: bool,
    /// Whether the solution is to be brought up to date rather than trained, where it can be.
    updates: bool,
    device: DeviceField,
    parameters: ParameterForm,
    /// What stays after the event filter.
    stays: Loadable<DataKey, Readiness>,
    /// The event types of the group.
    types: Vec<String>,
}

impl Default for TrainForm {
    fn default() -> Self {
        Self {
            recipe: recipes().first().map_or("", |recipe| recipe.name),
            solution: String::new(),
            event_type: None,
            threshold: String::new(),
            weights: EventWeights::default(),
            objective: ObjectiveField::default(),
            seed: 0,
            full_data: false,
            updates: false,
            device: DeviceField::default(),
            parameters: ParameterForm::default(),
            stays: Loadable::default(),
            types: Vec::new(),
        }
    }
}

impl TrainForm {
    pub(super) fn choose(&mut self, recipe: &'static str) {
        if self.recipe != recipe {
            self.recipe = recipe;
            self.parameters.reset();
            self.solution.clear();
            self.updates = false;
        }
    }

    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        queue: &mut Queue,
    ) {
        self.count(context, group);
        let tokens = context.tokens;
        let allowed =
            if context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) };
        let mut set_wanted = false;
        let set_ui = |ui: &mut Ui| {
            let response = button::plain_enabled(ui, tokens, "Train the recommended set", allowed);
            let hint = "Popularity, SIMS, sequential rules, EASE, SLIT and trending, each with its defaults, one \
                        after the other";
            set_wanted = response.on_hover_text(hint).clicked();
        };
        section::card_with(ui, tokens, "New solution version", set_ui, |ui| {
            let Ok(recipe) = recipe(self.recipe) else { return };
            if let Some(base) = self.updated(group, recipe) {
                Grid::new("solution").num_columns(2).spacing([tokens.space.lg, tokens.space.sm]).show(
                    ui,
                    |ui| {
                        self.solution_ui(ui, tokens, group, recipe);
                        self.mode_ui(ui, group, recipe);
                    },
                );
                self.update_ui(context, ui, group, recipe, base, allowed, queue);
                return;
            }
            Grid::new("solution").num_columns(2).spacing([tokens.space.lg, tokens.space.sm]).show(ui, |ui| {
                self.solution_ui(ui, tokens, group, recipe);
                self.mode_ui(ui, group, recipe);
                self.events_ui(ui, tokens);
                if recipe.weighs_events && self.types.len() > 1 {
                    ui.label("");
                    self.weights.ui(ui, &self.types);
                    ui.end_row();
                }
                if recipe.takes_objective {
                    self.objective.ui(ui, group);
                }
                ui.label("Seed");
                let hint = "The same data, settings and seed give the same model, bit for bit";
                let response = ui.add(DragValue::new(&mut self.seed)).on_hover_text(hint);
                name_field(&response, "Seed");
                ui.end_row();
                ui.label("");
                let hint = "The metrics are those of the model that has not seen the test set; what a campaign serves \
                            is then trained again with it";
                let response = ui.checkbox(&mut self.full_data, "Then train on all data for serving");
                name_field(&response.on_hover_text(hint), "Then train on all data for serving");
                ui.end_row();
                self.device.ui(context, ui, recipe.name);
            });
            self.parameters_ui(ui, tokens, recipe);
            ui.add_space(tokens.space.xs);
            let checked = self.checked(group, recipe);
            let checked = allowed.map_err(str::to_owned).and(checked);
            let checked = match &checked {
                Ok(request) => self.device.check(context, group, &request.config).map(|()| request.clone()),
                Err(reason) => Err(reason.clone()),
            };
            ui.horizontal(|ui| {
                let enabled = checked.as_ref().map(|_| ()).map_err(String::as_str);
                if button::primary_enabled(ui, tokens, "Train", enabled).clicked()
                    && let Ok(request) = &checked
                {
                    queue.train(context, request.clone());
                }
                if let Err(reason) = &checked {
                    ui.add(egui::Label::new(RichText::new(reason).color(tokens.color.warning)).wrap());
                } else {
                    self.device.needs_ui(ui, tokens);
                }
            });
        });
        if set_wanted {
            train_recommended(context, group, queue);
        }
    }

    fn solution_ui(&mut self, ui: &mut Ui, tokens: &Tokens, group: &GroupView, recipe: &RecipeDescriptor) {
        name_of_two_lines(ui, tokens, "Recipe");
        let mut chosen = None;
        ui.vertical(|ui| {
            let combo =
                ComboBox::from_id_salt("recipe").width(FIELD).height(MENU).selected_text(recipe.title);
            let response = combo.show_ui(ui, |ui| {
                ui.spacing_mut().item_spacing.y = tokens.space.xs / 2.0;
                for other in recipes() {
                    let response = ui.selectable_label(other.name == recipe.name, other.title);
                    if response.on_hover_text(other.question).clicked() {
                        chosen = Some(other.name);
                    }
                }
            });
            name_field(&response.response, "Recipe");
            ui.label(RichText::new(recipe.question).size(tokens.size.small).color(tokens.color.text_muted));
        });
        if let Some(chosen) = chosen {
            self.choose(chosen);
        }
        ui.end_row();
        name_of_two_lines(ui, tokens, "Solution");
        ui.vertical(|ui| {
            let field = TextEdit::singleline(&mut self.solution)
                .hint_text(RichText::new(recipe.name).color(tokens.color.text_faint))
                .desired_width(FIELD)
                .min_size(egui::vec2(0.0, tokens.control_height))
                .align(egui::Align2::LEFT_CENTER);
            name_field(&ui.add(field), "Solution name");
            let (words, color) = match check_solution(self.solution_name(recipe), group, recipe) {
                Ok(words) => (words, tokens.color.text_muted),
                Err(problem) => (problem, tokens.color.error),
            };
            ui.label(RichText::new(words).size(tokens.size.small).color(color));
        });
        ui.end_row();
    }

    /// The version that is to be brought up to date, where one is.
    fn updated<'a>(&self, group: &'a GroupView, recipe: &RecipeDescriptor) -> Option<&'a VersionView> {
        self.updates.then(|| updatable(group, self.solution_name(recipe), recipe)).flatten()
    }

    /// Whether a new model is trained or the newest brought up to date; nothing where there is no choice.
    fn mode_ui(&mut self, ui: &mut Ui, group: &GroupView, recipe: &RecipeDescriptor) {
        let Some(base) = updatable(group, self.solution_name(recipe), recipe) else { return };
        ui.label("Training mode");
        ui.horizontal(|ui| {
            let full = ui.radio_value(&mut self.updates, false, "Full");
            full.on_hover_text("A new model from all data");
            let update = ui.radio_value(&mut self.updates, true, format!("Update {}", base.name));
            update.on_hover_text("The same model with new items and interactions, in a moment");
        });
        ui.end_row();
    }

    #[expect(clippy::too_many_arguments, reason = "what is drawn, for whom, and whether it may be done")]
    fn update_ui(
        &self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        recipe: &RecipeDescriptor,
        base: &VersionView,
        allowed: Result<(), &str>,
        queue: &mut Queue,
    ) {
        let tokens = context.tokens;
        ui.add_space(tokens.space.xs);
        let words = format!(
            "Takes the items, users and interactions that came since {} was trained into it, with its settings. Nothing is \
             learnt anew: new items are judged by their metadata and explored, all others score what they did. Train in full \
             from time to time.",
            base.name
        );
        ui.add(egui::Label::new(RichText::new(words).color(tokens.color.text_muted)).wrap());
        ui.add_space(tokens.space.xs);
        if button::primary_enabled(ui, tokens, "Update", allowed).clicked() {
            queue.update(context, &group.name, self.solution_name(recipe));
        }
    }

    fn events_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        const ALL: &str = "All event types";
        ui.label("Events");
        let combo = ComboBox::from_id_salt("event type")
            .width(FIELD)
            .selected_text(self.event_type.as_deref().unwrap_or(ALL));
        let response = combo.show_ui(ui, |ui| {
            if ui.selectable_label(self.event_type.is_none(), ALL).clicked() {
                self.event_type = None;
            }
            for name in &self.types {
                if ui.selectable_label(self.event_type.as_ref() == Some(name), name).clicked() {
                    self.event_type = Some(name.clone());
                }
            }
        });
        name_field(&response.response, "Event type");
        ui.end_row();
        ui.label("Least value");
        ui.vertical(|ui| {
            let hint = RichText::new("none").color(tokens.color.text_faint);
            let field = TextEdit::singleline(&mut self.threshold)
                .hint_text(hint)
                .desired_width(80.0)
                .min_size(egui::vec2(0.0, tokens.control_height))
                .align(egui::Align2::LEFT_CENTER);
            let response = ui.add(field);
            name_field(&response, "Least event value");
            response.on_hover_text("Events of a lower value, or of none, are left out");
            if let Err(problem) = self.threshold() {
                ui.label(RichText::new(problem).size(tokens.size.small).color(tokens.color.error));
            }
        });
        ui.end_row();
    }

    fn parameters_ui(&mut self, ui: &mut Ui, tokens: &Tokens, recipe: &RecipeDescriptor) {
        if recipe.parameters.is_empty() {
            return;
        }
        ui.horizontal(|ui| {
            ui.label(semibold("Parameters", tokens.size.body).color(tokens.color.text_muted));
            if !self.parameters.is_default() && button::link(ui, tokens, "Back to the defaults").clicked() {
                self.parameters.reset();
            }
        });
        self.parameters.ui(ui, tokens, recipe.name, recipe.parameters);
    }

    /// How many events and users the filter leaves.
    pub(super) fn data_ui(&self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        section::card(ui, tokens, "What stays to learn from", |ui| {
            if let Some(failure) = self.stays.failure() {
                ui.label(RichText::new(failure).color(tokens.color.error));
            }
            let Some(stays) = self.stays.value() else {
                ui.label(RichText::new("Counting").color(tokens.color.text_muted));
                return;
            };
            let all = group.dataset(DatasetType::Interactions).map_or(0, |dataset| dataset.rows);
            let words = format!("{} of {} interactions", count_words(stays.interactions), count_words(all));
            ui.label(words);
            let users = format!("{} users with two or more", count_words(stays.users));
            ui.label(RichText::new(users).color(tokens.color.text_muted));
            for message in &stays.messages {
                ui.horizontal_top(|ui| {
                    ui.add(Icon::Warning.image(16.0, tokens.color.warning));
                    ui.add(egui::Label::new(RichText::new(message).color(tokens.color.warning)).wrap());
                });
            }
            if stays.missing_interactions + stays.missing_users > 0 {
                let words = format!(
                    "Missing: {} interactions, {} users. Take away the filter or import more.",
                    count_words(stays.missing_interactions),
                    count_words(stays.missing_users)
                );
                ui.label(RichText::new(words).color(tokens.color.text_muted));
            }
        });
    }

    fn count(&mut self, context: &PaneContext<'_>, group: &GroupView) {
        let Some(dataset) = group.dataset(DatasetType::Interactions) else { return };
        let threshold = self.threshold().unwrap_or(None);
        let (version, at) = (dataset.version, dataset.imported_at);
        let typed = threshold.map(|value| value.to_string()).unwrap_or_default();
        let key = (group.name.clone(), version, at, self.event_type.clone(), typed);
        let (studio, name, event_type) =
            (context.studio.clone(), group.name.clone(), self.event_type.clone());
        self.stays.keep(context, key, "counting what stays", move |_| {
            studio.readiness(&name, event_type.as_deref(), threshold)
        });
        if let Some(stays) = self.stays.value() {
            self.types = stays.by_event_type.iter().map(|family| family.event_type.clone()).collect();
        }
    }

    fn threshold(&self) -> Result<Option<f64>, String> {
        let text = self.threshold.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        value.map(Some).ok_or_else(|| format!("`{text}` is no number; write one such as 0.5, or nothing"))
    }

    fn solution_name<'a>(&'a self, recipe: &RecipeDescriptor) -> &'a str {
        let typed = self.solution.trim();
        if typed.is_empty() { recipe.name } else { typed }
    }

    /// The training asked for, or what stands in its way.
    fn checked(&self, group: &GroupView, recipe: &RecipeDescriptor) -> Result<TrainRequest, String> {
        let solution = self.solution_name(recipe);
        check_solution(solution, group, recipe)?;
        let threshold = self.threshold()?;
        let parameters = self.parameters.parameters(recipe).map_err(|error| error.to_string())?;
        if let Some(stays) = self.stays.value().filter(|stays| !stays.is_ready()) {
            return Err(stays.messages.join(" "));
        }
        let config = SolutionConfig {
            event_type: self.event_type.clone(),
            event_value_threshold: threshold,
            event_weights: if recipe.weighs_events { self.weights.list(&self.types) } else { Vec::new() },
            objective: if recipe.takes_objective { self.objective.chosen(group) } else { None },
            seed: self.seed,
            device: self.device.chosen(recipe.name),
            full_data: self.full_data,
            ..SolutionConfig::of(recipe.name, parameters)
        };
        config.check_event_weights()?;
        Ok(TrainRequest { group: group.name.clone(), solution: Some(solution.to_owned()), config })
    }
}

/// The name of a field that has a line of small text under it, at the height of the field.
fn name_of_two_lines(ui: &mut Ui, tokens: &Tokens, name: &str) {
    ui.vertical(|ui| {
        let field = egui::vec2(0.0, tokens.control_height);
        ui.allocate_ui_with_layout(field, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.label(name)
        });
        ui.label(RichText::new(" ").size(tokens.size.small));
    });
}

/// What a training under this name would make, or why it can't.
fn check_solution(name: &str, group: &GroupView, recipe: &RecipeDescriptor) -> Result<String, String> {
    check_name(name).map_err(|error| error.to_string())?;
    match group.solution(name) {
        None => Ok("A new solution".to_owned()),
        Some(known) if known.recipe != recipe.name => {
            Err(format!("{name} is a solution of {}; give this one another name", known.recipe))
        }
        Some(known) if known.versions.len() == 1 => {
            Ok("One more version, beside the one there is".to_owned())
        }
        Some(known) => Ok(format!("One more version, beside the {} there are", known.versions.len())),
    }
}

/// The version that an update of a solution takes over, where its recipe can.
fn updatable<'a>(group: &'a GroupView, solution: &str, recipe: &RecipeDescriptor) -> Option<&'a VersionView> {
    let solution = group.solution(solution).filter(|known| known.recipe == recipe.name)?;
    solution.latest_full().filter(|_| recipe.takes_updates)
}

fn train_recommended(context: &PaneContext<'_>, group: &GroupView, queue: &mut Queue) {
    for name in RECOMMENDED {
        let Ok(recipe) = recipe(name) else { continue };
        let Ok(parameters) = recipe.parameters_from([]) else { continue };
        let config = SolutionConfig::of(recipe.name, parameters);
        queue.train(context, TrainRequest { group: group.name.clone(), solution: None, config });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recommended_set_is_of_recipes_there_are() {
        for name in RECOMMENDED {
            recipe(name).unwrap().parameters_from([]).unwrap();
        }
    }

    #[test]
    fn a_threshold_is_a_number_or_nothing() {
        let form = |text: &str| TrainForm { threshold: text.to_owned(), ..TrainForm::default() };
        assert_eq!(form(" ").threshold(), Ok(None));
        assert_eq!(form("0.5").threshold(), Ok(Some(0.5)));
        assert!(form("half").threshold().unwrap_err().contains("`half`"));
        assert!(form("inf").threshold().is_err());
    }

    #[test]
    fn another_recipe_takes_its_own_parameters_and_name() {
        let mut form = TrainForm { solution: "mine".to_owned(), ..TrainForm::default() };
        form.choose("sims");
        assert_eq!(form.solution_name(recipe("sims").unwrap()), "sims");
        assert!(form.parameters.is_default());
    }
}
