//! A whole source as text cells.

use super::{Format, RawTable, Source, bytes, encoding, json_lines, parquet, separated};
use crate::data::DataError;
use crate::jobs::{JobContext, Unit};
use std::io::Cursor;

/// Bytes of a text that one thread reads at a time.
const PART_BYTES: usize = 4 << 20;

/// Reads every row of `source` as text; a row that cannot be read is a problem, never an error.
pub fn read(source: &Source, job: &JobContext) -> Result<RawTable, DataError> {
    let name = source.display_name();
    let load = || bytes::load(&source.path, source.entry.as_deref(), job);
    match &source.format {
        Format::Delimited(dialect) => {
            let encoding = encoding::by_name(&dialect.encoding, &name)?;
            separated::read(encoding::decode(load()?, encoding), dialect, PART_BYTES, job)
        }
        Format::JsonLines => {
            json_lines::read(&encoding::decode(load()?, encoding_rs::UTF_8), PART_BYTES, job)
        }
        Format::Parquet => {
            let plain = source.entry.is_none() && bytes::packing(&source.path)? == bytes::Packing::Plain;
            if plain {
                job.stage(format!("Reading {name}"), Unit::Bytes, source.bytes);
                job.check()?;
                return parquet::read(bytes::open(&source.path)?, None, &name);
            }
            let unpacked = load()?;
            parquet::read(Cursor::new(unpacked.as_slice()), None, &name)
        }
    }
}

#[cfg(test)]
mod tests;
