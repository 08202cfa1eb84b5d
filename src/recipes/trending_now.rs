//! Trending-Now: the items whose interactions grew most between the last two windows of time.
//!
//! With `c₁` interactions in the last window and `c₀` in the one before, growth is how far `c₁ − c₀` lies from
//! what chance gives two equal Poisson rates, `z = (c₁ − c₀) / √(c₁ + c₀ + 1)`: from 1 to 10 is more than from
//! 100 to 101, and from 0 to 1 is little.

use super::artifact::{Values, expect_below, expect_len};
use super::popularity::Popularity;
use super::{
    Artifact, ArtifactError, Evidence, Explanation, Model, Origin, Query, Recipe, TrainError, TrainingData,
};
use crate::domain::{
    DatasetType, ParameterGroup, ParameterKind, ParameterSpec, Parameters, RecipeDescriptor, Task,
};
use crate::jobs::{JobContext, Unit};
use serde::{Deserialize, Serialize};

/// Frequencies as they are stored, and their seconds.
const WINDOWS: [(&str, i64); 5] = [
    ("30 minutes", 30 * 60),
    ("1 hour", 60 * 60),
    ("2 hours", 2 * 60 * 60),
    ("3 hours", 3 * 60 * 60),
    ("1 day", 24 * 60 * 60),
];

static DESCRIPTOR: RecipeDescriptor = RecipeDescriptor {
    name: "trending-now",
    title: "Trending now",
    task: Task::PopularItems,
    question: "What is becoming popular right now?",
    about: "Compares each item's interactions in the last window of time with those in the window before, and \
            ranks by growth in Poisson standard errors, so that a handful more means little. Without any \
            interaction in the two windows the list is that of popular items. The windows end at the newest \
            interaction, or at the moment of the request where that is later. Amazon Personalize developer \
            guide, Trending-Now; the measure of growth is ours.",
    reads: &[DatasetType::Interactions],
    parameters: &[ParameterSpec {
        name: "trend_discovery_frequency",
        kind: ParameterKind::Choice {
            default: WINDOWS[2].0,
            options: &[WINDOWS[0].0, WINDOWS[1].0, WINDOWS[2].0, WINDOWS[3].0, WINDOWS[4].0],
            aliases: &[
                ("30 min", WINDOWS[0].0),
                ("1h", WINDOWS[1].0),
                ("2h", WINDOWS[2].0),
                ("3h", WINDOWS[3].0),
                ("1d", WINDOWS[4].0),
            ],
        },
        group: ParameterGroup::Featurisation,
        tunable: false,
        help: "The length of the two windows whose interactions are compared.",
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
pub struct TrendingNow;

impl Recipe for TrendingNow {
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
        let frequency = parameters.text("trend_discovery_frequency");
        let window = WINDOWS
            .iter()
            .find(|(name, _)| *name == frequency)
            .map(|(_, seconds)| *seconds)
            .ok_or_else(|| {
                TrainError::Unfit(format!("trend_discovery_frequency is `{frequency}`, which is no window"))
            })?;
        let newest = interactions.timestamp.iter().copied().max().unwrap_or(0);
        let mut recent: Vec<(i64, u32)> = interactions
            .timestamp
            .iter()
            .copied()
            .zip(interactions.item.iter().copied())
            .filter(|(time, _)| *time > newest.saturating_sub(2 * window))
            .collect();
        recent.sort_unstable();
        job.check()?;
        job.advance(interactions.len() as u64);
        let settings = Settings {
            n_items: interactions.n_items(),
            frequency: frequency.to_owned(),
            window_secs: window,
            newest,
        };
        let (times, items) = recent.into_iter().unzip();
        Ok(Box::new(Trends::new(Popularity::of(interactions), times, items, settings)))
    }

    fn load(&self, artifact: &Artifact) -> Result<Box<dyn Model>, ArtifactError> {
        let settings: Settings = artifact.settings()?;
        let tensors = artifact.tensors()?;
        let popularity = Popularity::load(&tensors, settings.n_items)?;
        let (times, items) = (tensors.i64("times")?, tensors.u32("items")?);
        expect_len("times", times.len(), items.len())?;
        expect_below("items", &items, settings.n_items)?;
        Ok(Box::new(Trends::new(popularity, times, items, settings)))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    n_items: usize,
    frequency: String,
    window_secs: i64,
    /// Epoch seconds of the newest interaction.
    newest: i64,
}

struct Trends {
    popularity: Popularity,
    /// Times of the interactions of the last two windows, ascending, and their items.
    times: Vec<i64>,
    items: Vec<u32>,
    settings: Settings,
    /// Scores and origin at the newest interaction, when most requests are made.
    standing: (Vec<f32>, Origin),
}

impl Trends {
    fn new(popularity: Popularity, times: Vec<i64>, items: Vec<u32>, settings: Settings) -> Self {
        let newest = settings.newest;
        let mut model = Self { popularity, times, items, settings, standing: (Vec::new(), Origin::Popular) };
        let mut scores = vec![0.0; model.n_items()];
        let origin = model.score_at(newest, &mut scores);
        model.standing = (scores, origin);
        model
    }

    /// The end of the last window for a query.
    fn end(&self, query: &Query<'_>) -> i64 {
        query.now.map_or(self.settings.newest, |now| now.max(self.settings.newest))
    }

    /// Interactions of each item in the window before the last and in the last, which ends at `end`.
    fn windows(&self, end: i64) -> Vec<[u32; 2]> {
        let middle = end.saturating_sub(self.settings.window_secs);
        let begin = middle.saturating_sub(self.settings.window_secs);
        let mut counts = vec![[0; 2]; self.n_items()];
        let from = self.times.partition_point(|&time| time <= begin);
        for (&time, &item) in self.times[from..].iter().zip(&self.items[from..]) {
            counts[item as usize][usize::from(time > middle)] += 1;
        }
        counts
    }

    /// Growing items by growth; behind them the others by popularity. Equal growth goes by popularity, too.
    fn score_at(&self, end: i64, scores: &mut [f32]) -> Origin {
        let windows = self.windows(end);
        if windows.iter().all(|counts| *counts == [0, 0]) {
            self.popularity.write(scores);
            return Origin::Popular;
        }
        let counts = self.popularity.counts();
        let mut growing: Vec<(f32, u32)> = (0..)
            .zip(&windows)
            .map(|(item, counts)| (growth(*counts), item))
            .filter(|(growth, _)| *growth > 0.0)
            .collect();
        growing.sort_by(|a, b| {
            b.0.total_cmp(&a.0).then(counts[b.1 as usize].cmp(&counts[a.1 as usize])).then(a.1.cmp(&b.1))
        });
        scores.fill(0.0);
        let mut above = f32::INFINITY;
        for (growth, item) in growing {
            // Equal growth: one step of precision below the more popular item.
            above = growth.min(above.next_down());
            scores[item as usize] = above;
        }
        self.popularity.fill_up(scores);
        Origin::Model
    }
}

/// Growth in Poisson standard errors, from the counts of the window before and of the last one.
fn growth([before, last]: [u32; 2]) -> f32 {
    let (before, last) = (f64::from(before), f64::from(last));
    ((last - before) / (last + before + 1.0).sqrt()) as f32
}

impl Model for Trends {
    fn n_items(&self) -> usize {
        self.settings.n_items
    }

    fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
        let rows = scores.chunks_exact_mut(self.n_items().max(1));
        let mut origins: Vec<Origin> = queries
            .iter()
            .zip(rows)
            .map(|(query, row)| {
                let end = self.end(query);
                if end == self.settings.newest {
                    row.copy_from_slice(&self.standing.0);
                    self.standing.1
                } else {
                    self.score_at(end, row)
                }
            })
            .collect();
        origins.resize(queries.len(), Origin::Popular);
        origins
    }

    fn explain(&self, query: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
        let windows = self.windows(self.end(query));
        let frequency = &self.settings.frequency;
        let explain = |&item: &u32| {
            let counts = windows[item as usize];
            if growth(counts) <= 0.0 {
                return self.popularity.explain(item);
            }
            let evidence = vec![
                Evidence::Count {
                    count: f64::from(counts[1]),
                    what: format!("interactions in the last {frequency}"),
                },
                Evidence::Count {
                    count: f64::from(counts[0]),
                    what: format!("interactions in the {frequency} before"),
                },
            ];
            Explanation { origin: Origin::Model, evidence }
        };
        items.iter().map(explain).collect()
    }

    fn save(&self) -> Result<Artifact, ArtifactError> {
        let tensors = [
            self.popularity.values(),
            ("times", Values::I64(&self.times)),
            ("items", Values::U32(&self.items)),
        ];
        Artifact::new(&self.settings, &tensors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::toy;

    const HOUR: i64 = 3600;

    /// `counts`: item, interactions in the window before the last, in the last; windows of two hours up to 4 h.
    fn data(counts: &[(&'static str, usize, usize)]) -> crate::data::Interactions {
        let mut rows = vec![("clock", "newest", 4 * HOUR)];
        for &(item, before, last) in counts {
            rows.extend((0..before).map(|_| ("u", item, HOUR)));
            rows.extend((0..last).map(|_| ("u", item, 3 * HOUR)));
        }
        toy::interactions(&rows)
    }

    fn order(model: &dyn Model, query: Query<'_>) -> (Vec<usize>, Origin) {
        let mut scores = vec![0.0; model.n_items()];
        let origin = model.score(&[query], &mut scores)[0];
        let mut items: Vec<usize> = (0..scores.len()).collect();
        items.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        (items, origin)
    }

    #[test]
    fn one_to_ten_beats_hundred_to_hundred_and_one() {
        let model = toy::trained(
            &TrendingNow,
            data(&[("big", 100, 101), ("falling", 50, 20), ("small", 1, 10)]),
            &[],
        );
        // Vocabulary: big, falling, newest, small.
        assert_eq!(order(&*model, Query::default()), (vec![3, 2, 0, 1], Origin::Model));
        let evidence = model.explain(&Query::default(), &[3]).remove(0).evidence;
        assert_eq!(
            evidence[0],
            Evidence::Count { count: 10.0, what: "interactions in the last 2 hours".to_owned() }
        );
    }

    #[test]
    fn two_empty_windows_give_the_popular_list() {
        let model = toy::trained(&TrendingNow, data(&[("a", 3, 2), ("b", 1, 9)]), &[]);
        let later = Query { now: Some(8 * HOUR), ..Query::default() };
        // Counts: a 5, b 10, newest 1.
        assert_eq!(order(&*model, later), (vec![1, 0, 2], Origin::Popular));
        let one_empty = Query { now: Some(5 * HOUR + 1), ..Query::default() };
        assert_eq!(order(&*model, one_empty).1, Origin::Model);
    }

    #[test]
    fn both_spellings_of_a_frequency_are_read() {
        for (text, stored) in
            [("30 min", "30 minutes"), ("1h", "1 hour"), ("3 hours", "3 hours"), ("1 day", "1 day")]
        {
            let parameters = DESCRIPTOR.parameters_from([("trend_discovery_frequency", text)]).unwrap();
            assert_eq!(parameters.text("trend_discovery_frequency"), stored);
        }
        let error = DESCRIPTOR.parameters_from([("trend_discovery_frequency", "4 hours")]).unwrap_err();
        assert!(error.to_string().contains("30 minutes, 1 hour, 2 hours, 3 hours, 1 day"), "{error}");
    }

    #[test]
    fn planted_trends_are_found() {
        // 2,000 items at a steady Poisson-like rate, 25 of which grow fivefold.
        let mut random = crate::nn::random::Random::new(2, 0);
        let names: Vec<String> = (0..2_000).map(|item| format!("{item:04}")).collect();
        let mut rows = vec![("clock", "0000", 4 * HOUR)];
        for (item, name) in names.iter().enumerate() {
            let rate = if item % 80 == 7 { [10, 50] } else { [10, 10] };
            for (window, rate) in rate.into_iter().enumerate() {
                let events = (0..rate * 20).filter(|_| random.below(20) == 0).count();
                rows.extend((0..events).map(|_| ("u", name.as_str(), HOUR + 2 * HOUR * window as i64)));
            }
        }
        let model = toy::trained(&TrendingNow, toy::interactions(&rows), &[]);
        let (items, _) = order(&*model, Query::default());
        let found = items[..25].iter().filter(|item| *item % 80 == 7).count();
        assert!(found >= 24, "{found} of 25");
    }
}
