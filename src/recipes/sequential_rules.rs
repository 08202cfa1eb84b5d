//! Sequential rules: what came after what, counted.
//!
//! `Q[a → b]` sums `1 / distance` over every time b followed a within some steps of one history. A query's
//! score for b is the sum over its history of `Q[item → b] / rank`, rank 1 being the newest, over `pop(b)^p`.
//!
//! Source: Kamehkhosh, Jannach, Ludewig, "A comparison of frequent pattern techniques and a deep learning method
//! for session-based recommendation" (`RecTemp` 2017), with the whole history weighed in and a popularity norm.

use super::artifact::Values;
use super::cooccurrence::{Cooccurrence, Postings};
use super::csr::{Csr, RowSums};
use super::evidence::{by_item, explain_by_items};
use super::occurrences::Occurrences;
use super::popularity::Popularity;
use super::{
    Artifact, ArtifactError, Explanation, Growth, Model, Needs, Origin, Query, Recipe, TrainError,
    TrainingData,
};
use crate::data::Interactions;
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::nn::memory::Memory;
use serde::{Deserialize, Serialize};

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "sequential-rules",
    title: "Sequential rules",
    task: Task::UserPersonalization,
    question: "What comes next for this user?",
    about: "Counts what came after what within a few steps of the same history, nearer steps for more, and adds up \
            what the user's own history, newest first, points to. Trains in milliseconds, learns order, and is hard \
            to beat on data where order matters. Ours, after Kamehkhosh, Jannach and Ludewig, RecTemp 2017.",
    reads: &[DatasetType::Interactions],
    parameters: &[
        ParameterSpec {
            name: "steps",
            kind: ParameterKind::Int { default: 20, min: 1, max: 100 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "How many interactions after an item still count as coming after it.",
        },
        ParameterSpec {
            name: "popularity_discount_factor",
            kind: ParameterKind::Float { default: 0.25, min: 0.0, max: 1.0 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "The power of an item's popularity that scores are divided by: 0 not at all, 0.5 its square root.",
        },
        ParameterSpec {
            name: "reverse_weight",
            kind: ParameterKind::Float { default: 0.0, min: 0.0, max: 1.0 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "How much what came before an item counts beside what came after it: 0 not at all, 1 as much.",
        },
    ],
    reads_order: true,
    takes_events: true,
    returns_scores: true,
    takes_objective: false,
    weighs_events: false,
    takes_updates: false,
    takes_promotions: true,
    second_generation: false,
    campaign_parameters: &[],
    open_baseline: true,
};

/// The recipe.
pub struct SequentialRules;

/// Bytes of a rule.
const RULE: u64 = (size_of::<u32>() + size_of::<f32>()) as u64;

/// How many distinct pairs, about, there are among so many of items that occur so often: as many as among pairs of
/// so many items alike as have the same entropy.
fn distinct_pairs(counts: &[u32], drawn: f64) -> u64 {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let shares = counts.iter().filter(|count| **count > 0).map(|&count| f64::from(count) / total);
    let entropy: f64 = shares.map(|share| -share * share.ln()).sum();
    let pairs = (2.0 * entropy).exp();
    (pairs * (1.0 - (-drawn / pairs).exp())) as u64
}

impl Recipe for SequentialRules {
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
        job.stage("Counting what comes after what", Unit::Items, interactions.n_items() as u64);
        let steps = parameters.int("steps").max(1) as usize;
        let rules = count(interactions, steps, parameters.float("reverse_weight") as f32, job)?;
        let settings = Settings {
            n_items: interactions.n_items(),
            popularity_discount_factor: parameters.float("popularity_discount_factor"),
        };
        let popularity = Popularity::of(interactions);
        let postings = Cooccurrence::new(interactions, |_| true, |_| true, job)?.postings;
        Ok(Box::new(Rules::new(rules, popularity, postings, settings)))
    }

    /// The rules there will be, about, and who had what; and the same once more while they are gathered and saved.
    fn needs(&self, data: &TrainingData, parameters: &Parameters) -> Option<Needs> {
        let rows = data.interactions.len();
        let drawn = rows as f64 * parameters.int("steps").max(1) as f64;
        let rules = distinct_pairs(Popularity::of(&data.interactions).counts(), drawn);
        let weights = RULE * rules + size_of::<u32>() as u64 * rows as u64;
        Some(Needs { machine: Memory { weights, between: weights, ..Memory::default() }, card: None })
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        Ok(Box::new(load(artifact)?))
    }

    fn update(
        &self,
        artifact: &Artifact,
        growth: &Growth<'_>,
        _parameters: &Parameters,
        _seed: u64,
        _job: &JobContext,
    ) -> Result<Box<dyn Model>, TrainError> {
        let Rules { after, popularity, postings, settings, .. } = load(artifact)?;
        let settings = Settings { n_items: growth.n_items(), ..settings };
        let (popularity, postings) = (popularity.grown(growth), postings.grown(growth));
        Ok(Box::new(Rules::new(after.grown(growth), popularity, postings, settings)))
    }
}

fn load(artifact: &Artifact) -> Result<Rules, ArtifactError> {
    let settings: Settings = artifact.settings()?;
    let tensors = artifact.tensors()?;
    let rules = Csr::load(&tensors, settings.n_items, tensors.f32("rules")?)?;
    let popularity = Popularity::load(&tensors, settings.n_items)?;
    let postings = Postings::load(&tensors, settings.n_items)?;
    Ok(Rules::new(rules, popularity, postings, settings))
}

/// `Q`, one item a row; each sum runs over the item's occurrences in the order of the interactions.
fn count(
    interactions: &Interactions,
    steps: usize,
    reverse_weight: f32,
    job: &JobContext,
) -> Result<Csr<f32>, Cancelled> {
    let occurrences = Occurrences::new(interactions);
    let weights: Vec<f32> = (1..=steps).map(|distance| 1.0 / distance as f32).collect();
    Csr::build(
        interactions.n_items(),
        job,
        |_| true,
        |item, sums: &mut RowSums<f32>| {
            for &(row, user) in occurrences.of(item) {
                let history = interactions.rows(user);
                let row = row as usize;
                for (&after, &weight) in interactions.item[row + 1..history.end].iter().zip(&weights) {
                    sums.add(after, weight);
                }
                if reverse_weight > 0.0 {
                    let before = interactions.item[history.start..row].iter().rev();
                    for (&before, &weight) in before.zip(&weights) {
                        sums.add(before, weight * reverse_weight);
                    }
                }
            }
        },
    )
}

#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    n_items: usize,
    popularity_discount_factor: f64,
}

struct Rules {
    /// `Q`
    after: Csr<f32>,
    popularity: Popularity,
    postings: Postings,
    /// `pop^−p`
    discounts: Vec<f32>,
    settings: Settings,
}

impl Rules {
    fn new(after: Csr<f32>, popularity: Popularity, postings: Postings, settings: Settings) -> Self {
        let power = -settings.popularity_discount_factor;
        let discount = |&count: &u32| f64::from(count.max(1)).powf(power) as f32;
        let discounts = popularity.counts().iter().map(discount).collect();
        Self { after, popularity, postings, discounts, settings }
    }

    /// Items of the history and their weights, newest first.
    fn weighted<'a>(query: &Query<'a>) -> impl Iterator<Item = (u32, f32)> + use<'a> {
        (1..).zip(query.history.items.iter().rev()).map(|(rank, &item)| (item, 1.0 / rank as f32))
    }

    fn score_one(&self, query: &Query<'_>, scores: &mut [f32]) -> Origin {
        scores.fill(0.0);
        let mut applied = false;
        for (item, weight) in Self::weighted(query) {
            let (after, sums) = self.after.row(item);
            applied |= !after.is_empty();
            for (&after, &sum) in after.iter().zip(sums) {
                scores[after as usize] += weight * sum;
            }
        }
        if !applied {
            self.popularity.write(scores);
            return Origin::Popular;
        }
        for (score, discount) in scores.iter_mut().zip(&self.discounts) {
            *score *= discount;
        }
        self.popularity.fill_up(scores);
        Origin::Model
    }
}

impl Model for Rules {
    fn n_items(&self) -> usize {
        self.settings.n_items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let rows = scores.chunks_exact_mut(self.n_items());
        queries.iter().zip(rows).map(|(query, row)| self.score_one(query, row)).collect()
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let explain = |&item: &u32| {
            let added =
                Self::weighted(query).map(|(past, weight)| (past, weight * self.after.get(past, item)));
            explain_by_items(by_item(added), |past| Some(self.postings.together(past, item)))
                .unwrap_or_else(|| self.popularity.explain(item))
        };
        items.iter().map(explain).collect()
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let [offsets, columns] = self.after.structure();
        let [user_offsets, users] = self.postings.values();
        let rules = ("rules", Values::F32(self.after.values()));
        Artifact::new(
            &self.settings,
            &[self.popularity.values(), offsets, columns, rules, user_offsets, users],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::History;
    use crate::recipes::toy::scores;
    use crate::recipes::{Evidence, toy};

    /// One history a b c: Q[a→b] = 1, Q[a→c] = 1/2, Q[b→c] = 1; with half reverse weight Q[b→a] = 1/2,
    /// Q[c→b] = 1/2, Q[c→a] = 1/4. Asked with (a, b): c = Q[b→c] + Q[a→c] / 2 = 1.25.
    /// Of a hundred items alike there are ten thousand pairs; of as many drawn, `1 − 1/e` are distinct. One item has one.
    #[test]
    fn pairs_drawn_again_are_not_counted_again() {
        assert_eq!(distinct_pairs(&[7; 100], 10_000.0), 6_321);
        assert_eq!(distinct_pairs(&[7, 0, 0], 1_000.0), 1);
    }

    #[test]
    fn distances_and_ranks_by_hand() {
        let data = toy::interactions(&[("u", "a", 1), ("u", "b", 2), ("u", "c", 3), ("v", "c", 1)]);
        let forward = toy::trained(
            &SequentialRules,
            data.clone(),
            &[("popularity_discount_factor", "0"), ("reverse_weight", "0")],
        );
        let (row, origin) = scores(&*forward, &[0, 1]);
        assert_eq!((row[1], row[2], origin), (0.5, 1.25, Origin::Model));
        assert!(row[0] < 0.0, "nothing points to a");
        let both = toy::trained(
            &SequentialRules,
            data.clone(),
            &[("popularity_discount_factor", "0"), ("reverse_weight", "0.5")],
        );
        assert_eq!(scores(&*both, &[2]).0[..2], [0.25, 0.5]);
        // c has two interactions: its score is divided by √2.
        let discounted = toy::trained(
            &SequentialRules,
            data.clone(),
            &[("popularity_discount_factor", "0.5"), ("reverse_weight", "0")],
        );
        assert!((scores(&*discounted, &[0, 1]).0[2] - 1.25 / 2.0_f32.sqrt()).abs() < 1e-6);
        let near = toy::trained(
            &SequentialRules,
            data,
            &[("steps", "1"), ("popularity_discount_factor", "0"), ("reverse_weight", "0")],
        );
        assert!(scores(&*near, &[0]).0[2] < 0.0, "c is two steps from a");
    }

    #[test]
    fn evidence_adds_up() {
        let data =
            toy::interactions(&[("u", "a", 1), ("u", "b", 2), ("u", "c", 3), ("v", "a", 1), ("v", "c", 2)]);
        let model = toy::trained(&SequentialRules, data, &[("reverse_weight", "0")]);
        let history =
            History { items: &[0, 1], timestamps: &[1, 2], event_types: &[0, 0], ..History::default() };
        let explanation = model.explain(&Query { history, ..Query::default() }, &[2]).remove(0);
        // Q[b→c] = 1 at rank 1; Q[a→c] = 1.5 at rank 2: 1 against 0.75.
        let [
            Evidence::Item { item: 1, weight: b, together: Some(1) },
            Evidence::Item { item: 0, weight: a, together: Some(2) },
        ] = explanation.evidence[..]
        else {
            panic!("{explanation:?}")
        };
        assert!((b - 4.0 / 7.0).abs() < 1e-6 && (a - 3.0 / 7.0).abs() < 1e-6);
    }

    /// Everyone goes round A → B → C from a place of their own: after B comes C, and order decides.
    #[test]
    fn a_cycle_is_learnt() {
        let users: Vec<String> = (0..30).map(|user| format!("u{user:02}")).collect();
        let items = ["A", "B", "C", "D", "E"];
        let mut rows = Vec::new();
        for (start, user) in users.iter().enumerate() {
            rows.extend((0..6).map(|step| (user.as_str(), items[(start + step) % 5], step as i64)));
        }
        let model = toy::trained(&SequentialRules, toy::interactions(&rows), &[]);
        for at in 0..5_u32 {
            let (row, _) = scores(&*model, &[(at + 4) % 5, at]);
            let best = (0..5).max_by(|&a: &usize, &b| row[a].total_cmp(&row[b])).unwrap();
            assert_eq!(best as u32, (at + 1) % 5, "{row:?}");
        }
        assert_ne!(scores(&*model, &[0, 1, 2]).0, scores(&*model, &[2, 1, 0]).0);
    }

    #[test]
    fn a_new_user_gets_popular_items() {
        let data = toy::interactions(&[("u", "a", 1), ("u", "b", 2), ("v", "b", 3)]);
        let model = toy::trained(&SequentialRules, data, &[]);
        assert_eq!(scores(&*model, &[]), (vec![1.0, 2.0], Origin::Popular));
    }
}
