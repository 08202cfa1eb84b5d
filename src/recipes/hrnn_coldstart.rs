//! HRNN-Coldstart: HRNN-Metadata that recommends new items, before anybody could have had them often, and those alone.
//!
//! A cold item is one with few interactions that came to be lately. It is known by its metadata alone, in training and
//! in answers; how many had it says how new it is and counts for nothing. Source: Amazon Personalize developer guide,
//! HRNN-Coldstart: what counts as cold.

use super::hrnn::{self, BPTT, MAX_LENGTH, MIN_LENGTH, RECENCY_MASK, SESSION_GAP, hidden_dimension};
use super::sequence::{self, ColdRule, Settings, Validation};
use super::{Artifact, ArtifactError, Growth, Model, Recipe, TrainError, TrainingData};
use crate::domain::clock::now;
use crate::domain::{ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor};
use crate::jobs::JobContext;

const LATEST_ITEM: &str = "latestItem";
const CURRENT_TIME: &str = "currentTime";
const SECS_A_DAY: f64 = 86_400.0;

const MAX_INTERACTIONS: ParameterSpec = ParameterSpec {
    name: "cold_start_max_interactions",
    kind: ParameterKind::Int { default: 15, min: 1, max: 1_000_000 },
    group: ParameterGroup::Featurisation,
    tunable: false,
    help: "An item with fewer interactions than this may be cold.",
};

const MAX_DURATION: ParameterSpec = ParameterSpec {
    name: "cold_start_max_duration",
    kind: ParameterKind::Float { default: 5.0, min: 0.001, max: 36_500.0 },
    group: ParameterGroup::Featurisation,
    tunable: false,
    help: "An item younger than this many days may be cold.",
};

const RELATIVE_FROM: ParameterSpec = ParameterSpec {
    name: "cold_start_relative_from",
    kind: ParameterKind::Choice { default: LATEST_ITEM, options: &[LATEST_ITEM, CURRENT_TIME], aliases: &[] },
    group: ParameterGroup::Featurisation,
    tunable: false,
    help: "Whether an item's age is counted back from the newest interaction or from now.",
};

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "hrnn-coldstart",
    title: "HRNN-Coldstart",
    question: "Which new items would this user like?",
    about: "HRNN with metadata that recommends cold items alone: those with few interactions that came to be lately, \
            judged by their metadata. For catalogues that grow, beside a recipe for all items. Offline metrics can't \
            tell: what is new is hardly in the test users' histories. Amazon Personalize developer guide, HRNN-Coldstart.",
    parameters: &[
        hidden_dimension(149),
        BPTT,
        RECENCY_MASK,
        MIN_LENGTH,
        MAX_LENGTH,
        SESSION_GAP,
        MAX_INTERACTIONS,
        MAX_DURATION,
        RELATIVE_FROM,
    ],
    takes_updates: true,
    takes_promotions: false,
    second_generation: false,
    ..hrnn::METADATA
};

/// Which items of these data are cold.
fn cold_rule(data: &TrainingData, parameters: &Parameters) -> ColdRule {
    let reference = match parameters.text(RELATIVE_FROM.name) {
        CURRENT_TIME => now(),
        _ => data.interactions.timestamp.iter().copied().max().unwrap_or_default(),
    };
    ColdRule {
        max_interactions: parameters.int(MAX_INTERACTIONS.name) as u32,
        created_after: reference - (parameters.float(MAX_DURATION.name) * SECS_A_DAY) as i64,
    }
}

/// The recipe.
pub struct HrnnColdstart;

impl Recipe for HrnnColdstart {
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
        let settings = hrnn::settings(parameters, true).as_tuned(data, 0);
        let settings = Settings { cold: Some(cold_rule(data, parameters)), ..settings };
        Ok(Box::new(sequence::train(data, settings, &Validation::new(data, seed), seed, job)?))
    }

    fn update(
        &self,
        artifact: &Artifact,
        growth: &Growth<'_>,
        parameters: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let cold = cold_rule(growth.now, parameters);
        Ok(Box::new(sequence::update(artifact, growth, Some(cold), seed, job)?))
    }

    fn networks(&self, parameters: &Parameters) -> Vec<Settings> {
        vec![hrnn::settings(parameters, true)]
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        Ok(Box::new(sequence::load(artifact)?))
    }
}
