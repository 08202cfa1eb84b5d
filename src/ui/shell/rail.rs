//! The navigation rail: one row a page, jobs and settings at its foot.

use super::ShellContext;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::pane::PaneKind;
use crate::ui::theme::Icon;
use egui::{Align, Align2, FontId, Layout, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2};
use strum::IntoEnumIterator;

pub(in crate::ui) fn rail_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for pane in PaneKind::iter().filter(|pane| *pane != PaneKind::Settings) {
        if pane == PaneKind::Campaigns || pane == PaneKind::Datasets {
            ui.add_space(context.tokens.space.sm);
        }
        page_row_ui(ui, context, pane);
    }
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        page_row_ui(ui, context, PaneKind::Settings);
        let active = context.jobs.active().count();
        let badge = (active > 0).then(|| active.to_string());
        let row = row_ui(ui, context, Icon::Jobs, "Jobs", false, badge.as_deref());
        if row.on_hover_text(Command::ToggleJobs.tooltip()).clicked() {
            context.send.run(Command::ToggleJobs);
        }
    });
}

fn page_row_ui(ui: &mut Ui, context: &ShellContext<'_>, pane: PaneKind) {
    let is_shown = context.shown == pane;
    let response = row_ui(ui, context, pane.icon(), pane.title(), is_shown, None);
    let keys = Command::go_to(pane).and_then(|command| command.keys(ui.ctx()));
    let hint = match keys {
        Some(keys) => format!("{} ({keys})", pane.help()),
        None => pane.help().to_owned(),
    };
    if response.on_hover_text(hint).clicked() {
        context.send.send(Action::Show(pane));
    }
}

fn row_ui(
    ui: &mut Ui,
    context: &ShellContext<'_>,
    icon: Icon,
    text: &str,
    is_shown: bool,
    badge: Option<&str>,
) -> Response {
    let tokens = context.tokens;
    let c = &tokens.color;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, text));
    let painter = ui.painter();
    let fill = if is_shown { Some(c.accent_soft) } else { response.hovered().then_some(c.hover) };
    if let Some(fill) = fill {
        painter.rect_filled(rect, tokens.radius.md, fill);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, c.accent);
        painter.rect_stroke(rect, tokens.radius.md, stroke, egui::StrokeKind::Inside);
    }
    let (ink, tint) = if is_shown { (c.text, c.accent_text) } else { (c.text_muted, c.text_muted) };
    let icon_rect = Rect::from_center_size(rect.left_center() + vec2(20.0, 0.0), Vec2::splat(18.0));
    icon.image(18.0, tint).paint_at(ui, icon_rect);
    let font = if is_shown {
        FontId::new(tokens.size.body, egui::FontFamily::Name(crate::ui::theme::SEMIBOLD.into()))
    } else {
        FontId::proportional(tokens.size.body)
    };
    ui.painter().text(rect.left_center() + vec2(40.0, 0.0), Align2::LEFT_CENTER, text, font, ink);
    if let Some(badge) = badge {
        let at = rect.right_center() - vec2(18.0, 0.0);
        ui.painter().circle_filled(at, 9.0, c.accent);
        let small = FontId::proportional(tokens.size.small - 1.0);
        ui.painter().text(at, Align2::CENTER_CENTER, badge, small, c.on_accent);
    }
    response
}
