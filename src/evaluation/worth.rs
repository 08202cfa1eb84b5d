//! What a column of metadata is worth: how much a metric falls when its values are dealt out anew among users, items or
//! events, so that they say nothing of whom they stand beside (permutation importance; Breiman, "Random Forests", 2001;
//! Fisher, Rudin and Dominici, "All models are wrong, but many are useful", 2019).
//!
//! It is the worth to a model that was trained with the column. One trained without it may make up for it from others.

use super::ask::ask;
use super::benchmark::mean;
use super::bootstrap::normal_interval;
use super::metrics::MetricAt;
use super::random::Stream;
use super::{Benchmark, TestSet};
use crate::data::Interactions;
use crate::domain::DatasetType;
use crate::domain::metric::Better;
use crate::jobs::{Cancelled, JobContext, Unit};
use crate::recipes::{Model, ReadColumn};
use serde::Serialize;
use std::sync::Arc;

/// Times that the values of a column are dealt out; the loss is the mean over them.
pub const DEALS: usize = 5;

/// What one column is worth to a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Worth {
    /// `Items.GENRES`
    pub column: String,
    /// How much worse the metric is without what it says: mean over users and deals.
    pub loss: f64,
    /// 95 % interval over users, of the normal approximation.
    pub interval: (f64, f64),
}

impl Worth {
    /// Whether the model is better for it, beyond luck.
    pub fn is_useful(&self) -> bool {
        self.interval.0 > 0.0
    }
}

/// The worth of every column that a model reads, the greatest first; none for a metric without a value per user. `seed`
/// decides how values are dealt.
pub fn worth(
    model: &dyn Model,
    benchmark: &Benchmark,
    metric: MetricAt,
    exclude_seen: bool,
    seed: u64,
    job: &JobContext,
) -> Result<Vec<Worth>, Cancelled> {
    // Of each asking only how many there are is told: a stage of its own would tell of nothing else.
    let unseen = JobContext::default();
    let values = |model: &dyn Model, interactions: &Interactions| {
        job.check()?;
        let lists = ask(model, interactions, &benchmark.test, exclude_seen, &unseen)?;
        Ok(benchmark.per_user(&benchmark.outcome(lists), metric))
    };
    let columns = model.columns();
    job.stage("Dealing out metadata", Unit::Steps, (columns.len() * DEALS) as u64);
    let Some(whole) = values(model, &benchmark.interactions)? else { return Ok(Vec::new()) };
    let sign = if metric.metric.spec.better == Better::Lower { -1.0 } else { 1.0 };
    let mut found = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let mut losses = vec![0.0_f32; whole.len()];
        for deal in 0..DEALS {
            let mut stream = Stream::new(seed, (place * DEALS + deal) as u64);
            let Some(without) = without(model, benchmark, column, &mut stream, &values)? else { continue };
            for ((loss, whole), without) in losses.iter_mut().zip(&whole).zip(without) {
                *loss += sign * (whole - without) / DEALS as f32;
            }
            job.advance(1);
        }
        found.push(Worth {
            column: column.to_string(),
            loss: mean(&losses),
            interval: normal_interval(&losses),
        });
    }
    found.sort_by(|a, b| b.loss.total_cmp(&a.loss).then_with(|| a.column.cmp(&b.column)));
    Ok(found)
}

/// The values of every user after a column has been dealt out.
fn without(
    model: &dyn Model,
    benchmark: &Benchmark,
    column: &ReadColumn,
    stream: &mut Stream,
    values: &impl Fn(&dyn Model, &Interactions) -> Result<Option<Vec<f32>>, Cancelled>,
) -> Result<Option<Vec<f32>>, Cancelled> {
    let interactions = &benchmark.interactions;
    match column.dataset {
        DatasetType::Interactions => {
            let places = dealt_places(input_rows(interactions, &benchmark.test), interactions.len(), stream);
            let context = interactions.context.dealt(&column.name, &places);
            let dealt = Interactions { context: Arc::new(context), ..interactions.clone() };
            values(model, &dealt)
        }
        DatasetType::Users => {
            let users = benchmark.test.cases.iter().map(|case| case.user).collect();
            let places = dealt_places(users, interactions.n_users(), stream);
            let dealt = model.dealt(column, &places);
            dealt.map_or(Ok(None), |model| values(&*model, interactions))
        }
        DatasetType::Items => {
            let items = (0..interactions.n_items() as u32).collect();
            let places = dealt_places(items, interactions.n_items(), stream);
            let dealt = model.dealt(column, &places);
            dealt.map_or(Ok(None), |model| values(&*model, interactions))
        }
        // No model over items reads them.
        DatasetType::Actions | DatasetType::ActionInteractions => Ok(None),
    }
}

/// Rows of the events that are shown to the model.
fn input_rows(interactions: &Interactions, test: &TestSet) -> Vec<u32> {
    let rows = test.cases.iter().flat_map(|case| {
        let first = interactions.rows(case.user).start;
        first..first + case.input
    });
    rows.map(|row| row as u32).collect()
}

/// Every one of `n` in its place but `dealt`, which change places with each other: ascending and without repeats.
fn dealt_places(mut dealt: Vec<u32>, n: usize, stream: &mut Stream) -> Vec<u32> {
    dealt.sort_unstable();
    dealt.dedup();
    let mut places: Vec<u32> = (0..n as u32).collect();
    let mut shuffled = dealt.clone();
    for last in (1..shuffled.len()).rev() {
        // Fisher and Yates' shuffle.
        let other = ((u128::from(stream.bits()) * (last as u128 + 1)) >> 64) as usize;
        shuffled.swap(last, other);
    }
    for (to, from) in dealt.into_iter().zip(shuffled) {
        places[to as usize] = from;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Features;
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::evaluation::cut;
    use crate::recipes::toy::random_interactions;
    use crate::recipes::{ArtifactError, Explanation, Origin, Query};

    const ITEMS: usize = 40;

    /// Knows of each user which item they will have, by a column of theirs; reads another that tells it nothing.
    #[derive(Clone)]
    struct Oracle {
        wanted: Vec<u32>,
        noise: Vec<u32>,
    }

    fn column(name: &str) -> ReadColumn {
        ReadColumn { dataset: DatasetType::Users, name: name.to_owned() }
    }

    impl Model for Oracle {
        fn n_items(&self) -> usize {
            ITEMS
        }

        fn score(&self, queries: &[Query<'_>], scores: &mut [f32]) -> Vec<Origin> {
            for (query, row) in queries.iter().zip(scores.chunks_exact_mut(ITEMS)) {
                let user = query.user.unwrap() as usize;
                for (item, score) in row.iter_mut().enumerate() {
                    *score = -(item as f32) - 0.0 * self.noise[user] as f32;
                }
                row[self.wanted[user] as usize] = 1.0;
            }
            vec![Origin::Model; queries.len()]
        }

        fn explain(&self, _: &Query<'_>, items: &[u32]) -> Vec<Explanation> {
            vec![Explanation { origin: Origin::Model, evidence: Vec::new() }; items.len()]
        }

        fn columns(&self) -> Vec<ReadColumn> {
            vec![column("NOISE"), column("WANTED")]
        }

        fn dealt(&self, of: &ReadColumn, places: &[u32]) -> Option<Arc<dyn Model>> {
            let deal = |values: &[u32]| places.iter().map(|&place| values[place as usize]).collect();
            let mut other = self.clone();
            match of.name.as_str() {
                "WANTED" => other.wanted = deal(&self.wanted),
                _ => other.noise = deal(&self.noise),
            }
            Some(Arc::new(other))
        }

        fn save(&self) -> Result<crate::recipes::Artifact, ArtifactError> {
            crate::recipes::Artifact::new(&(), &[])
        }
    }

    #[test]
    fn a_column_that_tells_all_is_worth_all_and_one_that_tells_nothing_nothing() {
        let data = random_interactions(600, ITEMS, 12, 8);
        let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
        let benchmark = Benchmark::new(data.clone(), test, &Features::none(ITEMS));
        let mut wanted = vec![0; data.n_users()];
        for case in &benchmark.test.cases {
            wanted[case.user as usize] = case.truth[0];
        }
        let oracle = Oracle { noise: wanted.clone(), wanted };
        let metric = MetricAt::parse("precision_at_1").unwrap();
        let measure = || worth(&oracle, &benchmark, metric, false, 3, &JobContext::default()).unwrap();
        let found = measure();
        assert_eq!(found[0].column, "Users.WANTED");
        // Dealt out, a user's wish is met where another's happens to be the same: about one in forty.
        assert!((0.9..1.0).contains(&found[0].loss) && found[0].is_useful(), "{found:?}");
        assert_eq!((found[1].column.as_str(), found[1].loss), ("Users.NOISE", 0.0));
        assert!(!found[1].is_useful());
        assert_eq!(found, measure(), "the same seed deals the same");
    }

    #[test]
    fn only_those_named_change_places_and_none_is_lost() {
        let mut stream = Stream::new(4, 1);
        let places = dealt_places(vec![7, 3, 9, 3, 1], 12, &mut stream);
        let mut sorted = places.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..12).collect::<Vec<u32>>());
        for stays in [0, 2, 4, 5, 6, 8, 10, 11] {
            assert_eq!(places[stays], stays as u32);
        }
    }
}
