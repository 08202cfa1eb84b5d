//! Cutting a test set from interactions.

use super::{TestCase, TestSet};
use crate::data::Interactions;
use crate::domain::split::{SplitKind, SplitSpec, Targets};
use crate::evaluation::random::hash_id;

/// Why a test set's settings were refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BadSpec {
    #[error("the fraction is {0}; use a share above 0 and at most 0.5, such as 0.1")]
    Fraction(f64),
    #[error("the number of folds is {0}; use 1 for one test, or 2 to 20 to test every user once")]
    Folds(u32),
    #[error("{0} has no folds; only the service's split can be rotated")]
    NoFolds(&'static str),
    #[error("a test set from a file needs the file: name it with --truth, or choose it in the window")]
    NoFile,
}

/// The most parts of a rotation.
const MOST_FOLDS: u32 = 20;

/// Checks the settings of a test set.
pub fn check_spec(spec: &SplitSpec) -> Result<(), BadSpec> {
    if !(spec.fraction > 0.0 && spec.fraction <= 0.5) {
        return Err(BadSpec::Fraction(spec.fraction));
    }
    if !(1..=MOST_FOLDS).contains(&spec.folds) {
        return Err(BadSpec::Folds(spec.folds));
    }
    if spec.folds > 1 && spec.kind != SplitKind::Personalize {
        return Err(BadSpec::NoFolds(spec.kind.as_str()));
    }
    if spec.kind == SplitKind::File && spec.file.is_none() {
        return Err(BadSpec::NoFile);
    }
    Ok(())
}

/// Cuts a test set. The same data and settings give the same set. One from a file is cut by
/// [`cut_file`](super::cut_file); here it has no cases.
pub fn cut(interactions: &Interactions, spec: &SplitSpec) -> TestSet {
    match spec.kind {
        SplitKind::Personalize if spec.folds > 1 => rotation(interactions, spec),
        SplitKind::Personalize => {
            let pool = shuffled_users(interactions, spec.seed);
            let tested = ((spec.fraction * pool.len() as f64).round() as usize).clamp(1, pool.len().max(1));
            let mut users = pool[..tested.min(pool.len())].to_vec();
            users.sort_unstable();
            let mut train = vec![true; interactions.len()];
            for &user in &users {
                train[interactions.rows(user)].fill(false);
            }
            let cases = newest_share(interactions, &users, spec.fraction);
            TestSet { train, cases, skipped_users: short_users(interactions), ..TestSet::none(spec) }
        }
        SplitKind::LeaveLastOut => {
            let cases = all_users(interactions).filter_map(|user| {
                let n = interactions.rows(user).len();
                (n >= 2).then(|| TestCase::of(interactions, user, n - 1))
            });
            in_time(interactions, spec, cases.collect(), short_users(interactions))
        }
        SplitKind::PerUser => {
            let users: Vec<u32> = all_users(interactions).collect();
            let cases = newest_share(interactions, &users, spec.fraction);
            in_time(interactions, spec, cases, short_users(interactions))
        }
        SplitKind::Temporal => temporal(interactions, spec),
        SplitKind::ColdItems => cold_items(interactions, spec),
        SplitKind::File => TestSet { train: vec![true; interactions.len()], ..TestSet::none(spec) },
    }
}

fn all_users(interactions: &Interactions) -> impl Iterator<Item = u32> + use<> {
    0..interactions.n_users() as u32
}

/// Users with two or more interactions, in an order that depends on the seed and each user's id alone.
pub(in crate::evaluation) fn shuffled_users(interactions: &Interactions, seed: u64) -> Vec<u32> {
    let long = all_users(interactions).filter(|&user| interactions.rows(user).len() >= 2);
    shuffled(long, |user| hash_id(seed, interactions.users.id(user)))
}

fn shuffled(indices: impl Iterator<Item = u32>, hash: impl Fn(u32) -> u64) -> Vec<u32> {
    let mut pool: Vec<(u64, u32)> = indices.map(|index| (hash(index), index)).collect();
    pool.sort_unstable();
    pool.into_iter().map(|(_, index)| index).collect()
}

/// Interactions held out of a history of `n`: the share, at least one, never all.
pub(super) fn held_out(fraction: f64, n: usize) -> usize {
    ((fraction * n as f64).round() as usize).clamp(1, n - 1)
}

/// A case for each of the users with two or more interactions.
fn newest_share(interactions: &Interactions, users: &[u32], fraction: f64) -> Vec<TestCase> {
    let lengths = users.iter().map(|&user| (user, interactions.rows(user).len()));
    let long = lengths.filter(|&(_, n)| n >= 2);
    long.map(|(user, n)| TestCase::of(interactions, user, n - held_out(fraction, n))).collect()
}

/// Every user of the pool is tested in one of the folds; what a fold trains on is for [`TestSet::part`] to say.
fn rotation(interactions: &Interactions, spec: &SplitSpec) -> TestSet {
    let pool = shuffled_users(interactions, spec.seed);
    let border = |fold: usize| (pool.len() as f64 * fold as f64 / f64::from(spec.folds)).round() as usize;
    let mut tested: Vec<(u32, u16)> = Vec::with_capacity(pool.len());
    for fold in 0..spec.folds as usize {
        tested.extend(pool[border(fold)..border(fold + 1)].iter().map(|&user| (user, fold as u16)));
    }
    tested.sort_unstable();
    let (users, fold): (Vec<u32>, Vec<u16>) = tested.into_iter().unzip();
    let cases = newest_share(interactions, &users, spec.fraction);
    let train = vec![true; interactions.len()];
    TestSet { train, cases, fold, skipped_users: short_users(interactions), ..TestSet::none(spec) }
}

/// A set whose cases train on all but what is to be found.
fn in_time(
    interactions: &Interactions,
    spec: &SplitSpec,
    cases: Vec<TestCase>,
    skipped_users: usize,
) -> TestSet {
    let mut train = vec![true; interactions.len()];
    for case in &cases {
        let rows = interactions.rows(case.user);
        train[rows.start + case.input..rows.end].fill(false);
    }
    TestSet { train, cases, skipped_users, ..TestSet::none(spec) }
}

/// Trained on before the moment that the share of newest interactions begins at; equal times are not torn apart. Users
/// whom nobody knew by then are skipped, as are those who did nothing from then on.
fn temporal(interactions: &Interactions, spec: &SplitSpec) -> TestSet {
    let mut times = interactions.timestamp.clone();
    times.sort_unstable();
    let place = ((1.0 - spec.fraction) * times.len() as f64) as usize;
    let moment = times.get(place).copied().unwrap_or(i64::MAX);
    let train = interactions.timestamp.iter().map(|&time| time < moment).collect();
    let mut skipped_users = 0;
    let mut cases = Vec::new();
    for user in all_users(interactions) {
        let times = interactions.history(user).timestamps;
        let known = times.partition_point(|&time| time < moment);
        if known > 0 && known < times.len() {
            let input = if spec.targets == Targets::Last { times.len() - 1 } else { known };
            cases.push(TestCase::of(interactions, user, input));
        } else {
            skipped_users += usize::from(!times.is_empty());
        }
    }
    TestSet { train, cases, skipped_users, ..TestSet::none(spec) }
}

/// No interaction with a held-out item is trained on. A tested user is asked with what came before their first one of
/// them, and their held-out items from then on are to be found among the held-out items alone: which of the new items?
fn cold_items(interactions: &Interactions, spec: &SplitSpec) -> TestSet {
    let mut known = vec![false; interactions.n_items()];
    for &item in &interactions.item {
        known[item as usize] = true;
    }
    let pool = (0..known.len() as u32).filter(|&item| known[item as usize]);
    let pool = shuffled(pool, |item| hash_id(spec.seed, interactions.items.id(item)));
    let held_out = ((spec.fraction * pool.len() as f64).round() as usize).clamp(1, pool.len().max(1));
    let mut cold = vec![false; known.len()];
    for &item in pool.iter().take(held_out) {
        cold[item as usize] = true;
    }
    let train = interactions.item.iter().map(|&item| !cold[item as usize]).collect();
    let mut skipped_users = 0;
    let mut cases = Vec::new();
    for user in all_users(interactions) {
        let items = interactions.history(user).items;
        match items.iter().position(|&item| cold[item as usize]) {
            Some(input) if input > 0 => {
                let mut case = TestCase::of(interactions, user, input);
                case.truth.retain(|&item| cold[item as usize]);
                cases.push(case);
            }
            _ => skipped_users += usize::from(!items.is_empty()),
        }
    }
    TestSet { train, cases, skipped_users, candidates: Some(cold), ..TestSet::none(spec) }
}

fn short_users(interactions: &Interactions) -> usize {
    all_users(interactions).filter(|&user| interactions.rows(user).len() == 1).count()
}
