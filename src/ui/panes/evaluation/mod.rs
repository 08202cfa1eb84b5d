//! Evaluation: all versions of the group on one test set, side by side, popularity among them.

mod caveats;
mod difference;
mod export;
mod family;
mod findings;
mod runs;
mod table;

use crate::domain::Status;
use crate::domain::split::{SplitKind, SplitSpec};
use crate::studio::{EvaluateRequest, EvaluationRow, EvaluationView, GroupView};
use crate::ui::command::Command;
use crate::ui::loadable::Loadable;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::{Choice, EmptyState};
use crate::ui::widgets::selection::Selection;
use crate::ui::widgets::{count_words, plot, section};
use difference::DifferenceForm;
use egui::{RichText, ScrollArea, Ui};
use family::Family;
use findings::FindingsForm;
use std::collections::BTreeSet;

const PLOT: f32 = 300.0;
/// The metrics in the table of runs.
const RUN_COLUMNS: [&str; 5] = [
    "normalized_discounted_cumulative_gain_at_10",
    "mean_reciprocal_rank_at_25",
    "precision_at_10",
    "coverage",
    "normalized_discounted_cumulative_gain_at_25",
];

/// What decides the numbers.
#[derive(Debug, Clone, PartialEq)]
struct EvaluationKey {
    group: String,
    exclude_seen: bool,
    /// Versions that count, and the test set they were scored on.
    versions: Vec<String>,
    test_set: Option<(String, i64)>,
}

impl EvaluationKey {
    fn of(group: &GroupView, exclude_seen: bool) -> Self {
        let versions =
            active_versions(group).map(|(name, comparable)| format!("{name} {comparable}")).collect();
        let test_set =
            group.active_test_set().map(|test_set| (format!("{:?}", test_set.spec), test_set.created_at));
        Self { group: group.name.clone(), exclude_seen, versions, test_set }
    }
}

/// Versions that can be used, by name, and whether they were scored on the group's test set.
fn active_versions(group: &GroupView) -> impl Iterator<Item = (&str, bool)> {
    let versions = group.solutions.iter().flat_map(|solution| &solution.versions);
    versions
        .filter(|version| version.status == Status::Active)
        .map(|version| (version.name.as_str(), version.comparable))
}

#[derive(Default)]
pub(super) struct EvaluationPane {
    exclude_seen: bool,
    evaluation: Loadable<EvaluationKey, EvaluationView>,
    /// Versions taken off the plot.
    hidden: BTreeSet<String>,
    /// The metric the table is sorted by.
    sort: Option<String>,
    family: Family,
    difference: DifferenceForm,
    findings: FindingsForm,
    runs: runs::Runs,
    selection: Selection,
}

impl EvaluationPane {
    fn look(&mut self, context: &PaneContext<'_>, group: &GroupView) {
        let exclude_seen = self.exclude_seen;
        let key = EvaluationKey::of(group, exclude_seen);
        let (studio, name) = (context.studio.clone(), group.name.clone());
        self.evaluation.keep(context, key, "comparing the versions", move |job| {
            let metrics = Family::all_metrics();
            let request =
                EvaluateRequest { group: name, exclude_seen, metrics, ..EvaluateRequest::default() };
            studio.evaluate(&request, job)
        });
    }

    fn seen_ui(&mut self, ui: &mut Ui) {
        let hint = "The service leaves items in the lists that a user had before. Without them, only new ones count.";
        ui.checkbox(&mut self.exclude_seen, "Without seen items").on_hover_text(hint);
    }
}

impl Pane for EvaluationPane {
    fn kind(&self) -> PaneKind {
        PaneKind::Evaluation
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        let group = context.group.filter(|group| active_versions(group).next().is_some());
        let Some(group) = group else {
            section::page_head(ui, tokens, "Evaluation", PaneKind::Evaluation.help(), |_| {});
            empty_ui(context, ui);
            return;
        };
        self.look(context, group);
        section::page_head(ui, tokens, "Evaluation", PaneKind::Evaluation.help(), |ui| {
            export::menu_ui(context, ui, group, self.exclude_seen);
            self.seen_ui(ui);
            if self.evaluation.is_loading() {
                ui.spinner();
            }
        });
        let Self { evaluation, hidden, sort, family, difference, findings, runs, selection, .. } = self;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if let Some(failure) = evaluation.failure() {
                ui.label(RichText::new(failure).color(tokens.color.error));
            }
            let Some(view) = evaluation.value() else {
                ui.label(RichText::new("Comparing the versions").color(tokens.color.text_muted));
                return;
            };
            let rows = table::sorted(view, sort.as_deref());
            let title =
                if view.exclude_seen { "Metrics without seen items" } else { "Metrics with seen items" };
            section::card(ui, tokens, title, |ui| {
                ui.label(RichText::new(test_set_words(view)).color(tokens.color.text_muted));
                table::table_ui(ui, tokens, &rows, hidden, sort);
                ui.add_space(tokens.space.sm);
                notes_ui(context, ui, view);
            });
            section::card(ui, tokens, "Runs", |ui| {
                let columns = RUN_COLUMNS.into_iter().filter_map(|key| runs::RunMetric::of(view, key));
                runs.ui(context, ui, group, &columns.collect::<Vec<_>>(), selection);
            });
            section::card(ui, tokens, "Side by side", |ui| {
                let shown: Vec<&EvaluationRow> =
                    view.results.iter().filter(|row| !hidden.contains(&row.name)).collect();
                family.choice_ui(ui, tokens);
                if shown.is_empty() {
                    let words = "Every version is unticked. Tick one in the table to see it here.";
                    ui.label(RichText::new(words).color(tokens.color.text_muted));
                    return;
                }
                let spec = family.plot(&shown, view.exclude_seen);
                plot::plot_ui(ui, tokens, context.send, "side by side", &spec, PLOT);
            });
            findings.ui(context, ui, view, family.metric(), selection);
            difference.ui(context, ui, group, view.exclude_seen);
            caveats::caveats_ui(ui, tokens);
        });
    }

    fn command(&mut self, _context: &PaneContext<'_>, command: Command) {
        if command == Command::EvaluateVersions {
            self.evaluation.stale();
        }
    }

    fn group_changed(&mut self) {
        self.evaluation.clear();
        self.hidden.clear();
        self.difference = DifferenceForm::default();
        self.findings = FindingsForm::default();
        self.runs.clear();
        self.selection.clear();
    }
}

fn empty_ui(context: &PaneContext<'_>, ui: &mut Ui) {
    let empty = EmptyState {
        icon: Icon::Evaluation,
        title: "No solution version to compare yet",
        text: "Train a recipe: its metrics on the group's test set come with it, and stand here beside popularity's.",
        action: Some("Train a solution"),
        other: Some("Which recipe answers my question?"),
    };
    match empty.show(ui, context.tokens) {
        Some(Choice::Action) => context.send.run(Command::GoTraining),
        Some(Choice::Other) => context.send.run(Command::GoRecipes),
        None => {}
    }
}

fn test_set_words(view: &EvaluationView) -> String {
    let split = &view.split;
    let how = how_words(&split.spec);
    let (users, items) = (count_words(split.users), count_words(split.truth_items));
    format!("{how}: {users} users, {items} items to find. Lists of 25; 95 % intervals on hover.")
}

fn how_words(spec: &SplitSpec) -> String {
    let percent = format!("{:.0} %", spec.fraction * 100.0);
    match spec.kind {
        SplitKind::Personalize if spec.folds > 1 => {
            format!(
                "The service's split in {} folds, {percent} of each history, seed {}",
                spec.folds, spec.seed
            )
        }
        SplitKind::Personalize => {
            format!("The service's split, {percent} of users and of their histories, seed {}", spec.seed)
        }
        SplitKind::LeaveLastOut => "Last item out".to_owned(),
        SplitKind::Temporal => format!("By time, the newest {percent} of the interactions"),
        SplitKind::ColdItems => format!("New items, {percent} of the catalogue, seed {}", spec.seed),
        SplitKind::PerUser => format!("The newest {percent} of every user"),
        SplitKind::File => {
            format!("What is to be found is in {}", spec.file.as_ref().map_or("a file", |(name, _)| name))
        }
    }
}

/// Versions left out and why, and who was not tested.
fn notes_ui(context: &PaneContext<'_>, ui: &mut Ui, view: &EvaluationView) {
    let tokens = context.tokens;
    ui.add_space(tokens.space.sm);
    for note in &view.notes {
        ui.horizontal_top(|ui| {
            ui.add(Icon::Info.image(16.0, tokens.color.accent_text));
            ui.add(egui::Label::new(RichText::new(note).color(tokens.color.text_muted)).wrap());
        });
    }
}
