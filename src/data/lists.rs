//! Recommendation lists as Parquet, a row group at a time.

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column, DataFrame, DataType, Field, ParquetCompression, ParquetWriter, PolarsError, PolarsResult, Schema,
};
use std::io::Write;

/// Rows of lists in columns of one length, list after list, best first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListRows {
    /// Who or what was asked about.
    pub query: Vec<String>,
    /// From 1.
    pub rank: Vec<u32>,
    pub item: Vec<String>,
    pub score: Vec<Option<f32>>,
}

/// Writes lists to a Parquet file with the columns `query` and `item` (as named), `rank` and `score`.
pub struct ListWriter<W: Write> {
    writer: BatchedWriter<W>,
    names: [&'static str; 4],
}

impl<W: Write> ListWriter<W> {
    /// Begins a file; `names` are those of the query, rank, item and score columns.
    pub fn new(output: W, names: [&'static str; 4]) -> Result<Self, PolarsError> {
        let kinds = [DataType::String, DataType::UInt32, DataType::String, DataType::Float32];
        let schema: Schema =
            names.iter().zip(kinds).map(|(&name, kind)| Field::new(name.into(), kind)).collect();
        let writer =
            ParquetWriter::new(output).with_compression(ParquetCompression::Zstd(None)).batched(&schema)?;
        Ok(Self { writer, names })
    }

    /// Adds rows as one row group.
    pub fn append(&mut self, rows: ListRows) -> PolarsResult<()> {
        if rows.query.is_empty() {
            return Ok(());
        }
        let [query, rank, item, score] = self.names;
        let height = rows.query.len();
        let frame = DataFrame::new(
            height,
            vec![
                Column::new(query.into(), rows.query),
                Column::new(rank.into(), rows.rank),
                Column::new(item.into(), rows.item),
                Column::new(score.into(), rows.score),
            ],
        )?;
        self.writer.write_batch(&frame)
    }

    /// Writes the end of the file; without it the file is not readable.
    pub fn finish(self) -> PolarsResult<()> {
        self.writer.finish().map(|_| ())
    }
}

#[cfg(test)]
impl ListRows {
    /// Reads a file that [`ListWriter`] wrote, and the names of its columns.
    pub fn read(parquet: Vec<u8>) -> PolarsResult<(Vec<String>, Self)> {
        use polars::prelude::{ParquetReader, SerReader};
        let frame = ParquetReader::new(std::io::Cursor::new(parquet)).finish()?;
        let names = frame.get_column_names().into_iter().map(ToString::to_string).collect();
        let texts = |column: &Column| -> PolarsResult<Vec<String>> {
            Ok(column.str()?.iter().flatten().map(str::to_owned).collect())
        };
        let [query, rank, item, score] = frame.columns() else {
            return Err(PolarsError::ColumnNotFound("four columns".into()));
        };
        let rows = Self {
            query: texts(query)?,
            rank: rank.u32()?.iter().flatten().collect(),
            item: texts(item)?,
            score: score.f32()?.iter().collect(),
        };
        Ok((names, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went() {
        let names = ["userId", "rank", "itemId", "score"];
        let rows = |user: &str| ListRows {
            query: vec![user.to_owned(); 2],
            rank: vec![1, 2],
            item: vec!["x".to_owned(), "y".to_owned()],
            score: vec![Some(0.5), None],
        };
        let mut bytes = Vec::new();
        let mut writer = ListWriter::new(&mut bytes, names).unwrap();
        writer.append(rows("a")).unwrap();
        writer.append(rows("b")).unwrap();
        writer.append(ListRows::default()).unwrap();
        writer.finish().unwrap();

        let (found, read) = ListRows::read(bytes).unwrap();
        assert_eq!(found, names);
        assert_eq!(read.query, ["a", "a", "b", "b"]);
        assert_eq!(read.rank, [1, 2, 1, 2]);
        assert_eq!(read.item, ["x", "y", "x", "y"]);
        assert_eq!(read.score, [Some(0.5), None, Some(0.5), None]);
    }
}
