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
    /// All interactions before a moment are trained on; what users known by then did from it on is the truth.
    Temporal,
    /// A random share of the items is trained on by nobody; a tested user's interactions with them are the truth.
    ColdItems,
    /// The newest share of every history is the truth, the rest is trained on: the service's split for segments.
    PerUser,
    /// A file of the person's own says what is to be found.
    File,
}

impl SplitKind {
    pub const ALL: [Self; 6] =
        [Self::Personalize, Self::LeaveLastOut, Self::Temporal, Self::ColdItems, Self::PerUser, Self::File];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personalize => "personalize",
            Self::LeaveLastOut => "leave-last-out",
            Self::Temporal => "temporal",
            Self::ColdItems => "cold-items",
            Self::PerUser => "per-user",
            Self::File => "file",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The share held out where none is chosen; none where the kind has no share.
    pub fn usual_fraction(self) -> Option<f64> {
        match self {
            Self::Personalize | Self::Temporal | Self::ColdItems => Some(0.1),
            Self::PerUser => Some(0.2),
            Self::LeaveLastOut | Self::File => None,
        }
    }

    /// Whether chance decides what is tested, so that it has a seed.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Personalize | Self::ColdItems)
    }
}

/// Which of the interactions from the moment on are to be found; [`SplitKind::Temporal`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Targets {
    /// All of them, from what came before the moment.
    #[default]
    All,
    /// The last one of each user, from all that came before it.
    Last,
}

/// A test set's recipe: with the data, it says which rows are tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSpec {
    pub name: String,
    pub kind: SplitKind,
    pub seed: u64,
    /// Of users and of each history ([`SplitKind::Personalize`]), of the newest interactions ([`SplitKind::Temporal`]),
    /// of items ([`SplitKind::ColdItems`]) or of each history ([`SplitKind::PerUser`]): the share held out.
    pub fraction: f64,
    /// 1, or how many parts the users are cut in so that each part is tested once by a model trained on the others;
    /// [`SplitKind::Personalize`] only.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub folds: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub targets: Targets,
    /// The file that says what is to be found, as the person knows it, and the checksum of what it holds;
    /// [`SplitKind::File`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<(String, u32)>,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_one(folds: &u32) -> bool {
    *folds == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_default(targets: &Targets) -> bool {
    *targets == Targets::default()
}

impl SplitSpec {
    /// The kind with its usual share, under its own name.
    pub fn of(kind: SplitKind) -> Self {
        Self {
            name: kind.as_str().to_owned(),
            kind,
            seed: 0,
            fraction: kind.usual_fraction().unwrap_or(0.1),
            folds: 1,
            targets: Targets::All,
            file: None,
        }
    }
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self::of(SplitKind::Personalize)
    }
}
