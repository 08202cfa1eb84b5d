//! Lists of other tools: added from a file, taken away again.

use crate::domain::check_name;
use crate::studio::GroupView;
use crate::ui::action::{Action, CommandSender, Field, Question};
use crate::ui::file_picker::{FileKind, PickKind, PickRequest};
use crate::ui::jobs::{Lane, Summary};
use crate::ui::pane::{PaneContext, PaneKind};
use crate::ui::theme::Icon;
use crate::ui::widgets::{button, count_words};
use egui::Ui;
use std::path::PathBuf;

pub(super) fn menu_ui(context: &PaneContext<'_>, ui: &mut Ui, group: &GroupView) {
    let button = button::with_icon(ui, context.tokens, Icon::Plus, "Other tools' lists");
    let button =
        button.on_hover_text("Compare with what another tool recommends to the users of the test set");
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(260.0);
        let hint =
            "userId,itemId,rank or userId,itemId,score as CSV, or the service's batch output unchanged";
        let may_add = !context.is_read_only();
        if ui.add_enabled(may_add, egui::Button::new("Add from a file...")).on_hover_text(hint).clicked() {
            ask_file(context, group);
            ui.close();
        }
        if !group.foreign_lists.is_empty() {
            ui.separator();
        }
        for lists in &group.foreign_lists {
            let words = format!("{} users, from {}", count_words(lists.users), lists.source);
            let text = format!("Remove {}", lists.name);
            if ui.add_enabled(may_add, egui::Button::new(text)).on_hover_text(words).clicked() {
                let (group, name) = (group.name.clone(), lists.name.clone());
                context.send.change(format!("Removing {name}"), move |studio| {
                    studio.delete_lists(&group, &name)?;
                    Ok(None)
                });
                ui.close();
            }
        }
    });
}

/// Asks for the file, then for the name the lists are to have.
fn ask_file(context: &PaneContext<'_>, group: &GroupView) {
    let (send, studio, group) = (context.send.clone(), context.studio.clone(), group.name.clone());
    let files = vec![FileKind::new("Lists", &["csv", "tsv", "jsonl", "json", "out", "gz"])];
    let request = PickRequest::new("Choose a file of lists", PickKind::OpenFile, files).then(move |paths| {
        let path = paths.into_iter().next()?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let value: String =
            stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        Some(Action::Ask(Question {
            title: "What are these lists called?".to_owned(),
            text: format!(
                "The lists of {} stand beside the versions under this name, in every table and plot.",
                path.display()
            ),
            field: Some(Field {
                label: "Name".to_owned(),
                value,
                check: Box::new(|name| check_name(name).map_err(|error| error.to_string())),
            }),
            confirm: "Add".to_owned(),
            danger: false,
            then: Box::new(move |name| keep(&send, studio, group, name, path)),
        }))
    });
    context.send.send(Action::Pick(request));
}

/// Reads and keeps the lists in a job.
fn keep(
    send: &CommandSender,
    studio: crate::studio::Studio,
    group: String,
    name: String,
    path: PathBuf,
) -> Action {
    let title = format!("Reading the lists of {}", path.display());
    let work = move |job: &crate::jobs::JobContext| studio.keep_lists(&group, &name, &path, job);
    // The page shows them when they are there; the ticket is of no further use.
    drop(send.job(title, Lane::Free, work, |lists| {
        Summary::new(format!("{} is a contestant", lists.name))
            .detail(format!("{} users have a list", count_words(lists.users)))
    }));
    Action::Show(PaneKind::Evaluation)
}
