//! What happened: messages that come and go, and the bell that remembers them.

mod draw;

use super::action::Action;
use super::theme::Icon;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many notices the bell remembers.
const REMEMBERED: usize = 100;
/// How many messages are up at once.
const UP: usize = 3;

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

    /// How long its message stays. Errors stay until they are put away.
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
    /// Whether its message is up.
    up: bool,
}

impl Told {
    /// What gives way first: what can be missed before what can't, the older before the newer.
    fn rank(&self) -> (Level, u64) {
        (self.notice.level, self.id)
    }
}

/// All that was told, newest last.
#[derive(Default)]
pub struct Notifications {
    told: VecDeque<Told>,
    last_id: u64,
    unread: usize,
    /// Whether a warning or an error is among them.
    is_alarm: bool,
    /// Whether the history is shown, so that nothing has to be said twice.
    is_open: bool,
    /// Whether the pointer rests on the messages: none goes away under it.
    is_held: bool,
}

impl Notifications {
    /// Tells it: its message goes up, the bell counts it.
    pub fn tell(&mut self, notice: Notice) {
        if !self.is_open {
            self.unread += 1;
            self.is_alarm |= notice.level >= Level::Warning;
        }
        self.keep(notice, true);
    }

    /// Remembers what the person sees anyway, on the page that is shown.
    pub fn note(&mut self, notice: Notice) {
        self.keep(notice, false);
    }

    fn keep(&mut self, notice: Notice, up: bool) {
        match notice.level {
            Level::Error => tracing::error!(detail = notice.detail, "{}", notice.title),
            Level::Warning => tracing::warn!(detail = notice.detail, "{}", notice.title),
            Level::Info | Level::Success => tracing::info!(detail = notice.detail, "{}", notice.title),
        }
        self.last_id += 1;
        self.told.push_back(Told { id: self.last_id, notice, at: Instant::now(), up });
        if self.told.len() > REMEMBERED {
            self.told.pop_front();
        }
        let up = self.told.iter().filter(|told| told.up).count();
        let newest = self.last_id;
        let older = self.told.iter_mut().filter(|told| told.up && told.id != newest);
        if up > UP
            && let Some(least) = older.min_by_key(|told| told.rank())
        {
            least.up = false;
        }
    }

    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Whether a warning or an error was not read.
    pub fn is_alarm(&self) -> bool {
        self.is_alarm
    }

    fn read(&mut self) {
        self.unread = 0;
        self.is_alarm = false;
    }

    /// The history was opened or closed.
    pub fn set_open(&mut self, open: bool) {
        self.is_open = open;
        if open {
            self.read();
        }
    }

    pub fn clear(&mut self) {
        self.told.clear();
        self.read();
    }
}
