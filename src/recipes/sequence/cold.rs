//! Cold items: new ones that few had, which only their metadata speak for.

use crate::recipes::popularity::Popularity;
use crate::recipes::{TrainError, TrainingData};

/// The service trains with so many cold items.
const ALLOWED: std::ops::RangeInclusive<usize> = 100..=80_000;

/// Which items are cold: those that both hold for.
#[derive(Debug, Clone, Copy)]
pub struct ColdRule {
    /// Fewer interactions than this.
    pub max_interactions: u32,
    /// Came to be later than this, epoch seconds.
    pub created_after: i64,
}

impl ColdRule {
    /// Whether an item is cold.
    pub fn is_cold(self, data: &TrainingData, popularity: &Popularity, item: u32) -> bool {
        popularity.counts()[item as usize] < self.max_interactions
            && data.item_created[item as usize] > self.created_after
    }

    /// Refuses another number of cold items than the service allows.
    pub fn check(cold: usize, items: usize) -> Result<(), TrainError> {
        if ALLOWED.contains(&cold) {
            return Ok(());
        }
        let (least, most) = (ALLOWED.start(), ALLOWED.end());
        Err(TrainError::Unfit(format!(
            "{cold} of {items} items would be cold, and this recipe needs {least} to {most}; train in full with another \
             cold_start_max_interactions or cold_start_max_duration"
        )))
    }

    /// The cold items, ascending. An error where there are fewer or more than the service allows.
    pub fn items(self, data: &TrainingData, popularity: &Popularity) -> Result<Vec<u32>, TrainError> {
        let few = |item: &u32| popularity.counts()[*item as usize] < self.max_interactions;
        let few: Vec<u32> = (0..popularity.counts().len() as u32).filter(few).collect();
        let new = |item: &u32| self.is_cold(data, popularity, *item);
        let cold: Vec<u32> = few.iter().copied().filter(new).collect();
        if ALLOWED.contains(&cold.len()) {
            return Ok(cold);
        }
        Err(TrainError::Unfit(format!(
            "{} of {} items are cold, and this recipe needs {} to {}: {} have fewer than {} interactions, and {} of those \
             are new enough; {} cold_start_max_interactions or cold_start_max_duration",
            cold.len(),
            popularity.counts().len(),
            ALLOWED.start(),
            ALLOWED.end(),
            few.len(),
            self.max_interactions,
            cold.len(),
            if cold.len() < *ALLOWED.start() { "raise" } else { "lower" }
        )))
    }
}
