//! Progress bars, on standard error and only where a person watches it.

use super::output::is_watched;
use crate::jobs::{Job, JobContext, JobOutcome, Progress, Unit};
use anyhow::{Context, Result, anyhow};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Runs work in a job of its own and shows how far it is.
pub(super) fn with_progress<T: Send + 'static>(
    title: &str,
    work: impl FnOnce(&JobContext) -> Result<T> + Send + 'static,
) -> Result<T> {
    let job = Job::spawn(title, Arc::new(|| {}), work).context("starting a thread")?;
    let bar = ProgressBar::with_draw_target(
        None,
        if is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
    );
    let outcome = loop {
        if let Some(outcome) = job.wait_for(TICK) {
            break outcome;
        }
        show(&bar, &job.progress());
    };
    bar.finish_and_clear();
    match outcome {
        JobOutcome::Done(value) => Ok(value),
        JobOutcome::Failed(error) => Err(error),
        JobOutcome::Cancelled => Err(anyhow!("cancelled; run it again")),
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
