//! What commands about projects and dataset groups ask for: a file, a name, or a confirmation.

use super::action::{Action, Check, Field, Question};
use super::command::Command;
use super::file_picker::{FileKind, PickKind, PickRequest};
use super::notify::Notice;
use crate::domain::check_name;
use crate::jobs::JobContext;
use crate::studio::{OpenMode, ProjectView, Studio};
use anyhow::Context;
use std::path::{Path, PathBuf};

fn project_files() -> Vec<FileKind> {
    vec![FileKind::new("Bespoke projects", &["bespoke"])]
}

/// Asks where a new project shall be.
pub(super) fn new_project_request(name: &str) -> PickRequest {
    let kind = PickKind::SaveFile { suggested: format!("{name}.bespoke") };
    PickRequest::new("New project", kind, project_files())
        .then(|paths| paths.into_iter().next().map(Action::CreateProject))
}

fn first(paths: Vec<PathBuf>, make: impl FnOnce(PathBuf) -> Action) -> Option<Action> {
    paths.into_iter().next().map(make)
}

/// What a command about projects or groups asks for; `None` for other commands.
pub(super) fn project_action(
    command: Command,
    project: Option<&ProjectView>,
    group: Option<&str>,
) -> Option<Action> {
    let action = match (command, project, group) {
        (Command::NewProject, ..) => Action::Pick(new_project_request("project")),
        (Command::OpenProject, ..) => Action::Pick(
            PickRequest::new("Open project", PickKind::OpenFile, project_files())
                .then(|paths| first(paths, |path| Action::OpenProject(path, OpenMode::ReadWrite))),
        ),
        (Command::TrySample, ..) => {
            let kind = PickKind::SaveFile { suggested: "sample.bespoke".to_owned() };
            Action::Pick(
                PickRequest::new("Where shall the sample project be?", kind, project_files())
                    .then(|paths| first(paths, Action::OpenSample)),
            )
        }
        (Command::SaveCopy, Some(project), _) => {
            let kind = PickKind::SaveFile { suggested: format!("{} copy.bespoke", project.name) };
            Action::Pick(
                PickRequest::new("Save a copy", kind, project_files()).then(|paths| first(paths, save_copy)),
            )
        }
        (Command::CopyGroup, Some(_), _) => Action::Pick(
            PickRequest::new("Copy a group from", PickKind::OpenFile, project_files())
                .then(|paths| first(paths, copy_group)),
        ),
        (Command::NewGroup, Some(project), _) => Action::Ask(new_group(project, String::new())),
        (Command::RenameGroup, Some(project), Some(group)) => rename_group(project, group),
        (Command::DeleteGroup, Some(_), Some(group)) => delete_group(group),
        _ => return None,
    };
    Some(action)
}

fn change(what: &str, work: impl FnOnce(&Studio) -> anyhow::Result<Option<Notice>> + 'static) -> Action {
    Action::Change { what: what.to_owned(), work: Box::new(work) }
}

fn save_copy(path: PathBuf) -> Action {
    change("Saving the copy", move |studio| {
        studio.copy_to(&path)?;
        let open = Action::OpenProject(path.clone(), OpenMode::ReadWrite);
        Ok(Some(Notice::success("Copy saved").detail(path.display().to_string()).button("Open it", open)))
    })
}

/// A file of one group is copied at once; of several, one is asked for.
fn copy_group(path: PathBuf) -> Action {
    let groups = match Studio::groups_of(&path) {
        Ok(groups) => groups,
        Err(error) => {
            return Action::Notify(Notice::error(
                "The other project could not be read",
                format!("{error:#}"),
            ));
        }
    };
    let Some(only) = groups.first().cloned() else {
        let notice = Notice::warning("The other project has no dataset group");
        return Action::Notify(notice.detail(path.display().to_string()));
    };
    let text = format!("{} holds: {}. Type the name of the one to copy.", path.display(), groups.join(", "));
    Action::Ask(Question {
        title: "Copy a dataset group".to_owned(),
        text,
        field: Some(Field { label: "Dataset group".to_owned(), value: only, check: Box::new(|_| Ok(())) }),
        confirm: "Copy".to_owned(),
        danger: false,
        then: Box::new(move |name| {
            change("Copying the dataset group", move |studio| {
                studio.copy_group_from(&path, &name, &name)?;
                Ok(Some(Notice::success(format!("Dataset group {name} copied"))))
            })
        }),
    })
}

/// A name that no group of the project has, but may be `own`.
fn free_name(project: &ProjectView, own: &str) -> Check {
    let taken: Vec<String> = project.groups.iter().map(|group| group.name.clone()).collect();
    let own = own.to_owned();
    Box::new(move |text| {
        check_name(text).map_err(|error| error.to_string())?;
        if text != own && taken.iter().any(|name| name == text) {
            return Err(format!("There is a dataset group {text} already; use another name"));
        }
        Ok(())
    })
}

/// Asks for the name of a new group, which becomes the current one.
pub(super) fn new_group(project: &ProjectView, proposed: String) -> Question {
    Question {
        title: "New dataset group".to_owned(),
        text: "A dataset group keeps its data, solutions and campaigns apart from others.".to_owned(),
        field: Some(Field { label: "Name".to_owned(), value: proposed, check: free_name(project, "") }),
        confirm: "Create".to_owned(),
        danger: false,
        then: Box::new(|name| Action::CreateGroup { name, then: None }),
    }
}

fn rename_group(project: &ProjectView, group: &str) -> Action {
    let old = group.to_owned();
    Action::Ask(Question {
        title: format!("Rename {group}"),
        text: "Everything in the dataset group stays as it is.".to_owned(),
        field: Some(Field {
            label: "New name".to_owned(),
            value: old.clone(),
            check: free_name(project, group),
        }),
        confirm: "Rename".to_owned(),
        danger: false,
        then: Box::new(move |name| {
            change("Renaming the dataset group", move |studio| {
                studio.rename_group(&old, &name)?;
                let undo = change("Undoing", move |studio| {
                    studio.rename_group(&name, &old)?;
                    Ok(None)
                });
                Ok(Some(Notice::success("Dataset group renamed").button("Undo", undo)))
            })
        }),
    })
}

fn delete_group(group: &str) -> Action {
    let name = group.to_owned();
    Action::Ask(Question {
        title: format!("Delete {group}?"),
        text: "Its datasets, solutions, campaigns and test sets go with it. This can't be undone.".to_owned(),
        field: None,
        confirm: "Delete".to_owned(),
        danger: true,
        then: Box::new(move |_| {
            change("Deleting the dataset group", move |studio| {
                studio.delete_group(&name)?;
                Ok(Some(Notice::success(format!("Dataset group {name} deleted"))))
            })
        }),
    })
}

/// Makes the sample project at `path` and its batch files beside it; takes a half-made one away again.
pub(super) fn make_sample(path: &Path, job: &JobContext) -> anyhow::Result<Studio> {
    let out = path.with_file_name("sample recommendations");
    let is_new = !path.exists();
    let made = Studio::demo(path, &out, job).map(|(studio, _)| studio);
    if made.is_err() && is_new {
        let gone = std::fs::remove_file(path);
        if let Err(error) = gone {
            tracing::warn!("{} is half made and could not be taken away: {error}", path.display());
        }
    }
    made
}

/// Writes a file through one beside it, so that it is whole or not there.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // What is left of the attempt; that it can't be taken away either changes nothing for the person.
        std::fs::remove_file(&beside).unwrap_or_default();
    }
    written
        .with_context(|| format!("writing {}; is the folder writable and the disk not full?", path.display()))
}
