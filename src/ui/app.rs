//! The shell: collects what happened, performs what was asked for, draws the window.
//!
//! `logic` runs first in every frame and is the only place where state changes; `ui` only draws.

use super::action::{Action, CommandSender, Sent};
use super::command::{Command, CommandEnvironment};
use super::file_picker::{FilePicker, Picked, SystemPicker};
use super::jobs::{JobEnd, Jobs, Ticket};
use super::notify::{Notice, Notifications};
use super::palette::Palette;
use super::pane::PaneKind;
use super::perform::theme_of;
use super::project::OpenProject;
use super::shell::{self, OpenQuestion, PathDialog, Recent, Reply, ShellContext};
use super::theme::{Icon, ThemeError, Themes, Tokens, semibold};
use super::widgets::button;
use crate::domain::DatasetType;
use crate::studio::{AppSettings, OpenMode, Studio};
use crossbeam_channel::Receiver;
use egui::{Align, CentralPanel, Context, Frame, Id, Layout, Margin, Panel, ThemePreference, Ui, UiBuilder};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long `logic` may perform actions before the frame is drawn; the rest waits for the next.
const LOGIC_BUDGET: Duration = Duration::from_millis(10);
/// How often the window is drawn while jobs run.
pub(super) const JOB_PULSE: Duration = Duration::from_millis(100);
/// Names of the program's own settings.
pub(super) const THEME: &str = "theme";
pub(super) const ZOOM: &str = "zoom";

/// What is open at the window's right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Jobs,
    Notifications,
}

/// The window.
pub(super) struct App {
    pub(super) themes: Themes,
    pub(super) send: CommandSender,
    sent: Receiver<Sent>,
    pub(super) jobs: Jobs,
    pub(super) notifications: Notifications,
    pub(super) palette: Palette,
    pub(super) question: Option<OpenQuestion>,
    pub(super) picker: Box<dyn FilePicker>,
    pub(super) path_dialog: Option<PathDialog>,
    pub(super) shortcuts_open: bool,
    pub(super) side: Option<Side>,
    pub(super) project: Option<OpenProject>,
    pub(super) settings: AppSettings,
    pub(super) recents: Vec<Recent>,
    /// Opened once the first frame has been drawn.
    at_start: Option<PathBuf>,
    /// Files to hand on once a project is open.
    pub(super) files_waiting: Vec<PathBuf>,
    /// The sample project that is being made.
    pub(super) sample: Option<Ticket<Studio>>,
    frames: u64,
}

impl App {
    /// The window with the settings of this machine and the system's file dialogs.
    pub(super) fn new(context: &Context, project: Option<PathBuf>) -> Result<Self, ThemeError> {
        Self::with(context, project, AppSettings::load(), Box::<SystemPicker>::default())
    }

    pub(super) fn with(
        context: &Context,
        project: Option<PathBuf>,
        settings: AppSettings,
        picker: Box<dyn FilePicker>,
    ) -> Result<Self, ThemeError> {
        let themes = Themes::install(context)?;
        context.set_theme(settings.values.get(THEME).map_or(ThemePreference::System, |name| theme_of(name)));
        if let Some(zoom) = settings.values.get(ZOOM).and_then(|text| text.parse::<f32>().ok()) {
            context.set_zoom_factor(zoom.clamp(0.6, 2.5));
        }
        let (send, sent) = CommandSender::line();
        let waking = context.clone();
        let mut app = Self {
            themes,
            send,
            sent,
            jobs: Jobs::new(Arc::new(move || waking.request_repaint())),
            notifications: Notifications::default(),
            palette: Palette::default(),
            question: None,
            picker,
            path_dialog: None,
            shortcuts_open: false,
            side: None,
            project: None,
            settings,
            recents: Vec::new(),
            at_start: project,
            files_waiting: Vec::new(),
            sample: None,
            frames: 0,
        };
        app.look_at_recents();
        Ok(app)
    }

    #[cfg(test)]
    pub(super) fn sender(&self) -> CommandSender {
        self.send.clone()
    }

    pub(super) fn environment(&self) -> CommandEnvironment {
        let group = self.project.as_ref().and_then(OpenProject::group_view);
        CommandEnvironment {
            project_open: self.project.is_some(),
            read_only: self.project.as_ref().is_some_and(|project| project.view.read_only),
            group_chosen: group.is_some(),
            has_interactions: group.is_some_and(|group| group.dataset(DatasetType::Interactions).is_some()),
            has_version: group.is_some_and(|group| {
                group.solutions.iter().any(|solution| solution.latest_active().is_some())
            }),
            jobs_active: self.jobs.is_busy(),
        }
    }

    // ----- logic -----

    fn collect_jobs(&mut self, context: &Context) {
        let shown = self.project.as_ref().map(|project| project.shown);
        for JobEnd { title, outcome, can_go_on, elapsed, .. } in self.jobs.poll() {
            let open_jobs = |notice: Notice| notice.button("Open jobs", Action::ShowJobs);
            let mut is_seen = false;
            let notice = match outcome {
                None => Notice::info(format!("Cancelled: {title}")).detail(if can_go_on {
                    "Its last epochs are kept: Resume, beside the version, goes on from there"
                } else {
                    "Nothing of it was kept"
                }),
                Some(Err(reason)) => open_jobs(Notice::error(format!("Failed: {title}"), reason)),
                Some(Ok(summary)) => {
                    let notice = if summary.warning {
                        Notice::warning(summary.title)
                    } else {
                        Notice::success(summary.title)
                    };
                    let notice = notice.detail(summary.detail);
                    match summary.open {
                        Some(pane) if Some(pane) == shown => {
                            is_seen = summary.in_place && !summary.warning;
                            notice
                        }
                        Some(pane) => notice.button(format!("Open {}", pane.title()), Action::Show(pane)),
                        None => notice,
                    }
                }
            };
            if is_seen {
                self.notifications.note(notice);
            } else {
                self.notifications.tell(notice);
            }
            // A job of half a minute may end while the person is elsewhere: ask the desktop for attention.
            if elapsed > Duration::from_secs(30) && !context.input(|input| input.raw.focused) {
                let kind = egui::UserAttentionType::Informational;
                context.send_viewport_cmd(egui::ViewportCommand::RequestUserAttention(kind));
            }
        }
        if self.jobs.is_busy() {
            context.request_repaint_after(JOB_PULSE);
        }
    }

    fn collect_files(&mut self, context: &Context) {
        let dropped = context.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect::<Vec<_>>()
        });
        if !dropped.is_empty() {
            self.send.send(Action::Files(dropped));
        }
        let waiting = self.path_dialog.as_ref().is_some_and(|dialog| dialog.waiting);
        if !waiting {
            return;
        }
        match self.picker.poll() {
            Picked::Waiting => {}
            Picked::Dismissed => self.path_dialog = None,
            Picked::Chosen(paths) => self.chosen(paths),
            Picked::Unavailable(reason) => {
                if let Some(dialog) = &mut self.path_dialog {
                    dialog.unavailable(reason);
                }
            }
        }
    }

    fn draw(&mut self, ui: &mut Ui) {
        let tokens = self.themes.current(ui.ctx());
        let parts = Parts { tokens: &tokens, now: self.environment() };
        self.bars_ui(ui, &parts);
        self.side_ui(ui, &parts);
        self.notifications.bar_ui(ui, &tokens, &self.send);
        let page =
            Frame::new().fill(tokens.color.background).inner_margin(Margin::same(tokens.space.xl as i8));
        // Its widgets are the same whichever bars stand around it: a message that comes up loses no click.
        ui.scope_builder(UiBuilder::new().scope_id(Id::unique("page")), |ui| {
            CentralPanel::no_frame().frame(page).show(ui, |ui| self.page_ui(ui, &parts));
        });
        self.over_ui(ui.ctx(), &parts);
    }

    fn shell_context<'a>(&'a self, parts: &Parts<'a>, context: &Context) -> ShellContext<'a> {
        let project = self.project.as_ref();
        ShellContext {
            tokens: parts.tokens,
            project: project.map(|project| project.view.as_ref()),
            group: project.and_then(|project| project.group.as_deref()),
            shown: project.map_or(PaneKind::Home, |project| project.shown),
            now: parts.now,
            jobs: &self.jobs,
            unread: self.notifications.unread(),
            is_alarm: self.notifications.is_alarm(),
            recents: &self.recents,
            theme: context.options(|options| options.theme_preference),
            send: &self.send,
        }
    }

    fn bars_ui(&self, ui: &mut Ui, parts: &Parts<'_>) {
        let tokens = parts.tokens;
        let context = self.shell_context(parts, ui.ctx());
        let bar = Frame::new().fill(tokens.color.background).inner_margin(Margin::symmetric(12, 4));
        Panel::top("top bar").frame(bar).exact_size(44.0).show(ui, |ui| shell::top_bar_ui(ui, &context));
        let bar = Frame::new().fill(tokens.color.background).inner_margin(Margin::symmetric(12, 2));
        Panel::bottom("status bar")
            .frame(bar)
            .exact_size(28.0)
            .show(ui, |ui| shell::status_bar_ui(ui, &context));
        if context.project.is_some() {
            let rail = Frame::new().fill(tokens.color.sunken).inner_margin(Margin::same(8));
            Panel::left("rail").frame(rail).exact_size(168.0).resizable(false).show(ui, |ui| {
                shell::rail_ui(ui, &context);
            });
        }
        if context.now.read_only {
            let banner = Frame::new().fill(tokens.color.warning_soft).inner_margin(Margin::symmetric(16, 4));
            Panel::top("read only").frame(banner).exact_size(36.0).show(ui, |ui| {
                shell::read_only_banner_ui(ui, &context);
            });
        }
    }

    fn side_ui(&mut self, ui: &mut Ui, parts: &Parts<'_>) {
        let Some(side) = self.side else { return };
        let tokens = parts.tokens;
        let frame = Frame::new().fill(tokens.color.surface).inner_margin(Margin::same(tokens.space.lg as i8));
        let (title, close) = match side {
            Side::Jobs => ("Jobs", Command::ToggleJobs),
            Side::Notifications => ("Notifications", Command::ToggleNotifications),
        };
        Panel::right("side").frame(frame).exact_size(380.0).resizable(false).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(semibold(title, tokens.size.title));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if button::icon(ui, tokens, Icon::Close, &format!("Close {title}")).clicked() {
                        self.send.run(close);
                    }
                    if button::link(ui, tokens, "Clear").clicked() {
                        match side {
                            Side::Jobs => self.jobs.forget_ended(),
                            Side::Notifications => self.notifications.clear(),
                        }
                    }
                });
            });
            ui.add_space(tokens.space.sm);
            match side {
                Side::Jobs => shell::jobs_tray_ui(ui, &self.shell_context(parts, ui.ctx())),
                Side::Notifications => self.notifications.history_ui(ui, tokens, &self.send),
            }
        });
    }

    fn page_ui(&mut self, ui: &mut Ui, parts: &Parts<'_>) {
        let Some(project) = &self.project else {
            shell::welcome_ui(ui, &self.shell_context(parts, ui.ctx()));
            return;
        };
        let shown = project.shown;
        ui.push_id(<&'static str>::from(shown), |ui| {
            self.in_pane(shown, parts.tokens, |pane, context| pane.ui(context, ui));
        });
    }

    /// What lies over the page: dialogs, palette.
    fn over_ui(&mut self, context: &Context, parts: &Parts<'_>) {
        let tokens = parts.tokens;
        shell::drop_overlay_ui(context, tokens);
        if self.shortcuts_open {
            self.shortcuts_open = shell::shortcuts_ui(context, tokens);
        }
        if let Some(question) = self.question.take() {
            self.question = question.ui(context, tokens, &self.send);
        }
        if let Some(mut dialog) = self.path_dialog.take() {
            match dialog.ui(context, tokens) {
                Reply::Open => self.path_dialog = Some(dialog),
                Reply::Closed => self.picker.abandon(),
                Reply::Chosen(paths) => {
                    self.picker.abandon();
                    self.path_dialog = Some(dialog);
                    self.chosen(paths);
                }
                Reply::Browse => {
                    dialog.waiting = true;
                    self.picker.open(&dialog.request, self.jobs.waker());
                    self.path_dialog = Some(dialog);
                }
            }
        }
        if let Some(command) = self.palette.ui(context, tokens, parts.now) {
            self.send.run(command);
        }
    }
}

/// What drawing needs and does not change.
struct Parts<'a> {
    tokens: &'a Tokens,
    now: CommandEnvironment,
}

impl eframe::App for App {
    fn logic(&mut self, context: &Context, _frame: &mut eframe::Frame) {
        self.frames += 1;
        // The first frame shows the window at once; the project comes with the second.
        if self.frames == 2
            && let Some(path) = self.at_start.take()
        {
            self.open_project(&path, OpenMode::ReadWrite);
        }
        if self.at_start.is_some() {
            context.request_repaint();
        }
        self.collect_jobs(context);
        self.collect_sample();
        self.collect_files(context);
        self.refresh_project();
        let is_busy = self.question.is_some() || self.path_dialog.is_some();
        if !is_busy && let Some(command) = Command::pressed(context) {
            self.send.run(command);
        }
        let began = Instant::now();
        while began.elapsed() < LOGIC_BUDGET
            && let Ok(Sent { action, origin }) = self.sent.try_recv()
        {
            tracing::trace!(%origin, "an action");
            self.perform(action, context);
        }
        if !self.sent.is_empty() {
            context.request_repaint();
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
        // What was asked for while drawing is performed at the start of the next frame: it must come.
        if !self.sent.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
