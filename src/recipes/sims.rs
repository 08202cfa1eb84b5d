//! SIMS: items that the same users had, from co-occurrence in histories.
//!
//! With `c_ij` users who had both items, and `n_i` who had item i, items j are ranked for item i by
//! `c_ij / (n_i · n_j^d)`; `d` is the popularity discount: 0 ranks by co-occurrence alone, ½ as the cosine of
//! the two items' user vectors does, 1 by lift. The service does not publish its formula; this one has both
//! ends that its guide describes.

use super::artifact::{Values, expect_len};
use super::cooccurrence::Cooccurrence;
use super::csr::Csr;
use super::evidence::explain_by_items;
use super::filters::{Bounds, history_lengths};
use super::popularity::Popularity;
use super::{Artifact, ArtifactError, Explanation, Model, Origin, Query, Recipe, TrainError, TrainingData};
use crate::data::Interactions;
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::{Cancelled, JobContext, Unit};
use serde::{Deserialize, Serialize};

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "sims",
    title: "Similar items (SIMS)",
    task: Task::RelatedItems,
    question: "What do people who had this item also have?",
    about: "Counts how many users had two items both, and sets that against how popular each is. Asked for a \
            user, it answers for the last item of the history. An item it does not know gets popular items. \
            Amazon Personalize developer guide, SIMS; the formula is ours, since the service publishes none: \
            users of both / (users of the item · users of the other ^ popularity_discount_factor).",
    reads: &[DatasetType::Interactions],
    parameters: &[
        ParameterSpec {
            name: "popularity_discount_factor",
            kind: ParameterKind::Float { default: 0.5, min: 0.0, max: 1.0 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "0 favours popular items, 1 puts the least weight on popularity, 0.5 ranks as cosine similarity does.",
        },
        ParameterSpec {
            name: "min_cointeraction_count",
            kind: ParameterKind::Int { default: 3, min: 0, max: 10 },
            group: ParameterGroup::Algorithm,
            tunable: true,
            help: "The users who must have had both items for the two to count as similar.",
        },
        percentile(
            "min_user_history_length_percentile",
            0.005,
            "Users with histories shorter than this percentile are not trained on.",
        ),
        percentile(
            "max_user_history_length_percentile",
            0.995,
            "Users with histories longer than this percentile, often robots, are not trained on.",
        ),
        percentile(
            "min_item_interaction_count_percentile",
            0.01,
            "Items with fewer interactions than this percentile are left out.",
        ),
        percentile(
            "max_item_interaction_count_percentile",
            0.9,
            "Items with more interactions than this percentile are left out: 0.9 leaves out the most popular tenth; 1 keeps all.",
        ),
    ],
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

const fn percentile(name: &'static str, default: f64, help: &'static str) -> ParameterSpec {
    ParameterSpec {
        name,
        kind: ParameterKind::Float { default, min: 0.0, max: 1.0 },
        group: ParameterGroup::Featurisation,
        tunable: false,
        help,
    }
}

/// The recipe.
pub struct Sims;

impl Recipe for Sims {
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
        let popularity = Popularity::of(interactions);
        let share = |name| parameters.float(name);
        let of_users = ["min_user_history_length_percentile", "max_user_history_length_percentile"];
        let of_items = ["min_item_interaction_count_percentile", "max_item_interaction_count_percentile"];
        let users = Bounds::of_histories(interactions, of_users.map(share))?;
        let items = Bounds::of_items(popularity.counts(), of_items.map(share))?;
        let notes = left_out(&users, history_lengths(interactions), &items, popularity.counts());
        job.stage("Counting pairs", Unit::Items, interactions.n_items() as u64);
        let cooccurrence = kept(interactions, &users, &items, popularity.counts(), job)?;
        let min = parameters.int("min_cointeraction_count").max(1) as u32;
        let together = cooccurrence.counts(min, job)?;
        let users_of_item =
            (0..interactions.n_items() as u32).map(|item| cooccurrence.postings.count(item)).collect();
        let settings = Settings {
            n_items: interactions.n_items(),
            popularity_discount_factor: share("popularity_discount_factor"),
            notes,
        };
        Ok(Box::new(Similarities::new(popularity, together, users_of_item, settings)))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        let settings: Settings = artifact.settings()?;
        let tensors = artifact.tensors()?;
        let popularity = Popularity::load(&tensors, settings.n_items)?;
        let together = Csr::load(&tensors, settings.n_items, tensors.u32("together")?)?;
        let users_of_item = tensors.u32("users_of_item")?;
        expect_len("users_of_item", users_of_item.len(), settings.n_items)?;
        Ok(Box::new(Similarities::new(popularity, together, users_of_item, settings)))
    }
}

fn kept(
    interactions: &Interactions,
    users: &Bounds,
    items: &Bounds,
    counts: &[u32],
    job: &JobContext,
) -> Result<Cooccurrence, Cancelled> {
    Cooccurrence::new(
        interactions,
        |user| users.keep(interactions.rows(user).len() as u32),
        |item| items.keep(counts[item as usize]),
        job,
    )
}

/// What the percentile filters leave out, in words.
fn left_out(
    users: &Bounds,
    histories: impl Iterator<Item = u32>,
    items: &Bounds,
    counts: &[u32],
) -> Vec<String> {
    let mut notes = Vec::new();
    let (mut short, mut long, mut total) = (0, 0, 0);
    for length in histories.filter(|&length| length > 0) {
        total += 1;
        short += u32::from(f64::from(length) < users.low);
        long += u32::from(f64::from(length) > users.high);
    }
    if short + long > 0 {
        notes.push(format!(
            "{} of {total} users were not trained on: {short} with fewer than {} interactions, {long} with more than \
             {} (min_ and max_user_history_length_percentile).",
            short + long,
            users.low.ceil(),
            users.high.floor(),
        ));
    }
    let (mut rare, mut popular, mut total, mut covered) = (0, 0, 0, 0_u64);
    for &count in counts.iter().filter(|&&count| count > 0) {
        total += 1;
        rare += u32::from(f64::from(count) < items.low);
        if f64::from(count) > items.high {
            popular += 1;
            covered += u64::from(count);
        }
    }
    let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    if rare > 0 {
        notes.push(format!(
            "{rare} of {total} items were left out because they have fewer than {} interactions \
             (min_item_interaction_count_percentile).",
            items.low.ceil(),
        ));
    }
    if popular > 0 {
        notes.push(format!(
            "The {popular} most popular of {total} items, with more than {} interactions each and {:.0}% of all \
             interactions, were left out: they are never similar to anything, and asked about one the answer is the \
             popular list. Set max_item_interaction_count_percentile to 1 to keep them.",
            items.high.floor(),
            100.0 * covered as f64 / all as f64,
        ));
    }
    notes
}

#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    n_items: usize,
    popularity_discount_factor: f64,
    notes: Vec<String>,
}

struct Similarities {
    popularity: Popularity,
    /// `c_ij`, both ways.
    together: Csr<u32>,
    /// `n_j`, of the users trained on.
    users_of_item: Vec<u32>,
    /// `n_j^−d`
    discounts: Vec<f32>,
    settings: Settings,
}

impl Similarities {
    fn new(popularity: Popularity, together: Csr<u32>, users_of_item: Vec<u32>, settings: Settings) -> Self {
        let power = -settings.popularity_discount_factor;
        let discounts =
            users_of_item.iter().map(|&users| f64::from(users.max(1)).powf(power) as f32).collect();
        Self { popularity, together, users_of_item, discounts, settings }
    }

    /// The item that is asked about.
    fn asked(query: &Query<'_>) -> Option<u32> {
        query.item.or_else(|| query.history.items.last().copied())
    }

    fn similarity(&self, item: u32, other: u32, together: u32) -> f32 {
        together as f32 * self.discounts[other as usize] / self.users_of_item[item as usize].max(1) as f32
    }

    fn score_one(&self, query: &Query<'_>, scores: &mut [f32]) -> Origin {
        let similar = Self::asked(query).map(|item| (item, self.together.row(item)));
        let Some((item, (others, counts))) = similar.filter(|(_, (others, _))| !others.is_empty()) else {
            self.popularity.write(scores);
            return Origin::Popular;
        };
        scores.fill(0.0);
        for (&other, &together) in others.iter().zip(counts) {
            scores[other as usize] = self.similarity(item, other, together);
        }
        self.popularity.fill_up(scores);
        // An item is not its own neighbour.
        scores[item as usize] = f32::NEG_INFINITY;
        Origin::Model
    }
}

impl Model for Similarities {
    fn n_items(&self) -> usize {
        self.settings.n_items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let rows = scores.chunks_exact_mut(self.n_items());
        queries.iter().zip(rows).map(|(query, row)| self.score_one(query, row)).collect()
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let explain = |&item: &u32| {
            let asked = Self::asked(query).map(|asked| (asked, self.together.get(asked, item)));
            let similar = asked.and_then(|(asked, together)| {
                explain_by_items(vec![(asked, self.similarity(asked, item, together))], |_| Some(together))
            });
            similar.unwrap_or_else(|| self.popularity.explain(item))
        };
        items.iter().map(explain).collect()
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let [offsets, columns] = self.together.structure();
        let together = ("together", Values::U32(self.together.values()));
        let users_of_item = ("users_of_item", Values::U32(&self.users_of_item));
        Artifact::new(&self.settings, &[self.popularity.values(), offsets, columns, together, users_of_item])
    }

    fn notes(&self) -> &[String] {
        &self.settings.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::{Evidence, toy};

    /// All percentile filters open, no least count.
    const OPEN: [(&str, &str); 5] = [
        ("min_cointeraction_count", "0"),
        ("min_user_history_length_percentile", "0"),
        ("max_user_history_length_percentile", "1"),
        ("min_item_interaction_count_percentile", "0"),
        ("max_item_interaction_count_percentile", "1"),
    ];

    fn open(discount: &'static str) -> Vec<(&'static str, &'static str)> {
        let mut parameters = OPEN.to_vec();
        parameters.push(("popularity_discount_factor", discount));
        parameters
    }

    fn scores(model: &dyn Model, item: u32) -> (Vec<f32>, Origin) {
        let mut scores = vec![0.0; model.n_items()];
        let origin = model.score(&[Query { item: Some(item), ..Query::default() }], &mut scores)[0];
        (scores, origin)
    }

    /// Users of a: 1 2 3 4; of b: 1 2 3 4 5 6 7 8 9; of c: 3 4; so ab 4, ac 2, bc 2.
    fn by_hand() -> Interactions {
        let mut rows = Vec::new();
        for (item, users) in [("a", "1234"), ("b", "123456789"), ("c", "34")] {
            rows.extend(users.chars().map(|user| (user.to_string(), item)));
        }
        // Repeats count once.
        rows.push(("4".to_owned(), "a"));
        rows.push(("4".to_owned(), "c"));
        let rows: Vec<(&str, &str, i64)> =
            rows.iter().map(|(user, item)| (user.as_str(), *item, 0)).collect();
        toy::interactions(&rows)
    }

    #[test]
    fn the_matrix_by_hand() {
        for (discount, of_a, of_b) in [
            // c_ij / n_i, with n = 4, 9, 2
            ("0", [f32::NEG_INFINITY, 4.0 / 4.0, 2.0 / 4.0], [4.0 / 9.0, f32::NEG_INFINITY, 2.0 / 9.0]),
            // / √n_j
            (
                "0.5",
                [f32::NEG_INFINITY, 1.0 / 3.0, 0.5 / 2.0_f32.sqrt()],
                [4.0 / 9.0 / 2.0, f32::NEG_INFINITY, 2.0 / 9.0 / 2.0_f32.sqrt()],
            ),
            // / n_j: what was behind for discount 0 comes first
            ("1", [f32::NEG_INFINITY, 1.0 / 9.0, 0.25], [1.0 / 9.0, f32::NEG_INFINITY, 1.0 / 9.0]),
        ] {
            let model = toy::trained(&Sims, by_hand(), &open(discount));
            for (item, expected) in [(0, of_a), (1, of_b)] {
                let (scores, origin) = scores(&*model, item);
                assert_eq!(origin, Origin::Model);
                for (score, expected) in scores.iter().zip(expected) {
                    assert!(*score == expected || (score - expected).abs() < 1e-6, "{discount}: {scores:?}");
                }
            }
        }
    }

    #[test]
    fn a_half_ranks_as_cosine_does() {
        let interactions = toy::random_interactions(300, 60, 30, 4);
        let model = toy::trained(&Sims, interactions.clone(), &open("0.5"));
        // Cosine of the 0/1 columns, from the columns themselves.
        let mut columns = vec![vec![0.0_f64; interactions.n_users()]; interactions.n_items()];
        for user in 0..interactions.n_users() as u32 {
            for &item in interactions.history(user).items {
                columns[item as usize][user as usize] = 1.0;
            }
        }
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        for item in 0..60_usize {
            let (scores, _) = scores(&*model, item as u32);
            let cosine: Vec<f64> = columns
                .iter()
                .map(|other| {
                    dot(&columns[item], other)
                        / (dot(&columns[item], &columns[item]) * dot(other, other)).sqrt()
                })
                .collect();
            for a in (0..60).filter(|&a| a != item && cosine[a] > 0.0) {
                for b in (0..60).filter(|&b| b != item) {
                    if cosine[a] > cosine[b] + 1e-6 {
                        assert!(scores[a] > scores[b], "item {item}: {a} should stand before {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn pairs_below_the_least_count_are_not_similar_and_lists_fill_up_with_popular_items() {
        let mut parameters = open("0.5");
        parameters[0] = ("min_cointeraction_count", "3");
        let model = toy::trained(&Sims, by_hand(), &parameters);
        let (of_a, origin) = scores(&*model, 0);
        assert_eq!(origin, Origin::Model);
        assert!(of_a[1] > 0.0 && of_a[2] < 0.0, "{of_a:?}");
        // c has no pair left: popular items. b has 9 interactions, a 5, c 3.
        let (of_c, origin) = scores(&*model, 2);
        assert_eq!((of_c, origin), (vec![5.0, 9.0, 3.0], Origin::Popular));
        let explained = model.explain(&Query { item: Some(0), ..Query::default() }, &[1, 2]);
        assert_eq!(explained[0].evidence, [Evidence::Item { item: 0, weight: 1.0, together: Some(4) }]);
        assert_eq!(explained[1].origin, Origin::Popular);
    }

    #[test]
    fn the_last_item_of_a_history_stands_in_and_nothing_known_gives_popular_items() {
        let model = toy::trained(&Sims, by_hand(), &open("1"));
        let history = crate::data::History {
            items: &[1, 0],
            timestamps: &[1, 2],
            event_types: &[0, 0],
            ..Default::default()
        };
        let mut row = vec![0.0; 3];
        model.score(&[Query { history, ..Query::default() }], &mut row);
        assert_eq!(row, scores(&*model, 0).0);
        assert_eq!(model.score(&[Query::default()], &mut row), [Origin::Popular]);
    }

    /// Items "01" to "20" with 1 to 20 interactions: q(0.9) = 18.1, so "19" and "20" are left out, and said to be.
    #[test]
    fn the_most_popular_tenth_is_left_out_and_reported() {
        let names: Vec<String> = (1..=20).map(|item| format!("{item:02}")).collect();
        let users: Vec<String> = (0..20).map(|user| format!("u{user:02}")).collect();
        let mut rows = Vec::new();
        for (item, name) in names.iter().enumerate() {
            rows.extend(users[..=item].iter().map(|user| (user.as_str(), name.as_str(), 0)));
        }
        let model =
            toy::trained(&Sims, toy::interactions(&rows), &[("max_user_history_length_percentile", "1")]);
        let notes = model.notes().join("\n");
        assert!(notes.contains("The 2 most popular of 20 items, with more than 18 interactions"), "{notes}");
        assert_eq!(scores(&*model, 19).1, Origin::Popular);
        assert!(scores(&*model, 10).0[18] < 0.0);
    }
}
