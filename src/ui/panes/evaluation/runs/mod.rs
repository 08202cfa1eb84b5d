//! The runs of a group as a table: sorted, filtered, grouped, pinned, hidden, renamed, coloured; why each is what it is;
//! how two differ; trained again, or copied as a command line.
//!
//! A run is a solution version. Contestants that are none (the popularity baseline, lists of other tools) stand among
//! them where a metric has a value for them.

mod acts;
mod cells;
mod detail;
mod filter;
mod lines;
mod row;
mod table;
#[cfg(test)]
mod tests;

use crate::domain::metric::Better;
use crate::studio::{EvaluationRow, EvaluationView, GroupView, MetricAt, RunView};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::selection::Selection;
use egui::{RichText, Ui};
use lines::Arrangement;
use std::collections::{BTreeMap, BTreeSet};

/// A metric as a column of the table.
pub(super) struct RunMetric {
    pub(super) title: String,
    /// What it measures, shown on hover.
    pub(super) definition: String,
    pub(super) better: Better,
    /// By the name of the run.
    pub(super) values: BTreeMap<String, RunValue>,
}

/// A value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RunValue {
    pub(super) value: f64,
    /// Low and high of its 95 % interval.
    pub(super) interval: Option<(f64, f64)>,
}

impl RunMetric {
    /// A column of an evaluation.
    pub(super) fn of(view: &EvaluationView, metric: MetricAt) -> Self {
        let key = metric.key();
        let value = |row: &EvaluationRow| {
            let value = *row.metrics.get(&key)?;
            Some((row.name.clone(), RunValue { value, interval: row.intervals.get(&key).copied() }))
        };
        Self::new(metric, view.results.iter().filter_map(value).collect())
    }

    pub(super) fn new(metric: MetricAt, values: BTreeMap<String, RunValue>) -> Self {
        let (title, spec) = (metric.title(), metric.metric.spec);
        let definition = format!("{title} ({})\n{}\n{}", metric.key(), spec.definition, spec.formula);
        Self { title, definition, better: spec.better, values }
    }
}

/// A line's subject: a run, or a contestant that is none.
#[derive(Clone, Copy)]
enum Contestant<'a> {
    Run(&'a RunView),
    /// Its name, and its place in the palette.
    Other(&'a str, usize),
}

impl<'a> Contestant<'a> {
    /// The name it has in every plot and table.
    fn name(self) -> &'a str {
        match self {
            Self::Run(run) => &run.name,
            Self::Other(name, _) => name,
        }
    }

    /// The name it is shown under.
    fn title(self) -> &'a str {
        match self {
            Self::Run(run) => run.title(),
            Self::Other(name, _) => name,
        }
    }

    fn run(self) -> Option<&'a RunView> {
        match self {
            Self::Run(run) => Some(run),
            Self::Other(..) => None,
        }
    }

    fn color(self) -> usize {
        match self {
            Self::Run(run) => run.color,
            Self::Other(_, place) => place,
        }
    }
}

/// A name that is being changed in its line.
struct Rename {
    name: String,
    text: String,
    /// Whether the field was given the keyboard.
    is_open: bool,
}

/// The runs and how a person has arranged them.
#[derive(Default)]
pub(super) struct Runs {
    found: Loadable<(String, u64), Vec<RunView>>,
    arrangement: Arrangement,
    rename: Option<Rename>,
}

impl Runs {
    /// The runs of the group, once they are read. Call each frame.
    pub(super) fn look(&mut self, context: &PaneContext<'_>, group: &GroupView) -> Option<&[RunView]> {
        let (studio, name) = (context.studio.clone(), group.name.clone());
        let key = (group.name.clone(), studio.revision());
        self.found.keep(context, key, "reading the runs", move |_| studio.runs(&name));
        self.found()
    }

    pub(super) fn found(&self) -> Option<&[RunView]> {
        self.found.value().map(Vec::as_slice)
    }

    /// Draws the table and what is said of the chosen runs.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        group: &GroupView,
        metrics: &[RunMetric],
        selection: &mut Selection,
    ) {
        let Self { found, arrangement, rename } = self;
        if let Some(failure) = found.failure() {
            ui.label(RichText::new(failure).color(context.tokens.color.error));
        }
        let Some(runs) = found.value() else {
            ui.label(RichText::new("Reading the runs").color(context.tokens.color.text_muted));
            return;
        };
        runs_ui(context, ui, &group.name, runs, metrics, arrangement, rename, selection);
    }

    /// Another group became the current one.
    pub(super) fn clear(&mut self) {
        self.found.clear();
        self.rename = None;
        self.arrangement.forget();
    }
}

#[expect(clippy::too_many_arguments, reason = "what the page owns stands beside what the table owns")]
fn runs_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &str,
    runs: &[RunView],
    metrics: &[RunMetric],
    arrangement: &mut Arrangement,
    rename: &mut Option<Rename>,
    selection: &mut Selection,
) {
    let contestants = contestants(runs, metrics);
    let names: BTreeSet<&str> = contestants.iter().map(|contestant| contestant.name()).collect();
    selection.keep(&names);
    table::toolbar_ui(context, ui, &contestants, arrangement);
    let lines = lines::lines(&contestants, metrics, arrangement);
    let page = table::Page { context, group, contestants: &contestants, metrics };
    table::table_ui(ui, &page, &lines, arrangement, rename, selection);
    detail::chosen_ui(ui, &page, rename, selection);
}

/// The runs, and after them the others that a metric has a value for.
fn contestants<'a>(runs: &'a [RunView], metrics: &'a [RunMetric]) -> Vec<Contestant<'a>> {
    let known: BTreeSet<&str> = runs.iter().map(|run| run.name.as_str()).collect();
    let others: BTreeSet<&str> = metrics
        .iter()
        .flat_map(|metric| metric.values.keys().map(String::as_str))
        .filter(|name| !known.contains(name))
        .collect();
    let others = others.into_iter().enumerate();
    let others = others.map(|(place, name)| Contestant::Other(name, runs.len() + place));
    runs.iter().map(Contestant::Run).chain(others).collect()
}
