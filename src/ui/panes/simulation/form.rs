//! The form of an experiment, and what it could show, told before it runs.

use crate::studio::{BASELINES, Design, GroupView, MOST_ARMS, Plan, SimulateRequest, SimulationSpec};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::Tokens;
use crate::ui::widgets::{button, count_words, search_field::name_field, section};
use egui::{ComboBox, DragValue, Grid, Response, RichText, Ui};

#[derive(Default)]
pub(super) struct ExperimentForm {
    /// As chosen; none until the person chose.
    arms: Option<Vec<String>>,
    /// What the others are compared with.
    first: String,
    spec: SimulationSpec,
    plan: Loadable<(u64, SimulateRequest), Plan>,
}

impl ExperimentForm {
    /// The experiment to start, in the frame in which it is asked for.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        running: bool,
    ) -> Option<SimulateRequest> {
        let tokens = context.tokens;
        let mut started = false;
        let enabled = match self.ready() {
            _ if running => Err("An experiment runs; stop it first"),
            ready => ready,
        };
        let start = |ui: &mut Ui| started = button::primary_enabled(ui, tokens, "Start", enabled).clicked();
        section::card_with(ui, tokens, "Experiment", start, |ui| {
            ui.add_enabled_ui(!running, |ui| {
                self.arms_ui(ui, tokens, group);
                self.design_ui(ui, tokens);
                self.numbers_ui(ui, tokens);
            });
            self.plan_ui(context, ui, group);
        });
        started.then(|| self.request(group))
    }

    fn ready(&self) -> Result<(), &'static str> {
        match self.arms.as_deref().unwrap_or_default().len() {
            0 | 1 => Err("Choose two campaigns or more"),
            n if n > MOST_ARMS => Err("Choose eight campaigns at most"),
            _ => Ok(()),
        }
    }

    fn request(&self, group: &GroupView) -> SimulateRequest {
        let mut arms = self.arms.clone().unwrap_or_default();
        arms.sort_by_key(|arm| *arm != self.first);
        SimulateRequest { group: group.name.clone(), arms, spec: self.spec.clone() }
    }

    fn arms_ui(&mut self, ui: &mut Ui, tokens: &Tokens, group: &GroupView) {
        let campaigns = group.item_campaigns();
        let mut known: Vec<(&str, String)> = campaigns
            .iter()
            .map(|campaign| (campaign.name.as_str(), format!("Answers with {}.", campaign.version)))
            .collect();
        for (name, about) in BASELINES {
            if !known.iter().any(|(known, _)| *known == name) {
                known.push((name, about.to_owned()));
            }
        }
        let arms = self.arms.get_or_insert_with(|| {
            let newest = campaigns.last().map(|campaign| campaign.name.clone());
            std::iter::once("popular".to_owned()).chain(newest).collect()
        });
        arms.retain(|arm| known.iter().any(|(name, _)| name == arm));
        section::subheading(ui, tokens, "Campaigns to try");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (name, about) in &known {
                let mut chosen = arms.iter().any(|arm| arm == name);
                let response = ui.checkbox(&mut chosen, *name);
                if response.on_hover_text(about).changed() {
                    if chosen {
                        arms.push((*name).to_owned());
                    } else {
                        arms.retain(|arm| arm != name);
                    }
                }
            }
        });
        if !arms.contains(&self.first) {
            self.first = arms.first().cloned().unwrap_or_default();
        }
        ui.horizontal(|ui| {
            ui.label(RichText::new("Compared with").color(tokens.color.text_muted));
            let combo = ComboBox::from_id_salt("compared with").width(200.0).truncate();
            let combo = combo.selected_text(self.first.as_str()).show_ui(ui, |ui| {
                for arm in arms.iter() {
                    ui.selectable_value(&mut self.first, arm.clone(), arm);
                }
            });
            name_field(&combo.response, "Campaign that the others are compared with");
        });
    }

    fn design_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        section::subheading(ui, tokens, "Design");
        ui.horizontal(|ui| {
            for design in Design::ALL {
                let chosen = ui.selectable_label(self.spec.design == design, design.title());
                if chosen.on_hover_text(design.about()).clicked() {
                    self.spec.design = design;
                }
            }
        });
        let about = RichText::new(self.spec.design.about());
        ui.label(about.size(tokens.size.small).color(tokens.color.text_faint));
    }

    fn numbers_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let spec = &mut self.spec;
        section::subheading(ui, tokens, "Size");
        grid(ui, tokens, "size", |ui| {
            number(ui, tokens, "Users", "People who come, drawn from your users.", |ui| {
                ui.add(DragValue::new(&mut spec.users).range(2..=200_000).speed(25.0))
            });
            number(ui, tokens, "Steps", "Visits of each, a day apart.", |ui| {
                ui.add(DragValue::new(&mut spec.steps).range(1..=1_000).speed(0.5))
            });
            ui.end_row();
            number(ui, tokens, "Seed", "The same seed gives the same result.", |ui| {
                ui.add(DragValue::new(&mut spec.seed).speed(0.1))
            });
            number(
                ui,
                tokens,
                "Effect",
                "What is looked for: the relative change of clicks a visit.",
                |ui| percent(ui, &mut spec.effect, 0.001, 10.0),
            );
            ui.end_row();
        });
        egui::CollapsingHeader::new("Assumptions").id_salt("assumptions").show(ui, |ui| {
            grid(ui, tokens, "assumptions", |ui| {
                number(ui, tokens, "Items of a list", "How many a visit sees.", |ui| {
                    ui.add(DragValue::new(&mut spec.list_length).range(1..=100).speed(0.1))
                });
                ui.end_row();
                let help = "Visits to popular items that end with a click. Interactions alone don't tell it.";
                number(ui, tokens, "Click rate", help, |ui| percent(ui, &mut spec.click_rate, 0.001, 0.9));
                ui.end_row();
                let help = "The newest share of the catalogue, which arrives while the experiment runs.";
                number(ui, tokens, "New items", help, |ui| percent(ui, &mut spec.arriving, 0.0, 0.5));
                ui.end_row();
                let help = "Where a click is worth 1.";
                number(ui, tokens, "Conversion's worth", help, |ui| {
                    ui.add(DragValue::new(&mut spec.conversion_value).range(0.0..=1e6).speed(0.1))
                });
                ui.end_row();
            });
            ui.checkbox(&mut spec.exclude_seen, "Leave out items a person had before");
        });
    }

    /// What this experiment can show.
    fn plan_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        section::subheading(ui, tokens, "What it can show");
        if let Err(why) = self.ready() {
            ui.label(RichText::new(format!("{why}.")).color(tokens.color.warning));
            return;
        }
        let request = self.request(group);
        let (studio, asked) = (context.studio.clone(), request.clone());
        self.plan.keep(context, (context.studio.revision(), request), "Planning an experiment", move |job| {
            studio.plan_simulation(&asked, job)
        });
        if let Some(why) = self.plan.failure() {
            ui.label(RichText::new(why).color(tokens.color.error));
        } else if let Some(plan) = self.plan.value() {
            let (words, is_enough) = plan_words(plan, &self.spec);
            let color = if is_enough { tokens.color.text } else { tokens.color.warning };
            ui.label(RichText::new(words).color(color));
        } else {
            let text = "Learning from your data how people choose...";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
        }
        ui.add_space(tokens.space.sm);
    }
}

/// The plan in words, and whether it promises to see the effect in four of five experiments.
fn plan_words(plan: &Plan, spec: &SimulationSpec) -> (String, bool) {
    let needed = format!(
        "To see {:.1} % of visits with a click become {:.1} % in four of five experiments takes {} users.",
        100.0 * plan.click_rate,
        100.0 * (plan.click_rate + plan.effect),
        count_words(plan.users_needed as u64)
    );
    match plan.power {
        Some(power) => {
            let users = count_words(spec.users as u64);
            (
                format!("{needed} {users} users see it with a chance of {:.0} %.", 100.0 * power),
                power >= 0.795,
            )
        }
        None => (format!("{needed} A bandit is not held to it: it plays what seems better."), true),
    }
}

fn grid(ui: &mut Ui, tokens: &Tokens, id: &str, rows: impl FnOnce(&mut Ui)) {
    Grid::new(id).num_columns(4).spacing([tokens.space.lg, tokens.space.xs]).show(ui, rows);
}

fn number(ui: &mut Ui, tokens: &Tokens, name: &str, help: &str, field: impl FnOnce(&mut Ui) -> Response) {
    ui.label(RichText::new(name).color(tokens.color.text_muted)).on_hover_text(help);
    let response = field(ui);
    name_field(&response, name);
    response.on_hover_text(help);
}

/// A share, written as a percentage.
fn percent(ui: &mut Ui, share: &mut f64, low: f64, high: f64) -> Response {
    let mut value = 100.0 * *share;
    let field = DragValue::new(&mut value).range(100.0 * low..=100.0 * high).speed(0.1).suffix(" %");
    let response = ui.add(field.max_decimals(2));
    if response.changed() {
        *share = value / 100.0;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_says_whether_it_is_enough() {
        let spec = SimulationSpec::default();
        let plan = Plan {
            click_rate: 0.1,
            effect: 0.01,
            spread: 0.02,
            users_needed: 2_240.0,
            visits_if_independent: 14_752.0,
            power: Some(0.746),
        };
        let (words, is_enough) = plan_words(&plan, &spec);
        assert_eq!(
            words,
            "To see 10.0 % of visits with a click become 11.0 % in four of five experiments takes 2,240 users. 2,000 users see it with a chance of 75 %."
        );
        assert!(!is_enough);
        assert!(plan_words(&Plan { power: Some(0.8), ..plan }, &spec).1);
        assert!(plan_words(&Plan { power: None, ..plan }, &spec).0.contains("not held to it"));
    }
}
