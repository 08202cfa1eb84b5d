//! The bar at the top: project, dataset group, palette, theme, bell.

use super::{ShellContext, command_item, menu_spacing};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::theme::{Icon, semibold};
use crate::ui::widgets::{button, short_path};
use egui::{Align, Button, Layout, RichText, ThemePreference, Ui, Vec2, vec2};

/// The longest name shown whole.
const NAME_LENGTH: usize = 32;

pub(in crate::ui) fn top_bar_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    ui.horizontal_centered(|ui| {
        mark_ui(ui, context);
        project_menu_ui(ui, context);
        if let Some(project) = context.project {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(14.0), egui::Sense::hover());
            Icon::ChevronRight.image(14.0, tokens.color.text_faint).paint_at(ui, rect);
            group_menu_ui(ui, context, project);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            bell_ui(ui, context);
            theme_switch_ui(ui, context);
            ui.add_space(tokens.space.xs);
            palette_button_ui(ui, context);
        });
    });
}

/// Two stitches crossing: the program's mark.
fn mark_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let c = &context.tokens.color;
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(24.0), egui::Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, 7.0, c.accent);
    let stitch = egui::Stroke::new(2.0, c.on_accent);
    let at = |x: f32, y: f32| rect.min + vec2(x, y);
    painter.line_segment([at(7.0, 7.5), at(12.5, 16.5)], stitch);
    painter.line_segment([at(12.5, 7.5), at(7.0, 16.5)], stitch);
    painter.circle_filled(at(17.0, 12.0), 1.7, c.on_accent);
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LENGTH {
        return name.to_owned();
    }
    let head: String = name.chars().take(NAME_LENGTH - 3).collect();
    format!("{head}...")
}

fn menu_button<R>(
    ui: &mut Ui,
    context: &ShellContext<'_>,
    text: RichText,
    add: impl FnOnce(&mut Ui) -> R,
) -> egui::Response {
    let chevron = Icon::ChevronDown.image(13.0, context.tokens.color.text_faint);
    let button = Button::new((text, chevron)).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, add);
    response
}

fn project_menu_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let name = context.project.map_or("Bespoke", |project| project.name.as_str());
    let response = menu_button(ui, context, semibold(shortened(name), context.tokens.size.body), |ui| {
        ui.set_min_width(300.0);
        menu_spacing(ui);
        for command in [Command::NewProject, Command::OpenProject] {
            command_item(ui, context, command);
        }
        if !context.recents.is_empty() {
            ui.separator();
            for recent in context.recents.iter().take(8) {
                recent_item_ui(ui, context, recent);
            }
        }
        ui.separator();
        for command in [Command::TrySample, Command::SaveCopy, Command::CopyGroup] {
            command_item(ui, context, command);
        }
        ui.separator();
        for command in [Command::ShowShortcuts, Command::GoSettings, Command::CloseProject, Command::Quit] {
            command_item(ui, context, command);
        }
    });
    if let Some(project) = context.project {
        response.on_hover_text(project.path.display().to_string());
    }
}

fn recent_item_ui(ui: &mut Ui, context: &ShellContext<'_>, recent: &super::Recent) {
    let text = short_path(&recent.path, 44);
    let response = ui.add_enabled(recent.exists, Button::new(text));
    let response = response
        .on_hover_text(recent.path.display().to_string())
        .on_disabled_hover_text(format!("{} is not there any more", recent.path.display()));
    if response.clicked() {
        let mode = crate::studio::OpenMode::ReadWrite;
        context.send.send(Action::OpenProject(recent.path.clone(), mode));
        ui.close();
    }
}

fn group_menu_ui(ui: &mut Ui, context: &ShellContext<'_>, project: &crate::studio::ProjectView) {
    let name = context.group.unwrap_or("No dataset group");
    let response = menu_button(ui, context, RichText::new(shortened(name)), |ui| {
        ui.set_min_width(260.0);
        menu_spacing(ui);
        for group in &project.groups {
            let is_current = Some(group.name.as_str()) == context.group;
            if ui.add(Button::selectable(is_current, &group.name)).clicked() {
                context.send.send(Action::SelectGroup(group.name.clone()));
                ui.close();
            }
        }
        if !project.groups.is_empty() {
            ui.separator();
        }
        for command in [Command::NewGroup, Command::RenameGroup, Command::CopyGroup, Command::DeleteGroup] {
            command_item(ui, context, command);
        }
    });
    response.on_hover_text("Dataset group");
}

fn palette_button_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    let keys = Command::OpenPalette.keys(ui.ctx());
    let faint = |text: &str| RichText::new(text).color(tokens.color.text_muted);
    let button =
        Button::image_and_text(Icon::Search.image(14.0, tokens.color.text_faint), faint("Find a command"))
            .right_text(RichText::new(keys.unwrap_or_default()).small().color(tokens.color.text_faint))
            .min_size(vec2(220.0, 28.0));
    if ui.add(button).clicked() {
        context.send.run(Command::OpenPalette);
    }
}

fn theme_switch_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let tokens = context.tokens;
    egui::Frame::new()
        .fill(tokens.color.sunken)
        .stroke(egui::Stroke::new(1.0, tokens.color.border))
        .corner_radius(egui::CornerRadius::same(tokens.radius.md as u8 + 1))
        .inner_margin(1)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            // Right to left, as the bar's end is laid out.
            for (icon, command) in [
                (Icon::System, Command::SystemTheme),
                (Icon::Moon, Command::DarkTheme),
                (Icon::Sun, Command::LightTheme),
            ] {
                let is_on = command.theme() == Some(context.theme);
                if segment_ui(ui, context, icon, command, is_on).clicked() {
                    context.send.run(command);
                }
            }
        });
}

fn segment_ui(
    ui: &mut Ui,
    context: &ShellContext<'_>,
    icon: Icon,
    command: Command,
    is_on: bool,
) -> egui::Response {
    let c = &context.tokens.color;
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 24.0), egui::Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::RadioButton, ui.is_enabled(), is_on, command.text())
    });
    let fill = if is_on { Some(c.raised) } else { response.hovered().then_some(c.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, context.tokens.radius.md, fill);
    }
    let ink = if is_on { c.accent_text } else { c.text_faint };
    let inner = egui::Rect::from_center_size(rect.center(), Vec2::splat(15.0));
    icon.image(15.0, ink).paint_at(ui, inner);
    response.on_hover_text(command.text())
}

fn bell_ui(ui: &mut Ui, context: &ShellContext<'_>) {
    let name = match context.unread {
        0 => "Notifications".to_owned(),
        unread => format!("Notifications, {unread} unread"),
    };
    let response = button::icon(ui, context.tokens, Icon::Bell, &name);
    if context.unread > 0 {
        let at = response.rect.right_top() + vec2(-7.0, 7.0);
        ui.painter().circle_filled(at, 4.0, context.tokens.color.background);
        let c = &context.tokens.color;
        ui.painter().circle_filled(at, 3.0, if context.is_alarm { c.error } else { c.accent });
    }
    if response.clicked() {
        context.send.run(Command::ToggleNotifications);
    }
}

/// The themes a person can choose, with their names.
pub(in crate::ui) const THEMES: [(ThemePreference, &str); 3] = [
    (ThemePreference::Light, "Light"),
    (ThemePreference::Dark, "Dark"),
    (ThemePreference::System, "As the system"),
];
