//! An experiment that runs: its curves so far, and the buttons that pause it, step it and stop it.

use super::result::{Shown, body_ui};
use crate::studio::{Control, Outcome, Point, SimulateRequest, SimulationReport};
use crate::ui::action::Action;
use crate::ui::jobs::{Ended, Lane, Summary, Ticket};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::{button, progress, section};
use egui::Ui;
use parking_lot::Mutex;
use std::sync::Arc;

pub(super) struct RunningExperiment {
    ticket: Ticket<SimulationReport>,
    control: Arc<Control>,
    /// Steps done, put there by the job.
    points: Arc<Mutex<Vec<Point>>>,
    shown: Shown,
}

impl RunningExperiment {
    pub(super) fn start(context: &PaneContext<'_>, request: SimulateRequest) -> Self {
        let control = Arc::new(Control::default());
        let points = Arc::<Mutex<Vec<Point>>>::default();
        let shown = Shown::begun(&request);
        let (studio, waker) = (context.studio.clone(), context.jobs.waker());
        let (steering, told) = (Arc::clone(&control), Arc::clone(&points));
        let ticket = context.send.job(
            format!("Simulating {}", request.arms.join(", ")),
            Lane::Training,
            move |job| {
                let watch = |point: &Point| {
                    told.lock().push(point.clone());
                    waker();
                };
                studio.simulate(&request, &steering, watch, job)
            },
            |report: &SimulationReport| {
                let sentence = report.outcome.verdict.sentences.first().cloned().unwrap_or_default();
                Summary::new("The experiment has ended").detail(sentence).open_in_place(PaneKind::Simulation)
            },
        );
        Self { ticket, control, points, shown }
    }

    /// The outcome, once, or why there is none.
    pub(super) fn ended(&mut self) -> Option<Result<Outcome, String>> {
        Some(match self.ticket.take()? {
            Ended::Done(report) => Ok(report.outcome),
            Ended::Cancelled => Err("Cancelled; nothing of it was kept.".to_owned()),
            Ended::Failed(why) => Err(why),
        })
    }

    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        {
            let mut points = self.points.lock();
            self.shown.add(points.drain(..));
        }
        section::card(ui, tokens, "Running", |ui| {
            if let Some(row) = context.jobs.get(self.ticket.id) {
                progress::progress_ui(ui, tokens, &row.title, &row.progress);
            }
            ui.horizontal(|ui| {
                if self.control.is_paused() {
                    if button::with_icon(ui, tokens, Icon::Play, "Go on").clicked() {
                        self.control.go_on();
                    }
                } else if button::with_icon(ui, tokens, Icon::Pause, "Pause").clicked() {
                    self.control.pause();
                }
                if button::with_icon(ui, tokens, Icon::Step, "Step").clicked() {
                    self.control.step();
                }
                let stop = button::with_icon(ui, tokens, Icon::Stop, "Stop");
                if stop.on_hover_text("Ends it here and keeps what there is").clicked() {
                    context.send.send(Action::SettleJob(self.ticket.id));
                }
                let cancel = button::plain(ui, tokens, "Cancel");
                if cancel.on_hover_text("Ends it and keeps nothing").clicked() {
                    context.send.send(Action::CancelJob(self.ticket.id));
                }
            });
            body_ui(context, ui, &mut self.shown);
        });
    }
}
