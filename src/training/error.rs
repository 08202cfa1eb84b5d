//! Why a solution version was not made.

use crate::domain::limits::{MIN_INTERACTIONS, MIN_USER_HISTORY, MIN_USERS};
use crate::domain::minima::{too_few_interactions, too_few_users};
use crate::jobs::Cancelled;
use crate::recipes;

/// Why a solution version was not made. Messages are the service's where it has one; [`TrainError::hint`] says how
/// much is missing and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("there is no recipe `{0}`")]
    UnknownRecipe(String),
    #[error("{}", too_few_interactions(event_type.as_deref()))]
    TooFewInteractions { event_type: Option<String>, found: usize },
    #[error("{}", too_few_users())]
    TooFewUsers { found: usize },
    #[error(
        "only {with_history} of {users} users have {MIN_USER_HISTORY} or more interactions, less than 1 %"
    )]
    TooFewReturn { with_history: usize, users: usize },
    #[error("the test set `{0}` leaves no interaction to train on")]
    NothingLeft(String),
    #[error("the test set was cut from {expected} interactions, and there are {found}")]
    OtherData { expected: usize, found: usize },
    #[error(transparent)]
    Recipe(recipes::TrainError),
}

impl TrainError {
    /// How much is missing and what to do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Cancelled(_) | Self::Recipe(_) => return None,
            Self::UnknownRecipe(_) => {
                let names: Vec<&str> =
                    recipes::registry::all().iter().map(|recipe| recipe.descriptor().name).collect();
                format!("recipes are: {}", names.join(", "))
            }
            Self::TooFewInteractions { found, .. } => format!(
                "{found} are left, {} more are needed; import more, or loosen the event filter",
                MIN_INTERACTIONS - found
            ),
            Self::TooFewUsers { found } => format!(
                "{found} are left, {} more are needed; import more, or loosen the event filter",
                MIN_USERS - found
            ),
            Self::TooFewReturn { .. } => {
                "check that USER_ID is mapped to the person and not to the session or the row".to_owned()
            }
            Self::NothingLeft(_) => "choose a test set that tests fewer users".to_owned(),
            Self::OtherData { .. } => "cut the test set again".to_owned(),
        })
    }
}

impl From<recipes::TrainError> for TrainError {
    fn from(error: recipes::TrainError) -> Self {
        match error {
            recipes::TrainError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            unfit @ recipes::TrainError::Unfit(_) => Self::Recipe(unfit),
        }
    }
}
