//! One metric at several depths, as grouped bars: a group per depth, a bar per version.

use super::cast::Role;
use crate::domain::limits::METRIC_CUTOFFS;
use crate::studio::{EvaluationView, METRICS, Metric, MetricAt};
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
    pub(super) fn of(metric: MetricAt) -> Self {
        Self(metric.metric)
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
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

    /// Whether anybody has a value: metrics of an objective's attribute have none where there is no objective.
    fn is_known(self, view: Option<&EvaluationView>) -> bool {
        let keys = self.metrics().map(MetricAt::key);
        view.is_none_or(|view| view.results.iter().any(|row| row.metrics.contains_key(&keys[0])))
    }

    pub(super) fn choice_ui(&mut self, ui: &mut Ui, tokens: &Tokens, view: Option<&EvaluationView>) {
        ui.spacing_mut().item_spacing.x = tokens.space.xs;
        if !self.is_known(view) {
            *self = Self::default();
        }
        for family in Self::all().filter(|family| family.is_known(view)) {
            let spec = &family.0.spec;
            let definition = format!("{}\n{}", spec.definition, spec.formula);
            let response = ui.selectable_label(*self == family, family.title());
            let name = format!("Plot {}", family.title());
            response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
            if response.on_hover_text(definition).clicked() {
                *self = family;
            }
        }
    }

    /// A bar for each contestant and depth, with its interval.
    pub(super) fn plot(self, view: &EvaluationView, roles: &[Role]) -> PlotSpec {
        let metrics = self.metrics();
        let reading = if view.exclude_seen { "without seen items" } else { "with seen items" };
        let keys = metrics.map(MetricAt::key);
        let series = roles.iter().map(|role| {
            let row = &view.results[role.place];
            let value = |key: &String| row.metrics.get(key).copied().unwrap_or(0.0);
            let intervals: Vec<(f64, f64)> =
                keys.iter().filter_map(|key| row.intervals.get(key).copied()).collect();
            let series = role.series(|name| Series::of_values(name, Marks::Bars, keys.iter().map(value)));
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
    use super::super::cast::Cast;
    use super::*;
    use crate::studio::toy;

    #[test]
    fn families_have_names_of_their_own() {
        let titles: std::collections::BTreeSet<&str> = Family::all().map(Family::title).collect();
        assert_eq!(titles.len(), METRICS.len());
    }

    #[test]
    fn bars_are_grouped_by_depth_with_their_intervals() {
        let view = toy::view();
        let cast = Cast::of(&view, &[]);
        let keys = Family::default().metrics().map(MetricAt::key);
        let plot = Family::default().plot(&view, cast.roles());
        assert_eq!(plot.title, "NDCG, with seen items");
        for (row, series) in view.results.iter().zip(&plot.series) {
            let values: Vec<[f64; 2]> =
                keys.iter().enumerate().map(|(place, key)| [place as f64, row.metrics[key]]).collect();
            assert_eq!((&series.name, &series.points), (&row.name, &values));
            assert_eq!(series.intervals, keys.clone().map(|key| row.intervals[&key]));
        }
    }
}
