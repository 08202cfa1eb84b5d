//! Comparisons that people make again and again, as one thing to do: a test set, trainings that differ in one thing, and
//! names that say in which.

use super::Studio;
use super::request::TrainRequest;
use super::runs::RunView;
use crate::data::{ForeignList, ForeignLists};
use crate::domain::DatasetType;
use crate::domain::exploration::{Exploration, USUAL_CUT_OFF_DAYS};
use crate::domain::schema::FieldRole;
use crate::domain::solution::{ItemObjective, Sensitivity, SolutionConfig};
use crate::domain::split::{SplitKind, SplitSpec};
use crate::evaluation::ask;
use crate::jobs::JobContext;
use crate::recipes::Model;
use crate::serving::Explored;
use crate::store::{GroupRecord, RunMark};
use anyhow::{Context, Result, bail};

/// A comparison that is ready to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guided {
    /// Trained on the past, compared with the future.
    TemporalHoldOut,
    /// The same recipe with metadata and without.
    Metadata,
    /// The same recipe with an objective that counts for nothing, little and much.
    Objective,
    /// The same model exploring not at all, a little and as much as can be.
    Exploration,
}

/// How much is explored where exploring is compared.
const EXPLORATION_WEIGHTS: [f32; 3] = [0.0, 0.3, 1.0];

/// A training of a comparison: what it is called, and its configuration.
type Training = (String, SolutionConfig);

impl Guided {
    pub const ALL: [Self; 4] = [Self::TemporalHoldOut, Self::Metadata, Self::Objective, Self::Exploration];

    /// The question it answers.
    pub fn title(self) -> &'static str {
        match self {
            Self::TemporalHoldOut => "Would it have foreseen what came?",
            Self::Metadata => "Do the metadata help?",
            Self::Objective => "What does an objective cost?",
            Self::Exploration => "What does exploring new items cost?",
        }
    }

    /// What is done.
    pub fn about(self) -> &'static str {
        match self {
            Self::TemporalHoldOut => {
                "Holds back the newest tenth of the interactions, trains popularity, SIMS, sequential rules, EASE and \
                 User-Personalization-v2 on what came before, and compares their lists with what people then did. Makes this \
                 the group's test set."
            }
            Self::Metadata => {
                "Trains HRNN-Metadata three times on the same data: with all columns, without those that are text, and \
                 without any."
            }
            Self::Objective => {
                "Trains User-Personalization with its lists weighed by a number of Items: OFF, LOW and HIGH. Compares \
                 relevance with what the lists bring."
            }
            Self::Exploration => {
                "Trains User-Personalization and keeps the lists that its campaigns would give at an exploration weight of 0, \
                 0.3 and 1. Compares how much is new in them with how much is found."
            }
        }
    }

    /// The solution its versions are of, where they are of one.
    fn solution(self) -> Option<&'static str> {
        match self {
            Self::TemporalHoldOut => None,
            Self::Metadata => Some("metadata-or-not"),
            Self::Objective => Some("objective"),
            Self::Exploration => Some("exploring"),
        }
    }
}

impl Studio {
    /// Makes a comparison: its versions stand among the runs under names that tell them apart. The names of the runs.
    pub fn compare_guided(&self, group: &str, guided: Guided, job: &JobContext) -> Result<Vec<String>> {
        let record = self.group(group)?;
        let trainings = self.guided_trainings(&record, guided)?;
        if guided == Guided::TemporalHoldOut {
            self.set_test_set(group, &SplitSpec::of(SplitKind::Temporal), job)?;
        }
        let mut names = Vec::with_capacity(trainings.len());
        for (title, config) in trainings {
            let solution = guided.solution().map(str::to_owned);
            let request = TrainRequest { group: group.to_owned(), solution, config };
            let version = self.train(&request, &job.part(&title))?;
            let run = self.runs(group)?.into_iter().find(|run| run.name == version.name);
            let mark = run.as_ref().map(RunView::mark).context("the version was deleted just now")?;
            let mark = RunMark { alias: Some(title), note: guided.title().to_owned(), ..mark };
            self.mark_run(group, &version.name, &mark)?;
            names.push(version.name);
        }
        if guided == Guided::Exploration {
            let version = names.pop().context("a model that explores")?;
            names.extend(self.explored(&record, &version, job)?);
        }
        Ok(names)
    }

    /// Keeps the lists that campaigns of a version would give the tested users, by how much they explore.
    fn explored(&self, group: &GroupRecord, version: &str, job: &JobContext) -> Result<Vec<String>> {
        let test_set = self.active_test_set(group, job)?;
        let version = self.version_in(group, version)?;
        let descriptor = super::recipe(&version.config.recipe)?;
        let (benchmark, model) =
            (self.benchmark(group, &test_set, &version.config)?, self.model_of(&version, false)?);
        let novelty = self.novelty_of(descriptor, group, &test_set)?;
        let (interactions, test) = (&benchmark.interactions, &benchmark.test);
        let mut names = Vec::new();
        for weight in EXPLORATION_WEIGHTS {
            let exploration = Exploration::Bonus { weight, item_age_cut_off: USUAL_CUT_OFF_DAYS };
            let explored = Explored { model: &*model, novelty: &novelty, exploration };
            let asked: &dyn Model = if weight > 0.0 { &explored } else { &*model };
            let lists = ask(asked, interactions, test, false, job)?;
            let foreign = test.cases.iter().enumerate().map(|(place, case)| ForeignList {
                user: interactions.users.id(case.user).to_owned(),
                items: lists
                    .items(place)
                    .iter()
                    .map(|&item| interactions.items.id(item).to_owned())
                    .collect(),
                scores: Vec::new(),
            });
            let name = format!("exploring-{weight}").replace('.', "-");
            let source = format!("{} with explorationWeight {weight}", version.name());
            let foreign = ForeignLists { lists: foreign.collect(), failed_lines: 0 };
            self.put_lists(group, &name, &source, &foreign)?;
            names.push(name);
        }
        Ok(names)
    }

    /// What is trained; an error where the group lacks what the comparison is about.
    fn guided_trainings(&self, group: &GroupRecord, guided: Guided) -> Result<Vec<Training>> {
        let plain = |recipe: &str| -> Result<SolutionConfig> {
            Ok(SolutionConfig::of(recipe, super::recipe(recipe)?.parameters_from([])?))
        };
        match guided {
            Guided::TemporalHoldOut => {
                let recipes =
                    ["popularity-count", "sims", "sequential-rules", "ease", "user-personalization-v2"];
                recipes.into_iter().map(|recipe| Ok((format!("{recipe}, by time"), plain(recipe)?))).collect()
            }
            Guided::Metadata => {
                let columns = self.metadata_columns(group)?;
                if columns.is_empty() {
                    bail!(
                        "the group `{}` has no metadata columns; import Items or Users with some, or map context columns \
                         of Interactions",
                        group.name
                    );
                }
                let without = |columns: Vec<String>| -> Result<SolutionConfig> {
                    Ok(SolutionConfig { excluded_columns: columns, ..plain("hrnn-metadata")? })
                };
                let names = |of: &dyn Fn(&(String, bool)) -> bool| {
                    columns.iter().filter(|column| of(column)).map(|(name, _)| name.clone()).collect()
                };
                let mut trainings = vec![("all metadata".to_owned(), without(Vec::new())?)];
                if columns.iter().any(|(_, is_text)| *is_text) && columns.iter().any(|(_, is_text)| !is_text)
                {
                    trainings.push(("without text".to_owned(), without(names(&|(_, is_text)| *is_text))?));
                }
                trainings.push(("no metadata".to_owned(), without(names(&|_| true))?));
                Ok(trainings)
            }
            Guided::Objective => {
                let items = self.store().read(|reader| reader.dataset(group.id, DatasetType::Items))?;
                let number = items.as_ref().and_then(|items| {
                    items
                        .schema
                        .metadata()
                        .find(|field| field.kind.is_number())
                        .map(|field| field.name.clone())
                });
                let column = number.with_context(|| {
                    format!(
                        "the group `{}` has no column of Items that holds numbers; import one, such as a price",
                        group.name
                    )
                })?;
                let with = |sensitivity: Sensitivity| {
                    let objective =
                        ItemObjective { item_attribute: column.clone(), objective_sensitivity: sensitivity };
                    let title = format!("{column} {}", sensitivity.name());
                    let plain = plain("user-personalization")?;
                    Ok((title, SolutionConfig { objective: Some(objective), ..plain }))
                };
                [Sensitivity::Off, Sensitivity::Low, Sensitivity::High].into_iter().map(with).collect()
            }
            Guided::Exploration => {
                Ok(vec![("model that explores".to_owned(), plain("user-personalization")?)])
            }
        }
    }

    /// Every metadata column of the group as `DATASET.COLUMN`, and whether it is text.
    fn metadata_columns(&self, group: &GroupRecord) -> Result<Vec<(String, bool)>> {
        let mut columns = Vec::new();
        for kind in DatasetType::ALL {
            let Some(dataset) = self.store().read(|reader| reader.dataset(group.id, kind))? else { continue };
            let metadata = dataset.schema.metadata();
            columns.extend(
                metadata.map(|field| (format!("{kind}.{}", field.name), field.role == FieldRole::Textual)),
            );
        }
        Ok(columns)
    }
}

#[cfg(test)]
mod tests;
