//! Training: a recipe and the group's data become a solution version.

mod curves;
mod device;
mod form;
mod objective;
mod queue;
mod test_set;
mod versions;
mod weights;

use super::recipes::ChosenRecipe;
use super::version_picker::active_versions;
use crate::domain::DatasetType;
use crate::ui::command::Command;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::EmptyState;
use crate::ui::widgets::{button, section};
use egui::{ScrollArea, Ui, vec2};
use form::TrainForm;
use queue::Queue;
use std::rc::Rc;
use test_set::TestSetForm;

/// Width of the column beside the form, in points.
const SIDE: f32 = 380.0;

pub(super) struct TrainingPane {
    chosen: ChosenRecipe,
    form: TrainForm,
    test_set: TestSetForm,
    queue: Queue,
}

impl TrainingPane {
    pub(super) fn new(chosen: &ChosenRecipe) -> Self {
        Self {
            chosen: Rc::clone(chosen),
            form: TrainForm::default(),
            test_set: TestSetForm::default(),
            queue: Queue::default(),
        }
    }
}

impl Pane for TrainingPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Training
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        let trained = context.group.map(active_versions).is_some_and(|versions| !versions.is_empty());
        section::page_head(ui, tokens, "Training", PaneKind::Training.help(), |ui| {
            if trained && button::with_icon(ui, tokens, Icon::Evaluation, "Compare versions").clicked() {
                context.send.run(Command::GoEvaluation);
            }
        });
        if let Some(recipe) = self.chosen.take() {
            self.form.choose(recipe);
        }
        let Some(group) = context.group else {
            let empty = EmptyState {
                icon: Icon::Training,
                title: "No dataset group yet",
                text: "A recipe is trained on the interactions of a dataset group.",
                action: Some("Choose data files"),
                other: None,
            };
            if empty.show(ui, tokens).is_some() {
                context.send.run(Command::ImportData);
            }
            return;
        };
        if group.dataset(DatasetType::Interactions).is_none() {
            let empty = EmptyState {
                icon: Icon::Training,
                title: "Nothing to train on yet",
                text: "Import interactions: who did what with which item, and when. Then choose a recipe here.",
                action: Some("Choose data files"),
                other: None,
            };
            if empty.show(ui, tokens).is_some() {
                context.send.run(Command::ImportData);
            }
            return;
        }
        let gap = tokens.space.lg;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let wide = ui.available_width() - SIDE - gap;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                ui.allocate_ui(vec2(wide, 0.0), |ui| {
                    ui.vertical(|ui| self.form.ui(context, ui, group, &mut self.queue));
                });
                ui.allocate_ui(vec2(SIDE, 0.0), |ui| {
                    ui.vertical(|ui| {
                        // First, so that it is seen at once; it comes and goes beside the form, which stays where it is.
                        self.queue.ui(context, ui);
                        self.form.data_ui(context, ui, group);
                        self.test_set.ui(context, ui, group);
                    });
                });
            });
            versions::versions_ui(context, ui, group, &mut self.queue);
        });
    }

    fn group_changed(&mut self) {
        self.form = TrainForm::default();
        self.test_set = TestSetForm::default();
    }
}
