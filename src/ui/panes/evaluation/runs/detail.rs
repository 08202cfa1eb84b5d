//! What is said of the chosen runs: of one why it is what it is, of two how they differ.

use super::Rename;
use super::acts::{copy_command, may_change, may_train, train_again};
use super::table::Page;
use crate::studio::{RunDifference, RunView};
use crate::ui::panes::moments::moment_words;
use crate::ui::theme::semibold;
use crate::ui::widgets::selection::Selection;
use crate::ui::widgets::{button, count_words};
use egui::{CollapsingHeader, Grid, Label, RichText, Ui};

pub(super) fn chosen_ui(
    ui: &mut Ui,
    page: &Page<'_>,
    rename: &mut Option<Rename>,
    selection: &mut Selection,
) {
    let tokens = page.context.tokens;
    ui.add_space(tokens.space.sm);
    let find = |name: &String| page.contestants.iter().find(|contestant| contestant.name() == name);
    let chosen: Vec<_> = selection.chosen().iter().filter_map(find).collect();
    let faint = |ui: &mut Ui, text: &str| {
        ui.label(RichText::new(text).color(tokens.color.text_faint));
    };
    match chosen.as_slice() {
        [] => faint(
            ui,
            "Click a run to see why it is what it is; hold Ctrl to choose a second one and see what differs.",
        ),
        [one] => match one.run() {
            Some(run) => provenance_ui(ui, page, run, rename),
            None => faint(
                ui,
                &format!(
                    "{} is no version of this project: all that is known of it are its lists.",
                    one.name()
                ),
            ),
        },
        [a, b] => match (a.run(), b.run()) {
            (Some(a), Some(b)) => difference_ui(ui, page, a, b),
            _ => faint(ui, "Only versions of this project can be told apart field by field."),
        },
        more => {
            let words = format!(
                "{} runs are chosen; choose two to see how they differ.",
                count_words(more.len() as u64)
            );
            ui.horizontal(|ui| {
                faint(ui, &words);
                if button::link(ui, tokens, "Choose none").clicked() {
                    selection.clear();
                }
            });
        }
    }
}

fn provenance_ui(ui: &mut Ui, page: &Page<'_>, run: &RunView, rename: &mut Option<Rename>) {
    let tokens = page.context.tokens;
    ui.add(Label::new(semibold(format!("Why {} is what it is", run.title()), tokens.size.body)).truncate());
    ui.add_space(tokens.space.xs);
    ui.horizontal(|ui| {
        if button::plain_enabled(ui, tokens, "Train again exactly", may_train(page, run)).clicked() {
            train_again(page, run);
        }
        if button::plain(ui, tokens, "Copy as command line").clicked() {
            copy_command(page, run);
        }
        if button::plain_enabled(ui, tokens, "Rename", may_change(page)).clicked() {
            *rename = Some(Rename::of(run));
        }
    });
    ui.add_space(tokens.space.sm);
    if !run.note.is_empty() {
        ui.add(Label::new(&run.note).wrap());
        ui.add_space(tokens.space.xs);
    }
    let set: Vec<&str> =
        run.parameters.iter().filter(|p| p.is_set()).map(|parameter| parameter.name.as_str()).collect();
    let mut fields = run.fields();
    fields.push(("made".to_owned(), moment_words(run.created_at)));
    fields.push(("training time".to_owned(), format!("{:.2} s", run.seconds)));
    // Column by column, so that parameters stand together.
    let rows = fields.len().div_ceil(3);
    ui.columns(3, |columns| {
        for (index, (ui, fields)) in columns.iter_mut().zip(fields.chunks(rows)).enumerate() {
            Grid::new(("fields", index)).num_columns(2).spacing([tokens.space.lg, tokens.space.xs]).show(
                ui,
                |ui| {
                    for (field, value) in fields {
                        let is_set = set.contains(&field.as_str());
                        ui.add(Label::new(RichText::new(field).color(tokens.color.text_muted)).truncate())
                            .on_hover_text(field);
                        let ink = if is_set { tokens.color.accent_text } else { tokens.color.text };
                        let default = run.parameters.iter().find(|p| is_set && p.name == *field);
                        let default = default.and_then(|parameter| parameter.default.as_deref());
                        let hint = default.map_or_else(
                            || value.clone(),
                            |default| format!("{value}; the default is {default}"),
                        );
                        ui.add(Label::new(RichText::new(value).color(ink)).truncate()).on_hover_text(hint);
                        ui.end_row();
                    }
                },
            );
        }
    });
}

fn difference_ui(ui: &mut Ui, page: &Page<'_>, a: &RunView, b: &RunView) {
    let tokens = page.context.tokens;
    let title = format!("{} and {}", a.title(), b.title());
    ui.add(Label::new(semibold(title, tokens.size.body)).truncate());
    ui.add_space(tokens.space.xs);
    let fields = a.differences(b);
    let (differing, same): (Vec<_>, Vec<_>) = fields.into_iter().partition(RunDifference::differs);
    let heads = (a.title(), b.title());
    if differing.is_empty() {
        let words = format!("They are the same in all {} fields.", same.len());
        ui.label(RichText::new(words).color(tokens.color.text_muted));
    } else {
        fields_ui(ui, page, "differing", heads, &differing);
    }
    let words = format!("{} fields are the same", same.len());
    CollapsingHeader::new(words)
        .id_salt("same fields")
        .show(ui, |ui| fields_ui(ui, page, "same", heads, &same));
}

fn fields_ui(ui: &mut Ui, page: &Page<'_>, id: &str, (a, b): (&str, &str), fields: &[RunDifference]) {
    let tokens = page.context.tokens;
    let width = (ui.available_width() - 280.0) / 2.0;
    let cell = |ui: &mut Ui, text: &str, ink: egui::Color32| {
        ui.scope(|ui| {
            ui.set_max_width(width);
            ui.add(Label::new(RichText::new(text).color(ink)).truncate()).on_hover_text(text);
        });
    };
    Grid::new(id).num_columns(3).striped(true).spacing([tokens.space.xl, tokens.space.xs]).show(ui, |ui| {
        for head in ["Field", a, b] {
            cell(ui, head, tokens.color.text_muted);
        }
        ui.end_row();
        for field in fields {
            cell(ui, &field.field, tokens.color.text_muted);
            cell(ui, &field.a, tokens.color.text);
            cell(ui, &field.b, tokens.color.text);
            ui.end_row();
        }
    });
}
