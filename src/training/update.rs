//! What came since a version was trained, and the version that takes it in without learning anew.

use super::train::training_data;
use super::{TrainError, TrainReport, filter_events};
use crate::data::{Interactions, Metadata};
use crate::domain::solution::SolutionConfig;
use crate::evaluation::TestSet;
use crate::jobs::JobContext;
use crate::recipes::{Artifact, Growth, Model, registry};
use std::collections::HashMap;
use std::time::Instant;

/// Data at one time: all interactions, what is said of their users and items, and the test set cut from them.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    pub interactions: &'a Interactions,
    pub metadata: &'a Metadata,
    pub test: &'a TestSet,
}

/// What came between two times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    /// Items of the catalogue that were not in it.
    pub items: u64,
    pub interactions: u64,
    /// Rows that the test set of now holds back and that the version was trained on: with any of them, its metrics would
    /// be too good.
    pub leaked: u64,
}

impl News {
    /// Interactions are the same where user, item, moment and event type are.
    pub fn between(before: Moment<'_>, now: Moment<'_>) -> Self {
        let (old, new) = (before.interactions, now.interactions);
        let known = |id: &&str| old.items.index(id).is_none();
        let mut news = Self { items: new.items.iter().filter(known).count() as u64, ..Self::default() };
        for user in 0..new.n_users() as u32 {
            let mut rows: HashMap<_, (u64, bool)> = HashMap::new();
            if let Some(user) = old.users.index(new.users.id(user)) {
                for row in old.rows(user) {
                    let entry = rows.entry(key(old, row)).or_default();
                    *entry = (entry.0 + 1, entry.1 || before.test.train[row]);
                }
            }
            for row in new.rows(user) {
                let known = rows.get_mut(&key(new, row));
                news.leaked += u64::from(!now.test.train[row] && known.as_ref().is_some_and(|known| known.1));
                match known {
                    Some((left, _)) if *left > 0 => *left -= 1,
                    _ => news.interactions += 1,
                }
            }
        }
        news
    }

    pub fn is_empty(self) -> bool {
        self.items + self.interactions == 0
    }
}

fn key(interactions: &Interactions, row: usize) -> (&str, i64, Option<&str>) {
    let types = &interactions.event_types;
    let event_type = u32::from(interactions.event_type[row]);
    let event_type = (!types.is_empty()).then(|| types.id(event_type));
    (interactions.items.id(interactions.item[row]), interactions.timestamp[row], event_type)
}

/// Takes what is there now into a model that was trained on what was there before: on its training part, or on all of it
/// where that is what it is for.
pub fn update(
    artifact: &Artifact,
    before: Moment<'_>,
    now: Moment<'_>,
    config: &SolutionConfig,
    all_data: bool,
    job: &JobContext,
) -> Result<(Box<dyn Model>, TrainReport), TrainError> {
    let began = Instant::now();
    job.check()?;
    let recipe =
        registry::find(&config.recipe).ok_or_else(|| TrainError::UnknownRecipe(config.recipe.clone()))?;
    let read = |moment: Moment<'_>| {
        let filtered = filter_events(moment.interactions, moment.test, config)?;
        training_data(recipe, &filtered, moment.metadata, config, all_data)
    };
    let ((before, _), (now, mut report)) = (read(before)?, read(now)?);
    let growth = Growth::new(&before, &now)?;
    let model = recipe.update(artifact, &growth, &config.parameters, config.seed, job)?;
    report.notes.extend_from_slice(model.notes());
    report.seconds = began.elapsed().as_secs_f64();
    Ok((model, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::evaluation::cut;
    use crate::recipes::toy::interactions;

    /// a had x, y; then y again and z, which is new. b came. Leave-last-out held back y of a before, and z now: neither
    /// was trained on; a test set that holds back all of a holds back x, which was.
    #[test]
    fn what_is_new_is_counted_and_what_was_trained_on_is_found() {
        let old = interactions(&[("a", "x", 1), ("a", "y", 2), ("c", "x", 1)]);
        let rows = [("a", "x", 1), ("a", "y", 2), ("a", "y", 2), ("a", "z", 3), ("b", "x", 1), ("c", "x", 1)];
        let new = interactions(&rows);
        let spec = SplitSpec { kind: SplitKind::LeaveLastOut, ..SplitSpec::default() };
        let (old_test, new_test) = (cut(&old, &spec), cut(&new, &spec));
        let none = [&old, &new].map(Metadata::none);
        let before = Moment { interactions: &old, metadata: &none[0], test: &old_test };
        let now = Moment { interactions: &new, metadata: &none[1], test: &new_test };
        assert_eq!(News::between(before, now), News { items: 1, interactions: 3, leaked: 0 });
        assert!(News::between(before, before).is_empty());
        let mut other = new_test.clone();
        other.train[..4].fill(false);
        assert_eq!(News::between(before, Moment { test: &other, ..now }).leaked, 1);
    }
}
