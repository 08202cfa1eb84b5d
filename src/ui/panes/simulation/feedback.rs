//! The feedback loop: what popularity and coverage become where a campaign learns from its own clicks.

use super::FORM_WIDTH;
use super::past::PastExperiments;
use crate::studio::{
    FEEDBACK, FeedbackOutcome, FeedbackReport, GroupView, MOST_WEEKS, SimulationSpec, Studio, Week,
};
use crate::ui::action::Action;
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series, plot_ui};
use crate::ui::widgets::{button, progress, search_field::name_field, section};
use egui::{ComboBox, DragValue, Grid, RichText, Ui};
use parking_lot::Mutex;
use std::sync::Arc;

const HEIGHT: f32 = 170.0;

/// A measure of a week: what it is called, and on the axis.
type Measure = (&'static str, &'static str, fn(&Week) -> f64);

const MEASURES: [Measure; 4] = [
    ("Coverage of the catalogue", "Share", |week| week.coverage),
    ("Gini of what is shown", "Gini", |week| week.exposure_gini),
    ("Gini of what is clicked", "Gini", |week| week.click_gini),
    ("Clicks a visit", "Clicks", |week| week.click_rate),
];

/// Weeks trained again, and weeks trained once.
#[derive(Default)]
struct Weeks {
    retrained: Vec<Week>,
    trained_once: Vec<Week>,
    sentences: Vec<String>,
}

struct Running {
    ticket: Ticket<FeedbackReport>,
    /// Weeks that ended, put there by the job: whether trained again, and how they went.
    told: Arc<Mutex<Vec<(bool, Week)>>>,
}

pub(super) struct FeedbackPage {
    campaign: String,
    weeks: usize,
    spec: SimulationSpec,
    running: Option<Running>,
    shown: Option<Weeks>,
    unfinished: Option<String>,
    past: PastExperiments<FeedbackOutcome>,
}

impl Default for FeedbackPage {
    fn default() -> Self {
        Self {
            campaign: String::new(),
            weeks: 8,
            spec: SimulationSpec { exclude_seen: true, ..SimulationSpec::default() },
            running: None,
            shown: None,
            unfinished: None,
            past: PastExperiments::new(FEEDBACK, Studio::kept_feedback_loop),
        }
    }
}

impl From<FeedbackOutcome> for Weeks {
    fn from(outcome: FeedbackOutcome) -> Self {
        let FeedbackOutcome { retrained, trained_once, sentences, .. } = outcome;
        Self { retrained, trained_once, sentences }
    }
}

impl FeedbackPage {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        self.collect();
        let space = context.tokens.space.md;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space;
            ui.vertical(|ui| {
                ui.set_width(FORM_WIDTH);
                self.form_ui(context, ui, group);
            });
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                self.standing_ui(context, ui);
                ui.add_space(space);
                if let Some(opened) = self.past.ui(context, ui, group) {
                    self.unfinished = None;
                    self.shown = Some(opened.into());
                }
            });
        });
    }

    fn collect(&mut self) {
        let Some(running) = &self.running else { return };
        let shown = self.shown.get_or_insert_default();
        for (retrained, week) in running.told.lock().drain(..) {
            if retrained { &mut shown.retrained } else { &mut shown.trained_once }.push(week);
        }
        let Some(ended) = running.ticket.take() else { return };
        self.running = None;
        match ended {
            Ended::Done(report) => self.shown = Some(report.outcome.into()),
            Ended::Cancelled => {
                self.shown = None;
                self.unfinished = Some("Cancelled; nothing of it was kept.".to_owned());
            }
            Ended::Failed(why) => {
                self.shown = None;
                self.unfinished = Some(why);
            }
        }
    }

    fn form_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let campaigns = group.item_campaigns();
        if !campaigns.iter().any(|campaign| campaign.name == self.campaign) {
            self.campaign = campaigns.last().map(|campaign| campaign.name.clone()).unwrap_or_default();
        }
        let enabled =
            if self.running.is_some() { Err("A feedback loop runs; cancel it first") } else { Ok(()) };
        let mut started = false;
        let start = |ui: &mut Ui| started = button::primary_enabled(ui, tokens, "Start", enabled).clicked();
        section::card_with(ui, tokens, "Feedback loop", start, |ui| {
            let combo = ComboBox::from_id_salt("campaign of the loop").width(ui.available_width()).truncate();
            let combo = combo.selected_text(self.campaign.as_str()).show_ui(ui, |ui| {
                for campaign in &campaigns {
                    ui.selectable_value(&mut self.campaign, campaign.name.clone(), &campaign.name);
                }
            });
            name_field(&combo.response, "Campaign of the feedback loop");
            Grid::new("loop").num_columns(2).spacing([tokens.space.lg, tokens.space.xs]).show(ui, |ui| {
                let muted = |text: &str| RichText::new(text).color(tokens.color.text_muted);
                ui.label(muted("Weeks"));
                name_field(&ui.add(DragValue::new(&mut self.weeks).range(1..=MOST_WEEKS)), "Weeks");
                ui.end_row();
                ui.label(muted("Users, at most"));
                let users = DragValue::new(&mut self.spec.users).range(2..=200_000).speed(25.0);
                name_field(&ui.add(users), "Users, at most");
                ui.end_row();
                ui.label(muted("Seed"));
                name_field(&ui.add(DragValue::new(&mut self.spec.seed).speed(0.1)), "Seed");
                ui.end_row();
            });
            ui.checkbox(&mut self.spec.exclude_seen, "Leave out items a person had before");
            let text = "Each user visits once a day. Before each week the campaign is trained again on all clicks so far, which its own lists brought; beside it, the same weeks trained once.";
            ui.label(RichText::new(text).size(tokens.size.small).color(tokens.color.text_faint));
        });
        if started {
            self.start(context, group);
        }
    }

    fn start(&mut self, context: &PaneContext<'_>, group: &GroupView) {
        let told = Arc::<Mutex<Vec<(bool, Week)>>>::default();
        let (studio, waker, telling) = (context.studio.clone(), context.jobs.waker(), Arc::clone(&told));
        let (group, campaign) = (group.name.clone(), self.campaign.clone());
        let (weeks, spec) = (self.weeks, self.spec.clone());
        self.shown = None;
        self.unfinished = None;
        let ticket = context.send.job(
            format!("Feedback loop of {campaign}"),
            Lane::Training,
            move |job| {
                let watch = |retrained: bool, week: &Week| {
                    telling.lock().push((retrained, *week));
                    waker();
                };
                studio.feedback_loop(&group, &campaign, weeks, &spec, watch, job)
            },
            |report: &FeedbackReport| {
                let sentence = report.outcome.sentences.first().cloned().unwrap_or_default();
                Summary::new("The feedback loop has ended")
                    .detail(sentence)
                    .open_in_place(PaneKind::Simulation)
            },
        );
        self.running = Some(Running { ticket, told });
    }

    fn standing_ui(&self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        section::card(ui, tokens, "By week", |ui| {
            let running = self.running.as_ref().and_then(|running| context.jobs.get(running.ticket.id));
            if let Some(row) = running {
                progress::progress_ui(ui, tokens, &row.title, &row.progress);
                let cancel = button::plain(ui, tokens, "Cancel");
                if cancel.on_hover_text("Ends it and keeps nothing").clicked() {
                    context.send.send(Action::CancelJob(row.id));
                }
            }
            match &self.shown {
                Some(weeks) if !weeks.retrained.is_empty() => weeks_ui(context, ui, weeks),
                _ if running.is_some() => {}
                _ => {
                    let text = self.unfinished.as_deref().unwrap_or(
                        "A campaign that learns from the clicks its own lists brought may come to show ever fewer items. Press Start to see what becomes of yours.",
                    );
                    ui.label(RichText::new(text).color(tokens.color.text_muted));
                }
            }
        });
    }
}

fn weeks_ui(context: &PaneContext<'_>, ui: &mut Ui, weeks: &Weeks) {
    for sentence in &weeks.sentences {
        ui.add(egui::Label::new(sentence).wrap());
    }
    ui.columns(2, |columns| {
        for (place, measure) in MEASURES.iter().enumerate() {
            let ui = &mut columns[place % 2];
            plot_ui(ui, context.tokens, context.send, measure.0, &plot(weeks, *measure), HEIGHT);
        }
    });
}

fn plot(weeks: &Weeks, (title, axis, value): Measure) -> PlotSpec {
    let line = |name: &str, weeks: &[Week]| {
        let points = weeks.iter().map(|week| [week.week as f64, value(week)]).collect();
        Series::new(name, Marks::Line, points)
    };
    let lines = [line("Trained each week", &weeks.retrained), line("Trained once", &weeks.trained_once)];
    PlotSpec {
        title: title.to_owned(),
        x: Axis::number("Week"),
        y: Axis::number(axis),
        series: lines.into_iter().filter(|line| !line.points.is_empty()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_drawn_when_its_weeks_have_ended() {
        let week = |week: usize| Week { week, coverage: 0.5, ..Week::default() };
        let mut weeks = Weeks { retrained: vec![week(1), week(2)], ..Weeks::default() };
        let spec = plot(&weeks, MEASURES[0]);
        assert_eq!(spec.series.len(), 1);
        assert_eq!(spec.series[0].points, [[1.0, 0.5], [2.0, 0.5]]);
        weeks.trained_once.push(week(1));
        assert_eq!(plot(&weeks, MEASURES[0]).series.len(), 2);
    }
}
