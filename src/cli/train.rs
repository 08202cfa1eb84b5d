//! `train`.

use super::output::{Output, table};
use super::pairs::{WrongUsage, pair};
use super::progress::{EpochsKept, with_progress};
use super::{Common, Done};
use crate::domain::RecipeDescriptor;
use crate::domain::number::bytes_words;
use crate::domain::solution::{Device, EventWeight, ItemObjective, Sensitivity, SolutionConfig};
use crate::studio::{
    ACTION_METRICS, ActionMetric, OpenMode, Studio, TrainRequest, VersionView, headline, recipe,
};
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, ValueEnum)]
enum DeviceName {
    /// A CUDA card, then a Metal one, then the processor; recipes without networks take the processor
    Auto,
    Cpu,
    Cuda,
    Metal,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Mode {
    /// A new model from all data
    Full,
    /// The solution's newest model with the items and interactions that came since, without learning anew
    /// (user-personalization, hrnn-coldstart)
    Update,
}

fn recipe_named(name: &str) -> Result<&'static RecipeDescriptor, String> {
    recipe(name).map_err(|error| error.to_string())
}

/// Reads a number, neither infinite nor none.
fn finite(text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{text}` is no number"))
}

/// Reads `TYPE=WEIGHT` or `TYPE=WEIGHT:VALUE`.
fn event_weight(text: &str) -> Result<EventWeight, String> {
    // A type may hold the sign, a number does not.
    let (event_type, value) = text
        .rsplit_once('=')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or_else(|| "write it as TYPE=WEIGHT or TYPE=WEIGHT:VALUE".to_owned())?;
    let (weight, threshold) = match value.split_once(':') {
        Some((weight, threshold)) => (weight, Some(threshold)),
        None => (value, None),
    };
    let number = |text: &str| {
        finite(text).map_err(|error| format!("{error}; write it as TYPE=WEIGHT or TYPE=WEIGHT:VALUE"))
    };
    Ok(EventWeight {
        event_type: event_type.trim().to_owned(),
        weight: number(weight)?,
        event_value_threshold: threshold.map(number).transpose()?,
    })
}

/// Reads `COLUMN=SENSITIVITY`.
fn item_objective(text: &str) -> Result<ItemObjective, String> {
    let known = || {
        let known: Vec<&str> = Sensitivity::ALL.into_iter().map(Sensitivity::name).collect();
        format!("write it as COLUMN=SENSITIVITY, where the sensitivity is one of {}", known.join(", "))
    };
    let (column, sensitivity) = text.rsplit_once('=').ok_or_else(known)?;
    let objective_sensitivity = Sensitivity::parse(sensitivity).ok_or_else(known)?;
    Ok(ItemObjective { item_attribute: column.trim().to_owned(), objective_sensitivity })
}

/// The version is trained on the group's training part and scored on its test set.
#[derive(Args)]
pub(super) struct Train {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// The recipe; `bespoke recipes` lists them.
    #[arg(long, value_name = "NAME", value_parser = recipe_named, required_unless_present_any = ["resume", "solution"])]
    recipe: Option<&'static RecipeDescriptor>,
    /// Go on with the training of SOLUTION/NUMBER that was stopped, from the last epoch that was kept.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["recipe", "solution", "set", "event_type",
        "event_value_threshold", "event_weight", "objective", "exclude_column", "seed", "device", "full_data", "mode"])]
    resume: Option<String>,
    /// The solution, made where it is new; the recipe's name where left out.
    #[arg(long)]
    solution: Option<String>,
    /// What is made; an update takes the settings of the version that it brings up to date.
    #[arg(long, value_enum, default_value = "full")]
    mode: Mode,
    /// Set a parameter of the recipe.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Train on this event type only.
    #[arg(long, value_name = "TYPE")]
    event_type: Option<String>,
    /// Train on events of at least this value only.
    #[arg(long, value_name = "NUMBER", value_parser = finite)]
    event_value_threshold: Option<f64>,
    /// Train on these event types only, each with a weight from 0 to 1, and of at least a value where one is given.
    #[arg(long, value_name = "TYPE=WEIGHT[:VALUE]", value_parser = event_weight)]
    event_weight: Vec<EventWeight>,
    /// Weigh a number of the items beside relevance, such as a margin: OFF, LOW, MEDIUM or HIGH; items without count as
    /// average (user-personalization, personalized-ranking)
    #[arg(long, value_name = "COLUMN=SENSITIVITY", value_parser = item_objective)]
    objective: Option<ItemObjective>,
    /// Leave a column out of training.
    #[arg(long, value_name = "DATASET.COLUMN")]
    exclude_column: Vec<String>,
    /// [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// Where to train [default: auto]
    #[arg(long, value_enum)]
    device: Option<DeviceName>,
    /// Also train on everything, for serving.
    #[arg(long)]
    full_data: bool,
    #[command(flatten)]
    common: Common,
}

impl Train {
    pub(super) fn run(self) -> Result<Done> {
        let common = self.common;
        let version = match self.resume.clone() {
            Some(version) => {
                let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
                with_progress("train", move |job| studio.resume(&self.group, &version, job))?
            }
            None if self.mode == Mode::Update => self.update()?,
            None => self.train()?,
        };
        let report = version.report.as_ref();
        let document = json!({
            "solutionVersion": version.name,
            "recipe": version.recipe,
            "trainingMode": if version.updates.is_some() { "UPDATE" } else { "FULL" },
            "updates": version.updates,
            "seconds": version.seconds,
            "rowsUsed": report.map_or(0, |report| report.rows_used),
            "usersUsed": report.map_or(0, |report| report.users_used),
            "dropped": report.map(|report| report.dropped.iter().map(|(reason, rows)| {
                json!({ "reason": reason, "rows": rows })
            }).collect::<Vec<_>>()).unwrap_or_default(),
            "notes": report.map(|report| report.notes.clone()).unwrap_or_default(),
            "metrics": version.metrics,
            "metricsExcludeSeen": version.metrics_exclude_seen,
            "testSet": version.test_set,
            "seed": version.config.seed,
            "device": report.map_or(Device::Cpu, |report| report.device).name(),
            "memory": report.and_then(|report| report.memory),
        });
        Output::from(common).print(&document, || text(&version))?;
        Ok(Done::Ok)
    }

    /// Brings the solution up to date.
    fn update(self) -> Result<VersionView> {
        let settings = [
            ("--set", !self.set.is_empty()),
            ("--event-type", self.event_type.is_some()),
            ("--event-value-threshold", self.event_value_threshold.is_some()),
            ("--event-weight", !self.event_weight.is_empty()),
            ("--objective", self.objective.is_some()),
            ("--exclude-column", !self.exclude_column.is_empty()),
            ("--seed", self.seed.is_some()),
            ("--device", self.device.is_some()),
            ("--full-data", self.full_data),
        ];
        if let Some((flag, _)) = settings.into_iter().find(|(_, given)| *given) {
            bail!(WrongUsage(format!(
                "an update keeps the settings of the version that it brings up to date; leave {flag} out"
            )));
        }
        let solution = self.solution.or_else(|| self.recipe.map(|recipe| recipe.name.to_owned()));
        let solution = solution.context("no solution is named")?;
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        with_progress("update", move |job| studio.update(&self.group, &solution, job))
    }

    /// Trains a new version.
    fn train(self) -> Result<VersionView> {
        let file = self.file.clone();
        let request = TrainRequest {
            group: self.group.clone(),
            solution: self.solution.clone(),
            config: self.config()?,
        };
        let group = request.group.clone();
        let solution = request.solution.clone().unwrap_or_else(|| request.config.recipe.clone());
        let studio = Studio::open(&file, OpenMode::ReadWrite)?;
        with_progress("train", move |job| studio.train(&request, job)).map_err(|error| {
            let stopped = error.is::<EpochsKept>().then(|| stopped(&file, &group, &solution)).flatten();
            stopped.map_or(error, |version| {
                anyhow!("cancelled, and the last epochs of {version} are kept; go on from there with `--resume {version}`")
            })
        })
    }

    /// What the arguments ask for.
    fn config(self) -> Result<SolutionConfig> {
        let recipe =
            self.recipe.ok_or_else(|| WrongUsage("no recipe is named; add --recipe NAME".to_owned()))?;
        let texts = self.set.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let parameters = recipe.parameters_from(texts).map_err(|error| WrongUsage(error.to_string()))?;
        Ok(SolutionConfig {
            recipe: recipe.name.to_owned(),
            parameters,
            event_type: self.event_type,
            event_value_threshold: self.event_value_threshold,
            event_weights: self.event_weight,
            objective: self.objective,
            excluded_columns: self.exclude_column,
            seed: self.seed.unwrap_or_default(),
            device: match self.device {
                None | Some(DeviceName::Auto) => Device::Auto,
                Some(DeviceName::Cpu) => Device::Cpu,
                Some(DeviceName::Cuda) => Device::Cuda,
                Some(DeviceName::Metal) => Device::Metal,
            },
            full_data: self.full_data,
        })
    }
}

/// The version of a solution that was just stopped and can go on.
fn stopped(file: &Path, group: &str, solution: &str) -> Option<String> {
    let project = Studio::open(file, OpenMode::ReadOnly).ok()?.overview().ok()?;
    let group = project.groups.into_iter().find(|known| known.name == group)?;
    let solution = group.solutions.into_iter().find(|known| known.name == solution)?;
    let stopped = solution.versions.into_iter().rev().find(|version| version.can_resume);
    stopped.map(|version| version.name)
}

fn text(version: &VersionView) -> String {
    let what = match &version.updates {
        Some(base) => format!("brought up to date from {base}"),
        None => "trained".to_owned(),
    };
    let mut lines = vec![format!("{} {what} in {:.2} s", version.name, version.seconds)];
    if let Some(report) = &version.report {
        lines.push(format!(
            "{} rows of {} users and {} items used",
            report.rows_used, report.users_used, report.items_used
        ));
        if let Some(bytes) = report.memory {
            lines.push(format!(
                "trained on {}, with about {} of memory",
                report.device.name(),
                bytes_words(bytes)
            ));
        }
        lines.extend(report.dropped.iter().map(|(reason, rows)| format!("  {rows} left out: {reason}")));
        lines.extend(report.notes.iter().map(|note| format!("  {note}")));
    }
    let of = |values: &std::collections::BTreeMap<String, f64>, key: &str| {
        values.get(key).map(|value| format!("{value:.4}")).unwrap_or_default()
    };
    let rows: Vec<Vec<String>> = headline()
        .into_iter()
        .filter(|metric| version.metrics.contains_key(&metric.key()))
        .map(|metric| {
            let key = metric.key();
            vec![metric.title(), of(&version.metrics, &key), of(&version.metrics_exclude_seen, &key)]
        })
        .collect();
    if recipe(&version.recipe).is_ok_and(RecipeDescriptor::recommends_actions) {
        let row = |metric: &ActionMetric| vec![metric.title.to_owned(), of(&version.metrics, metric.key)];
        lines.push(table(&["metric", ""], &ACTION_METRICS.iter().map(row).collect::<Vec<_>>()));
    } else if !rows.is_empty() {
        lines.push(table(&["metric", "with seen items", "without"], &rows));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
