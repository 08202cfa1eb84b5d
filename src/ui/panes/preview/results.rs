//! The answer as a list: rank, title, score as a bar, and how each item came.

use super::answer::{Answered, Question};
use super::deeds::{Change, Deed, Deeds, Moved};
use super::why::{Way, piece, score_words, sentence, unrelated_words};
use crate::domain::Task;
use crate::studio::{Origin, PredictedItem, Unrelated};
use crate::ui::action::Action;
use crate::ui::loadable::Loadable;
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::{button, search_field::name_field};
use egui::{Align, Button, Label, Layout, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};
use std::time::Duration;

const ROW: f32 = 48.0;
/// The height of one piece of evidence.
const PIECE: f32 = 24.0;
const BAR: f32 = 96.0;

/// How the person looks at the answer.
#[derive(Default)]
pub(super) struct Results {
    /// The item whose evidence is shown in full.
    open: Option<String>,
}

/// What was clicked.
pub(super) enum Clicked {
    /// An item's title.
    Item(String),
    /// Something to be done to an item.
    Deed(String, Deed),
}

impl Results {
    /// Draws the answer in all the room there is; `wanted` is what is still missing to ask, `deeds` what was done in the
    /// user's place, where anything can be. What was clicked.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        answer: &Loadable<Question, Answered>,
        wanted: Option<&str>,
        seen: &dyn Fn(&str) -> bool,
        deeds: Option<&Deeds>,
    ) -> Option<Clicked> {
        let tokens = context.tokens;
        let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
        if let Some(wanted) = wanted {
            ui.add(Label::new(muted(wanted)).wrap());
            return None;
        }
        if let Some(failure) = answer.failure() {
            ui.add(Label::new(RichText::new(failure).color(tokens.color.error)).wrap());
            return None;
        }
        let Some(answered) = answer.value() else {
            ui.label(muted("Asking..."));
            return None;
        };
        let ids = answered.response.items().iter().map(|item| item.item_id.as_str());
        let change = deeds.filter(|_| !answer.is_loading()).and_then(|deeds| deeds.change(ids));
        head_ui(ui, tokens, answered, change.as_ref());
        if let Some(unrelated) = &answered.unrelated {
            unrelated_ui(context, ui, unrelated);
        }
        if answered.response.items().is_empty() {
            ui.label(muted("The campaign has nothing to recommend here."));
            return None;
        }
        let change = change.map(|(change, _)| change);
        self.rows_ui(ui, tokens, answered, seen, (deeds, change.as_ref()))
    }

    fn rows_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        answered: &Answered,
        seen: &dyn Fn(&str) -> bool,
        (deeds, change): (Option<&Deeds>, Option<&Change>),
    ) -> Option<Clicked> {
        let items = answered.response.items();
        let open = items.iter().position(|item| Some(&item.item_id) == self.open.as_ref());
        let extra = open.map_or(0.0, |place| evidence_height(&items[place]));
        let mut clicked = None;
        let area = ScrollArea::vertical().id_salt("results").auto_shrink([false, false]);
        area.show_viewport(ui, |ui, viewport| {
            ui.set_height(ROW * items.len() as f32 + extra);
            let (left, top, width) = (ui.max_rect().left(), ui.max_rect().top(), ui.available_width());
            for (place, item) in items.iter().enumerate() {
                let above = if open.is_some_and(|open| place > open) { extra } else { 0.0 };
                let begins = ROW * place as f32 + above;
                let tall = if open == Some(place) { ROW + extra } else { ROW };
                if begins + tall < viewport.top() || begins > viewport.bottom() {
                    continue;
                }
                let rect = Rect::from_min_size(pos2(left, top + begins), vec2(width, tall));
                ui.scope_builder(UiBuilder::new().id_salt(place).max_rect(rect), |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let mut is_open = open == Some(place);
                    let row = Row {
                        answered,
                        place,
                        is_seen: seen(&item.item_id),
                        moved: change.and_then(|change| change.moves.get(place)).copied(),
                        deeds,
                    };
                    clicked = row.ui(ui, tokens, &mut is_open).or_else(|| clicked.take());
                    if is_open != (open == Some(place)) {
                        self.open = is_open.then(|| item.item_id.clone());
                    }
                    if open == Some(place) {
                        evidence_ui(ui, tokens, answered, item);
                    }
                });
                let stroke = egui::Stroke::new(1.0, tokens.color.border);
                ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, stroke);
            }
        });
        clicked
    }
}

/// How many, how fast, and whether the recipe had nothing to go on.
fn head_ui(ui: &mut Ui, tokens: &Tokens, answered: &Answered, change: Option<&(Change, Option<Duration>)>) {
    ui.horizontal(|ui| {
        let count = answered.response.items().len();
        let millis = answered.response.latency.as_secs_f64() * 1_000.0;
        ui.label(semibold("Recommendations", tokens.size.title));
        let words = format!("{count} items, answered in {millis:.1} ms");
        ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
        if answered.response.origin == Origin::Popular && answered.recipe.task != Task::PopularItems
        {
            badge(ui, tokens, Tone::Warning, "fallback: popular items").on_hover_text(
                "The recipe had nothing to go on (no history, or too few users share the item): these are popular with everyone",
            );
        }
    });
    let Some((change, took)) = change else { return };
    let recorded =
        took.map_or_else(String::new, |took| format!("Recorded in {:.1} ms: ", took.as_secs_f64() * 1_000.0));
    let mut words = format!("{recorded}{}.", change.words());
    if !answered.recipe.takes_events {
        words += " This recipe takes events in with the next training.";
    }
    let label = Label::new(RichText::new(words).size(tokens.size.small).color(tokens.color.accent_text));
    let label = ui.add(label.truncate());
    if !change.left.is_empty() {
        label.on_hover_text(format!("Left: {}", change.left.join(", ")));
    }
}

/// Why these are popular items and not related ones, and the way to change that.
fn unrelated_ui(context: &PaneContext<'_>, ui: &mut Ui, unrelated: &Unrelated) {
    let tokens = context.tokens;
    let frame = egui::Frame::new().fill(tokens.color.warning_soft).corner_radius(tokens.radius.md);
    frame.inner_margin(tokens.space.md).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = tokens.space.xs;
        let (why, remedy) = unrelated_words(unrelated);
        ui.add(Label::new(why).wrap());
        ui.add(Label::new(RichText::new(remedy).color(tokens.color.text_muted)).wrap());
        if button::link(ui, tokens, "Open Training").clicked() {
            context.send.send(Action::Show(PaneKind::Training));
        }
    });
    ui.add_space(tokens.space.xs);
}

/// One item of the list.
struct Row<'a> {
    answered: &'a Answered,
    place: usize,
    is_seen: bool,
    moved: Option<Moved>,
    deeds: Option<&'a Deeds>,
}

impl Row<'_> {
    /// Draws it. What was clicked.
    fn ui(&self, ui: &mut Ui, tokens: &Tokens, is_open: &mut bool) -> Option<Clicked> {
        let (answered, place) = (self.answered, self.place);
        let item = &answered.response.items()[place];
        let title = answered.titles.get(place).map_or(item.item_id.as_str(), String::as_str);
        let size = vec2(ui.available_width(), ROW);
        let row = ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.set_min_size(size);
            let chevron = if *is_open { Icon::ChevronDown } else { Icon::ChevronRight };
            let name = if *is_open { format!("Hide why {title}") } else { format!("Why {title}") };
            if button::icon(ui, tokens, chevron, &name).clicked() {
                *is_open = !*is_open;
            }
            let deed = self.deeds.and_then(|deeds| deeds_ui(ui, tokens, deeds, title));
            bar_ui(ui, tokens, answered, item);
            let opened = ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                rank_ui(ui, tokens, place + 1, self.moved);
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.spacing_mut().interact_size.y = 18.0;
                    ui.spacing_mut().button_padding.y = 0.0;
                    ui.add_space(5.0);
                    title_ui(ui, tokens, answered, title, place, self.is_seen)
                })
                .inner
            });
            let opened = opened.inner.then(|| Clicked::Item(item.item_id.clone()));
            deed.map(|deed| Clicked::Deed(item.item_id.clone(), deed)).or(opened)
        });
        row.inner
    }
}

/// What can be done to an item in the user's place. What was.
fn deeds_ui(ui: &mut Ui, tokens: &Tokens, deeds: &Deeds, title: &str) -> Option<Deed> {
    let gap = std::mem::take(&mut ui.spacing_mut().item_spacing.x);
    let mut done = None;
    for deed in Deed::ALL.into_iter().rev() {
        let name = format!("{} {title}", deed.word());
        let hint = match deed {
            Deed::Skip => "Passed over: counts as shown, is no interaction, and filters see it".to_owned(),
            _ => format!("Recorded as an event of the type {}", deeds.event_type(deed)),
        };
        if button::icon(ui, tokens, deed.icon(), &name).on_hover_text(hint).clicked() {
            done = Some(deed);
        }
    }
    ui.spacing_mut().item_spacing.x = gap;
    ui.add_space(tokens.space.xs);
    done
}

/// The title, the id and the reason. Whether the title was clicked.
fn title_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    answered: &Answered,
    title: &str,
    place: usize,
    is_seen: bool,
) -> bool {
    let item = &answered.response.items()[place];
    let line = vec2(ui.available_width(), 18.0);
    let response = ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
        if title != item.item_id {
            let id = RichText::new(&item.item_id).size(tokens.size.small).color(tokens.color.text_faint);
            ui.add(Label::new(id).truncate());
        }
        if is_seen {
            badge(ui, tokens, Tone::Neutral, "in the history").on_hover_text("The user had it already");
        }
        for reason in item.reason.iter().flatten() {
            let words = match &item.promotion_name {
                Some(name) => format!("promoted: {name}"),
                None => reason.to_lowercase(),
            };
            badge(ui, tokens, Tone::Accent, &words).on_hover_text(reason_words(reason));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Button::new(semibold(title, tokens.size.body)).frame(false).truncate())
        })
        .inner
    });
    let response = response.inner;
    name_field(&response, &format!("Rank {}: {title}", place + 1));
    let way = Way::of(answered.recipe, item);
    let ink = match way {
        Way::Fallback | Way::Unknown => tokens.color.warning,
        Way::Rule | Way::CoOccurrence | Way::History => tokens.color.accent_text,
        Way::Popularity => tokens.color.text_muted,
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = tokens.space.xs;
        ui.label(RichText::new(way.word()).size(tokens.size.small).color(ink));
        let name = |id| answered.names.get(id).map_or(id, String::as_str);
        let told = item.metadata.iter().flatten().map(|(column, value)| format!("{column} {value}"));
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            let told = RichText::new(told.join(", ")).size(tokens.size.small).color(tokens.color.text);
            ui.add(Label::new(told).truncate());
        }
        let why = sentence(answered.recipe, item, name);
        ui.add(
            Label::new(RichText::new(why).size(tokens.size.small).color(tokens.color.text_muted)).truncate(),
        );
    });
    response.on_hover_text(format!("{title} ({})", item.item_id)).clicked()
}

/// What a reason of the service's means.
fn reason_words(reason: &str) -> &'static str {
    match reason {
        "Promoted item" => {
            "Chosen by the promotion's filter; its place is random, the order among promoted items is not"
        }
        "Exploration" => "New and little known: it would not be in the list if nothing were explored",
        _ => "Popular with everyone, for want of anything better",
    }
}

/// The rank, and under it how the item came there.
pub(super) fn rank_ui(ui: &mut Ui, tokens: &Tokens, rank: usize, moved: Option<Moved>) {
    let (rect, response) = ui.allocate_exact_size(vec2(34.0, 36.0), Sense::hover());
    let font = egui::FontId::proportional(tokens.size.body);
    let words = match moved {
        None | Some(Moved::Stayed) => None,
        Some(Moved::Entered) => Some(("new".to_owned(), tokens.color.success)),
        Some(Moved::Up(places)) => Some((format!("+{places}"), tokens.color.success)),
        Some(Moved::Down(places)) => Some((format!("-{places}"), tokens.color.warning)),
    };
    let drop = if words.is_some() { 8.0 } else { 0.0 };
    let at = rect.right_center() - vec2(4.0, drop);
    ui.painter().text(at, egui::Align2::RIGHT_CENTER, rank, font, tokens.color.text_faint);
    if let Some((words, ink)) = words {
        let font = egui::FontId::proportional(tokens.size.small);
        let at = rect.right_center() + vec2(-4.0, drop);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, &words, font, ink);
        let said = match moved {
            Some(Moved::Entered) => format!("Rank {rank} entered the list"),
            _ => format!("Rank {rank} moved {words}"),
        };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &said));
    }
}

/// The score as a bar with its number under it.
fn bar_ui(ui: &mut Ui, tokens: &Tokens, answered: &Answered, item: &PredictedItem) {
    let (rect, response) = ui.allocate_exact_size(vec2(BAR, 32.0), Sense::hover());
    let words = item.strength.map_or_else(|| "no score".to_owned(), score_words);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("Score {words}")));
    let rail = Rect::from_min_size(rect.left_top() + vec2(0.0, 4.0), vec2(BAR, 6.0));
    ui.painter().rect_filled(rail, 3.0, tokens.color.sunken);
    if let Some(strength) = item.strength {
        let long = BAR * answered.share(strength);
        let done = Rect::from_min_size(rail.min, vec2(long, 6.0));
        ui.painter().rect_filled(done, 3.0, tokens.color.accent);
        if let Some(share) = everyones_share(item) {
            let done = Rect::from_min_size(rail.min, vec2(long * share, 6.0));
            ui.painter().rect_filled(done, 3.0, tokens.color.text_faint);
        }
    }
    let font = egui::FontId::proportional(tokens.size.small);
    let at = rect.left_bottom();
    ui.painter().text(at, egui::Align2::LEFT_BOTTOM, words, font, tokens.color.text_muted);
    let response = match everyones_share(item) {
        Some(share) => response.on_hover_text(format!(
            "Grey: the {:.0} % of it that the item has for everyone; the rest is because of what the user did",
            f64::from(share) * 100.0
        )),
        None => response,
    };
    response.on_hover_text(match item.score {
        Some(_) if answered.recipe.task == Task::PersonalizedRanking => {
            "How probable it is that this one is next, of the list alone: all of them add up to 1"
        }
        Some(_) => "How probable it is that this one is next: all items of the catalogue add up to 1",
        None => "The model's score; the longest bar is the best of this list",
    });
}

/// The share of its score that an item has for everyone.
fn everyones_share(item: &PredictedItem) -> Option<f32> {
    item.explanation.as_ref()?.parts.popularity.as_ref()?.share
}

fn evidence_height(item: &PredictedItem) -> f32 {
    let pieces = item
        .explanation
        .as_ref()
        .map_or(0, |explanation| explanation.evidence.len() + explanation.parts.words(str::to_owned).len());
    PIECE * pieces.max(1) as f32 + 8.0
}

/// Everything that speaks for an item.
fn evidence_ui(ui: &mut Ui, tokens: &Tokens, answered: &Answered, item: &PredictedItem) {
    ui.spacing_mut().interact_size.y = PIECE;
    let evidence = item.explanation.as_ref().map(|explanation| explanation.evidence.as_slice());
    let id = RichText::new(format!("Item {}", item.item_id)).size(tokens.size.small);
    let evidence = evidence.unwrap_or_default();
    let name = |id: &str| answered.names.get(id).map_or_else(|| id.to_owned(), String::clone);
    let parts = item.explanation.as_ref().map(|explanation| explanation.parts.words(name));
    let parts = parts.unwrap_or_default();
    for words in &parts {
        let line = vec2(ui.available_width(), PIECE);
        ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(line);
            ui.add_space(40.0);
            ui.add(Label::new(RichText::new(words).color(tokens.color.text_muted)).truncate());
        });
    }
    if evidence.is_empty() && parts.is_empty() {
        ui.label(id.color(tokens.color.text_faint));
    }
    for one in evidence {
        let (what, share, detail) = piece(one, |id| answered.names.get(id).map_or(id, String::as_str));
        let line = vec2(ui.available_width(), PIECE);
        ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(line);
            ui.add_space(40.0);
            let (rect, _) = ui.allocate_exact_size(vec2(60.0, 6.0), Sense::hover());
            if let Some(share) = share {
                ui.painter().rect_filled(rect, 3.0, tokens.color.sunken);
                let done = Rect::from_min_size(rect.min, vec2(60.0 * share.clamp(0.0, 1.0), 6.0));
                ui.painter().rect_filled(done, 3.0, tokens.color.accent);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(tokens.space.lg);
                ui.label(RichText::new(detail).size(tokens.size.small).color(tokens.color.text_muted));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(what).truncate());
                });
            });
        });
    }
}
