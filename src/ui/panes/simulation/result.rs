//! What an experiment came to: verdict, curves, and the arms in numbers.

use super::curves::{Curve, plot};
use crate::studio::{Measured, Outcome, Point, SimulateRequest, SimulationSpec, SimulationVerdict};
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::key_value::number_cell;
use crate::ui::widgets::plot::plot_ui;
use crate::ui::widgets::{count_words, section};
use egui::{Grid, RichText, Ui};

const HEIGHT: f32 = 230.0;
/// The most that the name of a campaign takes in the table.
const NAME_WIDTH: f32 = 120.0;

/// An experiment that is looked at, running or ended.
pub(super) struct Shown {
    spec: SimulationSpec,
    arms: Vec<String>,
    points: Vec<Point>,
    verdict: SimulationVerdict,
    /// How people choose; none before it has ended.
    people: Option<String>,
    advice: Option<&'static str>,
    curve: Curve,
}

impl Shown {
    /// Of an experiment that begins.
    pub(super) fn begun(request: &SimulateRequest) -> Self {
        Self {
            spec: request.spec.clone(),
            arms: request.arms.clone(),
            points: Vec::new(),
            verdict: SimulationVerdict::default(),
            people: None,
            advice: None,
            curve: Curve::default(),
        }
    }

    /// Of one that ended.
    pub(super) fn of(outcome: Outcome) -> Self {
        let (people, advice) = (people_words(&outcome), outcome.advice());
        let Outcome { spec, arms, points, verdict, .. } = outcome;
        Self { spec, arms, points, verdict, people: Some(people), advice, curve: Curve::default() }
    }

    /// Takes in steps that were done.
    pub(super) fn add(&mut self, points: impl Iterator<Item = Point>) {
        let before = self.points.len();
        self.points.extend(points);
        if self.points.len() > before {
            self.verdict = SimulationVerdict::of(&self.spec, &self.arms, &self.points);
        }
    }
}

pub(super) fn result_ui(context: &PaneContext<'_>, ui: &mut Ui, shown: &mut Shown) {
    let title = format!("Result of {}", shown.spec.name);
    section::card(ui, context.tokens, &title, |ui| {
        body_ui(context, ui, shown);
        if let Some(advice) = shown.advice {
            ui.label(RichText::new(advice).color(context.tokens.color.warning));
        }
        if let Some(people) = &shown.people {
            let tokens = context.tokens;
            ui.label(RichText::new(people).size(tokens.size.small).color(tokens.color.text_faint));
        }
    });
}

/// Verdict, curves and numbers.
pub(super) fn body_ui(context: &PaneContext<'_>, ui: &mut Ui, shown: &mut Shown) {
    let tokens = context.tokens;
    let Some(last) = shown.points.last() else {
        ui.label(RichText::new("No step is done yet.").color(tokens.color.text_muted));
        return;
    };
    verdict_ui(ui, tokens, &shown.verdict);
    ui.horizontal(|ui| {
        for curve in Curve::ALL.into_iter().filter(|curve| curve.is_there(last)) {
            ui.selectable_value(&mut shown.curve, curve, curve.title());
        }
    });
    if !shown.curve.is_there(last) {
        shown.curve = Curve::default();
    }
    // A plot learns in one frame how much room its marks take, and gives it in the next.
    let drawn = ui.scope_id().with("steps drawn");
    let count = shown.points.len();
    if ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default::<usize>(drawn), count)) != count {
        ui.ctx().request_repaint();
    }
    let spec = plot(shown.curve, &shown.arms, &shown.points);
    plot_ui(ui, tokens, context.send, "curves of the experiment", &spec, HEIGHT);
    arms_ui(ui, tokens, &shown.arms, last);
}

fn verdict_ui(ui: &mut Ui, tokens: &Tokens, verdict: &SimulationVerdict) {
    for (place, sentence) in verdict.sentences.iter().enumerate() {
        ui.horizontal(|ui| {
            let found = verdict.winner.is_some() && place == 0;
            let (icon, color) = if found {
                (Icon::Success, tokens.color.success)
            } else {
                (Icon::Info, tokens.color.text_muted)
            };
            ui.add(icon.image(16.0, color));
            let text = if place == 0 {
                semibold(sentence, tokens.size.body)
            } else {
                RichText::new(sentence).color(tokens.color.text_muted)
            };
            ui.add(egui::Label::new(text).wrap());
        });
    }
    ui.add_space(tokens.space.sm);
}

fn arms_ui(ui: &mut Ui, tokens: &Tokens, arms: &[String], last: &Point) {
    const HEADS: [&str; 6] =
        ["Campaign", "Users", "Visits", "Clicks a visit", "Conversions a visit", "Reward a visit"];
    let measured =
        |measured: &Measured| format!("{:.4} ±{:.4}", measured.value, (measured.high - measured.low) / 2.0);
    Grid::new("arms").num_columns(HEADS.len()).striped(true).spacing([tokens.space.lg, 6.0]).show(ui, |ui| {
        for (place, head) in HEADS.into_iter().enumerate() {
            let head = RichText::new(head).color(tokens.color.text_muted);
            if place == 0 {
                ui.label(head);
            } else {
                number_cell(ui, head);
            }
        }
        ui.end_row();
        for (name, arm) in arms.iter().zip(&last.arms) {
            let counts = format!(
                "{name}: {} clicks and {} conversions",
                count_words(arm.clicks),
                count_words(arm.conversions)
            );
            ui.scope(|ui| {
                ui.set_max_width(NAME_WIDTH);
                ui.add(egui::Label::new(name).truncate()).on_hover_text(counts);
            });
            for count in [arm.users, arm.visits] {
                number_cell(ui, count_words(count));
            }
            for rate in [&arm.click_rate, &arm.conversion_rate, &arm.reward] {
                number_cell(ui, measured(rate));
            }
            ui.end_row();
        }
    });
}

/// How the people of an experiment chose.
fn people_words(outcome: &Outcome) -> String {
    let people = &outcome.people;
    let conversion = match &people.conversion_event {
        Some(event) => format!("{:.1} % of clicks become a {event}", 100.0 * people.conversion),
        None => format!("{:.0} % of clicks are assumed to become conversions", 100.0 * people.conversion),
    };
    format!(
        "People choose by what came before ({:.0} %), popularity ({:.0} %) and taste ({:.0} %), fitted to {} events; an item had before counts {:.2} times; {conversion}. Seed {}.",
        100.0 * people.transitions,
        100.0 * people.popularity,
        100.0 * people.taste,
        count_words(people.events as u64),
        people.repeat,
        outcome.spec.seed
    )
}
