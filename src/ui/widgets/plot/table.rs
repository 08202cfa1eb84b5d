//! The numbers behind a plot as rows and columns, for the table beside it and for files.

use super::spec::{Marks, PlotSpec, number_words};

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// In full, for files.
    Exact,
    /// Rounded, for reading.
    Short,
}

/// A column of the numbers behind a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Series,
    Name,
    X,
    XLow,
    XHigh,
    Y,
    Value,
    Low,
    High,
}

impl PlotSpec {
    /// The columns that hold something.
    pub(super) fn columns(&self) -> Vec<Column> {
        let any = |has: fn(&super::Series) -> bool| self.series.iter().any(has);
        let mut columns = vec![Column::Series];
        let mut add = |is_there: bool, more: &[Column]| {
            if is_there {
                columns.extend_from_slice(more);
            }
        };
        add(any(|series| !series.names.is_empty()), &[Column::Name]);
        add(true, &[Column::X]);
        add(any(|series| !series.x_intervals.is_empty()), &[Column::XLow, Column::XHigh]);
        add(true, &[Column::Y]);
        add(any(|series| series.marks == Marks::Cells), &[Column::Value]);
        add(any(|series| !series.intervals.is_empty()), &[Column::Low, Column::High]);
        columns
    }

    /// Every point, by series and place in it.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let counts = self.series.iter().map(|series| series.points.len()).enumerate();
        counts.flat_map(|(series, count)| (0..count).map(move |point| (series, point)))
    }
}

impl Column {
    pub(super) fn head(self, spec: &PlotSpec, words: Words) -> String {
        let name = match self {
            Self::X => return spec.x.label.clone(),
            Self::Y => return spec.y.label.clone(),
            Self::Series => "series",
            Self::Name => "name",
            Self::XLow => "x low",
            Self::XHigh => "x high",
            Self::Value => "value",
            Self::Low => "low",
            Self::High => "high",
        };
        match words {
            Words::Exact => name.replace(' ', "_"),
            Words::Short => name[..1].to_uppercase() + &name[1..],
        }
    }

    /// What stands in this column for a point; nothing where the point has none.
    pub(super) fn cell(self, spec: &PlotSpec, series: usize, point: usize, words: Words) -> String {
        let Some((series, [x, y])) =
            spec.series.get(series).and_then(|series| Some((series, *series.points.get(point)?)))
        else {
            return String::new();
        };
        let number = |value: Option<f64>| match (value, words) {
            (None, _) => String::new(),
            (Some(value), Words::Exact) => value.to_string(),
            (Some(value), Words::Short) => number_words(value, 0.0),
        };
        let on = |axis: &super::Axis, value: f64| match words {
            Words::Exact => axis.exact(value),
            Words::Short => axis.short(value, 0.0),
        };
        let interval = series.intervals.get(point);
        let x_interval = series.x_intervals.get(point);
        match self {
            Self::Series => series.name.clone(),
            Self::Name => series.names.get(point).cloned().unwrap_or_default(),
            Self::X => on(&spec.x, x),
            Self::Y => on(&spec.y, y),
            Self::Value => number(series.values.get(point).copied().flatten()),
            Self::Low => number(interval.map(|(low, _)| *low)),
            Self::High => number(interval.map(|(_, high)| *high)),
            Self::XLow => number(x_interval.map(|(low, _)| *low)),
            Self::XHigh => number(x_interval.map(|(_, high)| *high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Series, Shade};
    use super::*;

    #[test]
    fn a_column_stands_only_where_it_holds_something() {
        let points = Series::new("runs", Marks::Labelled, vec![[1.0, 2.0], [3.0, 4.5]]);
        let spec = PlotSpec {
            title: String::new(),
            x: Axis::number("seconds"),
            y: Axis::number("NDCG"),
            series: vec![
                points.named(["a", "b"]).x_intervals(vec![(0.5, 1.5), (2.0, 4.0)]),
                Series::diagonal("y = x"),
            ],
        };
        let expected = "series,name,seconds,x_low,x_high,NDCG\nruns,a,1,0.5,1.5,2\nruns,b,3,2,4,4.5\n";
        assert_eq!(spec.to_csv(), expected);
    }

    #[test]
    fn cells_have_a_line_each_and_missing_ones_no_value() {
        let cells =
            Series::cells("NDCG", Shade::Sequential, &[vec![Some(0.1), None], vec![Some(0.2), Some(0.3)]]);
        let spec = PlotSpec {
            title: String::new(),
            x: Axis::categories("segment", ["new", "old"]),
            y: Axis::categories("run", ["a/1", "b/1"]),
            series: vec![cells],
        };
        let expected =
            "series,segment,run,value\nNDCG,new,a/1,0.1\nNDCG,old,a/1,\nNDCG,new,b/1,0.2\nNDCG,old,b/1,0.3\n";
        assert_eq!(spec.to_csv(), expected);
    }
}
