//! Choosing files: the system's own dialog on its own thread, or a path typed in the window.
//!
//! One dialog at a time. A dialog that never answers can always be put aside for a typed path.

use super::action::Action;
use crossbeam_channel::{Receiver, TryRecvError, bounded};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker as TaskWaker};

/// What is to be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickKind {
    OpenFile,
    OpenFiles,
    OpenFolder,
    /// Several files or folders in one go: what dropping does.
    OpenAny,
    /// A file to write, with a name to begin with.
    SaveFile {
        suggested: String,
    },
}

impl PickKind {
    pub fn saves(&self) -> bool {
        matches!(self, Self::SaveFile { .. })
    }
}

/// Files of a kind: "CSV", `["csv", "tsv"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileKind {
    pub name: String,
    /// Without the dot; empty for all files.
    pub extensions: Vec<String>,
}

impl FileKind {
    pub fn new(name: &str, extensions: &[&str]) -> Self {
        let extensions = extensions.iter().map(|extension| (*extension).to_owned()).collect();
        Self { name: name.to_owned(), extensions }
    }
}

/// What happens with the files chosen.
pub type Then = Box<dyn FnOnce(Vec<PathBuf>) -> Option<Action>>;

/// A wish for files.
pub struct PickRequest {
    pub title: String,
    pub kind: PickKind,
    pub files: Vec<FileKind>,
    /// The folder to begin in.
    pub folder: Option<PathBuf>,
    pub then: Then,
}

impl PickRequest {
    /// A request whose answer goes to a slot (see `CommandSender::pick`).
    pub fn new(title: impl Into<String>, kind: PickKind, files: Vec<FileKind>) -> Self {
        Self { title: title.into(), kind, files, folder: None, then: Box::new(|_| None) }
    }

    #[must_use]
    pub fn then(mut self, then: impl FnOnce(Vec<PathBuf>) -> Option<Action> + 'static) -> Self {
        self.then = Box::new(then);
        self
    }
}

/// How a dialog stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    Waiting,
    Chosen(Vec<PathBuf>),
    /// Closed without a choice.
    Dismissed,
    /// No dialog could be shown, and why: a path has to be typed.
    Unavailable(String),
}

/// Something that shows file dialogs.
pub trait FilePicker {
    /// Opens a dialog; one that is open already is left to itself.
    fn open(&mut self, request: &PickRequest, wake: Arc<dyn Fn() + Send + Sync>);
    /// How the dialog stands.
    fn poll(&mut self) -> Picked;
    /// Stops waiting for the dialog.
    fn abandon(&mut self);
}

/// The system's dialog: the desktop portal, or zenity where there is no portal.
#[derive(Default)]
pub struct SystemPicker {
    answer: Option<Receiver<Vec<PathBuf>>>,
    refused: Option<String>,
}

impl FilePicker for SystemPicker {
    fn open(&mut self, request: &PickRequest, wake: Arc<dyn Fn() + Send + Sync>) {
        self.abandon();
        if let Err(reason) = system_dialog_is_there() {
            self.refused = Some(reason.to_owned());
            return;
        }
        let mut dialog = rfd::AsyncFileDialog::new().set_title(&request.title);
        for kind in request.files.iter().filter(|kind| !kind.extensions.is_empty()) {
            dialog = dialog.add_filter(&kind.name, &kind.extensions);
        }
        if !request.files.is_empty() && !request.kind.saves() {
            dialog = dialog.add_filter("All files", &["*"]);
        }
        if let Some(folder) = &request.folder {
            dialog = dialog.set_directory(folder);
        }
        let kind = request.kind.clone();
        let (sender, receiver) = bounded(1);
        let thread = std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
            let one = |file: Option<rfd::FileHandle>| file.into_iter().collect::<Vec<_>>();
            let chosen = match kind {
                PickKind::OpenFile => one(block_on(dialog.pick_file())),
                PickKind::OpenFiles | PickKind::OpenAny => block_on(dialog.pick_files()).unwrap_or_default(),
                PickKind::OpenFolder => one(block_on(dialog.pick_folder())),
                PickKind::SaveFile { suggested } => {
                    one(block_on(dialog.set_file_name(suggested).save_file()))
                }
            };
            let paths = chosen.into_iter().map(|file| file.path().to_owned()).collect();
            // Nobody listens where the dialog was put aside for a typed path.
            if sender.send(paths).is_ok() {
                wake();
            }
        });
        match thread {
            Ok(_) => self.answer = Some(receiver),
            Err(error) => self.refused = Some(format!("no thread could be started: {error}")),
        }
    }

    fn poll(&mut self) -> Picked {
        if let Some(reason) = self.refused.take() {
            return Picked::Unavailable(reason);
        }
        let Some(answer) = &self.answer else { return Picked::Dismissed };
        let picked = match answer.try_recv() {
            Err(TryRecvError::Empty) => return Picked::Waiting,
            Ok(paths) if paths.is_empty() => Picked::Dismissed,
            Ok(paths) => Picked::Chosen(paths),
            Err(TryRecvError::Disconnected) => {
                Picked::Unavailable("the file dialog stopped working".to_owned())
            }
        };
        self.answer = None;
        picked
    }

    fn abandon(&mut self) {
        self.answer = None;
        self.refused = None;
    }
}

/// On Linux a dialog needs a session bus for the portal, or zenity. Without either, rfd says nothing at all.
fn system_dialog_is_there() -> Result<(), &'static str> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|dir| Path::new(&dir).join("bus").exists());
    let zenity = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join("zenity").is_file()));
    if bus || zenity { Ok(()) } else { Err("This desktop has no file dialog") }
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits on this thread for a future that something else drives.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = TaskWaker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// A path as a person types it: `~` is the home folder, quotes around it are dropped.
pub fn typed_path(text: &str) -> PathBuf {
    let text = text.trim();
    let text = text.strip_prefix("file://").unwrap_or(text);
    let text = text.strip_prefix(['"', '\'']).and_then(|t| t.strip_suffix(['"', '\''])).unwrap_or(text);
    let rest = text.strip_prefix("~/").or_else(|| (text == "~").then_some(""));
    match (rest, directories::UserDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(text),
    }
}

/// What is wrong with a typed path, if anything.
pub fn check_path(text: &str, kind: &PickKind) -> Result<PathBuf, String> {
    if text.trim().is_empty() {
        return Err("Type a path".to_owned());
    }
    let path = typed_path(text);
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    match kind {
        PickKind::SaveFile { .. } if path.is_dir() => {
            Err(format!("{} is a folder; add a file name", path.display()))
        }
        PickKind::SaveFile { .. } => match folder {
            Some(folder) if !folder.is_dir() => {
                Err(format!("The folder {} is not there; make it or choose another", folder.display()))
            }
            _ => Ok(path),
        },
        PickKind::OpenFolder if !path.is_dir() => Err(format!("{} is not a folder", path.display())),
        PickKind::OpenFile | PickKind::OpenFiles if path.is_dir() => {
            Err(format!("{} is a folder; choose a file in it", path.display()))
        }
        _ if !path.exists() => Err(format!("{} is not there; check the spelling", path.display())),
        _ => Ok(path),
    }
}

/// Paths that continue a typed text, folders first, at most `limit`.
pub fn complete_path(text: &str, limit: usize) -> Vec<String> {
    let typed = typed_path(text);
    let (folder, start) = if text.ends_with(std::path::MAIN_SEPARATOR) || text == "~" {
        (typed, String::new())
    } else {
        let start = typed.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        (typed.parent().map(Path::to_owned).unwrap_or_default(), start)
    };
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let hidden = start.starts_with('.');
    let mut found: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let fits = name.starts_with(&start) && (hidden || !name.starts_with('.'));
            let is_folder = entry.path().is_dir();
            fits.then(|| (!is_folder, entry.path(), is_folder))
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .take(limit)
        .map(|(_, path, is_folder)| {
            let end = if is_folder { std::path::MAIN_SEPARATOR_STR } else { "" };
            format!("{}{end}", path.display())
        })
        .filter(|path| path != text)
        .collect()
}

/// A picker for tests: gives the answers it was told, in order.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct ScriptedPicker {
    pub answers: std::collections::VecDeque<Picked>,
}

#[cfg(test)]
impl FilePicker for ScriptedPicker {
    fn open(&mut self, _request: &PickRequest, wake: Arc<dyn Fn() + Send + Sync>) {
        wake();
    }

    fn poll(&mut self) -> Picked {
        self.answers.pop_front().unwrap_or(Picked::Dismissed)
    }

    fn abandon(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_paths_are_checked_for_what_they_are_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file.csv");
        std::fs::write(&file, "x").unwrap();
        let (file_text, folder_text) = (file.display().to_string(), folder.path().display().to_string());
        let save = PickKind::SaveFile { suggested: String::new() };
        assert_eq!(check_path(&format!("\"{file_text}\""), &PickKind::OpenFile).unwrap(), file);
        assert!(check_path(&folder_text, &PickKind::OpenFile).unwrap_err().contains("is a folder"));
        assert!(check_path(&folder_text, &PickKind::OpenAny).is_ok());
        assert!(check_path(&folder_text, &save).unwrap_err().contains("add a file name"));
        assert!(check_path(&format!("{folder_text}/new/x.csv"), &save).unwrap_err().contains("not there"));
        assert!(check_path(&format!("{folder_text}/x.csv"), &save).is_ok());
        assert!(check_path(&format!("{file_text}x"), &PickKind::OpenFile).unwrap_err().contains("spelling"));
    }

    #[test]
    fn completion_lists_folders_first_and_leaves_hidden_files_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["ratings.csv", ".hidden", "README"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("raw")).unwrap();
        let base = folder.path().display().to_string();
        assert_eq!(
            complete_path(&format!("{base}/ra"), 8),
            [format!("{base}/raw/"), format!("{base}/ratings.csv")]
        );
        assert_eq!(complete_path(&format!("{base}/"), 8).len(), 3);
    }

    #[test]
    fn a_future_woken_from_another_thread_is_waited_for() {
        let (sender, receiver) = bounded::<u8>(1);
        let mut asked = false;
        let future = std::future::poll_fn(move |context| {
            if let Ok(value) = receiver.try_recv() {
                return Poll::Ready(value);
            }
            if !asked {
                asked = true;
                let (sender, waker) = (sender.clone(), context.waker().clone());
                let thread = std::thread::Builder::new().spawn(move || {
                    sender.send(7).unwrap();
                    waker.wake();
                });
                thread.unwrap();
            }
            Poll::Pending
        });
        assert_eq!(block_on(future), 7);
    }
}
