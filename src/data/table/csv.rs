//! Tables as CSV: how they leave a project.

use super::{Table, write_cell};
use crate::data::{DataError, OutputError, OutputFile};
use polars::prelude::*;
use std::io::Write;
use std::path::Path;

impl Table {
    /// Writes the table as the service reads it: comma, UTF-8, a header without quotes, text with a comma,
    /// quote, backslash or line end in double quotes, `"` and `\` escaped by `\`.
    pub fn write_csv(&self, mut out: impl Write) -> std::io::Result<()> {
        writeln!(out, "{}", self.columns().join(","))?;
        let columns: Vec<&Series> =
            self.frame().columns().iter().map(Column::as_materialized_series).collect();
        let (mut line, mut cell) = (String::new(), String::new());
        for row in 0..self.rows() {
            line.clear();
            for (place, column) in columns.iter().enumerate() {
                if place > 0 {
                    line.push(',');
                }
                cell.clear();
                write_cell(column, row, &mut cell);
                if cell.contains([',', '"', '\\', '\n', '\r']) {
                    line.push('"');
                    line.push_str(&cell.replace('\\', "\\\\").replace('"', "\\\""));
                    line.push('"');
                } else {
                    line.push_str(&cell);
                }
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        out.flush()
    }

    /// [`Self::write_csv`] to a file: whole or not at all.
    pub fn to_csv(&self, path: &Path) -> Result<(), DataError> {
        let mut file = OutputFile::create(path)?;
        self.write_csv(&mut file).map_err(|source| OutputError::new("write", path, source))?;
        Ok(file.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use crate::data::table::tests::toy;

    #[test]
    fn csv_quotes_as_the_service_reads() {
        let mut out = Vec::new();
        toy().write_csv(&mut out).unwrap();
        let expected =
            "USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE\nu1,Straße,30,0.5\nu2,b,10,\nu1,\"c,\\\"d\\\"\",20,2\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_csv_file_is_whole_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        toy().to_csv(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 4);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let nowhere = folder.path().join("none/out.csv");
        let message = toy().to_csv(&nowhere).unwrap_err().to_string();
        assert!(message.contains("none/out.csv"), "{message}");
    }
}
