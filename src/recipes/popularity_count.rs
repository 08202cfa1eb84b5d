//! Popularity-Count: the items that occur most, the same for everybody. The baseline to beat.

use super::cooccurrence::Cooccurrence;
use super::popularity::Popularity;
use super::{
    Artifact, ArtifactError, Evidence, Explanation, Model, Origin, Query, Recipe, TrainError, TrainingData,
};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::{JobContext, Unit};
use serde::{Deserialize, Serialize};

const OCCURRENCES: &str = "occurrences";
const DISTINCT_USERS: &str = "distinct users";

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "popularity-count",
    title: "Popularity count",
    task: Task::PopularItems,
    question: "What is popular with everybody?",
    about: "Counts how often each item occurs in the interactions, or how many users had it. Everybody gets the \
            same list, new users included. It is the baseline every other recipe should beat. Amazon Personalize \
            developer guide, Popularity-Count: the older text counts occurrences, the newer one unique users.",
    reads: &[DatasetType::Interactions],
    parameters: &[ParameterSpec {
        name: "count",
        kind: ParameterKind::Choice {
            default: OCCURRENCES,
            options: &[OCCURRENCES, DISTINCT_USERS],
            aliases: &[("distinct_users", DISTINCT_USERS), ("users", DISTINCT_USERS)],
        },
        group: ParameterGroup::Algorithm,
        tunable: false,
        help: "What is counted: every interaction with an item, or every user who had one.",
    }],
    reads_order: false,
    takes_events: false,
    returns_scores: false,
    takes_objective: false,
    weighs_events: false,
    takes_updates: false,
    takes_promotions: true,
    second_generation: false,
    campaign_parameters: &[],
    open_baseline: false,
};

/// The recipe.
pub struct PopularityCount;

impl Recipe for PopularityCount {
    fn descriptor(&self) -> &'static RecipeDescriptor {
        &DESCRIPTOR
    }

    fn train(
        &self,
        data: &TrainingData,
        parameters: &Parameters,
        _seed: u64,
        job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let interactions = &data.interactions;
        job.stage("Counting", Unit::Rows, interactions.len() as u64);
        let by_users = parameters.text("count") == DISTINCT_USERS;
        let popularity = if by_users {
            let cooccurrence = Cooccurrence::new(interactions, |_| true, |_| true, job)?;
            Popularity::new(
                (0..interactions.n_items() as u32).map(|item| cooccurrence.postings.count(item)).collect(),
            )
        } else {
            Popularity::of(interactions)
        };
        job.check()?;
        job.advance(interactions.len() as u64);
        Ok(Box::new(Counts { popularity, settings: Settings { n_items: interactions.n_items(), by_users } }))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        let settings: Settings = artifact.settings()?;
        let popularity = Popularity::load(&artifact.tensors()?, settings.n_items)?;
        Ok(Box::new(Counts { popularity, settings }))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    n_items: usize,
    by_users: bool,
}

struct Counts {
    popularity: Popularity,
    settings: Settings,
}

impl Model for Counts {
    fn n_items(&self) -> usize {
        self.settings.n_items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        for row in scores.chunks_exact_mut(self.n_items().max(1)) {
            self.popularity.write(row);
        }
        vec![Origin::Model; queries.len()]
    }

    fn explain(&self, _query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let what = if self.settings.by_users { "users" } else { "interactions" };
        let explain = |&item: &u32| {
            let count = f64::from(self.popularity.counts()[item as usize]);
            let evidence = vec![Evidence::Count { count, what: what.to_owned() }];
            Explanation { origin: Origin::Model, evidence }
        };
        items.iter().map(explain).collect()
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        Artifact::new(&self.settings, &[self.popularity.values()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::toy;

    #[test]
    fn counts_interactions_or_users() {
        // "a" occurs three times with one user, "b" twice with two, "c" once.
        let interactions = toy::interactions(&[
            ("u", "a", 1),
            ("u", "a", 2),
            ("u", "a", 3),
            ("u", "b", 4),
            ("v", "b", 5),
            ("v", "c", 6),
        ]);
        for (count, expected) in [("occurrences", [3.0, 2.0, 1.0]), ("distinct users", [1.0, 2.0, 1.0])] {
            let model = toy::trained(&PopularityCount, interactions.clone(), &[("count", count)]);
            let mut scores = [0.0; 3];
            model.score(&[Query::default()], &mut scores);
            assert_eq!(scores, expected, "{count}");
        }
    }
}
