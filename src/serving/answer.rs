//! Answers in indices, before they are told.

use super::explain::Trail;
use crate::recipes::Origin;

/// Why an item stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// By its score.
    Fits,
    /// It would not be in the list if nothing were explored.
    Explored,
    /// By a promotion.
    Promoted,
    /// To fill up the list, by how often it was had.
    Popular,
}

/// An item of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place<'a> {
    Known {
        item: u32,
        score: f32,
        /// Of being the next one, among all items that may be returned, or of the list where one is put in order.
        probability: f32,
        standing: Standing,
    },
    /// An item of the catalogue that the model says nothing of.
    Unscored { item: u32, standing: Standing },
    /// An item to be ranked that the model does not know, or may not return.
    Unknown(&'a str),
}

/// An answer in indices, best first.
pub(super) struct Answer<'a> {
    pub places: Vec<Place<'a>>,
    pub origin: Origin,
    /// What it was made of, where explanations are asked for.
    pub trail: Option<Trail>,
}

impl Place<'_> {
    /// The item's index in the catalogue.
    pub fn item(&self) -> Option<u32> {
        match *self {
            Place::Known { item, .. } | Place::Unscored { item, .. } => Some(item),
            Place::Unknown(_) => None,
        }
    }

    pub fn standing(&self) -> Standing {
        match *self {
            Place::Known { standing, .. } | Place::Unscored { standing, .. } => standing,
            Place::Unknown(_) => Standing::Fits,
        }
    }
}
