//! How far a job is: stage, bar, rate and time left.

use super::{bytes_words, count_words, duration_words};
use crate::jobs::{Progress, Unit};
use crate::ui::theme::Tokens;
use egui::{CornerRadius, RichText, Role, Ui, WidgetInfo, vec2};

/// A thin bar; without a share it is a soft band, still, so that nothing repaints for its sake.
pub fn bar(ui: &mut Ui, tokens: &Tokens, fraction: Option<f32>, name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 5.0), egui::Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = fraction.map(f64::from);
        info
    });
    let radius = CornerRadius::same(3);
    ui.painter().rect_filled(rect, radius, tokens.color.hover);
    let mut done = rect;
    if let Some(fraction) = fraction {
        done.set_width(rect.width() * fraction);
        ui.painter().rect_filled(done, radius, tokens.color.accent);
    } else {
        done.set_width(rect.width() * 0.3);
        ui.painter().rect_filled(done, radius, tokens.color.accent.gamma_multiply(0.5));
    }
}

/// `1,200 of 9,000 rows, 300 rows/s, 26 s left`.
pub fn words(progress: &Progress) -> String {
    let amount = |value: u64| match progress.unit {
        Unit::Bytes => bytes_words(value),
        Unit::Steps | Unit::Rows | Unit::Users | Unit::Items | Unit::Events => count_words(value),
    };
    let noun = match progress.unit {
        Unit::Bytes => "",
        Unit::Steps => " steps",
        Unit::Rows => " rows",
        Unit::Users => " users",
        Unit::Items => " items",
        Unit::Events => " events",
    };
    let mut parts = Vec::new();
    if progress.total > 0 {
        parts.push(format!("{} of {}{noun}", amount(progress.done), amount(progress.total)));
    } else if progress.done > 0 {
        parts.push(format!("{}{noun}", amount(progress.done)));
    }
    let rate = progress.rate();
    if progress.done > 0 && rate >= 1.0 && progress.unit != Unit::Steps {
        parts.push(format!("{}{noun}/s", amount(rate as u64)));
    }
    match progress.remaining() {
        Some(left) if left.as_secs() > 0 => parts.push(format!("{} left", duration_words(left))),
        _ if parts.is_empty() => parts.push(duration_words(progress.elapsed)),
        _ => {}
    }
    parts.join(", ")
}

/// The stage, the bar and the words, one under the other.
pub fn progress_ui(ui: &mut Ui, tokens: &Tokens, title: &str, progress: &Progress) {
    let stage = if progress.stage.is_empty() { "Starting" } else { &progress.stage };
    ui.add(egui::Label::new(RichText::new(stage).color(tokens.color.text_muted)).truncate());
    bar(ui, tokens, progress.fraction(), title);
    ui.label(RichText::new(words(progress)).size(tokens.size.small).color(tokens.color.text_faint));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn rate_and_time_left_follow_from_the_counts() {
        let progress = Progress {
            stage: "Reading".to_owned(),
            unit: Unit::Rows,
            done: 3_000,
            total: 9_000,
            elapsed: Duration::from_secs(10),
            stage_elapsed: Duration::from_secs(2),
            can_settle: false,
        };
        // 3000 rows in 2 s are 1500 a second; 6000 rows are left.
        assert_eq!(words(&progress), "3,000 of 9,000 rows, 1,500 rows/s, 4.0 s left");
    }
}
