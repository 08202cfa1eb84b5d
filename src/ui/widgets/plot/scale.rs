//! From data to drawable marks: logarithms, places of grouped bars, ticks. Shared by screen and files.

use super::spec::{AxisKind, Marks, PlotSpec};

/// Which axes are logarithmic now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Logs {
    pub x: bool,
    pub y: bool,
}

/// A point ready to be drawn, in the axes' (maybe logarithmic) units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    pub x: f64,
    pub y: f64,
    /// Where a bar begins.
    pub base: f64,
    /// Low and high of y.
    pub interval: Option<(f64, f64)>,
    /// Low and high of x.
    pub x_interval: Option<(f64, f64)>,
    /// Its place among the series' points.
    pub index: usize,
}

/// A series ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkSeries {
    pub marks: Vec<Mark>,
    /// Width of its bars on the x axis; 0 for lines and points.
    pub width: f64,
}

/// Turns the series into marks. Values a logarithm has no place for (zero and below) are left out.
pub fn marks(spec: &PlotSpec, logs: Logs) -> Vec<MarkSeries> {
    let bars = spec.series.iter().filter(|series| series.marks == Marks::Bars).count().max(1) as f64;
    let base = if logs.y { log_floor(spec) } else { 0.0 };
    let mut bar = 0.0;
    let log = |value: f64, on: bool| if on { value.log10() } else { value };
    spec.series
        .iter()
        .map(|series| {
            let (width, shift) = match series.marks {
                Marks::Bars => {
                    let width = 0.8 / bars;
                    bar += 1.0;
                    (width, (bar - 0.5) * width - 0.4)
                }
                Marks::Histogram => (bin_width(series, logs.x), 0.0),
                Marks::Line | Marks::Points | Marks::Labelled | Marks::Frontier | Marks::Diagonal => {
                    (0.0, 0.0)
                }
                Marks::Cells => (1.0, 0.0),
            };
            // The interval of a cell is one of its value, which is on no axis.
            let intervals = if series.marks == Marks::Cells { &[][..] } else { &series.intervals };
            let place = |value: f64, on: bool| Some(log(value, on)).filter(|value| value.is_finite());
            let marks = series.points.iter().enumerate().filter_map(|(index, [x, y])| {
                let x = place(*x, logs.x)? + shift;
                let y = place(*y, logs.y)?;
                let interval = intervals.get(index).map(|(low, high)| {
                    (place(*low, logs.y).unwrap_or(base), place(*high, logs.y).unwrap_or(y))
                });
                let x_interval = series
                    .x_intervals
                    .get(index)
                    .map(|(low, high)| (place(*low, logs.x).unwrap_or(x), place(*high, logs.x).unwrap_or(x)));
                Some(Mark { x, y, base: base.min(y), interval, x_interval, index })
            });
            MarkSeries { marks: marks.collect(), width }
        })
        .collect()
}

fn bin_width(series: &super::spec::Series, log: bool) -> f64 {
    let at = |index: usize| series.points.get(index).map(|[x, _]| if log { x.log10() } else { *x });
    match (at(0), at(1)) {
        (Some(a), Some(b)) if (b - a).is_finite() && b > a => b - a,
        _ => 1.0,
    }
}

/// The power of ten below the smallest positive value: where logarithmic bars stand.
fn log_floor(spec: &PlotSpec) -> f64 {
    let values = spec.series.iter().flat_map(|series| series.points.iter().map(|[_, y]| *y));
    let smallest = values.filter(|y| *y > 0.0).fold(f64::INFINITY, f64::min);
    if smallest.is_finite() { (smallest.log10() - 1e-9).floor() } else { 0.0 }
}

/// The least and the greatest of x and y over all marks, with room around bars.
pub fn bounds(spec: &PlotSpec, drawn: &[MarkSeries]) -> [(f64, f64); 2] {
    let mut x = (f64::INFINITY, f64::NEG_INFINITY);
    let mut y = (f64::INFINITY, f64::NEG_INFINITY);
    let take = |range: &mut (f64, f64), value: f64| *range = (range.0.min(value), range.1.max(value));
    for (series, marked) in spec.series.iter().zip(drawn) {
        for mark in &marked.marks {
            take(&mut x, mark.x - marked.width / 2.0);
            take(&mut x, mark.x + marked.width / 2.0);
            take(&mut y, mark.y);
            if matches!(series.marks, Marks::Bars | Marks::Histogram) {
                take(&mut y, mark.base);
            }
            for (range, interval) in [(&mut x, mark.x_interval), (&mut y, mark.interval)] {
                if let Some((low, high)) = interval {
                    take(range, low);
                    take(range, high);
                }
            }
        }
    }
    for (axis, range) in [(&spec.x, &mut x), (&spec.y, &mut y)] {
        if let AxisKind::Categories(names) = &axis.kind {
            *range = (-0.5, names.len().max(1) as f64 - 0.5);
        }
    }
    let whole = |range: (f64, f64)| match range {
        (low, high) if low > high => (0.0, 1.0),
        (low, high) if low == high => (low - 0.5, high + 0.5),
        range => range,
    };
    [whole(x), whole(y)]
}

/// The bounds with room beside points, which would be cut in half at the edges.
pub fn roomy(spec: &PlotSpec, bounds: [(f64, f64); 2]) -> [(f64, f64); 2] {
    let points = [Marks::Points, Marks::Labelled, Marks::Frontier];
    if !spec.series.iter().any(|series| points.contains(&series.marks)) {
        return bounds;
    }
    let room = |axis: &super::Axis, (low, high): (f64, f64)| match axis.kind {
        AxisKind::Categories(_) => (low, high),
        _ => (low - (high - low) * 0.04, high + (high - low) * 0.04),
    };
    [room(&spec.x, bounds[0]), room(&spec.y, bounds[1])]
}

/// Marks in steps: between two of them a corner, at the x of the first and the y of the second.
pub fn stepped(marks: &[Mark]) -> Vec<[f64; 2]> {
    let corner = |pair: &[Mark]| [[pair[0].x, pair[1].y], [pair[1].x, pair[1].y]];
    let first = marks.first().map(|mark| [mark.x, mark.y]);
    first.into_iter().chain(marks.windows(2).flat_map(corner)).collect()
}

/// Places of the line y = x between two ends of the x axis; a curve where one axis alone is logarithmic.
pub fn diagonal((low, high): (f64, f64), logs: Logs) -> Vec<[f64; 2]> {
    let plain = |value: f64| if logs.x { 10f64.powf(value) } else { value };
    let place = |value: f64| if logs.y { value.log10() } else { value };
    let steps = if logs.x == logs.y { 1 } else { 128 };
    let along = (0..=steps).map(|step| low + (high - low) * f64::from(step) / f64::from(steps));
    along
        .map(|x| [x, if logs.x == logs.y { x } else { place(plain(x)) }])
        .filter(|at| at[1].is_finite())
        .collect()
}

/// About `count` round values inside a range: steps of 1, 2 or 5 times a power of ten.
pub fn ticks(low: f64, high: f64, count: usize) -> (Vec<f64>, f64) {
    let rough = (high - low) / count.max(1) as f64;
    if !rough.is_finite() || rough <= 0.0 {
        return (vec![low], 1.0);
    }
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].iter().map(|m| m * power).find(|s| *s >= rough * 0.999).unwrap_or(power);
    let first = (low / step).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    ((first..=last).map(|index| index as f64 * step).collect(), step)
}

/// Marks of a logarithmic axis, in logarithms: powers of ten, and 2 and 5 times them where there are few.
pub fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    let steps: &[f64] = if high - low <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let powers = (low.floor() as i32)..=(high.ceil() as i32);
    let places = powers.flat_map(|power| steps.iter().map(move |step| f64::from(power) + step.log10()));
    places.filter(|place| (low - 1e-9..=high + 1e-9).contains(place)).collect()
}

const DAY: f64 = 86_400.0;

/// About `count` marks of a time axis in epoch seconds, and the seconds between them: at whole hours, days, months or
/// years of the calendar, in UTC.
pub fn time_ticks(low: f64, high: f64, count: usize) -> (Vec<f64>, f64) {
    let rough = (high - low) / count.max(1) as f64;
    let hours = [1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 7.0 * 24.0].map(|hours| hours * 3_600.0);
    if rough < 3_600.0 / 2.0 {
        return ticks(low, high, count);
    }
    if let Some(step) = hours.into_iter().find(|step| *step >= rough) {
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        return ((first..=last).map(|index| index as f64 * step).collect(), step);
    }
    let months = [1, 2, 3, 6, 12, 24, 60, 120, 240].into_iter();
    let step = months.clone().find(|months| f64::from(*months) * 30.44 * DAY >= rough).unwrap_or(1_200);
    let month = |index: i32| {
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
        let date = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
        let midnight = jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
        Some(midnight.as_second() as f64)
    };
    // From the step before the first moment on; 31 days are no shorter than any month.
    let begin = ((1970.0 * 12.0 + low / (30.44 * DAY)) as i32 / step * step).saturating_sub(step);
    let end = begin.saturating_add(((high - low) / (28.0 * DAY)) as i32).saturating_add(3 * step);
    let places = (begin..=end).step_by(step as usize).filter_map(month);
    (places.filter(|place| (low..=high).contains(place)).collect(), f64::from(step) * 30.44 * DAY)
}

#[cfg(test)]
mod tests {
    use super::super::spec::{Axis, Series};
    use super::*;

    fn spec(series: Vec<Series>) -> PlotSpec {
        PlotSpec { title: String::new(), x: Axis::number("x"), y: Axis::number("y"), series }
    }

    #[test]
    fn grouped_bars_stand_beside_each_other() {
        let two = spec(vec![
            Series::of_values("a", Marks::Bars, [1.0, 2.0]),
            Series::of_values("b", Marks::Bars, [3.0, 4.0]),
        ]);
        let drawn = marks(&two, Logs::default());
        let places: Vec<f64> = drawn.iter().map(|series| series.marks[1].x).collect();
        assert!((places[0] - 0.8).abs() < 1e-12 && (places[1] - 1.2).abs() < 1e-12, "{places:?}");
        assert!((drawn[0].width - 0.4).abs() < 1e-12);
    }

    #[test]
    fn a_logarithm_leaves_zero_out_and_bars_stand_on_a_power_of_ten() {
        let one = spec(vec![Series::of_values("a", Marks::Bars, [0.0, 50.0, 1000.0])]);
        let drawn = marks(&one, Logs { x: false, y: true });
        let tops: Vec<_> = drawn[0].marks.iter().map(|mark| (mark.index, mark.y, mark.base)).collect();
        assert_eq!(tops.len(), 2);
        assert_eq!(tops[0].0, 1);
        assert!((tops[1].1 - 3.0).abs() < 1e-12);
        assert_eq!(tops[1].2, 1.0, "50 stands above ten");
    }

    #[test]
    fn intervals_of_both_axes_are_on_the_plot() {
        let points = Series::new("a", Marks::Points, vec![[1.0, 2.0]]);
        let one = spec(vec![points.intervals(vec![(1.5, 4.0)]).x_intervals(vec![(-1.0, 1.5)])]);
        let drawn = marks(&one, Logs::default());
        assert_eq!(bounds(&one, &drawn), [(-1.0, 1.5), (1.5, 4.0)]);
        let drawn = marks(&one, Logs { x: true, y: false });
        assert_eq!(drawn[0].marks[0].x_interval.unwrap().0, 0.0, "below zero it ends at the point");
    }

    #[test]
    fn the_diagonal_is_a_line_where_both_axes_agree_and_a_curve_where_not() {
        assert_eq!(diagonal((0.0, 2.0), Logs::default()), [[0.0, 0.0], [2.0, 2.0]]);
        assert_eq!(diagonal((0.0, 2.0), Logs { x: true, y: true }), [[0.0, 0.0], [2.0, 2.0]]);
        let curve = diagonal((0.0, 2.0), Logs { x: true, y: false });
        assert!(curve.iter().all(|[x, y]| (10f64.powf(*x) - y).abs() < 1e-9), "{curve:?}");
        let curve = diagonal((-1.0, 100.0), Logs { x: false, y: true });
        assert!(curve[0][0] > 0.0, "below zero there is no logarithm");
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 1.0, 5).0, [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks(3.0, 97.0, 5), (vec![20.0, 40.0, 60.0, 80.0], 20.0));
        assert_eq!(ticks(2.0, 2.0, 5).0, [2.0]);
    }

    #[test]
    fn times_are_marked_at_the_calendars_own_beginnings() {
        let day = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second() as f64;
        let (months, step) = time_ticks(day("1997-09-20T00:00:00Z"), day("1998-04-22T00:00:00Z"), 7);
        let expected = ["1997-11", "1998-01", "1998-03"].map(|m| day(&format!("{m}-01T00:00:00Z")));
        assert_eq!(months, expected);
        assert!(step > 59.0 * DAY);
        let (years, _) = time_ticks(day("1995-01-09T00:00:00Z"), day("2015-03-31T00:00:00Z"), 5);
        let expected = ["2000", "2005", "2010", "2015"].map(|year| day(&format!("{year}-01-01T00:00:00Z")));
        assert_eq!(years, expected);
        let (days, step) = time_ticks(day("2020-09-13T12:00:00Z"), day("2020-09-16T01:00:00Z"), 3);
        assert_eq!(days, ["14", "15", "16"].map(|d| day(&format!("2020-09-{d}T00:00:00Z"))));
        assert_eq!(step, DAY);
    }

    #[test]
    fn few_powers_of_ten_are_filled_up() {
        let marks: Vec<f64> =
            log_ticks(0.0, 2.1).into_iter().map(|place| 10f64.powf(place).round()).collect();
        assert_eq!(marks, [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(log_ticks(0.0, 5.0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    }
}
