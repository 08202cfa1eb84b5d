//! What the window may be asked to do by its own parts. Panes send actions; only the shell performs them.

use super::command::Command;
use super::file_picker::PickRequest;
use super::jobs::{Ended, JobId, JobRequest, Lane, Summary, Ticket};
use super::notify::Notice;
use super::pane::PaneKind;
use crate::jobs::JobContext;
use crate::studio::{OpenMode, Studio};
use crossbeam_channel::{Receiver, Sender, unbounded};
use parking_lot::Mutex;
use std::panic::Location;
use std::path::PathBuf;
use std::sync::Arc;

/// A quick change of the project, performed between two frames. Says what to tell the person, if anything.
pub type Change = Box<dyn FnOnce(&Studio) -> anyhow::Result<Option<Notice>>>;

/// What makes the bytes of a file.
pub type MakeBytes = Box<dyn FnOnce() -> anyhow::Result<Vec<u8>> + Send>;

/// What to do with a name once it holds.
pub type WithName = Box<dyn FnOnce(&str)>;

/// What is wrong with a text, if anything.
pub type Check = Box<dyn Fn(&str) -> Result<(), String>>;

/// One request to the shell.
pub enum Action {
    Run(Command),
    Show(PaneKind),
    /// Makes a dataset group the current one.
    SelectGroup(String),
    /// Makes a new dataset group, and makes it the current one. `then` is called where that went well.
    CreateGroup {
        name: String,
        then: Option<WithName>,
    },
    CreateProject(PathBuf),
    OpenProject(PathBuf, OpenMode),
    /// Makes the seeded sample project at a path and opens it.
    OpenSample(PathBuf),
    ForgetRecent(PathBuf),
    Notify(Notice),
    StartJob(JobRequest),
    CancelJob(JobId),
    /// Asks the stage of a job that runs to end with what it has.
    SettleJob(JobId),
    /// Opens the jobs tray.
    ShowJobs,
    Pick(PickRequest),
    Ask(Question),
    /// `what` names the attempt in the error message: "Deleting the campaign".
    Change {
        what: String,
        work: Change,
    },
    /// Files for the pane shown, as if dropped on the window.
    Files(Vec<PathBuf>),
    SetTheme(egui::ThemePreference),
    CopyText(String),
    /// Makes a file's bytes in a job and writes them whole or not at all.
    Write {
        path: PathBuf,
        make: MakeBytes,
    },
    /// Keeps a setting of this window in the project.
    Remember {
        key: String,
        value: String,
    },
}

/// What a question asks to be typed.
pub struct Field {
    /// The field's name.
    pub label: String,
    pub value: String,
    /// What is wrong with a text, if anything.
    pub check: Check,
}

/// A question in the middle of the window; nothing else can be done meanwhile.
pub struct Question {
    pub title: String,
    /// What will happen, in one or two sentences.
    pub text: String,
    pub field: Option<Field>,
    /// The button that goes ahead: a verb.
    pub confirm: String,
    /// Whether something is lost that can't be brought back.
    pub danger: bool,
    /// What to do then; given the field's text, empty without one.
    pub then: Box<dyn FnOnce(String) -> Action>,
}

/// An action and the line of code that asked for it.
pub struct Sent {
    pub action: Action,
    pub origin: &'static Location<'static>,
}

/// A place where an answer will be put, once.
pub struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Slot<T> {
    pub fn put(&self, value: T) {
        *self.0.lock() = Some(value);
    }

    /// The answer, once it has come.
    pub fn take(&self) -> Option<T> {
        self.0.lock().take()
    }
}

/// The end of the line on which panes ask the shell for things. Cheap to clone.
#[derive(Clone)]
pub struct CommandSender(Sender<Sent>);

impl CommandSender {
    /// A line: what is sent on one end comes out at the other. Unbounded, because both ends live on the
    /// window's thread and a full line could never be emptied.
    pub fn line() -> (Self, Receiver<Sent>) {
        let (sender, receiver) = unbounded();
        (Self(sender), receiver)
    }

    #[track_caller]
    pub fn send(&self, action: Action) {
        let sent = Sent { action, origin: Location::caller() };
        if self.0.send(sent).is_err() {
            tracing::debug!("the window has closed; an action was dropped");
        }
    }

    #[track_caller]
    pub fn run(&self, command: Command) {
        self.send(Action::Run(command));
    }

    #[track_caller]
    pub fn notify(&self, notice: Notice) {
        self.send(Action::Notify(notice));
    }

    /// A quick change of the project (under 50 ms); anything longer is a job.
    #[track_caller]
    pub fn change(
        &self,
        what: impl Into<String>,
        work: impl FnOnce(&Studio) -> anyhow::Result<Option<Notice>> + 'static,
    ) {
        self.send(Action::Change { what: what.into(), work: Box::new(work) });
    }

    /// Starts work on a thread of its own, seen in the jobs tray. Its result waits at the ticket; its failure
    /// is told by the shell.
    #[track_caller]
    pub fn job<T: Send + 'static>(
        &self,
        title: impl Into<String>,
        lane: Lane,
        work: impl FnOnce(&JobContext) -> anyhow::Result<T> + Send + 'static,
        summarise: impl FnOnce(&T) -> Summary + Send + 'static,
    ) -> Ticket<T> {
        let id = JobId::next();
        let slot = Slot::<Ended<T>>::default();
        let (inside, outside) = (slot.clone(), slot.clone());
        self.send(Action::StartJob(JobRequest {
            id,
            title: title.into(),
            lane,
            work: Box::new(move |job| {
                let value = work(job)?;
                let summary = summarise(&value);
                inside.put(Ended::Done(value));
                Ok(summary)
            }),
            unfinished: Box::new(move |failure| {
                outside.put(failure.map_or(Ended::Cancelled, Ended::Failed));
            }),
        }));
        Ticket { id, slot }
    }

    /// Asks for files; the slot is filled when some were chosen and stays empty when the person thought better.
    #[track_caller]
    pub fn pick(&self, request: PickRequest) -> Slot<Vec<PathBuf>> {
        let slot = Slot::default();
        let inside = slot.clone();
        self.send(Action::Pick(PickRequest {
            then: Box::new(move |paths| {
                inside.put(paths);
                None
            }),
            ..request
        }));
        slot
    }
}
