//! From contestants to the lines of the table: filtered, grouped, sorted.

use super::filter::Filter;
use super::{Contestant, RunMetric};
use crate::domain::metric::Better;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A column that can be sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Recipe,
    /// By its place among the metrics.
    Metric(usize),
    Seconds,
    Made,
}

/// What lines are put together by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum GroupBy {
    #[default]
    Nothing,
    Recipe,
    Solution,
    TestSet,
}

impl GroupBy {
    pub(super) const ALL: [Self; 4] = [Self::Nothing, Self::Recipe, Self::Solution, Self::TestSet];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Nothing => "Not grouped",
            Self::Recipe => "By recipe",
            Self::Solution => "By solution",
            Self::TestSet => "By test set",
        }
    }

    fn group(self, contestant: Contestant<'_>) -> &str {
        let Some(run) = contestant.run() else { return "Others" };
        match self {
            Self::Nothing => "",
            Self::Recipe => &run.recipe,
            Self::Solution => &run.solution,
            Self::TestSet => &run.test_set,
        }
    }
}

/// How a person has arranged the table.
pub(super) struct Arrangement {
    pub(super) filter: String,
    pub(super) group_by: GroupBy,
    pub(super) show_hidden: bool,
    /// Groups whose lines are folded away.
    pub(super) folded: BTreeSet<String>,
    /// The column sorted by, and whether the other way round.
    pub(super) sort: Option<(Column, bool)>,
}

impl Default for Arrangement {
    /// The best by the first metric on top.
    fn default() -> Self {
        Self {
            filter: String::new(),
            group_by: GroupBy::default(),
            show_hidden: false,
            folded: BTreeSet::new(),
            sort: Some((Column::Metric(0), false)),
        }
    }
}

impl Arrangement {
    /// A click on a heading: the column's own order, then the other way round, then none.
    pub(super) fn sort_by(&mut self, column: Column) {
        self.sort = match self.sort.take() {
            Some((sorted, false)) if sorted == column => Some((column, true)),
            Some((sorted, true)) if sorted == column => None,
            _ => Some((column, false)),
        };
    }

    /// Forgets what was about the group that was shown.
    pub(super) fn forget(&mut self) {
        self.filter.clear();
        self.folded.clear();
    }
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Group {
        name: String,
        runs: usize,
        is_folded: bool,
    },
    /// By its place among the contestants.
    Contestant(usize),
}

/// The lines as arranged: pinned ones first.
pub(super) fn lines(
    contestants: &[Contestant<'_>],
    metrics: &[RunMetric],
    arrangement: &Arrangement,
) -> Vec<Line> {
    let filter = Filter::parse(&arrangement.filter);
    let is_shown = |contestant: Contestant<'_>| {
        let is_hidden = contestant.run().is_some_and(|run| run.hidden);
        (arrangement.show_hidden || !is_hidden) && filter.holds(contestant)
    };
    let mut shown: Vec<usize> =
        (0..contestants.len()).filter(|place| is_shown(contestants[*place])).collect();
    if let Some((column, is_reversed)) = &arrangement.sort {
        sort(&mut shown, contestants, metrics, column, *is_reversed);
    }
    let is_pinned = |place: &usize| contestants[*place].run().is_some_and(|run| run.pinned);
    let (pinned, rest): (Vec<usize>, Vec<usize>) = shown.into_iter().partition(is_pinned);
    let mut lines: Vec<Line> = Vec::new();
    if arrangement.group_by == GroupBy::Nothing {
        return pinned.into_iter().chain(rest).map(Line::Contestant).collect();
    }
    let mut add = |name: &str, places: &[usize]| {
        let is_folded = arrangement.folded.contains(name);
        lines.push(Line::Group { name: name.to_owned(), runs: places.len(), is_folded });
        if !is_folded {
            lines.extend(places.iter().map(|place| Line::Contestant(*place)));
        }
    };
    if !pinned.is_empty() {
        add("Pinned", &pinned);
    }
    // Groups stand in the order of their first lines, so that sorting sorts them too.
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for place in rest {
        let name = arrangement.group_by.group(contestants[place]);
        let group = *known.entry(name).or_insert_with(|| {
            groups.push((name, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(place);
    }
    for (name, places) in groups {
        add(name, &places);
    }
    lines
}

/// Sorts places by a column: names from A, metrics from the best, times from the shortest, moments from the newest.
/// What has no value stands last both ways.
fn sort(
    places: &mut [usize],
    contestants: &[Contestant<'_>],
    metrics: &[RunMetric],
    column: &Column,
    is_reversed: bool,
) {
    let turned = |order: Ordering| if is_reversed { order.reverse() } else { order };
    match column {
        Column::Name | Column::Recipe => {
            let text = |place: usize| match column {
                Column::Name => contestants[place].title().to_lowercase(),
                _ => contestants[place].run().map(|run| run.recipe.clone()).unwrap_or_default(),
            };
            places.sort_by_cached_key(|place| text(*place));
            if is_reversed {
                places.reverse();
            }
        }
        Column::Metric(index) => {
            let Some(metric) = metrics.get(*index) else { return };
            let sign = if metric.better == Better::Lower { 1.0 } else { -1.0 };
            let value = |place: usize| metric.values.get(contestants[place].name()).map(|v| v.value * sign);
            sort_numbers(places, value, turned);
        }
        Column::Seconds => {
            sort_numbers(places, |place| contestants[place].run().map(|run| run.seconds), turned);
        }
        Column::Made => {
            let made = |place: usize| contestants[place].run().map(|run| -(run.created_at as f64));
            sort_numbers(places, made, turned);
        }
    }
}

fn sort_numbers(
    places: &mut [usize],
    value: impl Fn(usize) -> Option<f64>,
    turned: impl Fn(Ordering) -> Ordering,
) {
    let mut keyed: Vec<(Option<f64>, usize)> = places.iter().map(|place| (value(*place), *place)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => turned(a.total_cmp(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    for (place, (_, sorted)) in places.iter_mut().zip(keyed) {
        *place = sorted;
    }
}
