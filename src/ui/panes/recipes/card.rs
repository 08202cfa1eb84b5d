//! One recipe on the page: what it asks, how it works, what it needs, what can be set.

use crate::domain::{ParameterKind, ParameterSpec, RecipeDescriptor};
use crate::ui::pane::PaneContext;
use crate::ui::theme::{Icon, Tokens, semibold};
use crate::ui::widgets::badge::{Tone, badge};
use crate::ui::widgets::{button, card_frame};
use egui::{Align, CollapsingHeader, Grid, Layout, RichText, Ui};

/// Draws a recipe. Whether it is to be trained.
pub(super) fn card_ui(
    context: &PaneContext<'_>,
    ui: &mut Ui,
    recipe: &RecipeDescriptor,
    outcome: Option<Result<(), &str>>,
) -> bool {
    let tokens = context.tokens;
    let mut wanted = false;
    card_frame(tokens).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                ui.label(semibold(recipe.title, tokens.size.title));
                badges_ui(ui, tokens, recipe);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let response = button::with_icon(ui, tokens, Icon::Play, "Train...");
                    let name = format!("Train {}...", recipe.name);
                    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
                    wanted = response.clicked();
                });
            });
            ui.label(RichText::new(recipe.question).color(tokens.color.accent_text));
            ui.label(RichText::new(recipe.about).color(tokens.color.text_muted));
            needs_ui(ui, tokens, recipe, outcome);
            parameters_ui(ui, tokens, recipe);
        });
    });
    wanted
}

fn badges_ui(ui: &mut Ui, tokens: &Tokens, recipe: &RecipeDescriptor) {
    if recipe.open_baseline {
        badge(ui, tokens, Tone::Neutral, "open baseline").on_hover_text(
            "A published method of its own, not one of the service's: a strong one to measure others against",
        );
    } else {
        badge(ui, tokens, Tone::Accent, "service's recipe").on_hover_text(format!(
            "Amazon Personalize has it as aws-{}, with these parameters",
            recipe.name
        ));
    }
    if recipe.takes_events {
        badge(ui, tokens, Tone::Neutral, "takes events")
            .on_hover_text("A new event changes the answer at once, without training again");
    }
    if recipe.reads_order {
        badge(ui, tokens, Tone::Neutral, "reads the order")
            .on_hover_text("The order of a history changes the answer");
    }
}

/// The datasets it reads, and whether this group has enough.
fn needs_ui(ui: &mut Ui, tokens: &Tokens, recipe: &RecipeDescriptor, outcome: Option<Result<(), &str>>) {
    let reads: Vec<&str> = recipe.reads.iter().map(|dataset| dataset.as_str()).collect();
    let needs = format!("Needs {}", reads.join(", uses "));
    let (icon, color, words) = match outcome {
        None => (Icon::Clock, tokens.color.text_faint, needs),
        Some(Ok(())) => (Icon::Success, tokens.color.success, format!("{needs}: this group has enough")),
        Some(Err(reason)) => (Icon::Warning, tokens.color.warning, format!("{needs}. {reason}")),
    };
    ui.horizontal_top(|ui| {
        ui.add(icon.image(16.0, color));
        ui.add(egui::Label::new(RichText::new(words).color(color)).wrap());
    });
}

fn parameters_ui(ui: &mut Ui, tokens: &Tokens, recipe: &RecipeDescriptor) {
    let count = recipe.parameters.len();
    if count == 0 {
        ui.label(RichText::new("Nothing to set").color(tokens.color.text_faint));
        return;
    }
    let title = format!("{count} {} of {}", if count == 1 { "parameter" } else { "parameters" }, recipe.name);
    let title = RichText::new(title).color(tokens.color.text_muted);
    CollapsingHeader::new(title).id_salt(recipe.name).show(ui, |ui| {
        Grid::new(recipe.name).num_columns(4).spacing([tokens.space.xl, tokens.space.xs]).show(ui, |ui| {
            for head in ["Parameter", "Default", "Range", "What it does"] {
                ui.label(RichText::new(head).size(tokens.size.small).color(tokens.color.text_faint));
            }
            ui.end_row();
            for spec in recipe.parameters {
                ui.label(spec.name);
                ui.label(spec.default_value().to_string());
                ui.label(range_words(spec));
                ui.scope(|ui| {
                    ui.set_max_width(480.0);
                    ui.add(egui::Label::new(RichText::new(spec.help).color(tokens.color.text_muted)).wrap());
                });
                ui.end_row();
            }
        });
    });
}

fn range_words(spec: &ParameterSpec) -> String {
    match spec.kind {
        ParameterKind::Int { min, max, .. } => format!("{min} to {max}, whole"),
        ParameterKind::Float { min, max, .. } => format!("{min} to {max}"),
        ParameterKind::Bool { .. } => "true or false".to_owned(),
        ParameterKind::Choice { options, .. } => options.join(", "),
    }
}
