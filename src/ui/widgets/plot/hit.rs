//! What the pointer is on, and what is said beside it.

use super::heat::HeatScale;
use super::scale::{Logs, MarkSeries, diagonal, stepped};
use super::spec::{AxisKind, Marks, PlotSpec};
use egui::{Pos2, Vec2};

/// How near the pointer must be to a point or a line, in points of the screen.
const REACH: f32 = 7.0;

/// From places of the plot to places of the screen and back; `egui_plot`'s transform, and a plain one in tests.
pub(super) trait Screen {
    fn at(&self, place: [f64; 2]) -> Pos2;
    fn place(&self, at: Pos2) -> [f64; 2];
}

impl Screen for egui_plot::PlotTransform {
    fn at(&self, place: [f64; 2]) -> Pos2 {
        self.position_from_point(&place.into())
    }

    fn place(&self, at: Pos2) -> [f64; 2] {
        let place = self.value_from_position(at);
        [place.x, place.y]
    }
}

/// The series and the point under the pointer: of points and lines the nearest within reach, of bars and cells the one it
/// is in. A line is under the pointer along its whole length, with the nearer end as point.
pub(super) fn hit(
    spec: &PlotSpec,
    drawn: &[MarkSeries],
    is_shown: impl Fn(usize) -> bool,
    screen: &impl Screen,
    pointer: Pos2,
) -> Option<(usize, usize)> {
    let place = screen.place(pointer);
    let mut nearest: Option<(f32, (usize, usize))> = None;
    let mut offer = |distance: f32, found: (usize, usize)| {
        if distance <= REACH && nearest.is_none_or(|(least, _)| distance < least) {
            nearest = Some((distance, found));
        }
    };
    let mut inside = None;
    for (index, (series, marked)) in spec.series.iter().zip(drawn).enumerate().filter(|(i, _)| is_shown(*i)) {
        match series.marks {
            Marks::Diagonal => {}
            Marks::Cells | Marks::Bars | Marks::Histogram => {
                let half = marked.width / 2.0;
                let is_in = |mark: &&super::scale::Mark| {
                    let (low, high) = match series.marks {
                        Marks::Cells => (mark.y - 0.5, mark.y + 0.5),
                        _ => (mark.base.min(mark.y), mark.base.max(mark.y)),
                    };
                    (mark.x - half..mark.x + half).contains(&place[0]) && (low..=high).contains(&place[1])
                };
                if let Some(mark) = marked.marks.iter().find(is_in) {
                    inside = Some((index, mark.index));
                }
            }
            Marks::Points | Marks::Labelled => {
                for mark in &marked.marks {
                    offer(screen.at([mark.x, mark.y]).distance(pointer), (index, mark.index));
                }
            }
            Marks::Line | Marks::Frontier => {
                let ends: Vec<Pos2> = marked.marks.iter().map(|mark| screen.at([mark.x, mark.y])).collect();
                for (at, mark) in ends.iter().zip(&marked.marks) {
                    offer(at.distance(pointer), (index, mark.index));
                }
                for (pair, marks) in ends.windows(2).zip(marked.marks.windows(2)) {
                    let way: Vec<Pos2> = match series.marks {
                        Marks::Frontier => stepped(marks).into_iter().map(|place| screen.at(place)).collect(),
                        _ => pair.to_vec(),
                    };
                    let end = usize::from(pair[1].distance(pointer) < pair[0].distance(pointer));
                    for step in way.windows(2) {
                        // A point beats the line it is on.
                        offer(
                            to_segment(pointer, step[0], step[1]).max(REACH / 2.0),
                            (index, marks[end].index),
                        );
                    }
                }
            }
        }
    }
    nearest.map(|(_, found)| found).or(inside)
}

fn to_segment(from: Pos2, a: Pos2, b: Pos2) -> f32 {
    let way: Vec2 = b - a;
    let along =
        if way.length_sq() > 0.0 { ((from - a).dot(way) / way.length_sq()).clamp(0.0, 1.0) } else { 0.0 };
    from.distance(a + way * along)
}

/// What stands beside the pointer: of what it is on, else of the category or the place it is at. Values are as they were
/// before any logarithm.
pub(super) fn words(
    spec: &PlotSpec,
    logs: Logs,
    found: Option<(usize, usize)>,
    is_shown: impl Fn(usize) -> bool,
    place: [f64; 2],
) -> Option<String> {
    let interval = |axis: &super::Axis, interval: Option<&(f64, f64)>| {
        let words =
            |(low, high): &(f64, f64)| format!(" ({} to {})", axis.short(*low, 0.0), axis.short(*high, 0.0));
        interval.map(words).unwrap_or_default()
    };
    if let Some((series, point)) = found
        && spec.series[series].marks == Marks::Cells
    {
        return cell_words(spec, series, point);
    }
    if let AxisKind::Categories(names) = &spec.x.kind {
        let index = place[0].round();
        let name = if index >= 0.0 { names.get(index as usize) } else { None }?;
        let mut lines = vec![name.clone()];
        for (_, series) in spec.series.iter().enumerate().filter(|(place, _)| is_shown(*place)) {
            let at = series.points.iter().position(|point| point[0].to_bits() == index.to_bits());
            let Some(at) = at.filter(|_| series.marks != Marks::Cells) else { continue };
            let value = spec.y.short(series.points[at][1], 0.0);
            lines.push(format!("{}: {value}{}", series.name, interval(&spec.y, series.intervals.get(at))));
        }
        return (lines.len() > 1).then(|| lines.join("\n"));
    }
    let Some((series, point)) = found else {
        let plain = |value: f64, on: bool| if on { 10f64.powf(value) } else { value };
        let x = spec.x.short(plain(place[0], logs.x), 0.0);
        let y = spec.y.short(plain(place[1], logs.y), 0.0);
        return Some(format!("{}: {x}\n{}: {y}", spec.x.label, spec.y.label));
    };
    let series = &spec.series[series];
    let [x, y] = series.points.get(point)?;
    let mut lines: Vec<String> = series.names.get(point).cloned().into_iter().collect();
    if spec.series.len() > 1 && lines.first() != Some(&series.name) {
        lines.push(series.name.clone());
    }
    let (x_interval, y_interval) = (series.x_intervals.get(point), series.intervals.get(point));
    lines.push(format!("{}: {}{}", spec.x.label, spec.x.short(*x, 0.0), interval(&spec.x, x_interval)));
    lines.push(format!("{}: {}{}", spec.y.label, spec.y.short(*y, 0.0), interval(&spec.y, y_interval)));
    Some(lines.join("\n"))
}

/// Row and column of a cell, its value and its interval.
fn cell_words(spec: &PlotSpec, series: usize, point: usize) -> Option<String> {
    let series = &spec.series[series];
    let [x, y] = series.points.get(point)?;
    let scale = HeatScale::of(series);
    let value = match series.values.get(point).copied().flatten() {
        Some(value) => {
            let interval =
                series.intervals.get(point).filter(|(low, high)| low.is_finite() && high.is_finite());
            let words =
                |(low, high): &(f64, f64)| format!(" ({} to {})", scale.words(*low), scale.words(*high));
            format!("{}{}", scale.words(value), interval.map(words).unwrap_or_default())
        }
        None => "no value".to_owned(),
    };
    let (row, column) = (spec.y.short(*y, 0.0), spec.x.short(*x, 0.0));
    Some(format!("{row}\n{column}\n{}: {value}", series.name))
}

/// The line y = x on the screen, for whoever draws it.
pub(super) fn diagonal_on(screen: &egui_plot::PlotTransform, logs: Logs) -> Vec<Pos2> {
    let range = screen.bounds().range_x();
    diagonal((*range.start(), *range.end()), logs).into_iter().map(|place| screen.at(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scale::marks;
    use super::super::{Axis, Series, Shade};
    use super::*;
    use egui::pos2;

    /// Ten points of the screen a unit, y downwards.
    struct Tenfold;

    impl Screen for Tenfold {
        fn at(&self, [x, y]: [f64; 2]) -> Pos2 {
            pos2(x as f32 * 10.0, -y as f32 * 10.0)
        }

        fn place(&self, at: Pos2) -> [f64; 2] {
            [f64::from(at.x) / 10.0, -f64::from(at.y) / 10.0]
        }
    }

    fn plot(x: Axis, y: Axis, series: Vec<Series>) -> PlotSpec {
        PlotSpec { title: String::new(), x, y, series }
    }

    fn found(spec: &PlotSpec, at: (f32, f32)) -> Option<(usize, usize)> {
        hit(spec, &marks(spec, Logs::default()), |_| true, &Tenfold, pos2(at.0, at.1))
    }

    #[test]
    fn of_a_hundred_thousand_points_the_nearest_is_found() {
        let points = (0..100_000).map(|i| [f64::from(i % 400), f64::from(i / 400)]).collect();
        let spec = plot(Axis::number("x"), Axis::number("y"), vec![Series::new("a", Marks::Points, points)]);
        assert_eq!(found(&spec, (123.0 * 10.0 + 2.0, -(77.0 * 10.0 - 3.0))), Some((0, 77 * 400 + 123)));
        assert_eq!(found(&spec, (-20.0, 20.0)), None);
    }

    #[test]
    fn a_line_is_hit_between_its_points_and_a_point_beats_it() {
        let line = Series::new("line", Marks::Line, vec![[0.0, 0.0], [10.0, 0.0]]);
        let frontier = Series::new("best", Marks::Frontier, vec![[0.0, -10.0], [10.0, -20.0]]);
        let point = Series::new("point", Marks::Points, vec![[4.0, 0.2]]);
        let spec = plot(Axis::number("x"), Axis::number("y"), vec![line, frontier, point]);
        assert_eq!(found(&spec, (80.0, 2.0)), Some((0, 1)));
        assert_eq!(found(&spec, (41.0, 0.0)), Some((2, 0)));
        assert_eq!(found(&spec, (2.0, 160.0)), Some((1, 0)), "down along y first");
        assert_eq!(found(&spec, (50.0, 150.0)), None, "the straight way is not the frontier");
    }

    #[test]
    fn a_cell_says_its_row_its_column_its_value_and_its_interval() {
        let cells =
            Series::cells("NDCG", Shade::Sequential, &[vec![Some(0.1), None], vec![Some(0.2), Some(0.3)]]);
        let cells = cells.intervals(vec![(0.05, 0.15), (f64::NAN, f64::NAN), (0.1, 0.3), (0.2, 0.4)]);
        let spec = plot(
            Axis::categories("segment", ["new", "old"]),
            Axis::categories("run", ["a/1", "b/1"]),
            vec![cells],
        );
        let at = found(&spec, (10.0, -11.0));
        assert_eq!(at, Some((0, 3)));
        let words = |found| words(&spec, Logs::default(), found, |_| true, [0.0, 0.0]).unwrap();
        assert_eq!(words(at), "b/1\nold\nNDCG: 0.300 (0.200 to 0.400)");
        assert_eq!(words(Some((0, 1))), "a/1\nold\nNDCG: no value");
    }

    #[test]
    fn a_point_says_its_name_and_both_intervals() {
        let points = Series::new("runs", Marks::Points, vec![[2.0, 0.5]]).named(["ease/1"]);
        let points = points.x_intervals(vec![(1.0, 3.0)]).intervals(vec![(0.25, 0.75)]);
        let spec = plot(Axis::number("seconds"), Axis::number("NDCG"), vec![points]);
        let words = words(&spec, Logs::default(), Some((0, 0)), |_| true, [0.0, 0.0]).unwrap();
        assert_eq!(words, "ease/1\nseconds: 2 (1 to 3)\nNDCG: 0.5 (0.25 to 0.75)");
    }
}
