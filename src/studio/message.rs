//! Errors for people: what is wrong, and what to do about it.

use crate::domain::Status;
use crate::jobs::Cancelled;
use crate::training::TrainError;

/// An error in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What is wrong, with all it is about.
    pub what: String,
    /// What to do, where that is known.
    pub remedy: Option<String>,
}

impl Message {
    /// The message of an error, outermost context first.
    pub fn of(error: &anyhow::Error) -> Self {
        if let Some(hint) = error.chain().find_map(|cause| cause.downcast_ref::<TrainError>()?.hint()) {
            return Self { what: reasons(error), remedy: Some(hint) };
        }
        Self::split(&reasons(error))
    }

    /// A text in the house's style, "what is wrong; what to do".
    pub fn split(text: &str) -> Self {
        match text.rsplit_once("; ") {
            Some((what, remedy)) => Self { what: what.to_owned(), remedy: Some(remedy.to_owned()) },
            None => Self { what: text.to_owned(), remedy: None },
        }
    }
}

/// What an error says, the outermost context first, the same words once.
pub(super) fn reasons(error: &anyhow::Error) -> String {
    let mut all: Vec<String> = error.chain().map(ToString::to_string).collect();
    all.dedup();
    all.join(": ")
}

/// How a resource ends whose making ended with this error.
pub(super) fn end_status(error: &anyhow::Error) -> Status {
    if error.chain().any(<dyn std::error::Error>::is::<Cancelled>) {
        Status::CreateStopped
    } else {
        Status::CreateFailed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whichever room a job was cancelled in, it ends as stopped and not as failed.
    #[test]
    fn a_cancelled_job_is_stopped() {
        let errors = [
            anyhow::Error::from(Cancelled),
            TrainError::Cancelled(Cancelled).into(),
            TrainError::from(crate::recipes::TrainError::Cancelled(Cancelled)).into(),
            crate::serving::BatchError::Cancelled(Cancelled).into(),
            crate::data::DataError::Cancelled(Cancelled).into(),
        ];
        for error in errors {
            assert_eq!(end_status(&error), Status::CreateStopped, "{error:?}");
            assert_eq!(reasons(&error), "cancelled");
        }
        assert_eq!(end_status(&anyhow::anyhow!("cancelled")), Status::CreateFailed);
    }

    #[test]
    fn the_remedy_is_what_follows_the_last_semicolon() {
        let error = anyhow::anyhow!("a; b; do this").context("importing x.csv");
        let message = Message::of(&error);
        assert_eq!(message.what, "importing x.csv: a; b");
        assert_eq!(message.remedy.as_deref(), Some("do this"));
        assert_eq!(Message::split("cancelled").remedy, None);
    }
}
