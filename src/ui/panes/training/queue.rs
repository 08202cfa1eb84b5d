//! Trainings asked for on this page: running, waiting, and how to stop them.

use crate::studio::{TrainRequest, VersionView};
use crate::ui::action::Action;
use crate::ui::jobs::{JobId, JobState, Lane, Summary, Ticket};
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
        let ticket = context.send.job(
            title,
            Lane::Training,
            move |job| studio.train(&request, job),
            |version| {
                let found = |key: &str| version.metrics.get(key).copied().unwrap_or_default();
                let ndcg = found("normalized_discounted_cumulative_gain_at_10");
                let took = duration_words(Duration::from_secs_f64(version.seconds.max(0.0)));
                let detail = format!("In {took}; NDCG@10 {ndcg:.4}, coverage {:.4}", found("coverage"));
                Summary::new(format!("Trained {}", version.name)).detail(detail).open(PaneKind::Evaluation)
            },
        );
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
                }
            }
        });
    }
}
