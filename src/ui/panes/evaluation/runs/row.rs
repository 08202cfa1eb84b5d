//! One line of the table.

use super::acts::{menu_ui, palette_ui};
use super::cells::{self, Scale, value_ui, value_words};
use super::lines::Arrangement;
use super::table::{Columns, Page};
use super::{Contestant, Rename};
use crate::domain::Status;
use crate::studio::RunView;
use crate::ui::panes::moments::{ago_words, moment_words};
use crate::ui::theme::Icon;
use crate::ui::widgets::count_words;
use crate::ui::widgets::cut_text::cut_galley;
use crate::ui::widgets::selection::{Emphasis, Selection};
use egui::{Align2, FontId, Rect, Response, Sense, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// The heading of a group; a click folds it.
pub(super) fn group_ui(
    ui: &Ui,
    page: &Page<'_>,
    rect: Rect,
    response: &Response,
    (name, runs, is_folded): (&str, usize, bool),
    arrangement: &mut Arrangement,
) {
    let tokens = page.context.tokens;
    let label = format!("{name}, {} runs", count_words(runs as u64));
    response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, !is_folded, &label));
    let fill = if response.hovered() { tokens.color.hover } else { tokens.color.sunken };
    ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), tokens.radius.sm, fill);
    let icon = if is_folded { Icon::ChevronRight } else { Icon::ChevronDown };
    let at = Rect::from_center_size(pos2(rect.left() + 13.0, rect.center().y), vec2(15.0, 15.0));
    icon.image(15.0, tokens.color.text_muted).paint_at(ui, at);
    let galley = cut_galley(ui, name, tokens.size.body, tokens.color.text, rect.width() * 0.6);
    let x = rect.left() + 28.0;
    let end = x + galley.size().x + tokens.space.sm;
    ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, tokens.color.text);
    let font = FontId::proportional(tokens.size.small);
    let count = count_words(runs as u64);
    ui.painter().text(pos2(end, rect.center().y), Align2::LEFT_CENTER, count, font, tokens.color.text_faint);
    if response.clicked() && !arrangement.folded.remove(name) {
        arrangement.folded.insert(name.to_owned());
    }
}

#[expect(clippy::too_many_arguments, reason = "a line reads the page and writes what a person changes")]
pub(super) fn row_ui(
    ui: &mut Ui,
    page: &Page<'_>,
    contestant: Contestant<'_>,
    (rect, response): (Rect, Response),
    columns: &Columns,
    scales: &[Scale],
    rename: &mut Option<Rename>,
    selection: &mut Selection,
) {
    let tokens = page.context.tokens;
    let (name, title) = (contestant.name(), contestant.title());
    let is_chosen = selection.is_chosen(name);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Row, true, is_chosen, title));
    let is_under = response.contains_pointer() && ui.rect_contains_pointer(rect);
    if is_under {
        selection.hover(ui, name);
    }
    let fill = match (is_chosen, selection.emphasis(ui, name)) {
        (true, _) => Some(tokens.color.selection),
        (false, Emphasis::Strong) => Some(tokens.color.hover),
        _ => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, tokens.radius.sm, fill);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, tokens.color.border));
    mark_ui(ui, page, contestant, Columns::cell(rect, columns.mark));
    name_ui(ui, page, contestant, Columns::cell(rect, columns.name), rename);
    let small = tokens.size.small;
    let recipe = contestant.run().map_or("", |run| run.recipe.as_str());
    let cell = Columns::cell(rect, columns.recipe);
    let galley = cut_galley(ui, recipe, small, tokens.color.text_muted, cell.width() - tokens.space.sm);
    ui.painter().galley(
        pos2(cell.left(), cell.center().y - galley.size().y / 2.0),
        galley,
        tokens.color.text_muted,
    );
    let color = tokens.series(contestant.color());
    for ((metric, place), scale) in page.metrics.iter().zip(&columns.metrics).zip(scales) {
        let cell = Columns::cell(rect, *place);
        let value = metric.values.get(name).copied();
        value_ui(ui, tokens, cell, scale, value, color);
        if let Some(value) = value {
            let id = ui.scope_id().with((&metric.title, name));
            let response = ui.interact(cell, id, Sense::hover());
            response.widget_info(|| {
                WidgetInfo::labeled(egui::Role::Label, true, cells::short_words(value.value))
            });
            response.on_hover_text(value_words(metric, contestant, scale, value));
        }
    }
    if let Some(run) = contestant.run() {
        end_ui(ui, page, run, rect, columns, rename);
    }
    if response.double_clicked()
        && let Some(run) = contestant.run()
        && super::acts::may_change(page).is_ok()
    {
        *rename = Some(Rename::of(run));
    } else if response.clicked() {
        if ui.input(|input| input.modifiers.command || input.modifiers.shift) {
            selection.toggle(name);
        } else {
            selection.only(name);
        }
    }
    if let Some(run) = contestant.run() {
        response.context_menu(|ui| menu_ui(ui, page, run, rename));
    }
}

/// The run's colour; a click chooses another.
fn mark_ui(ui: &mut Ui, page: &Page<'_>, contestant: Contestant<'_>, cell: Rect) {
    let tokens = page.context.tokens;
    let color = tokens.series(contestant.color());
    let center = pos2(cell.left() + 12.0, cell.center().y);
    let Some(run) = contestant.run() else {
        ui.painter().circle_filled(center, 5.0, color);
        return;
    };
    let rect = Rect::from_center_size(center, vec2(20.0, 22.0));
    let response = ui.interact(rect, ui.scope_id().with(("colour", &run.name)), Sense::click());
    let name = format!("Colour of {}", run.title());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
    ui.painter().circle_filled(center, if response.hovered() { 6.5 } else { 5.0 }, color);
    egui::Popup::menu(&response).show(|ui| palette_ui(ui, page, run));
    response.on_hover_text(name);
}

/// The name, or the field in which it is changed; a pin before it, the version's own name faintly after an alias.
fn name_ui(
    ui: &mut Ui,
    page: &Page<'_>,
    contestant: Contestant<'_>,
    cell: Rect,
    rename: &mut Option<Rename>,
) {
    let tokens = page.context.tokens;
    if let Some(run) = contestant.run()
        && rename.as_ref().is_some_and(|rename| rename.name == run.name)
    {
        rename_ui(ui, page, run, cell, rename);
        return;
    }
    let mut left = cell.left();
    let faint = tokens.color.text_faint;
    if let Some(run) = contestant.run() {
        for (is_on, icon, hint) in
            [(run.pinned, Icon::ArrowUp, "Pinned"), (run.hidden, Icon::Close, "Hidden")]
        {
            if is_on {
                let at = Rect::from_center_size(pos2(left + 7.0, cell.center().y), vec2(14.0, 14.0));
                icon.image(14.0, tokens.color.accent_text).paint_at(ui, at);
                ui.interact(at, ui.scope_id().with((hint, &run.name)), Sense::hover()).on_hover_text(hint);
                left += 18.0;
            }
        }
    }
    let is_pale = contestant.run().is_some_and(|run| run.hidden || run.status != Status::Active);
    let ink = if is_pale { tokens.color.text_muted } else { tokens.color.text };
    let room = cell.right() - tokens.space.sm - left;
    let galley = cut_galley(ui, contestant.title(), tokens.size.body, ink, room);
    let width = galley.size().x;
    let is_cut = galley.elided;
    ui.painter().galley(pos2(left, cell.center().y - galley.size().y / 2.0), galley, ink);
    let own = contestant.run().filter(|run| run.alias.is_some()).map(|run| run.name.as_str());
    let rest = room - width - tokens.space.sm;
    if let Some(own) = own
        && rest > 30.0
    {
        let galley = cut_galley(ui, own, tokens.size.small, faint, rest);
        let at = pos2(left + width + tokens.space.sm, cell.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, faint);
    }
    let note = contestant.run().filter(|run| !run.note.is_empty()).map(|run| run.note.as_str());
    if is_cut || own.is_some() || note.is_some() {
        let lines = [Some(contestant.title()), own, note];
        let hint = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
        let area = Rect::from_x_y_ranges(left..=left + width, cell.y_range());
        ui.interact(area, ui.scope_id().with(("name", contestant.name())), Sense::hover())
            .on_hover_text(hint);
    }
}

fn rename_ui(ui: &mut Ui, page: &Page<'_>, run: &RunView, cell: Rect, rename: &mut Option<Rename>) {
    let Some(open) = rename else { return };
    let room = cell.shrink2(vec2(2.0, 3.0));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(room).id_salt("rename"));
    let field = TextEdit::singleline(&mut open.text).desired_width(room.width() - 12.0);
    let response = inner.add_sized(room.size(), field);
    crate::ui::widgets::search_field::name_field(&response, "New name of the run");
    if !open.is_open {
        open.is_open = true;
        response.request_focus();
        return;
    }
    if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        *rename = None;
    } else if response.lost_focus()
        && let Some(done) = rename.take()
    {
        done.finish(page, run);
    }
}

/// Training time, when it was made, and the menu.
fn end_ui(
    ui: &mut Ui,
    page: &Page<'_>,
    run: &RunView,
    rect: Rect,
    columns: &Columns,
    rename: &mut Option<Rename>,
) {
    let tokens = page.context.tokens;
    let faint = tokens.color.text_muted;
    let (seconds, made) = (Columns::cell(rect, columns.seconds), Columns::cell(rect, columns.made));
    let font = FontId::proportional(tokens.size.small);
    let number = |cell: Rect, text: String| {
        let at = pos2(cell.right() - tokens.space.sm, cell.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, font.clone(), faint);
    };
    if run.status == Status::Active {
        number(seconds, format!("{:.2}", run.seconds));
        number(made, ago_words(run.created_at));
    } else {
        let both = Rect::from_x_y_ranges(seconds.left()..=made.right(), rect.y_range());
        number(both, run.status.as_str().replace('_', " ").to_lowercase());
    }
    let id = ui.scope_id().with(("made", &run.name));
    ui.interact(made, id, Sense::hover()).on_hover_text(moment_words(run.created_at));
    let cell = Columns::cell(rect, columns.menu);
    let area = Rect::from_center_size(cell.center(), vec2(26.0, 26.0));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(area).id_salt(("menu", &run.name)));
    let name = format!("Menu of {}", run.title());
    let button = crate::ui::widgets::button::icon(&mut inner, tokens, Icon::More, &name);
    egui::Popup::menu(&button).show(|ui| menu_ui(ui, page, run, rename));
}
