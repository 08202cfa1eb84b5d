//! Versions that recommend actions: what they were measured to be, and how far their probabilities can be trusted.

use crate::studio::{CalibrationBin, EvaluationRow, EvaluationView, GroupView};
use crate::ui::pane::PaneContext;
use crate::ui::theme::Icon;
use crate::ui::widgets::key_value::figure;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series, plot_ui};
use crate::ui::widgets::{count_words, section};
use egui::{Label, RichText, Ui};

const PLOT: f32 = 240.0;

/// Metrics told: key, name, and what it is.
const TOLD: [(&str, &str, &str); 5] = [
    (
        "precision",
        "Precision",
        "Of each action, the share of those it was recommended to who took it; the mean over actions",
    ),
    (
        "recall",
        "Recall",
        "Of each action, the share of those who took it to whom it was recommended; the mean over actions",
    ),
    ("auc", "AUC", "The chance that a showing that was taken had a higher probability than one that was not"),
    (
        "expected_calibration_error",
        "Calibration error",
        "How far probabilities are from what came true, on average; 0 is best",
    ),
    ("coverage", "Coverage", "The share of the actions that stand in any list of five"),
];

/// The card, where there are such versions.
pub(super) fn actions_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, view: &EvaluationView) {
    if view.actions.is_empty() {
        return;
    }
    section::card(ui, context.tokens, "Next best actions", |ui| {
        for row in view.actions.iter().rev() {
            row_ui(context, ui, group, row);
        }
    });
}

fn row_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView, row: &EvaluationRow) {
    let tokens = context.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = tokens.space.xl;
        figure(ui, tokens, &row.name, &format!("{} tested people", count_words(row.users)));
        for (key, name, about) in TOLD {
            if let Some(value) = row.metrics.get(key) {
                let shown = ui.scope(|ui| figure(ui, tokens, &format!("{value:.3}"), name));
                shown.response.on_hover_text(about);
            }
        }
    });
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
