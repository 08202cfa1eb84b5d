//! Versions that recommend actions: what they were measured to be, and how far their probabilities can be trusted.

use crate::studio::{ACTION_METRICS, CalibrationBin, EvaluationRow, EvaluationView, GroupView};
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::key_value::figure;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series, plot_ui};
use crate::ui::widgets::{count_words, section};
use egui::{Label, RichText, Ui};

const PLOT: f32 = 240.0;

/// The card, where there are such versions.
pub(super) fn actions_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, view: &EvaluationView) {
    if view.actions.is_empty() {
        return;
    }
    section::card(ui, context.tokens, "Next best actions", |ui| {
        for (place, row) in view.actions.iter().rev().enumerate() {
            row_ui(context, ui, row);
            if place == 0 {
                details_ui(context, ui, group, row);
            }
        }
    });
}

fn row_ui(context: &PaneContext<'_>, ui: &mut Ui, row: &EvaluationRow) {
    let tokens = context.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = tokens.space.xl;
        figure(ui, tokens, &row.name, &format!("{} tested people", count_words(row.users)));
        for metric in ACTION_METRICS {
            if let Some(value) = row.metrics.get(metric.key) {
                let shown = ui.scope(|ui| figure(ui, tokens, &format!("{value:.3}"), metric.title));
                shown.response.on_hover_text(metric.definition);
            }
        }
    });
}

/// What there is to know about the newest version.
fn details_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, row: &EvaluationRow) {
    let tokens = context.tokens;
    let report = group.version(&row.name).and_then(|version| version.report.as_ref());
    let Some(report) = report else { return };
    for note in &report.notes {
        ui.horizontal_top(|ui| {
            ui.add(Icon::Info.image(16.0, tokens.color.accent_text));
            ui.add(Label::new(RichText::new(note).color(tokens.color.text_muted)).wrap());
        });
    }
    calibration_ui(context, ui, &row.name, &report.calibration);
}

/// What was told against what came true; on the diagonal both are the same.
fn calibration_ui(context: &PaneContext<'_>, ui: &mut Ui, version: &str, bins: &[CalibrationBin]) {
    if bins.is_empty() {
        return;
    }
    let points = bins.iter().map(|bin| [bin.predicted, bin.observed]).collect();
    let spec = PlotSpec {
        title: format!("Probabilities of {version}"),
        x: Axis::number("Probability told"),
        y: Axis::number("Share that was taken"),
        series: vec![Series::new("Tested people", Marks::Points, points), Series::diagonal("Exactly right")],
    };
    plot_ui(ui, context.tokens, context.send, &format!("calibration of {version}"), &spec, PLOT);
}
