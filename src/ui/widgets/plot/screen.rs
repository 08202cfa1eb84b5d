//! A plot on the screen.

use super::cloud::Cloud;
use super::draw::{self, Painted};
use super::drawn::drawn;
use super::hit::{self, Screen};
use super::scale::{Logs, MarkSeries, log_ticks, ticks, time_ticks};
use super::spec::{Axis, AxisKind, Marks, PlotSpec, Series, log_words};
use super::{Look, PlotResponse};
use crate::ui::theme::Tokens;
use crate::ui::widgets::selection::{Emphasis, Selection};
use egui::{Color32, PopupAnchor, RichText, Stroke, Ui};
use egui_plot::{
    AxisHints, Bar, BarChart, GridInput, GridMark, Line, Plot, PlotMemory, PlotPoints, PlotTransform, PlotUi,
    Points,
};
use std::ops::RangeInclusive;

/// The most points of a series handed to the screen one by one. Of a longer line each stretch's extremes are kept; more
/// points become a picture.
const SCREEN_POINTS: usize = 4_000;
/// Labels of the x axis fade in while their marks are this far apart, in points.
const X_LABEL_SPACING: egui::Rangef = egui::Rangef { min: 28.0, max: 44.0 };
/// Marks of the axes stand at least this far apart, in points.
const X_MARKS: f32 = 84.0;
const Y_MARKS: f32 = 36.0;
/// The most letters of a row's name beside a heat map; the pointer tells all of it.
const ROW_LETTERS: usize = 28;
/// About the width of a letter beside an axis, in points.
const LETTER: f32 = 6.7;

/// A series as it is drawn now.
#[derive(Clone, Copy)]
struct Ink {
    color: Color32,
    emphasis: Emphasis,
}

pub(super) fn screen_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    spec: &PlotSpec,
    look: &Look,
    selection: &mut Selection,
    height: f32,
) -> PlotResponse {
    let id = ui.scope_id();
    let drawn = drawn(ui, id.with("marks"), spec, look.logs);
    let inks: Vec<Ink> = (0..spec.series.len())
        .map(|index| {
            let emphasis = selection.emphasis(ui, spec.series[index].key());
            let color = spec.color(tokens, index);
            let color = if emphasis == Emphasis::Faded { color.gamma_multiply(0.22) } else { color };
            Ink { color, emphasis }
        })
        .collect();
    // What stands out lies on top.
    let mut order: Vec<usize> = (0..spec.series.len()).filter(|index| !look.hidden.contains(index)).collect();
    order.sort_by_key(|index| inks[*index].emphasis == Emphasis::Strong);
    let marks = &drawn.series;
    // What a person has moved to holds for the data they saw, not for what is shown next.
    let bounds = drawn.bounds.map(|(from, to)| [from.to_bits(), to.to_bits()]);
    let plot_id = id.with((look.logs.x, look.logs.y, bounds));
    let is_new = PlotMemory::load(ui.ctx(), plot_id).is_none();
    let plot = empty_plot(ui, tokens, spec, look.logs, drawn.bounds, height).id(plot_id);
    let response = plot.show(ui, |plot| {
        for &index in &order {
            let (series, marked, ink) = (&spec.series[index], &marks[index], inks[index]);
            let kept = (id.with(("cloud", index)), drawn.key);
            series_on(plot, tokens, series, marked, ink, look.logs, kept);
        }
        // Names of all series make way for each other; those that stand out choose their places first.
        let named = order.iter().rev().filter(|index| spec.series[**index].marks == Marks::Labelled);
        let named: Vec<_> = named
            .map(|&index| {
                let is_faded = inks[index].emphasis == Emphasis::Faded;
                let ink = if is_faded { tokens.color.text_faint } else { tokens.color.text };
                (&spec.series[index], &marks[index], ink)
            })
            .collect();
        if !named.is_empty() {
            plot.add(Painted::new(tokens.color.text, move |ui, screen, shapes| {
                draw::names(ui, tokens, screen, &named, shapes);
            }));
        }
    });
    if is_new {
        ui.ctx().request_discard("how wide the axes of a plot are is known when they are drawn");
    }
    let name = format!("Plot: {}", spec.title);
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    let Some(pointer) = response.response.hover_pos() else { return PlotResponse::default() };
    let is_shown = |index: usize| !look.hidden.contains(&index);
    let found = hit::hit(spec, marks, is_shown, &response.transform, pointer);
    if let Some(found) = found {
        mark_found(ui, tokens, spec, marks, &response.transform, found);
        let series = &spec.series[found.0];
        if series.marks != Marks::Cells && spec.series.len() > 1 {
            selection.hover(ui, series.key());
        }
    }
    let place = response.transform.place(pointer);
    if let Some(words) = hit::words(spec, look.logs, found, is_shown, place) {
        let response = &response.response;
        let tooltip = egui::Tooltip::always_open(
            response.ctx.clone(),
            response.layer_id,
            response.id,
            PopupAnchor::Pointer,
        );
        tooltip.gap(12.0).show(|ui| ui.add(egui::Label::new(words).extend()));
    }
    PlotResponse { clicked: found.filter(|_| response.response.clicked()), hovered: found }
}

/// The axes and how a person moves on them.
fn empty_plot<'a>(
    ui: &Ui,
    tokens: &Tokens,
    spec: &'a PlotSpec,
    logs: Logs,
    [x, y]: [(f64, f64); 2],
    height: f32,
) -> Plot<'a> {
    let is_heat = spec.heat().is_some();
    let is_named = |axis: &Axis| matches!(axis.kind, AxisKind::Categories(_));
    let words = |axis: &Axis, log: bool, value: f64, step: f64| {
        if log { log_words(axis, value) } else { axis.short(value, step) }
    };
    let counts = (marks_along(ui.available_width(), X_MARKS), marks_along(height, Y_MARKS));
    let letters = if is_heat { letters_of_columns(spec, ui.available_width()) } else { usize::MAX };
    let y_room = if is_heat || is_named(&spec.y) { 0.0 } else { (y.1 - y.0) * 0.06 };
    Plot::new("plot")
        .height(height)
        .allow_scroll(false)
        .allow_drag(!is_heat)
        .allow_zoom(!is_heat)
        .allow_boxed_zoom(!is_heat)
        .allow_axis_zoom_drag(!is_heat)
        .invert_y(is_heat)
        .show_crosshair(false)
        .show_background(false)
        .show_grid([!is_named(&spec.x), !is_named(&spec.y)])
        .grid_color(tokens.color.border)
        .default_x_bounds(x.0, x.1)
        .default_y_bounds(y.0, y.1 + y_room)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .label(RichText::new(&spec.x.label).color(tokens.color.text_muted))
                .formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
                    cut(words(&spec.x, logs.x, mark.value, mark.step_size), letters)
                })
                .label_spacing(X_LABEL_SPACING),
        ])
        .y_axis_label(RichText::new(&spec.y.label).color(tokens.color.text_muted))
        .y_axis_formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
            cut(words(&spec.y, logs.y, mark.value, mark.step_size), ROW_LETTERS)
        })
        .x_grid_spacer(grid(&spec.x.kind, logs.x, counts.0))
        .y_grid_spacer(grid(&spec.y.kind, logs.y, counts.1))
}

/// How many letters the name of a heat map's column has room for, in what the names of its rows leave of the width.
fn letters_of_columns(spec: &PlotSpec, width: f32) -> usize {
    let names = |axis: &Axis| match &axis.kind {
        AxisKind::Categories(names) => names.iter().map(|name| name.chars().count()).collect(),
        _ => Vec::new(),
    };
    let longest = names(&spec.y).into_iter().max().unwrap_or(0).min(ROW_LETTERS);
    let column = (width - 44.0 - longest as f32 * LETTER) / names(&spec.x).len().max(1) as f32;
    ((column - 2.0) / LETTER).max(1.0) as usize
}

/// A text of at most `letters` letters, the last of them dots where it is longer.
fn cut(text: String, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text;
    }
    let head: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{head}…")
}

fn series_on<'a>(
    plot: &mut PlotUi<'a>,
    tokens: &'a Tokens,
    series: &'a Series,
    marked: &'a MarkSeries,
    ink: Ink,
    logs: Logs,
    (id, key): (egui::Id, u64),
) {
    let Ink { color, emphasis } = ink;
    let is_strong = emphasis == Emphasis::Strong;
    let width = if is_strong { 3.0 } else { 2.0 };
    let stem = match (series.marks, emphasis) {
        // On a bar, its own colour could not be seen.
        (Marks::Bars | Marks::Histogram, Emphasis::Faded) => tokens.color.text_faint.gamma_multiply(0.4),
        (Marks::Bars | Marks::Histogram, _) => tokens.color.text,
        _ => color,
    };
    if !matches!(series.marks, Marks::Points | Marks::Labelled) {
        draw_series(plot, tokens, series, marked, (color, width), logs, id);
    }
    if series.marks != Marks::Cells {
        plot.add(Painted::new(stem, move |_, screen, shapes| draw::intervals(screen, marked, stem, shapes)));
    }
    if matches!(series.marks, Marks::Points | Marks::Labelled) {
        if marked.marks.len() > SCREEN_POINTS {
            plot.add(Cloud::new(id, key, &marked.marks, color));
        } else {
            let points: Vec<[f64; 2]> = marked.marks.iter().map(|mark| [mark.x, mark.y]).collect();
            let radius = if is_strong { 4.5 } else { 3.0 };
            plot.points(Points::new("", points).id(id).color(color).radius(radius).allow_hover(false));
        }
    }
}

/// Everything but points.
fn draw_series<'a>(
    plot: &mut PlotUi<'a>,
    tokens: &'a Tokens,
    series: &'a Series,
    marked: &'a MarkSeries,
    (color, width): (Color32, f32),
    logs: Logs,
    id: egui::Id,
) {
    match series.marks {
        Marks::Bars | Marks::Histogram => plot.bar_chart(bar_chart(marked, color).id(id)),
        Marks::Line => {
            plot.line(Line::new("", thinned(marked)).id(id).color(color).width(width).allow_hover(false));
        }
        Marks::Frontier => plot.add(Painted::new(color, move |_, screen, shapes| {
            draw::frontier(screen, marked, Stroke::new(width, color), shapes);
        })),
        Marks::Diagonal => plot.add(Painted::new(color, move |_, screen, shapes| {
            let line = hit::diagonal_on(screen, logs);
            shapes.extend(egui::Shape::dashed_line(&line, Stroke::new(1.2, color), 5.0, 4.0));
        })),
        Marks::Cells => plot.add(Painted::new(color, move |ui, screen, shapes| {
            draw::cells(ui, tokens, screen, series, shapes);
        })),
        Marks::Points | Marks::Labelled => {}
    }
}

/// Rings the point, frames the cell the pointer is on.
fn mark_found(
    ui: &Ui,
    tokens: &Tokens,
    spec: &PlotSpec,
    drawn: &[MarkSeries],
    screen: &PlotTransform,
    (series, point): (usize, usize),
) {
    let Some(mark) = drawn[series].marks.iter().find(|mark| mark.index == point) else { return };
    let painter = ui.painter().with_clip_rect(screen.frame().expand(2.0));
    let stroke = Stroke::new(2.0, tokens.color.text);
    match spec.series[series].marks {
        Marks::Cells => {
            let cell = draw::cell_rect(screen, mark.x, mark.y);
            painter.rect_stroke(cell, 2.0, stroke, egui::StrokeKind::Middle);
        }
        Marks::Bars | Marks::Histogram | Marks::Diagonal => {}
        Marks::Points | Marks::Labelled | Marks::Line | Marks::Frontier => {
            painter.circle_stroke(screen.at([mark.x, mark.y]), 5.5, stroke);
        }
    }
}

/// How many marks a length has room for.
fn marks_along(length: f32, apart: f32) -> usize {
    ((length / apart) as usize).max(2)
}

/// The marks of an axis: categories each, round numbers, the calendar's months.
fn grid(kind: &AxisKind, log: bool, count: usize) -> impl Fn(GridInput) -> Vec<GridMark> + use<> {
    let kind = kind.clone();
    move |input| {
        let (low, high) = input.bounds;
        let (places, step) = match &kind {
            AxisKind::Categories(names) => ((0..names.len()).map(|index| index as f64).collect(), 1.0),
            _ if log => (log_ticks(low, high), 1.0),
            AxisKind::Time => {
                let (places, step) = time_ticks(low, high, count);
                // A mark at the very edge has its words over those of the other axis.
                let edge = (high - low) * 0.03;
                (places.into_iter().filter(|place| *place > low + edge).collect(), step)
            }
            AxisKind::Number => ticks(low, high, count),
        };
        places.into_iter().map(|value| GridMark { value, step_size: step }).collect()
    }
}

fn bar_chart(marked: &MarkSeries, color: Color32) -> BarChart {
    let bars = marked.marks.iter().map(|mark| {
        Bar::new(mark.x, mark.y - mark.base).base_offset(mark.base).width(marked.width).fill(color)
    });
    BarChart::new("", bars.collect()).color(color).allow_hover(false)
}

/// At most [`SCREEN_POINTS`] points; of each stretch of a long series its least and its greatest.
fn thinned(marked: &MarkSeries) -> PlotPoints<'static> {
    let points: Vec<[f64; 2]> = marked.marks.iter().map(|mark| [mark.x, mark.y]).collect();
    if points.len() <= SCREEN_POINTS {
        return PlotPoints::new(points);
    }
    let stretch = points.len().div_ceil(SCREEN_POINTS / 2);
    let kept = points.chunks(stretch).flat_map(|chunk| {
        let by_y = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
        let mut ends: Vec<_> =
            chunk.iter().min_by(by_y).into_iter().chain(chunk.iter().max_by(by_y)).collect();
        ends.sort_by(|a, b| a[0].total_cmp(&b[0]));
        ends.into_iter().copied().collect::<Vec<_>>()
    });
    PlotPoints::new(kept.collect())
}
