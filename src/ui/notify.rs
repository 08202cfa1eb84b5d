//! What happened: toasts that come and go, and the bell that remembers them.
//!
//! Drawn as ordinary widgets, so that a screen reader and a test see them.

use super::action::{Action, CommandSender};
use super::theme::{Icon, Tokens, semibold};
use super::widgets::button;
use egui::{Align, Align2, Area, Context, Id, Layout, Order, RichText, Ui, vec2};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many notices the bell remembers.
const REMEMBERED: usize = 100;
/// The size of a level's icon, in points.
const ICON: f32 = 18.0;
/// How many toasts are up at once.
const TOASTS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Info,
    Success,
    Warning,
    Error,
}

impl Level {
    fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Success => Icon::Success,
            Self::Warning => Icon::Warning,
            Self::Error => Icon::Error,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Info => "Note",
            Self::Success => "Done",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }

    fn color(self, tokens: &Tokens) -> egui::Color32 {
        match self {
            Self::Info => tokens.color.accent_text,
            Self::Success => tokens.color.success,
            Self::Warning => tokens.color.warning,
            Self::Error => tokens.color.error,
        }
    }

    /// How long its toast stays. Errors stay until they are put away.
    fn lasts(self) -> Option<Duration> {
        match self {
            Self::Info | Self::Success => Some(Duration::from_secs(6)),
            Self::Warning => Some(Duration::from_secs(12)),
            Self::Error => None,
        }
    }
}

/// A button of a notice.
struct Remedy {
    label: String,
    effect: Effect,
}

enum Effect {
    Copy(String),
    /// Done once; then the button goes.
    Once(Option<Action>),
}

impl Effect {
    fn is_there(&self) -> bool {
        !matches!(self, Self::Once(None))
    }

    fn take(&mut self) -> Option<Action> {
        match self {
            Self::Copy(text) => Some(Action::CopyText(text.clone())),
            Self::Once(action) => action.take(),
        }
    }
}

/// One thing to tell.
pub struct Notice {
    level: Level,
    title: String,
    detail: String,
    remedies: Vec<Remedy>,
}

impl Notice {
    pub fn new(level: Level, title: impl Into<String>) -> Self {
        Self { level, title: title.into(), detail: String::new(), remedies: Vec::new() }
    }

    pub fn info(title: impl Into<String>) -> Self {
        Self::new(Level::Info, title)
    }

    pub fn success(title: impl Into<String>) -> Self {
        Self::new(Level::Success, title)
    }

    pub fn warning(title: impl Into<String>) -> Self {
        Self::new(Level::Warning, title)
    }

    /// A failure: what was attempted, the reason with its remedy, and a button that copies both.
    pub fn error(attempt: impl Into<String>, reason: impl Into<String>) -> Self {
        let (attempt, reason) = (attempt.into(), reason.into());
        let whole = format!("{attempt}\n{reason}");
        let mut notice = Self::new(Level::Error, attempt).detail(reason);
        notice.remedies.push(Remedy { label: "Copy".to_owned(), effect: Effect::Copy(whole) });
        notice
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Adds a button: "Undo", "Open jobs", "Show".
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, action: Action) -> Self {
        self.remedies.push(Remedy { label: label.into(), effect: Effect::Once(Some(action)) });
        self
    }
}

struct Told {
    id: u64,
    notice: Notice,
    at: Instant,
    /// Whether its toast is up.
    up: bool,
}

/// All that was told, newest last.
#[derive(Default)]
pub struct Notifications {
    told: VecDeque<Told>,
    last_id: u64,
    unread: usize,
    /// Whether the history is shown, so that nothing has to pop up.
    is_open: bool,
}

impl Notifications {
    pub fn tell(&mut self, notice: Notice) {
        match notice.level {
            Level::Error => tracing::error!(detail = notice.detail, "{}", notice.title),
            Level::Warning => tracing::warn!(detail = notice.detail, "{}", notice.title),
            Level::Info | Level::Success => tracing::info!(detail = notice.detail, "{}", notice.title),
        }
        self.last_id += 1;
        self.told.push_back(Told { id: self.last_id, notice, at: Instant::now(), up: true });
        if !self.is_open {
            self.unread += 1;
        }
        if self.told.len() > REMEMBERED {
            self.told.pop_front();
        }
        let up = self.told.iter().filter(|told| told.up).count();
        if up > TOASTS
            && let Some(oldest) = self.told.iter_mut().find(|told| told.up)
        {
            oldest.up = false;
        }
    }

    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The history was opened or closed.
    pub fn set_open(&mut self, open: bool) {
        self.is_open = open;
        if open {
            self.unread = 0;
        }
    }

    /// Draws the toasts at the lower right, and asks to be drawn again when the next one goes.
    pub fn toasts_ui(&mut self, context: &Context, tokens: &Tokens, send: &CommandSender) {
        let mut next = None;
        for told in &mut self.told {
            let Some(lasts) = told.notice.level.lasts().filter(|_| told.up) else { continue };
            match lasts.checked_sub(told.at.elapsed()) {
                None | Some(Duration::ZERO) => told.up = false,
                Some(left) => next = Some(next.map_or(left, |next: Duration| next.min(left))),
            }
        }
        if let Some(next) = next {
            context.request_repaint_after(next);
        }
        if self.is_open || !self.told.iter().any(|told| told.up) {
            return;
        }
        Area::new(Id::unique("toasts"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-tokens.space.lg, -(tokens.space.xxl + tokens.space.xs)))
            .show(context, |ui| {
                ui.spacing_mut().item_spacing.y = tokens.space.sm;
                for told in self.told.iter_mut().filter(|told| told.up) {
                    let frame = super::widgets::raised_frame(tokens);
                    frame.show(ui, |ui| {
                        ui.set_width(360.0);
                        told.up = ui.push_id(told.id, |ui| notice_ui(ui, told, tokens, send, true)).inner;
                    });
                }
            });
    }

    /// Draws everything that was told, newest first.
    pub fn history_ui(&mut self, ui: &mut Ui, tokens: &Tokens, send: &CommandSender) {
        self.unread = 0;
        if self.told.is_empty() {
            ui.add_space(tokens.space.xl);
            ui.vertical_centered(|ui| {
                ui.label(RichText::new("Nothing has happened yet").color(tokens.color.text_muted));
            });
            return;
        }
        let mut gone = None;
        egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
            for told in self.told.iter_mut().rev() {
                let stays = ui.push_id(told.id, |ui| notice_ui(ui, told, tokens, send, false)).inner;
                if !stays {
                    gone = Some(told.id);
                }
                ui.separator();
            }
        });
        if let Some(gone) = gone {
            self.told.retain(|told| told.id != gone);
        }
    }

    pub fn clear(&mut self) {
        self.told.clear();
        self.unread = 0;
    }
}

/// Draws one notice. Whether it stays.
fn notice_ui(ui: &mut Ui, told: &mut Told, tokens: &Tokens, send: &CommandSender, toast: bool) -> bool {
    let mut stays = true;
    let Told { notice, at, .. } = told;
    let color = notice.level.color(tokens);
    ui.spacing_mut().item_spacing.y = tokens.space.xs;
    ui.horizontal(|ui| {
        ui.add(notice.level.icon().image(ICON, color).alt_text(notice.level.name()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Dismiss: {}", notice.title);
            if button::icon(ui, tokens, Icon::Close, &name).clicked() {
                stays = false;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(semibold(&notice.title, tokens.size.body)).wrap());
            });
        });
    });
    ui.horizontal_top(|ui| {
        ui.add_space(ICON + tokens.space.sm);
        ui.vertical(|ui| {
            if !notice.detail.is_empty() {
                let shown = if toast { shortened(&notice.detail) } else { notice.detail.clone() };
                ui.label(RichText::new(shown).color(tokens.color.text_muted));
            }
            let has_remedy = notice.remedies.iter().any(|remedy| remedy.effect.is_there());
            if toast && !has_remedy {
                return;
            }
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().interact_size.y = 26.0;
                for remedy in notice.remedies.iter_mut().filter(|remedy| remedy.effect.is_there()) {
                    let button = egui::Button::new(&remedy.label).min_size(vec2(0.0, 26.0));
                    if ui.add(button).clicked()
                        && let Some(action) = remedy.effect.take()
                    {
                        send.send(action);
                        stays = !toast;
                    }
                }
                if !toast {
                    let ago = super::widgets::duration_words(at.elapsed());
                    ui.label(RichText::new(format!("{ago} ago")).small().color(tokens.color.text_faint));
                }
            });
        });
    });
    stays
}

/// At most three lines' worth of a text; the bell has the rest.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 180;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("{}...", head.trim_end())
}
