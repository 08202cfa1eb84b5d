//! Batch jobs: a version asked for many at once, into a file of the person's.

use super::Studio;
use super::message::{end_status, reasons};
use super::request::{BatchInput, BatchOutput, BatchReport, BatchRequest};
use crate::jobs::JobContext;
use crate::serving::{self, BatchCounts, BatchOptions, Campaign, Filtering, Promoting};
use crate::store::{GroupRecord, VersionRecord};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::BufReader;

/// Bad lines that a report names.
const ERRORS_TOLD: usize = 20;

impl Studio {
    /// Asks a version for everyone in the input and writes the lists. A file appears when it is whole; a bad line
    /// becomes an error line and is counted.
    pub fn batch(&self, request: &BatchRequest, job: &JobContext) -> Result<BatchReport> {
        let (group, version) = self.find_version(&request.version)?;
        let input = match &request.input {
            BatchInput::All => "all".to_owned(),
            BatchInput::File(path) => path.display().to_string(),
            BatchInput::Stdin => "-".to_owned(),
        };
        let output = match &request.output {
            BatchOutput::File(path) => path.display().to_string(),
            BatchOutput::Stdout => "-".to_owned(),
        };
        if let (BatchInput::File(from), BatchOutput::File(to)) = (&request.input, &request.output) {
            anyhow::ensure!(
                !same_file(from, to),
                "the output {output} is the input itself; choose another file for the output"
            );
        }
        // A project open read-only still answers; it only keeps no record of it.
        let id = if self.is_read_only() {
            None
        } else {
            Some(self.change(|writer| writer.begin_batch(group.id, version.id, &input, &output))?)
        };
        let outcome = self.answer(request, &group, &version, job);
        if let Some(id) = id {
            match &outcome {
                Ok(counts) => self
                    .change(|writer| writer.finish_batch(id, counts.lines, counts.errors, counts.seconds))?,
                Err(error) => {
                    let status = end_status(error);
                    self.change(|writer| writer.fail_batch(id, status, &reasons(error)))?;
                }
            }
        }
        let counts = outcome?;
        Ok(BatchReport {
            lines: counts.lines,
            errors: counts.errors,
            first_errors: counts
                .first_errors
                .into_iter()
                .take(ERRORS_TOLD)
                .map(|error| (error.line, error.message))
                .collect(),
            seconds: counts.seconds,
            solution_version: version.name(),
            input,
            output,
        })
    }

    fn answer(
        &self,
        request: &BatchRequest,
        group: &GroupRecord,
        version: &VersionRecord,
        job: &JobContext,
    ) -> Result<BatchCounts> {
        let served = self.served(group, version)?;
        let settings = request.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let settings = super::recipe(&version.config.recipe)?.batch_parameters_from(settings)?;
        let input = match &request.input {
            BatchInput::All => serving::BatchInput::All,
            BatchInput::Stdin => serving::BatchInput::Lines(Box::new(std::io::stdin())),
            BatchInput::File(path) => {
                let file = File::open(path).with_context(|| {
                    format!("the batch input {} can't be opened; check the path", path.display())
                })?;
                serving::BatchInput::Lines(Box::new(BufReader::new(file)))
            }
        };
        let options = BatchOptions { num_results: request.num_results, format: request.format };
        let filter = request.filter.as_deref();
        let filter = filter.map(|name| self.filter_in_use(group, version, name)).transpose()?;
        let promotion = request.promotion.as_ref();
        let promoted = promotion.map(|promotion| {
            promotion.check()?;
            self.filter_in_use(group, version, promotion.filter_name())
        });
        let promoted = promoted.transpose()?;
        let events = self.live_events(group)?;
        let keeps = served.keeps();
        let campaign = Campaign {
            live: Some(served.live(&events, &keeps)),
            promotion: promotion
                .zip(promoted.as_deref())
                .map(|(promotion, filter)| Promoting { promotion, filter }),
            filter: filter.as_deref().map(|filter| Filtering { filter, values: &request.filter_values }),
            ..served.campaign(&settings)
        };
        anyhow::ensure!(
            filter.is_some() || request.filter_values.is_empty(),
            "values are given for the parameters of a filter, and no filter; name one, or leave the values out"
        );
        Ok(match &request.output {
            BatchOutput::File(path) => serving::batch_to_file(campaign, input, path, options, job)?,
            BatchOutput::Stdout => serving::batch(campaign, input, std::io::stdout().lock(), options, job)?,
        })
    }
}

fn same_file(a: &std::path::Path, b: &std::path::Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
