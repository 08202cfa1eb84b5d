//! Which interactions are kept back to test with: one choice for all versions of the group.

use crate::domain::split::{SplitKind, SplitSpec, Targets};
use crate::jobs::JobContext;
use crate::studio::{GroupView, Studio, TestSetView};
use crate::ui::action::{Action, CommandSender};
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
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
             part the answer. Nothing of them is trained on. In folds, every user is tested once.",
        ),
        SplitKind::LeaveLastOut => (
            "Last item out",
            "The last interaction of every user with two or more is the answer; all that came before is trained \
             on.",
        ),
        SplitKind::Temporal => (
            "By time",
            "Trained on is what happened before a moment; what users known by then did from it on is the answer.",
        ),
        SplitKind::ColdItems => (
            "New items",
            "A share of the items is trained on by nobody; which of them users had is the answer, and lists hold \
             them alone.",
        ),
        SplitKind::PerUser => (
            "Newest part of every user",
            "The newest part of each history is the answer, the rest is trained on.",
        ),
        SplitKind::File => (
            "A file of your own",
            "A CSV file with USER_ID, ITEM_ID and, best, TIMESTAMP says what is to be found.",
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
        let combo =
            ComboBox::from_id_salt("kind").width(190.0).height(300.0).selected_text(kind_words(spec.kind).0);
        let response = combo.show_ui(ui, |ui| {
            for kind in SplitKind::ALL {
                if ui.selectable_label(spec.kind == kind, kind_words(kind).0).clicked() {
                    *spec = SplitSpec::of(kind);
                }
            }
        });
        name_field(&response.response, "Test set kind");
        ui.end_row();
        if let Some(usual) = spec.kind.usual_fraction() {
            share_ui(ui, spec, usual);
            ui.end_row();
        }
        if spec.kind.is_drawn() {
            ui.label("Seed");
            let response = ui.add(DragValue::new(&mut spec.seed)).on_hover_text("Decides what is tested");
            name_field(&response, "Test set seed");
            ui.end_row();
        }
        if spec.kind == SplitKind::Personalize {
            ui.label("Folds");
            let hover = "1: one test. More: every user is tested once, by as many models";
            let response = ui.add(DragValue::new(&mut spec.folds).range(1..=20)).on_hover_text(hover);
            name_field(&response, "Test set folds");
            ui.end_row();
        }
        if spec.kind == SplitKind::Temporal {
            ui.label("To be found");
            ui.horizontal(|ui| {
                ui.selectable_value(&mut spec.targets, Targets::All, "All after it");
                ui.selectable_value(&mut spec.targets, Targets::Last, "The last");
            });
            ui.end_row();
        }
    });
}

fn share_ui(ui: &mut Ui, spec: &mut SplitSpec, usual: f64) {
    ui.label("Share");
    let of = match spec.kind {
        SplitKind::Temporal => "Of the interactions, the newest",
        SplitKind::ColdItems => "Of the items",
        SplitKind::PerUser => "Of the history of each user",
        _ => "Of the users, and of the history of each",
    };
    let mut percent = spec.fraction * 100.0;
    let drag = DragValue::new(&mut percent).range(1.0..=50.0).speed(0.5).max_decimals(1).suffix(" %");
    let response = ui.add(drag).on_hover_text(format!("{of}; usually {:.0} %", usual * 100.0));
    name_field(&response, "Test set share");
    if response.changed() {
        // Rounded, so that the percentage shown and the share stored are the same number.
        spec.fraction = (percent * 10.0).round() / 1000.0;
    }
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
        let (studio, name) = (context.studio.clone(), group.name.clone());
        if spec.kind == SplitKind::File {
            let texts =
                [("Choose a file...", PickKind::OpenFile), ("Choose a folder...", PickKind::OpenFolder)];
            for (text, kind) in texts {
                let response = button::plain_enabled(ui, tokens, text, allowed);
                let hint = "A folder holds train.csv and truth.csv, as an exported test set does";
                if response.on_hover_text(hint).clicked() {
                    ask_truth(context.send, studio.clone(), name.clone(), kind);
                }
            }
        } else if button::plain_enabled(ui, tokens, "Use this test set", allowed).clicked() {
            let spec = spec.clone();
            choose(context.send, move |job| studio.set_test_set(&name, &spec, job));
        }
        if button::link(ui, tokens, "Keep the old one").clicked() {
            spec.clone_from(now);
        }
    });
}

/// Chooses the test set in a job.
fn choose(
    send: &CommandSender,
    work: impl FnOnce(&JobContext) -> anyhow::Result<TestSetView> + Send + 'static,
) {
    // The project shows it when it is there; the ticket is of no further use.
    drop(send.job("Choosing the test set", Lane::Training, work, |test_set| {
        Summary::new("Test set chosen").detail(format!("{} users are tested", count_words(test_set.users)))
    }));
}

/// Asks for the file, or the folder, that says what is to be found.
fn ask_truth(send: &CommandSender, studio: Studio, group: String, kind: PickKind) {
    let files = vec![FileKind::new("Tables", &["csv", "tsv", "gz"])];
    let later = send.clone();
    let request = PickRequest::new("What is to be found", kind, files).then(move |paths| {
        let truth = paths.into_iter().next()?;
        choose(&later, move |job| studio.set_test_set_from_file(&group, &truth, job));
        None
    });
    send.send(Action::Pick(request));
}
