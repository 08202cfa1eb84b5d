//! Taking a dataset group over from another project file.

use super::project::failed;
use super::{OpenError, OpenMode, Store, StoreError};
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// Tables of a group in the order in which they may be filled, and which of their rows belong to it. Every id is
/// moved by one offset, past all ids in use here, so that references stay references.
const TABLES: &[(&str, &str)] = &[
    ("dataset_group", "id = ?1"),
    ("dataset", "dataset_group = ?1"),
    ("schema", "dataset IN (SELECT id FROM other.dataset WHERE dataset_group = ?1)"),
    ("blob", "id IN (SELECT id FROM temp.taken_blob)"),
    ("blob_chunk", "blob IN (SELECT id FROM temp.taken_blob)"),
    ("dataset_version", "dataset IN (SELECT id FROM other.dataset WHERE dataset_group = ?1)"),
    ("import_job", "dataset_group = ?1"),
    ("problem", "import_job IN (SELECT id FROM other.import_job WHERE dataset_group = ?1)"),
    ("test_set", "dataset_group = ?1"),
    ("solution", "dataset_group = ?1"),
    ("solution_version", "solution IN (SELECT id FROM other.solution WHERE dataset_group = ?1)"),
    ("model", "solution_version IN (SELECT id FROM temp.taken_version)"),
    ("checkpoint", "solution_version IN (SELECT id FROM temp.taken_version)"),
    ("run_mark", "solution_version IN (SELECT id FROM temp.taken_version)"),
    ("run_origin", "solution_version IN (SELECT id FROM temp.taken_version)"),
    (
        "dataset_fingerprint",
        "dataset_version IN (SELECT id FROM other.dataset_version WHERE dataset IN
             (SELECT id FROM other.dataset WHERE dataset_group = ?1))",
    ),
    ("score_set", "solution_version IN (SELECT id FROM temp.taken_version)"),
    (
        "metric",
        "score_set IN (SELECT id FROM other.score_set WHERE solution_version IN (SELECT id FROM temp.taken_version))",
    ),
    ("foreign_lists", "dataset_group = ?1"),
    ("campaign", "dataset_group = ?1"),
    ("filter", "dataset_group = ?1"),
    ("batch_job", "dataset_group = ?1"),
    ("simulation", "dataset_group = ?1"),
    ("event", "dataset_group = ?1"),
    ("attribution_metric", "dataset_group = ?1"),
];

/// What a group's rows name: its versions and their blobs.
const TAKEN: [&str; 2] = [
    "CREATE TEMP TABLE taken_version AS SELECT id FROM other.solution_version
         WHERE solution IN (SELECT id FROM other.solution WHERE dataset_group = ?1)",
    "CREATE TEMP TABLE taken_blob AS
         SELECT content AS id FROM other.dataset_version
             WHERE dataset IN (SELECT id FROM other.dataset WHERE dataset_group = ?1)
         UNION SELECT content FROM other.test_set WHERE dataset_group = ?1
         UNION SELECT tensors FROM other.model WHERE solution_version IN (SELECT id FROM temp.taken_version)
         UNION SELECT content FROM other.checkpoint WHERE solution_version IN (SELECT id FROM temp.taken_version)
         UNION SELECT content FROM other.foreign_lists WHERE dataset_group = ?1
         UNION SELECT lists FROM other.score_set
             WHERE solution_version IN (SELECT id FROM temp.taken_version)",
];

impl Store {
    /// Copies a group of another project under a name of its own, with all that is in it, in one transaction.
    /// The other file is only read.
    pub fn copy_group_from(&self, other: &Path, group: &str, new_name: &str) -> Result<(), OpenError> {
        if self.is_read_only() {
            return Err(failed(self.path(), StoreError::ReadOnly));
        }
        // Opening it first says what is wrong with it in the words of any opening.
        drop(Self::open(other, OpenMode::ReadOnly)?);
        let mut connection = self.connection();
        let copied =
            attach(&connection, other).and_then(|()| copy_attached(&mut connection, group, new_name));
        let detached = connection.execute_batch("DETACH other").map_err(StoreError::from);
        copied.and(detached).map_err(|source| failed(other, source))
    }
}

fn attach(connection: &Connection, other: &Path) -> Result<(), StoreError> {
    let mut uri = "file:".to_owned();
    for character in other.to_string_lossy().chars() {
        match character {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            _ => uri.push(character),
        }
    }
    uri.push_str("?mode=ro");
    connection.execute("ATTACH ?1 AS other", [uri])?;
    Ok(())
}

fn copy_attached(connection: &mut Connection, group: &str, new_name: &str) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    let id: i64 = transaction
        .query_row("SELECT id FROM other.dataset_group WHERE name = ?1", [group], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::Missing { what: "dataset group", name: group.to_owned() })?;
    let taken: i64 = transaction.query_row(
        "SELECT count(*) FROM main.dataset_group WHERE name = ?1",
        [new_name],
        |row| row.get(0),
    )?;
    if taken > 0 {
        return Err(StoreError::Exists { what: "the dataset group", name: new_name.to_owned() });
    }
    for table in TAKEN {
        // A table made from a query takes no parameters; the id is a number of our own.
        transaction.execute(&table.replace("?1", &id.to_string()), [])?;
    }
    let offset = highest_id(&transaction)?;
    for (table, belongs) in TABLES {
        let (names, values) = columns(&transaction, table)?;
        let sql = format!(
            "INSERT INTO main.{table} ({names}) SELECT {values} FROM other.{table} WHERE {}",
            belongs.replace("?1", ":group")
        );
        let mut statement = transaction.prepare(&sql)?;
        for (name, value) in [(":group", id), (":offset", offset)] {
            if let Some(index) = statement.parameter_index(name)? {
                statement.raw_bind_parameter(index, value)?;
            }
        }
        if let Some(index) = statement.parameter_index(":name")? {
            statement.raw_bind_parameter(index, new_name)?;
        }
        statement.raw_execute()?;
    }
    transaction.execute_batch("DROP TABLE temp.taken_version; DROP TABLE temp.taken_blob")?;
    transaction.commit()?;
    Ok(())
}

/// The columns of a table and what to read for each: ids and references moved, the group's name replaced.
fn columns(connection: &Connection, table: &str) -> Result<(String, String), StoreError> {
    let list = |sql: String| -> Result<Vec<String>, StoreError> {
        let mut statement = connection.prepare(&sql)?;
        let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    };
    let names = list(format!("SELECT name FROM pragma_table_info('{table}')"))?;
    let references = list(format!("SELECT \"from\" FROM pragma_foreign_key_list('{table}')"))?;
    let values: Vec<String> = names
        .iter()
        .map(|name| match name.as_str() {
            "id" => "id + :offset".to_owned(),
            "name" if table == "dataset_group" => ":name".to_owned(),
            name if references.iter().any(|reference| reference == name) => format!("{name} + :offset"),
            name => name.to_owned(),
        })
        .collect();
    Ok((names.join(", "), values.join(", ")))
}

/// The highest id that this project uses or ever used.
fn highest_id(connection: &Connection) -> Result<i64, StoreError> {
    let mut highest: i64 =
        connection
            .query_row("SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence", [], |row| row.get(0))?;
    for (table, _) in TABLES {
        let has_id: i64 = connection.query_row(
            "SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'id'",
            [table],
            |row| row.get(0),
        )?;
        if has_id > 0 {
            let sql = format!("SELECT coalesce(max(id), 0) FROM main.{table}");
            let id: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
            highest = highest.max(id);
        }
    }
    Ok(highest)
}
