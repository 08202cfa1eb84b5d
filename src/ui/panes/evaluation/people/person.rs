//! The people behind a point, and one of them: what they did, what was to be found, and both lists.

use super::scatter::Scatter;
use crate::studio::{EventView, Lab, ListedItem, TestedUser};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::panes::moments::date_words;
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::count_words;
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

const ROW: f32 = 24.0;
const PEOPLE: f32 = 300.0;
const LISTS: f32 = 300.0;

/// Who is looked at. Everybody is offered until a point is chosen: those with the greatest difference first.
#[derive(Default)]
pub(super) struct Person {
    /// Test cases of the chosen point; none until one is chosen.
    point: Option<Vec<usize>>,
    case: Option<usize>,
    /// By the lab, which is told by the names of its contestants, and the case.
    found: Loadable<(Vec<String>, usize), TestedUser>,
}

impl Person {
    pub(super) fn choose_point(&mut self, cases: &[usize]) {
        self.point = Some(cases.to_vec());
        self.case = cases.first().copied();
    }

    /// The people to choose from.
    pub(super) fn people_ui(&mut self, ui: &mut Ui, tokens: &Tokens, lab: &Lab, scatter: &Scatter) {
        let known = scatter.values.len();
        if self.point.as_ref().is_some_and(|cases| cases.iter().any(|&case| case >= known)) {
            (self.point, self.case) = (None, None);
        }
        let cases = self.point.as_deref().unwrap_or(&scatter.by_difference);
        let mut is_left = false;
        let title = match (&self.point, cases.len()) {
            (None, _) => "Those for whom it matters most".to_owned(),
            (Some(_), 1) => "The person at this point".to_owned(),
            (Some(_), count) => format!("The {} people at this point", count_words(count as u64)),
        };
        ui.horizontal(|ui| {
            ui.label(semibold(title, tokens.size.body));
            if self.point.is_some() {
                is_left = crate::ui::widgets::button::link(ui, tokens, "Show everybody").clicked();
            }
        });
        let Some(first) = lab.contestants.first() else { return };
        let area = ScrollArea::vertical().id_salt("people").auto_shrink([false, false]);
        ui.spacing_mut().item_spacing.y = 0.0;
        area.max_height(PEOPLE).min_scrolled_height(PEOPLE).show_rows(ui, ROW, cases.len(), |ui, rows| {
            for &case in &cases[rows] {
                let user = first.benchmark.interactions.users.id(first.benchmark.test.cases[case].user);
                let [a, b] = scatter.values[case];
                let words = format!("{user}   {a:.3} against {b:.3}");
                let is_chosen = self.case == Some(case);
                let button = egui::Button::selectable(is_chosen, words).truncate();
                let button = button.min_size(vec2(ui.available_width(), ROW)).small();
                let response =
                    ui.with_layout(Layout::top_down_justified(Align::Min), |ui| ui.add(button)).inner;
                let name = format!("Person {user}");
                response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
                if response.clicked() {
                    self.case = Some(case);
                }
            }
        });
        if is_left {
            (self.point, self.case) = (None, None);
        }
    }

    /// The chosen person.
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, lab: &Lab) {
        let tokens = context.tokens;
        let (Some(case), Some(group)) = (self.case, context.group) else { return };
        let names: Vec<String> = lab.contestants.iter().map(|contestant| contestant.name.clone()).collect();
        let (studio, group, asked) = (context.studio.clone(), group.name.clone(), lab.clone());
        self.found.keep(context, (names.clone(), case), "meeting a person", move |_| {
            studio.tested_user(&group, &asked, case)
        });
        if let Some(failure) = self.found.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
        }
        let Some(person) = self.found.value() else { return };
        ui.separator();
        ui.label(semibold(format!("User {}", person.user), tokens.size.body));
        ui.columns(4, |columns| {
            history_ui(&mut columns[0], tokens, &person.history);
            items_ui(&mut columns[1], tokens, "To be found", &person.truth, false);
            for (place, (name, list)) in names.iter().zip(&person.lists).enumerate() {
                let hits = list.iter().filter(|item| item.is_hit).count();
                let title = format!("{name}: {hits} found");
                items_ui(&mut columns[2 + place], tokens, &title, list, true);
            }
        });
    }
}

fn head_ui(ui: &mut Ui, tokens: &Tokens, title: &str) {
    ui.add(Label::new(RichText::new(title).color(tokens.color.text_muted)).truncate());
    ui.spacing_mut().item_spacing.y = 2.0;
}

fn history_ui(ui: &mut Ui, tokens: &Tokens, history: &[EventView]) {
    head_ui(ui, tokens, &format!("Had before: {}", count_words(history.len() as u64)));
    ScrollArea::vertical().id_salt("had before").max_height(LISTS).min_scrolled_height(LISTS).show(
        ui,
        |ui| {
            for event in history {
                let words = [date_words(event.timestamp), event.event_type.clone()];
                let hint = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
                ui.add(Label::new(&event.title).truncate()).on_hover_text(format!("{}\n{hint}", event.title));
            }
        },
    );
}

fn items_ui(ui: &mut Ui, tokens: &Tokens, title: &str, items: &[ListedItem], is_ranked: bool) {
    head_ui(ui, tokens, title);
    ScrollArea::vertical().id_salt(title).max_height(LISTS).min_scrolled_height(LISTS).show(ui, |ui| {
        if items.is_empty() {
            ui.label(RichText::new("No list").color(tokens.color.text_faint));
        }
        for (place, item) in items.iter().enumerate() {
            let rank = if is_ranked { format!("{}  ", place + 1) } else { String::new() };
            let text = format!("{rank}{}", item.title);
            let (text, what) = match (item.is_hit && is_ranked, item.was_seen) {
                (true, _) => (semibold(text, tokens.size.body).color(tokens.color.success), "found"),
                (false, true) => (RichText::new(text).color(tokens.color.text_faint), "had before"),
                (false, false) => (RichText::new(text), "new to this person"),
            };
            ui.add(Label::new(text).truncate()).on_hover_text(format!("{}\n{what}", item.title));
        }
    });
}
