//! For whom a contestant is good: a metric by group of users or items, as a heat map.

use super::cast::Cast;
use crate::studio::{EvaluationView, Lab, MetricAt, SegmentScore, Segmentation};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::plot::{self, Axis, PlotSpec, Series, Shade};
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::section;
use egui::{ComboBox, RichText, Ui};
use std::sync::Arc;

/// A row of the heat map.
const ROW: f32 = 30.0;

/// The evaluation by where it lies in memory, the cast, the metric, and the way to group.
type SegmentsKey = (usize, Cast, MetricAt, usize);

/// Scores by group of each role; none where the metric has no value per user.
pub(super) type Rows = Vec<Option<Vec<SegmentScore>>>;

#[derive(Default)]
pub(super) struct Segments {
    chosen: usize,
    found: Loadable<SegmentsKey, (SegmentsKey, Rows)>,
}

impl Segments {
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        view: &EvaluationView,
        cast: &Cast,
        metric: MetricAt,
    ) {
        section::card(ui, context.tokens, "For whom?", |ui| {
            self.choice_ui(ui, view);
            self.look(context, view, cast, metric);
            self.heat_ui(context, ui, view);
        });
    }

    #[cfg(test)]
    pub(super) fn is_known(&self) -> bool {
        self.found.value().is_some()
    }

    fn choice_ui(&mut self, ui: &mut Ui, view: &EvaluationView) {
        self.chosen = self.chosen.min(view.segmentations.len().saturating_sub(1));
        let Some(chosen) = view.segmentations.get(self.chosen) else { return };
        let combo = ComboBox::from_id_salt("segments").width(220.0).selected_text(&chosen.name);
        let response = combo.show_ui(ui, |ui| {
            for (place, segmentation) in view.segmentations.iter().enumerate() {
                ui.selectable_value(&mut self.chosen, place, &segmentation.name);
            }
        });
        name_field(&response.response, "Groups of users or items");
    }

    fn look(&mut self, context: &PaneContext<'_>, view: &EvaluationView, cast: &Cast, metric: MetricAt) {
        let key = (Arc::as_ptr(&view.lab).addr(), cast.clone(), metric, self.chosen);
        let (all, segmentations) = (Arc::clone(&view.lab), Arc::clone(&view.segmentations));
        self.found.keep(context, key.clone(), "measuring by group", move |job| {
            job.check()?;
            let rows = segmentations.get(key.3).map(|groups| rows(&key.1.lab(&all), groups, metric));
            Ok((key, rows.unwrap_or_default()))
        });
    }

    fn heat_ui(&self, context: &PaneContext<'_>, ui: &mut Ui, view: &EvaluationView) {
        let tokens = context.tokens;
        let Some(((_, cast, metric, chosen), found)) = self.found.value() else {
            ui.label(RichText::new("Taking the metric of each group").color(tokens.color.text_muted));
            return;
        };
        let Some(spec) = heat(view, cast, *metric, *chosen, found) else {
            let words = "This metric is of all lists together: it has no value per user to group.";
            ui.label(RichText::new(words).color(tokens.color.text_muted));
            return;
        };
        let height = 120.0 + ROW * cast.roles().len() as f32;
        plot::plot_ui(ui, tokens, context.send, "segments", &spec, height);
    }
}

/// The metric of every group, by contestant.
pub(super) fn rows(lab: &Lab, groups: &Segmentation, metric: MetricAt) -> Rows {
    lab.contestants.iter().map(|contestant| contestant.segments(groups, metric)).collect()
}

/// A row a contestant, a column a group.
pub(super) fn heat(
    view: &EvaluationView,
    cast: &Cast,
    metric: MetricAt,
    chosen: usize,
    found: &Rows,
) -> Option<PlotSpec> {
    let segmentation = view.segmentations.get(chosen)?;
    let rows: Vec<&Vec<SegmentScore>> = found.iter().flatten().collect();
    let first = rows.first().filter(|_| rows.len() == found.len())?;
    let labels = segmentation.labels.iter().zip(*first);
    let labels = labels.map(|(label, score)| format!("{label} ({})", score.users));
    let values: Vec<Vec<Option<f64>>> =
        rows.iter().map(|row| row.iter().map(|score| score.value).collect()).collect();
    let intervals = rows.iter().flat_map(|row| row.iter());
    let intervals = intervals.map(|score| score.interval.unwrap_or((f64::NAN, f64::NAN))).collect();
    Some(PlotSpec {
        title: format!("{} by {}", metric.title(), segmentation.name),
        x: Axis::categories("Group (users)", labels),
        y: Axis::categories("Contestant", cast.roles().iter().map(|role| role.title.as_str())),
        series: vec![Series::cells(metric.title(), Shade::Sequential, &values).intervals(intervals)],
    })
}
