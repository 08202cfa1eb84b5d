//! `runs`.

use super::output::{Output, table};
use super::{Common, Done};
use crate::studio::{OpenMode, RunDifference, RunView, Studio};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// The versions of a group with what made each what it is.
#[derive(Args)]
pub(super) struct Runs {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// Show what differs between two versions.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    diff: Option<Vec<String>>,
    /// Print the command line that trains a version again.
    #[arg(long, value_name = "VERSION", conflicts_with = "diff")]
    command: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Runs {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::open(&self.file, OpenMode::ReadOnly)?;
        let output = Output::from(self.common);
        if let Some([a, b]) = self.diff.as_deref() {
            let differences = studio.run_differences(&self.group, a, b)?;
            output.print(&json!({ "a": a, "b": b, "differences": differences }), || {
                difference_text(&differences, a, b)
            })?;
            return Ok(Done::Ok);
        }
        let runs = studio.runs(&self.group)?;
        if let Some(version) = &self.command {
            let name = studio.run_name(&self.group, version)?;
            let run = runs.iter().find(|run| run.name == name).context("the version was deleted just now")?;
            let line = run.command_line(&self.file, &self.group);
            output.print(&json!({ "version": name, "command": line }), || line.clone())?;
            return Ok(Done::Ok);
        }
        output.print(&json!({ "runs": runs }), || text(&runs))?;
        Ok(Done::Ok)
    }
}

fn text(runs: &[RunView]) -> String {
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            let set = run.parameters.iter().filter(|parameter| parameter.is_set());
            let set: Vec<String> = set.map(|p| format!("{}={}", p.name, p.value)).collect();
            vec![
                run.name.clone(),
                run.alias.clone().unwrap_or_default(),
                run.recipe.clone(),
                run.status.to_string(),
                moment(run.created_at),
                format!("{:.2}", run.seconds),
                run.seed.to_string(),
                run.data.as_deref().map_or("not recorded", |data| data.get(..12).unwrap_or(data)).to_owned(),
                set.join(" "),
            ]
        })
        .collect();
    table(&["run", "shown as", "recipe", "status", "made", "seconds", "seed", "data", "set"], &rows)
}

/// A moment in UTC, to the second.
fn moment(epoch_secs: i64) -> String {
    jiff::Timestamp::from_second(epoch_secs).map_or_else(|_| epoch_secs.to_string(), |time| time.to_string())
}

/// What differs; what is the same is only counted.
fn difference_text(differences: &[RunDifference], a: &str, b: &str) -> String {
    let rows: Vec<Vec<String>> = differences
        .iter()
        .filter(|difference| difference.differs())
        .map(|difference| vec![difference.field.clone(), difference.a.clone(), difference.b.clone()])
        .collect();
    let same = differences.len() - rows.len();
    if rows.is_empty() {
        return format!("{a} and {b} are the same in all {same} fields");
    }
    format!("{}\n{same} other fields are the same", table(&["field", a, b], &rows))
}
