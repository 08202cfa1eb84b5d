//! `import`, `analyze`, `schema`.

use super::output::{Output, say, table};
use super::pairs::{WrongUsage, numbered, pair};
use super::progress::with_progress;
use super::{Common, Done};
use crate::domain::DatasetType;
use crate::domain::mapping::TimestampRule;
use crate::domain::problem::Problem;
use crate::domain::schema::Schema;
use crate::studio::{
    ImportMode, ImportPlan, ImportReport, Insights, MappingChanges, OpenMode, Readiness, Severity, Studio,
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Dataset {
    Interactions,
    Users,
    Items,
    Actions,
    #[value(alias = "action_interactions", alias = "actioninteractions")]
    ActionInteractions,
}

impl From<Dataset> for DatasetType {
    fn from(dataset: Dataset) -> Self {
        match dataset {
            Dataset::Interactions => Self::Interactions,
            Dataset::Users => Self::Users,
            Dataset::Items => Self::Items,
            Dataset::Actions => Self::Actions,
            Dataset::ActionInteractions => Self::ActionInteractions,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    /// Replace all rows
    Full,
    /// Add rows; rows of items, users and actions with a known key replace the old ones
    Incremental,
}

#[derive(Clone, Copy, ValueEnum)]
enum TimestampUnit {
    /// Epoch seconds
    S,
    /// Epoch milliseconds
    Ms,
    /// Epoch microseconds
    Us,
    /// ISO 8601
    Iso,
}

/// Fields that no --map names are found by name and content.
#[derive(Args)]
pub(super) struct Import {
    /// The project file.
    file: PathBuf,
    /// Files, archives or folders: CSV, TSV, JSON Lines or Parquet, plain or as .gz, .zst or .zip.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// The dataset group, made where it is new.
    #[arg(long)]
    group: String,
    #[arg(long, value_enum, ignore_case = true)]
    dataset: Dataset,
    /// Take a field from a column.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// The Avro schema that the rows must follow.
    #[arg(long)]
    schema: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "full", ignore_case = true)]
    mode: Mode,
    /// How times are written, where it is not to be found by looking.
    #[arg(long, value_enum)]
    timestamp_unit: Option<TimestampUnit>,
    /// The event type of every row.
    #[arg(long, value_name = "TEXT")]
    event_type: Option<String>,
    /// The value that an event type stands for.
    #[arg(long, value_name = "TYPE=NUMBER", value_parser = numbered)]
    event_value: Vec<(String, f64)>,
    /// Write the rows that were left out, and why, to a CSV file.
    #[arg(long, value_name = "CSV")]
    rejects: Option<PathBuf>,
    /// Fail where a row breaks a rule, instead of leaving it out.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    common: Common,
}

impl Import {
    pub(super) fn run(self) -> Result<Done> {
        let dataset = DatasetType::from(self.dataset);
        let schema = match &self.schema {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| {
                    format!("the schema {} can't be read; check the path", path.display())
                })?;
                Some(Schema::parse_for(dataset, &text).with_context(|| path.display().to_string())?)
            }
            None => None,
        };
        let plan = ImportPlan {
            group: self.group.clone(),
            dataset,
            paths: self.data,
            schema,
            changes: MappingChanges {
                fields: self.map,
                timestamp: self.timestamp_unit.map(|unit| match unit {
                    TimestampUnit::S => TimestampRule::Seconds,
                    TimestampUnit::Ms => TimestampRule::Milliseconds,
                    TimestampUnit::Us => TimestampRule::Microseconds,
                    TimestampUnit::Iso => TimestampRule::Iso,
                }),
                event_type: self.event_type,
                event_values: self.event_value,
            },
            mode: match self.mode {
                Mode::Full => ImportMode::Full,
                Mode::Incremental => ImportMode::Incremental,
            },
            strict: self.strict,
        };
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let importing = studio.clone();
        let reports = with_progress("import", move |job| {
            let requests = importing.plan_import(&plan)?;
            requests.iter().map(|request| importing.import(request, job)).collect::<Result<Vec<_>>>()
        })?;
        for warning in reports.iter().flat_map(|report| &report.warnings) {
            say(&format!("warning: {warning}"));
        }
        if let Some(path) = &self.rejects {
            studio.write_rejects(&self.group, dataset, path)?;
        }
        let output = Output::from(self.common);
        match reports.as_slice() {
            [one] => output.print(one, || import_text(one))?,
            all => {
                let mut whole = all[0].clone();
                for report in &all[1..] {
                    whole.rows += report.rows;
                    whole.accepted += report.accepted;
                    whole.rejected += report.rejected;
                    whole.seconds += report.seconds;
                    whole.problems.extend(report.problems.iter().cloned());
                    whole.warnings.extend(report.warnings.iter().cloned());
                    whole.source = format!("{}, {}", whole.source, report.source);
                }
                let view = studio.overview()?;
                if let Some(made) = view.group(&self.group).and_then(|group| group.dataset(dataset)) {
                    (whole.users, whole.items) = (made.users, made.items);
                }
                output.print(&whole, || import_text(&whole))?;
            }
        }
        Ok(Done::Ok)
    }
}

fn import_text(report: &ImportReport) -> String {
    let mut lines = vec![format!(
        "{}: {} of {} rows accepted, {} users, {} {}, {:.2} s",
        report.source,
        report.accepted,
        report.rows,
        report.users,
        report.items,
        if report.mapping.dataset.is_of_actions() { "actions" } else { "items" },
        report.seconds
    )];
    let mapped: Vec<String> = report
        .mapping
        .fields
        .iter()
        .map(|field| format!("{} ← {}", field.field, field.columns.join(" + ")))
        .collect();
    lines.push(mapped.join(", "));
    if !report.problems.is_empty() {
        lines.push(format!("{} problem rows, by rule:", report.rejected));
        let mut first: BTreeMap<_, (u64, &Problem)> = BTreeMap::new();
        for problem in &report.problems {
            first.entry((problem.rule, &problem.column)).or_insert((0, problem)).0 += 1;
        }
        lines.extend(first.values().map(|(count, problem)| format!("  {count} × {problem}")));
    }
    lines.join("\n")
}

#[derive(Args)]
pub(super) struct Analyze {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    #[command(flatten)]
    common: Common,
}

impl Analyze {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::open(&self.file, OpenMode::ReadOnly)?;
        let group = self.group.clone();
        let (insights, readiness) = with_progress("analyze", move |job| {
            Ok((studio.analyze(&group, job)?, studio.readiness(&group, None, None)?))
        })?;
        let document = json!({
            "counts": insights.counts,
            "insights": insights.insights,
            "overTime": insights.over_time,
            "historyLengths": insights.history_lengths,
            "eventTypes": insights.event_types,
            "readiness": {
                "ready": readiness.is_ready(),
                "interactions": readiness.interactions,
                "missingInteractions": readiness.missing_interactions,
                "users": readiness.users,
                "missingUsers": readiness.missing_users,
                "messages": readiness.messages,
                "byEventType": readiness.by_event_type.iter().map(|event| json!({
                    "eventType": event.event_type,
                    "interactions": event.interactions,
                    "users": event.users,
                    "missingInteractions": event.missing_interactions,
                    "missingUsers": event.missing_users,
                })).collect::<Vec<_>>(),
            },
        });
        Output::from(self.common).print(&document, || analysis_text(&insights, &readiness))?;
        Ok(Done::Ok)
    }
}

fn analysis_text(insights: &Insights, readiness: &Readiness) -> String {
    let counts: Vec<Vec<String>> = insights
        .counts
        .iter()
        .map(|count| {
            [count.rows, count.users, count.items].iter().fold(
                vec![count.dataset.to_string()],
                |mut row, n| {
                    row.push(n.to_string());
                    row
                },
            )
        })
        .collect();
    let mut lines = vec![table(&["dataset", "rows", "users", "items"], &counts), String::new()];
    if readiness.is_ready() {
        lines.push(format!(
            "ready to train: {} interactions, {} users with two or more",
            readiness.interactions, readiness.users
        ));
    } else {
        lines.extend(readiness.messages.iter().cloned());
        lines.push(format!(
            "missing: {} interactions, {} users with two or more",
            readiness.missing_interactions, readiness.missing_users
        ));
    }
    for insight in &insights.insights {
        let mark = match insight.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        lines.push(format!("{mark}: {}\n    {}", insight.statement, insight.action));
    }
    lines.join("\n")
}

#[derive(Args)]
pub(super) struct SchemaCommand {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    #[arg(long, value_enum, ignore_case = true)]
    dataset: Dataset,
    /// Write it to a file as well.
    #[arg(long, value_name = "JSON")]
    out: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl SchemaCommand {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::open(&self.file, OpenMode::ReadOnly)?;
        let text = studio.schema(&self.group, self.dataset.into())?.to_json();
        if let Some(path) = &self.out {
            std::fs::write(path, &text)
                .with_context(|| format!("writing {}; check that the folder is there", path.display()))?;
        }
        let document: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| WrongUsage(format!("the schema is no JSON: {error}")))?;
        Output::from(self.common).print(&document, || text)?;
        Ok(Done::Ok)
    }
}
