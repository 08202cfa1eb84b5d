//! For whom: users or items put in groups, and a metric of each group.
//!
//! Users are grouped by what is known before the test; a metric of a group is the mean over its users. Items are grouped
//! as what is to be found: a metric of a group counts its items alone, over the users who had any of them to find.

use super::metrics::{Asked, Hits, MetricAt, Reading};
use super::{Benchmark, Outcome};
use crate::data::Features;
use rayon::prelude::*;
use serde::Serialize;

/// The most groups that a column is shown in; its rarer values are one.
const MOST_GROUPS: usize = 8;
/// No group.
const NONE: u16 = u16::MAX;

/// What is grouped.
#[derive(Debug, Clone, PartialEq)]
enum Members {
    /// The group of each case, `[cases]`.
    Cases(Vec<u16>),
    /// The group of each item, `[n_items]`.
    Items(Vec<u16>),
}

/// A way to put users or items in groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation {
    /// What decides, e.g. `Users: activity` or `Items.GENRES`.
    pub name: String,
    /// The groups, in their order.
    pub labels: Vec<String>,
    members: Members,
}

/// A metric of one group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SegmentScore {
    /// Users who count for it.
    pub users: usize,
    /// `None` where nobody does.
    pub value: Option<f64>,
    /// 95 % interval, of the normal approximation.
    pub interval: Option<(f64, f64)>,
}

impl Segmentation {
    /// Users by how much is known of them: quarters of the tested users by length of input.
    pub fn activity(benchmark: &Benchmark) -> Self {
        let lengths: Vec<f32> = benchmark.test.cases.iter().map(|case| case.input as f32).collect();
        let (labels, groups) = quarters(&lengths, |low, high| format!("{low:.0} to {high:.0} before"));
        Self { name: "Users by activity".to_owned(), labels, members: Members::Cases(groups) }
    }

    /// Users by when the first of what is to be found happened: quarters of that time.
    pub fn time(benchmark: &Benchmark) -> Self {
        let first = |case: &super::TestCase| {
            let history = benchmark.interactions.history(case.user);
            let place = case.input.min(history.len().saturating_sub(1));
            history.timestamps.get(place).map_or(f32::NAN, |&time| (time / 86_400) as f32)
        };
        let days: Vec<f32> = benchmark.test.cases.iter().map(first).collect();
        let (labels, groups) = quarters(&days, |low, high| format!("{} to {}", day(low), day(high)));
        Self { name: "Users by time of the test".to_owned(), labels, members: Members::Cases(groups) }
    }

    /// Items by popularity: the head that holds 80 % of the known interactions, the long tail, and those that nobody had.
    pub fn popularity(benchmark: &Benchmark) -> Self {
        let catalogue = &benchmark.catalogue;
        let group = |item: usize| match (catalogue.counts[item], catalogue.in_tail[item]) {
            (0, _) => 2,
            (_, true) => 1,
            (_, false) => 0,
        };
        Self {
            name: "Items by popularity".to_owned(),
            labels: ["Head (80 %)", "Long tail", "Cold (never seen)"].map(str::to_owned).to_vec(),
            members: Members::Items((0..catalogue.n_items()).map(group).collect()),
        }
    }

    /// A segmentation by each column that is said of users, `[n_users]` rows.
    pub fn of_users<'a>(benchmark: &'a Benchmark, users: &'a Features) -> impl Iterator<Item = Self> + 'a {
        columns(users).map(|(name, labels, of_user)| {
            let groups = benchmark.test.cases.iter().map(|case| of_user[case.user as usize]).collect();
            Self { name: format!("Users.{name}"), labels, members: Members::Cases(groups) }
        })
    }

    /// A segmentation by each column that is said of items, `[n_items]` rows.
    pub fn of_items(items: &Features) -> impl Iterator<Item = Self> + '_ {
        columns(items).map(|(name, labels, groups)| Self {
            name: format!("Items.{name}"),
            labels,
            members: Members::Items(groups),
        })
    }

    /// A metric of each group, in the order of the labels; `None` for a metric that has no value per user.
    pub fn scores(
        &self,
        benchmark: &Benchmark,
        outcome: &Outcome,
        metric: MetricAt,
    ) -> Option<Vec<SegmentScore>> {
        let Reading::PerUser(value) = metric.metric.reading else { return None };
        let groups: Vec<Vec<f32>> = match &self.members {
            Members::Cases(of_case) => {
                let values = benchmark.per_user(outcome, metric)?;
                let mut groups = vec![Vec::new(); self.labels.len()];
                for (&group, value) in of_case.iter().zip(values).filter(|&(&group, _)| group != NONE) {
                    groups[usize::from(group)].push(value);
                }
                groups
            }
            Members::Items(of_item) => {
                let of_group = |group: usize| -> Vec<f32> {
                    let cases = (0..benchmark.test.cases.len()).into_par_iter();
                    cases
                        .filter_map(|case| {
                            let truth = &benchmark.test.cases[case].truth;
                            let wanted = |item: &&u32| usize::from(of_item[**item as usize]) == group;
                            let truth: Vec<u32> = truth.iter().filter(wanted).copied().collect();
                            if truth.is_empty() {
                                return None;
                            }
                            let list = outcome.lists.items(case);
                            let hits = Hits::of(list, &truth);
                            let (input, catalogue) = (benchmark.input(case), &benchmark.catalogue);
                            let asked = Asked { list, hits: &hits, truth: &truth, input, catalogue };
                            Some(value(&asked, metric.k) as f32)
                        })
                        .collect()
                };
                (0..self.labels.len()).map(of_group).collect()
            }
        };
        Some(groups.iter().map(|values| segment_score(values)).collect())
    }
}

fn segment_score(values: &[f32]) -> SegmentScore {
    if values.is_empty() {
        return SegmentScore { users: 0, value: None, interval: None };
    }
    SegmentScore {
        users: values.len(),
        value: Some(super::benchmark::mean(values)),
        interval: (values.len() > 1).then(|| super::bootstrap::normal_interval(values)),
    }
}

/// Groups of each row, by columns: categories by their first value, the rarer ones together; numbers in quarters.
fn columns(features: &Features) -> impl Iterator<Item = (String, Vec<String>, Vec<u16>)> + '_ {
    let categorical = features.categorical.iter().map(|column| {
        let mut counts = vec![0_usize; column.values.len()];
        for row in 0..features.rows {
            if let Some(&value) = column.of(row).first() {
                counts[value as usize] += 1;
            }
        }
        let mut order: Vec<usize> = (0..counts.len()).filter(|&value| counts[value] > 0).collect();
        order.sort_by_key(|&value| (std::cmp::Reverse(counts[value]), value));
        let own = if order.len() > MOST_GROUPS { MOST_GROUPS - 1 } else { order.len() };
        let mut labels: Vec<String> =
            order[..own].iter().map(|&value| column.values.id(value as u32).to_owned()).collect();
        if order.len() > own {
            labels.push(format!("{} others", order.len() - own));
        }
        let mut group_of = vec![NONE; counts.len()];
        for (place, &value) in order.iter().enumerate() {
            group_of[value] = place.min(own) as u16;
        }
        let group = |row| column.of(row).first().map_or(NONE, |&value| group_of[value as usize]);
        (column.name.clone(), labels, (0..features.rows).map(group).collect())
    });
    let numeric = features.numeric.iter().map(|column| {
        let (labels, groups) = quarters(&column.values, |low, high| format!("{low} to {high}"));
        (column.name.clone(), labels, groups)
    });
    categorical.chain(numeric)
}

/// Quarters of the values by size, equals together, so that there may be fewer; rows without a number have no group.
fn quarters(values: &[f32], label: impl Fn(f32, f32) -> String) -> (Vec<String>, Vec<u16>) {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f32::total_cmp);
    let mut borders: Vec<f32> =
        (1..4).filter_map(|part| sorted.get(part * sorted.len() / 4)).copied().collect();
    borders.dedup();
    borders.retain(|&border| sorted.first().is_some_and(|&lowest| border > lowest));
    let group = |value: f32| borders.partition_point(|&border| border <= value);
    let mut bounds: Vec<Option<(f32, f32)>> = vec![None; borders.len() + 1];
    for &value in &sorted {
        let bound = &mut bounds[group(value)];
        *bound = Some(bound.map_or((value, value), |(low, _)| (low, value)));
    }
    let labels = bounds.into_iter().flatten().map(|(low, high)| label(low, high)).collect();
    let groups = values.iter().map(|&value| if value.is_nan() { NONE } else { group(value) as u16 });
    (labels, groups.collect())
}

/// A day since 1970 as a date.
fn day(day: f32) -> String {
    let time = jiff::Timestamp::from_second(day as i64 * 86_400);
    time.map_or_else(|_| "?".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{CategoricalFeature, NumericFeature, Vocabulary};
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::evaluation::{Lists, cut};
    use crate::recipes::toy::interactions;
    use std::sync::Arc;

    /// Four users with one item each to find; the lists find those of b and d.
    fn four() -> (Benchmark, Outcome) {
        let data = interactions(&[
            ("a", "p", 1),
            ("a", "q", 2),
            ("b", "p", 1),
            ("b", "r", 2),
            ("c", "p", 1),
            ("c", "r", 2),
            ("c", "q", 3),
            ("d", "p", 1),
            ("d", "q", 2),
            ("d", "s", 3),
        ]);
        let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
        let benchmark = Benchmark::new(data.clone(), test, &Features::none(data.n_items()));
        let index = |id| data.items.index(id).unwrap();
        let mut lists = Lists::with_room(4);
        for item in ["p", "r", "p", "s"] {
            lists.push(&[index(item)], &[]);
        }
        let outcome = benchmark.outcome(lists);
        (benchmark, outcome)
    }

    fn hit_rate() -> MetricAt {
        MetricAt::parse("hit_rate_at_5").unwrap()
    }

    #[test]
    fn users_are_grouped_by_a_column() {
        let (benchmark, outcome) = four();
        let users = Features {
            rows: 4,
            categorical: vec![CategoricalFeature {
                name: "SEX".to_owned(),
                values: Arc::new(Vocabulary::new(["f", "m"])),
                offsets: vec![0, 1, 2, 2, 3],
                indices: vec![0, 1, 1],
            }],
            numeric: vec![NumericFeature { name: "AGE".to_owned(), values: vec![9.0, 30.0, 20.0, 40.0] }],
            ..Features::default()
        };
        let all: Vec<Segmentation> = Segmentation::of_users(&benchmark, &users).collect();
        assert_eq!(all[0].labels, ["m", "f"], "the largest group first");
        let sex = all[0].scores(&benchmark, &outcome, hit_rate()).unwrap();
        assert_eq!((sex[0].users, sex[0].value, sex[1].users, sex[1].value), (2, Some(1.0), 1, Some(0.0)));
        assert_eq!(all[1].labels, ["9 to 9", "20 to 20", "30 to 30", "40 to 40"]);
        let age = all[1].scores(&benchmark, &outcome, hit_rate()).unwrap();
        assert_eq!(age.iter().map(|score| score.value).collect::<Vec<_>>(), [0.0, 0.0, 1.0, 1.0].map(Some));
    }

    #[test]
    fn items_are_grouped_as_what_is_to_be_found() {
        let (benchmark, outcome) = four();
        let by_popularity = Segmentation::popularity(&benchmark);
        let scores = by_popularity.scores(&benchmark, &outcome, hit_rate()).unwrap();
        // Known: p four times, q and r once; p and q hold 5 of 6. Sought: q by a and c, r by b, s (never seen) by d.
        assert_eq!(scores.iter().map(|score| score.users).collect::<Vec<_>>(), [2, 1, 1]);
        assert_eq!(scores.iter().map(|score| score.value).collect::<Vec<_>>(), [0.0, 1.0, 1.0].map(Some));
        assert!(by_popularity.scores(&benchmark, &outcome, MetricAt::parse("coverage").unwrap()).is_none());
    }

    #[test]
    fn activity_counts_what_came_before() {
        let (benchmark, outcome) = four();
        let activity = Segmentation::activity(&benchmark);
        assert_eq!(activity.labels, ["1 to 1 before", "2 to 2 before"]);
        let scores = activity.scores(&benchmark, &outcome, hit_rate()).unwrap();
        assert_eq!(
            scores.iter().map(|score| (score.users, score.value)).collect::<Vec<_>>(),
            [(2, Some(0.5)); 2]
        );
    }

    #[test]
    fn rare_values_are_one_group() {
        let names: Vec<String> = (0..12).map(|name| format!("v{name:02}")).collect();
        let features = Features {
            rows: 13,
            categorical: vec![CategoricalFeature {
                name: "C".to_owned(),
                values: Arc::new(Vocabulary::new(&names)),
                offsets: (0..=13).collect(),
                indices: (0..12).chain([11]).collect(),
            }],
            ..Features::default()
        };
        let (_, labels, groups) = columns(&features).next().unwrap();
        assert_eq!((labels.len(), labels[0].as_str(), labels[7].as_str()), (8, "v11", "5 others"));
        assert_eq!((groups[11], groups[0], groups[10]), (0, 1, 7));
    }
}
