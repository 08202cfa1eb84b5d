//! What a plot shows: one model for the screen, for SVG and PNG, for CSV and for the table beside it.

use super::super::grouped;
use super::table::Words;
use crate::ui::theme::Tokens;
use egui::Color32;
use serde::Serialize;

/// What an axis counts.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisKind {
    Number,
    /// Epoch seconds.
    Time,
    /// Named places at 0, 1, 2, and so on.
    Categories(Vec<String>),
}

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it counts, with its unit.
    pub label: String,
    pub kind: AxisKind,
    /// Whether a person may switch it to a logarithmic scale.
    pub can_log: bool,
}

impl Axis {
    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: AxisKind::Number, can_log: false }
    }

    pub fn time(label: impl Into<String>) -> Self {
        Self { kind: AxisKind::Time, ..Self::number(label) }
    }

    pub fn categories<S: Into<String>>(label: impl Into<String>, names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        Self { kind: AxisKind::Categories(names), ..Self::number(label) }
    }

    #[must_use]
    pub fn can_log(mut self) -> Self {
        self.can_log = true;
        self
    }
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Marks {
    /// Side by side with the bars of other series.
    Bars,
    /// Bars without gaps; their width is the distance of the first two.
    Histogram,
    Line,
    Points,
    /// Points with their names beside them, where there is room.
    Labelled,
    /// A dashed line in steps: from point to point first along y, then along x. See [`Series::frontier`].
    Frontier,
    /// The dashed line where y is x. It has no points of its own.
    Diagonal,
    /// Cells of a heat map, a column for each category of x and a row for each of y, the first on top. What their
    /// colour stands for is the series' name.
    Cells,
}

/// What the colours of cells stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Shade {
    /// From little to much.
    #[default]
    Sequential,
    /// Below and above a middle, as far to either side as the value farthest from it.
    Diverging { middle: f64 },
}

/// A named row of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    pub marks: Marks,
    /// x and y; column and row of a cell.
    pub points: Vec<[f64; 2]>,
    /// Low and high of y by point, of a cell's value by cell; empty where there are none.
    pub intervals: Vec<(f64, f64)>,
    /// Low and high of x by point; empty where there are none.
    pub x_intervals: Vec<(f64, f64)>,
    /// What each point is called; empty where they have no names.
    pub names: Vec<String>,
    /// Values of cells; none where there is nothing to show.
    pub values: Vec<Option<f64>>,
    pub shade: Shade,
    /// The values the ends of the colours stand for; the least and the greatest where none are given.
    pub range: Option<(f64, f64)>,
    /// Its place in the palette; its place among the series where none is given.
    pub color: Option<usize>,
    /// What the page's selection knows it by; its name where none is given.
    key: Option<String>,
}

impl Series {
    pub fn new(name: impl Into<String>, marks: Marks, points: Vec<[f64; 2]>) -> Self {
        Self {
            name: name.into(),
            marks,
            points,
            intervals: Vec::new(),
            x_intervals: Vec::new(),
            names: Vec::new(),
            values: Vec::new(),
            shade: Shade::Sequential,
            range: None,
            color: None,
            key: None,
        }
    }

    /// Values at 0, 1, 2, and so on.
    pub fn of_values(name: impl Into<String>, marks: Marks, values: impl IntoIterator<Item = f64>) -> Self {
        let points = values.into_iter().enumerate().map(|(index, y)| [index as f64, y]).collect();
        Self::new(name, marks, points)
    }

    /// A heat map's cells, row by row. Cells past the end of a row are missing.
    pub fn cells(name: impl Into<String>, shade: Shade, rows: &[Vec<Option<f64>>]) -> Self {
        let cells = rows.iter().enumerate().flat_map(|(row, cells)| {
            cells.iter().enumerate().map(move |(column, value)| ([column as f64, row as f64], *value))
        });
        let (points, values) = cells.unzip();
        Self { values, shade, ..Self::new(name, Marks::Cells, points) }
    }

    /// The line where y is x.
    pub fn diagonal(name: impl Into<String>) -> Self {
        Self::new(name, Marks::Diagonal, Vec::new())
    }

    #[must_use]
    pub fn intervals(mut self, intervals: Vec<(f64, f64)>) -> Self {
        self.intervals = intervals;
        self
    }

    #[must_use]
    pub fn x_intervals(mut self, intervals: Vec<(f64, f64)>) -> Self {
        self.x_intervals = intervals;
        self
    }

    /// Names the points, for the pointer, the table and files.
    #[must_use]
    pub fn named<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Gives the ends of a heat map's colours, so that several share them.
    #[must_use]
    pub fn ranged(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Gives what the page's selection knows it by, where a person has given it another name.
    #[must_use]
    pub fn known_as(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// What the page's selection knows it by.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.name)
    }

    /// Gives the place in the palette, so that a name has one colour wherever it is drawn.
    #[must_use]
    pub fn colored(mut self, place: usize) -> Self {
        self.color = Some(place);
        self
    }
}

/// A plot.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotSpec {
    /// Shown above an exported plot, and the name for screen readers.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
}

impl PlotSpec {
    /// The heat map of the plot, if it is one.
    pub(super) fn heat(&self) -> Option<&Series> {
        self.series.iter().find(|series| series.marks == Marks::Cells)
    }

    /// The colour of a series, by its place.
    pub(super) fn color(&self, tokens: &Tokens, index: usize) -> Color32 {
        let series = self.series.get(index);
        match series.map(|series| (series.color, series.marks)) {
            Some((Some(place), _)) => tokens.series(place),
            Some((None, Marks::Diagonal | Marks::Frontier)) => tokens.color.text_muted,
            _ => tokens.series(index),
        }
    }

    /// The data as CSV, one line a point.
    pub fn to_csv(&self) -> String {
        let columns = self.columns();
        let line = |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
        let head = line(columns.iter().map(|column| column.head(self, Words::Exact)).collect());
        let rows = self.places().map(|(series, point)| {
            line(columns.iter().map(|column| column.cell(self, series, point, Words::Exact)).collect())
        });
        let mut lines: Vec<String> = std::iter::once(head).chain(rows).collect();
        lines.push(String::new());
        lines.join("\n")
    }
}

/// A CSV cell, in quotes where it needs them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

impl Axis {
    /// A value as it stands in files: a category's name, an ISO time, the whole number.
    pub fn exact(&self, value: f64) -> String {
        match &self.kind {
            AxisKind::Number => value.to_string(),
            AxisKind::Time => jiff::Timestamp::from_second(value as i64)
                .map_or_else(|_| value.to_string(), |time| time.to_string()),
            AxisKind::Categories(_) => self.short(value, 0.0),
        }
    }

    /// A value as it stands on the axis, where marks are `step` apart.
    pub fn short(&self, value: f64, step: f64) -> String {
        match &self.kind {
            AxisKind::Number => number_words(value, step),
            AxisKind::Time => time_words(value, step),
            AxisKind::Categories(names) => {
                let index = value.round();
                let is_place = (value - index).abs() < 0.01 && index >= 0.0;
                let name = if is_place { names.get(index as usize) } else { None };
                name.cloned().unwrap_or_default()
            }
        }
    }
}

/// A mark of a logarithmic axis, given by its logarithm.
pub(super) fn log_words(axis: &Axis, place: f64) -> String {
    let value = 10f64.powf(place);
    axis.short(value, 10f64.powf((place + 1e-9).floor()))
}

/// A number with as many decimals as steps of `step` need.
pub(super) fn number_words(value: f64, step: f64) -> String {
    let size = value.abs();
    if step >= 1.0 && (size >= 10_000.0 || size >= 1_000.0 && step >= 1_000.0) {
        let (scaled, unit, step) = match size {
            s if s >= 1e9 => (value / 1e9, "G", step / 1e9),
            s if s >= 1e6 => (value / 1e6, "M", step / 1e6),
            _ => (value / 1e3, "k", step / 1e3),
        };
        return format!("{}{unit}", number_words(scaled, step));
    }
    let decimals = if step > 0.0 { (-step.log10()).ceil().clamp(0.0, 6.0) as usize } else { 3 };
    let text = format!("{value:.decimals$}");
    if step > 0.0 || !text.contains('.') {
        return grouped(&text);
    }
    grouped(text.trim_end_matches('0').trim_end_matches('.'))
}

const DAY: f64 = 86_400.0;

fn time_words(seconds: f64, step: f64) -> String {
    let Ok(time) = jiff::Timestamp::from_second(seconds as i64) else { return String::new() };
    let time = time.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let format = match step {
        s if s >= 300.0 * DAY => "%Y",
        s if s >= 27.0 * DAY => "%b %Y",
        s if s >= DAY => "%-d %b",
        s if s > 0.0 => "%-d %b %H:%M",
        _ => "%-d %b %Y",
    };
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_names_categories_and_quotes_what_must_be() {
        let spec = PlotSpec {
            title: "t".to_owned(),
            x: Axis::categories("recipe", ["SIMS", "a, b"]),
            y: Axis::number("NDCG"),
            series: vec![
                Series::of_values("v\"1\"", Marks::Bars, [0.5, 0.25]).intervals(vec![(0.4, 0.6), (0.2, 0.3)]),
            ],
        };
        let expected = "series,recipe,NDCG,low,high\n\"v\"\"1\"\"\",SIMS,0.5,0.4,0.6\n\"v\"\"1\"\"\",\"a, b\",0.25,0.2,0.3\n";
        assert_eq!(spec.to_csv(), expected);
    }

    #[test]
    fn axis_words_fit_their_steps() {
        assert_eq!(number_words(0.25, 0.05), "0.25");
        assert_eq!(number_words(1_500_000.0, 250_000.0), "1.5M");
        assert_eq!(number_words(20_000.0, 5_000.0), "20k");
        assert_eq!(number_words(5_000.0, 5_000.0), "5k", "as the 10k above it");
        assert_eq!(number_words(0.125, 0.0), "0.125");
        assert_eq!(number_words(48_000.0, 0.0), "48,000", "exact values have their thousands set apart");
        assert_eq!(Axis::time("t").short(0.0, 86_400.0 * 31.0), "Jan 1970");
        assert_eq!(Axis::categories("c", ["a", "b"]).short(1.0, 1.0), "b");
        assert_eq!(Axis::categories("c", ["a", "b"]).short(0.5, 1.0), "");
    }
}
