//! Buttons: one primary a page, plain ones, and icons with a name.

use crate::ui::theme::{Icon, Tokens, semibold};
use egui::{Button, Color32, Response, RichText, Role, Stroke, Ui, Vec2, WidgetInfo, vec2};

/// The one thing to do on this page.
pub fn primary(ui: &mut Ui, tokens: &Tokens, text: &str) -> Response {
    primary_enabled(ui, tokens, text, Ok(()))
}

/// A primary button that says why it can't be pressed.
pub fn primary_enabled(ui: &mut Ui, tokens: &Tokens, text: &str, enabled: Result<(), &str>) -> Response {
    ui.scope(|ui| {
        let visuals = &mut ui.visuals_mut().widgets;
        for (state, fill) in [
            (&mut visuals.inactive, tokens.color.accent),
            (&mut visuals.hovered, tokens.color.accent_hover),
            (&mut visuals.active, tokens.color.accent_hover),
        ] {
            state.weak_bg_fill = fill;
            state.bg_stroke = Stroke::new(1.0, fill);
            state.fg_stroke.color = tokens.color.on_accent;
        }
        let label = semibold(text, tokens.size.body).color(tokens.color.on_accent);
        let button = Button::new(label).min_size(vec2(0.0, tokens.control_height));
        let response = ui.add_enabled(enabled.is_ok(), button);
        match enabled {
            Ok(()) => response,
            Err(reason) => response.on_disabled_hover_text(reason),
        }
    })
    .inner
}

/// A plain button.
pub fn plain(ui: &mut Ui, tokens: &Tokens, text: &str) -> Response {
    ui.add(Button::new(text).min_size(vec2(0.0, tokens.control_height)))
}

/// A plain button that says why it can't be pressed.
pub fn plain_enabled(ui: &mut Ui, tokens: &Tokens, text: &str, enabled: Result<(), &str>) -> Response {
    let button = Button::new(text).min_size(vec2(0.0, tokens.control_height));
    let response = ui.add_enabled(enabled.is_ok(), button);
    match enabled {
        Ok(()) => response,
        Err(reason) => response.on_disabled_hover_text(reason),
    }
}

/// A button with an icon before its text.
pub fn with_icon(ui: &mut Ui, tokens: &Tokens, icon: Icon, text: &str) -> Response {
    let image = icon.image(16.0, tokens.color.text_muted);
    ui.add(Button::image_and_text(image, text).min_size(vec2(0.0, tokens.control_height)))
}

/// An icon alone, 26 points square. `name` is shown on hover and read aloud.
pub fn icon(ui: &mut Ui, tokens: &Tokens, icon: Icon, name: &str) -> Response {
    icon_tinted(ui, icon, name, tokens.color.text_muted, tokens)
}

/// An icon alone in a colour that means something.
pub fn icon_tinted(ui: &mut Ui, icon: Icon, name: &str, tint: Color32, tokens: &Tokens) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(26.0), egui::Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, tokens.radius.md, tokens.color.hover);
        }
        if response.has_focus() {
            let stroke = Stroke::new(1.0, tokens.color.accent);
            ui.painter().rect_stroke(rect, tokens.radius.md, stroke, egui::StrokeKind::Inside);
        }
        let image = egui::Rect::from_center_size(rect.center(), Vec2::splat(17.0));
        let tint = if ui.is_enabled() { tint } else { ui.visuals().disable(tint) };
        icon.image(17.0, tint).paint_at(ui, image);
    }
    response.on_hover_text(name)
}

/// Text that acts: no frame, in the accent's colour.
pub fn link(ui: &mut Ui, tokens: &Tokens, text: &str) -> Response {
    ui.add(Button::new(RichText::new(text).color(tokens.color.accent_text)).frame(false))
        .on_hover_cursor(egui::CursorIcon::PointingHand)
}
