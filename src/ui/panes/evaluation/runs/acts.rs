//! What can be done with a run, and how the shell is asked for it.

use super::Rename;
use super::table::Page;
use crate::domain::Status;
use crate::studio::{RUN_COLORS, RunMark, RunView, check_alias};
use crate::ui::action::{Action, Field, Question};
use crate::ui::jobs::{Lane, Summary};
use crate::ui::notify::Notice;
use crate::ui::pane::PaneKind;
use crate::ui::theme::Icon;
use egui::{Button, Sense, Ui, vec2};

/// Why runs can't be marked or trained now.
pub(super) fn may_change(page: &Page<'_>) -> Result<(), &'static str> {
    if page.context.is_read_only() { Err("The project is open for reading only") } else { Ok(()) }
}

/// Why a run can't be trained again now.
pub(super) fn may_train(page: &Page<'_>, run: &RunView) -> Result<(), &'static str> {
    match (run.status, &run.updates) {
        (Status::Active, None) => may_change(page),
        (Status::Active, Some(_)) => {
            Err("It was brought up to date, not trained: train the version it came from")
        }
        _ => Err("It is not active, so there is nothing to do again"),
    }
}

/// Marks a run otherwise.
pub(super) fn mark(page: &Page<'_>, run: &RunView, change: impl FnOnce(&mut RunMark)) {
    let mut mark = run.mark();
    change(&mut mark);
    let (group, name) = (page.group.to_owned(), run.name.clone());
    page.context.send.change(format!("Marking {name}"), move |studio| {
        studio.mark_run(&group, &name, &mark)?;
        Ok(None)
    });
}

/// Trains a run again in a job, which says whether the same came out.
pub(super) fn train_again(page: &Page<'_>, run: &RunView) {
    let (studio, group, name) = (page.context.studio.clone(), page.group.to_owned(), run.name.clone());
    let title = format!("Training {name} again");
    let work = move |job: &crate::jobs::JobContext| studio.train_again(&group, &name, job);
    // The new version is the result; the shell tells of it.
    drop(page.context.send.job(title, Lane::Training, work, |again| {
        Summary::new(format!("{} is trained", again.version.name))
            .detail(again.words())
            .open(PaneKind::Evaluation)
            .warning(again.same_data == Some(true) && !again.same_lists)
    }));
}

pub(super) fn copy_command(page: &Page<'_>, run: &RunView) {
    let line = run.command_line(&page.context.project.path, page.group);
    page.context.send.send(Action::CopyText(line.clone()));
    page.context.send.notify(Notice::info("The command line is copied").detail(line));
}

/// Asks for a note.
fn ask_note(page: &Page<'_>, run: &RunView) {
    let (group, name, mark) = (page.group.to_owned(), run.name.clone(), run.mark());
    page.context.send.send(Action::Ask(Question {
        title: format!("Note on {}", run.title()),
        text: "Kept in the project, and looked into by the filter.".to_owned(),
        field: Some(Field { label: "Note".to_owned(), value: run.note.clone(), check: Box::new(|_| Ok(())) }),
        confirm: "Keep".to_owned(),
        danger: false,
        then: Box::new(move |note| Action::Change {
            what: format!("Noting on {name}"),
            work: Box::new(move |studio| {
                studio.mark_run(&group, &name, &RunMark { note, ..mark })?;
                Ok(None)
            }),
        }),
    }));
}

/// The menu of a run.
pub(super) fn menu_ui(ui: &mut Ui, page: &Page<'_>, run: &RunView, rename: &mut Option<Rename>) {
    ui.set_min_width(210.0);
    let allowed = may_change(page);
    let act_if = |ui: &mut Ui, allowed: Result<(), &str>, icon: Icon, text: &str| {
        let image = icon.image(15.0, page.context.tokens.color.text_muted);
        let response = ui.add_enabled(allowed.is_ok(), Button::image_and_text(image, text));
        let response = match allowed {
            Ok(()) => response,
            Err(reason) => response.on_disabled_hover_text(reason),
        };
        let clicked = response.clicked();
        if clicked {
            ui.close();
        }
        clicked
    };
    let act = |ui: &mut Ui, icon: Icon, text: &str| act_if(ui, allowed, icon, text);
    if act(ui, Icon::Edit, "Rename") {
        *rename = Some(Rename::of(run));
    }
    if act(ui, Icon::ArrowUp, if run.pinned { "Unpin" } else { "Pin to the top" }) {
        mark(page, run, |mark| mark.pinned = !mark.pinned);
    }
    if act(ui, Icon::Preview, if run.hidden { "Show again" } else { "Hide" }) {
        mark(page, run, |mark| mark.hidden = !mark.hidden);
    }
    if act(ui, Icon::File, if run.note.is_empty() { "Add a note..." } else { "Change the note..." }) {
        ask_note(page, run);
    }
    palette_ui(ui, page, run);
    ui.separator();
    if act_if(ui, may_train(page, run), Icon::Refresh, "Train again exactly") {
        train_again(page, run);
    }
    let image = Icon::Copy.image(15.0, page.context.tokens.color.text_muted);
    if ui.add(Button::image_and_text(image, "Copy as command line")).clicked() {
        copy_command(page, run);
        ui.close();
    }
}

/// The colours a run may have; the one it has is ringed, and taken back by a click.
pub(super) fn palette_ui(ui: &mut Ui, page: &Page<'_>, run: &RunView) {
    let tokens = page.context.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for color in 0..RUN_COLORS {
            let (rect, response) = ui.allocate_exact_size(vec2(19.0, 22.0), Sense::click());
            let name = format!("Colour {}", color + 1);
            let is_on = run.color == usize::from(color);
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::RadioButton, may_change(page).is_ok(), is_on, &name)
            });
            let radius = if response.hovered() { 7.5 } else { 6.5 };
            ui.painter().circle_filled(rect.center(), radius, tokens.series(usize::from(color)));
            if is_on {
                let stroke = egui::Stroke::new(1.5, tokens.color.text);
                ui.painter().circle_stroke(rect.center(), 9.0, stroke);
            }
            if response.on_hover_text(name).clicked() && may_change(page).is_ok() {
                let is_taken_back = run.color_is_chosen && is_on;
                mark(page, run, |mark| mark.color = if is_taken_back { None } else { Some(color) });
                ui.close();
            }
        }
    });
}

impl Rename {
    pub(super) fn of(run: &RunView) -> Self {
        Self { name: run.name.clone(), text: run.title().to_owned(), is_open: false }
    }

    /// Gives the run the new name; its own name, or none, takes it back.
    pub(super) fn finish(self, page: &Page<'_>, run: &RunView) {
        let text = self.text.trim();
        let alias = if text.is_empty() || text == run.name { None } else { Some(text.to_owned()) };
        if alias == run.alias {
            return;
        }
        match alias.as_deref().map_or(Ok(()), check_alias) {
            Ok(()) => mark(page, run, |mark| mark.alias = alias),
            Err(problem) => {
                page.context
                    .send
                    .notify(Notice::warning(format!("{} keeps its name", run.title())).detail(problem));
            }
        }
    }
}
