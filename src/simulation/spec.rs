//! What an experiment is.

use serde::{Deserialize, Serialize};

/// Who sees what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Design {
    /// Every user has one arm, by hash.
    Ab,
    /// Every visit sees a list of all arms' items, drafted in teams; a click is credited to the item's arm.
    Interleaved,
    /// The same, arms taking turns in one order a list.
    Balanced,
    /// Every visit plays the arm that is likely the best (Thompson sampling); beliefs move after every step.
    Bandit,
}

impl Design {
    pub const ALL: [Self; 4] = [Self::Ab, Self::Interleaved, Self::Balanced, Self::Bandit];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ab => "ab",
            Self::Interleaved => "interleaved",
            Self::Balanced => "balanced",
            Self::Bandit => "bandit",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|design| design.as_str() == text)
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ab => "A/B",
            Self::Interleaved => "Interleaved",
            Self::Balanced => "Balanced",
            Self::Bandit => "Bandit",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            Self::Ab => "Each user sees one campaign throughout, chosen by a hash of their id.",
            Self::Interleaved => {
                "Each visit sees one list drafted from all campaigns; a click counts for the campaign that brought the item."
            }
            Self::Balanced => {
                "Each visit sees one list in which the campaigns take turns; a click counts for the campaign that ranks the item highest."
            }
            Self::Bandit => {
                "Each visit sees the campaign that is likely the best so far, so that fewer visits are lost to worse ones."
            }
        }
    }

    /// Whether each visit sees items of all arms.
    pub(super) fn mixes_lists(self) -> bool {
        matches!(self, Self::Interleaved | Self::Balanced)
    }
}

/// An experiment, all but its arms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SimulationSpec {
    /// Decides with the user's id who gets which arm of an A/B test.
    pub name: String,
    pub design: Design,
    pub users: usize,
    /// Visits of each user; a step is a day.
    pub steps: usize,
    pub seed: u64,
    /// Items of a list.
    pub list_length: usize,
    /// The relative change of clicks a visit that is looked for, such as 0.1 for 10 %.
    pub effect: f64,
    /// The share of visits to a list of popular items that end with a click, assumed.
    pub click_rate: f64,
    /// The share of the catalogue, its newest items, that arrives while the experiment runs.
    pub arriving: f64,
    /// Leave items out of the lists that a person had before.
    pub exclude_seen: bool,
    /// What a conversion is worth, where a click is worth 1.
    pub conversion_value: f64,
}

impl Default for SimulationSpec {
    fn default() -> Self {
        Self {
            name: "experiment".to_owned(),
            design: Design::Ab,
            users: 2_000,
            steps: 30,
            seed: 0,
            list_length: 10,
            effect: 0.1,
            click_rate: 0.1,
            arriving: 0.05,
            exclude_seen: false,
            conversion_value: 5.0,
        }
    }
}

/// A number of an experiment that can't be run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{what} is {value}; {rule}")]
pub struct BadExperiment {
    what: &'static str,
    value: String,
    rule: String,
}

/// Users and steps are each bounded, and so are their product's visits.
const MOST_USERS: usize = 200_000;
const MOST_STEPS: usize = 1_000;
/// Arms of an experiment.
pub const MOST_ARMS: usize = 8;

impl SimulationSpec {
    pub fn check(&self, arms: usize) -> Result<(), BadExperiment> {
        let whole = |what, value: usize, low: usize, high: usize| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            let rule = format!("give a whole number from {low} to {high}");
            Err(BadExperiment { what, value: value.to_string(), rule })
        };
        let share = |what, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            let rule = format!("give a number from {low} to {high}");
            Err(BadExperiment { what, value: value.to_string(), rule })
        };
        whole("the number of campaigns", arms, 2, MOST_ARMS)?;
        whole("the number of users", self.users, 2, MOST_USERS)?;
        whole("the number of steps", self.steps, 1, MOST_STEPS)?;
        whole("the length of a list", self.list_length, 1, 100)?;
        share("the effect looked for", self.effect, 0.001, 10.0)?;
        share("the click rate", self.click_rate, 0.001, 0.9)?;
        share("the share of new items", self.arriving, 0.0, 0.5)?;
        share("the value of a conversion", self.conversion_value, 0.0, 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_run_says_so() {
        let spec = SimulationSpec::default();
        assert_eq!(spec.check(2), Ok(()));
        let message = |spec: &SimulationSpec, arms| spec.check(arms).unwrap_err().to_string();
        assert_eq!(message(&spec, 1), "the number of campaigns is 1; give a whole number from 2 to 8");
        let spec = SimulationSpec { click_rate: f64::NAN, ..spec };
        assert_eq!(message(&spec, 2), "the click rate is NaN; give a number from 0.001 to 0.9");
    }

    #[test]
    fn designs_are_named() {
        assert!(Design::ALL.into_iter().all(|design| Design::parse(design.as_str()) == Some(design)));
        assert_eq!(Design::parse("abc"), None);
    }
}
