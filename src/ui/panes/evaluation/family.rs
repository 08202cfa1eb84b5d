//! One metric at several depths, as grouped bars: a group per depth, a bar per version.

use crate::domain::limits::METRIC_CUTOFFS;
use crate::studio::{EvaluationRow, METRICS, Metric, MetricAt};
use crate::ui::theme::Tokens;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series};
use egui::Ui;

/// A metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct Family(&'static Metric);

impl Default for Family {
    fn default() -> Self {
        Self(METRICS[0])
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.0.spec == other.0.spec
    }
}

impl Family {
    fn all() -> impl Iterator<Item = Self> {
        METRICS.into_iter().map(Self)
    }

    /// At the depths that bars are drawn for.
    pub(super) fn metrics(self) -> [MetricAt; 3] {
        METRIC_CUTOFFS.map(|k| MetricAt { metric: self.0, k })
    }

    /// The metrics of all families.
    pub(super) fn all_metrics() -> Vec<MetricAt> {
        Self::all().flat_map(Self::metrics).collect()
    }

    pub(super) fn metric(self) -> &'static Metric {
        self.0
    }

    pub(super) fn title(self) -> &'static str {
        self.0.spec.title
    }

    pub(super) fn choice_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = tokens.space.xs;
            for family in Self::all() {
                let spec = &family.0.spec;
                let definition = format!("{}\n{}", spec.definition, spec.formula);
                let response = ui.selectable_label(*self == family, family.title());
                let name = format!("Plot {}", family.title());
                response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
                if response.on_hover_text(definition).clicked() {
                    *self = family;
                }
            }
        });
    }

    /// A bar for each version and metric, with its interval.
    pub(super) fn plot(self, rows: &[&EvaluationRow], exclude_seen: bool) -> PlotSpec {
        let metrics = self.metrics();
        let reading = if exclude_seen { "without seen items" } else { "with seen items" };
        let keys = metrics.map(MetricAt::key);
        let series = rows.iter().map(|row| {
            let value = |key: &String| row.metrics.get(key).copied().unwrap_or(0.0);
            let intervals: Vec<(f64, f64)> =
                keys.iter().filter_map(|key| row.intervals.get(key).copied()).collect();
            let series = Series::of_values(&row.name, Marks::Bars, keys.iter().map(value));
            // Coverage has no interval: no stem is better than one in the wrong place.
            if intervals.len() == keys.len() { series.intervals(intervals) } else { series }
        });
        PlotSpec {
            title: format!("{}, {reading}", self.title()),
            x: Axis::categories("Metric", metrics.iter().map(|metric| metric.title())),
            y: Axis::number(self.title()),
            series: series.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_names_of_their_own() {
        let titles: std::collections::BTreeSet<&str> = Family::all().map(Family::title).collect();
        assert_eq!(titles.len(), METRICS.len());
    }

    #[test]
    fn bars_are_grouped_by_metric_with_their_intervals() {
        let keys = Family::default().metrics().map(MetricAt::key);
        let row = EvaluationRow {
            name: "ease/1".to_owned(),
            recipe: "ease".to_owned(),
            metrics: keys.iter().cloned().zip([0.1, 0.2, 0.3]).collect(),
            intervals: keys.iter().cloned().zip([(0.0, 0.2), (0.1, 0.3), (0.2, 0.4)]).collect(),
            users: 9,
        };
        let plot = Family::default().plot(&[&row], true);
        assert_eq!(plot.title, "NDCG, without seen items");
        assert_eq!(plot.series[0].points, [[0.0, 0.1], [1.0, 0.2], [2.0, 0.3]]);
        assert_eq!(plot.series[0].intervals, [(0.0, 0.2), (0.1, 0.3), (0.2, 0.4)]);
    }
}
