//! Scrolling by whole rows, with whole numbers: exact at any length.
//!
//! egui scrolls in 32-bit points, which are coarser than a row past some million rows.

use crate::ui::theme::Tokens;
use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// The width of the bar.
pub const BAR_WIDTH: f32 = 12.0;

/// Which rows are in view.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RowScroll {
    /// The first row in view.
    pub top: usize,
    /// Wheel movement that has not made a whole row yet, in points.
    rest: f32,
}

impl RowScroll {
    /// Moves by `rows`, staying inside.
    pub fn by(&mut self, rows: isize, total: usize, visible: usize) {
        let last = total.saturating_sub(visible);
        self.top = self.top.saturating_add_signed(rows).min(last);
    }

    /// Takes up the wheel: `points` as egui reports them, positive is towards the top.
    pub fn wheel(&mut self, points: f32, row_height: f32, total: usize, visible: usize) {
        self.rest -= points;
        let rows = (self.rest / row_height).trunc();
        self.rest -= rows * row_height;
        self.by(rows as isize, total, visible);
    }

    /// Brings a row into view, moving as little as needed.
    pub fn show(&mut self, row: usize, total: usize, visible: usize) {
        if row < self.top {
            self.top = row;
        } else if row >= self.top + visible {
            self.top = row + 1 - visible.max(1);
        }
        self.by(0, total, visible);
    }

    /// Draws the bar in `rect` and lets it be dragged.
    pub fn bar_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        rect: Rect,
        total: usize,
        visible: usize,
    ) -> Response {
        let response = ui.interact(rect, ui.scope_id().with("row scroll"), Sense::click_and_drag());
        let last = total.saturating_sub(visible);
        response.widget_info(|| WidgetInfo {
            value: Some(self.top as f64 + 1.0),
            ..WidgetInfo::labeled(Role::Slider, true, "First row in view")
        });
        if last == 0 {
            self.top = 0;
            return response;
        }
        let share = (visible as f64 / total as f64) as f32;
        let length = (rect.height() * share).max(28.0).min(rect.height());
        let room = rect.height() - length;
        if let Some(pointer) = response.interact_pointer_pos() {
            let along = f64::from((pointer.y - rect.top() - length / 2.0) / room).clamp(0.0, 1.0);
            self.top = (along * last as f64).round() as usize;
        }
        let along = (self.top as f64 / last as f64) as f32;
        let handle = Rect::from_min_size(
            pos2(rect.left() + 2.0, rect.top() + room * along),
            vec2(rect.width() - 4.0, length),
        );
        let c = &tokens.color;
        let fill = if response.hovered() || response.dragged() { c.text_faint } else { c.border_strong };
        ui.painter().rect_filled(handle, 4.0, fill);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_is_one_row_at_any_depth() {
        let mut scroll = RowScroll { top: 19_999_900, rest: 0.0 };
        scroll.wheel(-26.0, 26.0, 20_000_000, 30);
        assert_eq!(scroll.top, 19_999_901);
        scroll.wheel(13.0, 26.0, 20_000_000, 30);
        assert_eq!(scroll.top, 19_999_901, "half a row is kept");
        scroll.wheel(13.0, 26.0, 20_000_000, 30);
        assert_eq!(scroll.top, 19_999_900);
        scroll.by(1_000, 20_000_000, 30);
        assert_eq!(scroll.top, 19_999_970, "the last rows fill the view");
    }

    #[test]
    fn showing_a_row_moves_as_little_as_needed() {
        let mut scroll = RowScroll { top: 10, rest: 0.0 };
        scroll.show(15, 100, 10);
        assert_eq!(scroll.top, 10);
        scroll.show(20, 100, 10);
        assert_eq!(scroll.top, 11);
        scroll.show(3, 100, 10);
        assert_eq!(scroll.top, 3);
    }
}
