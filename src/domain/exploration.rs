//! How much a campaign explores new items: the service's `itemExplorationConfig`.

use super::parameter::{ParameterGroup, ParameterKind, ParameterSpec, Parameters};

pub const WEIGHT: &str = "explorationWeight";
pub const CUT_OFF: &str = "explorationItemAgeCutOff";

/// The age of an item, in days, up to which it is explored where nothing else is set.
pub const USUAL_CUT_OFF_DAYS: f64 = 30.0;

/// Both settings.
pub const EXPLORATION: &[ParameterSpec] = &[
    ParameterSpec {
        name: WEIGHT,
        kind: ParameterKind::Float { default: 0.3, min: 0.0, max: 1.0 },
        group: ParameterGroup::Exploration,
        tunable: false,
        help: "How much new items that few had are tried out: at 0 not at all, at 1 they come before what fits.",
    },
    ParameterSpec {
        name: CUT_OFF,
        kind: ParameterKind::Float { default: USUAL_CUT_OFF_DAYS, min: 1.0, max: 36_500.0 },
        group: ParameterGroup::Exploration,
        tunable: false,
        help: "Items of this many days at most are explored, counted back from the newest interaction.",
    },
];

/// How much is explored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exploration {
    /// From 0, nothing, to 1.
    pub weight: f32,
    /// Days.
    pub item_age_cut_off: f64,
}

impl Exploration {
    /// What the parameters of a campaign say; none where nothing is explored.
    pub fn of(parameters: &Parameters) -> Option<Self> {
        let weight = parameters.float(WEIGHT) as f32;
        (weight > 0.0).then(|| Self { weight, item_age_cut_off: parameters.float(CUT_OFF) })
    }
}
