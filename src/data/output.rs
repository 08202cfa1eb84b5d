//! Files a person asked for: written beside their target and renamed when whole, so that a kill leaves
//! either the old file or the new one.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} `{}`: {source}; check that the folder is there and may be written to", path.display())]
pub struct OutputError {
    pub action: &'static str,
    pub path: PathBuf,
    pub source: std::io::Error,
}

impl OutputError {
    pub(crate) fn new(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self { action, path: path.to_owned(), source }
    }
}

/// A file that appears under its name only when it is finished; dropped before, it leaves nothing.
#[derive(Debug)]
pub struct OutputFile {
    writer: BufWriter<File>,
    temporary: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl OutputFile {
    /// Begins a file for `target`; an existing file stays as it is until [`Self::finish`].
    pub fn create(target: &Path) -> Result<Self, OutputError> {
        let Some(name) = target.file_name().filter(|_| !target.is_dir()) else {
            let source = std::io::Error::new(std::io::ErrorKind::IsADirectory, "a file's name is missing");
            return Err(OutputError::new("write", target, source));
        };
        let mut part = std::ffi::OsString::from(".");
        part.push(name);
        part.push(format!(".{}.part", std::process::id()));
        let temporary = target.with_file_name(part);
        let file = File::create(&temporary).map_err(|source| OutputError::new("write", target, source))?;
        Ok(Self {
            writer: BufWriter::with_capacity(1 << 18, file),
            temporary,
            target: target.to_owned(),
            finished: false,
        })
    }

    /// Puts the file in its place.
    pub fn finish(mut self) -> Result<(), OutputError> {
        self.writer
            .flush()
            .and_then(|()| self.writer.get_ref().sync_all())
            .and_then(|()| std::fs::rename(&self.temporary, &self.target))
            .map_err(|source| OutputError::new("write", &self.target, source))?;
        self.finished = true;
        Ok(())
    }

    /// Where the file will be.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = std::fs::remove_file(&self.temporary)
        {
            tracing::warn!("could not remove `{}`: {error}", self.temporary.display());
        }
    }
}

/// A cell as CSV has it: quoted where it holds a comma, a quote or a line break (RFC 4180).
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_file_leaves_the_old_one_and_no_rest() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("lists.csv");
        std::fs::write(&target, "old").unwrap();

        let mut file = OutputFile::create(&target).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");

        let mut file = OutputFile::create(&target).unwrap();
        file.write_all(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = OutputFile::create(&folder.path().join("nowhere/lists.csv")).unwrap_err();
        assert!(error.to_string().contains("nowhere/lists.csv"), "{error}");
        assert!(OutputFile::create(folder.path()).is_err(), "a folder is no file");
    }

    #[test]
    fn cells_are_quoted_only_where_they_must() {
        assert_eq!(csv_cell("plain id"), "plain id");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
