//! How what happened is drawn: messages in a bar of their own under the page, where they cover nothing, and the
//! bell's list. Ordinary widgets, so that a screen reader and a test see them.

use super::{Level, Notifications, Told};
use crate::ui::action::CommandSender;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::{button, duration_words};
use egui::{Align, Color32, FontId, Frame, Galley, Label, Layout, Margin, Panel, RichText, Role, Sense, Ui};
use egui::{WidgetInfo, vec2};
use std::sync::Arc;
use std::time::Duration;

/// The size of a level's icon, in points.
const ICON: f32 = 18.0;
/// The height of a message of one line.
const LINE: f32 = 36.0;
/// Lines of a failure's reason that are shown; the bell has the rest.
const REASON_LINES: usize = 3;
/// How long messages wait to be looked at again while the pointer rests on them.
const HELD: Duration = Duration::from_millis(250);

impl Notifications {
    /// Draws the messages that are up as a bar at the lower edge of `ui`, and asks to be drawn again when the next
    /// one goes. The page above gives way, so that nothing of it is covered.
    pub fn bar_ui(&mut self, ui: &mut Ui, tokens: &Tokens, send: &CommandSender) {
        self.let_go(ui);
        if self.is_open || !self.told.iter().any(|told| told.up) {
            self.is_held = false;
            return;
        }
        let inner = Margin::symmetric(tokens.space.lg as i8, 0);
        let width = ui.available_width() - 2.0 * tokens.space.lg;
        let up = || self.told.iter().rev().filter(|told| told.up);
        let height: f32 = up().map(|told| height_of(ui, tokens, told, width)).sum();
        let frame = Frame::new().fill(tokens.color.raised).inner_margin(inner);
        let bar = Panel::bottom("messages").frame(frame).exact_size(height).resizable(false);
        let response = bar.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for told in self.told.iter_mut().rev().filter(|told| told.up) {
                told.up = ui.push_id(told.id, |ui| message_ui(ui, told, tokens, send, width)).inner;
            }
        });
        self.is_held = ui.rect_contains_pointer(response.response.rect);
    }

    /// Takes messages down whose time is over.
    fn let_go(&mut self, ui: &Ui) {
        let mut next: Option<Duration> = None;
        for told in &mut self.told {
            let Some(lasts) = told.notice.level.lasts().filter(|_| told.up) else { continue };
            let left = match lasts.checked_sub(told.at.elapsed()) {
                None | Some(Duration::ZERO) if self.is_held => HELD,
                None | Some(Duration::ZERO) => {
                    told.up = false;
                    continue;
                }
                Some(left) => left,
            };
            next = Some(next.map_or(left, |next| next.min(left)));
        }
        if let Some(next) = next {
            ui.ctx().request_repaint_after(next);
        }
    }

    /// Draws everything that was told, newest first.
    pub fn history_ui(&mut self, ui: &mut Ui, tokens: &Tokens, send: &CommandSender) {
        self.read();
        if self.told.is_empty() {
            ui.add_space(tokens.space.xl);
            ui.vertical_centered(|ui| {
                ui.label(RichText::new("Nothing has happened yet").color(tokens.color.text_muted));
            });
            return;
        }
        let mut gone = None;
        egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
            for told in self.told.iter_mut().rev() {
                if !ui.push_id(told.id, |ui| entry_ui(ui, told, tokens, send)).inner {
                    gone = Some(told.id);
                }
                ui.separator();
            }
        });
        if let Some(gone) = gone {
            self.told.retain(|told| told.id != gone);
        }
    }
}

fn color_of(level: Level, tokens: &Tokens) -> Color32 {
    match level {
        Level::Info => tokens.color.accent_text,
        Level::Success => tokens.color.success,
        Level::Warning => tokens.color.warning,
        Level::Error => tokens.color.error,
    }
}

/// Whether a message's detail stands under its title, in full lines, and not beside it.
fn is_tall(told: &Told) -> bool {
    told.notice.level >= Level::Warning && !told.notice.detail.is_empty()
}

/// The detail as lines of at most `width` points.
fn reason(ui: &Ui, tokens: &Tokens, told: &Told, width: f32) -> Arc<Galley> {
    let font = FontId::proportional(tokens.size.body);
    let mut job = egui::text::LayoutJob::simple(
        told.notice.detail.clone(),
        font,
        tokens.color.text_muted,
        width - ICON - tokens.space.sm,
    );
    job.wrap.max_rows = REASON_LINES;
    ui.painter().layout_job(job)
}

fn height_of(ui: &Ui, tokens: &Tokens, told: &Told, width: f32) -> f32 {
    if is_tall(told) { LINE + reason(ui, tokens, told, width).size().y + tokens.space.sm } else { LINE }
}

/// Draws one message. Whether it stays.
fn message_ui(ui: &mut Ui, told: &mut Told, tokens: &Tokens, send: &CommandSender, width: f32) -> bool {
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range().expand(tokens.space.lg), top, (1.0, tokens.color.border));
    let tall = is_tall(told).then(|| reason(ui, tokens, told, width));
    let mut stays = true;
    ui.allocate_ui_with_layout(vec2(width, LINE), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(vec2(width, LINE));
        let notice = &told.notice;
        ui.add(notice.level.icon().image(ICON, color_of(notice.level, tokens)).alt_text(notice.level.name()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Dismiss: {}", told.notice.title);
            if button::icon(ui, tokens, Icon::Close, &name).clicked() {
                stays = false;
            }
            stays &= !remedies_ui(ui, told, send);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let notice = &told.notice;
                ui.add(Label::new(semibold(&notice.title, tokens.size.body)).truncate());
                if tall.is_none() && !notice.detail.is_empty() {
                    let detail = RichText::new(&notice.detail).color(tokens.color.text_muted);
                    ui.add(Label::new(detail).truncate());
                }
            });
        });
    });
    if let Some(reason) = tall {
        let (rect, label) = ui.allocate_exact_size(vec2(width, reason.size().y), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told.notice.detail));
        let is_cut = reason.elided;
        ui.painter().galley(rect.min + vec2(ICON + tokens.space.sm, 0.0), reason, tokens.color.text_muted);
        if is_cut {
            label.on_hover_text(&told.notice.detail);
        }
        ui.add_space(tokens.space.sm);
    }
    stays
}

/// The buttons of a notice. Whether one was pressed.
fn remedies_ui(ui: &mut Ui, told: &mut Told, send: &CommandSender) -> bool {
    let mut pressed = false;
    ui.spacing_mut().interact_size.y = 26.0;
    for remedy in told.notice.remedies.iter_mut().filter(|remedy| remedy.effect.is_there()) {
        let button = egui::Button::new(&remedy.label).min_size(vec2(0.0, 26.0));
        if ui.add(button).clicked()
            && let Some(action) = remedy.effect.take()
        {
            send.send(action);
            pressed = true;
        }
    }
    pressed
}

/// Draws one entry of the bell's list. Whether it stays.
fn entry_ui(ui: &mut Ui, told: &mut Told, tokens: &Tokens, send: &CommandSender) -> bool {
    let mut stays = true;
    ui.spacing_mut().item_spacing.y = tokens.space.xs;
    ui.horizontal(|ui| {
        let notice = &told.notice;
        ui.add(notice.level.icon().image(ICON, color_of(notice.level, tokens)).alt_text(notice.level.name()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Dismiss: {}", notice.title);
            if button::icon(ui, tokens, Icon::Close, &name).clicked() {
                stays = false;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(semibold(&notice.title, tokens.size.body)).wrap());
            });
        });
    });
    ui.horizontal_top(|ui| {
        ui.add_space(ICON + tokens.space.sm);
        ui.vertical(|ui| {
            if !told.notice.detail.is_empty() {
                ui.label(RichText::new(&told.notice.detail).color(tokens.color.text_muted));
            }
            ui.horizontal_wrapped(|ui| {
                remedies_ui(ui, told, send);
                let ago = duration_words(told.at.elapsed());
                ui.label(RichText::new(format!("{ago} ago")).small().color(tokens.color.text_faint));
            });
        });
    });
    stays
}
