//! The kinds of test set.

use serde::{Deserialize, Serialize};

/// How a test set is cut from the interactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitKind {
    /// A random tenth of the users is tested; the newest tenth of each history (at least one) is the truth.
    /// No interaction of a test user is trained on.
    #[default]
    Personalize,
    /// The last interaction of every user with two or more is the truth; the rest is trained on.
    LeaveLastOut,
}

impl SplitKind {
    pub const ALL: [Self; 2] = [Self::Personalize, Self::LeaveLastOut];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personalize => "personalize",
            Self::LeaveLastOut => "leave-last-out",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A test set's recipe: with the data, it says which rows are tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSpec {
    pub name: String,
    pub kind: SplitKind,
    pub seed: u64,
    /// Share of users tested, and share of each history that is the truth; [`SplitKind::Personalize`] only.
    pub fraction: f64,
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self { name: "personalize".to_owned(), kind: SplitKind::Personalize, seed: 0, fraction: 0.1 }
    }
}
