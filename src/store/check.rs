//! Whether a project file is whole, as far as the file itself can say.

use super::blobs::NAMED_BY;
use super::{Store, StoreError};

impl Store {
    /// What is wrong with the file: pages, foreign keys, blobs. Empty where nothing is.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        self.read(|reader| {
            let mut wrong = Vec::new();
            let mut statement = reader.connection.prepare("PRAGMA integrity_check")?;
            for line in statement.query_map([], |row| row.get::<_, String>(0))? {
                let line = line?;
                if line != "ok" {
                    wrong.push(format!("integrity: {line}"));
                }
            }
            let mut statement = reader.connection.prepare("PRAGMA foreign_key_check")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (table, id, parent): (String, Option<i64>, String) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                let id = id.map_or_else(|| "?".to_owned(), |id| id.to_string());
                wrong.push(format!("{table} {id} names a row of {parent} that is not there"));
            }
            for id in reader.blob_ids()? {
                if let Err(error) = reader.blob(id) {
                    wrong.push(error.to_string());
                }
            }
            for (table, column) in NAMED_BY {
                let unnamed: i64 = reader.connection.query_row(
                    &format!("SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM blob)"),
                    [],
                    |row| row.get(0),
                )?;
                if unnamed > 0 {
                    wrong.push(format!("{unnamed} rows of {table} name a blob that is not there"));
                }
            }
            Ok(wrong)
        })
    }
}
