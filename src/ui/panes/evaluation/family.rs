//! Metrics that belong together, as grouped bars: a group per depth, a bar per version.

use crate::studio::{EvaluationRow, metrics};
use crate::ui::theme::Tokens;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series};
use egui::Ui;

/// One of [`metrics::METRICS`], by place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Family(usize);

impl Family {
    fn all() -> impl Iterator<Item = Self> {
        (0..metrics::METRICS.len()).map(Self)
    }

    fn metrics(self) -> &'static [metrics::Metric] {
        metrics::METRICS.get(self.0).copied().unwrap_or_default()
    }

    /// `NDCG` of `NDCG@5`; the second reading keeps its label.
    fn title(self) -> String {
        let Some(first) = self.metrics().first() else { return String::new() };
        match first.spec.title.split_once('@') {
            Some((name, depth)) if self.metrics().len() > 1 => {
                format!("{name}{}", depth.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            _ => first.spec.title.to_owned(),
        }
    }

    pub(super) fn choice_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = tokens.space.xs;
            for family in Self::all() {
                let definition = family.metrics().first().map_or("", |metric| metric.spec.definition);
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
        let series = rows.iter().map(|row| {
            let value = |metric: &metrics::Metric| row.metrics.get(metric.spec.key).copied().unwrap_or(0.0);
            let intervals: Vec<(f64, f64)> =
                metrics.iter().filter_map(|metric| row.intervals.get(metric.spec.key).copied()).collect();
            let series = Series::of_values(&row.name, Marks::Bars, metrics.iter().map(value));
            // Coverage has no interval: no stem is better than one in the wrong place.
            if intervals.len() == metrics.len() { series.intervals(intervals) } else { series }
        });
        PlotSpec {
            title: format!("{}, {reading}", self.title()),
            x: Axis::categories("Metric", metrics.iter().map(|metric| metric.spec.title)),
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
        let titles: Vec<String> = Family::all().map(Family::title).collect();
        assert_eq!(titles, ["NDCG", "MRR@25", "Precision", "Coverage", "NDCG over hits"]);
    }

    #[test]
    fn bars_are_grouped_by_metric_with_their_intervals() {
        let keys = Family(0).metrics().iter().map(|metric| metric.spec.key.to_owned());
        let keys: Vec<String> = keys.collect();
        let row = EvaluationRow {
            name: "ease/1".to_owned(),
            recipe: "ease".to_owned(),
            metrics: keys.iter().cloned().zip([0.1, 0.2, 0.3]).collect(),
            intervals: keys.iter().cloned().zip([(0.0, 0.2), (0.1, 0.3), (0.2, 0.4)]).collect(),
            users: 9,
        };
        let plot = Family(0).plot(&[&row], true);
        assert_eq!(plot.title, "NDCG, without seen items");
        assert_eq!(plot.series[0].points, [[0.0, 0.1], [1.0, 0.2], [2.0, 0.3]]);
        assert_eq!(plot.series[0].intervals, [(0.0, 0.2), (0.1, 0.3), (0.2, 0.4)]);
    }
}
