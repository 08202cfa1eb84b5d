//! Every recipe, in the order people see them.

use super::Recipe;
use super::ease::Ease;
use super::hrnn::Hrnn;
use super::hrnn_coldstart::HrnnColdstart;
use super::next_best_action::NextBestAction;
use super::popularity_count::PopularityCount;
use super::sequential_rules::SequentialRules;
use super::sims::Sims;
use super::slit::Slit;
use super::trending_now::TrendingNow;
use super::user_personalization::UserPersonalization;
use super::user_personalization_v2::UserPersonalizationV2;

/// All recipes.
pub fn all() -> &'static [&'static dyn Recipe] {
    &[
        &SequentialRules,
        &Ease,
        &Slit,
        &Sims,
        &PopularityCount,
        &TrendingNow,
        &UserPersonalizationV2 { ranks_lists: false },
        &UserPersonalizationV2 { ranks_lists: true },
        &UserPersonalization { ranks_lists: false },
        &UserPersonalization { ranks_lists: true },
        &Hrnn { metadata: false },
        &Hrnn { metadata: true },
        &HrnnColdstart,
        &NextBestAction,
    ]
}

/// The recipe of that name, with or without the service's `aws-` prefix.
pub fn find(name: &str) -> Option<&'static dyn Recipe> {
    let name = name.strip_prefix("aws-").unwrap_or(name);
    all().iter().copied().find(|recipe| recipe.descriptor().name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Task;
    use crate::jobs::JobContext;
    use crate::recipes::ranking::{RankOptions, rank};
    use crate::recipes::{Query, TrainingData, toy};
    use std::sync::Arc;

    #[test]
    fn names_are_found_with_and_without_their_prefix_and_told_apart() {
        for recipe in all() {
            let name = recipe.descriptor().name;
            assert_eq!(find(&format!("aws-{name}")).map(|found| found.descriptor().name), Some(name));
            assert_eq!(all().iter().filter(|other| other.descriptor().name == name).count(), 1);
        }
        assert!(find("hrnn-plus").is_none());
    }

    #[test]
    fn every_parameter_says_what_it_does_and_its_default_is_in_range() {
        for recipe in all() {
            for spec in recipe.descriptor().parameters {
                assert!(spec.help.ends_with('.'), "{}", spec.name);
                let default = spec.default_value();
                assert_eq!(spec.parse(&default.to_string()).unwrap().to_string(), default.to_string());
            }
        }
    }

    /// Trained twice, on one and on two threads, saved and read back: the same bytes and the same lists.
    #[test]
    fn every_model_is_the_same_bit_for_bit_and_comes_back_from_its_artifact() {
        let interactions = Arc::new(toy::random_interactions(400, 150, 40, 8));
        let data = toy::with_actions(TrainingData::of(Arc::clone(&interactions)));
        let queries: Vec<Query<'_>> = (0..400)
            .map(|user| Query { user: Some(user), history: interactions.history(user), ..Query::default() })
            .collect();
        let job = JobContext::default();
        for recipe in all() {
            let name = recipe.descriptor().name;
            let parameters = toy::parameters(*recipe);
            let of_items = recipe.descriptor().task != Task::PersonalizedActions;
            let options = RankOptions { k: 25, exclude_seen: of_items, allowed: None };
            let runs = [1, 2].map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| {
                    let model = recipe.train(&data, &parameters, 7, &job).unwrap();
                    (model.save().unwrap(), rank(&*model, &queries, options, &job).unwrap())
                })
            });
            assert!(runs[0] == runs[1], "{name} depends on the threads");
            let loaded = recipe.load(&runs[0].0).unwrap();
            assert!(loaded.save().unwrap() == runs[0].0, "{name} does not come back");
            assert!(rank(&*loaded, &queries, options, &job).unwrap() == runs[0].1, "{name} lists differ");
            let damaged = crate::recipes::Artifact { tensors: vec![0; 9], json: runs[0].0.json.clone() };
            assert!(recipe.load(&damaged).is_err(), "{name} reads anything");
        }
    }

    #[test]
    fn a_cancelled_training_ends() {
        let data = toy::with_actions(TrainingData::of(toy::random_interactions(50, 20, 10, 1)));
        let job = JobContext::default();
        job.cancel();
        for recipe in all() {
            let parameters = toy::parameters(*recipe);
            let error = recipe.train(&data, &parameters, 0, &job).err().unwrap();
            assert!(
                matches!(error, crate::recipes::TrainError::Cancelled(_)),
                "{}",
                recipe.descriptor().name
            );
        }
    }
}
