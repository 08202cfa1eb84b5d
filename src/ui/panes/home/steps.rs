//! The way from a file to recommendations, and where a dataset group stands on it. Knows nothing of the window.

use crate::domain::{DatasetType, Status};
use crate::studio::{GroupView, Readiness};
use crate::ui::command::Command;
use crate::ui::widgets::count_words;

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StepState {
    Done,
    /// Done, but worth a second look.
    Warning,
    Ready,
    /// Why it can't be taken yet.
    Locked(&'static str),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub title: &'static str,
    /// What it is for, while it has not been taken; how it stands once it has.
    pub text: String,
    pub state: StepState,
    /// Its one button.
    pub button: &'static str,
    pub command: Command,
}

impl Step {
    fn new(title: &'static str, button: &'static str, command: Command) -> Self {
        Self { title, text: String::new(), state: StepState::Ready, button, command }
    }

    fn is(mut self, state: StepState, text: impl Into<String>) -> Self {
        self.state = state;
        self.text = text.into();
        self
    }
}

/// What the steps follow from.
pub(super) struct Standing<'a> {
    pub group: Option<&'a GroupView>,
    /// Files that wait for a decision.
    pub files_waiting: usize,
    /// Of the group's interactions, once it is counted.
    pub readiness: Option<&'a Readiness>,
    /// The campaign that has answered in the page Preview.
    pub tried: Option<&'a str>,
}

/// The steps, in order.
pub(super) fn steps(standing: &Standing<'_>) -> Vec<Step> {
    vec![
        import(standing),
        map(standing),
        check(standing),
        train(standing),
        evaluate(standing),
        deploy(standing),
        preview(standing),
        export(standing),
    ]
}

/// The first step that waits to be taken.
pub(super) fn next(steps: &[Step]) -> Option<usize> {
    steps.iter().position(|step| step.state == StepState::Ready)
}

const NO_DATA: &str = "Import interactions first";
const NO_VERSION: &str = "Train a solution first";

impl Standing<'_> {
    fn has_interactions(&self) -> bool {
        self.group.is_some_and(|group| group.dataset(DatasetType::Interactions).is_some())
    }

    fn active_versions(&self) -> usize {
        let solutions = self.group.map(|group| group.solutions.as_slice()).unwrap_or_default();
        let versions = solutions.iter().flat_map(|solution| &solution.versions);
        versions.filter(|version| version.status == Status::Active).count()
    }
}

fn import(standing: &Standing<'_>) -> Step {
    let step = Step::new("Import", "Import data", Command::ImportData);
    let Some(group) = standing.group.filter(|group| !group.datasets.is_empty()) else {
        return step.is(StepState::Ready, "Drop files on the window, or choose them: who did what, and when");
    };
    let counts = group.datasets.iter().map(|dataset| match dataset.kind {
        DatasetType::Interactions => format!("{} interactions", count_words(dataset.rows)),
        DatasetType::Items => format!("{} items", count_words(dataset.rows)),
        DatasetType::Users => format!("{} users", count_words(dataset.rows)),
        DatasetType::Actions => format!("{} actions", count_words(dataset.rows)),
        DatasetType::ActionInteractions => format!("{} action interactions", count_words(dataset.rows)),
    });
    let words = counts.collect::<Vec<_>>().join(", ");
    if standing.has_interactions() {
        step.is(StepState::Done, words)
    } else {
        step.is(StepState::Ready, format!("{words}; interactions are still needed"))
    }
}

fn map(standing: &Standing<'_>) -> Step {
    let step = Step::new("Map", "Open mapping", Command::GoMapping);
    if standing.files_waiting > 0 {
        let files = if standing.files_waiting == 1 {
            "1 file waits".to_owned()
        } else {
            format!("{} files wait", standing.files_waiting)
        };
        return step.is(StepState::Ready, format!("{files} to be mapped or put aside"));
    }
    let interactions = standing.group.and_then(|group| group.dataset(DatasetType::Interactions));
    match interactions {
        None => step.is(StepState::Locked(NO_DATA), "Say which column is the user, the item and the time"),
        Some(dataset) => {
            let names: Vec<&str> = dataset.schema.fields.iter().map(|field| field.name.as_str()).collect();
            step.is(StepState::Done, names.join(", "))
        }
    }
}

fn check(standing: &Standing<'_>) -> Step {
    let step = Step::new("Check", "See insights", Command::AnalyseData);
    if !standing.has_interactions() {
        return step
            .is(StepState::Locked(NO_DATA), "See problem rows, gaps, and whether there is enough to train");
    }
    let datasets = standing.group.map(|group| group.datasets.as_slice()).unwrap_or_default();
    let problems: u64 = datasets.iter().map(|dataset| dataset.problems).sum();
    let rows = match problems {
        0 => "no problem rows".to_owned(),
        1 => "1 problem row".to_owned(),
        many => format!("{} problem rows", count_words(many)),
    };
    match standing.readiness {
        None => step.is(StepState::Ready, "Counting interactions and users..."),
        Some(readiness) if !readiness.is_ready() => {
            step.is(StepState::Warning, format!("{} ({rows})", readiness.messages.join(" ")))
        }
        Some(readiness) => {
            let users = count_words(readiness.users);
            let words = format!("Enough to train: {users} users with 2 or more interactions; {rows}");
            step.is(if problems == 0 { StepState::Done } else { StepState::Warning }, words)
        }
    }
}

fn train(standing: &Standing<'_>) -> Step {
    let step = Step::new("Train", "Train a solution", Command::NewSolution);
    let words = "Choose a recipe and make a solution version of it";
    match standing.active_versions() {
        _ if !standing.has_interactions() => step.is(StepState::Locked(NO_DATA), words),
        0 if standing.readiness.is_some_and(|readiness| !readiness.is_ready()) => {
            step.is(StepState::Locked("There are too few interactions to train on: see Check"), words)
        }
        0 => step.is(StepState::Ready, words),
        1 => step.is(StepState::Done, "1 solution version"),
        many => step.is(StepState::Done, format!("{many} solution versions")),
    }
}

fn evaluate(standing: &Standing<'_>) -> Step {
    const METRIC: &str = "normalized_discounted_cumulative_gain_at_25";
    let step = Step::new("Evaluate", "Compare versions", Command::EvaluateVersions);
    if standing.active_versions() == 0 {
        return step.is(StepState::Locked(NO_VERSION), "Compare solution versions on the same test set");
    }
    let solutions = standing.group.map(|group| group.solutions.as_slice()).unwrap_or_default();
    let versions =
        solutions.iter().flat_map(|solution| &solution.versions).filter(|version| version.comparable);
    let scored = versions.filter_map(|version| Some((version.name.as_str(), *version.metrics.get(METRIC)?)));
    match scored.max_by(|a, b| a.1.total_cmp(&b.1)) {
        Some((name, score)) => step.is(StepState::Done, format!("Best NDCG at 25: {score:.3}, by {name}")),
        None => step.is(StepState::Ready, "Compare solution versions on the same test set"),
    }
}

fn deploy(standing: &Standing<'_>) -> Step {
    let step = Step::new("Deploy", "Create a campaign", Command::NewCampaign);
    let campaigns = standing.group.map(|group| group.campaigns.as_slice()).unwrap_or_default();
    match campaigns {
        [] if standing.active_versions() == 0 => {
            step.is(StepState::Locked(NO_VERSION), "A campaign answers requests with a solution version")
        }
        [] => step.is(StepState::Ready, "A campaign answers requests with a solution version"),
        [one] => step.is(StepState::Done, format!("{} answers with {}", one.name, one.version)),
        many => step.is(StepState::Done, format!("{} campaigns", many.len())),
    }
}

fn preview(standing: &Standing<'_>) -> Step {
    let step = Step::new("Try", "Preview a user", Command::GoPreview);
    let words = "See what one user would be shown, and why";
    if standing.group.is_none_or(|group| group.campaigns.is_empty()) {
        return step.is(StepState::Locked("Create a campaign first"), words);
    }
    match standing.tried {
        Some(campaign) => step.is(StepState::Done, format!("{campaign} was asked, and answered")),
        None => step.is(StepState::Ready, words),
    }
}

fn export(standing: &Standing<'_>) -> Step {
    let step = Step::new("Export", "Write a batch", Command::RunBatch);
    if standing.active_versions() == 0 {
        return step.is(StepState::Locked(NO_VERSION), "Write recommendations for many users to a file");
    }
    let jobs = standing.group.map(|group| group.batch_jobs.as_slice()).unwrap_or_default();
    match jobs.iter().find(|job| job.status == Status::Active) {
        Some(job) => step.is(StepState::Done, format!("{} lines in {}", count_words(job.lines), job.output)),
        None => step.is(StepState::Ready, "Write recommendations for many users to a file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaField};
    use crate::studio::toy;
    use crate::studio::{CampaignView, DatasetView};

    fn group(kinds: &[DatasetType]) -> GroupView {
        let dataset = |kind: &DatasetType| DatasetView {
            kind: *kind,
            rows: 5_000,
            users: 100,
            items: 50,
            version: 1,
            imported_at: 0,
            source: "u.data".to_owned(),
            schema: Schema {
                dataset: *kind,
                fields: vec![SchemaField {
                    name: "USER_ID".to_owned(),
                    kind: FieldType::String,
                    nullable: false,
                    role: FieldRole::Plain,
                }],
            },
            problems: 0,
        };
        GroupView { datasets: kinds.iter().map(dataset).collect(), ..toy::group() }
    }

    fn readiness(interactions: u64, messages: &[&str]) -> Readiness {
        Readiness {
            interactions,
            missing_interactions: 0,
            users: 100,
            missing_users: 0,
            messages: messages.iter().map(|text| (*text).to_owned()).collect(),
            by_event_type: Vec::new(),
        }
    }

    fn titles_of(steps: &[Step], wanted: fn(&StepState) -> bool) -> Vec<&'static str> {
        steps.iter().filter(|step| wanted(&step.state)).map(|step| step.title).collect()
    }

    #[test]
    fn an_empty_project_can_only_import() {
        let steps = steps(&Standing { group: None, files_waiting: 0, readiness: None, tried: None });
        assert_eq!(next(&steps), Some(0));
        let locked = titles_of(&steps, |state| matches!(state, StepState::Locked(_)));
        assert_eq!(locked, ["Map", "Check", "Train", "Evaluate", "Deploy", "Try", "Export"]);
    }

    #[test]
    fn enough_data_leads_to_training() {
        let (group, readiness) = (group(&[DatasetType::Interactions]), readiness(5_000, &[]));
        let steps = steps(&Standing {
            group: Some(&group),
            files_waiting: 0,
            readiness: Some(&readiness),
            tried: None,
        });
        assert_eq!(titles_of(&steps, |state| *state == StepState::Done), ["Import", "Map", "Check"]);
        assert_eq!(next(&steps), Some(3));
    }

    #[test]
    fn too_little_data_says_so_in_the_services_words_and_locks_training() {
        let text = crate::domain::minima::too_few_interactions(None);
        let (group, readiness) = (group(&[DatasetType::Interactions]), readiness(10, &[&text]));
        let steps = steps(&Standing {
            group: Some(&group),
            files_waiting: 0,
            readiness: Some(&readiness),
            tried: None,
        });
        assert_eq!(steps[2].state, StepState::Warning);
        assert!(steps[2].text.contains("Dataset has fewer than 1000 interactions"), "{}", steps[2].text);
        assert!(matches!(steps[3].state, StepState::Locked(_)));
    }

    #[test]
    fn a_campaign_opens_the_preview() {
        let mut group = group(&[DatasetType::Interactions]);
        group.campaigns.push(CampaignView {
            name: "live".to_owned(),
            version: "sims/1".to_owned(),
            recipe: "sims".to_owned(),
            status: Status::Active,
            settings: crate::domain::Parameters::default(),
            use_case: None,
            created_at: 0,
        });
        let steps = steps(&Standing { group: Some(&group), files_waiting: 0, readiness: None, tried: None });
        assert_eq!((steps[5].state.clone(), steps[6].state.clone()), (StepState::Done, StepState::Ready));
        let tried = Some("live");
        let steps = super::steps(&Standing { group: Some(&group), files_waiting: 0, readiness: None, tried });
        assert_eq!(steps[6].state, StepState::Done, "an answer was seen");
    }
}
