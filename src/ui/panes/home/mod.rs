//! Home: where the dataset group stands on the way from a file to recommendations, and the next thing to do.

mod activity;
mod steps;

use super::drafts::SharedDrafts;
use super::previewed::SharedPreviewed;
use crate::domain::DatasetType;
use crate::studio::{GroupView, Readiness};
use crate::ui::command::Command;
use crate::ui::loadable::Loadable;
use crate::ui::pane::{Pane, PaneContext, PaneKind};
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::key_value::figure;
use crate::ui::widgets::{button, card_frame, count_words, section};
use egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, Vec2, vec2};
use steps::{Standing, Step, StepState};

const SIDE: f32 = 330.0;
const STEP: f32 = 52.0;
const BUTTON: f32 = 146.0;

/// Group, version and moment of its interactions.
type DataKey = (String, u32, i64);

pub(super) struct HomePane {
    drafts: SharedDrafts,
    previewed: SharedPreviewed,
    readiness: Loadable<DataKey, Readiness>,
}

impl HomePane {
    pub(super) fn new(drafts: &SharedDrafts, previewed: &SharedPreviewed) -> Self {
        Self {
            drafts: SharedDrafts::clone(drafts),
            previewed: SharedPreviewed::clone(previewed),
            readiness: Loadable::default(),
        }
    }

    /// Counts the group's interactions once for each version of them.
    fn count(&mut self, context: &PaneContext<'_>) {
        let Some(group) = context.group else { return };
        let Some(dataset) = group.dataset(DatasetType::Interactions) else {
            self.readiness.clear();
            return;
        };
        let (studio, name) = (context.studio.clone(), group.name.clone());
        let key = (name.clone(), dataset.version, dataset.imported_at);
        self.readiness.keep(context, key, "counting", move |_| studio.readiness(&name, None, None));
    }
}

impl Pane for HomePane {
    fn kind(&self) -> PaneKind {
        PaneKind::Home
    }

    fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui) {
        let tokens = context.tokens;
        self.drafts.borrow_mut().collect(context);
        self.count(context);
        let title = context.group.map_or("Home", |group| group.name.as_str());
        section::page_head(ui, tokens, title, PaneKind::Home.help(), |ui| {
            if button::with_icon(ui, tokens, Icon::Plus, "New dataset group...").clicked() {
                context.send.run(Command::NewGroup);
            }
        });
        let files_waiting = self.drafts.borrow().waiting().count();
        let readiness = self.readiness.value();
        let mut previewed = self.previewed.borrow_mut();
        if let Some(group) = context.group {
            previewed.keep(context, group);
        }
        let tried = context.group.and_then(|group| previewed.of(group));
        let steps = steps::steps(&Standing { group: context.group, files_waiting, readiness, tried });
        let gap = tokens.space.lg;
        let wide = ui.available_width() - SIDE - gap;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                ui.allocate_ui(vec2(wide, 0.0), |ui| {
                    ui.vertical(|ui| steps_ui(context, ui, &steps));
                });
                ui.allocate_ui(vec2(SIDE, 0.0), |ui| {
                    ui.vertical(|ui| {
                        if let Some(group) = context.group {
                            figures_ui(ui, tokens, group);
                        }
                        activity::activity_ui(context, ui);
                    });
                });
            });
        });
    }

    fn group_changed(&mut self) {
        self.readiness.clear();
    }
}

fn steps_ui(context: &PaneContext<'_>, ui: &mut Ui, steps: &[Step]) {
    let tokens = context.tokens;
    let next = steps::next(steps);
    card_frame(tokens).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        for (place, step) in steps.iter().enumerate() {
            if place > 0 {
                let line = ui.cursor().min + vec2(12.0, 0.0);
                let stroke = egui::Stroke::new(1.0, tokens.color.border);
                ui.painter().line_segment([line - vec2(0.0, 8.0), line + vec2(0.0, 8.0)], stroke);
            }
            step_ui(context, ui, place + 1, step, next == Some(place));
        }
    });
}

fn step_ui(context: &PaneContext<'_>, ui: &mut Ui, number: usize, step: &Step, is_next: bool) {
    let tokens = context.tokens;
    ui.horizontal(|ui| {
        ui.set_min_height(STEP);
        mark_ui(ui, tokens, number, step, is_next);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let locked = match step.state {
                StepState::Locked(reason) => Err(reason),
                _ => Ok(()),
            };
            let response = ui.allocate_ui(vec2(BUTTON, tokens.control_height), |ui| {
                ui.with_layout(Layout::centered_and_justified(egui::Direction::LeftToRight), |ui| {
                    if is_next {
                        button::primary_enabled(ui, tokens, step.button, locked)
                    } else {
                        button::plain_enabled(ui, tokens, step.button, locked)
                    }
                })
                .inner
            });
            let response = response.inner;
            if response.clicked() {
                context.send.run(step.command);
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.add_space((STEP - 36.0) / 2.0);
                let is_locked = matches!(step.state, StepState::Locked(_));
                let ink = if is_locked { tokens.color.text_muted } else { tokens.color.text };
                ui.label(semibold(step.title, tokens.size.title).color(ink));
                let (text, ink) = match &step.state {
                    StepState::Locked(reason) => {
                        (format!("{}. {reason}.", step.text), tokens.color.text_faint)
                    }
                    StepState::Warning => (step.text.clone(), tokens.color.warning),
                    StepState::Done | StepState::Ready => (step.text.clone(), tokens.color.text_muted),
                };
                ui.add(Label::new(RichText::new(text).color(ink)).truncate());
            });
        });
    });
}

/// The step's number, or how it stands.
fn mark_ui(ui: &mut Ui, tokens: &Tokens, number: usize, step: &Step, is_next: bool) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::hover());
    let c = &tokens.color;
    let (fill, ink, icon, words) = match &step.state {
        StepState::Done => (c.success_soft, c.success, Some(Icon::Check), "done"),
        StepState::Warning => (c.warning_soft, c.warning, Some(Icon::Warning), "look again"),
        StepState::Locked(_) => (c.sunken, c.text_faint, Some(Icon::Lock), "locked"),
        StepState::Ready if is_next => (c.accent, c.on_accent, None, "next"),
        StepState::Ready => (c.accent_soft, c.accent_text, None, "open"),
    };
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{}: {words}", step.title))
    });
    ui.painter().circle_filled(rect.center(), 12.0, fill);
    if let Some(icon) = icon {
        let inner = egui::Rect::from_center_size(rect.center(), Vec2::splat(14.0));
        icon.image(14.0, ink).paint_at(ui, inner);
    } else {
        let font = egui::FontId::proportional(tokens.size.small);
        let center = egui::Align2::CENTER_CENTER;
        ui.painter().text(rect.center(), center, number.to_string(), font, ink);
    }
}

fn figures_ui(ui: &mut Ui, tokens: &Tokens, group: &GroupView) {
    let interactions = group.dataset(DatasetType::Interactions);
    let count = |value: Option<u64>| value.map_or_else(|| "none".to_owned(), count_words);
    let noun = |count: usize, one: &'static str, many: &'static str| if count == 1 { one } else { many };
    let versions: usize = group.solutions.iter().map(|solution| solution.versions.len()).sum();
    card_frame(tokens).show(ui, |ui| {
        ui.set_width(ui.available_width());
        egui::Grid::new("figures")
            .num_columns(3)
            .min_col_width(76.0)
            .spacing([tokens.space.lg, tokens.space.md])
            .show(ui, |ui| {
                figure(ui, tokens, &count(interactions.map(|dataset| dataset.rows)), "interactions");
                figure(ui, tokens, &count(interactions.map(|dataset| dataset.users)), "users");
                figure(ui, tokens, &count(interactions.map(|dataset| dataset.items)), "items");
                ui.end_row();
                let (solutions, campaigns) = (group.solutions.len(), group.campaigns.len());
                let words = noun(solutions, "solution", "solutions");
                figure(ui, tokens, &count_words(solutions as u64), words);
                let words = noun(versions, "version", "versions");
                figure(ui, tokens, &count_words(versions as u64), words);
                let words = noun(campaigns, "campaign", "campaigns");
                figure(ui, tokens, &count_words(campaigns as u64), words);
                ui.end_row();
            });
    });
}
