//! The rows in view: painted cell by cell, with one widget a row that is clicked, and names for screen readers.
//!
//! A layout for each cell would cost more than all the rest of a frame.

use super::{DataTable, Selection, TableResponse, TableSource};
use crate::ui::theme::Tokens;
use crate::ui::widgets::cut_text::cut_galley;
use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::ops::Range;

/// How the rows are drawn: columns from left to right, the row's number first.
struct Look<'a> {
    tokens: &'a Tokens,
    source: &'a dyn TableSource,
    widths: &'a [f32],
}

impl DataTable {
    /// Draws the rows at these positions under each other. `widths` begin with the column of row numbers.
    pub(super) fn body_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        source: &dyn TableSource,
        widths: &[f32],
        positions: Range<usize>,
        response: &mut TableResponse,
    ) {
        let look = Look { tokens, source, widths };
        let size = vec2(widths.iter().sum(), tokens.row_height * positions.len() as f32);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        for (line, position) in positions.enumerate() {
            let top = area.top() + tokens.row_height * line as f32;
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), tokens.row_height));
            self.row_ui(ui, &look, rect, line, position, response);
        }
    }

    fn row_ui(
        &mut self,
        ui: &Ui,
        look: &Look<'_>,
        rect: Rect,
        line: usize,
        position: usize,
        response: &mut TableResponse,
    ) {
        let c = &look.tokens.color;
        let id = ui.scope_id().with(("row", line));
        let row = ui.interact(rect, id, Sense::click());
        let chosen = self.selection;
        let is_chosen = chosen.is_some_and(|chosen| chosen.rows().contains(&position));
        if is_chosen {
            ui.painter().rect_filled(rect, 0.0, c.accent_soft);
        } else if row.hovered() {
            ui.painter().rect_filled(rect, 0.0, c.hover);
        }
        ui.painter().hline(rect.x_range(), rect.top(), (1.0, c.border));
        let cursor = chosen.filter(|chosen| chosen.head == position).map(|chosen| chosen.column);
        let source_row = self.row_at(position);
        look.cells_ui(ui, rect, id, source_row, cursor);
        let column = row.interact_pointer_pos().map_or(0, |at| look.column_at(rect, at.x));
        if row.clicked() || row.double_clicked() {
            let shift = ui.input(|input| input.modifiers.shift);
            let anchor = chosen.filter(|_| shift).map_or(position, |chosen| chosen.anchor);
            self.selection = Some(Selection { anchor, head: position, column });
            response.clicked = Some(source_row);
        }
        if row.double_clicked() {
            response.opened = Some(source_row);
        }
        self.menu_ui(&row, look.source, position, column);
    }

    fn menu_ui(&mut self, row: &Response, source: &dyn TableSource, position: usize, column: usize) {
        if row.secondary_clicked() && !self.selection.is_some_and(|chosen| chosen.rows().contains(&position))
        {
            self.selection = Some(Selection { anchor: position, head: position, column });
        }
        row.context_menu(|ui| {
            let Some(chosen) = self.selection else { return };
            if ui.button("Copy cell").clicked() {
                let text = source.cell(self.row_at(position), chosen.column).into_owned();
                ui.ctx().copy_text(text);
                ui.close();
            }
            let rows = if chosen.anchor == chosen.head { "Copy row" } else { "Copy chosen rows" };
            if ui.button(rows).clicked()
                && let Some(text) = self.copied(source, true)
            {
                ui.ctx().copy_text(text);
                ui.close();
            }
        });
    }
}

impl Look<'_> {
    /// The source's column at a place in a row; the first where the pointer is on the row's number.
    fn column_at(&self, row: Rect, x: f32) -> usize {
        let mut right = row.left();
        let place = self.widths.iter().position(|width| {
            right += width;
            x < right
        });
        let last = self.source.columns().len().saturating_sub(1);
        place.unwrap_or(last).saturating_sub(1).min(last)
    }

    fn cells_ui(&self, ui: &Ui, row: Rect, id: egui::Id, source_row: usize, cursor: Option<usize>) {
        let Some((number_width, widths)) = self.widths.split_first() else { return };
        let (c, size) = (&self.tokens.color, &self.tokens.size);
        let place = Rect::from_min_size(row.min, vec2(*number_width, row.height()));
        let number = crate::ui::widgets::count_words(source_row as u64 + 1);
        self.text_ui(ui, place, &number, true, (size.small, c.text_faint));
        let mut left = place.right();
        for ((index, column), width) in self.source.columns().iter().enumerate().zip(widths) {
            let place = Rect::from_min_size(pos2(left, row.top()), vec2(*width, row.height()));
            left += width;
            if cursor == Some(index) {
                ui.painter().rect_stroke(place, 2.0, (1.0, c.accent), egui::StrokeKind::Inside);
            }
            let text = self.source.cell(source_row, index);
            let line = one_line(&text);
            let is_cut = self.text_ui(ui, place, line, column.numeric, (size.body, c.text));
            let cell = ui.interact(place, id.with(index), Sense::hover());
            cell.widget_info(|| WidgetInfo::labeled(Role::Cell, true, line));
            if is_cut && cell.contains_pointer() {
                cell.on_hover_text(text.as_ref());
            }
        }
    }

    /// A cell's text, cut to its room. Whether it was cut.
    fn text_ui(
        &self,
        ui: &Ui,
        place: Rect,
        text: &str,
        at_right: bool,
        (size, ink): (f32, egui::Color32),
    ) -> bool {
        if text.is_empty() {
            return false;
        }
        let pad = self.tokens.space.sm;
        let galley = cut_galley(ui, text, size, ink, (place.width() - 2.0 * pad).max(0.0));
        let is_cut = galley.elided;
        let x = if at_right { place.right() - pad - galley.size().x } else { place.left() + pad };
        let at = pos2(x, place.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, ink);
        is_cut
    }
}

/// A cell's first line; a table row is one line high.
fn one_line(text: &str) -> &str {
    const LONGEST: usize = 400;
    let line = text.lines().next().unwrap_or("");
    line.char_indices().nth(LONGEST).map_or(line, |(end, _)| &line[..end])
}
