//! Trainings asked for on this page: running, waiting, and how to stop them.

use super::curves::curves_ui;
use crate::jobs::JobContext;
use crate::studio::{TrainRequest, VersionView};
use crate::ui::action::Action;
use crate::ui::jobs::{JobId, JobRow, JobState, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::{button, duration_words, progress, section};
use egui::{Align, Label, Layout, RichText, Ui};
use std::time::Duration;

/// Trainings that have not ended.
#[derive(Default)]
pub(super) struct Queue(Vec<Ticket<VersionView>>);

impl Queue {
    /// Trains when the trainings before it have ended.
    pub(super) fn train(&mut self, context: &PaneContext<'_>, request: TrainRequest) {
        let studio = context.studio.clone();
        let solution = request.solution.as_deref().unwrap_or(&request.config.recipe);
        let title = format!("Training {solution}");
        self.start(context, title, move |job| studio.train(&request, job));
    }

    /// Brings a solution up to date when the trainings before it have ended.
    pub(super) fn update(&mut self, context: &PaneContext<'_>, group: &str, solution: &str) {
        let studio = context.studio.clone();
        let (group, solution) = (group.to_owned(), solution.to_owned());
        let title = format!("Updating {solution}");
        self.start(context, title, move |job| studio.update(&group, &solution, job));
    }

    /// Goes on with a training that was stopped.
    pub(super) fn resume(&mut self, context: &PaneContext<'_>, group: &str, version: &str) {
        let studio = context.studio.clone();
        let (group, version) = (group.to_owned(), version.to_owned());
        let title = format!("Resuming {version}");
        self.start(context, title, move |job| studio.resume(&group, &version, job));
    }

    fn start(
        &mut self,
        context: &PaneContext<'_>,
        title: String,
        work: impl FnOnce(&JobContext) -> anyhow::Result<VersionView> + Send + 'static,
    ) {
        let ticket = context.send.job(title, Lane::Training, work, |version| {
            let found = |key: &str| version.metrics.get(key).copied();
            let took = duration_words(Duration::from_secs_f64(version.seconds.max(0.0)));
            let ndcg = found("normalized_discounted_cumulative_gain_at_10");
            let detail = match (ndcg, found("coverage")) {
                (Some(ndcg), Some(coverage)) => {
                    format!("In {took}; NDCG@10 {ndcg:.4}, coverage {coverage:.4}")
                }
                _ => format!("In {took}; without metrics, its details say why"),
            };
            Summary::new(format!("Trained {}", version.name)).detail(detail).open(PaneKind::Evaluation)
        });
        self.0.push(ticket);
    }

    /// Draws what runs and waits; nothing where nothing does.
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        self.0.retain(|ticket| ticket.take().is_none());
        let ids: Vec<JobId> = self.0.iter().map(|ticket| ticket.id).collect();
        let rows: Vec<_> = ids.iter().filter_map(|id| context.jobs.get(*id)).collect();
        if rows.is_empty() {
            return;
        }
        let tokens = context.tokens;
        let cancel_all = |ui: &mut Ui| {
            if rows.len() > 1 && button::link(ui, tokens, "Cancel all").clicked() {
                for id in &ids {
                    context.send.send(Action::CancelJob(*id));
                }
            }
        };
        section::card_with(ui, tokens, "Running", cancel_all, |ui| {
            for row in &rows {
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let name = format!("Cancel: {}", row.title);
                        if button::icon(ui, tokens, Icon::Close, &name).clicked() {
                            context.send.send(Action::CancelJob(row.id));
                        }
                        if row.state == JobState::Waiting {
                            ui.label(RichText::new("waiting").color(tokens.color.text_faint));
                        }
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            ui.add(Label::new(&row.title).truncate());
                        });
                    });
                });
                if row.state != JobState::Waiting {
                    progress::progress_ui(ui, tokens, &row.title, &row.progress);
                    settle_ui(context, ui, row);
                    curves_ui(context, ui, &row.title, &row.curves);
                }
            }
        });
    }
}

/// Offers to end a network's training with the best it has come to.
fn settle_ui(context: &PaneContext<'_>, ui: &mut Ui, row: &JobRow) {
    if !row.progress.can_settle || row.state != JobState::Running {
        return;
    }
    let response = button::plain(ui, context.tokens, "Keep the best so far");
    let hint = "Ends this network's training now and goes on with the weights of its best epoch";
    if response.on_hover_text(hint).clicked() {
        context.send.send(Action::SettleJob(row.id));
    }
}
