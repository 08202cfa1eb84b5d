//! The shell driven as a person would drive it, by accessible name.

use super::action::Action;
use super::app::App;
use super::command::Command;
use super::file_picker::{Picked, ScriptedPicker};
use super::jobs::{Lane, Summary};
use super::notify::Notice;
use super::pane::PaneKind;
use crate::studio::{AppSettings, OpenMode, Studio};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

struct Window {
    harness: Harness<'static, App>,
    folder: tempfile::TempDir,
}

/// A window over a fresh folder, with the answers its file dialogs will give.
fn window(project: Option<&str>, answers: impl FnOnce(&Path) -> Vec<Picked>) -> Window {
    let folder = tempfile::tempdir().unwrap();
    let path = project.map(|name| folder.path().join(name));
    if let Some(path) = &path {
        drop(Studio::create(path).unwrap());
    }
    window_in(folder, path, answers)
}

fn window_in(
    folder: tempfile::TempDir,
    project: Option<PathBuf>,
    answers: impl FnOnce(&Path) -> Vec<Picked>,
) -> Window {
    let settings = AppSettings::load_from(&folder.path().join("settings.json"));
    let picker = Box::new(ScriptedPicker { answers: answers(folder.path()).into() });
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_theme(Theme::Dark)
        .build_eframe(|creation| App::with(&creation.egui_ctx, project, settings, picker).unwrap());
    harness.run();
    Window { harness, folder }
}

impl Window {
    fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    /// Clicks where a job starts, which keeps the window from coming to rest.
    fn click_while_busy(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(4);
    }

    fn type_into(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, label).focus();
        self.harness.run();
        self.harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
        self.harness.run();
    }

    fn shown(&self) -> Option<PaneKind> {
        self.harness.state().project.as_ref().map(|project| project.shown)
    }

    fn group(&self) -> Option<String> {
        self.harness.state().project.as_ref().and_then(|project| project.group.clone())
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    /// Steps until a label is there.
    fn wait_for(&mut self, label: &str) {
        let began = Instant::now();
        while !self.has(label) {
            assert!(began.elapsed() < Duration::from_secs(20), "`{label}` did not appear");
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    /// When the window wants to be drawn again.
    fn repaint_delay(&self) -> Duration {
        self.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
    }
}

#[test]
fn the_start_page_offers_every_way_in() {
    let window = window(None, |_| Vec::new());
    for label in ["New project", "Open a project", "Try the sample data", "Choose data files"] {
        assert!(window.has(label), "{label}");
    }
    assert_eq!(window.repaint_delay(), Duration::MAX, "an idle window asks for nothing");
}

#[test]
fn a_new_project_is_made_where_the_dialog_says() {
    let mut window = window(None, |folder| vec![Picked::Chosen(vec![folder.join("films.bespoke")])]);
    window.click("New project");
    assert_eq!(window.shown(), Some(PaneKind::Home));
    assert!(window.folder.path().join("films.bespoke").is_file());
    window.keys(Modifiers::COMMAND, Key::W);
    assert!(window.has("films"), "it is among the recent ones");
}

#[test]
fn without_a_file_dialog_a_path_is_typed_and_checked() {
    let mut window =
        window(None, |_| vec![Picked::Unavailable("This desktop has no file dialog".to_owned())]);
    window.click("New project");
    let wrong = window.folder.path().join("nowhere").join("films.bespoke");
    let field = |window: &Window| window.harness.get_by_role_and_label(Role::TextInput, "Path").value();
    assert!(field(&window).is_some_and(|text| text.ends_with("project.bespoke")));
    window.harness.get_by_label("Path").set_text_value_accesskit(&wrong.display().to_string());
    window.harness.run();
    let folder = window.folder.path().join("nowhere");
    assert!(window.has(&format!("The folder {} is not there; make it or choose another", folder.display())));
    let right = window.folder.path().join("films.bespoke");
    window.harness.get_by_label("Path").set_text_value_accesskit(&right.display().to_string());
    window.harness.run();
    window.click("Save");
    assert!(right.is_file());
    assert_eq!(window.shown(), Some(PaneKind::Home));
}

#[test]
fn the_palette_runs_a_command_by_its_name() {
    let mut window = window(Some("films.bespoke"), |_| Vec::new());
    window.keys(Modifiers::COMMAND, Key::K);
    window.type_into("Find a command", "settings");
    window.keys(Modifiers::NONE, Key::Enter);
    assert_eq!(window.shown(), Some(PaneKind::Settings));
    window.keys(Modifiers::COMMAND, Key::K);
    window.type_into("Find a command", "create a campaign");
    window.keys(Modifiers::NONE, Key::Enter);
    assert_eq!(window.shown(), Some(PaneKind::Settings), "what can't be given now is not run");
    window.keys(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_role_and_label(Role::TextInput, "Find a command").is_none());
}

#[test]
fn keys_go_to_pages_and_the_page_is_kept_in_the_project() {
    let mut window = window(Some("films.bespoke"), |_| Vec::new());
    window.keys(Modifiers::COMMAND, Key::Num6);
    assert_eq!(window.shown(), Some(PaneKind::Evaluation));
    let Window { harness, folder } = window;
    drop(harness);
    let path = folder.path().join("films.bespoke");
    let window = window_in(folder, Some(path), |_| Vec::new());
    assert_eq!(window.shown(), Some(PaneKind::Evaluation));
}

#[test]
fn the_theme_is_switched_in_the_bar_and_kept() {
    let mut window = window(None, |_| Vec::new());
    window.click("Use the light theme");
    assert_eq!(window.harness.ctx.theme(), Theme::Light);
    window.click("Use the dark theme");
    assert_eq!(window.harness.ctx.theme(), Theme::Dark);
    let kept = AppSettings::load_from(&window.folder.path().join("settings.json"));
    assert_eq!(kept.values.get("theme").map(String::as_str), Some("dark"));
}

#[test]
fn a_toast_offers_what_to_do_and_the_bell_remembers() {
    let mut window = window(Some("films.bespoke"), |_| Vec::new());
    let send = window.harness.state().sender();
    let undo = Action::Show(PaneKind::Batch);
    send.notify(Notice::error("Import of u.data failed", "row 17: not a time; mend it").button("Undo", undo));
    window.harness.run();
    assert!(window.has("Import of u.data failed") && window.has("row 17: not a time; mend it"));
    window.keys(Modifiers::COMMAND, Key::J);
    assert!(window.has("Notifications, 1 unread"), "looking at the jobs reads nothing");
    window.click("Undo");
    assert_eq!(window.shown(), Some(PaneKind::Batch));
    assert!(!window.has("Import of u.data failed"), "the toast is gone");
    window.click("Notifications, 1 unread");
    assert!(window.has("Import of u.data failed") && !window.has("Undo"), "an action is done once");
    assert!(window.has("Copy"));
}

#[test]
fn a_toast_of_success_goes_by_itself() {
    let mut window = window(None, |_| Vec::new());
    window.harness.state().sender().notify(Notice::success("Saved"));
    window.harness.run();
    assert!(window.has("Saved"));
    assert!(window.repaint_delay() <= Duration::from_secs(6), "the window wakes to take it away");
}

#[test]
fn a_group_is_made_named_and_deleted_after_a_question() {
    let mut window = window(Some("films.bespoke"), |_| Vec::new());
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.type_into("Name", "films");
    window.click("Create");
    assert_eq!(window.group().as_deref(), Some("films"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.type_into("Name", "films");
    assert!(window.has("There is a dataset group films already; use another name"));
    window.click("Cancel");
    window.harness.state().sender().run(Command::RenameGroup);
    window.harness.run();
    window.type_into("New name", "2");
    window.click("Rename");
    assert_eq!(window.group().as_deref(), Some("films2"));
    window.click("Undo");
    assert_eq!(window.group().as_deref(), Some("films"));
    window.harness.state().sender().run(Command::DeleteGroup);
    window.harness.run();
    window.click("Cancel");
    assert_eq!(window.group().as_deref(), Some("films"));
    window.harness.state().sender().run(Command::DeleteGroup);
    window.harness.run();
    window.click("Delete");
    assert_eq!(window.group(), None);
}

#[test]
fn a_project_open_for_reading_says_so_and_refuses_changes() {
    let mut window = window(None, |_| Vec::new());
    let path = window.folder.path().join("films.bespoke");
    drop(Studio::create(&path).unwrap());
    window.harness.state().sender().send(Action::OpenProject(path, OpenMode::ReadOnly));
    window.harness.run();
    assert!(window.has("Try to open it for writing"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    assert!(window.has("New dataset group: not now"));
    assert!(window.has("The project is open for reading only"));
}

#[test]
fn a_recent_project_that_is_gone_is_greyed_and_can_be_taken_off() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = AppSettings::load_from(&folder.path().join("settings.json"));
    settings.remember_project(&folder.path().join("lost.bespoke"));
    settings.save().unwrap();
    let mut window = window_in(folder, None, |_| Vec::new());
    let lost = window.harness.get_by_label("lost");
    assert!(lost.accesskit_node().is_disabled());
    window.click("Take lost off this list");
    assert!(!window.has("lost"));
    let kept = AppSettings::load_from(&window.folder.path().join("settings.json"));
    assert!(kept.recent_projects.is_empty());
}

#[test]
fn a_job_shows_in_the_tray_is_cancelled_there_and_told() {
    let mut window = window(Some("films.bespoke"), |_| Vec::new());
    let send = window.harness.state().sender();
    let work = |job: &crate::jobs::JobContext| -> anyhow::Result<()> {
        job.stage("Counting", crate::jobs::Unit::Rows, 100);
        while !job.is_cancelled() {
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(job.check()?)
    };
    let ticket = send.job("Importing u.data", Lane::Free, work, |()| Summary::new("done"));
    window.harness.run();
    window.keys(Modifiers::COMMAND, Key::J);
    window.wait_for("Counting");
    assert!(window.repaint_delay() <= Duration::from_millis(100), "progress is drawn ten times a second");
    window.harness.get_by_label("Cancel: Importing u.data").click();
    window.harness.step();
    window.wait_for("Cancelled: Importing u.data");
    assert!(matches!(ticket.take(), Some(super::jobs::Ended::Cancelled)));
}

#[test]
fn an_export_is_written_whole_and_a_failure_is_told() {
    let mut window = window(Some("films.bespoke"), |_| Vec::new());
    let path = window.folder.path().join("plot.csv");
    let send = window.harness.state().sender();
    send.send(Action::Write { path: path.clone(), make: Box::new(|| Ok(b"a,b\n".to_vec())) });
    window.harness.run();
    window.wait_for("Saved plot.csv");
    assert_eq!(std::fs::read(&path).unwrap(), b"a,b\n");
    let nowhere = window.folder.path().join("no").join("plot.csv");
    send.send(Action::Write { path: nowhere, make: Box::new(|| Ok(Vec::new())) });
    window.harness.run();
    window.wait_for("Failed: Saving plot.csv");
}

#[test]
fn the_sample_data_is_made_in_a_job_that_can_be_cancelled() {
    let mut window = window(None, |folder| vec![Picked::Chosen(vec![folder.join("sample.bespoke")])]);
    window.click_while_busy("Try the sample data");
    window.wait_for("Cancel: Making the sample project");
    window.harness.get_by_label("Cancel: Making the sample project").click();
    window.harness.step();
    window.wait_for("Cancelled: Making the sample project");
    assert_eq!(window.shown(), None);
    assert!(!window.folder.path().join("sample.bespoke").exists(), "nothing half-made is left");
}

#[test]
fn the_cheat_sheet_lists_the_keys() {
    let mut window = window(None, |_| Vec::new());
    window.keys(Modifiers::NONE, Key::F1);
    assert!(window.has("Keyboard shortcuts") && window.has("Ctrl+Shift+N"));
    window.click("Close");
    assert!(!window.has("Keyboard shortcuts"));
}
