//! An answer of actions: how probable it is that the user takes each, why, and what they do with it.

use super::answer::{Answered, Question};
use super::deeds::{Change, Deeds, Moved};
use super::results::rank_ui;
use super::why::piece;
use crate::domain::action::ActionEvent;
use crate::studio::{ItemEvidence, PredictedAction};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::button;
use egui::{Align, Label, Layout, Rect, RichText, ScrollArea, Sense, Ui, vec2};
use std::collections::BTreeMap;

const ROW: f32 = 54.0;
/// The height of one piece of evidence.
const PIECE: f32 = 22.0;
const BAR: f32 = 130.0;
/// Half the width of the bar of a piece of evidence.
const HALF: f32 = 50.0;
/// Log odds that fill it.
const FULL: f32 = 1.5;

/// How the person looks at the answer.
#[derive(Default)]
pub(super) struct ActionResults {
    /// The action whose evidence is shown in full.
    open: Option<String>,
    /// What the probabilities were when something was done last, by action.
    before: BTreeMap<String, f32>,
}

/// What was clicked.
pub(super) enum Clicked {
    /// What the user does with an action.
    Answer(String, ActionEvent),
    /// What was recorded is to be forgotten.
    Forget,
}

impl ActionResults {
    /// Draws the answer in all the room there is; `wanted` is what is still missing to ask, `deeds` what was done in the
    /// user's place, where anything can be.
    pub(super) fn ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        answer: &Loadable<Question, Answered>,
        wanted: Option<&str>,
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
        let actions = answered.response.actions();
        let ids = actions.iter().map(|action| action.action_id.as_str());
        let change = deeds.filter(|_| !answer.is_loading()).and_then(|deeds| deeds.change(ids));
        let change = change.map(|(change, _)| change);
        let mut clicked = head_ui(ui, tokens, answered, change.as_ref(), deeds);
        if actions.is_empty() {
            let text = "No action is open to this user: all have ended, rest since they were taken, or are filtered out.";
            ui.add(Label::new(muted(text)).wrap());
            return clicked;
        }
        let area = ScrollArea::vertical().id_salt("actions").auto_shrink([false, false]);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (place, action) in actions.iter().enumerate() {
                ui.push_id(&action.action_id, |ui| {
                    let title = answered.titles.get(place).unwrap_or(&action.action_id);
                    let moved = change.as_ref().and_then(|change| change.moves.get(place)).copied();
                    let was = self.before.get(&action.action_id).copied().filter(|_| change.is_some());
                    let answer =
                        self.row_ui(ui, tokens, (action, title, was), (place, moved), deeds.is_some());
                    clicked = answer.or_else(|| clicked.take());
                    if self.open.as_ref() == Some(&action.action_id) {
                        evidence_ui(ui, tokens, action);
                    }
                    let stroke = egui::Stroke::new(1.0, tokens.color.border);
                    let rect = ui.min_rect();
                    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, stroke);
                });
            }
        });
        if matches!(clicked, Some(Clicked::Answer(..))) {
            self.before = actions.iter().map(|action| (action.action_id.clone(), action.score)).collect();
        }
        clicked
    }

    /// One action. What the user does with it.
    fn row_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        (action, title, was): (&PredictedAction, &str, Option<f32>),
        (place, moved): (usize, Option<Moved>),
        acts: bool,
    ) -> Option<Clicked> {
        let is_open = self.open.as_ref() == Some(&action.action_id);
        let size = vec2(ui.available_width(), ROW);
        let row = ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.set_min_size(size);
            let chevron = if is_open { Icon::ChevronDown } else { Icon::ChevronRight };
            let name = if is_open { format!("Hide why {title}") } else { format!("Why {title}") };
            if button::icon(ui, tokens, chevron, &name).clicked() {
                self.open = (!is_open).then(|| action.action_id.clone());
            }
            let answer = if acts { answers_ui(ui, tokens, title) } else { None };
            ui.add_space(tokens.space.sm);
            bar_ui(ui, tokens, action.score, was);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                rank_ui(ui, tokens, place + 1, moved);
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.spacing_mut().interact_size.y = 20.0;
                    ui.add_space(6.0);
                    ui.horizontal(|ui| {
                        ui.add(Label::new(semibold(title, tokens.size.body)).truncate());
                        if title != action.action_id {
                            let id = RichText::new(&action.action_id).size(tokens.size.small);
                            ui.add(Label::new(id.color(tokens.color.text_faint)).truncate());
                        }
                    });
                    let why = RichText::new(sentence(action)).size(tokens.size.small);
                    ui.add(Label::new(why.color(tokens.color.text_muted)).truncate());
                });
            });
            answer
        });
        row.inner.map(|event| Clicked::Answer(action.action_id.clone(), event))
    }
}

/// How many, how fast, how the list changed by what was done, and the way to take that back.
fn head_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    answered: &Answered,
    change: Option<&Change>,
    deeds: Option<&Deeds>,
) -> Option<Clicked> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        let millis = answered.response.latency.as_secs_f64() * 1_000.0;
        ui.label(semibold("Next best actions", tokens.size.title));
        let words = format!("{} actions, answered in {millis:.1} ms", answered.response.actions().len());
        ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
    });
    ui.horizontal(|ui| {
        let small = |text: String, ink| RichText::new(text).size(tokens.size.small).color(ink);
        if let Some(change) = change {
            let label = ui.label(small(format!("Recorded: {}.", change.words()), tokens.color.accent_text));
            if !change.left.is_empty() {
                label.on_hover_text(format!("Left: {}", change.left.join(", ")));
            }
        } else {
            let text =
                "How probable it is that this user takes each when it is shown; record an answer and see.";
            ui.label(small(text.to_owned(), tokens.color.text_faint));
        }
        if deeds.is_some_and(Deeds::has_answers) {
            let forget = button::link(ui, tokens, "Forget answers recorded here");
            if forget.on_hover_text("The next training would learn from them").clicked() {
                clicked = Some(Clicked::Forget);
            }
        }
    });
    clicked
}

/// What the user may do with an action. What they do.
fn answers_ui(ui: &mut Ui, tokens: &Tokens, title: &str) -> Option<ActionEvent> {
    let gap = std::mem::take(&mut ui.spacing_mut().item_spacing.x);
    let mut done = None;
    for (event, icon) in [
        (ActionEvent::NotTaken, Icon::Close),
        (ActionEvent::Taken, Icon::Check),
        (ActionEvent::Viewed, Icon::Preview),
    ] {
        let name = format!("{}: {title}", event.as_str());
        let hint = format!("Recorded as an action interaction of the type {}", event.as_str());
        if button::icon(ui, tokens, icon, &name).on_hover_text(hint).clicked() {
            done = Some(event);
        }
    }
    ui.spacing_mut().item_spacing.x = gap;
    done
}

/// The probability as a bar from 0 to 100 %, and what it was before something was done.
fn bar_ui(ui: &mut Ui, tokens: &Tokens, score: f32, was: Option<f32>) {
    let (rect, response) = ui.allocate_exact_size(vec2(BAR, 34.0), Sense::hover());
    let was = was.map(percent).filter(|was| *was != percent(score));
    let words = match was {
        _ if score <= 0.0 => "too little is known".to_owned(),
        Some(was) => format!("{}, was {was}", percent(score)),
        None => percent(score),
    };
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("Probability {words}")));
    let rail = Rect::from_min_size(rect.left_top() + vec2(0.0, 5.0), vec2(BAR, 8.0));
    ui.painter().rect_filled(rail, 4.0, tokens.color.sunken);
    let done = Rect::from_min_size(rail.min, vec2(BAR * score.clamp(0.0, 1.0), 8.0));
    ui.painter().rect_filled(done, 4.0, tokens.color.accent);
    let font = egui::FontId::proportional(tokens.size.small);
    ui.painter().text(rect.left_bottom(), egui::Align2::LEFT_BOTTOM, words, font, tokens.color.text_muted);
    response.on_hover_text(if score > 0.0 {
        format!("Score {score:.4}: of a hundred users like this one, so many take it when it is shown")
    } else {
        "Score 0: it was not taken 50 times and not taken otherwise 50 times in the last six weeks of the data".to_owned()
    });
}

fn percent(share: f32) -> String {
    let percent = share * 100.0;
    if percent < 10.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// The whole reason in one sentence.
fn sentence(action: &PredictedAction) -> String {
    let evidence = action.explanation.as_ref().map_or(&[][..], |explanation| &explanation.evidence);
    let traits = evidence.iter().filter_map(|one| match one {
        ItemEvidence::Trait { what, weight } => Some((what.as_str(), *weight)),
        _ => None,
    });
    let heaviest: Vec<(&str, f32)> = traits.take(2).collect();
    let words = |(what, weight): &(&str, f32)| {
        format!("{what} speaks {}", if *weight > 0.0 { "for it" } else { "against it" })
    };
    match heaviest.as_slice() {
        [] if action.score > 0.0 => "As everybody".to_owned(),
        [] => "New or seldom shown: it has to be shown more before a probability can be told".to_owned(),
        some => some.iter().map(words).collect::<Vec<_>>().join("; "),
    }
}

/// Everything that speaks for an action and against it.
fn evidence_ui(ui: &mut Ui, tokens: &Tokens, action: &PredictedAction) {
    ui.spacing_mut().interact_size.y = PIECE;
    let evidence = action.explanation.as_ref().map_or(&[][..], |explanation| &explanation.evidence);
    if evidence.is_empty() {
        let text = "The version was trained before this action was there.";
        ui.label(RichText::new(text).color(tokens.color.text_faint));
    }
    for one in evidence {
        let line = vec2(ui.available_width(), PIECE);
        ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(line);
            ui.add_space(40.0);
            let (rect, _) = ui.allocate_exact_size(vec2(2.0 * HALF, 6.0), Sense::hover());
            if let ItemEvidence::Trait { weight, .. } = one {
                ui.painter().rect_filled(rect, 3.0, tokens.color.sunken);
                let long = HALF * (weight / FULL).clamp(-1.0, 1.0);
                let ends = [rect.center().x, rect.center().x + long];
                let x = ends[0].min(ends[1])..=ends[0].max(ends[1]);
                let ink = if *weight > 0.0 { tokens.color.accent } else { tokens.color.warning };
                ui.painter().rect_filled(Rect::from_x_y_ranges(x, rect.y_range()), 3.0, ink);
            }
            let (what, _, detail) = piece(one, |id| id);
            ui.add(Label::new(what).truncate());
            ui.label(RichText::new(detail).size(tokens.size.small).color(tokens.color.text_muted));
        });
    }
    ui.add_space(tokens.space.sm);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::{ItemExplanation, Parts};

    #[test]
    fn the_heaviest_traits_are_told() {
        let evidence = [("AGE above the mean", -0.4), ("MEMBERSHIP plus", 0.3), ("what they had", 0.1)]
            .map(|(what, weight)| ItemEvidence::Trait { what: what.to_owned(), weight });
        let explanation =
            ItemExplanation { origin: None, evidence: evidence.to_vec(), parts: Parts::default() };
        let action =
            PredictedAction { score: 0.2, explanation: Some(explanation), ..PredictedAction::default() };
        assert_eq!(sentence(&action), "AGE above the mean speaks against it; MEMBERSHIP plus speaks for it");
        assert_eq!((percent(0.0312), percent(0.31)), ("3.1 %".to_owned(), "31 %".to_owned()));
    }
}
