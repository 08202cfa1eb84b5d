//! `split`, `evaluate`.

use super::output::{Output, table};
use super::progress::with_progress;
use super::{Common, Done};
use crate::domain::limits::LONGEST_METRIC_LIST;
use crate::domain::split::{SplitKind, SplitSpec, Targets};
use crate::jobs::JobContext;
use crate::studio::{
    ACTION_METRICS, ActionMetric, Difference, EvaluateRequest, EvaluationRow, EvaluationView, METRICS,
    MetricAt, OpenMode, Studio, TestSetView, Verdict, Worth, headline,
};
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// What metadata are weighed by where no metric is named.
const WEIGHED_BY: &str = "normalized_discounted_cumulative_gain_at_10";

/// The metrics of the table where none are asked for.
pub(super) fn shown() -> Vec<MetricAt> {
    let few = |metric: &MetricAt| {
        !metric.key().contains("over_hits") && (metric.metric.spec.stem != "precision" || metric.k != 10)
    };
    headline().into_iter().filter(few).collect()
}

fn metric_of(key: &str) -> Result<MetricAt> {
    MetricAt::parse(key).with_context(|| {
        let known: Vec<&str> = METRICS.iter().map(|metric| metric.spec.stem).collect();
        format!(
            "there is no metric `{key}`; write METRIC_at_K, with a K from 1 to {LONGEST_METRIC_LIST} and one of {}",
            known.join(", ")
        )
    })
}

fn prediction_of(given: &str) -> Result<(String, PathBuf)> {
    let (name, file) = given
        .split_once('=')
        .with_context(|| format!("`{given}` names no file; write --predictions NAME=FILE"))?;
    Ok((name.to_owned(), PathBuf::from(file)))
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A tenth of the users; the newest tenth of each history is to be found
    Personalize,
    /// The last interaction of every user is to be found
    LeaveLastOut,
    /// What users known before a moment did from it on is to be found
    Temporal,
    /// Which of the items that nobody was trained on did users have?
    ColdItems,
    /// The newest part of every history is to be found
    PerUser,
    /// A file says what is to be found (--truth)
    File,
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
    /// Share held out: of users and of each history (personalize), of the newest interactions (temporal), of items
    /// (cold-items) or of each history (per-user) [default: 0.1; per-user: 0.2]
    #[arg(long, value_name = "X")]
    fraction: Option<f64>,
    /// Test every user once, in so many folds, each by a model of its own (personalize)
    #[arg(long, value_name = "N", default_value_t = 1)]
    folds: u32,
    /// Only the last interaction of each user is to be found (temporal)
    #[arg(long)]
    last: bool,
    /// A CSV file of what is to be found (`USER_ID,ITEM_ID,TIMESTAMP`), or a folder that --out wrote (file)
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
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
            Kind::Temporal => SplitKind::Temporal,
            Kind::ColdItems => SplitKind::ColdItems,
            Kind::PerUser => SplitKind::PerUser,
            Kind::File => SplitKind::File,
        };
        let usual = SplitSpec::of(kind);
        let spec = SplitSpec {
            seed: self.seed,
            fraction: self.fraction.unwrap_or(usual.fraction),
            folds: self.folds,
            targets: if self.last { Targets::Last } else { Targets::All },
            ..usual
        };
        let truth = self.truth;
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let (group, out) = (self.group, self.out);
        let (view, files) = with_progress("split", move |job| {
            let view = match &truth {
                Some(truth) => {
                    ensure!(spec.kind == SplitKind::File, "--truth goes with --kind file; give both");
                    studio.set_test_set_from_file(&group, truth, job)?
                }
                None => studio.set_test_set(&group, &spec, job)?,
            };
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
    /// Lists that another tool made, as a contestant: `userId,itemId,rank` or `userId,itemId,score`, or the service's batch output
    #[arg(long, value_name = "NAME=FILE")]
    predictions: Vec<String>,
    /// Keep the lists of --predictions in the project: they take part in every later comparison of the group
    #[arg(long, requires = "predictions")]
    keep: bool,
    /// A metric at any depth, such as `recall_at_20` or `gini_at_10`; those of the service where left out
    #[arg(long, value_name = "KEY")]
    metric: Vec<String>,
    /// Take versions that differ by their seed alone as one
    #[arg(long)]
    pool_seeds: bool,
    /// Leave items of the input out of the lists.
    #[arg(long)]
    exclude_seen: bool,
    /// Write lists.jsonl and truth.jsonl of each version into a folder.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// Tell what each column of metadata that a version reads is worth to it, by the first --metric or NDCG@10
    #[arg(long, value_name = "VERSION")]
    worth: Option<String>,
    /// Write the value of every tested user by every metric as CSV: `contestant,userId,metric,value`.
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// Compare two versions user by user.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    compare: Vec<String>,
    #[command(flatten)]
    common: Common,
}

impl Evaluate {
    pub(super) fn run(self) -> Result<Done> {
        let studio = open_to_evaluate(&self.file)?;
        let metrics = self.metric.iter().map(|key| metric_of(key)).collect::<Result<Vec<_>>>()?;
        let predictions =
            self.predictions.iter().map(|given| prediction_of(given)).collect::<Result<Vec<_>>>()?;
        let (kept, given) = if self.keep { (predictions, Vec::new()) } else { (Vec::new(), predictions) };
        ensure!(
            kept.is_empty() || self.version.is_empty(),
            "--keep takes part in comparisons of all versions; name none"
        );
        let request = EvaluateRequest {
            group: self.group,
            versions: self.version,
            exclude_seen: self.exclude_seen,
            metrics: metrics.clone(),
            predictions: given,
            pool_seeds: self.pool_seeds,
            length: 0,
        };
        let (export, values, compare, worth_of) = (self.export, self.values, self.compare, self.worth);
        let weighed_by = match metrics.first() {
            Some(&metric) => metric,
            None => metric_of(WEIGHED_BY)?,
        };
        let shown = if metrics.is_empty() { shown() } else { metrics };
        let of_values = shown.clone();
        let (view, differences, worths, files) = with_progress("evaluate", move |job: &JobContext| {
            for (name, path) in &kept {
                studio.keep_lists(&request.group, name, path, job)?;
            }
            let view = studio.evaluate(&request, job)?;
            let differences = match compare.as_slice() {
                [first, second] => {
                    Some(studio.compare(&request.group, first, second, request.exclude_seen)?)
                }
                _ => None,
            };
            let worths = worth_of
                .map(|version| studio.worth(&request.group, &version, weighed_by, request.exclude_seen, job))
                .transpose()?;
            let mut files = match &export {
                Some(folder) => studio.export_lists(&request, folder, job)?,
                None => Vec::new(),
            };
            if let Some(path) = &values {
                files.push(studio.export_values(&view, &of_values, path)?);
            }
            Ok((view, differences, worths, files))
        })?;
        let mut document = serde_json::to_value(&view)?;
        if let Some(differences) = &differences {
            document["comparison"] = json!(differences);
        }
        if let Some(worths) = &worths {
            document["worth"] = json!({ "metric": weighed_by.key(), "columns": worths });
        }
        let verdicts: Vec<(MetricAt, Verdict)> =
            shown.iter().filter_map(|&metric| Some((metric, view.lab.verdict(metric)?))).collect();
        document["verdicts"] =
            verdicts.iter().map(|(metric, verdict)| (metric.key(), json!(verdict.sentence))).collect();
        document["files"] = json!(files);
        Output::from(self.common).print(&document, || {
            let mut lines = vec![test_set_text(&view.split), evaluation_table(&view, &shown)];
            let first = verdicts.iter().find(|(metric, _)| metric.is_per_user());
            lines.extend(first.map(|(_, verdict)| verdict.sentence.clone()));
            lines.extend(actions_table(&view));
            lines.extend(view.notes.iter().cloned());
            lines.extend(differences.as_deref().map(comparison_table));
            lines.extend(worths.as_deref().map(|worths| worth_table(worths, weighed_by)));
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

/// The metrics of an evaluation, a row a contestant; those of the service where none are named.
pub(super) fn evaluation_table(view: &EvaluationView, metrics: &[MetricAt]) -> String {
    let rows: Vec<Vec<String>> = view
        .results
        .iter()
        .map(|result| {
            let metrics = metrics.iter().map(|metric| {
                let value = result.metrics.get(&metric.key());
                value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
            });
            [result.name.clone(), result.recipe.clone()].into_iter().chain(metrics).collect()
        })
        .collect();
    let titles: Vec<String> = metrics.iter().map(|metric| metric.title()).collect();
    let header: Vec<&str> =
        ["version", "recipe"].into_iter().chain(titles.iter().map(String::as_str)).collect();
    table(&header, &rows)
}

/// The metrics of versions that recommend actions, where there are any.
fn actions_table(view: &EvaluationView) -> Option<String> {
    let row = |row: &EvaluationRow| {
        let value = |metric: &ActionMetric| row.metrics.get(metric.key);
        let cell = |metric| value(metric).map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
        std::iter::once(row.name.clone()).chain(ACTION_METRICS.iter().map(cell)).collect()
    };
    let rows: Vec<Vec<String>> = view.actions.iter().map(row).collect();
    let titles = ACTION_METRICS.iter().map(|metric| metric.title);
    let header: Vec<&str> = std::iter::once("version").chain(titles).collect();
    (!rows.is_empty()).then(|| table(&header, &rows))
}

fn worth_table(worths: &[Worth], metric: MetricAt) -> String {
    let row = |worth: &Worth| {
        let (low, high) = worth.interval;
        let verdict = if worth.is_useful() { "useful" } else { "could be chance" };
        vec![
            worth.column.clone(),
            format!("{:+.4}", worth.loss),
            format!("{low:+.4} … {high:+.4}"),
            verdict.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = worths.iter().map(row).collect();
    table(&["column", &format!("loss of {}", metric.title()), "95 % interval", ""], &rows)
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
                format!("{:.4}", difference.p_value),
                if difference.is_clear() { "clear".to_owned() } else { "could be chance".to_owned() },
            ]
        })
        .collect();
    table(&["metric", "A", "B", "A - B", "95 % interval", "p", ""], &rows)
}
