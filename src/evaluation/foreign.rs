//! Lists that another tool made, in the order of a test set.

use super::lists::UNKNOWN;
use super::{Benchmark, Lists};
use crate::data::ForeignLists;
use std::collections::BTreeMap;

/// Foreign lists as a contestant, and what of them could not be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// A list of at most so many items as were asked for per case; empty for users the file misses.
    pub lists: Lists,
    /// Tested users without a list: they count as if nothing had been found.
    pub missing_users: usize,
    /// Users of the file who are not tested.
    pub other_users: usize,
    /// Places of lists that hold an item which is not in the catalogue: they keep their place and find nothing.
    pub unknown_items: usize,
}

/// Puts the first `length` items of foreign lists in the order of a test set. Of a user with several lists the last one counts.
pub fn match_lists(benchmark: &Benchmark, foreign: &ForeignLists, length: usize) -> Matched {
    let by_user: BTreeMap<&str, _> = foreign.lists.iter().map(|list| (list.user.as_str(), list)).collect();
    let cases = &benchmark.test.cases;
    let mut matched =
        Matched { lists: Lists::with_room(cases.len()), missing_users: 0, other_users: 0, unknown_items: 0 };
    let items = &benchmark.interactions.items;
    for case in cases {
        let Some(list) = by_user.get(benchmark.interactions.users.id(case.user)) else {
            matched.missing_users += 1;
            matched.lists.push(&[], &[]);
            continue;
        };
        let top = list.items.iter().take(length);
        let indices: Vec<u32> = top.map(|item| items.index(item).unwrap_or(UNKNOWN)).collect();
        matched.unknown_items += indices.iter().filter(|&&item| item == UNKNOWN).count();
        matched.lists.push(&indices, &list.scores);
    }
    matched.other_users = by_user.len() - (cases.len() - matched.missing_users);
    matched
}

/// The lists without what their users had before: shorter, since nothing is there to fill them up.
#[must_use]
pub fn without_seen(benchmark: &Benchmark, lists: &Lists) -> Lists {
    let mut kept = Lists::with_room(lists.len());
    for case in 0..lists.len() {
        let seen = benchmark.input(case);
        let (items, scores): (Vec<u32>, Vec<f32>) =
            lists.items(case).iter().zip(lists.scores(case)).filter(|(item, _)| !seen.contains(item)).unzip();
        kept.push(&items, &scores);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Features, ForeignList};
    use crate::domain::split::{SplitKind, SplitSpec};
    use crate::evaluation::cut;
    use crate::evaluation::metrics::MetricAt;
    use crate::recipes::toy::interactions;

    #[test]
    fn lists_are_matched_by_user_and_what_is_not_known_keeps_its_place() {
        let data = interactions(&[("a", "p", 1), ("a", "q", 2), ("b", "q", 1), ("b", "r", 2)]);
        let test = cut(&data, &SplitSpec::of(SplitKind::LeaveLastOut));
        let benchmark = Benchmark::new(data.clone(), test, &Features::none(data.n_items()));
        let list = |user: &str, items: &[&str]| ForeignList {
            user: user.to_owned(),
            items: items.iter().map(|&item| item.to_owned()).collect(),
            scores: Vec::new(),
        };
        let lists = vec![list("a", &["new", "p", "q"]), list("z", &["p"])];
        let matched = match_lists(&benchmark, &ForeignLists { lists, failed_lines: 0 }, 25);
        assert_eq!((matched.missing_users, matched.other_users, matched.unknown_items), (1, 1, 1));
        let rank = MetricAt::parse("mean_reciprocal_rank_at_25").unwrap();
        let outcome = benchmark.outcome(matched.lists.clone());
        assert_eq!(benchmark.per_user(&outcome, rank).unwrap(), [1.0_f32 / 3.0, 0.0]);
        for metric in crate::evaluation::metrics::METRICS {
            let value = benchmark.value(&outcome, MetricAt { metric, k: 5 });
            let needs_more = ["average_rewards", "average_attribute", "new_items_share"];
            assert!(if needs_more.contains(&metric.spec.stem) {
                value.is_none()
            } else {
                value.unwrap().is_finite()
            });
        }
        let fewer = without_seen(&benchmark, &matched.lists);
        assert_eq!((fewer.items(0).len(), fewer.items(1).len()), (2, 0));
    }
}
