//! What the numbers of one metric say: which contestant is best and whether that is luck, at every depth, at what price in
//! coverage, and by how much each beats popularity.

use super::cast::{Cast, choose};
use super::runs::{RunMetric, RunValue};
use crate::studio::{EvaluationView, Lab, Lift, MetricAt, Verdict};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::plot::{self, Axis, Better, Marks, PlotSpec, Series, frontier};
use crate::ui::widgets::section;
use crate::ui::widgets::selection::Selection;
use egui::{RichText, Ui};
use std::sync::Arc;

/// The depths of the curves, and those beyond where somebody looks as deep.
const DEPTHS: [usize; 8] = [1, 2, 3, 5, 10, 15, 20, 25];
const DEEPER: [usize; 5] = [50, 75, 100, 200, 500];

/// The depths of a curve that reaches `k`.
fn depths(k: usize) -> Vec<usize> {
    let mut depths: Vec<usize> =
        DEPTHS.into_iter().chain(DEEPER.into_iter().filter(|&depth| depth <= k)).collect();
    depths.push(k);
    depths.sort_unstable();
    depths.dedup();
    depths
}
const PLOT: f32 = 270.0;

/// What the findings are taken of.
#[derive(Debug, Clone, PartialEq)]
struct FindingsKey {
    /// The evaluation they belong to: where it lies in memory, and who of it is on the page.
    evaluation: usize,
    cast: Cast,
    metric: MetricAt,
}

/// Taken in the background, for one metric. By role of the cast.
pub(super) struct Found {
    pub(super) metric: MetricAt,
    pub(super) cast: Cast,
    pub(super) verdict: Option<Verdict>,
    values: Vec<Option<RunValue>>,
    curves: Vec<Vec<f64>>,
    coverage: Vec<f64>,
    lifts: Vec<Option<Lift>>,
}

impl Found {
    pub(super) fn of(lab: &Lab, cast: Cast, metric: MetricAt) -> Self {
        let key = metric.key();
        let value = |contestant: &crate::studio::Contestant| {
            let scores = contestant.scores(&[metric]);
            let value = *scores.metrics.get(&key)?;
            Some(RunValue { value, interval: scores.intervals.get(&key).copied() })
        };
        let coverage = MetricAt::parse("coverage");
        let coverage = |contestant: &crate::studio::Contestant| {
            coverage.and_then(|coverage| contestant.value(coverage)).unwrap_or_default()
        };
        Self {
            verdict: lab.verdict(metric),
            values: lab.contestants.iter().map(value).collect(),
            curves: lab.curves(metric.metric, &depths(metric.k)),
            coverage: lab.contestants.iter().map(coverage).collect(),
            lifts: lab.lifts(metric),
            metric,
            cast,
        }
    }

    /// The metric as a column of the table of runs.
    pub(super) fn column(&self) -> RunMetric {
        let named = self.cast.roles().iter().zip(&self.values);
        let values = named.filter_map(|(role, value)| Some((role.name.clone(), (*value)?)));
        RunMetric::new(self.metric, values.collect())
    }

    /// The metric at every depth, a line a contestant.
    pub(super) fn curves(&self) -> PlotSpec {
        let title = self.metric.metric.spec.title;
        let series = self.cast.roles().iter().zip(&self.curves).map(|(role, curve)| {
            let points =
                depths(self.metric.k).into_iter().zip(curve).map(|(k, &value)| [k as f64, value]).collect();
            role.series(|name| Series::new(name, Marks::Line, points))
        });
        PlotSpec {
            title: format!("{title} by depth"),
            x: Axis::number("K"),
            y: Axis::number(title),
            series: series.collect(),
        }
    }

    /// The metric against coverage, with the contestants that none beats in both.
    pub(super) fn price(&self) -> PlotSpec {
        let title = self.metric.title();
        let values = self.values.iter().map(|value| value.map_or(f64::NAN, |value| value.value));
        let points: Vec<[f64; 2]> =
            self.coverage.iter().zip(values).map(|(&coverage, value)| [coverage, value]).collect();
        let better = match self.metric.metric.spec.better {
            crate::domain::metric::Better::Lower => Better::Lower,
            _ => Better::Higher,
        };
        let line = frontier(&points, Better::Higher, better).into_iter().map(|place| points[place]).collect();
        let roles = self.cast.roles().iter().zip(&points);
        let series = roles.map(|(role, &point)| {
            role.series(|name| Series::new(name, Marks::Labelled, vec![point]).named([name]))
        });
        PlotSpec {
            title: format!("{title} against coverage"),
            x: Axis::number("Coverage of the catalogue"),
            y: Axis::number(title),
            series: series.chain([Series::new("Frontier", Marks::Frontier, line)]).collect(),
        }
    }

    /// By how much each is above or below popularity, in per cent of popularity's; none where popularity has nothing.
    pub(super) fn lifts(&self) -> Option<PlotSpec> {
        let lifts = self.cast.roles().iter().zip(&self.lifts);
        let lifts: Vec<_> = lifts.filter_map(|(role, lift)| Some((role, lift.as_ref()?))).collect();
        if lifts.is_empty() {
            return None;
        }
        let percent = |share: f64| 100.0 * share;
        let series = lifts.iter().enumerate().map(|(place, (role, lift))| {
            let points = vec![[place as f64, percent(lift.share)]];
            let (low, high) = lift.interval;
            role.series(|name| Series::new(name, Marks::Points, points))
                .intervals(vec![(percent(low), percent(high))])
        });
        let series: Vec<Series> = series.collect();
        Some(PlotSpec {
            title: format!("Lift over popularity, {}", self.metric.title()),
            x: Axis::categories("Contestant", lifts.iter().map(|(role, _)| role.title.as_str())),
            y: Axis::number("Lift in per cent"),
            series,
        })
    }
}

#[derive(Default)]
pub(super) struct Findings {
    found: Loadable<FindingsKey, Found>,
}

impl Findings {
    /// Takes them anew where the evaluation, the cast or the metric is another. Call each frame.
    pub(super) fn look(
        &mut self,
        context: &PaneContext<'_>,
        view: &EvaluationView,
        cast: &Cast,
        metric: MetricAt,
    ) {
        let evaluation = Arc::as_ptr(&view.lab).addr();
        let key = FindingsKey { evaluation, cast: cast.clone(), metric };
        let (all, cast) = (Arc::clone(&view.lab), cast.clone());
        self.found.keep(context, key, "weighing the differences", move |_| {
            Ok(Found::of(&cast.lab(&all), cast, metric))
        });
    }

    pub(super) fn found(&self) -> Option<&Found> {
        self.found.value()
    }

    /// The verdict in words.
    pub(super) fn verdict_ui(&self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        if let Some(failure) = self.found.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
        }
        if let Some(verdict) = self.found().and_then(|found| found.verdict.as_ref()) {
            ui.add(egui::Label::new(RichText::new(&verdict.sentence).strong()).wrap());
            let words = "Differences are paired user by user; p-values (paired t test; Fisher's randomisation test up to \
                         100 users) are corrected for their number after Holm, at 5 %.";
            ui.add(
                egui::Label::new(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted))
                    .wrap(),
            );
        }
        if self.found.is_loading() {
            ui.spinner();
        }
    }

    /// The curves, the price and the lift.
    pub(super) fn plots_ui(&self, context: &PaneContext<'_>, ui: &mut Ui, selection: &mut Selection) {
        let tokens = context.tokens;
        let Some(found) = self.found() else { return };
        let mut draw = |ui: &mut Ui, id: &str, spec: &PlotSpec| {
            let response = plot::plot_linked_ui(ui, tokens, context.send, id, spec, PLOT, selection);
            choose(ui, spec, response, &found.cast, selection);
        };
        section::card(ui, tokens, "How deep, and at what price?", |ui| {
            ui.columns(2, |columns| {
                draw(&mut columns[0], "curves", &found.curves());
                draw(&mut columns[1], "price", &found.price());
            });
        });
        section::card(ui, tokens, "How much better than popularity?", |ui| {
            if let Some(lifts) = found.lifts() {
                draw(ui, "lifts", &lifts);
            } else {
                let words = "Popularity has nothing to be above: it is hidden, it was asked for other things, or this \
                             metric has no value per user.";
                ui.label(RichText::new(words).color(tokens.color.text_muted));
            }
        });
    }
}
