//! The marks of a plot, made once for its data and kept between frames.

use super::scale::{Logs, MarkSeries, bounds, marks, roomy};
use super::spec::{AxisKind, PlotSpec};
use egui::{Id, Ui};
use std::sync::Arc;

/// What is drawn of a plot.
pub(super) struct Drawn {
    /// Tells this data from other data.
    pub(super) key: u64,
    /// By series.
    pub(super) series: Vec<MarkSeries>,
    /// The ends of x and of y.
    pub(super) bounds: [(f64, f64); 2],
}

/// Those of `spec`, as kept under `id` where the data are the same as in the frame before.
pub(super) fn drawn(ui: &Ui, id: Id, spec: &PlotSpec, logs: Logs) -> Arc<Drawn> {
    let key = key(spec, logs);
    if let Some(kept) = ui.data(|data| data.get_temp::<Arc<Drawn>>(id)).filter(|kept| kept.key == key) {
        return kept;
    }
    let series = marks(spec, logs);
    let bounds = roomy(spec, bounds(spec, &series));
    let drawn = Arc::new(Drawn { key, series, bounds });
    ui.data_mut(|data| data.insert_temp(id, Arc::clone(&drawn)));
    drawn
}

/// A key with one more part taken in.
pub(super) fn mixed(key: u64, part: u64) -> u64 {
    (key.rotate_left(5) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// A number that differs where anything differs that marks are made of.
fn key(spec: &PlotSpec, logs: Logs) -> u64 {
    let mut key = 0_u64;
    let mut add = |part: u64| key = mixed(key, part);
    add(u64::from(logs.x) * 2 + u64::from(logs.y) + 1);
    for axis in [&spec.x, &spec.y] {
        add(match &axis.kind {
            AxisKind::Number => 1,
            AxisKind::Time => 2,
            AxisKind::Categories(names) => 3 + names.len() as u64,
        });
    }
    for series in &spec.series {
        add(series.marks as u64);
        add(series.points.len() as u64);
        for [x, y] in &series.points {
            add(x.to_bits());
            add(y.to_bits());
        }
        for intervals in [&series.intervals, &series.x_intervals] {
            add(intervals.len() as u64);
            for (low, high) in intervals {
                add(low.to_bits());
                add(high.to_bits());
            }
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Marks, Series};
    use super::*;

    #[test]
    fn what_is_drawn_anew_has_another_key() {
        let spec = PlotSpec {
            title: String::new(),
            x: Axis::number("x"),
            y: Axis::number("y"),
            series: vec![Series::new("a", Marks::Line, vec![[0.0, 1.0], [1.0, 2.0]])],
        };
        let first = key(&spec, Logs::default());
        assert_eq!(key(&spec.clone(), Logs::default()), first);
        assert_ne!(key(&spec, Logs { x: true, y: false }), first);
        let change = |change: fn(&mut PlotSpec)| {
            let mut other = spec.clone();
            change(&mut other);
            key(&other, Logs::default())
        };
        let changes = [
            change(|spec| spec.series[0].marks = Marks::Points),
            change(|spec| spec.series[0].points[1][1] = 2.5),
            change(|spec| spec.series[0].points.swap(0, 1)),
            change(|spec| spec.series[0].intervals = vec![(0.0, 1.0), (0.0, 1.0)]),
            change(|spec| spec.series[0].x_intervals = vec![(0.0, 1.0), (0.0, 1.0)]),
            change(|spec| spec.x = Axis::categories("x", ["a", "b"])),
        ];
        for (index, changed) in changes.iter().enumerate() {
            assert_ne!(*changed, first, "{index}");
        }
        assert_ne!(changes[3], changes[4], "intervals of x are none of y");
    }
}
