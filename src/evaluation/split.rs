//! Test sets: which rows are trained on, what each test user is asked with, and what they then did.
//!
//! The rules are those of the service where it states them, and fixed here where it does not: a truth is a
//! set; at least one interaction is held out; users with fewer than two are never tested; a test user of the
//! Personalize split is absent from training altogether, so a model that knows users only by their id cannot
//! be scored on it. A test set belongs to one state of the data: cut it again when the data change (a user's
//! place in the shuffle depends on the seed and their id alone, so the same users are tested again).

use super::random::hash_id;
use crate::data::Interactions;
use crate::domain::split::{SplitKind, SplitSpec};

/// One question with a known answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    pub user: u32,
    /// The query is the first `input` rows of the user's history; the rest is what is to be found.
    pub input: usize,
    /// The items of the rest: a set, ascending.
    pub truth: Vec<u32>,
}

/// A test set: the same for every version of a dataset group.
#[derive(Debug, Clone, PartialEq)]
pub struct TestSet {
    pub spec: SplitSpec,
    /// Whether each row of the interactions is trained on, `[rows]`.
    pub train: Vec<bool>,
    /// In order of user.
    pub cases: Vec<TestCase>,
    /// Users that cannot be tested: fewer than two interactions, or, after an event filter, nothing to find.
    pub skipped_users: usize,
}

/// Why a test set's settings were refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the fraction is {0}; use a share above 0 and at most 0.5, such as 0.1")]
pub struct BadFraction(pub f64);

/// Checks the settings of a test set.
pub fn check_spec(spec: &SplitSpec) -> Result<(), BadFraction> {
    if spec.fraction > 0.0 && spec.fraction <= 0.5 { Ok(()) } else { Err(BadFraction(spec.fraction)) }
}

/// Cuts a test set. The same data and settings give the same set.
pub fn cut(interactions: &Interactions, spec: &SplitSpec) -> TestSet {
    match spec.kind {
        SplitKind::Personalize => {
            let pool = shuffled_pool(interactions, spec.seed);
            let tested = ((spec.fraction * pool.len() as f64).round() as usize).clamp(1, pool.len().max(1));
            hold_out_users(interactions, spec, &pool[..tested.min(pool.len())])
        }
        SplitKind::LeaveLastOut => {
            let users: Vec<u32> = (0..interactions.n_users() as u32).collect();
            let mut train = vec![true; interactions.len()];
            let cases = cases_of(interactions, &users, |_| 1);
            for case in &cases {
                train[interactions.rows(case.user).end - 1] = false;
            }
            TestSet { spec: spec.clone(), train, cases, skipped_users: short_users(interactions) }
        }
    }
}

/// Fold `fold` (from 0) of `folds` of the Personalize shuffle: the folds test every user of the pool exactly
/// once, and fold 0 of 10 is what [`cut`] gives for a tenth. One fold's figures carry the luck of its users; claims
/// about quality rest on all of them.
pub fn cut_fold(interactions: &Interactions, spec: &SplitSpec, fold: usize, folds: usize) -> TestSet {
    let pool = shuffled_pool(interactions, spec.seed);
    let border = |fold: usize| (pool.len() as f64 * fold as f64 / folds as f64).round() as usize;
    let mut test = hold_out_users(interactions, spec, &pool[border(fold)..border(fold + 1)]);
    test.spec.name = format!("{}, fold {} of {folds}", spec.name, fold + 1);
    test
}

/// Users with two or more interactions, in an order that depends on the seed and each user's id alone.
fn shuffled_pool(interactions: &Interactions, seed: u64) -> Vec<u32> {
    let mut pool: Vec<(u64, u32)> = (0..interactions.n_users() as u32)
        .filter(|&user| interactions.rows(user).len() >= 2)
        .map(|user| (hash_id(seed, interactions.users.id(user)), user))
        .collect();
    pool.sort_unstable();
    pool.into_iter().map(|(_, user)| user).collect()
}

/// Interactions held out of a history of `n`: the share, at least one, never all.
fn held_out(fraction: f64, n: usize) -> usize {
    ((fraction * n as f64).round() as usize).clamp(1, n - 1)
}

fn hold_out_users(interactions: &Interactions, spec: &SplitSpec, users: &[u32]) -> TestSet {
    let mut users = users.to_vec();
    users.sort_unstable();
    let mut train = vec![true; interactions.len()];
    for &user in &users {
        train[interactions.rows(user)].fill(false);
    }
    let cases = cases_of(interactions, &users, |n| held_out(spec.fraction, n));
    TestSet { spec: spec.clone(), train, cases, skipped_users: short_users(interactions) }
}

fn cases_of(interactions: &Interactions, users: &[u32], held_out: impl Fn(usize) -> usize) -> Vec<TestCase> {
    let long = users.iter().filter(|&&user| interactions.rows(user).len() >= 2);
    long.map(|&user| {
        let items = interactions.history(user).items;
        let input = items.len() - held_out(items.len());
        TestCase { user, input, truth: as_set(items[input..].to_vec()) }
    })
    .collect()
}

fn as_set(mut items: Vec<u32>) -> Vec<u32> {
    items.sort_unstable();
    items.dedup();
    items
}

fn short_users(interactions: &Interactions) -> usize {
    (0..interactions.n_users() as u32).filter(|&user| interactions.rows(user).len() == 1).count()
}

impl TestSet {
    /// The rows that may be trained on.
    pub fn training(&self, interactions: &Interactions) -> Interactions {
        interactions.filtered(|row| self.train[row])
    }

    /// The interactions and the test set with only the rows kept, `keep: [rows]`: an event filter applies to
    /// training, input and truth alike. Users left without a truth are skipped and counted; one left
    /// without an input is asked as a new user would be.
    pub fn filtered(&self, interactions: &Interactions, keep: &[bool]) -> (Interactions, Self) {
        let mut cases = Vec::with_capacity(self.cases.len());
        let mut skipped_users = self.skipped_users;
        for case in &self.cases {
            let rows = interactions.rows(case.user);
            let found = rows.start + case.input..rows.end;
            let truth: Vec<u32> =
                found.clone().filter(|&row| keep[row]).map(|row| interactions.item[row]).collect();
            if truth.is_empty() {
                skipped_users += 1;
            } else {
                let input = keep[rows.start..found.start].iter().filter(|&&kept| kept).count();
                cases.push(TestCase { user: case.user, input, truth: as_set(truth) });
            }
        }
        let train = self.train.iter().zip(keep).filter(|&(_, &kept)| kept).map(|(&train, _)| train).collect();
        let test = Self { spec: self.spec.clone(), train, cases, skipped_users };
        (interactions.filtered(|row| keep[row]), test)
    }

    /// Rows trained on.
    pub fn train_rows(&self) -> usize {
        self.train.iter().filter(|&&train| train).count()
    }

    /// How the test was made, in sentences for people; shown beside the numbers.
    pub fn describe(&self) -> Vec<String> {
        let how = match self.spec.kind {
            SplitKind::Personalize => format!(
                "{} users, drawn at random with seed {}, are tested and absent from training; the newest {:.0} % \
                 of each history (at least one) is to be found from the rest.",
                self.cases.len(),
                self.spec.seed,
                self.spec.fraction * 100.0
            ),
            SplitKind::LeaveLastOut => format!(
                "The last interaction of {} users is to be found from all earlier ones, which are trained on.",
                self.cases.len()
            ),
        };
        let skipped = (self.skipped_users > 0).then(|| {
            format!(
                "{} users are not tested: they have fewer than two interactions or nothing left to find.",
                self.skipped_users
            )
        });
        let reading = "An item that occurs several times in what is to be found counts once. Related-items recipes are asked \
             about the last item of the input. Lists have 25 items over the whole catalogue.";
        std::iter::once(how).chain(skipped).chain(std::iter::once(reading.to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::toy::{interactions, random_interactions};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn spec(kind: SplitKind, seed: u64) -> SplitSpec {
        SplitSpec { kind, seed, ..SplitSpec::default() }
    }

    #[test]
    fn a_tenth_of_each_history_is_held_out_but_never_none_or_all() {
        let counts = [(2, 1), (3, 1), (14, 1), (15, 2), (20, 2), (24, 2), (26, 3), (100, 10)];
        for (n, expected) in counts {
            assert_eq!(held_out(0.1, n), expected, "history of {n}");
        }
        assert_eq!(held_out(0.5, 2), 1);
    }

    #[test]
    fn leave_last_out_trains_on_all_but_the_last() {
        let data = interactions(&[("a", "x", 1), ("a", "y", 3), ("a", "z", 2), ("b", "x", 1)]);
        let test = cut(&data, &spec(SplitKind::LeaveLastOut, 0));
        assert_eq!(test.cases.len(), 1);
        assert_eq!(test.skipped_users, 1);
        assert_eq!(test.cases[0].truth, [data.items.index("y").unwrap()]);
        assert_eq!(test.training(&data).len(), 3);
    }

    #[test]
    fn a_filter_applies_to_input_and_truth_and_counts_who_falls_out() {
        // Two users with ten interactions each; the newest of each is held out.
        let rows: Vec<(String, String, i64)> =
            (0..20).map(|row| (format!("u{}", row / 10), format!("i{}", row % 10), row)).collect();
        let rows: Vec<(&str, &str, i64)> = rows.iter().map(|r| (r.0.as_str(), r.1.as_str(), r.2)).collect();
        let data = interactions(&rows);
        let test = cut(&data, &spec(SplitKind::LeaveLastOut, 0));
        // u0 keeps rows 0 and 9; u1 loses its truth.
        let keep: Vec<bool> = (0..20).map(|row| matches!(row, 0 | 9 | 11)).collect();
        let (kept, filtered) = test.filtered(&data, &keep);
        assert_eq!(kept.len(), 3);
        assert_eq!(filtered.train, [true, false, true]);
        assert_eq!(filtered.cases.len(), 1);
        assert_eq!((filtered.cases[0].input, filtered.skipped_users), (1, 1));
        assert_eq!(filtered.cases[0].truth, test.cases[0].truth);
    }

    #[test]
    fn settings_out_of_range_are_named() {
        for fraction in [0.0, -1.0, 0.51, f64::NAN] {
            let error = check_spec(&SplitSpec { fraction, ..SplitSpec::default() }).unwrap_err();
            assert!(error.to_string().contains(&fraction.to_string()), "{error}");
        }
        assert!(check_spec(&SplitSpec::default()).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn the_personalize_split_keeps_its_promises(seed: u64, users in 0_usize..120, data_seed: u64) {
            let data = random_interactions(users, 30, 12, data_seed);
            let test = cut(&data, &spec(SplitKind::Personalize, seed));
            prop_assert_eq!(&test, &cut(&data, &spec(SplitKind::Personalize, seed)));

            let pool = (0..data.n_users() as u32).filter(|&u| data.rows(u).len() >= 2).count();
            let expected = if pool == 0 { 0 } else { ((pool as f64 * 0.1).round() as usize).max(1) };
            prop_assert_eq!(test.cases.len(), expected);

            let tested: BTreeSet<u32> = test.cases.iter().map(|case| case.user).collect();
            prop_assert_eq!(tested.len(), test.cases.len());
            for user in 0..data.n_users() as u32 {
                for row in data.rows(user) {
                    prop_assert_eq!(test.train[row], !tested.contains(&user));
                }
            }
            for case in &test.cases {
                let history = data.history(case.user);
                let n = history.len();
                prop_assert_eq!(n - case.input, ((0.1 * n as f64).round() as usize).max(1));
                prop_assert!(history.timestamps[case.input - 1] <= history.timestamps[case.input]);
                let rest: BTreeSet<u32> = history.items[case.input..].iter().copied().collect();
                prop_assert_eq!(&case.truth, &rest.into_iter().collect::<Vec<_>>());
            }
        }

        #[test]
        fn the_folds_test_every_user_once(users in 0_usize..80, seed: u64) {
            let data = random_interactions(users, 20, 6, seed);
            let spec = spec(SplitKind::Personalize, seed);
            let folds: Vec<TestSet> = (0..10).map(|fold| cut_fold(&data, &spec, fold, 10)).collect();
            let mut tested: Vec<u32> =
                folds.iter().flat_map(|test| test.cases.iter().map(|case| case.user)).collect();
            tested.sort_unstable();
            let pool: Vec<u32> = (0..data.n_users() as u32).filter(|&u| data.rows(u).len() >= 2).collect();
            if pool.len() >= 5 {
                prop_assert_eq!(&folds[0].cases, &cut(&data, &spec).cases);
            }
            prop_assert_eq!(tested, pool);
        }
    }

    #[test]
    fn a_user_keeps_their_place_when_others_come() {
        let few = random_interactions(200, 30, 8, 5);
        let many = random_interactions(400, 30, 8, 5);
        let spec = spec(SplitKind::Personalize, 3);
        let ids = |data: &Interactions| -> Vec<String> {
            shuffled_pool(data, spec.seed).iter().map(|&u| data.users.id(u).to_owned()).collect()
        };
        let (few, many) = (ids(&few), ids(&many));
        let both: BTreeSet<&String> =
            few.iter().collect::<BTreeSet<_>>().intersection(&many.iter().collect()).copied().collect();
        assert!(both.len() > 100);
        let order =
            |ids: &[String]| -> Vec<String> { ids.iter().filter(|id| both.contains(id)).cloned().collect() };
        assert_eq!(order(&few), order(&many));
    }
}
