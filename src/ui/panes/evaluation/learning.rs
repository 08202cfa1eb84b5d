//! How the versions learned: the validation score of every epoch, all of them side by side.

use super::cast::{Cast, choose};
use crate::jobs::Curve;
use crate::studio::GroupView;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::plot::{self, Axis, Marks, PlotSpec, Series};
use crate::ui::widgets::section;
use crate::ui::widgets::selection::Selection;
use egui::Ui;

const PLOT: f32 = 260.0;

/// A plot for each thing that was measured while training; nothing where no version on the page learns by epochs.
pub(super) fn learning_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    cast: &Cast,
    selection: &mut Selection,
) {
    let plots = plots(group, cast);
    if plots.is_empty() {
        return;
    }
    section::card(ui, context.tokens, "How they learned", |ui| {
        let across = plots.len().min(2);
        for pair in plots.chunks(across) {
            ui.columns(across, |columns| {
                for (ui, spec) in columns.iter_mut().zip(pair) {
                    let send = context.send;
                    let response =
                        plot::plot_linked_ui(ui, context.tokens, send, &spec.title, spec, PLOT, selection);
                    choose(ui, spec, response, cast, selection);
                }
            });
        }
    });
}

/// The curves of the versions on the page, by what they measure; a line a version, several where it was trained in parts.
pub(super) fn plots(group: &GroupView, cast: &Cast) -> Vec<PlotSpec> {
    let mut plots: Vec<PlotSpec> = Vec::new();
    for role in cast.roles() {
        let report = group.version(&role.name).and_then(|version| version.report.as_ref());
        for Curve { name, part, points } in report.into_iter().flat_map(|report| &report.curves) {
            let place = plots.iter().position(|plot| plot.title == *name).unwrap_or_else(|| {
                plots.push(PlotSpec {
                    title: name.clone(),
                    x: Axis::number("Epoch"),
                    y: Axis::number(name),
                    series: Vec::new(),
                });
                plots.len() - 1
            });
            let series = role.series(|title| {
                let label = if part.is_empty() { title.to_owned() } else { format!("{title}, {part}") };
                Series::new(label, Marks::Line, points.clone())
            });
            plots[place].series.push(series);
        }
    }
    // A single line has no legend to say whose it is.
    for plot in &mut plots {
        if let [alone] = plot.series.as_slice() {
            plot.title = format!("{}, {}", plot.title, alone.name);
        }
    }
    plots
}
