//! A metric's cells: the value, the best of its column in bold, and its interval as a whisker.

use super::{Contestant, RunMetric, RunValue};
use crate::domain::metric::Better;
use crate::ui::theme::{SEMIBOLD, Tokens};
use egui::{Align2, Color32, FontFamily, FontId, Rect, Stroke, Ui, pos2};

/// What a column's cells share: its ends and its best value.
pub(super) struct Scale {
    low: f64,
    high: f64,
    best: Option<f64>,
}

impl Scale {
    /// Over the contestants that are shown.
    pub(super) fn of<'a>(metric: &RunMetric, shown: impl Iterator<Item = Contestant<'a>>) -> Self {
        let mut scale = Self { low: f64::INFINITY, high: f64::NEG_INFINITY, best: None };
        for value in shown.filter_map(|contestant| metric.values.get(contestant.name())) {
            let (low, high) = value.interval.unwrap_or((value.value, value.value));
            scale.low = scale.low.min(low).min(value.value);
            scale.high = scale.high.max(high).max(value.value);
            let is_better = |best: f64| match metric.better {
                Better::Higher => value.value > best,
                Better::Lower => value.value < best,
                Better::Neither => false,
            };
            if metric.better != Better::Neither && scale.best.is_none_or(is_better) {
                scale.best = Some(value.value);
            }
        }
        scale
    }

    fn is_best(&self, value: f64) -> bool {
        self.best.is_some_and(|best| best.to_bits() == value.to_bits()) && value != 0.0
    }
}

/// Paints a value with its whisker into its cell.
pub(super) fn value_ui(
    ui: &Ui,
    tokens: &Tokens,
    rect: Rect,
    scale: &Scale,
    value: Option<RunValue>,
    color: Color32,
) {
    let painter = ui.painter();
    let right = rect.right() - tokens.space.sm;
    let plain = FontId::proportional(tokens.size.body);
    let Some(RunValue { value, interval }) = value else {
        let at = pos2(right, rect.center().y);
        painter.text(at, Align2::RIGHT_CENTER, "–", plain, tokens.color.text_faint);
        return;
    };
    let (font, ink) = if scale.is_best(value) {
        (FontId::new(tokens.size.body, FontFamily::Name(SEMIBOLD.into())), tokens.color.success)
    } else {
        (plain, tokens.color.text)
    };
    let words = short_words(value);
    painter.text(pos2(right, rect.center().y - 4.0), Align2::RIGHT_CENTER, words, font, ink);
    let (left, y) = (rect.left() + tokens.space.sm, rect.bottom() - 6.0);
    let x = |value: f64| {
        let part = if scale.high > scale.low { (value - scale.low) / (scale.high - scale.low) } else { 0.5 };
        left + (right - left) * part as f32
    };
    painter.line_segment([pos2(left, y), pos2(right, y)], Stroke::new(1.0, tokens.color.border));
    if let Some((low, high)) = interval {
        let whisker = Stroke::new(2.0, color.gamma_multiply(0.7));
        painter.line_segment([pos2(x(low), y), pos2(x(high), y)], whisker);
    }
    painter.circle_filled(pos2(x(value), y), 3.0, color);
}

/// A value as its cell shows it.
pub(super) fn short_words(value: f64) -> String {
    format!("{value:.4}")
}

/// What is said on hover.
pub(super) fn value_words(
    metric: &RunMetric,
    contestant: Contestant<'_>,
    scale: &Scale,
    value: RunValue,
) -> String {
    let mut lines = vec![format!("{} of {}: {:.6}", metric.title, contestant.title(), value.value)];
    if let Some((low, high)) = value.interval {
        lines.push(format!("95 % interval {low:.4} to {high:.4}"));
    }
    if scale.is_best(value.value) {
        lines.push("The best of this column".to_owned());
    }
    lines.join("\n")
}
