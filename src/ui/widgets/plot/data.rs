//! The numbers behind a plot, as text a screen reader can read.

use super::heat::HeatScale;
use super::spec::{AxisKind, PlotSpec, Series};
use super::table::Words;
use crate::ui::theme::Tokens;
use crate::ui::widgets::count_words;
use egui::{Grid, RichText, ScrollArea, Ui};

/// The most rows shown beside a plot.
const ROWS: usize = 200;

pub(super) fn data_ui(ui: &mut Ui, tokens: &Tokens, spec: &PlotSpec, height: f32) {
    ScrollArea::both().max_height(height).min_scrolled_height(height).auto_shrink([false, false]).show(
        ui,
        |ui| match spec.heat() {
            Some(heat) => cells_ui(ui, tokens, spec, heat),
            None => points_ui(ui, tokens, spec),
        },
    );
}

/// A line a point.
fn points_ui(ui: &mut Ui, tokens: &Tokens, spec: &PlotSpec) {
    let columns = spec.columns();
    let grid = Grid::new("data").num_columns(columns.len()).striped(true).spacing([tokens.space.xl, 4.0]);
    grid.show(ui, |ui| {
        for column in &columns {
            ui.label(RichText::new(column.head(spec, Words::Short)).color(tokens.color.text_muted));
        }
        ui.end_row();
        for (series, point) in spec.places().take(ROWS) {
            for column in &columns {
                ui.label(column.cell(spec, series, point, Words::Short));
            }
            ui.end_row();
        }
    });
    let count: usize = spec.series.iter().map(|series| series.points.len()).sum();
    if count > ROWS {
        let text = format!(
            "The first {ROWS} of {} points; save the data for all of them",
            count_words(count as u64)
        );
        ui.label(RichText::new(text).color(tokens.color.text_faint));
    }
}

/// A heat map's rows and columns as they stand on it.
fn cells_ui(ui: &mut Ui, tokens: &Tokens, spec: &PlotSpec, heat: &Series) {
    let scale = HeatScale::of(heat);
    let names = |kind: &AxisKind| match kind {
        AxisKind::Categories(names) => names.clone(),
        _ => Vec::new(),
    };
    let (columns, rows) = (names(&spec.x.kind), names(&spec.y.kind));
    let mut cells = vec![vec![None; columns.len()]; rows.len()];
    for ([x, y], value) in heat.points.iter().zip(&heat.values) {
        if let Some(cell) = cells.get_mut(*y as usize).and_then(|row| row.get_mut(*x as usize)) {
            *cell = *value;
        }
    }
    Grid::new("cells").num_columns(columns.len() + 1).striped(true).spacing([tokens.space.xl, 4.0]).show(
        ui,
        |ui| {
            for head in std::iter::once(&spec.y.label).chain(&columns) {
                ui.label(RichText::new(head).color(tokens.color.text_muted));
            }
            ui.end_row();
            for (row, cells) in rows.iter().zip(&cells).take(ROWS) {
                ui.label(row);
                for value in cells {
                    match value {
                        Some(value) => ui.label(scale.words(*value)),
                        None => ui.label(RichText::new("none").color(tokens.color.text_faint)),
                    };
                }
                ui.end_row();
            }
        },
    );
}
