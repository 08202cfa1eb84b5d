//! A blend of a network with models that count: their scores, made comparable, in proportions that validation chose.
//!
//! A score becomes a share of its row's best: `e^((s − best) / 2)` for the network's logits, `s / best` for counts, whose
//! scores of what nothing points to count as none. Counts can't know items that came after training: their part in what is
//! said of these falls to the networks. The sum orders items and is no logit: what makes probabilities of it
//! is a softmax at a temperature that [`super::blended`] fits.

use super::artifact::{Values, expect_below, inconsistent};
use super::evidence::{by_leaving_out, explain_by_items};
use super::popularity::Popularity;
use super::{
    Artifact, ArtifactError, Evidence, Explanation, Growth, Likelihood, Mixture, Model, Origin, Query,
    ReadColumn, TrainError, Tuned,
};
use crate::nn::vector::{exp, vectorised};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// What scores are divided by before their softmax where validation doesn't tell.
pub const USUAL_TEMPERATURE: f32 = 0.12;
/// Queries scored at once for explanations.
const TOGETHER: usize = 4;

/// How a part's scores become shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    Logits,
    Counts,
}

impl Scale {
    /// A row of scores to shares of its best, in place; of nothing where the model only fell back to popular items.
    /// Items that were `added` to a trained model, ascending, are none of those the best is looked for among, so that
    /// they change nothing for the others; they may have more than one.
    pub fn shares_of(self, row: &mut [f32], origin: Origin, added: &[u32]) {
        if origin == Origin::Popular {
            row.fill(0.0);
            return;
        }
        let best = best_between(row, added);
        match self {
            Self::Logits => halved_exponentials(row, best),
            Self::Counts if best > 0.0 => row.iter_mut().for_each(|score| *score = score.max(0.0) / best),
            Self::Counts => row.fill(0.0),
        }
    }
}

vectorised! {
    /// Replaces scores by `e^((score − best) / 2)`.
    fn halved_exponentials<'a>(row: &'a mut [f32], best: f32) {
        for score in row {
            *score = exp((*score - best) / 2.0);
        }
    }
}

/// The greatest of the scores between some items.
fn best_between(row: &[f32], items: &[u32]) -> f32 {
    let ends = items.iter().map(|&item| item as usize).chain([row.len()]);
    let mut start = 0;
    let mut best = f32::NEG_INFINITY;
    for end in ends {
        best = row[start..end].iter().copied().fold(best, f32::max);
        start = end + 1;
    }
    best
}

/// One model of a blend.
#[derive(Clone)]
pub struct Part {
    pub model: Arc<dyn Model>,
    pub scale: Scale,
    pub proportion: f32,
}

/// What a blend is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manner {
    /// Whether it orders given lists: then by popularity for someone of whom nothing is known, as the service does, and
    /// not by what people begin with.
    pub ranks_lists: bool,
    /// Whether people hardly ever come back to an item. A network learns that; counts, which are taken over what people
    /// had together, speak for what somebody just had more than for anything else, and are not listened to there.
    #[serde(default)]
    pub once_only: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    scales: Vec<Scale>,
    proportions: Vec<f32>,
    parts: Vec<String>,
    #[serde(flatten)]
    manner: Manner,
    #[serde(default = "usual_temperature")]
    temperature: f32,
    #[serde(default)]
    added: Vec<u32>,
    notes: Vec<String>,
}

impl Stored {
    /// The parts, each made by `load` from its artifact.
    fn parts<E: From<ArtifactError>>(
        &self,
        artifact: &Artifact,
        load: impl Fn(usize, &Artifact) -> Result<Box<dyn Model>, E>,
    ) -> Result<Vec<Part>, E> {
        let tensors = artifact.tensors()?;
        let stored = self.parts.iter().zip(&self.scales).zip(&self.proportions).enumerate();
        stored
            .map(|(at, ((json, &scale), &proportion))| {
                let part = Artifact { tensors: tensors.u8(&part_name(at))?, json: json.clone() };
                Ok(Part { model: load(at, &part)?.into(), scale, proportion })
            })
            .collect()
    }
}

/// The items of the catalogue that all parts share.
fn catalogue(parts: &[Part]) -> Result<usize, ArtifactError> {
    let Some(first) = parts.first() else { return Err(inconsistent("part0", "is missing")) };
    let n_items = first.model.n_items();
    if parts.iter().any(|part| part.model.n_items() != n_items) {
        return Err(inconsistent("part0", "has another catalogue than the other parts"));
    }
    Ok(n_items)
}

/// The temperature of blends that validation tells nothing of, those stored before there was one among them: what it
/// tells of most.
fn usual_temperature() -> f32 {
    USUAL_TEMPERATURE
}

/// Models of one catalogue, answering together.
#[derive(Clone)]
pub struct Blend {
    parts: Vec<Part>,
    popularity: Popularity,
    manner: Manner,
    /// What scores are divided by before their softmax.
    temperature: f32,
    /// Items that came after training, ascending.
    added: Vec<u32>,
    notes: Vec<String>,
}

impl Blend {
    pub fn new(
        parts: Vec<Part>,
        popularity: Popularity,
        manner: Manner,
        temperature: f32,
        notes: Vec<String>,
    ) -> Self {
        Self { parts, popularity, manner, temperature, added: Vec::new(), notes }
    }

    /// Its models, in their order.
    pub fn into_models(self) -> Vec<Arc<dyn Model>> {
        self.parts.into_iter().map(|part| part.model).collect()
    }

    /// Whether a query is answered without asking the parts.
    fn is_stranger(&self, query: &Query<'_>) -> bool {
        self.manner.ranks_lists && query.history.is_empty() && query.newcomer.is_none()
    }

    /// Restores a blend; `load` restores each of its parts by their order.
    pub fn load(
        artifact: &Artifact,
        load: impl Fn(usize, &Artifact) -> Result<Box<dyn Model>, ArtifactError>,
    ) -> Result<Self, ArtifactError> {
        let stored: Stored = artifact.settings()?;
        let parts = stored.parts(artifact, load)?;
        let n_items = catalogue(&parts)?;
        expect_below("added", &stored.added, n_items)?;
        let popularity = Popularity::load(&artifact.tensors()?, n_items)?;
        let Stored { manner, temperature, added, notes, .. } = stored;
        Ok(Self { parts, popularity, manner, temperature, added, notes })
    }

    /// A stored blend with what came since; `update` does so for each of its parts.
    pub fn update(
        artifact: &Artifact,
        growth: &Growth<'_>,
        update: impl Fn(usize, &Artifact) -> Result<Box<dyn Model>, TrainError>,
    ) -> Result<Self, TrainError> {
        let stored: Stored = artifact.settings()?;
        let parts = stored.parts(artifact, update)?;
        catalogue(&parts)?;
        let n_before = growth.before.interactions.n_items();
        let popularity = Popularity::load(&artifact.tensors()?, n_before)?.grown(growth);
        expect_below("added", &stored.added, n_before)?;
        let mut added = [growth.renamed(&stored.added), growth.added.clone()].concat();
        added.sort_unstable();
        let mut notes: Vec<String> =
            parts.iter().filter_map(|part| part.model.notes().first().cloned()).collect();
        notes.truncate(1);
        if parts.iter().all(|part| part.scale != Scale::Logits || part.proportion == 0.0) {
            notes.push(
                "The blend gives its network no part, so new items come into lists by exploration alone."
                    .to_owned(),
            );
        }
        let Stored { manner, temperature, notes: learnt, .. } = stored;
        notes.extend(learnt);
        Ok(Self { parts, popularity, manner, temperature, added, notes })
    }

    /// The parts that are asked.
    fn answering(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.proportion > 0.0)
    }

    /// A part's scores of a query to its shares, in place.
    fn shares_of(&self, part: &Part, query: &Query<'_>, row: &mut [f32], origin: Origin) {
        part.scale.shares_of(row, origin, &self.added);
        if self.manner.once_only && part.scale == Scale::Counts {
            query.history.items.iter().for_each(|&had| row[had as usize] = 0.0);
        }
    }

    /// The scores of items for each query, `[queries, items]`: none where nothing points to an item, or where all that is
    /// left to say is what is popular.
    fn scores_of(&self, items: &[u32], queries: &[Query<'_>]) -> Vec<f32> {
        let scored = queries.par_chunks(TOGETHER).flat_map_iter(|queries| {
            let mut rows = vec![0.0; queries.len() * self.n_items()];
            let origins = self.score(queries, &mut rows);
            let of_row = |(row, origin): (&[f32], Origin)| -> Vec<f32> {
                let score =
                    |&item: &u32| if origin == Origin::Model { row[item as usize].max(0.0) } else { 0.0 };
                items.iter().map(score).collect()
            };
            rows.chunks_exact(self.n_items()).zip(origins).flat_map(of_row).collect::<Vec<f32>>()
        });
        scored.collect()
    }

    /// How many people had both, for each item and each past item of which one of the parts counts that.
    fn together(&self, query: &Query<'_>, items: &[u32]) -> HashMap<(u32, u32), u32> {
        let mut counts = HashMap::new();
        for part in self.answering().filter(|part| part.scale == Scale::Counts) {
            for (&item, explanation) in items.iter().zip(part.model.explain(query, items)) {
                for evidence in explanation.evidence {
                    if let Evidence::Item { item: past, together: Some(count), .. } = evidence {
                        counts.insert((item, past), count);
                    }
                }
            }
        }
        counts
    }
}

fn part_name(at: usize) -> String {
    format!("part{at}")
}

impl Model for Blend {
    fn n_items(&self) -> usize {
        self.popularity.counts().len()
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let n_items = self.n_items();
        scores.fill(0.0);
        let mut origins = vec![Origin::Popular; queries.len()];
        // Proportions of what was asked, and of it of what can judge items that were added, by query.
        let mut asked = vec![[0.0, 0.0]; queries.len()];
        let mut part_scores = vec![0.0; scores.len()];
        for part in self.answering() {
            let found = part.model.score(queries, &mut part_scores);
            let rows = part_scores.chunks_exact_mut(n_items).zip(scores.chunks_exact_mut(n_items));
            let rows = rows.zip(found).zip(&mut origins).zip(&mut asked).zip(queries);
            for (((((shares, row), found), origin), [all, judging]), query) in rows {
                if found == Origin::Model {
                    self.shares_of(part, query, shares, found);
                    *all += part.proportion;
                    *judging += if part.scale == Scale::Logits { part.proportion } else { 0.0 };
                    for (score, share) in row.iter_mut().zip(shares) {
                        *score += part.proportion * *share;
                    }
                    *origin = Origin::Model;
                }
            }
        }
        let rows = scores.chunks_exact_mut(n_items).zip(&mut origins).zip(asked).zip(queries);
        for (((row, origin), [all, judging]), query) in rows {
            if judging > 0.0 {
                self.added.iter().for_each(|&item| row[item as usize] *= all / judging);
            }
            if self.is_stranger(query) {
                *origin = Origin::Popular;
            }
            match origin {
                Origin::Model => self.popularity.fill_up(row),
                Origin::Popular => self.popularity.write(row),
            }
        }
        origins
    }

    /// By what each of the newest events adds to an item's score.
    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        if self.is_stranger(query) {
            return items.iter().map(|&item| self.popularity.explain(item)).collect();
        }
        let added = by_leaving_out(query, items.len(), |queries| self.scores_of(items, queries));
        let together = self.together(query, items);
        let explain = |(&item, added)| {
            explain_by_items(added, |past| together.get(&(item, past)).copied())
                .unwrap_or_else(|| self.popularity.explain(item))
        };
        items.iter().zip(added).map(explain).collect()
    }

    fn likelihood(&self) -> Likelihood {
        Likelihood::Softmax { temperature: self.temperature }
    }

    fn tuned(&self) -> Option<Tuned> {
        let epochs = self.parts.iter().filter_map(|part| part.model.tuned()).flat_map(|tuned| tuned.epochs);
        let proportions = self.parts.iter().map(|part| part.proportion).collect();
        let mixture = Some(Mixture { proportions, temperature: self.temperature });
        Some(Tuned { epochs: epochs.collect(), mixture })
    }

    fn columns(&self) -> Vec<ReadColumn> {
        let mut columns: Vec<ReadColumn> = self.answering().flat_map(|part| part.model.columns()).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn dealt(&self, column: &ReadColumn, places: &[u32]) -> Option<Arc<dyn Model>> {
        let mut other = self.clone();
        let mut is_read = false;
        for part in other.parts.iter_mut().filter(|part| part.proportion > 0.0) {
            if let Some(dealt) = part.model.dealt(column, places) {
                (part.model, is_read) = (dealt, true);
            }
        }
        is_read.then(|| Arc::new(other) as Arc<dyn Model>)
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let saved: Vec<Artifact> =
            self.parts.iter().map(|part| part.model.save()).collect::<Result<_, _>>()?;
        let names: Vec<String> = (0..saved.len()).map(part_name).collect();
        let mut tensors: Vec<(&str, Values<'_>)> = names
            .iter()
            .map(String::as_str)
            .zip(saved.iter().map(|part| Values::U8(&part.tensors)))
            .collect();
        tensors.push(self.popularity.values());
        let stored = Stored {
            scales: self.parts.iter().map(|part| part.scale).collect(),
            proportions: self.parts.iter().map(|part| part.proportion).collect(),
            parts: saved.iter().map(|part| part.json.clone()).collect(),
            manner: self.manner,
            temperature: self.temperature,
            added: self.added.clone(),
            notes: self.notes.clone(),
        };
        Artifact::new(&stored, &tensors)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::History;
    use crate::recipes::toy::{self, ToyModel};

    fn blend(proportions: [f32; 2], ranks_lists: bool, once_only: bool) -> Blend {
        let logits = ToyModel { n_items: 3, score: |_: &Query<'_>, item| [0.0, 2.0, -2.0][item as usize] };
        let counts = ToyModel { n_items: 3, score: |_: &Query<'_>, item| [4.0, 1.0, -0.5][item as usize] };
        let part = |model, scale, proportion| Part { model, scale, proportion };
        Blend::new(
            vec![
                part(Arc::new(logits), Scale::Logits, proportions[0]),
                part(Arc::new(counts), Scale::Counts, proportions[1]),
            ],
            Popularity::new(vec![1, 2, 0]),
            Manner { ranks_lists, once_only },
            0.5,
            Vec::new(),
        )
    }

    /// Logits 0, 2, −2 are shares e⁻¹, 1, e⁻² of the best; counts 4, 1, nothing are 1, ¼, 0.
    #[test]
    fn shares_add_up_by_proportion() {
        let (scores, origin) = toy::scores(&blend([1.0, 2.0], true, false), &[0]);
        let expected = [(-1.0_f32).exp() + 2.0, 1.5, (-2.0_f32).exp()];
        assert!(scores.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{scores:?}");
        assert_eq!(origin, Origin::Model);
    }

    /// Logits 0, 2, −2 as before; of the counts 4, 1, nothing what was had is not listened to.
    #[test]
    fn counts_of_what_was_had_are_not_listened_to_where_nobody_comes_back() {
        let (scores, _) = toy::scores(&blend([1.0, 2.0], false, true), &[0]);
        let expected = [(-1.0_f32).exp(), 1.5, (-2.0_f32).exp()];
        assert!(scores.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{scores:?}");
    }

    /// Of item 1 the network says 2 after item 0 and else nothing, against 1 of item 0: shares 1 and e^−½. What counts has as
    /// many as events of item 2, against 1. So item 2 adds a whole share and item 0 the difference.
    #[test]
    fn what_speaks_for_an_item_is_what_the_blend_would_lack_without_it() {
        let had = |query: &Query<'_>, item: u32| query.history.items.contains(&item);
        let logits = ToyModel {
            n_items: 3,
            score: move |query: &Query<'_>, item: u32| match item {
                1 if had(query, 0) => 2.0_f32,
                1 => 0.0,
                _ => 1.0,
            },
        };
        let counts = ToyModel {
            n_items: 3,
            score: move |query: &Query<'_>, item: u32| {
                if item == 1 && !had(query, 2) { 0.0 } else { 1.0_f32 }
            },
        };
        let usual = blend([1.0, 1.0], false, false);
        let parts = usual.parts.iter().zip([Arc::new(logits) as Arc<dyn Model>, Arc::new(counts)]);
        let parts = parts.map(|(part, model)| Part { model, ..part.clone() }).collect();
        let blend = Blend { parts, ..usual };
        let history =
            History { items: &[0, 2], timestamps: &[1, 2], event_types: &[0, 0], ..History::default() };
        let explained = blend.explain(&Query { history, ..Query::default() }, &[1]);
        let added = [(2, 1.0), (0, 1.0 - (-0.5_f32).exp())];
        let total = added[0].1 + added[1].1;
        let [
            Evidence::Item { item: first, weight: more, .. },
            Evidence::Item { item: second, weight: less, .. },
        ] = explained[0].evidence[..]
        else {
            panic!("{explained:?}")
        };
        assert_eq!([first, second], added.map(|(item, _)| item));
        assert!((more - added[0].1 / total).abs() < 1e-6 && (less - added[1].1 / total).abs() < 1e-6);
    }

    /// A part without a proportion is not asked; what nothing points to stands behind, the popular first.
    #[test]
    fn a_part_alone_ranks_as_it_does() {
        let (scores, _) = toy::scores(&blend([0.0, 1.0], false, false), &[0]);
        assert_eq!(scores, [1.0, 0.25, f32::NEG_INFINITY]);
    }

    /// Of the others item 0 is the best by both parts: it has a share of one and a half. Item 1 came later; the network has
    /// it e¹ above item 0, the toy's counts at a quarter, and all of that counts as if the network said it of both parts.
    #[test]
    fn counts_leave_it_to_the_network_to_judge_what_came_later() {
        let (scores, _) = toy::scores(&Blend { added: vec![1], ..blend([1.0, 0.5], false, false) }, &[0]);
        let expected = [1.5, 1.5 * (1.0_f32.exp() + 0.5 * 0.25)];
        assert!(scores.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{scores:?}");
    }

    #[test]
    fn parts_that_know_nothing_leave_the_popular_list() {
        assert_eq!(
            toy::scores(&blend([1.0, 1.0], false, false), &[]),
            (vec![1.0, 2.0, f32::NEG_INFINITY], Origin::Popular)
        );
    }

    /// The parts would put item 0 first.
    #[test]
    fn lists_of_a_stranger_are_ordered_by_popularity() {
        let model = blend([0.0, 1.0], true, false);
        assert_eq!(toy::scores(&model, &[]), (vec![1.0, 2.0, f32::NEG_INFINITY], Origin::Popular));
        assert_eq!(toy::scores(&model, &[1]).1, Origin::Model);
        assert_eq!(model.explain(&Query::default(), &[1])[0].origin, Origin::Popular);
        let saved = Blend { temperature: 0.7, ..model }.save().unwrap();
        let restored =
            Blend::load(&saved, |_, _| Ok(Box::new(ToyModel { n_items: 3, score: |_: &Query<'_>, _| 1.0 })));
        let restored = restored.unwrap();
        assert!(restored.manner.ranks_lists);
        assert_eq!(restored.likelihood(), Likelihood::Softmax { temperature: 0.7 });
    }
}
