//! What a pane is: one page of the window, drawn from a read-only context.

use super::action::CommandSender;
use super::command::Command;
use super::jobs::Jobs;
use super::theme::{Icon, Tokens};
use crate::studio::{GroupView, ProjectView, Studio};
use std::path::PathBuf;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// The pages of the window, in the order of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PaneKind {
    Home,
    Datasets,
    Mapping,
    Recipes,
    Training,
    Evaluation,
    Campaigns,
    Filters,
    Preview,
    Simulation,
    Batch,
    Settings,
}

impl PaneKind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Datasets => "Datasets",
            Self::Mapping => "Mapping",
            Self::Recipes => "Recipes",
            Self::Training => "Training",
            Self::Evaluation => "Evaluation",
            Self::Campaigns => "Campaigns",
            Self::Filters => "Filters",
            Self::Preview => "Preview",
            Self::Simulation => "Simulation",
            Self::Batch => "Batch",
            Self::Settings => "Settings",
        }
    }

    /// What the page is for, in one sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Home => "Where this dataset group stands, and what to do next",
            Self::Datasets => "Bring in interactions, items and users, and see what is in them",
            Self::Mapping => "Say which column is the user, the item and the time",
            Self::Recipes => "Which recipe answers which question, and what it needs",
            Self::Training => "Turn a recipe and your data into a solution version",
            Self::Evaluation => "Compare solution versions on the same test set",
            Self::Campaigns => "Make a solution version answer requests",
            Self::Filters => "Say which items may be recommended, and see at once which are",
            Self::Preview => "See what one user would be shown, and why",
            Self::Simulation => "Try campaigns on people drawn from your data, before anybody real sees them",
            Self::Batch => "Write recommendations for many users to a file",
            Self::Settings => "How the window looks and behaves",
        }
    }

    pub fn icon(self) -> Icon {
        match self {
            Self::Home => Icon::Home,
            Self::Datasets => Icon::Datasets,
            Self::Mapping => Icon::Mapping,
            Self::Recipes => Icon::Recipes,
            Self::Training => Icon::Training,
            Self::Evaluation => Icon::Evaluation,
            Self::Campaigns => Icon::Campaigns,
            Self::Filters => Icon::Filter,
            Self::Preview => Icon::Preview,
            Self::Simulation => Icon::Simulation,
            Self::Batch => Icon::Batch,
            Self::Settings => Icon::Settings,
        }
    }
}

/// What a pane may look at, and the line on which it asks for things.
pub struct PaneContext<'a> {
    /// For jobs and background loads, which take a clone; a pane never calls it while drawing.
    pub studio: &'a Studio,
    pub project: &'a ProjectView,
    /// The current dataset group.
    pub group: Option<&'a GroupView>,
    pub tokens: &'a Tokens,
    pub jobs: &'a Jobs,
    pub send: &'a CommandSender,
}

impl PaneContext<'_> {
    pub fn is_read_only(&self) -> bool {
        self.project.read_only
    }
}

/// One page. Its state lives as long as the project is open.
pub trait Pane {
    fn kind(&self) -> PaneKind;

    /// Draws the page. The shell has drawn its margins and scrolls nothing: a page that can be longer than the
    /// window scrolls itself.
    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut egui::Ui);

    /// Files were dropped on the window, or chosen, while this page was asked to take them. Whether it did.
    fn take_files(&mut self, context: &PaneContext<'_>, paths: &[PathBuf]) -> bool {
        let _ = (context, paths);
        false
    }

    /// A command that belongs to this page (see [`Command::pane`]) was given; the page is shown.
    fn command(&mut self, context: &PaneContext<'_>, command: Command) {
        let _ = (context, command);
    }

    /// Another dataset group became the current one: what was loaded for the old one goes.
    fn group_changed(&mut self) {}
}
