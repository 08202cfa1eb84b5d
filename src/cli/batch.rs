//! `batch`.

use super::output::{Output, say};
use super::pairs::{WrongUsage, pair};
use super::progress::with_progress;
use super::promote::Promote;
use super::{Common, Done};
use crate::domain::limits::DEFAULT_RESULTS;
use crate::studio::{
    BatchFormat, BatchInput, BatchOutput, BatchReport, BatchRequest, OpenError, OpenMode, Studio,
};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};

/// Lines are those of the service; with - it reads standard input and writes standard output line by line.
#[derive(Args)]
pub(super) struct Batch {
    /// The project file.
    file: PathBuf,
    /// A solution (its newest active version) or SOLUTION/NUMBER; after GROUP/ where several groups have it.
    #[arg(long)]
    version: String,
    /// A JSON Lines file, `all` for everyone, or - for standard input.
    #[arg(long, value_name = "IN.jsonl|all|-")]
    input: String,
    /// The file to write (in a folder it has the input's name with `.out`), or - for standard output.
    #[arg(long, value_name = "OUT|-")]
    output: String,
    /// Items of each list, 1 to 500.
    #[arg(long, default_value_t = DEFAULT_RESULTS)]
    num: usize,
    #[arg(long, default_value = "jsonl", value_parser = format_named)]
    format: BatchFormat,
    /// A setting that the recipe allows a campaign, such as explorationWeight=0.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// The filter of the group that says what may be in a list.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// A parameter of the filter, for lines without a value of their own.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, requires = "filter")]
    filter_value: Vec<(String, String)>,
    #[command(flatten)]
    promote: Promote,
    #[command(flatten)]
    common: Common,
}

fn format_named(text: &str) -> Result<BatchFormat, String> {
    BatchFormat::parse(text).ok_or_else(|| {
        let known: Vec<&str> = BatchFormat::ALL.iter().map(|format| format.as_str()).collect();
        format!("use one of {}", known.join(", "))
    })
}

impl Batch {
    /// The file asked for; in a folder, as in the service, the input's name with `.out`.
    fn output_file(&self) -> PathBuf {
        let output = PathBuf::from(&self.output);
        if !output.is_dir() {
            return output;
        }
        let input = Path::new(&self.input).file_name().filter(|_| self.input != "-");
        let mut name = input.map_or_else(|| "recommendations".into(), std::ffi::OsStr::to_owned);
        name.push(".out");
        output.join(name)
    }

    pub(super) fn run(self) -> Result<Done> {
        let to_stdout = self.output == "-";
        if to_stdout && self.common.json {
            return Err(WrongUsage(
                "--json and --output - both want standard output; write to a file, or leave --json out"
                    .to_owned(),
            )
            .into());
        }
        let output = if to_stdout { BatchOutput::Stdout } else { BatchOutput::File(self.output_file()) };
        let request = BatchRequest {
            version: self.version,
            input: match self.input.as_str() {
                "all" => BatchInput::All,
                "-" => BatchInput::Stdin,
                path => BatchInput::File(PathBuf::from(path)),
            },
            output,
            format: self.format,
            num_results: self.num,
            settings: self.set,
            filter: self.filter,
            filter_values: self.filter_value,
            promotion: self.promote.promotion(),
        };
        // Answering changes nothing but the list of jobs, so a project that a window holds can be asked too.
        let studio = match Studio::open(&self.file, OpenMode::ReadWrite) {
            Err(OpenError::Held { .. }) => Studio::open(&self.file, OpenMode::ReadOnly)?,
            opened => opened?,
        };
        let report = with_progress("batch", move |job| studio.batch(&request, job))?;
        if to_stdout {
            say(&text(&report));
        } else {
            Output::from(self.common).print(&report, || text(&report))?;
        }
        Ok(Done::Ok)
    }
}

fn text(report: &BatchReport) -> String {
    let mut lines = vec![format!(
        "{}: {} lines, {} of them errors, {:.2} s, by {}",
        report.output, report.lines, report.errors, report.seconds, report.solution_version
    )];
    let bad = report.first_errors.iter();
    lines.extend(bad.map(|(line, message)| format!("line {line} of {}: {message}", report.input)));
    let more = report.errors - report.first_errors.len() as u64;
    lines.extend((more > 0).then(|| format!("and {more} more lines")));
    lines.join("\n")
}
