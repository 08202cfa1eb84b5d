//! Datasets: bring in interactions, items and users, and see what is in them.

mod cards;
mod clash;
mod columns;
mod first_rows;
mod histogram;
mod insights;
mod intake;
mod plots;
mod problems;
mod readiness;
mod rows;
mod stored_table;

pub(super) use readiness::readiness_ui;

use super::drafts::SharedDrafts;
use crate::domain::DatasetType;
use crate::studio::DatasetView;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::{Choice, EmptyState};
use crate::ui::widgets::{button, count_words, section};
use egui::Ui;
use std::path::PathBuf;

/// What is read anew when it changes: group, dataset, version, when it was imported.
type DataKey = (String, DatasetType, u32, i64);

/// What is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Rows,
    Columns,
    Problems,
    Insights,
}

pub(super) struct DatasetsPane {
    drafts: SharedDrafts,
    /// A path being typed.
    path: String,
    chosen: DatasetType,
    tab: Tab,
    /// The chosen file whose first rows are shown instead of a dataset.
    looked_at: Option<first_rows::LookedAt>,
    preview: first_rows::FirstRows,
    rows: rows::RowsTab,
    columns: columns::ColumnsTab,
    problems: problems::ProblemsTab,
    insights: insights::InsightsTab,
}

impl DatasetsPane {
    pub(super) fn new(drafts: &SharedDrafts) -> Self {
        Self {
            drafts: SharedDrafts::clone(drafts),
            path: String::new(),
            chosen: DatasetType::Interactions,
            tab: Tab::default(),
            looked_at: None,
            preview: first_rows::FirstRows::default(),
            rows: rows::RowsTab::default(),
            columns: columns::ColumnsTab::default(),
            problems: problems::ProblemsTab::default(),
            insights: insights::InsightsTab::default(),
        }
    }

    fn body_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        let drafts = SharedDrafts::clone(&self.drafts);
        intake::intake_ui(context, ui, &mut drafts.borrow_mut(), &mut self.looked_at);
        if let Some(looked_at) = self.looked_at {
            if !self.preview.ui(context, ui, &drafts.borrow(), looked_at) {
                self.looked_at = None;
            }
            return;
        }
        let group = context.group.filter(|group| !group.datasets.is_empty());
        let Some(group) = group else {
            let is_idle = drafts.borrow().list.is_empty() && drafts.borrow().looking_at().is_none();
            if is_idle {
                empty_ui(context, ui);
            }
            return;
        };
        // Another dataset stands in while the one chosen is not there, or not yet.
        let stand_in = group.dataset(self.chosen).or_else(|| group.datasets.first());
        let shown = stand_in.map_or(self.chosen, |dataset| dataset.kind);
        match cards::cards_ui(context, ui, group, shown, &mut drafts.borrow_mut()) {
            Some(cards::Chosen::Dataset(kind)) => {
                self.chosen = kind;
                if self.tab == Tab::Insights {
                    self.tab = Tab::Rows;
                }
            }
            Some(cards::Chosen::Problems(kind)) => (self.chosen, self.tab) = (kind, Tab::Problems),
            None => {}
        }
        let Some(dataset) = stand_in else { return };
        ui.add_space(tokens.space.xs);
        self.tabs_ui(ui, dataset);
        let key = (group.name.clone(), dataset.kind, dataset.version, dataset.imported_at);
        match self.tab {
            Tab::Rows => self.rows.ui(context, ui, key),
            Tab::Columns => self.columns.ui(context, ui, key),
            Tab::Problems => self.problems.ui(context, ui, &key, dataset),
            Tab::Insights => self.insights.ui(context, ui, group),
        }
    }

    fn tabs_ui(&mut self, ui: &mut Ui, dataset: &DatasetView) {
        ui.horizontal(|ui| {
            let problems = format!("Problems ({})", count_words(dataset.problems));
            for (tab, name) in [
                (Tab::Rows, "Rows"),
                (Tab::Columns, "Columns"),
                (Tab::Problems, problems.as_str()),
                (Tab::Insights, "Insights"),
            ] {
                if ui.selectable_label(self.tab == tab, name).clicked() {
                    self.tab = tab;
                }
            }
        });
    }
}

impl Pane for DatasetsPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Datasets
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        self.drafts.borrow_mut().collect(context);
        section::page_head(ui, tokens, PaneKind::Datasets.title(), PaneKind::Datasets.help(), |ui| {
            let enabled =
                if context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) };
            if button::primary_enabled(ui, tokens, "Choose files...", enabled).clicked() {
                choose_files(context);
            }
            if let Some(path) = intake::path_field_ui(ui, tokens, &mut self.path, enabled) {
                context.send.send(Action::Files(vec![path]));
            }
        });
        self.body_ui(context, ui);
    }

    fn take_files(&mut self, context: &PaneContext<'_>, paths: &[PathBuf]) -> bool {
        if context.is_read_only() {
            return false;
        }
        self.drafts.borrow_mut().choose(paths.to_vec());
        self.looked_at = Some(first_rows::LookedAt::First);
        true
    }

    fn command(&mut self, context: &PaneContext<'_>, command: Command) {
        match command {
            Command::ImportData => choose_files(context),
            Command::AnalyseData => {
                self.looked_at = None;
                self.chosen = DatasetType::Interactions;
                self.tab = Tab::Insights;
            }
            _ => {}
        }
    }

    fn group_changed(&mut self) {
        // A first import makes the group it goes to: its file stays in view.
        if self.drafts.borrow().list.is_empty() {
            self.looked_at = None;
        }
        self.rows = rows::RowsTab::default();
        self.columns = columns::ColumnsTab::default();
        self.problems = problems::ProblemsTab::default();
        self.insights = insights::InsightsTab::default();
    }
}

fn choose_files(context: &PaneContext<'_>) {
    context.send.send(Action::Pick(crate::ui::data_files_request()));
}

fn empty_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let empty = EmptyState {
        icon: Icon::Datasets,
        title: "No data yet",
        text: "Drop files or a folder on the window: who did what and when, and what is known about items and users. CSV, TSV, JSON Lines or Parquet, also packed; MovieLens and Amazon Personalize files as they are.",
        action: Some("Choose files"),
        other: Some("Make a new dataset group first"),
    };
    match empty.show(ui, context.tokens) {
        Some(Choice::Action) => choose_files(context),
        Some(Choice::Other) => context.send.run(Command::NewGroup),
        None => {}
    }
}
