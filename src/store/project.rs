//! Opening, reading and writing a project file.

use super::lock::{LockError, ProjectLock};
use super::migrations::{APPLICATION_ID, LATEST, migrate, version};
use super::{OpenError, StoreError};
use parking_lot::{Mutex, MutexGuard};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of a page.
const PAGE: u32 = 16 << 10;
/// Statements kept ready: a request runs ten of them, and making one takes longer than running it.
const STATEMENTS: usize = 64;

/// How a project is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// The only writer; refused while another holds the project.
    ReadWrite,
    /// Beside a writer, or on a file that must not change.
    ReadOnly,
}

/// An open project file. Shared between threads; one statement runs at a time.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    path: PathBuf,
    mode: OpenMode,
    /// Freed after the connection: fields drop in order.
    _lock: Option<ProjectLock>,
}

/// Reads of one consistent state.
pub struct Reader<'a> {
    pub(super) connection: &'a Connection,
}

/// One transaction. What it wrote is kept when the closure given to [`Store::write`] returns `Ok`.
pub struct Writer<'a> {
    reader: Reader<'a>,
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl Store {
    /// Makes an empty project where no file is.
    pub fn create(path: &Path) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        if path.exists() {
            return Err(OpenError::Exists { path: path.to_owned() });
        }
        // Made aside and renamed, so that a kill leaves no half project under the name asked for.
        let aside = with_suffix(path, "new");
        remove_if_there(&aside)?;
        {
            let mut connection = connect(&aside, path)?;
            migrate(&mut connection, LATEST).map_err(|source| failed(path, source))?;
            connection.close().map_err(|(_, source)| failed(path, source.into()))?;
        }
        // What was left of a project that somebody deleted must not be taken for changes of this one.
        for journal in ["-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(journal);
            remove_if_there(Path::new(&name))?;
        }
        std::fs::rename(&aside, path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        Ok(Self {
            connection: Mutex::new(connect(path, path)?),
            path: path.to_owned(),
            mode: OpenMode::ReadWrite,
            _lock: Some(lock),
        })
    }

    /// Opens a project. For writing, an older format is brought up to date after a copy of the file was laid
    /// beside it, and jobs that were cut short are marked as failed.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Self, OpenError> {
        if !path.is_file() {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        let (mut connection, lock) = match mode {
            OpenMode::ReadWrite => {
                let lock = lock(path)?;
                check_header(path)?;
                (connect(path, path)?, Some(lock))
            }
            OpenMode::ReadOnly => {
                check_header(path)?;
                (connect_read_only(path)?, None)
            }
        };
        let found = version(&connection).map_err(|source| failed(path, source))?;
        if found > LATEST {
            return Err(OpenError::TooNew { path: path.to_owned(), found, known: LATEST });
        }
        if found < LATEST {
            if mode == OpenMode::ReadOnly {
                return Err(OpenError::NeedsMigration { path: path.to_owned(), found, known: LATEST });
            }
            back_up(&connection, &backup_path(path, found)).map_err(|source| failed(path, source))?;
            migrate(&mut connection, LATEST).map_err(|source| failed(path, source))?;
        }
        let store = Self { connection: Mutex::new(connection), path: path.to_owned(), mode, _lock: lock };
        if mode == OpenMode::ReadWrite {
            store
                .write(|writer| {
                    writer.fail_interrupted_jobs()?;
                    writer.remove_unused_blobs()
                })
                .map_err(|source| failed(path, source))?;
        }
        Ok(store)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_read_only(&self) -> bool {
        self.mode == OpenMode::ReadOnly
    }

    /// Reads one consistent state.
    pub fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.connection.lock();
        let transaction = connection.transaction()?;
        let value = work(&Reader { connection: &transaction })?;
        transaction.finish()?;
        Ok(value)
    }

    /// Runs one transaction: all of `work` is kept, or nothing.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.is_read_only() {
            return Err(StoreError::ReadOnly.into());
        }
        let mut connection = self.connection.lock();
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let value = work(&Writer { reader: Reader { connection: &transaction } })?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// A number that changes with what other processes write; of the only writer it stays.
    pub fn writes_of_others(&self) -> Result<i64, StoreError> {
        if !self.is_read_only() {
            return Ok(0);
        }
        let connection = self.connection.lock();
        let mut statement = connection.prepare_cached("PRAGMA data_version")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The connection itself, for what is not one transaction on this file alone.
    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock()
    }

    /// Writes a copy of the whole project to another file, whole or not at all.
    pub fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        let aside = with_suffix(target, "new");
        back_up(&self.connection.lock(), &aside)?;
        std::fs::rename(&aside, target).map_err(|source| StoreError::Io { path: target.to_owned(), source })
    }
}

fn lock(path: &Path) -> Result<ProjectLock, OpenError> {
    ProjectLock::acquire(path).map_err(|error| match error {
        LockError::Held(holder) => OpenError::Held { path: path.to_owned(), holder },
        LockError::Io(source) => OpenError::Io { path: path.to_owned(), source },
    })
}

pub(super) fn failed(path: &Path, source: StoreError) -> OpenError {
    OpenError::Store { path: path.to_owned(), source }
}

/// Looks at the file's header before `SQLite` does: its name at 0, the application id at 68.
fn check_header(path: &Path) -> Result<(), OpenError> {
    use std::io::Read;
    let mut header = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(72).read_to_end(&mut header))
        .map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
    let is_project = header.starts_with(b"SQLite format 3\0")
        && header.get(68..72) == Some(APPLICATION_ID.to_be_bytes().as_slice());
    if is_project { Ok(()) } else { Err(OpenError::NotAProject { path: path.to_owned() }) }
}

fn connect(file: &Path, project: &Path) -> Result<Connection, OpenError> {
    let open = || -> Result<Connection, StoreError> {
        let connection = Connection::open(file)?;
        // Of a new file: nearly all of a project is in blobs, and each page costs calls to the system.
        connection.pragma_update(None, "page_size", PAGE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    };
    open().map_err(|source| failed(project, source))
}

fn connect_read_only(path: &Path) -> Result<Connection, OpenError> {
    let open = || -> Result<Connection, StoreError> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    };
    open().map_err(|source| failed(path, source))
}

/// Copies an open database, with all that is committed, to a file.
fn back_up(connection: &Connection, target: &Path) -> Result<(), StoreError> {
    if let Err(source) = std::fs::remove_file(target)
        && source.kind() != std::io::ErrorKind::NotFound
    {
        return Err(StoreError::Io { path: target.to_owned(), source });
    }
    let mut copy = Connection::open(target)?;
    rusqlite::backup::Backup::new(connection, &mut copy)?.run_to_completion(1024, Duration::ZERO, None)?;
    Ok(())
}

/// Where the copy of a file of an older format goes: `films.bespoke` → `films.bespoke.format-1`.
fn backup_path(path: &Path, format: u32) -> PathBuf {
    with_suffix(path, &format!("format-{format}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

fn remove_if_there(path: &Path) -> Result<(), OpenError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(OpenError::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("films.bespoke");
        (folder, path)
    }

    /// A file deleted while its journal stayed: the new project begins empty.
    #[test]
    fn a_new_project_is_not_touched_by_the_journal_of_a_deleted_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.bespoke");
        let journal = folder.path().join("p.bespoke-wal");
        std::fs::write(&journal, vec![7; 40_000]).unwrap();
        let store = Store::create(&path).unwrap();
        assert_eq!(store.check().unwrap(), Vec::<String>::new());
        drop(store);
        assert!(Store::open(&path, OpenMode::ReadWrite).is_ok());
    }

    #[test]
    fn a_new_project_carries_its_marks() {
        let (_folder, path) = folder();
        let store = Store::create(&path).unwrap();
        let connection = store.connection.lock();
        let pragma = |name: &str| -> String {
            connection
                .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
                .map(|value| format!("{value:?}"))
                .unwrap()
        };
        assert_eq!(pragma("application_id"), format!("Integer({APPLICATION_ID})"));
        assert_eq!(pragma("user_version"), format!("Integer({LATEST})"));
        assert_eq!(pragma("foreign_keys"), "Integer(1)");
        assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    }

    #[test]
    fn other_files_are_refused_and_left_alone() {
        let (_folder, path) = folder();
        assert!(matches!(Store::open(&path, OpenMode::ReadWrite), Err(OpenError::Missing { .. })));
        std::fs::write(&path, "user,item\n").unwrap();
        assert!(matches!(Store::open(&path, OpenMode::ReadWrite), Err(OpenError::NotAProject { .. })));
        assert!(matches!(Store::create(&path), Err(OpenError::Exists { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "user,item\n");
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE other (id INTEGER)").unwrap();
        assert!(matches!(Store::open(&path, OpenMode::ReadOnly), Err(OpenError::NotAProject { .. })));
    }

    #[test]
    fn one_writer_and_any_reader() {
        let (_folder, path) = folder();
        let store = Store::create(&path).unwrap();
        store.write(|writer| writer.create_group("films")).unwrap();
        let refused = Store::open(&path, OpenMode::ReadWrite).unwrap_err();
        assert!(matches!(refused, OpenError::Held { .. }), "{refused}");
        let reader = Store::open(&path, OpenMode::ReadOnly).unwrap();
        assert_eq!(reader.groups().unwrap().len(), 1);
        let error = reader.write(|writer| writer.create_group("shop")).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly));
        drop(store);
        Store::open(&path, OpenMode::ReadWrite).unwrap();
    }

    #[test]
    fn a_newer_format_is_refused() {
        let (_folder, path) = folder();
        drop(Store::create(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", LATEST + 1).unwrap();
        assert!(matches!(Store::open(&path, OpenMode::ReadWrite), Err(OpenError::TooNew { .. })));
    }

    /// Every earlier format, with rows in it, opens with its rows, after a copy was laid beside it.
    #[test]
    fn every_earlier_format_migrates() {
        for format in 1..LATEST {
            let (_folder, path) = folder();
            let mut connection = Connection::open(&path).unwrap();
            migrate(&mut connection, format).unwrap();
            connection
                .execute_batch(
                    "INSERT INTO dataset_group (name, created_at) VALUES ('films', 7);
                     INSERT INTO dataset (id, dataset_group, kind) VALUES (5, 1, 'Items'), (9, 1, 'Users');
                     DELETE FROM dataset WHERE id = 9;
                     INSERT INTO schema (dataset, document, created_at) VALUES (5, '{}', 7);",
                )
                .unwrap();
            drop(connection);
            assert!(matches!(Store::open(&path, OpenMode::ReadOnly), Err(OpenError::NeedsMigration { .. })));
            let store = Store::open(&path, OpenMode::ReadWrite).unwrap();
            assert_eq!(version(&store.connection.lock()).unwrap(), LATEST);
            let groups = store.groups().unwrap();
            assert_eq!((groups[0].name.as_str(), groups[0].created_at), ("films", 7));
            assert!(store.read(|reader| reader.campaigns(groups[0].id)).unwrap().is_empty());
            {
                let connection = store.connection.lock();
                let number = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
                assert_eq!(number("SELECT id FROM dataset WHERE kind = 'Items'"), 5);
                connection
                    .execute_batch(
                        "INSERT INTO dataset (dataset_group, kind) VALUES (1, 'Action_Interactions')",
                    )
                    .unwrap();
                assert_eq!(number("SELECT max(id) FROM dataset"), 10, "an id was used twice");
                assert!(connection.execute_batch("INSERT INTO schema VALUES (9, 77, '', 0)").is_err());
                // What belongs to a dataset goes with it, as before.
                connection.execute_batch("DELETE FROM dataset WHERE id = 5").unwrap();
                assert_eq!(number("SELECT count(*) FROM schema"), 0);
            }
            assert_eq!(store.check().unwrap(), Vec::<String>::new());
            let copy = Connection::open(backup_path(&path, format)).unwrap();
            assert_eq!(version(&copy).unwrap(), format);
        }
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let (_folder, path) = folder();
        let store = Store::create(&path).unwrap();
        let outcome: Result<(), StoreError> = store.write(|writer| {
            writer.create_group("films")?;
            writer.add_blob(&[1; 10])?;
            Err(StoreError::Damaged { what: "a test", value: String::new() })
        });
        assert!(outcome.is_err());
        assert!(store.groups().unwrap().is_empty());
    }
}
