//! How a training went, epoch by epoch.

use crate::jobs::Curve;
use crate::ui::pane::PaneContext;
use crate::ui::widgets::plot::{Axis, Marks, PlotSpec, Series, plot_ui};
use egui::Ui;

const HEIGHT: f32 = 150.0;

/// A plot for each thing measured, with a line for each part of the training. `id` tells trainings apart.
pub(super) fn curves_ui(context: &PaneContext<'_>, ui: &mut Ui, id: &str, curves: &[Curve]) {
    // A plot learns in one frame how much room its marks take, and gives it in the next.
    let count = curves.iter().map(|curve| curve.points.len()).sum::<usize>();
    let drawn = ui.scope_id().with(("points drawn", id));
    if ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default::<usize>(drawn), count)) != count {
        ui.ctx().request_repaint();
    }
    let mut names: Vec<&str> = Vec::new();
    for curve in curves {
        if !names.contains(&curve.name.as_str()) {
            names.push(&curve.name);
        }
    }
    for name in names {
        let series = curves.iter().filter(|curve| curve.name == name).map(|curve| {
            let label = if curve.part.is_empty() { name } else { curve.part.as_str() };
            Series::new(label, Marks::Line, curve.points.clone())
        });
        let spec = PlotSpec {
            title: name.to_owned(),
            x: Axis::number("Epoch"),
            y: Axis::number(name),
            series: series.collect(),
        };
        plot_ui(ui, context.tokens, context.send, &format!("{name} of {id}"), &spec, HEIGHT);
    }
}
