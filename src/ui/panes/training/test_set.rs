//! Which interactions are kept back to test with: one choice for all versions of the group.

use crate::domain::split::{SplitKind, SplitSpec};
use crate::studio::GroupView;
use crate::ui::jobs::{Lane, Summary};
use crate::ui::pane::PaneContext;
use crate::ui::widgets::search_field::name_field;
use crate::ui::widgets::{button, count_words, section};
use egui::{ComboBox, DragValue, Grid, RichText, Ui};

/// A choice not yet made the group's.
#[derive(Default)]
pub(super) struct TestSetForm {
    draft: Option<SplitSpec>,
}

fn kind_words(kind: SplitKind) -> (&'static str, &'static str) {
    match kind {
        SplitKind::Personalize => (
            "The service's split",
            "Some users at random are tested: the oldest part of their history is the question, the newest \
             part the answer. Nothing of them is trained on.",
        ),
        SplitKind::LeaveLastOut => (
            "Last item out",
            "The last interaction of every user with two or more is the answer; all that came before is trained \
             on.",
        ),
    }
}

impl TestSetForm {
    pub(super) fn ui(&mut self, context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
        let tokens = context.tokens;
        let active = group.active_test_set().or_else(|| group.test_sets.last());
        let now = active.map(|test_set| test_set.spec.clone()).unwrap_or_default();
        let mut spec = self.draft.take().unwrap_or_else(|| now.clone());
        section::card(ui, tokens, "Test set", |ui| {
            controls_ui(ui, context, &mut spec);
            ui.label(
                RichText::new(kind_words(spec.kind).1).size(tokens.size.small).color(tokens.color.text_muted),
            );
            if let Some(test_set) = active.filter(|test_set| test_set.spec == spec) {
                let skipped = match test_set.skipped_users {
                    0 => String::new(),
                    1 => "; 1 user has too short a history".to_owned(),
                    many => format!("; {} users have too short a history", count_words(many)),
                };
                let words = format!(
                    "{} users tested on {} items{skipped}.",
                    count_words(test_set.users),
                    count_words(test_set.truth_items)
                );
                ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.text_muted));
                if !test_set.current {
                    let words =
                        "The data changed since; it is cut again, the same way, at the next training.";
                    ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.warning));
                }
            }
            if spec != now {
                change_ui(ui, context, group, &mut spec, &now);
            }
        });
        if spec != now {
            self.draft = Some(spec);
        }
    }
}

fn controls_ui(ui: &mut Ui, context: &PaneContext<'_>, spec: &mut SplitSpec) {
    let tokens = context.tokens;
    Grid::new("test set").num_columns(2).spacing([tokens.space.lg, tokens.space.sm]).show(ui, |ui| {
        ui.label("Kind");
        let combo = ComboBox::from_id_salt("kind").width(190.0).selected_text(kind_words(spec.kind).0);
        let response = combo.show_ui(ui, |ui| {
            for kind in SplitKind::ALL {
                if ui.selectable_label(spec.kind == kind, kind_words(kind).0).clicked() {
                    spec.kind = kind;
                    kind.as_str().clone_into(&mut spec.name);
                    spec.fraction = SplitSpec::default().fraction;
                }
            }
        });
        name_field(&response.response, "Test set kind");
        ui.end_row();
        if spec.kind == SplitKind::Personalize {
            ui.label("Share");
            let mut percent = spec.fraction * 100.0;
            let drag = DragValue::new(&mut percent).range(1.0..=50.0).speed(0.5).max_decimals(1).suffix(" %");
            let response = ui.add(drag).on_hover_text("Of the users, and of the history of each");
            name_field(&response, "Test set share");
            if response.changed() {
                // Rounded, so that the percentage shown and the share stored are the same number.
                spec.fraction = (percent * 10.0).round() / 1000.0;
            }
            ui.end_row();
            ui.label("Seed");
            let response =
                ui.add(DragValue::new(&mut spec.seed)).on_hover_text("Decides which users are tested");
            name_field(&response, "Test set seed");
            ui.end_row();
        }
    });
}

/// What changing it means, and the button that does.
fn change_ui(
    ui: &mut Ui,
    context: &PaneContext<'_>,
    group: &GroupView,
    spec: &mut SplitSpec,
    now: &SplitSpec,
) {
    let tokens = context.tokens;
    let losing: Vec<&str> = group
        .solutions
        .iter()
        .flat_map(|solution| &solution.versions)
        .filter(|version| version.comparable)
        .map(|version| version.name.as_str())
        .collect();
    if !losing.is_empty() {
        let words =
            format!("Stops comparing: {}. Their numbers come back with their test set.", losing.join(", "));
        ui.label(RichText::new(words).size(tokens.size.small).color(tokens.color.warning));
    }
    ui.horizontal(|ui| {
        let allowed =
            if context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) };
        if button::plain_enabled(ui, tokens, "Use this test set", allowed).clicked() {
            let (studio, name, spec) = (context.studio.clone(), group.name.clone(), spec.clone());
            let work = move |job: &crate::jobs::JobContext| studio.set_test_set(&name, &spec, job);
            // The project shows it when it is there; the ticket is of no further use.
            drop(context.send.job("Choosing the test set", Lane::Training, work, |test_set| {
                Summary::new("Test set chosen")
                    .detail(format!("{} users are tested", count_words(test_set.users)))
            }));
        }
        if button::link(ui, tokens, "Keep the old one").clicked() {
            spec.clone_from(now);
        }
    });
}
