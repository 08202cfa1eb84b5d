//! What the numbers say: which contestant is best and whether that is luck, at every depth, at what price in coverage, and
//! for whom.

use crate::studio::{EvaluationView, Metric, MetricAt, SegmentScore, Verdict};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::plot::{self, Axis, Better, Marks, PlotSpec, Series, Shade, frontier};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::section;
use crate::ui::widgets::selection::Selection;
use egui::{ComboBox, DragValue, RichText, Ui};
use std::sync::Arc;

/// The depths of the curves.
const DEPTHS: [usize; 8] = [1, 2, 3, 5, 10, 15, 20, 25];
const PLOT: f32 = 280.0;
/// A row of the heat map.
const ROW: f32 = 30.0;

/// What the findings are taken of.
#[derive(Debug, Clone, PartialEq)]
struct FindingsKey {
    /// The evaluation they belong to: its contestants, and where they lie in memory.
    evaluation: (Vec<String>, usize),
    stem: &'static str,
    k: usize,
    segmentation: usize,
}

/// Taken in the background, for one metric.
struct Findings {
    verdict: Option<Verdict>,
    curves: Vec<Vec<f64>>,
    coverage: Vec<f64>,
    value: Vec<f64>,
    /// By contestant; none where the metric has no value per user.
    segments: Vec<Option<Vec<SegmentScore>>>,
}

pub(super) struct FindingsForm {
    k: usize,
    segmentation: usize,
    found: Loadable<FindingsKey, Findings>,
}

impl Default for FindingsForm {
    fn default() -> Self {
        Self { k: 10, segmentation: 0, found: Loadable::default() }
    }
}

impl FindingsForm {
    /// The cards of a metric; `metric` is the one the bars show.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        view: &EvaluationView,
        metric: &'static Metric,
        selection: &mut Selection,
    ) {
        let tokens = context.tokens;
        self.segmentation = self.segmentation.min(view.segmentations.len().saturating_sub(1));
        let at = MetricAt { metric, k: self.k };
        self.look(context, view, at);
        section::card(ui, tokens, "Which is best, and is it luck?", |ui| {
            ui.horizontal(|ui| {
                ui.label(format!("{} at a depth of", metric.spec.title));
                let response = ui.add(DragValue::new(&mut self.k).range(1..=25).speed(0.1));
                name_field(&response, "Depth of the metric");
                ui.label(RichText::new("choose the metric above").color(tokens.color.text_faint));
                if self.found.is_loading() {
                    ui.spinner();
                }
            });
            if let Some(failure) = self.found.failure() {
                ui.label(RichText::new(failure).color(tokens.color.error));
            }
            let Some(found) = self.found.value() else { return };
            if let Some(verdict) = &found.verdict {
                ui.add(egui::Label::new(RichText::new(&verdict.sentence).strong()).wrap());
                let words = "Differences are paired user by user; p-values (paired t test; Fisher's randomisation test up to \
                             100 users) are corrected for their number after Holm, at 5 %.";
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
            }
            ui.add_space(tokens.space.sm);
            ui.columns(2, |columns| {
                let curves = curves_plot(view, metric, found);
                plot::plot_linked_ui(
                    &mut columns[0],
                    tokens,
                    context.send,
                    "curves",
                    &curves,
                    PLOT,
                    selection,
                );
                let price = price_plot(view, at, found);
                plot::plot_linked_ui(&mut columns[1], tokens, context.send, "price", &price, PLOT, selection);
            });
        });
        section::card(ui, tokens, "For whom?", |ui| self.segments_ui(context, ui, view, at));
    }

    fn segments_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, view: &EvaluationView, at: MetricAt) {
        let tokens = context.tokens;
        let Some(chosen) = view.segmentations.get(self.segmentation) else { return };
        let combo = ComboBox::from_id_salt("segments").width(220.0).selected_text(&chosen.name);
        let response = combo.show_ui(ui, |ui| {
            for (place, segmentation) in view.segmentations.iter().enumerate() {
                ui.selectable_value(&mut self.segmentation, place, &segmentation.name);
            }
        });
        name_field(&response.response, "Groups of users or items");
        let Some(found) = self.found.value() else { return };
        let rows: Vec<Vec<Option<f64>>> = found
            .segments
            .iter()
            .flatten()
            .map(|scores| scores.iter().map(|score| score.value).collect())
            .collect();
        // While another segmentation is read, the last one's values do not fit this one's groups.
        let fits =
            rows.len() == view.results.len() && rows.iter().all(|row| row.len() == chosen.labels.len());
        if !fits {
            let words = if self.found.is_loading() {
                "Taking the metric of each group"
            } else {
                "This metric is of all lists together: it has no value per user to group."
            };
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            return;
        }
        let first = found.segments.iter().flatten().next();
        let users = |group: usize| first.and_then(|scores| scores.get(group)).map_or(0, |score| score.users);
        let labels =
            chosen.labels.iter().enumerate().map(|(group, label)| format!("{label} ({})", users(group)));
        let intervals = found.segments.iter().flatten().flatten();
        let intervals = intervals.map(|score| score.interval.unwrap_or((f64::NAN, f64::NAN))).collect();
        let spec = PlotSpec {
            title: format!("{} by {}", at.title(), chosen.name),
            x: Axis::categories("Group (users)", labels),
            y: Axis::categories("Contestant", view.results.iter().map(|row| row.name.as_str())),
            series: vec![Series::cells(at.title(), Shade::Sequential, &rows).intervals(intervals)],
        };
        let height = 120.0 + ROW * rows.len() as f32;
        plot::plot_ui(ui, tokens, context.send, "segments", &spec, height);
    }

    fn look(&mut self, context: &PaneContext<'_>, view: &EvaluationView, at: MetricAt) {
        let names = view.results.iter().map(|row| row.name.clone()).collect();
        let key = FindingsKey {
            evaluation: (names, Arc::as_ptr(&view.lab).addr()),
            stem: at.metric.spec.stem,
            k: at.k,
            segmentation: self.segmentation,
        };
        let (lab, segmentations) = (Arc::clone(&view.lab), Arc::clone(&view.segmentations));
        let chosen = self.segmentation;
        self.found.keep(context, key, "weighing the differences", move |job| {
            let coverage = MetricAt::parse("coverage");
            let mut segments = Vec::new();
            for contestant in &lab.contestants {
                job.check()?;
                let groups = segmentations.get(chosen);
                segments.push(groups.and_then(|groups| contestant.segments(groups, at)));
            }
            let values = |metric: Option<MetricAt>| {
                let value = |contestant: &crate::studio::Contestant| {
                    metric.and_then(|metric| contestant.value(metric)).unwrap_or_default()
                };
                lab.contestants.iter().map(value).collect::<Vec<f64>>()
            };
            Ok(Findings {
                verdict: lab.verdict(at),
                curves: lab.curves(at.metric, &DEPTHS),
                coverage: values(coverage),
                value: values(Some(at)),
                segments,
            })
        });
    }
}

/// The metric at every depth, a line a contestant.
fn curves_plot(view: &EvaluationView, metric: &Metric, found: &Findings) -> PlotSpec {
    let series = view.results.iter().zip(&found.curves).enumerate().map(|(place, (row, curve))| {
        let points = DEPTHS.iter().zip(curve).map(|(&k, &value)| [k as f64, value]).collect();
        Series::new(&row.name, Marks::Line, points).colored(place)
    });
    PlotSpec {
        title: format!("{} by depth", metric.spec.title),
        x: Axis::number("K"),
        y: Axis::number(metric.spec.title),
        series: series.collect(),
    }
}

/// The metric against coverage, with the contestants that none beats in both.
fn price_plot(view: &EvaluationView, at: MetricAt, found: &Findings) -> PlotSpec {
    let points: Vec<[f64; 2]> =
        found.coverage.iter().zip(&found.value).map(|(&coverage, &value)| [coverage, value]).collect();
    let better = match at.metric.spec.better {
        crate::domain::metric::Better::Lower => Better::Lower,
        _ => Better::Higher,
    };
    let line = frontier(&points, Better::Higher, better).into_iter().map(|place| points[place]).collect();
    let mut series: Vec<Series> = view
        .results
        .iter()
        .zip(&points)
        .enumerate()
        .map(|(place, (row, &point))| {
            Series::new(&row.name, Marks::Labelled, vec![point]).named([&row.name]).colored(place)
        })
        .collect();
    series.push(Series::new("Frontier", Marks::Frontier, line));
    PlotSpec {
        title: format!("{} against coverage", at.title()),
        x: Axis::number("Coverage of the catalogue"),
        y: Axis::number(at.title()),
        series,
    }
}
