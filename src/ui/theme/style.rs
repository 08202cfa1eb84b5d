//! Tokens as an egui style.

use super::{SEMIBOLD, Tokens};
use egui::style::{HandleShape, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Visuals, vec2,
};

pub(super) fn from_tokens(tokens: &Tokens) -> Style {
    let mut style = Style { visuals: visuals(tokens), animation_time: 0.12, ..Style::default() };
    let semibold = FontFamily::Name(SEMIBOLD.into());
    style.text_styles = [
        (TextStyle::Small, FontId::new(tokens.size.small, FontFamily::Proportional)),
        (TextStyle::Body, FontId::new(tokens.size.body, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(tokens.size.body, FontFamily::Proportional)),
        (TextStyle::Monospace, FontId::new(tokens.size.mono, FontFamily::Monospace)),
        (TextStyle::Heading, FontId::new(tokens.size.heading, semibold)),
    ]
    .into();
    style.drag_value_text_style = TextStyle::Body;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(tokens.space.sm, tokens.space.sm);
    spacing.button_padding = vec2(tokens.space.md, tokens.space.xs);
    spacing.interact_size = vec2(40.0, tokens.control_height);
    spacing.window_margin = margin(tokens.space.lg);
    spacing.menu_margin = margin(6.0);
    spacing.indent = tokens.space.lg;
    spacing.slider_width = 160.0;
    spacing.slider_rail_height = 4.0;
    spacing.combo_width = 140.0;
    spacing.default_area_size = vec2(600.0, 560.0); // longer menus scroll
    spacing.text_edit_width = 240.0;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 6.0;
    spacing.tooltip_width = 360.0;
    spacing.scroll = ScrollStyle { bar_width: 8.0, floating_allocated_width: 0.0, ..ScrollStyle::floating() };
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
    style
}

fn margin(points: f32) -> Margin {
    Margin::same(points as i8)
}

/// `points` as a corner radius.
fn corner(points: f32) -> CornerRadius {
    CornerRadius::same(points as u8)
}

fn visuals(tokens: &Tokens) -> Visuals {
    let c = &tokens.color;
    let base = if tokens.dark { Visuals::dark() } else { Visuals::light() };
    let shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: c.shadow };
    Visuals {
        dark_mode: tokens.dark,
        override_text_color: None,
        weak_text_color: Some(c.text_muted),
        widgets: widgets(tokens),
        selection: Selection { bg_fill: c.selection, stroke: Stroke::new(1.0, c.accent_text) },
        hyperlink_color: c.accent_text,
        faint_bg_color: c.sunken,
        extreme_bg_color: c.sunken,
        text_edit_bg_color: Some(if tokens.dark { c.sunken } else { c.surface }),
        code_bg_color: c.sunken,
        warn_fg_color: c.warning,
        error_fg_color: c.error,
        window_corner_radius: corner(tokens.radius.lg),
        window_shadow: shadow,
        window_fill: c.raised,
        window_stroke: Stroke::new(1.0, c.border),
        menu_corner_radius: corner(tokens.radius.md),
        panel_fill: c.background,
        popup_shadow: Shadow { offset: [0, 4], blur: 14, ..shadow },
        slider_trailing_fill: true,
        handle_shape: HandleShape::Circle,
        striped: false,
        indent_has_left_vline: false,
        interact_cursor: None,
        ..base
    }
}

fn widgets(tokens: &Tokens) -> Widgets {
    let c = &tokens.color;
    let widget = |fill: Color32, border: Color32, ink: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius: corner(tokens.radius.md),
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    // Rails, check boxes and buttons at rest: on paper they are white with an edge, at night a lighter ink.
    let rest = if tokens.dark { c.raised } else { c.surface };
    let mut noninteractive = widget(c.background, c.border, c.text);
    noninteractive.corner_radius = corner(tokens.radius.sm);
    let inactive = widget(rest, c.border_control, c.text);
    let mut active = widget(c.hover, c.accent, c.text);
    active.bg_fill = c.accent;
    let mut hovered = widget(c.hover, c.border_strong, c.text);
    hovered.bg_fill = c.border_strong;
    Widgets { noninteractive, inactive, hovered, active, open: widget(c.hover, c.border_strong, c.text) }
}
