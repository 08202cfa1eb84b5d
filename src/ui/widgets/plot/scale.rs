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
    pub interval: Option<(f64, f64)>,
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
                Marks::Line | Marks::Points => (0.0, 0.0),
            };
            let place = |value: f64, on: bool| Some(log(value, on)).filter(|value| value.is_finite());
            let marks = series.points.iter().enumerate().filter_map(|(index, [x, y])| {
                let x = place(*x, logs.x)? + shift;
                let y = place(*y, logs.y)?;
                let interval = series.intervals.get(index).map(|(low, high)| {
                    (place(*low, logs.y).unwrap_or(base), place(*high, logs.y).unwrap_or(y))
                });
                Some(Mark { x, y, base: base.min(y), interval, index })
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
            if let Some((low, high)) = mark.interval {
                take(&mut y, low);
                take(&mut y, high);
            }
        }
    }
    if let AxisKind::Categories(names) = &spec.x.kind {
        x = (-0.5, names.len().max(1) as f64 - 0.5);
    }
    let whole = |range: (f64, f64)| match range {
        (low, high) if low > high => (0.0, 1.0),
        (low, high) if low == high => (low - 0.5, high + 0.5),
        range => range,
    };
    [whole(x), whole(y)]
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
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 1.0, 5).0, [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks(3.0, 97.0, 5), (vec![20.0, 40.0, 60.0, 80.0], 20.0));
        assert_eq!(ticks(2.0, 2.0, 5).0, [2.0]);
    }
}
