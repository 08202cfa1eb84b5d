//! The file's format, one step at a time: each SQL file is one transaction and one `user_version`.

use super::StoreError;
use rusqlite::Connection;

/// Marks a `SQLite` file as a project (`PRAGMA application_id`): "BSPK".
pub(super) const APPLICATION_ID: i32 = 0x4253_504b;

/// Steps in order; a step is never changed once released, only followed by another.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_datasets.sql"),
    include_str!("migrations/0002_solutions.sql"),
    include_str!("migrations/0003_serving.sql"),
    include_str!("migrations/0004_checkpoints.sql"),
    include_str!("migrations/0005_updates.sql"),
    include_str!("migrations/0006_lists.sql"),
    include_str!("migrations/0007_run_marks.sql"),
    include_str!("migrations/0008_foreign_lists.sql"),
    include_str!("migrations/0009_simulations.sql"),
    include_str!("migrations/0010_events.sql"),
    include_str!("migrations/0011_use_cases.sql"),
    include_str!("migrations/0012_attribution.sql"),
    include_str!("migrations/0013_actions.sql"),
    include_str!("migrations/0014_newest_event.sql"),
];

/// The format this program writes.
pub(super) const LATEST: u32 = STEPS.len() as u32;

/// The format of an open file; 0 is an empty one.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings a file from its format to `target`, one transaction a step. A step may make a table anew that others refer to
/// (`SQLite`'s own procedure, "Making Other Kinds Of Table Schema Changes"): references are not followed meanwhile, and no
/// step is kept that leaves one to nothing.
pub(super) fn migrate(connection: &mut Connection, target: u32) -> Result<(), StoreError> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    let followed: bool = connection.query_row("PRAGMA foreign_keys", [], |row| row.get(0))?;
    connection.pragma_update(None, "foreign_keys", false)?;
    let migrated = (version(connection)?..target).try_for_each(|step| take(connection, step));
    connection.pragma_update(None, "foreign_keys", followed)?;
    migrated
}

/// One step.
fn take(connection: &mut Connection, step: u32) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(STEPS[step as usize])?;
    let lost: i64 =
        transaction.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if lost > 0 {
        return Err(StoreError::Damaged {
            what: "a reference of the project",
            value: format!("{lost} rows"),
        });
    }
    transaction.pragma_update(None, "user_version", step + 1)?;
    Ok(transaction.commit()?)
}
