//! A plot as SVG, and that as PNG, with title, axes and legend.

mod cells;
mod series;

use super::scale::{Logs, bounds, log_ticks, marks, roomy, ticks, time_ticks};
use super::spec::{Axis, AxisKind, PlotSpec, log_words};
use crate::ui::theme::{Tokens, regular_font};
use egui::Color32;
use resvg::{tiny_skia, usvg};
use std::fmt::Write;
use std::sync::Arc;

/// The size of an exported plot, in SVG units.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 540.0;
/// The most letters of a name beside a row.
const ROW_LETTERS: usize = 28;
/// Pixels a unit in a PNG.
const PNG_SCALE: f32 = 2.0;

/// The room for the data.
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    x: (f64, f64),
    y: (f64, f64),
    /// Whether y grows downwards, as the rows of a heat map do.
    down: bool,
}

impl Area {
    fn x_at(&self, value: f64) -> f64 {
        self.left + (value - self.x.0) / (self.x.1 - self.x.0) * (self.right - self.left)
    }

    fn y_at(&self, value: f64) -> f64 {
        let part = (value - self.y.0) / (self.y.1 - self.y.0);
        let part = if self.down { 1.0 - part } else { part };
        self.bottom - part * (self.bottom - self.top)
    }
}

/// Writes the plot in the colours of `tokens`.
pub fn to_svg(spec: &PlotSpec, logs: Logs, tokens: &Tokens) -> String {
    let drawn = marks(spec, logs);
    let [x, y] = roomy(spec, bounds(spec, &drawn));
    let heat = spec.heat();
    let room = if matches!(spec.y.kind, AxisKind::Categories(_)) { 0.0 } else { (y.1 - y.0) * 0.05 };
    let y = (if y.0 == 0.0 || logs.y { y.0 } else { y.0 - room }, y.1 + room);
    let legend_lines = match heat {
        Some(_) => 2.0,
        None if spec.series.len() > 1 => legend_rows(spec).len() as f64,
        None => 0.0,
    };
    let area = Area {
        left: 78.0 + names_room(&spec.y),
        top: 60.0 + legend_lines * 20.0,
        right: WIDTH - 24.0,
        bottom: HEIGHT - 64.0,
        x,
        y,
        down: heat.is_some(),
    };
    let c = &tokens.color;
    let mut out = String::new();
    let add = &mut out;
    put(
        add,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} \
             {HEIGHT}\" font-family=\"Inter, sans-serif\" font-size=\"13\" fill=\"{}\">\n<title>{}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
            hex(c.text),
            escaped(&spec.title),
            hex(c.surface)
        ),
    );
    put(add, format_args!("<text x=\"24\" y=\"34\" font-size=\"18\">{}</text>\n", escaped(&spec.title)));
    match heat {
        Some(heat) => cells::legend_svg(add, heat, tokens),
        None if legend_lines > 0.0 => legend_svg(add, spec, tokens),
        None => {}
    }
    axes_svg(add, spec, &area, logs, tokens);
    for (index, marked) in drawn.iter().enumerate() {
        series::series_svg(add, spec, index, marked, &area, logs, tokens);
    }
    series::names_svg(add, spec, &drawn, &area, tokens);
    out.push_str("</svg>\n");
    out
}

/// Draws an SVG as PNG with the window's font.
pub fn to_png(svg: &str) -> anyhow::Result<Vec<u8>> {
    let mut options = usvg::Options { font_family: "Inter".to_owned(), ..usvg::Options::default() };
    options.fontdb_mut().load_font_source(usvg::fontdb::Source::Binary(Arc::new(regular_font())));
    options.fontdb_mut().set_sans_serif_family("Inter");
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(PNG_SCALE);
    let pixmap = size.and_then(|size| tiny_skia::Pixmap::new(size.width(), size.height()));
    let mut pixmap = pixmap.ok_or_else(|| anyhow::anyhow!("the plot has no size"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(PNG_SCALE, PNG_SCALE), &mut pixmap.as_mut());
    Ok(pixmap.encode_png()?)
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    out.write_fmt(text).unwrap_or_default();
}

fn hex(color: Color32) -> String {
    format!("#{:02x}{:02x}{:02x}", color.r(), color.g(), color.b())
}

/// Text safe inside an element; control characters, which XML has no place for, are dropped.
fn escaped(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control());
    kept.fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

/// Series by line of the legend, with the x of each.
fn legend_rows(spec: &PlotSpec) -> Vec<Vec<(usize, f64)>> {
    let mut rows = vec![Vec::new()];
    let mut x = 24.0;
    for (index, series) in spec.series.iter().enumerate() {
        let width = 34.0 + series.name.chars().count() as f64 * 7.4;
        if x + width > WIDTH - 24.0 && x > 24.0 {
            rows.push(Vec::new());
            x = 24.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((index, x));
        }
        x += width;
    }
    rows
}

fn legend_svg(out: &mut String, spec: &PlotSpec, tokens: &Tokens) {
    for (line, row) in legend_rows(spec).iter().enumerate() {
        let y = 58.0 + line as f64 * 20.0;
        for (index, x) in row {
            let name = escaped(&spec.series[*index].name);
            put(
                out,
                format_args!(
                    "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\" rx=\"2\" fill=\"{}\"/>\
                     <text x=\"{:.1}\" y=\"{y:.1}\">{name}</text>\n",
                    y - 11.0,
                    hex(spec.color(tokens, *index)),
                    x + 18.0
                ),
            );
        }
    }
}

/// How much more room the names of an axis' categories take than numbers.
fn names_room(axis: &Axis) -> f64 {
    let AxisKind::Categories(names) = &axis.kind else { return 0.0 };
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(ROW_LETTERS);
    (longest as f64 * 7.2 - 40.0).max(0.0)
}

/// A text of at most `letters` letters, with dots where it is longer.
fn cut(text: String, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text;
    }
    let head: String = text.chars().take(letters.saturating_sub(2)).collect();
    format!("{head}..")
}

/// Places of marks on an axis and their words.
fn axis_ticks(axis: &Axis, range: (f64, f64), log: bool, count: usize) -> Vec<(f64, String)> {
    if let AxisKind::Categories(names) = &axis.kind {
        let each = names.len().div_ceil(24).max(1);
        return names.iter().enumerate().step_by(each).map(|(i, name)| (i as f64, name.clone())).collect();
    }
    if log {
        return log_ticks(range.0, range.1)
            .into_iter()
            .map(|place| (place, log_words(axis, place)))
            .collect();
    }
    let (places, step) = match axis.kind {
        AxisKind::Time => time_ticks(range.0, range.1, count),
        _ => ticks(range.0, range.1, count),
    };
    places.into_iter().map(|place| (place, axis.short(place, step))).collect()
}

fn axes_svg(out: &mut String, spec: &PlotSpec, area: &Area, logs: Logs, tokens: &Tokens) {
    let (grid, muted) = (hex(tokens.color.border), hex(tokens.color.text_muted));
    let grid = if matches!(spec.y.kind, AxisKind::Categories(_)) { "none".to_owned() } else { grid };
    for (value, words) in axis_ticks(&spec.y, area.y, logs.y, 6) {
        let y = area.y_at(value);
        put(
            out,
            format_args!(
                "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"{grid}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{muted}\">{}</text>\n",
                area.left,
                area.right,
                area.left - 8.0,
                y + 4.5,
                escaped(&cut(words, ROW_LETTERS))
            ),
        );
    }
    let x_ticks = axis_ticks(&spec.x, area.x, logs.x, 8);
    let room = (area.right - area.left) / x_ticks.len().max(1) as f64;
    for (value, words) in x_ticks {
        let x = area.x_at(value);
        let longest = (room / 7.2).max(3.0) as usize;
        let words = cut(words, longest);
        put(
            out,
            format_args!(
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{muted}\">{}</text>\n",
                area.bottom + 20.0,
                escaped(&words)
            ),
        );
    }
    let middle = f64::midpoint(area.left, area.right);
    let scale = |on: bool| if on { " (logarithmic)" } else { "" };
    put(
        out,
        format_args!(
            "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"{muted}\"/>\
             <text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}{}</text>\
             <text transform=\"translate(20 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}{}</text>\n",
            area.left,
            area.right,
            area.bottom,
            area.bottom,
            HEIGHT - 16.0,
            escaped(&spec.x.label),
            scale(logs.x),
            f64::midpoint(area.top, area.bottom),
            escaped(&spec.y.label),
            scale(logs.y)
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::super::spec::{Marks, Series, Shade};
    use super::*;

    fn spec() -> PlotSpec {
        PlotSpec {
            title: "A < B & \"C\"".to_owned(),
            x: Axis::categories("recipe", ["SIMS", "EASE"]),
            y: Axis::number("NDCG@10").can_log(),
            series: vec![
                Series::of_values("first", Marks::Bars, [0.1, 0.2]).intervals(vec![(0.05, 0.15), (0.1, 0.3)]),
                Series::of_values("second", Marks::Line, [0.3, 0.1]),
                Series::of_values("third", Marks::Points, [0.0, 0.1]),
            ],
        }
    }

    #[test]
    fn the_file_is_well_formed_and_holds_every_mark() {
        let tokens = Tokens::light().unwrap();
        for logs in [Logs::default(), Logs { x: false, y: true }] {
            let svg = to_svg(&spec(), logs, &tokens);
            let document = usvg::roxmltree::Document::parse(&svg).unwrap();
            let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
            // The page, a square in the legend for each of three series, two bars.
            assert_eq!(count("rect"), 1 + 3 + 2);
            assert_eq!(count("polyline"), 1);
            assert_eq!(count("circle"), if logs.y { 1 } else { 2 }, "zero has no logarithm");
            let texts: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
            for text in ["A < B & \"C\"", "SIMS", "EASE", "first", "second", "third"] {
                assert!(texts.contains(&text), "{text} is missing");
            }
        }
    }

    #[test]
    fn a_heat_map_has_its_cells_its_values_and_what_its_colours_mean() {
        let tokens = Tokens::light().unwrap();
        let rows = [vec![Some(0.1), None, Some(-0.2)], vec![Some(0.3), Some(0.0), Some(0.4)]];
        let heat = PlotSpec {
            title: "Difference".to_owned(),
            x: Axis::categories("Segment", ["new", "some", "many"]),
            y: Axis::categories("Version", ["a/1", "b/1"]),
            series: vec![Series::cells("NDCG@10", Shade::Diverging { middle: 0.0 }, &rows)],
        };
        let svg = to_svg(&heat, Logs::default(), &tokens);
        let document = usvg::roxmltree::Document::parse(&svg).unwrap();
        let rects: Vec<_> = document.descendants().filter(|node| node.has_tag_name("rect")).collect();
        // The page, the bar of colours, five cells and a hatched one.
        assert_eq!(rects.len(), 1 + 1 + 6);
        let fill =
            |color: Color32| rects.iter().filter(|rect| rect.attribute("fill") == Some(&hex(color))).count();
        assert_eq!(fill(tokens.color.diverging[2]), 1, "zero has the middle's colour");
        assert_eq!(fill(tokens.color.diverging[4]), 1);
        assert_eq!(rects.iter().filter(|rect| rect.attribute("fill") == Some("url(#missing)")).count(), 1);
        let texts: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
        for text in ["NDCG@10", "new", "a/1", "b/1", "0.300", "-0.200", "-0.400", "0.400"] {
            assert!(texts.contains(&text), "{text} is missing of {texts:?}");
        }
        // The first row stands on top.
        let y = |value: &str| {
            let node = document.descendants().find(|node| node.text() == Some(value) && node.is_element());
            node.and_then(|node| node.attribute("y")).unwrap().parse::<f64>().unwrap()
        };
        assert!(y("a/1") < y("b/1"));
        to_png(&svg).unwrap();
    }

    #[test]
    fn points_keep_their_names_their_intervals_and_their_frontier() {
        let runs = vec![[1.0, 0.1], [5.0, 0.4], [6.0, 0.3]];
        let names = ["fast", "good", "beaten"].map(str::to_owned);
        let frontier = Series::frontier(
            "frontier",
            &runs,
            &names,
            super::super::Better::Lower,
            super::super::Better::Higher,
        );
        let points = Series::new("runs", Marks::Labelled, runs.clone()).named(names);
        let points = points.x_intervals(runs.iter().map(|[x, _]| (x - 0.5, x + 0.5)).collect()).colored(3);
        let plot = PlotSpec {
            title: "Worth".to_owned(),
            x: Axis::number("Seconds"),
            y: Axis::number("NDCG@10"),
            series: vec![points, frontier, Series::diagonal("y = x")],
        };
        let tokens = Tokens::light().unwrap();
        let svg = to_svg(&plot, Logs::default(), &tokens);
        let document = usvg::roxmltree::Document::parse(&svg).unwrap();
        let nodes =
            |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).collect::<Vec<_>>();
        assert_eq!(nodes("circle").len(), 3 + 2, "each run, and a ring round those nothing beats");
        let dashed = |node: &&usvg::roxmltree::Node<'_, '_>| node.attribute("stroke-dasharray").is_some();
        let lines: Vec<_> = nodes("polyline").into_iter().filter(|node| dashed(&node)).collect();
        assert_eq!(lines.len(), 2);
        let corners = lines[0].attribute("points").unwrap().split(' ').count();
        assert_eq!(corners, 3, "two points and a corner between them");
        let whiskers = nodes("path").len();
        assert_eq!(whiskers, 3);
        let texts: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
        for text in ["fast", "good", "beaten", "y = x"] {
            assert!(texts.contains(&text), "{text} is missing");
        }
        assert!(svg.contains(&hex(tokens.series(3))), "the colour it was given");
    }

    #[test]
    fn of_points_on_one_another_a_file_holds_one() {
        let points = (0..100_000).map(|i| [f64::from(i % 7), f64::from(i % 3)]).collect();
        let many = PlotSpec {
            title: "Many".to_owned(),
            x: Axis::number("x"),
            y: Axis::number("y"),
            series: vec![Series::new("points", Marks::Points, points)],
        };
        let svg = to_svg(&many, Logs::default(), &Tokens::light().unwrap());
        assert_eq!(svg.matches("<circle").count(), 21);
    }

    #[test]
    fn the_picture_has_the_plot_s_size_and_ink_on_it() {
        let png = to_png(&to_svg(&spec(), Logs::default(), &Tokens::dark().unwrap())).unwrap();
        let picture = tiny_skia::Pixmap::decode_png(&png).unwrap();
        assert_eq!((picture.width(), picture.height()), (1920, 1080));
        let page = picture.pixel(2, 2).unwrap();
        // The title's letters stand in the upper left.
        let inked = (48..400).any(|x| (36..72).any(|y| picture.pixel(x, y) != Some(page)));
        assert!(inked, "the title was not drawn: the font is missing");
    }

    #[test]
    fn an_empty_plot_is_still_a_picture() {
        let empty = PlotSpec { series: Vec::new(), ..spec() };
        let svg = to_svg(&empty, Logs::default(), &Tokens::light().unwrap());
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        to_png(&svg).unwrap();
    }
}
