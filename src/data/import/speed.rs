//! What an import costs beside a bare read of the same file by the table library.
//!
//! `BESPOKE_BENCH_ROWS=1000000 cargo test --release --lib speed -- --nocapture --test-threads 1` prints the
//! figures for a million rows.

use super::*;
use crate::data::{discover, encode, preview, propose_mapping};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// The least of three runs.
fn least(mut run: impl FnMut()) -> Duration {
    let times = (0..3).map(|_| {
        let began = Instant::now();
        run();
        began.elapsed()
    });
    times.min().unwrap_or_default()
}

/// Bytes of memory held at most since the last call, where the system tells (Linux).
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    Some(kilobytes * 1_024)
}

/// A log with skewed users and items, times in order and four event types.
fn write_log(path: &Path, rows: u64) {
    let mut text = String::from("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n");
    let mut state = 7_u64;
    for row in 0..rows {
        state = crate::data::hash::fold(state, row);
        let (user, item) = (state % 60_000, (state >> 20) % 20_000);
        // Squaring a share makes low numbers frequent.
        let (user, item) = (user * user / 60_000, item * item / 20_000);
        let event = ["view", "cart", "purchase", "click"][(state >> 50) as usize % 4];
        writeln!(text, "{user},{item},{},{event}", 1_577_836_800 + row * 30).unwrap();
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn an_import_is_not_much_slower_than_a_read() {
    let rows = std::env::var("BESPOKE_BENCH_ROWS").map_or(200_000, |rows| rows.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    write_log(&path, rows);
    let bytes = std::fs::metadata(&path).unwrap().len();

    let source = discover(&path).unwrap().remove(0);
    let mapping = propose_mapping(&preview(&source, 200).unwrap(), Some(DatasetType::Interactions));
    let before = peak_bytes();
    let mut stages = [Duration::ZERO; 4];
    // Of the first run: later ones find memory that the allocator has kept.
    let mut peaks = [None; 4];
    let whole = least(|| {
        let job = JobContext::default();
        let began = Instant::now();
        let raw = read(&source, &fields::wanted(&mapping, &ImportOptions::default()), &job).unwrap();
        stages[0] = began.elapsed();
        peaks[0] = peaks[0].or_else(peak_bytes);
        let imported =
            check(raw, "log.csv", &mapping, &ImportOptions::default(), 2_000_000_000, &job).unwrap();
        stages[1] = began.elapsed();
        peaks[1] = peaks[1].or_else(peak_bytes);
        let parquet = imported.table.to_parquet().unwrap();
        stages[2] = began.elapsed();
        peaks[2] = peaks[2].or_else(peak_bytes);
        let encoded = encode(&imported.table, &imported.schema, None);
        stages[3] = began.elapsed();
        peaks[3] = peaks[3].or_else(peak_bytes);
        assert_eq!(imported.accepted, rows);
        assert_eq!(encoded.len() as u64, rows);
        assert!(!parquet.is_empty());
    });
    let bare = least(|| {
        let options = CsvReadOptions::default();
        let frame = options.try_into_reader_with_file_path(Some(path.clone())).unwrap().finish().unwrap();
        assert_eq!(frame.height() as u64, rows);
    });
    let ratio = whole.as_secs_f64() / bare.as_secs_f64();
    println!(
        "{rows} rows, {bytes} bytes: bare read {bare:?}, import {whole:?} (read, checked, written, encoded after {stages:?}), ratio {ratio:.2}"
    );
    if let (Some(before), [Some(read), Some(checked), Some(written), Some(encoded)]) = (before, peaks) {
        let times = |peak: u64| (peak.saturating_sub(before)) as f64 / bytes as f64;
        println!(
            "peak memory over the {before} bytes before, in file sizes: read {:.2}, checked {:.2}, written {:.2}, encoded {:.2}",
            times(read),
            times(checked),
            times(written),
            times(encoded)
        );
    }
    // Generous: this is built without optimisation at times, and beside other tests.
    assert!(ratio < 30.0, "an import takes {ratio:.1} times as long as a bare read");
}
