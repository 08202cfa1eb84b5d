//! Marks the plotting library has none of, drawn by the plot's own hand.

use super::heat::{HeatScale, hatching};
use super::hit::Screen;
use super::labels;
use super::scale::{Mark, MarkSeries, stepped};
use super::spec::Series;
use crate::ui::theme::{Tokens, ink_on};
use egui::{Color32, FontId, Pos2, Rect, Shape, Stroke, Ui, vec2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotTransform};
use std::ops::RangeInclusive;

/// The most names written beside points.
const NAMES: usize = 300;
/// Half the width of the bars at the ends of an interval.
const CAP: f32 = 3.0;
/// Beyond so many intervals their ends are not marked.
const CAPPED: usize = 200;

type Paint<'a> = Box<dyn Fn(&Ui, &PlotTransform, &mut Vec<Shape>) + 'a>;

/// Shapes of our own among the plotting library's, under this frame's axes.
pub(super) struct Painted<'a> {
    base: PlotItemBase,
    color: Color32,
    paint: Paint<'a>,
}

impl<'a> Painted<'a> {
    pub(super) fn new(color: Color32, paint: impl Fn(&Ui, &PlotTransform, &mut Vec<Shape>) + 'a) -> Self {
        Self { base: PlotItemBase::new(String::new()), color, paint: Box::new(paint) }
    }
}

impl PlotItem for Painted<'_> {
    fn shapes(&self, ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        (self.paint)(ui, transform, shapes);
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        self.color
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}

/// Stems from low to high of each axis.
pub(super) fn intervals(
    screen: &PlotTransform,
    marked: &MarkSeries,
    color: Color32,
    shapes: &mut Vec<Shape>,
) {
    let stroke = Stroke::new(1.2, color);
    let cap = if marked.marks.len() > CAPPED { 0.0 } else { CAP };
    let ends = |mark: &Mark| {
        let y = mark.interval.map(|(low, high)| ([mark.x, low], [mark.x, high], vec2(cap, 0.0)));
        let x = mark.x_interval.map(|(low, high)| ([low, mark.y], [high, mark.y], vec2(0.0, cap)));
        [y, x]
    };
    for (low, high, cap) in marked.marks.iter().flat_map(ends).flatten() {
        let (low, high) = (screen.at(low), screen.at(high));
        shapes.push(Shape::line_segment([low, high], stroke));
        if cap != egui::Vec2::ZERO {
            shapes.extend([low, high].map(|end| Shape::line_segment([end - cap, end + cap], stroke)));
        }
    }
}

pub(super) fn frontier(screen: &PlotTransform, marked: &MarkSeries, stroke: Stroke, shapes: &mut Vec<Shape>) {
    let way: Vec<Pos2> = stepped(&marked.marks).into_iter().map(|place| screen.at(place)).collect();
    shapes.extend(Shape::dashed_line(&way, stroke, 7.0, 4.0));
    shapes.extend(
        marked.marks.iter().map(|mark| {
            Shape::circle_stroke(screen.at([mark.x, mark.y]), 5.0, Stroke::new(1.5, stroke.color))
        }),
    );
}

/// The names of points of several series, where there is room.
pub(super) fn names(
    ui: &Ui,
    tokens: &Tokens,
    screen: &PlotTransform,
    named: &[(&Series, &MarkSeries, Color32)],
    shapes: &mut Vec<Shape>,
) {
    let font = FontId::proportional(tokens.size.small);
    let each = named.iter().flat_map(|(series, marked, ink)| {
        marked.marks.iter().filter_map(move |mark| Some((mark, series.names.get(mark.index)?, *ink)))
    });
    let (points, galleys): (Vec<Pos2>, Vec<_>) = each
        .take(NAMES)
        .map(|(mark, name, ink)| {
            let galley = ui.painter().layout_no_wrap(name.clone(), font.clone(), ink);
            (screen.at([mark.x, mark.y]), (galley, ink))
        })
        .unzip();
    let sizes: Vec<_> = galleys.iter().map(|(galley, _)| galley.size()).collect();
    let rooms = labels::place(&points, &sizes, *screen.frame());
    for (room, (galley, ink)) in rooms.into_iter().zip(galleys) {
        shapes.extend(room.map(|room| Shape::galley(room.min, galley, ink)));
    }
}

/// The room of the cell at a column and a row, with a gap to its neighbours.
pub(super) fn cell_rect(screen: &PlotTransform, x: f64, y: f64) -> Rect {
    let (a, b) = (screen.at([x - 0.5, y - 0.5]), screen.at([x + 0.5, y + 0.5]));
    let cell = Rect::from_two_pos(a, b);
    let gap = if cell.width().min(cell.height()) > 8.0 { 1.0 } else { 0.0 };
    cell.shrink(gap)
}

/// The cells in their colours, with their values where there is room; missing ones are hatched.
pub(super) fn cells(
    ui: &Ui,
    tokens: &Tokens,
    screen: &PlotTransform,
    series: &Series,
    shapes: &mut Vec<Shape>,
) {
    let scale = HeatScale::of(series);
    let font = FontId::proportional(tokens.size.small);
    for (index, [x, y]) in series.points.iter().enumerate() {
        let cell = cell_rect(screen, *x, *y);
        let Some(value) = series.values.get(index).copied().flatten().filter(|value| value.is_finite())
        else {
            let stroke = Stroke::new(1.0, tokens.color.border_strong);
            let lines = hatching([cell.left(), cell.top(), cell.right(), cell.bottom()], 7.0);
            shapes.extend(lines.into_iter().map(|ends| Shape::line_segment(ends.map(Pos2::from), stroke)));
            continue;
        };
        let color = scale.color(tokens, value);
        shapes.push(Shape::rect_filled(cell, 2.0, color));
        if cell.height() < tokens.size.small + 4.0 || cell.width() < 24.0 {
            continue;
        }
        let ink = ink_on(color);
        let galley = ui.painter().layout_no_wrap(scale.words(value), font.clone(), ink);
        if galley.size().x + 2.0 <= cell.width() {
            shapes.push(Shape::galley(cell.center() - galley.size() / 2.0, galley, ink));
        }
    }
}
