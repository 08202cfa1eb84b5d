//! Campaigns: the versions that answer requests, and a new one in an instant.

mod attribution;
mod cards;
mod create;
mod ready_made;

use crate::domain::DatasetType;
use crate::studio::GroupView;
use crate::ui::command::Command;
use crate::ui::jobs::Ended;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::EmptyState;
use crate::ui::widgets::section;
use attribution::AttributionCard;
pub(super) use cards::task_words;
use create::CreateForm;
use egui::{ScrollArea, Ui};
use ready_made::ReadyMade;
use std::cell::RefCell;
use std::rc::Rc;

use super::version_picker::active_versions;

/// The campaign that the page Preview asks, by name. Shared by the two pages.
pub(super) type ChosenCampaign = Rc<RefCell<Option<String>>>;

pub(super) struct CampaignsPane {
    chosen: ChosenCampaign,
    form: CreateForm,
    ready_made: ReadyMade,
    attribution: AttributionCard,
}

impl CampaignsPane {
    pub(super) fn new(chosen: &ChosenCampaign) -> Self {
        Self {
            chosen: ChosenCampaign::clone(chosen),
            form: CreateForm::default(),
            ready_made: ReadyMade::default(),
            attribution: AttributionCard::default(),
        }
    }

    fn page_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if context.is_read_only() {
                let text = "The project is open for reading only: campaigns can be tried, not made.";
                ui.label(egui::RichText::new(text).color(context.tokens.color.text_muted));
            } else {
                self.form.ui(context, ui, group);
                self.ready_made.ui(context, ui, group);
            }
            ui.add_space(context.tokens.space.md);
            cards::cards_ui(context, ui, group, &self.chosen);
            ui.add_space(context.tokens.space.md);
            self.attribution.ui(context, ui, group);
        });
    }
}

impl Pane for CampaignsPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Campaigns
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        if let Some(Ended::Done(campaign)) = self.form.collect().or_else(|| self.ready_made.collect()) {
            *self.chosen.borrow_mut() = Some(campaign.name);
        }
        section::page_head(ui, context.tokens, "Campaigns", PaneKind::Campaigns.help(), |_| {});
        let has_data = |group: &GroupView| group.dataset(DatasetType::Interactions).is_some();
        let ready = context.group.filter(|group| {
            !active_versions(group).is_empty() || !group.campaigns.is_empty() || has_data(group)
        });
        match ready {
            Some(group) => self.page_ui(context, ui, group),
            None => no_version_ui(context, ui),
        }
    }

    fn command(&mut self, _context: &PaneContext<'_>, command: Command) {
        if command == Command::NewCampaign {
            self.form.focus();
        }
    }

    fn group_changed(&mut self) {
        self.form = CreateForm::default();
        self.ready_made = ReadyMade::default();
        self.attribution = AttributionCard::default();
        *self.chosen.borrow_mut() = None;
    }
}

/// What a page shows that needs a trained version while there is none.
pub(super) fn no_version_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let empty = EmptyState {
        icon: Icon::Training,
        title: "No trained version yet",
        text: "A campaign answers with a solution version. Train one first; it takes seconds.",
        action: Some("Train a solution"),
        other: None,
    };
    if empty.show(ui, context.tokens).is_some() {
        context.send.run(Command::NewSolution);
    }
}
