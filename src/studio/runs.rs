//! Versions as runs: how a person has marked them, why each is what it is, and how two differ.

use super::Studio;
use super::view::TrainingReportView;
use crate::domain::Status;
use crate::domain::solution::{Device, EventWeight, SolutionConfig};
use crate::domain::split::SplitSpec;
use crate::store::{RunMark, RunOrigin, StoreError, TestSetRecord, VersionRecord};
use anyhow::{Context, Result, ensure};
use serde::Serialize;

/// The longest name a run may be given, in letters.
const LONGEST_ALIAS: usize = 80;
/// Colours a run may have.
pub const RUN_COLORS: u8 = 10;
/// What is said of versions made before a thing was kept.
const NOT_RECORDED: &str = "not recorded";

/// A parameter of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunParameter {
    pub name: String,
    pub value: String,
    /// The recipe's default now; none where it has no such parameter any more.
    pub default: Option<String>,
}

impl RunParameter {
    /// Whether it was set to something else than the default.
    pub fn is_set(&self) -> bool {
        self.default.as_ref() != Some(&self.value)
    }
}

/// A version among the runs of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    /// `solution/number`.
    pub name: String,
    pub solution: String,
    pub alias: Option<String>,
    pub pinned: bool,
    pub hidden: bool,
    /// Its place in the palette: the one chosen, or the one its place among the runs gives it.
    pub color: usize,
    /// Whether a person chose the colour.
    pub color_is_chosen: bool,
    pub note: String,
    /// The recipe's name without `aws-`.
    pub recipe: String,
    pub status: Status,
    /// The version that it took over and brought up to date; none where it was trained in full.
    pub updates: Option<String>,
    /// Epoch seconds.
    pub created_at: i64,
    /// Training time; 0 until it is active.
    pub seconds: f64,
    pub rows_used: Option<u64>,
    pub users_used: Option<u64>,
    pub items_used: Option<u64>,
    /// All of them, by name.
    pub parameters: Vec<RunParameter>,
    pub event_type: Option<String>,
    pub event_value_threshold: Option<f64>,
    pub event_weights: Vec<EventWeight>,
    /// What its lists are to bring beside relevance, as `COLUMN=SENSITIVITY`.
    pub objective: Option<String>,
    pub excluded_columns: Vec<String>,
    pub seed: u64,
    /// The device asked for.
    pub device: Device,
    /// The device it was trained on.
    pub trained_on: Option<Device>,
    /// Whether it was also trained on everything, for serving.
    pub full_data: bool,
    /// How its test set was cut.
    pub test_set: String,
    /// The fingerprint of the data it was trained on; none where it was not kept.
    pub data: Option<String>,
    /// The version of the program that trained it; none where it was not kept.
    pub program: Option<String>,
    #[serde(skip)]
    pub config: SolutionConfig,
}

/// A field of two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunDifference {
    pub field: String,
    pub a: String,
    pub b: String,
}

impl RunDifference {
    pub fn differs(&self) -> bool {
        self.a != self.b
    }
}

impl Studio {
    /// The runs of a group: its versions, by solution, the oldest first.
    pub fn runs(&self, group: &str) -> Result<Vec<RunView>> {
        let group = self.group(group)?;
        let (versions, test_sets, marks, origins) = self.store().read(|reader| {
            Ok((
                reader.versions(group.id)?,
                reader.test_sets(group.id)?,
                reader.run_marks(group.id)?,
                reader.run_origins(group.id)?,
            ))
        })?;
        let runs = versions.iter().enumerate().map(|(place, version)| {
            let test_set = test_sets.iter().find(|test_set| test_set.id == version.test_set);
            let mark = marks.get(&version.id).cloned().unwrap_or_default();
            run_view(place, version, test_set, mark, origins.get(&version.id))
        });
        Ok(runs.collect::<Result<_, StoreError>>()?)
    }

    /// Marks a version: its name among the runs, whether it is pinned or hidden, its colour, its note. A name of blanks
    /// is none.
    pub fn mark_run(&self, group: &str, version: &str, mark: &RunMark) -> Result<()> {
        let group = self.group(group)?;
        let version = self.named_version(&group, version)?;
        let alias = mark.alias.as_deref().map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned);
        if let Some(alias) = &alias {
            check_alias(alias).map_err(anyhow::Error::msg)?;
        }
        let color = mark.color.unwrap_or(0);
        ensure!(color < RUN_COLORS, "there is no colour {color}; choose one from 0 to {}", RUN_COLORS - 1);
        let mark = RunMark { alias, ..mark.clone() };
        self.change(|writer| writer.set_run_mark(version.id, &mark))?;
        Ok(())
    }

    /// The name of a run as people write it: `solution/number`, whatever became of it, or a solution for its newest
    /// active version.
    pub fn run_name(&self, group: &str, text: &str) -> Result<String> {
        let group = self.group(group)?;
        let versions = self.store().read(|reader| reader.versions(group.id))?;
        if versions.iter().any(|version| version.name() == text) {
            return Ok(text.to_owned());
        }
        Ok(self.version_in(&group, text)?.name())
    }

    /// Every field of two versions, those that differ first.
    pub fn run_differences(&self, group: &str, a: &str, b: &str) -> Result<Vec<RunDifference>> {
        let runs = self.runs(group)?;
        let find = |text: &str| -> Result<&RunView> {
            let name = self.run_name(group, text)?;
            runs.iter().find(|run| run.name == name).with_context(|| format!("{name} was deleted just now"))
        };
        Ok(find(a)?.differences(find(b)?))
    }
}

/// What is wrong with a name for a run, if anything.
pub fn check_alias(alias: &str) -> Result<(), String> {
    let letters = alias.chars().count();
    if letters > LONGEST_ALIAS {
        return Err(format!("the name has {letters} letters; use {LONGEST_ALIAS} at most"));
    }
    if alias.chars().any(char::is_control) {
        return Err("the name holds a line break or another control character; leave it out".to_owned());
    }
    Ok(())
}

fn run_view(
    place: usize,
    version: &VersionRecord,
    test_set: Option<&TestSetRecord>,
    mark: RunMark,
    origin: Option<&RunOrigin>,
) -> Result<RunView, StoreError> {
    let config = &version.config;
    let report: Option<TrainingReportView> = version
        .report
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|source| StoreError::Json { what: "a training report", source })?;
    let report = report.as_ref();
    Ok(RunView {
        name: version.name(),
        solution: version.solution.clone(),
        alias: mark.alias,
        pinned: mark.pinned,
        hidden: mark.hidden,
        color: mark.color.map_or_else(|| place % usize::from(RUN_COLORS), usize::from),
        color_is_chosen: mark.color.is_some(),
        note: mark.note,
        recipe: config.recipe.clone(),
        status: version.status,
        updates: version.updates_name(),
        created_at: version.created_at,
        seconds: version.seconds,
        rows_used: report.map(|report| report.rows_used),
        users_used: report.map(|report| report.users_used),
        items_used: report.map(|report| report.items_used),
        parameters: parameters(config),
        event_type: config.event_type.clone(),
        event_value_threshold: config.event_value_threshold,
        event_weights: config.event_weights.clone(),
        objective: config.objective.as_ref().map(ToString::to_string),
        excluded_columns: config.excluded_columns.clone(),
        seed: config.seed,
        device: config.device,
        trained_on: report.map(|report| report.device),
        full_data: config.full_data,
        test_set: test_set.map(|test_set| split_words(&test_set.spec)).unwrap_or_default(),
        data: origin.map(|origin| origin.data.clone()),
        program: origin.map(|origin| origin.program.clone()),
        config: config.clone(),
    })
}

/// Every parameter with its default as the recipe has it now.
pub(super) fn parameters(config: &SolutionConfig) -> Vec<RunParameter> {
    let defaults = super::recipe(&config.recipe).ok().and_then(|recipe| recipe.parameters_from([]).ok());
    let parameters = config.parameters.iter().map(|(name, value)| RunParameter {
        name: name.to_owned(),
        value: value.to_string(),
        default: defaults.as_ref().and_then(|defaults| defaults.get(name)).map(ToString::to_string),
    });
    parameters.collect()
}

/// A test set in a few words.
fn split_words(spec: &SplitSpec) -> String {
    let how = format!("{}, seed {}", spec.kind.as_str(), spec.seed);
    if spec.name == spec.kind.as_str() { how } else { format!("{}: {how}", spec.name) }
}

impl RunView {
    /// The name it is shown under.
    pub fn title(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// How it is marked.
    pub fn mark(&self) -> RunMark {
        RunMark {
            alias: self.alias.clone(),
            pinned: self.pinned,
            hidden: self.hidden,
            color: self.color_is_chosen.then_some(self.color as u8),
            note: self.note.clone(),
        }
    }

    /// Everything that made it what it is, field by field.
    pub fn fields(&self) -> Vec<(String, String)> {
        let none = |text: Option<String>, word: &str| text.unwrap_or_else(|| word.to_owned());
        let weights = self.event_weights.iter().map(|entry| match entry.event_value_threshold {
            Some(threshold) => format!("{} {} from {threshold}", entry.event_type, entry.weight),
            None => format!("{} {}", entry.event_type, entry.weight),
        });
        let weights = weights.collect::<Vec<_>>().join(", ");
        let list = |text: String, word: &str| if text.is_empty() { word.to_owned() } else { text };
        let count = |count: Option<u64>| count.map(crate::domain::number::count_words);
        let parameters = self.parameters.iter().map(|p| (p.name.clone(), p.value.clone()));
        let mode = self.updates.as_ref().map(|base| format!("update of {base}"));
        let rest = [
            ("training mode", none(mode, "full")),
            ("event type", none(self.event_type.clone(), "all")),
            ("event value from", none(self.event_value_threshold.map(|value| value.to_string()), "any")),
            ("event weights", list(weights, "none")),
            ("objective", none(self.objective.clone(), "relevance alone")),
            ("excluded columns", list(self.excluded_columns.join(", "), "none")),
            ("seed", self.seed.to_string()),
            ("device asked for", self.device.name().to_owned()),
            ("trained on", none(self.trained_on.map(|device| device.name().to_owned()), "nothing yet")),
            ("all data for serving", if self.full_data { "yes" } else { "no" }.to_owned()),
            ("test set", self.test_set.clone()),
            ("data", none(self.data.clone(), NOT_RECORDED)),
            ("rows used", none(count(self.rows_used), "none yet")),
            ("users used", none(count(self.users_used), "none yet")),
            ("items used", none(count(self.items_used), "none yet")),
            ("program", none(self.program.clone(), NOT_RECORDED)),
        ];
        std::iter::once(("recipe".to_owned(), self.recipe.clone()))
            .chain(parameters)
            .chain(rest.into_iter().map(|(name, value)| (name.to_owned(), value)))
            .collect()
    }

    /// Every field of two runs, those that differ first.
    pub fn differences(&self, other: &Self) -> Vec<RunDifference> {
        let (mine, theirs) = (self.fields(), other.fields());
        let of = |fields: &[(String, String)], name: &str| {
            let found = fields.iter().find(|(field, _)| field == name);
            found.map_or_else(|| "has none".to_owned(), |(_, value)| value.clone())
        };
        let only_theirs = theirs.iter().filter(|(name, _)| mine.iter().all(|(known, _)| known != name));
        let mut differences: Vec<RunDifference> = mine
            .iter()
            .chain(only_theirs)
            .map(|(field, _)| RunDifference {
                field: field.clone(),
                a: of(&mine, field),
                b: of(&theirs, field),
            })
            .collect();
        differences.sort_by_key(|difference| !difference.differs());
        differences
    }
}

#[cfg(test)]
mod tests;
