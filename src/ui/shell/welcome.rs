//! The start page, and the veil while files hang over the window.

use super::{Recent, ShellContext};
use crate::studio::OpenMode;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::{button, card_frame, short_path};
use egui::{Align, Align2, Context, Id, LayerId, Layout, Order, RichText, Sense, Stroke, Ui};
use egui::{Role, Vec2, WidgetInfo, vec2};

const WIDTH: f32 = 680.0;

pub(in crate::ui) fn welcome_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    let left = ((ui.available_width() - WIDTH) / 2.0).max(0.0);
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.add_space(left);
            ui.vertical(|ui| {
                ui.set_width(WIDTH);
                ui.add_space((ui.available_height() * 0.1).clamp(tokens.space.lg, 72.0));
                ui.label(semibold("Recommendations, made to measure", tokens.size.display));
                let text = "Bring your own data, train recommenders in seconds, compare them fairly and write \
                            the results to a file. Everything stays on this computer.";
                ui.label(RichText::new(text).size(tokens.size.title).color(tokens.color.text_muted));
                ui.add_space(tokens.space.lg);
                ways_ui(ui, context);
                ui.add_space(tokens.space.md);
                drop_area_ui(ui, context);
                ui.add_space(tokens.space.lg);
                recents_ui(ui, context);
            });
        });
    });
}

/// Three large buttons.
fn ways_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    let ways = [
        (Command::NewProject, "New project", "Start with an empty file"),
        (Command::OpenProject, "Open a project", "Go on with a .bespoke file"),
        (Command::TrySample, "Try the sample data", "Invented films and a shop"),
    ];
    let gap = tokens.space.md;
    let width = (WIDTH - 2.0 * gap) / 3.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (command, title, text) in ways {
            if way_ui(ui, context, command, title, text, width).clicked() {
                context.send.run(command);
            }
        }
    });
}

fn way_ui(
    ui: &mut Ui,
    context: &ShellContext<'_>,
    command: Command,
    title: &str,
    text: &str,
    width: f32,
) -> egui::Response {
    let tokens = context.tokens;
    let c = &tokens.color;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 92.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, title));
    let lit = response.hovered() || response.has_focus();
    let stroke = Stroke::new(1.0, if lit { c.accent } else { c.border });
    let painter = ui.painter();
    painter.rect(rect, tokens.radius.lg, c.surface, stroke, egui::StrokeKind::Inside);
    let icon = egui::Rect::from_min_size(rect.min + Vec2::splat(tokens.space.lg), Vec2::splat(20.0));
    command.icon().image(20.0, c.accent_text).paint_at(ui, icon);
    let title_font =
        egui::FontId::new(tokens.size.body, egui::FontFamily::Name(crate::ui::theme::SEMIBOLD.into()));
    let at = rect.left_bottom() + vec2(tokens.space.lg, -34.0);
    ui.painter().text(at, Align2::LEFT_BOTTOM, title, title_font, c.text);
    let small = egui::FontId::proportional(tokens.size.small);
    let at = rect.left_bottom() + vec2(tokens.space.lg, -tokens.space.lg);
    ui.painter().text(at, Align2::LEFT_BOTTOM, text, small, c.text_muted);
    response.on_hover_text(command.tooltip())
}

fn drop_area_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    let c = &tokens.color;
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, 108.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Choose data files"));
    let lit = response.hovered() || response.has_focus();
    let (fill, edge) = if lit { (c.accent_soft, c.accent) } else { (c.background, c.border_strong) };
    ui.painter().rect_filled(rect, tokens.radius.lg, fill);
    let inside = rect.shrink(0.5);
    let corners = [
        inside.left_top(),
        inside.right_top(),
        inside.right_bottom(),
        inside.left_bottom(),
        inside.left_top(),
    ];
    ui.painter().add(egui::Shape::dashed_line(&corners, Stroke::new(1.0, edge), 5.0, 4.0));
    let icon = egui::Rect::from_center_size(rect.center() - vec2(0.0, 26.0), Vec2::splat(24.0));
    Icon::Upload.image(24.0, c.accent_text).paint_at(ui, icon);
    let body = egui::FontId::proportional(tokens.size.body);
    let text = "Drop files or folders here, or click to choose them";
    ui.painter().text(rect.center() + vec2(0.0, 6.0), Align2::CENTER_CENTER, text, body, c.text);
    let small = egui::FontId::proportional(tokens.size.small);
    let text =
        "CSV, TSV, JSON Lines or Parquet, also packed; MovieLens and Amazon Personalize files as they are";
    ui.painter().text(rect.center() + vec2(0.0, 30.0), Align2::CENTER_CENTER, text, small, c.text_muted);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        context.send.send(Action::Pick(super::super::data_files_request()));
    }
}

fn recents_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    if context.recents.is_empty() {
        return;
    }
    ui.label(semibold("Recent projects", tokens.size.title));
    card_frame(tokens).inner_margin(tokens.space.sm).show(ui, |ui| {
        ui.set_width(WIDTH - 2.0 * tokens.space.sm);
        ui.spacing_mut().item_spacing.y = 0.0;
        for recent in context.recents {
            recent_ui(ui, context, recent);
        }
    });
}

fn recent_ui(ui: &mut Ui, context: &ShellContext<'_>, recent: &Recent) {
    let tokens = context.tokens;
    let c = &tokens.color;
    let name = recent.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = recent.path.parent().map(|folder| short_path(folder, 56)).unwrap_or_default();
    ui.horizontal(|ui| {
        let size = vec2(ui.available_width() - 34.0, 34.0);
        let sense = if recent.exists { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(size, sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, recent.exists, &name));
        if recent.exists && (response.hovered() || response.has_focus()) {
            ui.painter().rect_filled(rect, tokens.radius.md, c.hover);
        }
        let (ink, faint) = if recent.exists { (c.text, c.text_muted) } else { (c.text_faint, c.text_faint) };
        let body = egui::FontId::proportional(tokens.size.body);
        let small = egui::FontId::proportional(tokens.size.small);
        let left = rect.left_center() + vec2(tokens.space.sm, 0.0);
        ui.painter().text(left, Align2::LEFT_CENTER, &name, body, ink);
        let right = rect.right_center() - vec2(tokens.space.sm, 0.0);
        let text = if recent.exists { folder } else { format!("{folder} (not there any more)") };
        ui.painter().text(right, Align2::RIGHT_CENTER, text, small, faint);
        let path = recent.path.display().to_string();
        if response.on_hover_text(&path).clicked() {
            context.send.send(Action::OpenProject(recent.path.clone(), OpenMode::ReadWrite));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button::icon(ui, tokens, Icon::Close, &format!("Take {name} off this list")).clicked() {
                context.send.send(Action::ForgetRecent(recent.path.clone()));
            }
        });
    });
}

/// Says that files can be let go, while they hang over the window.
pub(in crate::ui) fn drop_overlay_ui(context: &Context, tokens: &Tokens) {
    let count = context.input(|input| input.raw.hovered_files.len());
    if count == 0 {
        return;
    }
    let painter = context.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop veil")));
    let area = context.content_rect();
    painter.rect_filled(area, 0.0, tokens.color.veil);
    let text = if count == 1 { "Drop the file to look at it" } else { "Drop the files to look at them" };
    let font = egui::FontId::proportional(tokens.size.heading);
    let ink = if tokens.dark { tokens.color.text } else { tokens.color.on_accent };
    painter.text(area.center(), Align2::CENTER_CENTER, text, font, ink);
}
