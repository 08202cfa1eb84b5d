//! A whole source as text cells.

use super::{Format, RawTable, Source, Wanted, bytes, encoding, json_lines, parquet, separated};
use crate::data::DataError;
use crate::jobs::{JobContext, Unit};
use std::io::Cursor;

/// Bytes of a text that one thread reads at a time, at least and at most.
const PART_BYTES: (usize, usize) = (4 << 20, 16 << 20);
/// Bytes of a text that lie in memory at a time where not all of them have to.
const WINDOW: usize = 256 << 10;
/// Parts that a text is cut into for each thread, where that makes them neither too small nor too large. What is read
/// does not depend on it.
const PARTS_A_THREAD: usize = 2;

/// Reads every row of `source`; a row that cannot be read is a problem, never an error. Of separated text it gives
/// what is wanted beside the cells, of other formats their text.
pub fn read(source: &Source, wanted: &Wanted, job: &JobContext) -> Result<RawTable, DataError> {
    let name = source.display_name();
    let is_plain = || -> Result<bool, DataError> {
        Ok(source.entry.is_none() && bytes::packing(&source.path)? == bytes::Packing::Plain)
    };
    let load = || bytes::load(&source.path, source.entry.as_deref(), job);
    match &source.format {
        Format::Delimited(dialect) => {
            let encoding = encoding::by_name(&dialect.encoding, &name)?;
            if encoding == encoding_rs::UTF_8 && is_plain()? {
                let table = separated::read_file(&source.path, dialect, wanted, WINDOW, job)?;
                if let Some(table) = table {
                    return Ok(table);
                }
            }
            let bytes = load()?;
            let part = part_bytes(bytes.len());
            separated::read(bytes, encoding, dialect, wanted, part, job)
        }
        Format::JsonLines => {
            let text = encoding::decode(load()?, encoding_rs::UTF_8);
            json_lines::read(&text, part_bytes(text.text.len()), job)
        }
        Format::Parquet => {
            if is_plain()? {
                job.stage(format!("Reading {name}"), Unit::Bytes, source.bytes);
                job.check()?;
                return parquet::read(bytes::open(&source.path)?, None, &name);
            }
            let unpacked = load()?;
            parquet::read(Cursor::new(unpacked.as_slice()), None, &name)
        }
    }
}

fn part_bytes(text: usize) -> usize {
    text.div_ceil(PARTS_A_THREAD * rayon::current_num_threads()).clamp(PART_BYTES.0, PART_BYTES.1)
}

#[cfg(test)]
mod tests;
