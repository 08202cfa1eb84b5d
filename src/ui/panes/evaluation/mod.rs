//! Evaluation: all versions of the group on one test set, side by side, popularity among them.

mod actions;
mod cast;
mod caveats;
mod export;
mod family;
mod findings;
mod foreign;
mod guided;
mod learning;
mod people;
mod report;
mod runs;
mod segments;
#[cfg(test)]
mod tests;
mod worth;

use crate::domain::Status;
use crate::domain::limits::{LONGEST_METRIC_LIST, METRIC_LIST_LENGTH};
use crate::domain::split::{SplitKind, SplitSpec};
use crate::studio::{EvaluateRequest, EvaluationView, GroupView, MetricAt};
use crate::ui::command::Command;
use crate::ui::loadable::Loadable;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::empty_state::{Choice, EmptyState};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::selection::Selection;
use crate::ui::widgets::{count_words, plot, section};
use cast::{Cast, choose};
use egui::{DragValue, RichText, ScrollArea, Ui};
use family::Family;
use findings::Findings;
use people::People;
use runs::{RunMetric, Runs};
use segments::Segments;
use worth::WorthForm;

const PLOT: f32 = 300.0;
/// The depth that is shown at first.
const DEPTH: usize = 10;
/// Steps in which lists become longer.
const DEEPER: usize = 100;
/// The metrics in the table of runs, after the one that is looked at.
const RUN_COLUMNS: [&str; 5] = [
    "normalized_discounted_cumulative_gain_at_10",
    "mean_reciprocal_rank_at_25",
    "precision_at_10",
    "recall_at_25",
    "coverage",
];

/// What decides the numbers.
#[derive(Debug, Clone, PartialEq)]
struct EvaluationKey {
    group: String,
    exclude_seen: bool,
    /// Items of a list.
    length: usize,
    /// Versions that count, and the test set they were scored on.
    versions: Vec<String>,
    test_set: Option<(String, i64)>,
    /// Lists of other tools, and when they were added.
    foreign_lists: Vec<(String, i64)>,
}

impl EvaluationKey {
    fn of(group: &GroupView, exclude_seen: bool, length: usize) -> Self {
        let versions =
            active_versions(group).map(|(name, comparable)| format!("{name} {comparable}")).collect();
        let test_set =
            group.active_test_set().map(|test_set| (format!("{:?}", test_set.spec), test_set.created_at));
        let foreign_lists = group.foreign_lists.iter();
        let foreign_lists = foreign_lists.map(|lists| (lists.name.clone(), lists.created_at)).collect();
        Self { group: group.name.clone(), exclude_seen, length, versions, test_set, foreign_lists }
    }
}

/// Versions that can be used, by name, and whether they were scored on the group's test set.
fn active_versions(group: &GroupView) -> impl Iterator<Item = (&str, bool)> {
    let versions = group.solutions.iter().flat_map(|solution| &solution.versions);
    versions
        .filter(|version| version.status == Status::Active)
        .map(|version| (version.name.as_str(), version.comparable))
}

pub(super) struct EvaluationPane {
    exclude_seen: bool,
    evaluation: Loadable<EvaluationKey, EvaluationView>,
    /// The metric that is looked at, and how deep.
    family: Family,
    k: usize,
    selection: Selection,
    runs: Runs,
    findings: Findings,
    segments: Segments,
    people: People,
    worth: WorthForm,
}

impl Default for EvaluationPane {
    fn default() -> Self {
        Self {
            exclude_seen: false,
            evaluation: Loadable::default(),
            family: Family::default(),
            k: DEPTH,
            selection: Selection::default(),
            runs: Runs::default(),
            findings: Findings::default(),
            segments: Segments::default(),
            people: People::default(),
            worth: WorthForm::default(),
        }
    }
}

impl EvaluationPane {
    fn look(&mut self, context: &PaneContext<'_>, group: &GroupView) {
        let exclude_seen = self.exclude_seen;
        // Lists are kept as long as the service's. For a deeper look the models are asked again, in steps.
        let is_deep = self.k > METRIC_LIST_LENGTH;
        let length = if is_deep { self.k.next_multiple_of(DEEPER) } else { METRIC_LIST_LENGTH };
        let key = EvaluationKey::of(group, exclude_seen, length);
        let (studio, name) = (context.studio.clone(), group.name.clone());
        self.evaluation.keep(context, key, "comparing the versions", move |job| {
            let metrics = Family::all_metrics();
            let request =
                EvaluateRequest { group: name, exclude_seen, metrics, length, ..EvaluateRequest::default() };
            studio.evaluate(&request, job)
        });
    }

    fn export_ui(&self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let metric = MetricAt { metric: self.family.metric(), k: self.k };
        let cast = self.evaluation.value().zip(self.runs.found());
        let cast = cast.map(|(view, runs)| (view, Cast::of(view, runs)));
        export::menu_ui(context, ui, group, self.exclude_seen, metric, cast.as_ref());
    }

    fn seen_ui(&mut self, ui: &mut Ui) {
        let hint = "The service leaves items in the lists that a user had before. Without them, only new ones count.";
        ui.checkbox(&mut self.exclude_seen, "Without seen items").on_hover_text(hint);
    }

    /// Which metric is looked at, and how deep.
    fn metric_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            self.family.choice_ui(ui, context.tokens, self.evaluation.value());
            let response = ui.add(
                DragValue::new(&mut self.k)
                    .range(1..=LONGEST_METRIC_LIST)
                    .speed(0.1)
                    .prefix("at a depth of "),
            );
            name_field(&response, "Depth of the metric");
        });
    }

    /// All that is said of an evaluation.
    fn view_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let runs = self.runs.look(context, group);
        let Some(view) = self.evaluation.value() else { return };
        let cast = runs.map(|runs| Cast::of(view, runs)).unwrap_or_default();
        let metric = MetricAt { metric: self.family.metric(), k: self.k };
        self.findings.look(context, view, &cast, metric);
        // Popularity alone says little: then versions that recommend actions come first.
        let is_alone = view.results.len() <= 1;
        if is_alone {
            actions::actions_ui(context, ui, group, view);
        }
        section::card(ui, tokens, "Which is best, and is it luck?", |ui| {
            let words = format!("{} 95 % intervals on hover.", test_set_words(view));
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            self.findings.verdict_ui(context, ui);
            ui.add_space(tokens.space.sm);
            let spec = self.family.plot(view, cast.roles());
            let send = context.send;
            let response =
                plot::plot_linked_ui(ui, tokens, send, "side by side", &spec, PLOT, &mut self.selection);
            choose(ui, &spec, response, &cast, &mut self.selection);
            notes_ui(context, ui, view);
        });
        section::card(ui, tokens, "Runs", |ui| {
            let key = metric.key();
            let is_measured = view.results.iter().any(|row| row.metrics.contains_key(&key));
            // A depth of one's own is measured with the findings, which may still be those of another choice.
            let found = self.findings.found().filter(|found| !is_measured && found.metric == metric);
            let looked_at = found.map_or_else(|| RunMetric::of(view, metric), findings::Found::column);
            let others = RUN_COLUMNS.into_iter().filter(|other| **other != key).filter_map(MetricAt::parse);
            let others = others.take(RUN_COLUMNS.len() - 1).map(|at| RunMetric::of(view, at));
            let columns: Vec<RunMetric> = std::iter::once(looked_at).chain(others).collect();
            self.runs.ui(context, ui, group, &columns, &mut self.selection);
        });
        if !is_alone {
            actions::actions_ui(context, ui, group, view);
        }
        self.findings.plots_ui(context, ui, &mut self.selection);
        self.segments.ui(context, ui, view, &cast, metric);
        self.people.ui(context, ui, view, &cast, metric, &self.selection);
        self.worth.ui(context, ui, group, &cast, metric, view.exclude_seen);
        learning::learning_ui(context, ui, group, &cast, &mut self.selection);
        caveats::caveats_ui(ui, tokens);
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
            section::page_head(ui, tokens, "Evaluation", PaneKind::Evaluation.help(), |ui| {
                if let Some(group) = context.group.filter(|group| !group.datasets.is_empty()) {
                    guided::menu_ui(context, ui, group);
                }
            });
            empty_ui(context, ui);
            return;
        };
        self.look(context, group);
        section::page_head(ui, tokens, "Evaluation", PaneKind::Evaluation.help(), |ui| {
            self.export_ui(context, ui, group);
            foreign::menu_ui(context, ui, group);
            guided::menu_ui(context, ui, group);
            self.seen_ui(ui);
            if self.evaluation.is_loading() {
                ui.spinner();
            }
        });
        self.metric_ui(context, ui);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if let Some(failure) = self.evaluation.failure() {
                ui.label(RichText::new(failure).color(tokens.color.error));
            } else if self.evaluation.value().is_none() {
                ui.label(RichText::new("Comparing the versions").color(tokens.color.text_muted));
            }
            self.view_ui(context, ui, group);
        });
    }

    fn command(&mut self, _context: &PaneContext<'_>, command: Command) {
        if command == Command::EvaluateVersions {
            self.evaluation.stale();
        }
    }

    fn group_changed(&mut self) {
        self.evaluation.clear();
        self.runs.clear();
        self.selection.clear();
        self.people.clear();
        self.worth.clear();
    }
}

#[cfg(test)]
impl EvaluationPane {
    /// Whether all that is taken in the background has come.
    fn is_settled(&self) -> bool {
        self.findings.found().is_some() && self.segments.is_known() && self.people.is_known()
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
    let users = count_words(split.users);
    let items = match split.truth_items {
        1 => "1 item".to_owned(),
        items => format!("{} items", count_words(items)),
    };
    format!("{how}: {users} users, {items} to find.")
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
