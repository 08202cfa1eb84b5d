//! Comparisons that are made in one go: chosen from a menu, told in words, trained in a job.

use crate::jobs::JobContext;
use crate::studio::{GroupView, Guided};
use crate::ui::action::{Action, Question};
use crate::ui::jobs::{Lane, Summary};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::button;
use egui::{Button, Ui};

pub(super) fn menu_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
    let button = button::with_icon(ui, context.tokens, Icon::Sparkle, "Guided comparison");
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(260.0);
        for guided in Guided::ALL {
            let entry = ui.add_enabled(!context.is_read_only(), Button::new(guided.title()));
            if entry.on_hover_text(guided.about()).clicked() {
                ask(context, group, guided);
                ui.close();
            }
        }
    });
}

/// Says what will be done; then does it.
fn ask(context: &PaneContext<'_>, group: &GroupView, guided: Guided) {
    let (send, studio, group) = (context.send.clone(), context.studio.clone(), group.name.clone());
    context.send.send(Action::Ask(Question {
        title: guided.title().to_owned(),
        text: guided.about().to_owned(),
        field: None,
        confirm: "Compare".to_owned(),
        danger: false,
        then: Box::new(move |_| {
            let work = move |job: &JobContext| studio.compare_guided(&group, guided, job);
            // The page shows the runs when they are there; the ticket is of no further use.
            drop(send.job("Guided comparison", Lane::Training, work, move |runs| {
                Summary::new(guided.title())
                    .detail(format!("{} runs stand side by side: {}", runs.len(), runs.join(", ")))
                    .open(PaneKind::Evaluation)
            }));
            Action::Show(PaneKind::Evaluation)
        }),
    }));
}
