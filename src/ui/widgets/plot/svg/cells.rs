//! A heat map as SVG.

use super::super::heat::HeatScale;
use super::super::spec::Series;
use super::{Area, escaped, hex, put};
use crate::ui::theme::{Tokens, ink_on};

/// The bar of colours: left, top, width, height.
const BAR: [f64; 4] = [24.0, 62.0, 240.0, 10.0];

/// What the colours stand for, from the least to the most.
pub(super) fn legend_svg(out: &mut String, series: &Series, tokens: &Tokens) {
    let scale = HeatScale::of(series);
    let [left, top, width, height] = BAR;
    let steps = scale.steps(tokens);
    let last = (steps.len() - 1).max(1) as f64;
    put(out, format_args!("<defs><linearGradient id=\"colours\">"));
    for (index, color) in steps.iter().enumerate() {
        put(
            out,
            format_args!("<stop offset=\"{:.3}\" stop-color=\"{}\"/>", index as f64 / last, hex(*color)),
        );
    }
    put(
        out,
        format_args!(
            "</linearGradient><pattern id=\"missing\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\">\
             <path d=\"M-1 1L1 -1M0 7L7 0M6 8L8 6\" stroke=\"{}\" stroke-width=\"1\" fill=\"none\"/></pattern></defs>\n\
             <text x=\"{left}\" y=\"{:.1}\">{}</text>\
             <rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"url(#colours)\"/>\n",
            hex(tokens.color.border_strong),
            top - 6.0,
            escaped(&series.name)
        ),
    );
    let marks = scale.marks();
    let last = (marks.len() - 1).max(1) as f64;
    for (index, mark) in marks.into_iter().enumerate() {
        put(
            out,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n",
                left + width * index as f64 / last,
                top + height + 13.0,
                if index == 0 { "start" } else { "middle" },
                hex(tokens.color.text_muted),
                escaped(&scale.words(mark))
            ),
        );
    }
}

/// The cells in their colours, with their values where there is room; missing ones are hatched.
pub(super) fn cells_svg(out: &mut String, series: &Series, area: &Area, tokens: &Tokens) {
    let scale = HeatScale::of(series);
    for (index, [x, y]) in series.points.iter().enumerate() {
        let (left, right) = (area.x_at(x - 0.5), area.x_at(x + 0.5));
        let (a, b) = (area.y_at(y - 0.5), area.y_at(y + 0.5));
        let (top, bottom) = (a.min(b), a.max(b));
        let value = series.values.get(index).copied().flatten().filter(|value| value.is_finite());
        let color = value.map(|value| scale.color(tokens, value));
        let fill = color.map_or_else(|| "url(#missing)".to_owned(), hex);
        let (width, height) = ((right - left - 2.0).max(0.5), (bottom - top - 2.0).max(0.5));
        put(
            out,
            format_args!(
                "<rect x=\"{left:.2}\" y=\"{top:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" rx=\"2\" fill=\"{fill}\"/>\n"
            ),
        );
        let (Some(value), Some(color)) = (value, color) else { continue };
        let words = scale.words(value);
        if height >= 16.0 && words.len() as f64 * 7.2 + 6.0 <= width {
            put(
                out,
                format_args!(
                    "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\" fill=\"{}\">{words}</text>\n",
                    left + width / 2.0,
                    top + height / 2.0 + 4.5,
                    hex(ink_on(color))
                ),
            );
        }
    }
}
