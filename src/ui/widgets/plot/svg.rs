//! A plot as SVG, and that as PNG, with title, axes and legend.

use super::scale::{Logs, Mark, MarkSeries, bounds, log_ticks, marks, ticks, time_ticks};
use super::spec::{Axis, AxisKind, Marks, PlotSpec, log_words};
use crate::ui::theme::{Tokens, regular_font};
use egui::Color32;
use resvg::{tiny_skia, usvg};
use std::fmt::Write;
use std::sync::Arc;

/// The size of an exported plot, in SVG units.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 540.0;
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
}

impl Area {
    fn x_at(&self, value: f64) -> f64 {
        self.left + (value - self.x.0) / (self.x.1 - self.x.0) * (self.right - self.left)
    }

    fn y_at(&self, value: f64) -> f64 {
        self.bottom - (value - self.y.0) / (self.y.1 - self.y.0) * (self.bottom - self.top)
    }
}

/// Writes the plot in the colours of `tokens`.
pub fn to_svg(spec: &PlotSpec, logs: Logs, tokens: &Tokens) -> String {
    let drawn = marks(spec, logs);
    let [x, y] = bounds(spec, &drawn);
    let room = (y.1 - y.0) * 0.05;
    let y = (if y.0 == 0.0 || logs.y { y.0 } else { y.0 - room }, y.1 + room);
    let legend_lines = if spec.series.len() > 1 { legend_rows(spec).len() as f64 } else { 0.0 };
    let top = 60.0 + legend_lines * 20.0;
    let area = Area { left: 78.0, top, right: WIDTH - 24.0, bottom: HEIGHT - 64.0, x, y };
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
    if legend_lines > 0.0 {
        legend_svg(add, spec, tokens);
    }
    axes_svg(add, spec, &area, logs, tokens);
    for (index, (series, marked)) in spec.series.iter().zip(&drawn).enumerate() {
        let color = hex(tokens.series(index));
        match series.marks {
            Marks::Bars | Marks::Histogram => bars_svg(add, marked, &area, &color),
            Marks::Line => line_svg(add, &marked.marks, &area, &color),
            Marks::Points => points_svg(add, &marked.marks, &area, &color),
        }
        intervals_svg(add, marked, &area, &hex(c.text));
    }
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
                    hex(tokens.series(*index)),
                    x + 18.0
                ),
            );
        }
    }
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
                escaped(&words)
            ),
        );
    }
    let x_ticks = axis_ticks(&spec.x, area.x, logs.x, 8);
    let room = (area.right - area.left) / x_ticks.len().max(1) as f64;
    for (value, words) in x_ticks {
        let x = area.x_at(value);
        let longest = (room / 7.2).max(3.0) as usize;
        let words = if words.chars().count() > longest {
            let head: String = words.chars().take(longest.saturating_sub(2)).collect();
            format!("{head}..")
        } else {
            words
        };
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
    for mark in marks {
        let (x, y) = (area.x_at(mark.x), area.y_at(mark.y));
        put(out, format_args!("<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"3.5\" fill=\"{color}\"/>\n"));
    }
}

fn intervals_svg(out: &mut String, series: &MarkSeries, area: &Area, color: &str) {
    for mark in &series.marks {
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

#[cfg(test)]
mod tests {
    use super::super::spec::Series;
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
