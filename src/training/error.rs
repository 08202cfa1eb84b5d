//! Why a solution version was not made.

use crate::domain::minima::DataSize;
use crate::jobs::Cancelled;
use crate::recipes;

/// Why a solution version was not made. Messages are the service's where it has one; [`TrainError::hint`] says how
/// much is missing and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    #[error("there is no recipe `{0}`")]
    UnknownRecipe(String),
    /// Less data than the service trains on, after the event filter.
    #[error("{}", size.messages(event_type.as_deref()).join(" "))]
    TooLittle { size: DataSize, event_type: Option<String> },
    #[error("the test set `{0}` leaves no interaction to train on")]
    NothingLeft(String),
    #[error("the objective's column Items.{0} holds no numbers that differ")]
    NoObjective(String),
    #[error("the test set was cut from {expected} interactions, and there are {found}")]
    OtherData { expected: usize, found: usize },
    #[error(transparent)]
    Device(#[from] recipes::DeviceError),
    #[error(transparent)]
    Recipe(recipes::TrainError),
}

impl TrainError {
    /// How much is missing and what to do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Cancelled(_) | Self::Device(_) | Self::Recipe(_) => return None,
            Self::UnknownRecipe(_) => {
                let names: Vec<&str> =
                    recipes::registry::all().iter().map(|recipe| recipe.descriptor().name).collect();
                format!("recipes are: {}", names.join(", "))
            }
            Self::TooLittle { size, .. } => too_little_hint(size),
            Self::NothingLeft(_) => "choose a test set that tests fewer users".to_owned(),
            Self::NoObjective(_) => "choose another column of Items, or import the items again".to_owned(),
            Self::OtherData { .. } => "cut the test set again".to_owned(),
        })
    }
}

fn too_little_hint(size: &DataSize) -> String {
    let (interactions, users) = (size.missing_interactions(), size.missing_users());
    if interactions + users == 0 {
        return "check that USER_ID is mapped to the person and not to the session or the row".to_owned();
    }
    format!(
        "{} interactions and {} users with two or more are left, {interactions} interactions and {users} users more \
         are needed; import more, or loosen the event filter",
        size.interactions, size.returning_users
    )
}

impl From<recipes::TrainError> for TrainError {
    fn from(error: recipes::TrainError) -> Self {
        match error {
            recipes::TrainError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Recipe(other),
        }
    }
}
