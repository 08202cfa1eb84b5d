//! One writer a project: a lock file beside it, held through the operating system, that says who holds it.

use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Who holds a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    /// Epoch seconds.
    pub since: i64,
    /// Tells two holders of one process apart.
    token: u64,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.pid == 0 {
            return f.write_str("another process");
        }
        write!(f, "process {} on {}", self.pid, self.host)?;
        match jiff::Timestamp::from_second(self.since) {
            Ok(since) if self.since > 0 => write!(f, " since {since}"),
            _ => Ok(()),
        }
    }
}

/// The lock while it is held; dropped, it is free and the file gone.
#[derive(Debug)]
pub(super) struct ProjectLock {
    path: PathBuf,
    /// The operating system frees the lock when this closes, also after a kill.
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug)]
pub(super) enum LockError {
    Held(Holder),
    Io(std::io::Error),
}

impl From<std::io::Error> for LockError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl ProjectLock {
    /// Takes the lock of a project, or says who has it.
    pub(super) fn acquire(project: &Path) -> Result<Self, LockError> {
        let path = lock_path(project);
        loop {
            let mut file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(LockError::Held(read_holder(&path))),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            let me = Holder::here();
            let text = serde_json::to_string(&me).map_err(std::io::Error::from)?;
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(text.as_bytes())?;
            file.flush()?;
            // Between opening and locking, the last holder may have removed the file that was locked here.
            match std::fs::read_to_string(&path) {
                Ok(found) if found != text => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                _ => return Ok(Self { path, _file: file }),
            }
        }
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        // Still locked here, so nobody else's file is removed; where it can't be, the next opener reuses it.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!("{} stays: {error}", self.path.display());
        }
    }
}

impl Holder {
    fn here() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            pid: std::process::id(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            since: now.as_secs() as i64,
            token: now.as_nanos() as u64,
        }
    }
}

/// The holder that the lock file names; an unknown one where it can't be read.
fn read_holder(path: &Path) -> Holder {
    std::fs::read_to_string(path).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn lock_path(project: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(project.file_name().unwrap_or_default());
    name.push(".lock");
    project.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_holder_learns_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("films.bespoke");
        let held = ProjectLock::acquire(&project).unwrap();
        let Err(LockError::Held(holder)) = ProjectLock::acquire(&project) else {
            panic!("two holders at once")
        };
        assert_eq!(holder.pid, std::process::id());
        assert!(holder.since > 0 && !holder.host.is_empty());
        assert!(holder.to_string().contains(&format!("process {}", std::process::id())));
        drop(held);
        assert!(!lock_path(&project).exists());
        ProjectLock::acquire(&project).unwrap();
    }

    /// A lock file left by a killed process is no lock.
    #[test]
    fn a_stale_file_does_not_lock() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("films.bespoke");
        std::fs::write(lock_path(&project), "{\"pid\":1,\"host\":\"gone\",\"since\":1,\"token\":1}").unwrap();
        ProjectLock::acquire(&project).unwrap();
    }
}
