//! Rows of who did what, as truths and training parts are written.

use super::columns::{Sheet, only_source};
use crate::data::DataError;
use crate::data::time::epoch_seconds;
use crate::domain::mapping::TimestampRule;
use crate::jobs::JobContext;
use std::path::Path;

/// Someone's interaction with something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    pub user: String,
    pub item: String,
    /// Epoch seconds, where the file has times.
    pub timestamp: Option<i64>,
}

fn seconds(cell: &str) -> Option<i64> {
    [TimestampRule::Seconds, TimestampRule::Iso].iter().find_map(|rule| epoch_seconds(rule, cell))
}

/// Reads the columns `USER_ID`, `ITEM_ID` and, where it is there, `TIMESTAMP` of a table.
pub fn read_rows(path: &Path, job: &JobContext) -> Result<Vec<FileRow>, DataError> {
    let sheet = Sheet::read(&only_source(path)?, job)?;
    let users = sheet.require(&["userid", "user"], "USER_ID")?;
    let items = sheet.require(&["itemid", "item"], "ITEM_ID")?;
    let times = sheet.find(&["timestamp", "time"])?;
    let mut rows = Vec::with_capacity(sheet.rows());
    for row in 0..sheet.rows() {
        let timestamp = match times.as_ref().and_then(|times| times.get(row)) {
            None => None,
            Some(cell) => Some(seconds(cell).ok_or_else(|| {
                let rule = "is no time; write whole epoch seconds or ISO 8601";
                sheet.bad_cell(row, "TIMESTAMP", cell, rule)
            })?),
        };
        rows.push(FileRow {
            user: sheet.cell(&users, "USER_ID", row)?.to_owned(),
            item: sheet.cell(&items, "ITEM_ID", row)?.to_owned(),
            timestamp,
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<FileRow>, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.csv");
        std::fs::write(&path, text).unwrap();
        read_rows(&path, &JobContext::default())
    }

    #[test]
    fn names_of_columns_are_found_and_times_are_optional() {
        let rows = read("userId,item_id,TIMESTAMP\nu,007,60\nv,x,\n").unwrap();
        let row =
            |user: &str, item: &str, timestamp| FileRow { user: user.into(), item: item.into(), timestamp };
        assert_eq!(rows, [row("u", "007", Some(60)), row("v", "x", None)]);
        assert_eq!(read("ITEM_ID;USER_ID\nx;u\n").unwrap(), [row("u", "x", None)]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let missing = read("user,thing\nu,x\n").unwrap_err().to_string();
        assert!(missing.contains("ITEM_ID") && missing.contains("user, thing"), "{missing}");
        let time = read("USER_ID,ITEM_ID,TIMESTAMP\nu,x,1\nu,y,soon\n").unwrap_err().to_string();
        assert!(time.contains("row 2") && time.contains("`soon`"), "{time}");
        let empty = read("USER_ID,ITEM_ID\nu,x\n,y\n").unwrap_err().to_string();
        assert!(empty.contains("row 2") && empty.contains("USER_ID"), "{empty}");
    }
}
