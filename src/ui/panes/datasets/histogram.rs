//! A histogram of a table row's height, drawn without axes; the bar under the pointer says what it counts.

use crate::studio::Bar;
use crate::ui::theme::Tokens;
use crate::ui::widgets::count_words;
use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Draws the bars `width` by `height` points.
pub(super) fn histogram_ui(ui: &mut Ui, tokens: &Tokens, name: &str, bars: &[Bar], width: f32, height: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Histogram of {name}")));
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    if most == 0 || !ui.is_rect_visible(rect) {
        return;
    }
    let step = width / bars.len() as f32;
    let place_of = |x: f32| (((x - rect.left()) / step) as usize).min(bars.len() - 1);
    let pointed = response.hover_pos().map(|at| place_of(at.x));
    let gap = if step > 4.0 { 1.0 } else { 0.0 };
    for (place, bar) in bars.iter().enumerate() {
        if bar.count == 0 {
            continue;
        }
        // A bar that counts anything can be seen.
        let tall = (bar.count as f32 / most as f32 * (height - 2.0)).max(1.5);
        let left = rect.left() + place as f32 * step;
        let column =
            Rect::from_min_max(pos2(left, rect.bottom() - tall), pos2(left + step - gap, rect.bottom()));
        let ink =
            if pointed == Some(place) { tokens.color.accent } else { tokens.series(0).gamma_multiply(0.75) };
        ui.painter().rect_filled(column, 0.0, ink);
    }
    if let Some(bar) = pointed.and_then(|place| bars.get(place)) {
        response.on_hover_text(format!("{}: {} rows", bar.label, count_words(bar.count)));
    }
}
