//! How much a campaign explores new items: the service's `itemExplorationConfig`, and what it explores where that can't be
//! set.

use super::parameter::{ParameterGroup, ParameterKind, ParameterSpec, Parameters};
use super::recipe::{RecipeDescriptor, Task};

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

/// The share of places that recipes of the second generation give to new items, whatever is set: the service says about
/// one in a thousand.
pub const SHARE_OF_PLACES: f64 = 0.001;

/// How much is explored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Exploration {
    /// New items that few had get a bonus.
    Bonus {
        /// From 0, nothing, to 1.
        weight: f32,
        /// Days.
        item_age_cut_off: f64,
    },
    /// A share of the places of lists goes to new items.
    Places {
        share: f64,
        /// Days.
        item_age_cut_off: f64,
    },
}

impl Exploration {
    /// What a campaign of a recipe explores, by its settings where it has some; none where nothing is explored.
    pub fn of(recipe: &RecipeDescriptor, settings: &Parameters) -> Option<Self> {
        if recipe.second_generation && recipe.task == Task::UserPersonalization {
            return Some(Self::Places { share: SHARE_OF_PLACES, item_age_cut_off: USUAL_CUT_OFF_DAYS });
        }
        let weight = settings.float(WEIGHT) as f32;
        (weight > 0.0).then(|| Self::Bonus { weight, item_age_cut_off: settings.float(CUT_OFF) })
    }

    /// Whether campaigns of a recipe explore where their settings let them.
    pub fn is_for(recipe: &RecipeDescriptor) -> bool {
        let set = recipe.campaign_parameters.iter().any(|spec| spec.name == WEIGHT);
        set || Self::of(recipe, &Parameters::default()).is_some()
    }
}
