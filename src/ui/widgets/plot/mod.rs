//! The one plot of the window: drawn, hovered over, read as a table, exported.

mod scale;
mod spec;
mod svg;

pub use scale::Logs;
pub use spec::{Axis, AxisKind, Marks, PlotSpec, Series};
pub use svg::{to_png, to_svg};

use super::button;
use crate::ui::action::{Action, CommandSender};
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::theme::{Icon, Tokens, semibold};
use egui::{Align, Layout, RichText, Ui};
use egui_plot::{
    AxisHints, Bar, BarChart, GridInput, GridMark, HoverPosition, Line, Plot, PlotPoints, Points,
};
use scale::{MarkSeries, bounds, log_ticks, marks, ticks, time_ticks};
use spec::log_words;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The most points of a series handed to the screen; more are thinned, keeping each stretch's extremes.
const SCREEN_POINTS: usize = 4_000;
/// Labels of the x axis fade in while their marks are this far apart, in points.
const X_LABEL_SPACING: egui::Rangef = egui::Rangef { min: 28.0, max: 44.0 };
/// Marks of the axes stand at least this far apart, in points.
const X_MARKS: f32 = 84.0;
const Y_MARKS: f32 = 36.0;
/// The most rows of the data shown beside a plot.
const TABLE_ROWS: usize = 200;

/// How a person looks at one plot.
#[derive(Debug, Clone, Default)]
struct Look {
    logs: Logs,
    as_table: bool,
    /// Series taken off the plot, by place.
    hidden: BTreeSet<usize>,
}

/// Draws the plot with its title and menu, `height` points high. `id` tells plots of one page apart.
pub fn plot_ui(ui: &mut Ui, tokens: &Tokens, send: &CommandSender, id: &str, spec: &PlotSpec, height: f32) {
    ui.push_id(id, |ui| {
        let look_id = ui.scope_id().with("look");
        let mut look: Look = ui.data(|data| data.get_temp(look_id)).unwrap_or_default();
        head_ui(ui, tokens, send, spec, &mut look);
        if look.as_table {
            data_ui(ui, tokens, spec, height);
        } else {
            let mut room = height;
            if spec.series.len() > 1 {
                let before = ui.cursor().top();
                legend_ui(ui, tokens, spec, &mut look);
                room -= ui.cursor().top() - before;
            }
            screen_ui(ui, tokens, spec, &look, room.max(80.0));
        }
        ui.data_mut(|data| data.insert_temp(look_id, look));
    });
}

fn head_ui(ui: &mut Ui, tokens: &Tokens, send: &CommandSender, spec: &PlotSpec, look: &mut Look) {
    ui.horizontal(|ui| {
        ui.label(semibold(&spec.title, tokens.size.body));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Plot menu: {}", spec.title);
            let menu = button::icon(ui, tokens, Icon::More, &name);
            egui::Popup::menu(&menu).show(|ui| menu_ui(ui, send, spec, look));
            let (icon, what) = if look.as_table { (Icon::Chart, "plot") } else { (Icon::Table, "data") };
            if button::icon(ui, tokens, icon, &format!("Show {what}: {}", spec.title)).clicked() {
                look.as_table = !look.as_table;
            }
            let axes =
                [(spec.y.can_log, &mut look.logs.y, "log y"), (spec.x.can_log, &mut look.logs.x, "log x")];
            for (can_log, on, name) in axes {
                if can_log {
                    let text = RichText::new(name).size(tokens.size.small);
                    ui.toggle_value(on, text).on_hover_text("Logarithmic scale");
                }
            }
        });
    });
}

/// Makes the bytes of an exported plot.
type Make = fn(&PlotSpec, Logs) -> anyhow::Result<Vec<u8>>;

fn menu_ui(ui: &mut Ui, send: &CommandSender, spec: &PlotSpec, look: &mut Look) {
    ui.set_min_width(180.0);
    let logs = look.logs;
    let exports: [(&str, &str, Make); 3] = [
        ("Save as SVG...", "svg", |spec, logs| Ok(to_svg(spec, logs, &Tokens::light()?).into_bytes())),
        ("Save as PNG...", "png", |spec, logs| to_png(&to_svg(spec, logs, &Tokens::light()?))),
        ("Save data as CSV...", "csv", |spec, _| Ok(spec.to_csv().into_bytes())),
    ];
    for (text, extension, make) in exports {
        if ui.button(text).clicked() {
            let spec = spec.clone();
            let kind = PickKind::SaveFile { suggested: format!("{}.{extension}", file_name(&spec.title)) };
            let files = vec![FileKind::new(&extension.to_uppercase(), &[extension])];
            send.send(Action::Pick(PickRequest::new("Save the plot", kind, files).then(move |paths| {
                let path = paths.into_iter().next()?;
                Some(Action::Write { path, make: Box::new(move || make(&spec, logs)) })
            })));
            ui.close();
        }
    }
    if ui.button("Copy data").clicked() {
        send.send(Action::CopyText(spec.to_csv()));
        ui.close();
    }
    ui.separator();
    if ui.button(if look.as_table { "Show the plot" } else { "Show the data" }).clicked() {
        look.as_table = !look.as_table;
        ui.close();
    }
}

/// Names the series; a click takes one off the plot or puts it back.
fn legend_ui(ui: &mut Ui, tokens: &Tokens, spec: &PlotSpec, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(tokens.space.md, 2.0);
        for (index, series) in spec.series.iter().enumerate() {
            let is_shown = !look.hidden.contains(&index);
            let (dot, ink) = if is_shown {
                (tokens.series(index), tokens.color.text_muted)
            } else {
                (tokens.color.border, tokens.color.text_faint)
            };
            let font = egui::FontId::proportional(tokens.size.small);
            let galley = ui.painter().layout_no_wrap(series.name.clone(), font, ink);
            let size = egui::vec2(galley.size().x + 16.0, 20.0);
            let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_shown, &series.name)
            });
            ui.painter().circle_filled(rect.left_center() + egui::vec2(5.0, 0.0), 4.5, dot);
            let at = egui::pos2(rect.left() + 15.0, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, ink);
            let hint = if is_shown { "Click to hide" } else { "Click to show" };
            if response.on_hover_text(hint).clicked() && !look.hidden.remove(&index) {
                look.hidden.insert(index);
            }
        }
    });
}

/// A title as a file's name.
fn file_name(title: &str) -> String {
    let name: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let name = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() { "plot".to_owned() } else { name }
}

/// The numbers behind the plot, as text a screen reader can read.
fn data_ui(ui: &mut Ui, tokens: &Tokens, spec: &PlotSpec, height: f32) {
    egui::ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            egui::Grid::new("data").num_columns(3).striped(true).spacing([tokens.space.xl, 4.0]).show(
                ui,
                |ui| {
                    for head in ["Series", &spec.x.label, &spec.y.label] {
                        ui.label(RichText::new(head).color(tokens.color.text_muted));
                    }
                    ui.end_row();
                    let all =
                        spec.series.iter().flat_map(|series| series.points.iter().map(move |p| (series, p)));
                    for (series, [x, y]) in all.take(TABLE_ROWS) {
                        ui.label(&series.name);
                        ui.label(spec.x.short(*x, 0.0));
                        ui.label(spec.y.short(*y, 0.0));
                        ui.end_row();
                    }
                },
            );
            let count: usize = spec.series.iter().map(|series| series.points.len()).sum();
            if count > TABLE_ROWS {
                let count = super::count_words(count as u64);
                let text = format!("The first {TABLE_ROWS} of {count} points; save the data for all of them");
                ui.label(RichText::new(text).color(tokens.color.text_faint));
            }
        });
}

fn screen_ui(ui: &mut Ui, tokens: &Tokens, spec: &PlotSpec, look: &Look, height: f32) {
    let logs = look.logs;
    let drawn = marks(spec, logs);
    let [x, y] = bounds(spec, &drawn);
    let words = |axis: &Axis, log: bool, value: f64, step: f64| {
        if log { log_words(axis, value) } else { axis.short(value, step) }
    };
    let counts = (marks_along(ui.available_width(), X_MARKS), marks_along(height, Y_MARKS));
    let (x_axis, y_axis) = (spec.x.clone(), spec.y.clone());
    let hover = hover_words(spec, logs);
    // What a person has moved to holds for the data they saw, not for what is shown next.
    let data = [x.0, x.1, y.0, y.1].map(f64::to_bits);
    let mut plot = Plot::new(("plot", logs.x, logs.y, data))
        .height(height)
        .allow_scroll(false)
        .allow_drag(true)
        .allow_zoom(true)
        .show_background(false)
        .show_grid([!matches!(spec.x.kind, AxisKind::Categories(_)), true])
        .grid_color(tokens.color.border)
        .set_margin_fraction(egui::vec2(0.02, 0.06))
        .default_x_bounds(x.0, x.1)
        .default_y_bounds(y.0, y.1 + (y.1 - y.0) * 0.06)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .label(RichText::new(&spec.x.label).color(tokens.color.text_muted))
                .formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
                    words(&x_axis, logs.x, mark.value, mark.step_size)
                })
                .label_spacing(X_LABEL_SPACING),
        ])
        .y_axis_label(RichText::new(&spec.y.label).color(tokens.color.text_muted))
        .y_axis_formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
            words(&y_axis, logs.y, mark.value, mark.step_size)
        })
        .label_formatter(move |position| hover(position));
    plot = plot.x_grid_spacer(grid(&spec.x.kind, logs.x, counts.0)).y_grid_spacer(grid(
        &spec.y.kind,
        logs.y,
        counts.1,
    ));
    let response = plot.show(ui, |plot| {
        for (index, (series, marked)) in spec.series.iter().zip(&drawn).enumerate() {
            if look.hidden.contains(&index) {
                continue;
            }
            let color = tokens.series(index);
            match series.marks {
                Marks::Bars | Marks::Histogram => plot.bar_chart(bar_chart(series, marked, color)),
                Marks::Line => plot.line(Line::new(&series.name, thinned(marked)).color(color).width(2.0)),
                Marks::Points => {
                    plot.points(Points::new(&series.name, thinned(marked)).color(color).radius(3.0));
                }
            }
            for mark in &marked.marks {
                if let Some((low, high)) = mark.interval {
                    let stem = PlotPoints::new(vec![[mark.x, low], [mark.x, high]]);
                    plot.line(Line::new("", stem).color(tokens.color.text).width(1.2).allow_hover(false));
                }
            }
        }
    });
    let name = format!("Plot: {}", spec.title);
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
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

fn bar_chart(series: &Series, marked: &MarkSeries, color: egui::Color32) -> BarChart {
    let bars = marked.marks.iter().map(|mark| {
        Bar::new(mark.x, mark.y - mark.base).base_offset(mark.base).width(marked.width).fill(color)
    });
    BarChart::new(&series.name, bars.collect()).color(color).allow_hover(false)
}

/// What stands beside the pointer: the nearest point's series and values, as they were before any logarithm.
fn hover_words(spec: &PlotSpec, logs: Logs) -> impl Fn(&HoverPosition<'_>) -> Option<String> + use<> {
    let spec = spec.clone();
    move |position| {
        let (HoverPosition::NearDataPoint { position: at, .. } | HoverPosition::Elsewhere { position: at }) =
            position;
        let (x, y) = (at.x, at.y);
        let plain = |value: f64, on: bool| if on { 10f64.powf(value) } else { value };
        if let AxisKind::Categories(names) = &spec.x.kind {
            let index = x.round().max(0.0) as usize;
            let name = names.get(index)?;
            let mut lines = vec![name.clone()];
            for series in &spec.series {
                let Some([_, value]) = series.points.iter().find(|point| point[0] as usize == index) else {
                    continue;
                };
                let interval = series.intervals.get(index);
                let interval = interval.map(|(low, high)| {
                    format!(" ({} to {})", spec.y.short(*low, 0.0), spec.y.short(*high, 0.0))
                });
                let value = spec.y.short(*value, 0.0);
                lines.push(format!("{}: {value}{}", series.name, interval.unwrap_or_default()));
            }
            return Some(lines.join("\n"));
        }
        let x = spec.x.short(plain(x, logs.x), 0.0);
        let y = spec.y.short(plain(y, logs.y), 0.0);
        Some(format!("{}: {x}\n{}: {y}", spec.x.label, spec.y.label))
    }
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
