//! What each column of a dataset holds.

use super::super::moments::utc_words;
use super::DataKey;
use super::histogram::histogram_ui;
use crate::domain::limits::MIN_COLUMN_COMPLETENESS;
use crate::domain::schema::FieldRole;
use crate::studio::{Bar, ColumnProfile};
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Tokens, semibold};
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::{count_words, grouped, progress};
use egui::{Align, Label, Layout, RichText, Ui, vec2};
use egui_extras::{Column, TableBuilder};

const ROW: f32 = 44.0;

#[derive(Default)]
pub(super) struct ColumnsTab {
    profiles: Loadable<DataKey, Vec<ColumnProfile>>,
}

impl ColumnsTab {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, key: DataKey) {
        let tokens = context.tokens;
        let (studio, group, kind) = (context.studio.clone(), key.0.clone(), key.1);
        self.profiles.keep(context, key, "looking at columns", move |job| studio.profile(&group, kind, job));
        if let Some(failure) = self.profiles.failure() {
            ui.label(RichText::new(failure).color(tokens.color.error));
            return;
        }
        match self.profiles.value() {
            Some(profiles) => table_ui(ui, tokens, profiles),
            None => {
                ui.label(RichText::new("Looking at the columns...").color(tokens.color.text_muted));
            }
        }
    }
}

fn table_ui(ui: &mut Ui, tokens: &Tokens, profiles: &[ColumnProfile]) {
    let heads = ["Column", "Type and role", "Filled", "Different values", "Spread", "What is in it"];
    ui.spacing_mut().item_spacing.x = 0.0;
    TableBuilder::new(ui)
        .id_salt("columns")
        .striped(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(190.0).clip(true))
        .column(Column::exact(160.0).clip(true))
        .column(Column::exact(130.0).clip(true))
        .column(Column::exact(130.0).clip(true))
        .column(Column::exact(180.0).clip(true))
        .column(Column::remainder().at_least(120.0).clip(true))
        .auto_shrink([false, false])
        .header(30.0, |mut row| {
            for head in heads {
                row.col(|ui| {
                    ui.label(semibold(head, tokens.size.small).color(tokens.color.text_muted));
                });
            }
        })
        .body(|body| {
            body.rows(ROW, profiles.len(), |mut row| {
                let Some(profile) = profiles.get(row.index()) else { return };
                row.set_overline(true);
                let gap = tokens.space.sm;
                row.col(|ui| {
                    ui.add(Label::new(&profile.name).truncate());
                });
                row.col(|ui| {
                    ui.spacing_mut().item_spacing.x = gap;
                    type_ui(ui, tokens, profile);
                });
                row.col(|ui| {
                    ui.spacing_mut().item_spacing.x = gap;
                    filled_ui(ui, tokens, profile);
                });
                row.col(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.add_space(tokens.space.xl);
                        ui.label(count_words(profile.distinct));
                    });
                });
                row.col(|ui| spread_ui(ui, tokens, profile));
                row.col(|ui| {
                    let text = RichText::new(contents(profile)).color(tokens.color.text_muted);
                    ui.add(Label::new(text).truncate());
                });
            });
        });
}

fn type_ui(ui: &mut Ui, tokens: &Tokens, profile: &ColumnProfile) {
    ui.label(profile.kind.as_str());
    let role = match profile.role {
        FieldRole::Categorical => "categorical",
        FieldRole::Textual => "textual",
        FieldRole::ItemName => "item name",
        FieldRole::Plain if profile.kind.is_number() && !is_time(profile) => "numeric",
        FieldRole::Plain => return,
    };
    badge(ui, tokens, Tone::Neutral, role);
}

/// A bar and the share; a column that is too empty to be worth training on stands out.
fn filled_ui(ui: &mut Ui, tokens: &Tokens, profile: &ColumnProfile) {
    let share = profile.completeness;
    ui.allocate_ui(vec2(56.0, 5.0), |ui| {
        progress::bar(ui, tokens, Some(share as f32), &format!("Filled share of {}", profile.name));
    });
    // Only a column without a single gap is 100 %.
    let percent = if share < 1.0 { (share * 1000.0).floor() / 10.0 } else { 100.0 };
    let text = RichText::new(format!("{percent} %"));
    let is_sparse = share < MIN_COLUMN_COMPLETENESS;
    let label = ui.label(if is_sparse { text.color(tokens.color.warning) } else { text });
    if is_sparse {
        label.on_hover_text(format!("Fill at least {:.0} % of a column", MIN_COLUMN_COMPLETENESS * 100.0));
    }
}

fn spread_ui(ui: &mut Ui, tokens: &Tokens, profile: &ColumnProfile) {
    let (width, height) = (160.0, ROW - 14.0);
    if !profile.histogram.is_empty() {
        histogram_ui(ui, tokens, &profile.name, &profile.histogram, width, height);
        return;
    }
    // Of many different texts the few most frequent ones say nothing about the spread.
    let shows_all = profile.top.len() as u64 == profile.distinct || profile.role == FieldRole::Categorical;
    if shows_all && profile.distinct > 1 {
        let bars = profile.top.iter().map(|(label, count)| Bar { label: label.clone(), count: *count });
        histogram_ui(ui, tokens, &profile.name, &bars.collect::<Vec<_>>(), width, height);
    }
}

fn is_time(profile: &ColumnProfile) -> bool {
    matches!(
        profile.name.as_str(),
        "TIMESTAMP" | "CREATION_TIMESTAMP" | "EXPIRATION_TIMESTAMP" | "ACTION_EXPIRATION_TIMESTAMP"
    )
}

/// Least, mean and greatest of numbers; the most frequent of texts.
fn contents(profile: &ColumnProfile) -> String {
    if let (Some(min), Some(max), Some(mean)) = (profile.min, profile.max, profile.mean) {
        return if is_time(profile) {
            format!("{} to {}", utc_words(min as i64), utc_words(max as i64))
        } else {
            format!("{} to {}, mean {}", number(min), number(max), number(mean))
        };
    }
    match profile.top.first() {
        Some((_, count)) if *count > 1 => {
            let tops = profile.top.iter().map(|(value, count)| format!("{value} ({})", count_words(*count)));
            tops.collect::<Vec<_>>().join(", ")
        }
        Some(_) => "every value once".to_owned(),
        None => "nothing".to_owned(),
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    grouped(text.trim_end_matches('0').trim_end_matches('.'))
}
