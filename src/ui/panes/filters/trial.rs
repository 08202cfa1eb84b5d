//! The expression at work: how much it keeps, what, and why one item is in or out.

use super::super::filter_choice::{ParameterTexts, parameters_ui, values_of};
use super::super::id_field::{DataKey, IdField, IdOf};
use crate::domain::filter::{Action, Filter, Target};
use crate::studio::{
    Applies, ConditionTrace, ExpressionTrace, FilterAnswer, FilterTrace, FilterTrial, FoundId,
};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::{count_words, cut_text::cut_galley, section};
use egui::{FontId, Label, RichText, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

const ROW: f32 = 26.0;

/// What the answer depends on beside the expression: the data, and how many events are looked at.
type TrialKey = (DataKey, Option<usize>, FilterTrial);

pub(super) struct Trial {
    texts: ParameterTexts,
    user: IdField,
    item: IdField,
    why: IdField,
    answer: Loadable<TrialKey, FilterAnswer>,
    /// The answer before, while something is still missing for another.
    wanting: Option<String>,
}

impl Default for Trial {
    fn default() -> Self {
        Self {
            texts: ParameterTexts::new(),
            user: IdField::new(IdOf::User),
            item: IdField::new(IdOf::Item),
            why: IdField::new(IdOf::Item),
            answer: Loadable::default(),
            wanting: None,
        }
    }
}

impl Trial {
    /// Fields for what the expression must be told, in the editor's card.
    pub(super) fn fields_ui(
        &mut self,
        context: &PaneContext<'_>,
        ui: &mut Ui,
        data: &DataKey,
        filter: &Filter,
    ) {
        let tokens = context.tokens;
        let parameters = filter.parameters();
        if parameters.is_empty() && !filter.needs_user() && !filter.needs_item() {
            return;
        }
        section::subheading(ui, tokens, "Tried with");
        ui.horizontal_wrapped(|ui| {
            parameters_ui(ui, tokens, &parameters, &mut self.texts);
            if filter.needs_user() {
                ui.label("Asked by");
                self.user.ui(context, ui, data, "User the filter is tried with", "A user's id", 180.0);
                ui.add_space(tokens.space.sm);
            }
            if filter.needs_item() {
                ui.label("About");
                let hint = "An item's title or id";
                self.item.ui(context, ui, data, "Item the filter is tried with", hint, 220.0);
            }
        });
    }

    /// Keeps the answer up to what stands.
    pub(super) fn load(
        &mut self,
        context: &PaneContext<'_>,
        data: &DataKey,
        newest: Option<usize>,
        filter: &Filter,
    ) {
        let parameters = filter.parameters();
        let values = values_of(&parameters, &self.texts);
        let given = |name: &str| values.iter().any(|(given, _)| given == name);
        let missing = parameters.iter().find(|parameter| parameter.is_required && !given(&parameter.name));
        self.wanting = if let Some(parameter) = missing {
            Some(format!("Give a value for ${} above.", parameter.name))
        } else if filter.needs_user() && self.user.id().is_none() {
            Some("Name a user above: the filter looks at who asks.".to_owned())
        } else if filter.needs_item() && self.item.id().is_none() {
            Some("Name an item above: the filter looks at the item asked about.".to_owned())
        } else {
            None
        };
        if self.wanting.is_some() {
            return;
        }
        let trial = FilterTrial {
            expression: filter.text.clone(),
            values,
            user: self.user.id().filter(|_| filter.needs_user()).map(str::to_owned),
            item: self.item.id().filter(|_| filter.needs_item()).map(str::to_owned),
            why: self.why.id().map(str::to_owned),
        };
        let (studio, group) = (context.studio.clone(), data.0.clone());
        let key = (data.clone(), newest, trial.clone());
        self.answer.keep(context, key, "trying a filter", move |_| studio.try_filter(&group, &trial));
    }

    /// What is kept, in a card of its own; where the expression does not hold as it stands, what it kept before.
    pub(super) fn kept_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, holds: bool) {
        let tokens = context.tokens;
        let title = if holds { "What it keeps" } else { "What it kept when it last held" };
        section::card(ui, tokens, title, |ui| {
            let Some(answer) = self.shown(ui, tokens) else { return };
            let noun = noun(answer.target, answer.total);
            let share = if answer.total == 0 { 0.0 } else { answer.kept as f32 / answer.total as f32 };
            ui.horizontal(|ui| {
                let words = format!(
                    "{} of {} {noun}",
                    count_words(answer.kept as u64),
                    count_words(answer.total as u64)
                );
                ui.label(semibold(words, tokens.size.body));
                let micros = answer.latency.as_secs_f64() * 1e6;
                let words = format!("{:.1} %, in {micros:.0} µs", share * 100.0);
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
            });
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
            ui.painter().rect_filled(rect, 3.0, tokens.color.sunken);
            let filled = egui::Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
            ui.painter().rect_filled(filled, 3.0, tokens.color.accent);
            ui.add_space(tokens.space.xs);
            let mut asked = None;
            let height = ui.available_height().max(6.0 * ROW);
            ScrollArea::vertical().id_salt("kept").max_height(height).auto_shrink([false, true]).show(
                ui,
                |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for found in &answer.first {
                        if found_ui(ui, tokens, found) {
                            asked = Some(found.id.clone());
                        }
                    }
                    let more = answer.kept.saturating_sub(answer.first.len());
                    if more > 0 {
                        let words = format!("and {} more", count_words(more as u64));
                        ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_faint));
                    }
                },
            );
            if let Some(id) = asked {
                self.why.set(&id);
            }
        });
    }

    /// The answer, or a word on why there is none.
    fn shown(&self, ui: &mut Ui, tokens: &Tokens) -> Option<FilterAnswer> {
        let muted = |text: &str| RichText::new(text.to_owned()).color(tokens.color.text_muted);
        if let Some(wanting) = &self.wanting {
            ui.add(Label::new(muted(wanting)).wrap());
            return None;
        }
        if let Some(failure) = self.answer.failure() {
            ui.add(Label::new(RichText::new(failure).color(tokens.color.error)).wrap());
            return None;
        }
        let answer = self.answer.value().cloned();
        if answer.is_none() {
            ui.label(muted("Looking..."));
        }
        answer
    }

    /// Why one item is in or out, in a card of its own.
    pub(super) fn why_ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, data: &DataKey, target: Target) {
        let tokens = context.tokens;
        let (title, of, hint) = match target {
            Target::Users => ("Why a user is in or out", IdOf::User, "A user's id"),
            Target::Items => ("Why an item is in or out", IdOf::Item, "An item's title or id"),
            Target::Actions => ("Why an action is in or out", IdOf::Action, "An action's title or id"),
        };
        self.why.of(of);
        section::card(ui, tokens, title, |ui| {
            let width = ui.available_width() - 8.0;
            self.why.ui(context, ui, data, title, hint, width);
            let why = self.answer.value().and_then(|answer| answer.why.as_ref());
            let holds = self.wanting.is_none() && self.answer.failure().is_none();
            if let Some(trace) = why.filter(|_| holds && self.why.id().is_some()) {
                trace_ui(ui, tokens, trace, self.why.id().unwrap_or_default());
            } else {
                let text =
                    "Choose one, or click one that is kept: every condition is shown with what it found.";
                ui.add(Label::new(RichText::new(text).color(tokens.color.text_muted)).wrap());
            }
        });
    }
}

fn noun(target: Target, count: usize) -> &'static str {
    match (target, count) {
        (Target::Items, 1) => "item",
        (Target::Items, _) => "items",
        (Target::Users, 1) => "user",
        (Target::Users, _) => "users",
        (Target::Actions, 1) => "action",
        (Target::Actions, _) => "actions",
    }
}

/// One that is kept. Whether it was clicked.
fn found_ui(ui: &mut Ui, tokens: &Tokens, found: &FoundId) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name =
        if found.label == found.id { found.id.clone() } else { format!("{} ({})", found.label, found.id) };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("Kept: {name}")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, tokens.radius.sm, tokens.color.hover);
    }
    let count = format!("{} interactions", count_words(found.interactions));
    let small = FontId::proportional(tokens.size.small);
    let count = ui.painter().layout_no_wrap(count, small, tokens.color.text_faint);
    let room = rect.width() - count.size().x - 3.0 * tokens.space.sm;
    let label = cut_galley(ui, &name, tokens.size.body, tokens.color.text, room);
    let middle = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(
        pos2(rect.left() + tokens.space.xs, middle(label.size().y)),
        label,
        tokens.color.text,
    );
    let right = rect.right() - tokens.space.xs - count.size().x;
    ui.painter().galley(pos2(right, middle(count.size().y)), count, tokens.color.text_faint);
    response.on_hover_text("Show why it is kept").clicked()
}

fn trace_ui(ui: &mut Ui, tokens: &Tokens, trace: &FilterTrace, id: &str) {
    ui.horizontal(|ui| {
        let (tone, word) = if trace.is_kept { (Tone::Success, "kept") } else { (Tone::Error, "left out") };
        badge(ui, tokens, tone, word);
        let known = if trace.is_known { id.to_owned() } else { format!("{id}, which the catalogue lacks") };
        ui.add(Label::new(known).truncate());
    });
    let height = ui.available_height().max(6.0 * ROW);
    ScrollArea::vertical().id_salt("why").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        for expression in &trace.expressions {
            expression_ui(ui, tokens, expression);
        }
    });
}

fn expression_ui(ui: &mut Ui, tokens: &Tokens, expression: &ExpressionTrace) {
    ui.add_space(tokens.space.xs);
    let action = match expression.action {
        Action::Include => "INCLUDE",
        Action::Exclude => "EXCLUDE",
    };
    let verdict = match (expression.applies, expression.action, expression.holds) {
        (Applies::IfIsFalse, _, _) => "is not used: its IF is false",
        (Applies::NoValue, _, _) => "is not used: a parameter has no value",
        (Applies::Yes, Action::Include, true) => "holds, which keeps it",
        (Applies::Yes, Action::Include, false) => "does not hold",
        (Applies::Yes, Action::Exclude, true) => "holds, which leaves it out",
        (Applies::Yes, Action::Exclude, false) => "does not hold, which leaves it in",
    };
    ui.add(Label::new(semibold(format!("{action} {verdict}"), tokens.size.body)).wrap());
    for (place, conditions) in expression.alternatives.iter().enumerate() {
        if place > 0 {
            ui.label(RichText::new("or").size(tokens.size.small).color(tokens.color.text_faint));
        }
        for condition in conditions {
            condition_ui(ui, tokens, condition);
        }
    }
    if !expression.only_if.is_empty() {
        ui.label(RichText::new("only if").size(tokens.size.small).color(tokens.color.text_faint));
        for condition in &expression.only_if {
            condition_ui(ui, tokens, condition);
        }
    }
}

fn condition_ui(ui: &mut Ui, tokens: &Tokens, condition: &ConditionTrace) {
    ui.horizontal_top(|ui| {
        let (icon, ink, word) = if condition.holds {
            (Icon::Check, tokens.color.success, "true")
        } else {
            (Icon::Close, tokens.color.error, "false")
        };
        ui.add(icon.image(15.0, ink));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let text = RichText::new(&condition.text).monospace().size(tokens.size.small);
            ui.add(Label::new(text).wrap());
            let found = condition.found.as_deref().unwrap_or("nothing");
            let words = RichText::new(format!("{word}: here it is {found}")).size(tokens.size.small);
            ui.add(Label::new(words.color(tokens.color.text_muted)).wrap());
        });
    });
}
