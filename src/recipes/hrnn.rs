//! HRNN and HRNN-Metadata: a recurrent network over histories whose sessions are marked in its input.
//!
//! Sources: Ma and Narayanaswamy, "Hierarchical temporal-contextual recommenders" (NeurIPS 2018 workshop): sessions in
//! the input rather than in a second network; Amazon Personalize developer guide, HRNN and HRNN-Metadata: parameters.

use super::sequence::{self, SESSION_GAP_SECS, Settings, Validation};
use super::{Artifact, ArtifactError, Model, Recipe, TrainError, TrainingData};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::JobContext;
use crate::nn::network::Encoder;

const EPOCHS: usize = 24;
/// Small networks bear high rates.
const RATE: f32 = 0.01;
const DROPOUT: f32 = 0.3;

/// `hidden_dimension`, with the default of a recipe.
pub const fn hidden_dimension(default: i64) -> ParameterSpec {
    ParameterSpec {
        name: "hidden_dimension",
        kind: ParameterKind::Int { default, min: 32, max: 256 },
        group: ParameterGroup::Algorithm,
        tunable: true,
        help: "Hidden variables of the network: more can learn more complicated patterns, and need more data and time.",
    }
}

/// Steps of back-propagation through time.
pub const BPTT: ParameterSpec = ParameterSpec {
    name: "bptt",
    // Search spaces begin at 2, fixed values at 1.
    kind: ParameterKind::Int { default: 32, min: 1, max: 32 },
    group: ParameterGroup::Algorithm,
    tunable: true,
    help: "Steps of back-propagation through time: more credit earlier events for later ones.",
};

pub const RECENCY_MASK: ParameterSpec = ParameterSpec {
    name: "recency_mask",
    kind: ParameterKind::Bool { default: true },
    group: ParameterGroup::Algorithm,
    tunable: true,
    help: "Whether recent events and what was popular lately weigh more, or all events the same.",
};

pub const MIN_LENGTH: ParameterSpec = ParameterSpec {
    name: "min_user_history_length_percentile",
    kind: ParameterKind::Float { default: 0.0, min: 0.0, max: 1.0 },
    group: ParameterGroup::Featurisation,
    tunable: false,
    help: "Users with fewer events than this percentile of history lengths are not trained on.",
};

pub const MAX_LENGTH: ParameterSpec = ParameterSpec {
    name: "max_user_history_length_percentile",
    kind: ParameterKind::Float { default: 0.99, min: 0.0, max: 1.0 },
    group: ParameterGroup::Featurisation,
    tunable: false,
    help: "Users with more events than this percentile of history lengths, robots among them, are not trained on.",
};

/// Ours: the service says nothing of where sessions begin in imported data.
pub const SESSION_GAP: ParameterSpec = ParameterSpec {
    name: "session_gap_minutes",
    kind: ParameterKind::Int { default: SESSION_GAP_SECS / 60, min: 1, max: 10_080 },
    group: ParameterGroup::Featurisation,
    tunable: false,
    help: "A session begins after so many minutes without an event, where the data has no SESSION_ID to say so.",
};

/// The network of the family: recurrent, its states carried through a history.
pub fn settings(parameters: &Parameters, metadata: bool) -> Settings {
    Settings {
        width: parameters.int("hidden_dimension") as usize,
        encoder: Encoder::Gru { layers: 1 },
        window: parameters.int("bptt") as usize,
        carried: true,
        session_gap_secs: match parameters.int(SESSION_GAP.name) {
            // Of a configuration from before there was a choice.
            0 => SESSION_GAP_SECS,
            minutes => minutes * 60,
        },
        metadata,
        recency: parameters.bool("recency_mask"),
        lengths: [MIN_LENGTH, MAX_LENGTH].map(|spec| parameters.float(spec.name)),
        epochs: EPOCHS,
        last: EPOCHS,
        rate: RATE,
        dropout: DROPOUT,
        cold: None,
    }
}

const PARAMETERS: &[ParameterSpec] =
    &[hidden_dimension(43), BPTT, RECENCY_MASK, MIN_LENGTH, MAX_LENGTH, SESSION_GAP];

static PLAIN: RecipeDescriptor = RecipeDescriptor {
    name: "hrnn",
    title: "HRNN",
    task: Task::UserPersonalization,
    question: "What comes next for this user?",
    about: "A recurrent network (GRU) that reads the user's events in order, with their types, the pauses between them \
            and where sessions begin, and scores what comes next. Later events change the answer without training. \
            Amazon Personalize developer guide, HRNN; Ma and Narayanaswamy 2018.",
    reads: &[DatasetType::Interactions],
    parameters: PARAMETERS,
    reads_order: true,
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

pub static METADATA: RecipeDescriptor = RecipeDescriptor {
    name: "hrnn-metadata",
    title: "HRNN with metadata",
    question: "What comes next for this user, knowing who they are and what the items are like?",
    about: "HRNN that also reads metadata: users' before their first event, the events' context, and the items', whose \
            vectors are sums over their categories, numbers and text, so that new items have one, too. Worth it only with \
            good metadata. Amazon Personalize developer guide, HRNN-Metadata; Ma et al., KDD 2020.",
    reads: &[DatasetType::Interactions, DatasetType::Users, DatasetType::Items],
    ..PLAIN
};

/// The recipe, without or with metadata.
pub struct Hrnn {
    pub metadata: bool,
}

impl Recipe for Hrnn {
    fn descriptor(&self) -> &'static RecipeDescriptor {
        if self.metadata { &METADATA } else { &PLAIN }
    }

    fn train(
        &self,
        data: &TrainingData,
        parameters: &Parameters,
        seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let settings = settings(parameters, self.metadata).as_tuned(data, 0);
        Ok(Box::new(sequence::train(data, settings, &Validation::new(data, seed), seed, job)?))
    }

    fn networks(&self, parameters: &Parameters) -> Vec<Settings> {
        vec![settings(parameters, self.metadata)]
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        Ok(Box::new(sequence::load(artifact)?))
    }
}
