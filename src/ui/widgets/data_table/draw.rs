//! How the table is drawn and walked.

use super::scroll::BAR_WIDTH;
use super::{DataTable, Selection, TableResponse, TableSource};
use crate::jobs::Waker;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::{button, count_words, search_field::name_field};
use egui::{Align, Event, Key, Label, Layout, Modifiers, Rect, RichText, Sense, TextEdit, Ui, Vec2, vec2};
use egui_extras::{Column, TableBuilder, TableRow};

const HEAD_HEIGHT: f32 = 30.0;
const FILTER_HEIGHT: f32 = 30.0;
const NUMBER_COLUMN: f32 = 84.0;

impl DataTable {
    pub(super) fn draw(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        source: &dyn TableSource,
        waker: &Waker,
    ) -> TableResponse {
        let mut response = TableResponse::default();
        let head = HEAD_HEIGHT + if self.filters_open { FILTER_HEIGHT } else { 0.0 };
        let below_bar = ui.available_height() - tokens.control_height - tokens.space.sm;
        let visible = ((below_bar - head) / tokens.row_height).floor().max(1.0) as usize;
        self.toolbar_ui(ui, tokens, source, waker, visible);
        let area = ui.available_rect_before_wrap();
        let body = Rect::from_min_max(area.min, area.max - vec2(BAR_WIDTH, 0.0));
        // The body takes the keyboard: a click in it, or Tab.
        let focus = ui.interact(body, ui.scope_id().with("body"), Sense::focusable_noninteractive());
        focus.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Table, true, format!("Table {}", self.name))
        });
        let before = self.selection;
        self.keyboard(ui, &focus, source, visible, &mut response);
        self.wheel(ui, area, tokens.row_height, visible);
        let painter = ui.painter();
        let stroke = egui::Stroke::new(1.0, tokens.color.border);
        painter.rect(area, tokens.radius.md, tokens.color.surface, stroke, egui::StrokeKind::Inside);
        let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(body.shrink(1.0)));
        inner.set_clip_rect(body.intersect(ui.clip_rect()));
        egui::ScrollArea::horizontal().id_salt("columns").auto_shrink([false, false]).show(
            &mut inner,
            |ui| {
                self.grid_ui(ui, tokens, source, waker, visible, &mut response);
            },
        );
        if response.clicked.is_some() {
            focus.request_focus();
        }
        let bar =
            Rect::from_min_max(area.right_top() + vec2(-BAR_WIDTH, head), area.max).shrink2(vec2(0.0, 2.0));
        let rows = self.shown_rows();
        self.scroll.bar_ui(ui, tokens, bar, rows, visible);
        ui.allocate_rect(area, Sense::hover());
        if let Some(chosen) = self.selection {
            response.selected = Some(self.row_at(chosen.head));
            if before != self.selection {
                self.said.clear();
            }
        }
        response
    }

    fn toolbar_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        source: &dyn TableSource,
        waker: &Waker,
        visible: usize,
    ) {
        ui.horizontal(|ui| {
            ui.set_min_height(tokens.control_height);
            let (shown, all) = (count_words(self.shown_rows() as u64), count_words(source.rows() as u64));
            let rows = if source.rows() == 1 { "row" } else { "rows" };
            let count =
                if shown == all { format!("{all} {rows}") } else { format!("{shown} of {all} {rows}") };
            ui.label(RichText::new(count).color(tokens.color.text_muted));
            if self.ordering.is_some() {
                ui.label(RichText::new("Ordering...").color(tokens.color.accent_text));
            }
            if let Some(failure) = &self.failure {
                ui.label(RichText::new(failure).color(tokens.color.error));
            }
            ui.label(RichText::new(&self.said).color(tokens.color.text_faint));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let tint = if self.filters_open { tokens.color.accent_text } else { tokens.color.text_muted };
                let name = if self.filters_open { "Hide filters" } else { "Filter columns" };
                if button::icon_tinted(ui, Icon::Filter, name, tint, tokens).clicked() {
                    self.filters_open = !self.filters_open;
                    if !self.filters_open && !self.query.is_plain() {
                        self.query.filters.iter_mut().for_each(String::clear);
                        self.reorder(waker);
                    }
                }
                let can_copy = self.selection.is_some();
                let copy = ui.add_enabled_ui(can_copy, |ui| {
                    button::icon(ui, tokens, Icon::Copy, "Copy the chosen rows")
                });
                if copy.inner.clicked()
                    && let Some(text) = self.copied(source, true)
                {
                    ui.ctx().copy_text(text);
                }
                let field = ui.add(
                    TextEdit::singleline(&mut self.go_to)
                        .hint_text(RichText::new("Go to row").color(tokens.color.text_faint))
                        .align(egui::Align2::LEFT_CENTER)
                        .desired_width(100.0),
                );
                name_field(&field, "Go to row");
                if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                    let text = std::mem::take(&mut self.go_to);
                    self.jump(&text, visible);
                }
            });
        });
    }

    fn grid_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        source: &dyn TableSource,
        waker: &Waker,
        visible: usize,
        response: &mut TableResponse,
    ) {
        let head = HEAD_HEIGHT + if self.filters_open { FILTER_HEIGHT } else { 0.0 };
        let columns = source.columns();
        let is_dragging = ui.input(|input| input.pointer.any_down());
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let mut builder = TableBuilder::new(ui)
            .id_salt("grid")
            .vscroll(false)
            .auto_shrink([false, false])
            .resizable(true)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(NUMBER_COLUMN));
        for (index, column) in columns.iter().enumerate() {
            let width = self.widths.get(index).copied().unwrap_or(column.width);
            builder = builder.column(Column::initial(width).at_least(48.0).clip(true));
        }
        // A last column takes the room that is left, so that stripes reach the edge.
        builder = builder.column(Column::remainder().at_least(0.0));
        let table = builder.header(head, |mut row| self.head_ui(&mut row, tokens, source, waker));
        let rows = self.shown_rows();
        self.scroll.by(0, rows, visible);
        let top = self.scroll.top;
        let drawn = visible.min(rows - top.min(rows));
        table.body(|mut body| {
            // While a column is dragged its width is not final.
            if !is_dragging {
                self.widths = body.widths().iter().skip(1).take(columns.len()).map(|w| w.round()).collect();
            }
            let widths = body.widths().to_vec();
            self.body_ui(body.ui_mut(), tokens, source, &widths, top..top + drawn, response);
        });
    }

    fn head_ui(
        &mut self,
        row: &mut TableRow<'_, '_>,
        tokens: &Tokens,
        source: &dyn TableSource,
        waker: &Waker,
    ) {
        row.col(|ui| {
            pad(ui, tokens);
        });
        let mut changed = false;
        for (index, column) in source.columns().iter().enumerate() {
            row.col(|ui| {
                ui.vertical(|ui| {
                    ui.set_height(HEAD_HEIGHT);
                    changed |= self.head_cell_ui(ui, tokens, index, column);
                    if self.filters_open
                        && let Some(filter) = self.query.filters.get_mut(index)
                    {
                        let hint = if column.numeric { ">5 or 2..5" } else { "contains" };
                        let hint = RichText::new(hint).size(tokens.size.small).color(tokens.color.text_faint);
                        let room = egui::Rect::from_min_size(
                            ui.cursor().min + vec2(4.0, 1.0),
                            vec2(ui.available_width() - 8.0, FILTER_HEIGHT - 5.0),
                        );
                        ui.spacing_mut().interact_size.y = room.height();
                        let edit = TextEdit::singleline(filter).hint_text(hint).font(egui::TextStyle::Small);
                        let edit = edit.margin(egui::Margin::symmetric(6, 4)).desired_width(room.width());
                        let field = ui.put(room, edit.align(egui::Align2::LEFT_CENTER));
                        name_field(&field, &format!("Filter {}", column.name));
                        changed |= field.changed();
                    }
                });
            });
        }
        row.col(|_| {});
        if changed {
            self.reorder(waker);
        }
    }

    /// A column's head. Whether the sorting changed: up, down, none.
    fn head_cell_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        index: usize,
        column: &super::TableColumn,
    ) -> bool {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), HEAD_HEIGHT), Sense::click());
        let sorted = self.query.sort.filter(|(sorted, _)| *sorted == index).map(|(_, descending)| descending);
        let state = match sorted {
            None => "",
            Some(false) => ", smallest first",
            Some(true) => ", largest first",
        };
        let name = format!("Sort by {}{state}", column.name);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 0.0, tokens.color.hover);
        }
        let inside = rect.shrink2(vec2(tokens.space.sm, 0.0));
        let mut room = inside;
        if let Some(descending) = sorted {
            let icon = if descending { Icon::ArrowDown } else { Icon::ArrowUp };
            let at = Rect::from_center_size(inside.right_center() - vec2(6.0, 0.0), Vec2::splat(12.0));
            icon.image(12.0, tokens.color.accent_text).paint_at(ui, at);
            room.max.x -= 16.0;
        }
        let layout = if column.numeric {
            Layout::right_to_left(Align::Center)
        } else {
            Layout::left_to_right(Align::Center)
        };
        let mut label = ui.new_child(egui::UiBuilder::new().max_rect(room).layout(layout));
        label.add(
            Label::new(semibold(&column.name, tokens.size.small).color(tokens.color.text_muted)).truncate(),
        );
        let hint = if column.help.is_empty() { &column.name } else { &column.help };
        if response.on_hover_text(hint).clicked() {
            self.query.sort = match sorted {
                None => Some((index, column.numeric)),
                Some(descending) if descending == column.numeric => Some((index, !descending)),
                Some(_) => None,
            };
            return true;
        }
        false
    }

    fn keyboard(
        &mut self,
        ui: &Ui,
        focus: &egui::Response,
        source: &dyn TableSource,
        visible: usize,
        response: &mut TableResponse,
    ) {
        if !focus.has_focus() {
            return;
        }
        ui.memory_mut(|memory| {
            let keep = egui::EventFilter {
                tab: false,
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: false,
            };
            memory.set_focus_lock_filter(focus.id, keep);
        });
        let rows = self.shown_rows();
        if rows == 0 {
            return;
        }
        let page = visible.saturating_sub(1).max(1) as isize;
        let all = rows as isize;
        let moves = [
            (Key::ArrowDown, 1, 0),
            (Key::ArrowUp, -1, 0),
            (Key::PageDown, page, 0),
            (Key::PageUp, -page, 0),
            (Key::End, all, 0),
            (Key::Home, -all, 0),
            (Key::ArrowRight, 0, 1),
            (Key::ArrowLeft, 0, -1),
        ];
        for (key, down, right) in moves {
            for shift in [true, false] {
                let modifiers = if shift { Modifiers::SHIFT } else { Modifiers::NONE };
                if ui.input_mut(|input| input.consume_key(modifiers, key)) {
                    self.move_cursor(down, right, shift, source.columns().len(), visible);
                }
            }
        }
        let copies = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
        if copies && let Some(text) = self.copied(source, false) {
            ui.ctx().copy_text(text);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            response.opened = self.selection.map(|chosen| self.row_at(chosen.head));
        }
    }

    fn move_cursor(&mut self, down: isize, right: isize, extend: bool, columns: usize, visible: usize) {
        let rows = self.shown_rows();
        let top = self.scroll.top;
        let chosen = self.selection.unwrap_or(Selection { anchor: top, head: top, column: 0 });
        let moved = if self.selection.is_some() { down } else { 0 };
        let head = chosen.head.saturating_add_signed(moved).min(rows - 1);
        let column = chosen.column.saturating_add_signed(right).min(columns.saturating_sub(1));
        let anchor = if extend { chosen.anchor } else { head };
        self.selection = Some(Selection { anchor, head, column });
        self.scroll.show(head, rows, visible);
    }

    fn wheel(&mut self, ui: &Ui, area: Rect, row_height: f32, visible: usize) {
        if !ui.rect_contains_pointer(area) {
            return;
        }
        let rows = self.shown_rows();
        let points = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
        if points != 0.0 {
            self.scroll.wheel(points, row_height, rows, visible);
        }
    }
}

fn pad(ui: &mut Ui, tokens: &Tokens) {
    ui.add_space(tokens.space.sm);
}
