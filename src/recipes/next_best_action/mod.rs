//! Next-Best-Action: what a user should be asked to do next, by how probable it is that they do it.
//!
//! The probability that a user takes an action within so many days of being shown it is a logistic regression on what is
//! known of them at that moment ([`person`]), hierarchical over actions and calibrated on people held back ([`learn`]).
//! The service says what its recipe promises, not how it works; the method is ours.
//!
//! An action of which too little is known scores 0, as in the service; so do actions that nobody was shown.

mod learn;
mod logistic;
mod person;
#[cfg(test)]
mod tests;
mod traits;
mod trust;

use super::artifact::{Values, expect_len, inconsistent};
use super::{
    Artifact, ArtifactError, Evidence, Explanation, Likelihood, Model, Origin, Query, ReadColumn, Recipe,
    TrainError, TrainingData,
};
use crate::data::Vocabulary;
use crate::domain::limits::{ACTION_EVENT_DAYS, MIN_ACTION_EVENTS};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
    count_words,
};
use crate::jobs::{JobContext, Unit};
use learn::{Learnt, Shown};
use person::{About, Layout, Moment, People};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use trust::Trust;

/// The name of the parameter: days within which taking an action counts.
pub const PERIOD: &str = "action_optimization_period";
/// Pieces of evidence told.
const TOLD: usize = 10;
/// What adds less than this to the log odds is not told.
const SLIGHT: f64 = 0.005;

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "next-best-action",
    title: "Next best action",
    task: Task::PersonalizedActions,
    question: "What should this user be asked to do next?",
    about: "Tells how probable it is that a user takes an action within so many days of being shown it: enrols, \
            downloads, applies. Learns from who they are, what they had, and how they and others answered actions \
            before; probabilities are made right on people held back. An action needs 50 answers of each kind in the \
            last six weeks, until then its score is 0. Amazon Personalize developer guide, Next-Best-Action; the \
            method is ours.",
    reads: &[
        DatasetType::Actions,
        DatasetType::Interactions,
        DatasetType::ActionInteractions,
        DatasetType::Users,
        DatasetType::Items,
    ],
    parameters: &[ParameterSpec {
        name: PERIOD,
        kind: ParameterKind::Int { default: 14, min: 7, max: 28 },
        group: ParameterGroup::Featurisation,
        tunable: false,
        help: "Days after being shown an action within which taking it counts.",
    }],
    reads_order: false,
    takes_events: true,
    returns_scores: true,
    takes_objective: false,
    weighs_events: false,
    takes_updates: false,
    takes_promotions: false,
    second_generation: false,
    campaign_parameters: &[],
    open_baseline: false,
};

/// The recipe.
pub struct NextBestAction;

impl Recipe for NextBestAction {
    fn descriptor(&self) -> &'static RecipeDescriptor {
        &DESCRIPTOR
    }

    fn train(
        &self,
        data: &TrainingData,
        parameters: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let Some(actions) = &data.actions else {
            return Err(TrainError::Unfit(
                "next-best-action chooses among actions, and the group has no Actions dataset; import one"
                    .to_owned(),
            ));
        };
        let period_days = parameters.int(PERIOD);
        job.stage("Telling people apart", Unit::Steps, 0);
        let mut people = People::learn(data, period_days, seed, job)?;
        let shown = Shown::of(&data.interactions, actions, &mut people, period_days, job)?;
        let learnt = learn::learn(&shown, actions.n_actions(), people.width(), seed, job)?;
        let settings = Settings {
            actions: actions.ids().iter().map(str::to_owned).collect(),
            layout: people.layout.clone(),
            own_ridge: learnt.own_ridge,
            newest: actions.newest().max(data.interactions.timestamp.iter().copied().max().unwrap_or(0)),
        };
        let mut propensities = Propensities {
            ids: Vocabulary::new(&settings.actions),
            counts: shown.counts(actions.n_actions()),
            has_enough: actions.has_enough.clone(),
            people,
            learnt,
            settings,
            notes: Vec::new(),
        };
        propensities.notes = propensities.notes_on(&shown, actions.left_out);
        Ok(Box::new(propensities))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        let settings: Settings = artifact.settings()?;
        let tensors = artifact.tensors()?;
        let people = People::load(settings.layout.clone(), &tensors)?;
        let (n, width) = (settings.actions.len(), people.width());
        let doubles = |name: &str, expected: usize| {
            let bits = tensors.i64(name)?;
            expect_len(name, bits.len(), expected)?;
            Ok::<_, ArtifactError>(
                bits.into_iter().map(|bits| f64::from_bits(bits as u64)).collect::<Vec<f64>>(),
            )
        };
        let trust: Vec<f64> =
            tensors.i64("trust")?.into_iter().map(|bits| f64::from_bits(bits as u64)).collect();
        let learnt = Learnt {
            base: doubles("base", n)?,
            shared: doubles("shared", width + 1)?,
            own: doubles("own", n * (width + 1))?,
            trust: Trust::of_numbers(&trust)
                .ok_or_else(|| inconsistent("trust", "has no slope and shift"))?,
            own_ridge: settings.own_ridge,
        };
        let counts = tensors.u32("counts")?;
        expect_len("counts", counts.len(), 2 * n)?;
        let has_enough: Vec<bool> = tensors.u8("has_enough")?.into_iter().map(|flag| flag == 1).collect();
        expect_len("has_enough", has_enough.len(), n)?;
        Ok(Box::new(Propensities {
            ids: Vocabulary::new(&settings.actions),
            counts: counts.as_chunks().0.to_vec(),
            has_enough,
            people,
            learnt,
            settings,
            notes: Vec::new(),
        }))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    /// In byte order.
    actions: Vec<String>,
    layout: Layout,
    own_ridge: f64,
    /// Epoch seconds of the newest interaction with an item or an action.
    newest: i64,
}

/// The model.
struct Propensities {
    ids: Vocabulary,
    people: People,
    learnt: Learnt,
    /// How often each action was shown and taken, in what was learnt from, `[n_actions]`.
    counts: Vec<[u32; 2]>,
    has_enough: Vec<bool>,
    settings: Settings,
    notes: Vec<String>,
}

impl Propensities {
    fn notes_on(&self, shown: &Shown, left_out: usize) -> Vec<String> {
        let mut notes = vec![format!(
            "Learnt from {} showings of {} actions.",
            count_words(shown.len() as u64),
            self.ids.len()
        )];
        let short = self.has_enough.iter().filter(|enough| !**enough).count();
        if short > 0 {
            notes.push(format!(
                "{short} of {} actions score 0: each needs to be taken {MIN_ACTION_EVENTS} times and seen or declined \
                 {MIN_ACTION_EVENTS} times in the {ACTION_EVENT_DAYS} days before the newest action interaction.",
                self.ids.len()
            ));
        }
        if left_out > 0 {
            notes.push(format!(
                "{left_out} actions are left out, because the service takes 1,000: those whose newest action \
                 interaction is the oldest."
            ));
        }
        notes
    }

    fn moment<'q>(&self, query: &Query<'q>) -> Moment<'q> {
        Moment {
            user: query.user,
            newcomer: query.newcomer,
            history: query.history,
            actions: query.actions,
            now: query.now.unwrap_or(self.settings.newest),
        }
    }

    fn score_one(&self, query: &Query<'_>, scores: &mut [f32]) {
        let moment = self.moment(query);
        let mut row = vec![0.0; self.people.width()];
        self.people.write(&moment, &mut row);
        for (action, score) in scores.iter_mut().enumerate() {
            *score = if self.has_enough[action] {
                self.people.write_own(&moment, action as u32, &mut row);
                logistic::sigmoid(self.learnt.logit(&row, action as u32)) as f32
            } else {
                0.0
            };
        }
    }

    /// What became of an action, and what of somebody speaks for it or against.
    fn explain_one(&self, moment: &Moment<'_>, action: u32) -> Explanation {
        let [shown, taken] = self.counts[action as usize];
        let count =
            Evidence::Count { count: f64::from(taken), what: format!("of {shown} showings were taken") };
        let mut evidence = vec![count];
        if self.has_enough[action as usize] {
            let mut row = vec![0.0; self.people.width()];
            self.people.write(moment, &mut row);
            self.people.write_own(moment, action, &mut row);
            let parts = self.learnt.parts(&row, action);
            let mut told = told(&self.people.layout.about, &row, &parts);
            told.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
            told.truncate(TOLD - 1);
            evidence.extend(
                told.into_iter().map(|(what, weight)| Evidence::Trait { what, weight: weight as f32 }),
            );
        }
        Explanation { origin: Origin::Model, evidence }
    }
}

impl Model for Propensities {
    fn n_items(&self) -> usize {
        self.ids.len()
    }

    fn actions(&self) -> Option<&Vocabulary> {
        Some(&self.ids)
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        for (query, row) in queries.iter().zip(scores.chunks_exact_mut(self.n_items().max(1))) {
            self.score_one(query, row);
        }
        vec![Origin::Model; queries.len()]
    }

    fn explain(&self, query: &Query<'_>, actions: &[u32]) -> Vec<Explanation> {
        let moment = self.moment(query);
        let explain = |&action: &u32| self.explain_one(&moment, action);
        actions.iter().map(explain).collect()
    }

    fn likelihood(&self) -> Likelihood {
        Likelihood::Shares
    }

    fn columns(&self) -> Vec<ReadColumn> {
        let mut columns: Vec<ReadColumn> = self
            .people
            .layout
            .about
            .iter()
            .filter_map(|about| match about {
                About::UserValue(name, _) | About::UserNumber(name) => {
                    Some(ReadColumn { dataset: DatasetType::Users, name: name.clone() })
                }
                About::ItemShare(name, _) => {
                    Some(ReadColumn { dataset: DatasetType::Items, name: name.clone() })
                }
                About::Taste | About::Activity | About::Answers | About::OwnAnswers => None,
            })
            .collect();
        columns.sort();
        columns.dedup();
        columns
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        // Doubles by their bits: what is read back scores the same.
        let bits =
            |values: &[f64]| -> Vec<i64> { values.iter().map(|value| value.to_bits() as i64).collect() };
        let [base, shared, own] =
            [&self.learnt.base, &self.learnt.shared, &self.learnt.own].map(|of| bits(of));
        let trust = bits(&self.learnt.trust.numbers());
        let has_enough: Vec<u8> = self.has_enough.iter().map(|&enough| u8::from(enough)).collect();
        let mut tensors: Vec<(&str, Values<'_>)> = self.people.tensors().to_vec();
        tensors.extend([
            ("base", Values::I64(&base)),
            ("shared", Values::I64(&shared)),
            ("own", Values::I64(&own)),
            ("trust", Values::I64(&trust)),
            ("counts", Values::U32(self.counts.as_flattened())),
            ("has_enough", Values::U8(&has_enough)),
        ]);
        Artifact::new(&self.settings, &tensors)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// What a row adds to the log odds, told by what it is about.
fn told(about: &[About], row: &[f32], parts: &[f64]) -> Vec<(String, f64)> {
    // By column: the sum, and the value that is told: of Users the one they have, of Items the one that adds most.
    let mut sums: BTreeMap<(u8, &str), Sum<'_>> = BTreeMap::new();
    for ((about, &number), &part) in about.iter().zip(row).zip(parts) {
        let (key, value, weight) = match about {
            About::UserValue(column, value) => ((0, column.as_str()), value.as_str(), f64::from(number)),
            About::UserNumber(column) => ((1, column.as_str()), "", 0.0),
            About::ItemShare(column, value) => ((2, column.as_str()), value.as_str(), part.abs()),
            About::Taste => ((3, ""), "", 0.0),
            About::Activity => ((4, ""), "", 0.0),
            About::Answers => ((5, ""), "", 0.0),
            About::OwnAnswers => ((6, ""), "", 0.0),
        };
        let sum = sums.entry(key).or_insert(Sum { total: 0.0, weight: f64::NEG_INFINITY, number, value });
        sum.total += part;
        if weight > sum.weight {
            *sum = Sum { total: sum.total, weight, number, value };
        }
    }
    let words = |(kind, column): (u8, &str), sum: &Sum<'_>| match kind {
        0 => format!("{column} {}", sum.value),
        1 if sum.number >= 0.0 => format!("{column} above the mean"),
        1 => format!("{column} below the mean"),
        2 if sum.number >= 0.0 => format!("had {column} {} more than others", sum.value),
        2 => format!("had {column} {} less than others", sum.value),
        3 => "what they had, beside that".to_owned(),
        4 => "how much they had, and lately".to_owned(),
        5 => "how they answered actions before".to_owned(),
        _ => "how they answered this action before".to_owned(),
    };
    let heavy = sums.into_iter().filter(|(_, sum)| sum.total.abs() >= SLIGHT);
    heavy.map(|(key, sum)| (words(key, &sum), sum.total)).collect()
}

/// What one column adds to the log odds, and the value it is told by.
struct Sum<'a> {
    total: f64,
    /// How much speaks for telling that value.
    weight: f64,
    number: f32,
    value: &'a str,
}
