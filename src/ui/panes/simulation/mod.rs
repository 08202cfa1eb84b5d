//! Simulation: campaigns tried on people drawn from the data.

mod curves;
mod feedback;
mod form;
mod off_policy;
mod past;
mod result;
mod run;

use crate::domain::DatasetType;
use crate::studio::{EXPERIMENT, GroupView, Outcome, Studio};
use crate::ui::command::Command;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::EmptyState;
use crate::ui::widgets::section;
use egui::{ScrollArea, Ui};
use feedback::FeedbackPage;
use form::ExperimentForm;
use off_policy::OffPolicyPage;
use past::PastExperiments;
use result::Shown;
use run::RunningExperiment;

/// How wide the form stands beside the results.
const FORM_WIDTH: f32 = 380.0;

/// What the page is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Side {
    #[default]
    Experiment,
    Feedback,
    OffPolicy,
}

impl Side {
    const ALL: [Self; 3] = [Self::Experiment, Self::Feedback, Self::OffPolicy];

    fn title(self) -> &'static str {
        match self {
            Self::Experiment => "Experiment",
            Self::Feedback => "Feedback loop",
            Self::OffPolicy => "Off-policy",
        }
    }
}

pub(super) struct SimulationPane {
    side: Side,
    feedback: FeedbackPage,
    off_policy: OffPolicyPage,
    form: ExperimentForm,
    running: Option<RunningExperiment>,
    /// What ended last, or was opened again.
    shown: Option<Shown>,
    /// Why the last one came to nothing.
    unfinished: Option<String>,
    past: PastExperiments<Outcome>,
}

impl Default for SimulationPane {
    fn default() -> Self {
        Self {
            side: Side::default(),
            feedback: FeedbackPage::default(),
            off_policy: OffPolicyPage::default(),
            form: ExperimentForm::default(),
            running: None,
            shown: None,
            unfinished: None,
            past: PastExperiments::new(EXPERIMENT, Studio::simulation),
        }
    }
}

impl SimulationPane {
    fn page_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let space = context.tokens.space.md;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space;
            ui.vertical(|ui| {
                ui.set_width(FORM_WIDTH);
                if let Some(request) = self.form.ui(context, ui, group, self.running.is_some()) {
                    self.shown = None;
                    self.unfinished = None;
                    self.running = Some(RunningExperiment::start(context, request));
                }
            });
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                self.standing_ui(context, ui);
                if let Some(opened) = self.past.ui(context, ui, group) {
                    self.unfinished = None;
                    self.shown = Some(Shown::of(opened));
                }
            });
        });
    }

    /// The experiment that runs, or the one that is looked at.
    fn standing_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        if let Some(running) = &mut self.running {
            running.ui(context, ui);
        } else if let Some(shown) = &mut self.shown {
            result::result_ui(context, ui, shown);
        } else {
            section::card(ui, tokens, "Result", |ui| {
                let words = self.unfinished.as_deref().unwrap_or(
                    "Nothing has run yet. Press Start: the curves are drawn while the people choose, and you may pause, go on by a step, or stop and keep what there is.",
                );
                ui.label(egui::RichText::new(words).color(tokens.color.text_muted));
            });
        }
        ui.add_space(tokens.space.md);
    }
}

impl Pane for SimulationPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Simulation
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        if let Some(ended) = self.running.as_mut().and_then(RunningExperiment::ended) {
            self.running = None;
            match ended {
                Ok(outcome) => self.shown = Some(Shown::of(outcome)),
                Err(why) => self.unfinished = Some(why),
            }
        }
        section::page_head(ui, context.tokens, "Simulation", PaneKind::Simulation.help(), |ui| {
            // From the right.
            for side in Side::ALL.into_iter().rev() {
                ui.selectable_value(&mut self.side, side, side.title());
            }
        });
        let ready = context.group.filter(|group| !group.campaigns.is_empty());
        match ready {
            _ if self.side == Side::OffPolicy => self.off_policy.ui(context, ui, context.group),
            Some(group) => {
                let area = ScrollArea::vertical().auto_shrink([false, false]);
                area.show(ui, |ui| match self.side {
                    Side::Feedback => self.feedback.ui(context, ui, group),
                    _ => self.page_ui(context, ui, group),
                });
            }
            None => nothing_to_try_ui(context, ui),
        }
    }

    fn take_files(&mut self, _context: &PaneContext<'_>, paths: &[std::path::PathBuf]) -> bool {
        let [path] = paths else { return false };
        self.side = Side::OffPolicy;
        self.off_policy.read_from(path);
        true
    }

    fn group_changed(&mut self) {
        // What runs goes on; it is of the group it was started in.
        *self = Self {
            side: self.side,
            off_policy: std::mem::take(&mut self.off_policy),
            running: self.running.take(),
            ..Self::default()
        };
    }
}

fn nothing_to_try_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let has_data = context.group.is_some_and(|group| group.dataset(DatasetType::Interactions).is_some());
    let has_version =
        context.group.is_some_and(|group| !super::version_picker::active_versions(group).is_empty());
    let (text, action, command) = match (has_data, has_version) {
        (false, _) => (
            "People are drawn from your interactions, and campaigns make lists for them. Import interactions first.",
            "Import data",
            Command::ImportData,
        ),
        (true, false) => (
            "An experiment compares campaigns with one another or with popular items. Train a solution first; it takes seconds.",
            "Train a solution",
            Command::NewSolution,
        ),
        (true, true) => (
            "An experiment compares campaigns with one another or with popular items. Make a campaign first; it is live at once.",
            "Create a campaign",
            Command::NewCampaign,
        ),
    };
    let empty = EmptyState {
        icon: Icon::Simulation,
        title: "No campaign to try yet",
        text,
        action: Some(action),
        other: None,
    };
    if empty.show(ui, context.tokens).is_some() {
        context.send.run(command);
    }
}
