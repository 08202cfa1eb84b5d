//! One card a dataset: how much is in it, where it came from, what is wrong.

use super::super::drafts::Drafts;
use super::super::moments::moment_words;
use crate::domain::DatasetType;
use crate::studio::{DatasetView, GroupView};
use crate::ui::action::{Action, Question};
use crate::ui::notify::Notice;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::{button, card_frame, count_words};
use egui::{Align, Label, Layout, RichText, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo};

const HEIGHT: f32 = 122.0;

/// What was clicked.
#[derive(Clone, Copy)]
pub(super) enum Chosen {
    Dataset(DatasetType),
    Problems(DatasetType),
}

pub(super) fn cards_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    chosen: DatasetType,
    drafts: &mut Drafts,
) -> Option<Chosen> {
    let tokens = context.tokens;
    let gap = tokens.space.md;
    let width = (ui.available_width() - 2.0 * gap) / 3.0;
    let mut clicked = None;
    // Most groups have no actions: their cards show where there are some.
    let has_actions = group.datasets.iter().any(|dataset| dataset.kind.is_of_actions());
    let (of_actions, others): (Vec<DatasetType>, Vec<DatasetType>) =
        DatasetType::ALL.into_iter().partition(|kind| kind.is_of_actions());
    for kinds in std::iter::once(others).chain(has_actions.then_some(of_actions)) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for kind in kinds {
                let choice = if let Some(dataset) = group.dataset(kind) {
                    card_ui(context, ui, group, dataset, kind == chosen, width, drafts)
                } else {
                    empty_card_ui(context, ui, kind, width);
                    None
                };
                clicked = choice.or(clicked);
            }
        });
    }
    clicked
}

fn icon_of(kind: DatasetType) -> Icon {
    match kind {
        DatasetType::Interactions | DatasetType::ActionInteractions => Icon::Table,
        DatasetType::Items => Icon::Item,
        DatasetType::Users => Icon::User,
        DatasetType::Actions => Icon::Check,
    }
}

fn card_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    dataset: &DatasetView,
    is_chosen: bool,
    width: f32,
    drafts: &mut Drafts,
) -> Option<Chosen> {
    let tokens = context.tokens;
    let kind = dataset.kind;
    let mut choice = None;
    let scope = UiBuilder::new().id_salt(kind.as_str()).sense(Sense::click());
    let response = ui.scope_builder(scope, |ui| {
        let response = ui.response();
        response.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, true, is_chosen, format!("Dataset {kind}"))
        });
        let edge = if is_chosen {
            tokens.color.accent
        } else if response.hovered() || response.has_focus() {
            tokens.color.border_strong
        } else {
            tokens.color.border
        };
        let frame = card_frame(tokens).inner_margin(tokens.space.md).stroke(Stroke::new(1.0, edge));
        frame.show(ui, |ui| {
            ui.set_width(width - 2.0 * tokens.space.md - 2.0);
            ui.set_height(HEIGHT - 2.0 * tokens.space.md);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 3.0;
                ui.horizontal(|ui| {
                    ui.add(icon_of(kind).image(18.0, tokens.color.accent_text));
                    ui.label(semibold(kind.title(), tokens.size.title));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        menu_ui(context, ui, group, kind, drafts);
                        badge(ui, tokens, Tone::Neutral, &format!("version {}", dataset.version));
                    });
                });
                ui.horizontal(|ui| {
                    ui.label(semibold(format!("{} rows", count_words(dataset.rows)), tokens.size.body));
                    ui.add(
                        Label::new(RichText::new(who_and_what(dataset)).color(tokens.color.text_muted))
                            .truncate(),
                    );
                });
                ui.horizontal(|ui| {
                    let words = match dataset.problems {
                        0 => "No problem rows".to_owned(),
                        1 => "1 problem row".to_owned(),
                        many => format!("{} problem rows", count_words(many)),
                    };
                    let small = RichText::new(words).size(tokens.size.small);
                    if dataset.problems == 0 {
                        ui.label(small.color(tokens.color.success));
                    } else if ui
                        .add(egui::Button::new(small.color(tokens.color.warning)).frame(false))
                        .clicked()
                    {
                        choice = Some(Chosen::Problems(kind));
                    }
                    let from = format!("{}, {}", dataset.source, moment_words(dataset.imported_at));
                    let text = RichText::new(&from).size(tokens.size.small).color(tokens.color.text_faint);
                    ui.add(Label::new(text).truncate());
                });
            });
        });
    });
    if response.response.clicked() {
        choice = choice.or(Some(Chosen::Dataset(kind)));
    }
    choice
}

fn who_and_what(dataset: &DatasetView) -> String {
    let fields = format!("{} fields", dataset.schema.fields.len());
    match dataset.kind {
        DatasetType::Interactions => {
            format!("{} users, {} items, {fields}", count_words(dataset.users), count_words(dataset.items))
        }
        DatasetType::ActionInteractions => {
            format!("{} users, {} actions, {fields}", count_words(dataset.users), count_words(dataset.items))
        }
        DatasetType::Items | DatasetType::Users | DatasetType::Actions => fields,
    }
}

fn menu_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    group: &GroupView,
    kind: DatasetType,
    drafts: &mut Drafts,
) {
    let menu = button::icon(ui, context.tokens, Icon::More, &format!("More for {kind}"));
    egui::Popup::menu(&menu).show(|ui| {
        ui.set_min_width(200.0);
        if ui.button("Change mapping...").clicked() {
            drafts.reopen(&group.name, kind);
            ui.close();
        }
        if ui.button("Copy the schema").clicked()
            && let Some(dataset) = group.dataset(kind)
        {
            context.send.send(Action::CopyText(dataset.schema.to_json()));
            ui.close();
        }
        ui.separator();
        if ui.add_enabled(!context.is_read_only(), egui::Button::new("Delete the dataset...")).clicked() {
            ask_to_delete(context, group, kind);
            ui.close();
        }
    });
}

fn ask_to_delete(context: &PaneContext<'_>, group: &GroupView, kind: DatasetType) {
    let name = group.name.clone();
    context.send.send(Action::Ask(Question {
        title: format!("Delete {kind} of {name}?"),
        text: "Its rows, schema and problem rows go. The file it came from stays as it is. This can't be undone."
            .to_owned(),
        field: None,
        confirm: "Delete".to_owned(),
        danger: true,
        then: Box::new(move |_| Action::Change {
            what: format!("Deleting {kind}"),
            work: Box::new(move |studio| {
                studio.delete_dataset(&name, kind)?;
                Ok(Some(Notice::success(format!("{kind} of {name} deleted"))))
            }),
        }),
    }));
}

fn empty_card_ui(context: &PaneContext<'_>, ui: &mut Ui, kind: DatasetType, width: f32) {
    let tokens: &Tokens = context.tokens;
    let text = match kind {
        DatasetType::Interactions => "Who did what and when. Everything else follows from it.",
        DatasetType::Items => {
            "Titles, genres, prices: shown beside recommendations and used by recipes and filters."
        }
        DatasetType::Users => "Age, country, membership: used by recipes and filters.",
        DatasetType::Actions => "What people can be asked to do: enrol, download, apply.",
        DatasetType::ActionInteractions => "Which actions people were shown, took and did not take.",
    };
    card_frame(tokens).inner_margin(tokens.space.md).fill(tokens.color.background).show(ui, |ui| {
        ui.set_width(width - 2.0 * tokens.space.md - 2.0);
        ui.set_height(HEIGHT - 2.0 * tokens.space.md);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            ui.horizontal(|ui| {
                ui.add(icon_of(kind).image(18.0, tokens.color.text_faint));
                ui.label(
                    semibold(format!("No {kind} yet"), tokens.size.title).color(tokens.color.text_muted),
                );
            });
            ui.add(Label::new(RichText::new(text).color(tokens.color.text_muted)).wrap());
        });
    });
}
