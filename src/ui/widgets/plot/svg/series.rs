//! A series of a plot as SVG.

use super::super::labels;
use super::super::scale::{Logs, Mark, MarkSeries, diagonal, stepped};
use super::super::spec::{Marks, PlotSpec};
use super::cells::cells_svg;
use super::{Area, escaped, hex, put};
use crate::ui::theme::Tokens;
use egui::{Rect, pos2, vec2};
use std::collections::BTreeSet;

/// Beyond so many points those on one another are written once.
const MANY: usize = 4_000;

pub(super) fn series_svg(
    out: &mut String,
    spec: &PlotSpec,
    index: usize,
    marked: &MarkSeries,
    area: &Area,
    logs: Logs,
    tokens: &Tokens,
) {
    let series = &spec.series[index];
    let color = hex(spec.color(tokens, index));
    let marks = &marked.marks;
    // On a bar, its own colour could not be seen.
    let stem = match series.marks {
        Marks::Bars | Marks::Histogram => &hex(tokens.color.text),
        _ => &color,
    };
    match series.marks {
        Marks::Bars | Marks::Histogram => bars_svg(out, marked, area, &color),
        Marks::Line => line_svg(out, marks, area, &color),
        Marks::Points | Marks::Labelled => points_svg(out, marks, area, &color),
        Marks::Frontier => frontier_svg(out, marks, area, &color),
        Marks::Diagonal => diagonal_svg(out, area, logs, &color),
        Marks::Cells => cells_svg(out, series, area, tokens),
    }
    intervals_svg(out, marked, area, stem);
}

fn bars_svg(out: &mut String, series: &MarkSeries, area: &Area, color: &str) {
    for mark in &series.marks {
        let left = area.x_at(mark.x - series.width / 2.0);
        let right = area.x_at(mark.x + series.width / 2.0);
        let (a, b) = (area.y_at(mark.y), area.y_at(mark.base));
        put(
            out,
            format_args!(
                "<rect x=\"{left:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{color}\"/>\n",
                a.min(b),
                (right - left - 0.5).max(0.5),
                (a - b).abs()
            ),
        );
    }
}

fn line_svg(out: &mut String, marks: &[Mark], area: &Area, color: &str) {
    let points: Vec<_> =
        marks.iter().map(|mark| format!("{:.2},{:.2}", area.x_at(mark.x), area.y_at(mark.y))).collect();
    put(
        out,
        format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n",
            points.join(" ")
        ),
    );
}

fn points_svg(out: &mut String, marks: &[Mark], area: &Area, color: &str) {
    // Of many points on one another one is enough.
    let mut taken = BTreeSet::new();
    let is_many = marks.len() > MANY;
    for mark in marks {
        let (x, y) = (area.x_at(mark.x), area.y_at(mark.y));
        if is_many && !taken.insert(((x * 2.0).round() as i64, (y * 2.0).round() as i64)) {
            continue;
        }
        put(out, format_args!("<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"3.5\" fill=\"{color}\"/>\n"));
    }
}

fn frontier_svg(out: &mut String, marks: &[Mark], area: &Area, color: &str) {
    dashed_svg(out, &stepped(marks), area, color, "7 4");
    for mark in marks {
        let (x, y) = (area.x_at(mark.x), area.y_at(mark.y));
        put(
            out,
            format_args!(
                "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"5.5\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>\n"
            ),
        );
    }
}

fn dashed_svg(out: &mut String, places: &[[f64; 2]], area: &Area, color: &str, dashes: &str) {
    let places: Vec<_> =
        places.iter().map(|[x, y]| format!("{:.2},{:.2}", area.x_at(*x), area.y_at(*y))).collect();
    put(
        out,
        format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\" \
             stroke-dasharray=\"{dashes}\"/>\n",
            places.join(" ")
        ),
    );
}

/// The line y = x as far as it is inside the plot.
fn diagonal_svg(out: &mut String, area: &Area, logs: Logs, color: &str) {
    let ends = if logs.x == logs.y { (area.x.0.max(area.y.0), area.x.1.min(area.y.1)) } else { area.x };
    let mut places = diagonal(ends, logs);
    places.retain(|[_, y]| (area.y.0..=area.y.1).contains(y));
    if places.len() > 1 && ends.0 < ends.1 {
        dashed_svg(out, &places, area, color, "5 4");
    }
}

/// The names of points of all series, where there is room.
pub(super) fn names_svg(
    out: &mut String,
    spec: &PlotSpec,
    drawn: &[MarkSeries],
    area: &Area,
    tokens: &Tokens,
) {
    let labelled = spec.series.iter().zip(drawn).filter(|(series, _)| series.marks == Marks::Labelled);
    let named: Vec<(&Mark, &String)> = labelled
        .flat_map(|(series, marked)| {
            marked.marks.iter().filter_map(|mark| Some((mark, series.names.get(mark.index)?)))
        })
        .collect();
    let at = |mark: &Mark| pos2(area.x_at(mark.x) as f32, area.y_at(mark.y) as f32);
    let points: Vec<_> = named.iter().map(|(mark, _)| at(mark)).collect();
    let sizes: Vec<_> = named.iter().map(|(_, name)| vec2(name.chars().count() as f32 * 6.8, 15.0)).collect();
    let inside = Rect::from_min_max(
        pos2(area.left as f32, area.top as f32),
        pos2(area.right as f32, area.bottom as f32),
    );
    for ((_, name), room) in named.iter().zip(labels::place(&points, &sizes, inside)) {
        let Some(room) = room else { continue };
        put(
            out,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"12\" fill=\"{}\">{}</text>\n",
                room.center().x,
                room.center().y + 4.0,
                hex(tokens.color.text),
                escaped(name)
            ),
        );
    }
}

fn intervals_svg(out: &mut String, series: &MarkSeries, area: &Area, color: &str) {
    for mark in &series.marks {
        if let Some((low, high)) = mark.x_interval {
            let (y, a, b) = (area.y_at(mark.y), area.x_at(low), area.x_at(high));
            put(
                out,
                format_args!(
                    "<path d=\"M{a:.2} {y:.2}H{b:.2}M{a:.2} {:.2}v8M{b:.2} {:.2}v8\" stroke=\"{color}\" \
                     stroke-width=\"1.2\" fill=\"none\"/>\n",
                    y - 4.0,
                    y - 4.0
                ),
            );
        }
        let Some((low, high)) = mark.interval else { continue };
        let (x, a, b) = (area.x_at(mark.x), area.y_at(low), area.y_at(high));
        put(
            out,
            format_args!(
                "<path d=\"M{x:.2} {a:.2}V{b:.2}M{:.2} {a:.2}h8M{:.2} {b:.2}h8\" stroke=\"{color}\" \
                 stroke-width=\"1.2\" fill=\"none\"/>\n",
                x - 4.0,
                x - 4.0
            ),
        );
    }
}
