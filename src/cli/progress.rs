//! Progress bars, on standard error and only where a person watches it; and Ctrl-C, which cancels the job.

use super::FAILED;
use super::output::is_watched;
use crate::jobs::{Job, JobContext, JobOutcome, Progress, Unit};
use anyhow::{Context, Result, anyhow};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(50);
/// How long a cancelled job may take to end; one that waits for standard input never does.
const PATIENCE: Duration = Duration::from_secs(3);

/// A training was stopped that can go on from its last epochs.
#[derive(Debug, thiserror::Error)]
#[error("cancelled, and its last epochs are kept; go on from there with --resume and the version")]
pub(super) struct EpochsKept;

/// Runs work in a job of its own and shows how far it is.
pub(super) fn with_progress<T: Send + 'static>(
    title: &str,
    work: impl FnOnce(&JobContext) -> Result<T> + Send + 'static,
) -> Result<T> {
    let interrupted = Arc::new(AtomicBool::new(false));
    // A second Ctrl-C ends the program at once, the first one asks the job to stop.
    let watched = flag::register_conditional_shutdown(SIGINT, i32::from(FAILED), Arc::clone(&interrupted))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&interrupted)));
    watched.context("listening for Ctrl-C")?;
    let job = Job::spawn(title, Arc::new(|| {}), work).context("starting a thread")?;
    let mut cancelled_at = None;
    let bar = ProgressBar::with_draw_target(
        None,
        if is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
    );
    let outcome = loop {
        if let Some(outcome) = job.wait_for(TICK) {
            break outcome;
        }
        if interrupted.load(Ordering::Relaxed) {
            job.cancel();
            if cancelled_at.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                break JobOutcome::Cancelled;
            }
        }
        show(&bar, &job.progress());
    };
    bar.finish_and_clear();
    match outcome {
        JobOutcome::Done(value) => Ok(value),
        JobOutcome::Failed(error) => Err(error),
        JobOutcome::Cancelled if job.curves().is_empty() => Err(anyhow!("cancelled; run it again")),
        JobOutcome::Cancelled => Err(EpochsKept.into()),
    }
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let style = match (progress.total, progress.unit) {
        (0, _) => "{spinner} {msg} {elapsed}",
        (_, Unit::Bytes) => "{spinner} {msg} [{wide_bar}] {bytes}/{total_bytes} {eta}",
        _ => "{spinner} {msg} [{wide_bar}] {human_pos}/{human_len} {eta}",
    };
    // A template that can't be read leaves the bar as it was.
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    if progress.total > 0 {
        bar.set_length(progress.total);
    }
    bar.set_position(progress.done);
    bar.set_message(progress.stage.clone());
    bar.tick();
}
