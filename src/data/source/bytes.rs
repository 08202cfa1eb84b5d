//! The unpacked bytes of a source: its head for looking, all of it for reading.

use super::{display_name, name_of};
use crate::data::DataError;
use crate::jobs::{JobContext, Unit};
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const BLOCK: usize = 1 << 20;

/// How a file is packed, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstd,
    Zip,
}

/// The packing of the file at `path`.
pub(super) fn packing(path: &Path) -> Result<Packing, DataError> {
    let mut magic = [0; 4];
    let mut file = open(path)?;
    let read = fill(&mut file, &mut magic).map_err(|error| damaged(name_of(path), error))?;
    Ok(packing_of(&magic[..read]))
}

fn packing_of(magic: &[u8]) -> Packing {
    match magic {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Packing::Zstd,
        [b'P', b'K', 3 | 5, 4 | 6] => Packing::Zip,
        _ => Packing::Plain,
    }
}

/// The first bytes of a source, unpacked.
#[derive(Debug)]
pub(super) struct Head {
    pub bytes: Vec<u8>,
    /// Whether these are all of them.
    pub complete: bool,
    /// About how many there are in all.
    pub estimated_total: u64,
}

/// Reads at most `limit` unpacked bytes; a file of any size costs no more.
pub(super) fn head(path: &Path, entry: Option<&str>, limit: usize) -> Result<Head, DataError> {
    with_reader(path, entry, |reader, taken, total| {
        let mut bytes = Vec::with_capacity(limit.min(total as usize));
        let stopped = |error| damaged(display_name(path, entry), error);
        (&mut *reader).take(limit as u64).read_to_end(&mut bytes).map_err(stopped)?;
        let complete = bytes.len() < limit || reader.read(&mut [0]).map_err(stopped)? == 0;
        let packed = taken.load(Ordering::Relaxed).max(1);
        let estimated_total = if complete {
            bytes.len() as u64
        } else {
            (bytes.len() as f64 / packed as f64 * total as f64) as u64
        };
        Ok(Head { bytes, complete, estimated_total })
    })
}

/// Whether the first `limit` unpacked bytes are ASCII; none of them is kept.
pub(super) fn head_is_ascii(path: &Path, entry: Option<&str>, limit: usize) -> Result<bool, DataError> {
    with_reader(path, entry, |reader, _, _| {
        let mut block = vec![0; 1 << 16];
        for _ in 0..limit.div_ceil(block.len()) {
            let read = fill(reader, &mut block).map_err(|error| damaged(display_name(path, entry), error))?;
            if !block[..read].is_ascii() {
                return Ok(false);
            }
            if read < block.len() {
                break;
            }
        }
        Ok(true)
    })
}

/// All unpacked bytes; progress counts the bytes on disk.
pub(super) fn load(path: &Path, entry: Option<&str>, job: &JobContext) -> Result<Vec<u8>, DataError> {
    if entry.is_none() && packing(path)? == Packing::Plain {
        return load_plain(path, job);
    }
    with_reader(path, entry, |reader, taken, total| {
        job.stage(format!("Reading {}", display_name(path, entry)), Unit::Bytes, total);
        let mut bytes = Vec::with_capacity(total as usize + BLOCK);
        let (mut length, mut reported) = (0, 0);
        loop {
            job.check()?;
            bytes.resize(length + BLOCK, 0);
            let stopped = |error| damaged(display_name(path, entry), error);
            let read = fill(reader, &mut bytes[length..]).map_err(stopped)?;
            length += read;
            let packed = taken.load(Ordering::Relaxed);
            job.advance(packed - reported);
            reported = packed;
            if read < BLOCK {
                bytes.truncate(length);
                return Ok(bytes);
            }
        }
    })
}

/// The bytes of a file that is not packed, as many as it has when it is opened, block by block side by side.
fn load_plain(path: &Path, job: &JobContext) -> Result<Vec<u8>, DataError> {
    let length = WholeFile::open(path)?.length();
    job.stage(format!("Reading {}", name_of(path)), Unit::Bytes, length);
    let mut bytes = vec![0; length as usize];
    bytes.par_chunks_mut(BLOCK).enumerate().try_for_each(|(place, block)| {
        job.check()?;
        let read = WholeFile::open(path)?.read_at((place * BLOCK) as u64, block)?.len();
        job.advance(read as u64);
        Ok::<_, DataError>(())
    })?;
    Ok(bytes)
}

/// A file that is not packed, read at any place.
pub(super) struct WholeFile {
    file: File,
    name: String,
    length: u64,
}

impl WholeFile {
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let file = open(path)?;
        let length = file.metadata().map_err(|source| cannot_open(path, source))?.len();
        Ok(Self { file, name: name_of(path), length })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes it had when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from `start` on, as many as `buffer` takes or the file has.
    pub fn read_at<'b>(&mut self, start: u64, buffer: &'b mut [u8]) -> Result<&'b mut [u8], DataError> {
        let sought = self.file.seek(SeekFrom::Start(start));
        let wanted = (self.length.saturating_sub(start)).min(buffer.len() as u64) as usize;
        let block = &mut buffer[..wanted];
        sought
            .and_then(|_| self.file.read_exact(block))
            .map_err(|error| damaged(self.name.clone(), error))?;
        Ok(block)
    }
}

/// Calls `work` with the unpacking reader, the packed bytes taken so far, and the packed bytes in all.
fn with_reader<T>(
    path: &Path,
    entry: Option<&str>,
    work: impl FnOnce(&mut dyn Read, &AtomicU64, u64) -> Result<T, DataError>,
) -> Result<T, DataError> {
    let file = open(path)?;
    let total = file.metadata().map_err(|source| cannot_open(path, source))?.len();
    let taken = Arc::new(AtomicU64::new(0));
    if let Some(entry) = entry {
        let mut archive = archive(path)?;
        let mut inside = archive.by_name(entry).map_err(|error| broken_archive(path, &error))?;
        let unpacked = inside.size();
        let mut counted = Counted { inner: BufReader::new(&mut inside), taken: Arc::clone(&taken) };
        return match packing_of_name(entry) {
            Packing::Plain => work(&mut counted, &taken, unpacked),
            packed => work(&mut *unpack(packed, &mut counted, path)?, &taken, unpacked),
        };
    }
    let counted = Counted { inner: BufReader::with_capacity(1 << 16, file), taken: Arc::clone(&taken) };
    match packing(path)? {
        Packing::Plain => work(&mut { counted }, &taken, total),
        packed => work(&mut *unpack(packed, counted, path)?, &taken, total),
    }
}

fn unpack<'a>(
    packing: Packing,
    reader: impl BufRead + 'a,
    path: &Path,
) -> Result<Box<dyn Read + 'a>, DataError> {
    match packing {
        Packing::Gzip => Ok(Box::new(flate2::bufread::MultiGzDecoder::new(reader))),
        Packing::Zstd => Ok(Box::new(
            zstd::stream::read::Decoder::with_buffer(reader)
                .map_err(|error| damaged(name_of(path), error))?,
        )),
        Packing::Plain => Ok(Box::new(reader)),
        Packing::Zip => Err(DataError::Archive {
            file: name_of(path),
            reason: "an archive inside an archive, or no entry named".to_owned(),
        }),
    }
}

/// An entry of an archive is looked at by name: its bytes cannot be read twice.
fn packing_of_name(entry: &str) -> Packing {
    match entry.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("gz") => Packing::Gzip,
        Some("zst") => Packing::Zstd,
        Some("zip") => Packing::Zip,
        _ => Packing::Plain,
    }
}

pub(super) type Archive = zip::ZipArchive<BufReader<File>>;

pub(super) fn archive(path: &Path) -> Result<Archive, DataError> {
    Archive::new(BufReader::new(open(path)?)).map_err(|error| broken_archive(path, &error))
}

pub(super) fn broken_archive(path: &Path, error: &zip::result::ZipError) -> DataError {
    DataError::Archive { file: name_of(path), reason: error.to_string() }
}

pub(super) fn open(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|source| cannot_open(path, source))
}

pub(super) fn cannot_open(path: &Path, source: io::Error) -> DataError {
    DataError::Open { file: path.display().to_string(), cause: source }
}

fn damaged(file: String, source: io::Error) -> DataError {
    DataError::Damaged { file, cause: source }
}

/// Reads until `buffer` is full or the file ends.
fn fill(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Counts the bytes that are taken, not those read ahead.
struct Counted<R> {
    inner: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        self.taken.fetch_add(amount as u64, Ordering::Relaxed);
    }
}
