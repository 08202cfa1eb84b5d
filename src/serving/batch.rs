//! Batch: many questions in a file, an answer to each, in order, in bounded memory.

use super::answer::Answer;
use super::batch_input::{BatchInput, Line, Lines, Text};
use super::batch_output::{BatchFormat, Sink, add_rows, write_csv, write_line};
use super::campaign::{Asked, Campaign};
use super::request::{RequestError, check_results};
use crate::data::{ListRows, OutputError, OutputFile};
use crate::domain::Task;
use crate::domain::limits::DEFAULT_RESULTS;
use crate::jobs::{Cancelled, JobContext, Unit};
use rayon::prelude::*;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Bad lines that are kept with their message; all are counted.
const KEPT_ERRORS: usize = 1_000;
/// Lines whose text is written together.
const LINES_AT_ONCE: usize = 64;

/// How a batch is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchOptions {
    /// Items of a list: 1 to 500; rankings keep the length of their input.
    pub num_results: usize,
    pub format: BatchFormat,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { num_results: DEFAULT_RESULTS, format: BatchFormat::Jsonl }
    }
}

/// A line that could not be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// From 1.
    pub line: u64,
    pub message: String,
}

/// What a batch did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BatchCounts {
    /// Lines read, bad ones included.
    pub lines: u64,
    /// Bad lines.
    pub errors: u64,
    /// The first thousand bad lines.
    pub first_errors: Vec<LineError>,
    pub seconds: f64,
}

/// Why a batch ended without a file.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(
        "{0} puts given items in order and needs a file of lines {{\"userId\":\"…\",\"itemList\":[…]}}; it cannot answer for all users"
    )]
    NeedsLists(&'static str),
    #[error(
        "{0} has no batch, as in the service: its actions are for one user at a time; ask a campaign of it"
    )]
    NoBatch(&'static str),
    #[error("could not read the batch input: {0}")]
    Read(std::io::Error),
    #[error("could not write the batch output: {0}; check the space left on the disk")]
    Write(std::io::Error),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Answers every line of `input` on `output`, in order, and flushes after each chunk. A bad line gets an error
/// line (JSON Lines only) and is counted; it never ends the job.
pub fn batch<'a>(
    campaign: Campaign<'a>,
    input: BatchInput<'a>,
    output: impl Write,
    options: BatchOptions,
    job: &JobContext,
) -> Result<BatchCounts, BatchError> {
    let began = Instant::now();
    check_results(options.num_results)?;
    if campaign.descriptor.recommends_actions() {
        return Err(BatchError::NoBatch(campaign.descriptor.name));
    }
    if campaign.descriptor.task == Task::PersonalizedRanking && matches!(input, BatchInput::All) {
        return Err(BatchError::NeedsLists(campaign.descriptor.name));
    }
    if let Some(filtering) = campaign.filter {
        filtering.check(campaign.descriptor)?;
        if matches!(input, BatchInput::All) {
            filtering.check_for_all(campaign.descriptor)?;
        }
    }
    if let Some(promoting) = campaign.promotion {
        promoting.check(campaign.descriptor, campaign.descriptor.task == Task::PersonalizedRanking)?;
    }
    let mut lines = Lines::new(campaign, input);
    let unit = if campaign.descriptor.asks_item() { Unit::Items } else { Unit::Users };
    job.stage("Writing recommendations", unit, lines.total());
    let mut sink = Sink::new(output, options.format, campaign.descriptor).map_err(BatchError::Write)?;
    let mut counts = BatchCounts::default();
    loop {
        job.check()?;
        let chunk = lines.next_chunk().map_err(BatchError::Read)?;
        if chunk.is_empty() {
            break;
        }
        let parse = |text: Text| text.parse(campaign.descriptor.task, campaign.filter.is_some());
        let chunk: Vec<Line> = chunk.into_par_iter().map(parse).collect();
        let answers = answer_chunk(&campaign, &chunk, options.num_results, job)?;
        counts.add(&answers);
        write_chunk(&mut sink, &campaign, &chunk, &answers, options.format).map_err(BatchError::Write)?;
    }
    sink.finish().map_err(BatchError::Write)?;
    counts.seconds = began.elapsed().as_secs_f64();
    Ok(counts)
}

/// As [`batch`], into a file that appears when it is whole.
pub fn batch_to_file<'a>(
    campaign: Campaign<'a>,
    input: BatchInput<'a>,
    path: &Path,
    options: BatchOptions,
    job: &JobContext,
) -> Result<BatchCounts, BatchError> {
    let mut file = OutputFile::create(path)?;
    let counts = batch(campaign, input, &mut file, options, job)?;
    file.finish()?;
    Ok(counts)
}

/// An answer, or why there is none, per line.
fn answer_chunk<'q>(
    campaign: &Campaign<'q>,
    chunk: &'q [Line],
    results: usize,
    job: &JobContext,
) -> Result<Vec<Result<Answer<'q>, String>>, Cancelled> {
    let mut asked: Vec<Asked<'q>> = Vec::with_capacity(chunk.len());
    let mut outcomes = Vec::with_capacity(chunk.len());
    for line in chunk {
        outcomes.push(line.asked(campaign).map(|question| asked.push(question)));
    }
    let bad = chunk.len() - asked.len();
    let mut answers = campaign.answer(&asked, results, job)?.into_iter();
    job.advance(bad as u64);
    let no_answer = || "the model gave no answer".to_owned();
    Ok(outcomes
        .into_iter()
        .map(|outcome| outcome.and_then(|()| answers.next().ok_or_else(no_answer)))
        .collect())
}

fn write_chunk<W: Write>(
    sink: &mut Sink<W>,
    campaign: &Campaign<'_>,
    chunk: &[Line],
    answers: &[Result<Answer<'_>, String>],
    format: BatchFormat,
) -> std::io::Result<()> {
    match sink {
        Sink::Text(output) => {
            let texts: Vec<Vec<u8>> = chunk
                .par_chunks(LINES_AT_ONCE)
                .zip(answers.par_chunks(LINES_AT_ONCE))
                .map(|(lines, answers)| {
                    let mut text = Vec::new();
                    for (line, answer) in lines.iter().zip(answers) {
                        match (format, answer) {
                            (BatchFormat::Jsonl, answer) => write_line(&mut text, campaign, line, answer)?,
                            (_, Ok(answer)) => write_csv(&mut text, campaign, line, answer)?,
                            (_, Err(_)) => {}
                        }
                    }
                    Ok(text)
                })
                .collect::<std::io::Result<_>>()?;
            for text in texts {
                output.write_all(&text)?;
            }
            output.flush()
        }
        Sink::Parquet(writer) => {
            let mut rows = ListRows::default();
            for (line, answer) in chunk.iter().zip(answers) {
                if let Ok(answer) = answer {
                    add_rows(&mut rows, campaign, line, answer);
                }
            }
            writer.append(rows).map_err(std::io::Error::other)
        }
    }
}

impl BatchCounts {
    fn add(&mut self, answers: &[Result<Answer<'_>, String>]) {
        for answer in answers {
            self.lines += 1;
            if let Err(message) = answer {
                self.errors += 1;
                if self.first_errors.len() < KEPT_ERRORS {
                    self.first_errors.push(LineError { line: self.lines, message: message.clone() });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
