//! The filters there are, and how many events they look at.

use crate::domain::limits::{FILTER_EVENTS, MAX_FILTERS};
use crate::studio::{FilterView, GroupView};
use crate::ui::action::{Action, Question};
use crate::ui::notify::Notice;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::{button, cut_text::cut_galley, search_field::name_field};
use egui::{Align, ComboBox, Layout, RichText, ScrollArea, Sense, Ui, WidgetInfo, vec2};

const ROW: f32 = 46.0;

/// What was asked for.
pub(super) enum Asked {
    Edit(FilterView),
    New,
}

/// Draws the list in the height there is; `edited` is the name of the one in the editor.
pub(super) fn list_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    edited: Option<&str>,
    newest: Option<usize>,
) -> Option<Asked> {
    let tokens = context.tokens;
    let mut asked = None;
    ui.horizontal(|ui| {
        ui.label(semibold("Filters", tokens.size.title));
        let words = format!("{} of {MAX_FILTERS}", group.filters.len());
        ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_faint));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let enabled = ui.add_enabled_ui(!context.is_read_only(), |ui| {
                button::icon(ui, tokens, Icon::Plus, "New filter")
            });
            if enabled.inner.clicked() {
                asked = Some(Asked::New);
            }
        });
    });
    ui.add_space(tokens.space.xs);
    let height = ui.available_height() - 74.0;
    let area = ScrollArea::vertical().id_salt("filters").auto_shrink([false, false]).max_height(height);
    area.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        if group.filters.is_empty() {
            let text = "None yet. Write one at the right; it can be used the moment it is made.";
            ui.label(RichText::new(text).color(tokens.color.text_muted));
        }
        for filter in &group.filters {
            if row_ui(context, ui, group, filter, edited == Some(filter.name.as_str())) {
                asked = Some(Asked::Edit(filter.clone()));
            }
        }
    });
    events_ui(context, ui, tokens, group, newest);
    asked
}

/// One filter. Whether it is to be edited.
fn row_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    filter: &FilterView,
    is_edited: bool,
) -> bool {
    let tokens = context.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = format!("Edit the filter {}", filter.name);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_edited, &name));
    let fill = match (is_edited, response.hovered() || response.has_focus()) {
        (true, _) => Some(tokens.color.accent_soft),
        (false, true) => Some(tokens.color.hover),
        (false, false) => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, tokens.radius.md, fill);
    }
    let inside = rect.shrink2(vec2(tokens.space.sm, tokens.space.xs));
    let room = inside.width() - 30.0;
    let title = cut_galley(ui, &filter.name, tokens.size.body, tokens.color.text, room);
    ui.painter().galley(inside.min, title, tokens.color.text);
    let expression = filter.expression.split_whitespace().collect::<Vec<_>>().join(" ");
    let small = cut_galley(ui, &expression, tokens.size.small, tokens.color.text_muted, room);
    let at = egui::pos2(inside.left(), inside.bottom() - small.size().y);
    ui.painter().galley(at, small, tokens.color.text_muted);
    let place = egui::Rect::from_center_size(
        egui::pos2(inside.right() - 12.0, rect.center().y),
        egui::Vec2::splat(26.0),
    );
    let mut corner = ui.new_child(egui::UiBuilder::new().id_salt(&filter.name).max_rect(place));
    if context.is_read_only() {
        corner.disable();
    }
    let name = format!("Delete the filter {}", filter.name);
    if button::icon(&mut corner, tokens, Icon::Trash, &name).clicked() {
        ask_to_delete(context, group, &filter.name);
    }
    response.on_hover_text(&filter.expression).clicked()
}

fn ask_to_delete(context: &PaneContext<'_>, group: &GroupView, name: &str) {
    let (group, name) = (group.name.clone(), name.to_owned());
    context.send.send(Action::Ask(Question {
        title: format!("Delete the filter {name}?"),
        text: "Campaigns and batches can't be asked with it any more. Its text is gone.".to_owned(),
        field: None,
        confirm: "Delete".to_owned(),
        danger: true,
        then: Box::new(move |_| Action::Change {
            what: format!("Deleting the filter {name}"),
            work: Box::new(move |studio| {
                studio.delete_filter(&group, &name)?;
                Ok(Some(Notice::success(format!("Filter {name} deleted"))))
            }),
        }),
    }));
}

/// How many events conditions on Interactions look at.
fn events_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    tokens: &Tokens,
    group: &GroupView,
    newest: Option<usize>,
) {
    ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
        let words = |newest: Option<usize>| match newest {
            None => "all of them".to_owned(),
            Some(newest) => format!("the newest {newest} of each type"),
        };
        ui.add_enabled_ui(!context.is_read_only(), |ui| {
            let combo =
                ComboBox::from_id_salt("events").width(ui.available_width()).selected_text(words(newest));
            let combo = combo.show_ui(ui, |ui| {
                let mut offered = vec![None, Some(FILTER_EVENTS)];
                offered.extend(Some(newest).filter(|newest| !offered.contains(newest)));
                for choice in offered {
                    if ui.selectable_label(choice == newest, words(choice)).clicked() && choice != newest {
                        let group = group.name.clone();
                        context.send.change("Choosing the events", move |studio| {
                            studio.set_filter_events(&group, choice)?;
                            Ok(None)
                        });
                    }
                }
            });
            name_field(&combo.response, "Interactions that filters look at");
            let hint = "The service looks at the newest 100 of a user and an event type";
            combo.response.on_hover_text(hint);
        });
        let text = RichText::new("Interactions that filters look at").size(tokens.size.small);
        ui.label(text.color(tokens.color.text_muted));
    });
}
