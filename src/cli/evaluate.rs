//! `split`, `evaluate`.

use super::output::{Output, table};
use super::progress::with_progress;
use super::{Common, Done};
use crate::domain::split::{SplitKind, SplitSpec};
use crate::jobs::JobContext;
use crate::studio::{Difference, EvaluateRequest, EvaluationView, OpenMode, Studio, TestSetView};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// The metrics of the table, with their column titles.
const SHOWN: [(&str, &str); 7] = [
    ("coverage", "coverage"),
    ("mean_reciprocal_rank_at_25", "MRR@25"),
    ("normalized_discounted_cumulative_gain_at_5", "NDCG@5"),
    ("normalized_discounted_cumulative_gain_at_10", "NDCG@10"),
    ("normalized_discounted_cumulative_gain_at_25", "NDCG@25"),
    ("precision_at_5", "P@5"),
    ("precision_at_25", "P@25"),
];

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A tenth of the users; the newest tenth of each history is to be found
    Personalize,
    /// The last interaction of every user is to be found
    LeaveLastOut,
}

#[derive(Args)]
pub(super) struct Split {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    #[arg(long, value_enum, default_value = "personalize")]
    kind: Kind,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Share of users tested and of each history to be found (personalize only) [default: 0.1]
    #[arg(long, value_name = "X")]
    fraction: Option<f64>,
    /// Write train.csv, input.csv and truth.csv into a folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Split {
    pub(super) fn run(self) -> Result<Done> {
        let kind = match self.kind {
            Kind::Personalize => SplitKind::Personalize,
            Kind::LeaveLastOut => SplitKind::LeaveLastOut,
        };
        let spec = SplitSpec {
            name: kind.as_str().to_owned(),
            kind,
            seed: self.seed,
            fraction: self.fraction.unwrap_or_else(|| SplitSpec::default().fraction),
        };
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let (group, out) = (self.group, self.out);
        let (view, files) = with_progress("split", move |job| {
            let view = studio.set_test_set(&group, &spec, job)?;
            let files = match &out {
                Some(folder) => studio.export_test_set(&group, folder, job)?,
                None => Vec::new(),
            };
            Ok((view, files))
        })?;
        let mut document = serde_json::to_value(&view)?;
        document["files"] = json!(files);
        Output::from(self.common).print(&document, || {
            let mut lines = vec![test_set_text(&view)];
            lines.extend(files.iter().map(|file| file.display().to_string()));
            lines.join("\n")
        })?;
        Ok(Done::Ok)
    }
}

fn test_set_text(view: &TestSetView) -> String {
    format!(
        "test set {} (seed {}): {} users with {} items to be found, {} rows to train on, {} users skipped",
        view.spec.name, view.spec.seed, view.users, view.truth_items, view.training_rows, view.skipped_users
    )
}

#[derive(Args)]
pub(super) struct Evaluate {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// Solutions (their newest active version) or SOLUTION/NUMBER; all active versions where left out.
    version: Vec<String>,
    /// Leave items of the input out of the lists.
    #[arg(long)]
    exclude_seen: bool,
    /// Write lists.jsonl and truth.jsonl of each version into a folder.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// Compare two versions user by user.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    compare: Vec<String>,
    #[command(flatten)]
    common: Common,
}

impl Evaluate {
    pub(super) fn run(self) -> Result<Done> {
        let studio = open_to_evaluate(&self.file)?;
        let request =
            EvaluateRequest { group: self.group, versions: self.version, exclude_seen: self.exclude_seen };
        let (export, compare) = (self.export, self.compare);
        let (view, differences, files) = with_progress("evaluate", move |job: &JobContext| {
            let view = studio.evaluate(&request, job)?;
            let differences = match compare.as_slice() {
                [first, second] => {
                    Some(studio.compare(&request.group, first, second, request.exclude_seen)?)
                }
                _ => None,
            };
            let files = match &export {
                Some(folder) => studio.export_lists(&request, folder, job)?,
                None => Vec::new(),
            };
            Ok((view, differences, files))
        })?;
        let mut document = serde_json::to_value(&view)?;
        if let Some(differences) = &differences {
            document["comparison"] = json!(differences);
        }
        document["files"] = json!(files);
        Output::from(self.common).print(&document, || {
            let mut lines = vec![test_set_text(&view.split), evaluation_table(&view)];
            lines.extend(view.notes.iter().cloned());
            lines.extend(differences.as_deref().map(comparison_table));
            lines.extend(files.iter().map(|file| file.display().to_string()));
            lines.join("\n")
        })?;
        Ok(Done::Ok)
    }
}

/// A first evaluation makes the test set, so the project is opened for writing; beside a window it is only read.
fn open_to_evaluate(file: &std::path::Path) -> Result<Studio> {
    match Studio::open(file, OpenMode::ReadWrite) {
        Err(crate::studio::OpenError::Held { .. }) => Ok(Studio::open(file, OpenMode::ReadOnly)?),
        opened => Ok(opened?),
    }
}

/// The metrics of an evaluation, a row a version.
pub(super) fn evaluation_table(view: &EvaluationView) -> String {
    let rows: Vec<Vec<String>> = view
        .results
        .iter()
        .map(|result| {
            let metrics = SHOWN.iter().map(|(key, _)| {
                result.metrics.get(*key).map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
            });
            [result.name.clone(), result.recipe.clone()].into_iter().chain(metrics).collect()
        })
        .collect();
    let header: Vec<&str> =
        ["version", "recipe"].into_iter().chain(SHOWN.iter().map(|(_, title)| *title)).collect();
    table(&header, &rows)
}

fn comparison_table(differences: &[Difference]) -> String {
    let rows: Vec<Vec<String>> = differences
        .iter()
        .map(|difference| {
            vec![
                difference.metric.clone(),
                format!("{:.4}", difference.first),
                format!("{:.4}", difference.second),
                format!("{:+.4}", difference.difference),
                format!("{:+.4} … {:+.4}", difference.interval.0, difference.interval.1),
                if difference.is_clear() { "clear".to_owned() } else { "could be chance".to_owned() },
            ]
        })
        .collect();
    table(&["metric", "A", "B", "A - B", "95 % interval", ""], &rows)
}
