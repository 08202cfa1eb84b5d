//! Tables as Parquet bytes. Written by hand from the library's parts, since the codes of ids are known here:
//! its own writer would look for every column's dictionary again, and compress on one core.

use super::{CODED, Table};
use crate::data::DataError;
use crate::data::codes::MISSING;
use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::ArrowDataType;
use polars_parquet::read::ParquetError;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, Compressor, DynIter, DynStreamingIterator, Encoding, FileWriter,
    ParquetType, Version, WriteOptions, array_to_columns, fallible_streaming_iterator, get_dtype_encoding,
};
use rayon::prelude::*;
use std::io::Cursor;
use std::ops::Range;

/// Rows of a row group.
const GROUP: usize = 512 * 1024;
/// Rows that a text stands in on average for a dictionary to be worth it.
const REPEATED: usize = 4;

impl Table {
    /// The table as a Parquet file, compressed with zstd.
    pub fn to_parquet(&self) -> Result<Vec<u8>, DataError> {
        let options = WriteOptions {
            statistics: StatisticsOptions::empty(),
            version: Version::V1,
            compression: CompressionOptions::Zstd(None),
            data_page_size: None,
        };
        let mut schema = self.plain.schema().as_ref().clone();
        for name in self.coded.keys() {
            schema.insert(name.as_str().into(), DataType::String);
        }
        let schema = schema.to_arrow(CompatLevel::newest());
        let mut writer = FileWriter::try_new(Vec::new(), schema, options)?;
        let fields = writer.parquet_schema().fields().to_vec();
        let groups: Vec<Range<usize>> =
            (0..self.rows()).step_by(GROUP).map(|start| start..(start + GROUP).min(self.rows())).collect();
        // Two groups at a time keep the cores busy and the pages few.
        for pair in groups.chunks(2) {
            let tasks: Vec<(&Range<usize>, usize)> =
                pair.iter().flat_map(|group| (0..fields.len()).map(move |column| (group, column))).collect();
            let pages = tasks
                .into_par_iter()
                .map(|(group, column)| self.pages(column, group, &fields[column], options))
                .collect::<Result<Vec<_>, PolarsError>>()?;
            for (group, columns) in pair.iter().zip(pages.chunks(fields.len())) {
                let columns = columns.iter().map(|pages| {
                    let pages = pages.iter().map(PolarsResult::Ok);
                    Ok(DynStreamingIterator::new(fallible_streaming_iterator::convert(pages)))
                });
                writer.write(group.len() as u64, DynIter::new(columns))?;
            }
        }
        writer.end(None)?;
        Ok(writer.into_inner())
    }

    /// Reads what [`Self::to_parquet`] wrote.
    pub fn from_parquet(bytes: &[u8]) -> Result<Self, DataError> {
        Ok(Self::new(ParquetReader::new(Cursor::new(bytes)).finish()?))
    }

    /// The compressed pages of some rows of a column.
    fn pages(
        &self,
        column: usize,
        rows: &Range<usize>,
        field: &ParquetType,
        options: WriteOptions,
    ) -> Result<Vec<CompressedPage>, PolarsError> {
        let name = self.plain.columns()[column].name();
        let (array, encodings) = if let Some(array) = self.dictionary(name, rows)? {
            (array, vec![Encoding::RleDictionary])
        } else {
            let frame = if self.coded.contains_key(name.as_str()) { self.frame() } else { &self.plain };
            let series = frame.columns()[column].as_materialized_series();
            let array = series.slice(rows.start as i64, rows.len()).to_arrow(0, CompatLevel::newest());
            let encodings = match array.dtype() {
                // Times follow each other closely, and so do whole numbers of few digits.
                ArrowDataType::Int64 | ArrowDataType::Int32 => vec![Encoding::DeltaBinaryPacked],
                other => get_dtype_encoding(other),
            };
            (array, encodings)
        };
        let mut pages = Vec::new();
        for column in array_to_columns(array, field.clone(), options, &encodings)? {
            let column = column.map(|page| page.map_err(|error| ParquetError::OutOfSpec(error.to_string())));
            for page in Compressor::new(column, options.compression, Vec::new()) {
                pages.push(page?);
            }
        }
        Ok(pages)
    }

    /// Some rows of a column of ids or event types as keys into the texts that stand in them, where they repeat.
    fn dictionary(&self, column: &str, rows: &Range<usize>) -> Result<Option<ArrayRef>, PolarsError> {
        if !CODED.contains(&column) {
            return Ok(None);
        }
        let Some(coded) = self.coded(column) else { return Ok(None) };
        let mut keys = vec![MISSING; coded.texts.len()];
        let mut texts: Vec<&str> = Vec::new();
        let codes = &coded.codes()[rows.clone()];
        for &code in codes.iter().filter(|&&code| code != MISSING) {
            let key = &mut keys[code as usize];
            if *key == MISSING {
                *key = texts.len() as u32;
                texts.push(coded.texts[code as usize]);
            }
        }
        if texts.is_empty() || texts.len() * REPEATED > rows.len() {
            return Ok(None);
        }
        let key = |&code: &u32| (code != MISSING).then(|| keys[code as usize]);
        let keys = if codes.contains(&MISSING) {
            codes.iter().map(key).collect::<PrimitiveArray<u32>>()
        } else {
            PrimitiveArray::from_vec(codes.iter().map(|&code| keys[code as usize]).collect())
        };
        let texts = Utf8ViewArray::from_slice_values(texts);
        Ok(Some(DictionaryArray::try_from_keys(keys, texts.to_boxed(), false)?.to_boxed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Any cells of any type come back as they were.
        #[test]
        fn round_trip(rows in proptest::collection::vec(
            (proptest::option::of("a|[b-d]{13}|.{0,20}"), any::<Option<i32>>(), any::<i64>(),
             any::<Option<f64>>(), any::<Option<bool>>()), 0..40
        )) {
            let frame = df!(
                "TEXT" => rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>(),
                "INT" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
                "LONG" => rows.iter().map(|row| row.2).collect::<Vec<_>>(),
                "NULLABLE" => rows.iter().map(|row| row.1.map(i64::from)).collect::<Vec<_>>(),
                "DOUBLE" => rows.iter().map(|row| row.3).collect::<Vec<_>>(),
                "FLOAT" => rows.iter().map(|row| row.3.map(|value| value as f32)).collect::<Vec<_>>(),
                "BOOLEAN" => rows.iter().map(|row| row.4).collect::<Vec<_>>(),
            );
            let table = Table::new(frame.unwrap());
            let read = Table::from_parquet(&table.to_parquet().unwrap()).unwrap();
            prop_assert_eq!(read, table);
        }

        /// So do coded columns, whether or not every cell is there.
        #[test]
        fn round_trip_of_codes(
            ids in proptest::collection::vec("[ab]|long user names|", 0..60),
            events in proptest::collection::vec(proptest::option::of("view|buy"), 60),
        ) {
            let events = &events[..ids.len()];
            let frame = df!("USER_ID" => &ids, "ITEM_ID" => (0..ids.len()).map(|row| row.to_string()).collect::<Vec<_>>(), "EVENT_TYPE" => events);
            let table = Table::new(frame.unwrap());
            let read = Table::from_parquet(&table.to_parquet().unwrap()).unwrap();
            prop_assert_eq!(read, table);
        }
    }

    /// More rows than fit two row groups, each group with texts of its own.
    #[test]
    fn several_row_groups() {
        let rows = 2 * GROUP + 1_234;
        let users: Vec<String> = (0..rows).map(|row| format!("user {}", row / 1_000)).collect();
        let times: Vec<i64> = (0..rows as i64).map(|row| row * row % 1_000_003 - 17).collect();
        let table = Table::new(df!("USER_ID" => users, "TIMESTAMP" => times).unwrap());
        let bytes = table.to_parquet().unwrap();
        assert_eq!(Table::from_parquet(&bytes).unwrap(), table);
    }
}
