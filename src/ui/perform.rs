//! How the shell performs what was asked for. The other half of [`App`]: nothing here draws.

use super::action::{Action, Change, MakeBytes, Question, WithName};
use super::app::{App, JOB_PULSE, Side, THEME, ZOOM};
use super::command::Command;
use super::commands;
use super::jobs::{Ended, Lane, Summary, Ticket};
use super::notify::Notice;
use super::pane::{Pane, PaneContext, PaneKind};
use super::project::OpenProject;
use super::shell::{OpenQuestion, PathDialog, Recent};
use super::theme::Tokens;
use crate::studio::{OpenError, OpenMode, Studio};
use egui::{Context, ThemePreference};
use std::path::{Path, PathBuf};
use std::rc::Rc;

impl App {
    pub(super) fn perform(&mut self, action: Action, context: &Context) {
        match action {
            Action::Run(command) => self.run(command, context),
            Action::Show(pane) => self.with_project(|project| project.show(pane)),
            Action::SelectGroup(name) => self.with_project(|project| project.select_group(&name)),
            Action::CreateGroup { name, then } => self.create_group(&name, then),
            Action::CreateProject(path) => self.create_project(&path),
            Action::OpenProject(path, mode) => self.open_project(&path, mode),
            Action::OpenSample(path) => self.make_sample(&path),
            Action::ForgetRecent(path) => {
                self.settings.forget_project(&path);
                self.keep_settings();
                self.look_at_recents();
            }
            Action::Notify(notice) => self.notifications.tell(notice),
            Action::StartJob(request) => {
                self.jobs.start(request);
                context.request_repaint_after(JOB_PULSE);
            }
            Action::CancelJob(id) => self.jobs.cancel(id),
            Action::SettleJob(id) => self.jobs.settle(id),
            Action::ShowJobs => self.show_side(Some(Side::Jobs)),
            Action::Pick(request) => {
                let waker = self.jobs.waker();
                self.picker.open(&request, waker);
                self.path_dialog = Some(PathDialog::new(request, true));
            }
            Action::Ask(question) => self.question = Some(OpenQuestion::new(question)),
            Action::Change { what, work } => self.change(&what, work),
            Action::Files(paths) => self.take_files(paths),
            Action::SetTheme(theme) => {
                context.set_theme(theme);
                self.settings.values.insert(THEME.to_owned(), theme_name(theme).to_owned());
                self.keep_settings();
            }
            Action::CopyText(text) => context.copy_text(text),
            Action::Write { path, make } => self.write(path, make),
            Action::Remember { key, value } => self.with_project(|project| project.remember(&key, &value)),
        }
    }

    fn with_project(&mut self, work: impl FnOnce(&mut OpenProject) -> anyhow::Result<()>) {
        if let Some(project) = &mut self.project
            && let Err(error) = work(project)
        {
            self.notifications
                .tell(Notice::error("The window's settings could not be kept", format!("{error:#}")));
        }
    }

    fn change(&mut self, what: &str, work: Change) {
        let Some(project) = &self.project else { return };
        match work(&project.studio) {
            Ok(Some(notice)) => self.notifications.tell(notice),
            Ok(None) => {}
            Err(error) => {
                self.notifications.tell(Notice::error(format!("{what} failed"), format!("{error:#}")));
            }
        }
        self.refresh_project();
    }

    fn create_group(&mut self, name: &str, then: Option<WithName>) {
        let Some(project) = &self.project else { return };
        match project.studio.create_group(name) {
            Ok(()) => {
                self.refresh_project();
                self.with_project(|project| project.select_group(name));
                self.notifications.tell(Notice::success(format!("Dataset group {name} made")));
                if let Some(then) = then {
                    then(name);
                }
            }
            Err(error) => {
                let notice = Notice::error("The dataset group could not be made", format!("{error:#}"));
                self.notifications.tell(notice);
            }
        }
    }

    fn write(&self, path: PathBuf, make: MakeBytes) {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let shown = path.display().to_string();
        self.send.job(
            format!("Saving {name}"),
            Lane::Free,
            move |_| commands::write_whole(&path, &make()?),
            move |()| Summary::new(format!("Saved {name}")).detail(shown),
        );
    }

    /// Draws, imports, trains and evaluates the sample data; the project is opened when all of it is there.
    fn make_sample(&mut self, path: &Path) {
        if self.sample.is_some() {
            self.notifications.tell(Notice::info("The sample project is being made already"));
            return;
        }
        let path = path.with_extension("bespoke");
        self.sample = Some(self.send.job(
            "Making the sample project",
            Lane::Training,
            move |job| commands::make_sample(&path, job),
            |studio| Summary::new("The sample project is ready").detail(studio.path().display().to_string()),
        ));
        self.show_side(Some(Side::Jobs));
    }

    /// Opens the sample project once it is made.
    pub(super) fn collect_sample(&mut self) {
        let Some(ended) = self.sample.as_ref().and_then(Ticket::take) else { return };
        self.sample = None;
        if let Ended::Done(studio) = ended {
            self.show_side(None);
            self.enter(studio);
        }
    }

    fn keep_settings(&mut self) {
        if let Err(error) = self.settings.save() {
            self.notifications.tell(Notice::error("Settings could not be kept", format!("{error:#}")));
        }
    }

    fn create_project(&mut self, path: &Path) {
        // The dialog asked whether a file that is there may be replaced; what is there may still be a project.
        let path = &path.with_extension("bespoke");
        match Studio::create(path) {
            Ok(studio) => self.enter(studio),
            Err(error) => {
                let notice = Notice::error("The project could not be made", error.to_string());
                self.notifications.tell(match error {
                    OpenError::Exists { path } => {
                        notice.button("Open it", Action::OpenProject(path, OpenMode::ReadWrite))
                    }
                    _ => notice,
                });
            }
        }
    }

    pub(super) fn open_project(&mut self, path: &Path, mode: OpenMode) {
        if mode == OpenMode::ReadWrite
            && self.project.as_ref().is_some_and(|open| !open.view.read_only && open.studio.path() == path)
        {
            return;
        }
        match Studio::open(path, mode) {
            Ok(studio) => self.enter(studio),
            Err(OpenError::Held { path, holder }) => {
                let text = format!(
                    "{} is held by {holder}. You can look at it without changing it, or close it there first.",
                    path.display()
                );
                self.question = Some(OpenQuestion::new(Question {
                    title: "This project is open elsewhere".to_owned(),
                    text,
                    field: None,
                    confirm: "Open for reading only".to_owned(),
                    danger: false,
                    then: Box::new(move |_| Action::OpenProject(path, OpenMode::ReadOnly)),
                }));
            }
            Err(error) => {
                self.notifications.tell(Notice::error("The project could not be opened", error.to_string()));
                self.look_at_recents();
            }
        }
    }

    fn enter(&mut self, studio: Studio) {
        let path = studio.path().to_owned();
        match OpenProject::new(studio) {
            Ok(project) => {
                self.project = Some(project);
                self.settings.remember_project(&path);
                self.keep_settings();
                self.look_at_recents();
                let files = std::mem::take(&mut self.files_waiting);
                if !files.is_empty() {
                    self.send.send(Action::Files(files));
                }
            }
            Err(error) => {
                self.notifications.tell(Notice::error("The project could not be read", format!("{error:#}")));
            }
        }
    }

    /// Files dropped or chosen: a project is opened, data goes to the page shown or to Datasets.
    fn take_files(&mut self, paths: Vec<PathBuf>) {
        if let [path] = paths.as_slice()
            && path.extension().is_some_and(|extension| extension == "bespoke")
        {
            self.send.send(Action::OpenProject(path.clone(), OpenMode::ReadWrite));
            return;
        }
        let Some(project) = &self.project else {
            // Nothing is open: the data's own name is a good name for a project.
            let name = paths.first().and_then(|path| path.file_stem());
            let name = name.map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
            self.files_waiting = paths;
            self.send.send(Action::Pick(commands::new_project_request(&name)));
            return;
        };
        let shown = project.shown;
        if self.offer_files(shown, &paths) || shown == PaneKind::Datasets {
            return;
        }
        self.with_project(|project| project.show(PaneKind::Datasets));
        if !self.offer_files(PaneKind::Datasets, &paths) {
            self.notifications.tell(Notice::warning("These files can't be taken now"));
        }
    }

    fn offer_files(&mut self, kind: PaneKind, paths: &[PathBuf]) -> bool {
        let tokens = Tokens::default();
        self.in_pane(kind, &tokens, |pane, context| pane.take_files(context, paths)).unwrap_or(false)
    }

    /// Calls a page with its context.
    pub(super) fn in_pane<R>(
        &mut self,
        kind: PaneKind,
        tokens: &Tokens,
        call: impl FnOnce(&mut dyn Pane, &PaneContext<'_>) -> R,
    ) -> Option<R> {
        let OpenProject { studio, view, group, panes, .. } = self.project.as_mut()?;
        let context = PaneContext {
            studio,
            project: view,
            group: group.as_deref().and_then(|name| view.group(name)),
            tokens,
            jobs: &self.jobs,
            send: &self.send,
        };
        let pane = panes.iter_mut().find(|pane| pane.kind() == kind)?;
        Some(call(pane.as_mut(), &context))
    }

    pub(super) fn run(&mut self, command: Command, context: &Context) {
        if let Err(reason) = command.availability(&self.environment()) {
            let name = command.text().trim_end_matches("...");
            self.notifications.tell(Notice::info(format!("{name}: not now")).detail(reason));
            return;
        }
        if let Some(theme) = command.theme() {
            self.perform(Action::SetTheme(theme), context);
        } else if let Some(pane) = command.pane() {
            self.with_project(|project| project.show(pane));
            let tokens = self.themes.current(context);
            self.in_pane(pane, &tokens, |page, context| page.command(context, command));
        } else {
            self.run_shell_command(command, context);
        }
    }

    fn run_shell_command(&mut self, command: Command, context: &Context) {
        let view = self.project.as_ref().map(|project| Rc::clone(&project.view));
        let group = self.project.as_ref().and_then(|project| project.group.clone());
        if let Some(action) = commands::project_action(command, view.as_deref(), group.as_deref()) {
            self.send.send(action);
            return;
        }
        match command {
            Command::CloseProject => {
                self.jobs.cancel_all();
                self.project = None;
            }
            Command::Quit => context.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::OpenPalette => self.palette.open(),
            Command::ShowShortcuts => self.shortcuts_open = !self.shortcuts_open,
            Command::ToggleJobs => self.toggle(Side::Jobs),
            Command::ToggleNotifications => self.toggle(Side::Notifications),
            Command::CancelAllJobs => self.jobs.cancel_all(),
            Command::ZoomIn => self.zoom(context, context.zoom_factor() + 0.1),
            Command::ZoomOut => self.zoom(context, context.zoom_factor() - 0.1),
            Command::ZoomReset => self.zoom(context, 1.0),
            _ => {}
        }
    }

    fn toggle(&mut self, side: Side) {
        self.show_side(Some(side).filter(|side| self.side != Some(*side)));
    }

    fn show_side(&mut self, side: Option<Side>) {
        self.side = side;
        self.notifications.set_open(self.side == Some(Side::Notifications));
    }

    fn zoom(&mut self, context: &Context, factor: f32) {
        let factor = (factor.clamp(0.6, 2.5) * 10.0).round() / 10.0;
        context.set_zoom_factor(factor);
        self.settings.values.insert(ZOOM.to_owned(), factor.to_string());
        self.keep_settings();
    }

    pub(super) fn chosen(&mut self, paths: Vec<PathBuf>) {
        if let Some(dialog) = self.path_dialog.take()
            && let Some(action) = (dialog.request.then)(paths)
        {
            self.send.send(action);
        }
    }

    pub(super) fn refresh_project(&mut self) {
        if let Some(project) = &mut self.project
            && let Err(error) = project.refresh()
        {
            self.notifications.tell(Notice::error("The project could not be read", format!("{error:#}")));
        }
    }

    pub(super) fn look_at_recents(&mut self) {
        let known = self.settings.recent_projects.iter();
        self.recents = known.map(|path| Recent { path: path.clone(), exists: path.is_file() }).collect();
    }
}

/// The theme a setting names.
pub(super) fn theme_of(name: &str) -> ThemePreference {
    match name {
        "light" => ThemePreference::Light,
        "dark" => ThemePreference::Dark,
        _ => ThemePreference::System,
    }
}

fn theme_name(theme: ThemePreference) -> &'static str {
    match theme {
        ThemePreference::Light => "light",
        ThemePreference::Dark => "dark",
        ThemePreference::System => "system",
    }
}
