//! Test sets keep their promises.

use super::cut::{held_out, shuffled_users};
use super::*;
use crate::data::FileRow;
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
        let all = cut(&data, &SplitSpec { folds: 10, ..spec.clone() });
        let folds: Vec<TestSet> = (0..10).map(|fold| all.part(&data, fold)).collect();
        let mut tested: Vec<u32> =
            folds.iter().flat_map(|test| test.cases.iter().map(|case| case.user)).collect();
        tested.sort_unstable();
        let pool: Vec<u32> = (0..data.n_users() as u32).filter(|&u| data.rows(u).len() >= 2).collect();
        if pool.len() >= 5 {
            let single = cut(&data, &spec);
            prop_assert_eq!((&folds[0].cases, &folds[0].train), (&single.cases, &single.train));
        }
        prop_assert_eq!(tested, pool);
        for (part, test) in folds.iter().enumerate() {
            let cases: Vec<TestCase> = all.cases_of_part(part).map(|case| all.cases[case].clone()).collect();
            prop_assert_eq!(&cases, &test.cases);
        }
    }
}

#[test]
fn a_user_keeps_their_place_when_others_come() {
    let few = random_interactions(200, 30, 8, 5);
    let many = random_interactions(400, 30, 8, 5);
    let spec = spec(SplitKind::Personalize, 3);
    let ids = |data: &Interactions| -> Vec<String> {
        shuffled_users(data, spec.seed).iter().map(|&u| data.users.id(u).to_owned()).collect()
    };
    let (few, many) = (ids(&few), ids(&many));
    let both: BTreeSet<&String> =
        few.iter().collect::<BTreeSet<_>>().intersection(&many.iter().collect()).copied().collect();
    assert!(both.len() > 100);
    let order =
        |ids: &[String]| -> Vec<String> { ids.iter().filter(|id| both.contains(id)).cloned().collect() };
    assert_eq!(order(&few), order(&many));
}

fn items(data: &Interactions, ids: &[&str]) -> Vec<u32> {
    ids.iter().map(|id| data.items.index(id).unwrap()).collect()
}

/// Ten interactions at times 1 to 10, of which the newest three (times 8, 9, 10) are after the moment.
fn ten() -> Interactions {
    interactions(&[
        ("a", "p", 1),
        ("a", "q", 2),
        ("b", "p", 3),
        ("b", "r", 4),
        ("c", "q", 5),
        ("c", "r", 6),
        ("d", "s", 7),
        ("a", "r", 8),
        ("a", "s", 9),
        ("e", "p", 10),
    ])
}

#[test]
fn a_temporal_split_trains_on_the_past_and_tests_who_was_known() {
    let data = ten();
    let spec = SplitSpec { fraction: 0.3, ..SplitSpec::of(SplitKind::Temporal) };
    let all = cut(&data, &spec);
    assert_eq!(all.train_rows(&data), 7);
    assert!(data.timestamp.iter().zip(&all.train).all(|(&time, &train)| train == (time < 8)));
    // Only a was there before and after; e came too late, b, c and d did no more.
    assert_eq!((all.cases.len(), all.skipped_users), (1, 4));
    assert_eq!((all.cases[0].input, &all.cases[0].truth), (2, &items(&data, &["r", "s"])));
    let last = cut(&data, &SplitSpec { targets: Targets::Last, ..spec });
    assert_eq!((last.cases[0].input, &last.cases[0].truth), (3, &items(&data, &["s"])));
    assert_eq!(last.train, all.train, "what is asked changes nothing of what is trained on");
}

#[test]
fn equal_times_are_not_torn_apart() {
    let data = interactions(&[("a", "p", 1), ("a", "q", 5), ("b", "p", 5), ("b", "q", 5), ("a", "r", 6)]);
    let test = cut(&data, &SplitSpec { fraction: 0.4, ..SplitSpec::of(SplitKind::Temporal) });
    assert_eq!(test.train_rows(&data), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn cold_items_are_trained_on_by_nobody(seed: u64, users in 1_usize..80) {
        let data = random_interactions(users, 30, 12, seed);
        let test = cut(&data, &SplitSpec { seed, ..SplitSpec::of(SplitKind::ColdItems) });
        let cold = test.candidates.clone().unwrap();
        let known: BTreeSet<u32> = data.item.iter().copied().collect();
        let held_out = cold.iter().filter(|&&cold| cold).count();
        // One at least, where there is one.
        let least = known.len().min(1);
        prop_assert_eq!(held_out, ((known.len() as f64 * 0.1).round() as usize).max(least));
        for row in 0..data.len() {
            prop_assert_eq!(test.train[row], !cold[data.item[row] as usize]);
        }
        for case in &test.cases {
            let items = data.history(case.user).items;
            prop_assert!(case.input > 0 && !items[..case.input].iter().any(|&item| cold[item as usize]));
            let rest: BTreeSet<u32> =
                items[case.input..].iter().copied().filter(|&item| cold[item as usize]).collect();
            prop_assert_eq!(&case.truth, &rest.into_iter().collect::<Vec<_>>());
        }
        let with_any = (0..data.n_users() as u32)
            .filter(|&user| !data.rows(user).is_empty())
            .count();
        prop_assert_eq!(test.cases.len() + test.skipped_users, with_any);
    }

    #[test]
    fn a_fifth_of_every_history_is_held_out(seed: u64, users in 0_usize..60) {
        let data = random_interactions(users, 30, 12, seed);
        let test = cut(&data, &SplitSpec::of(SplitKind::PerUser));
        for case in &test.cases {
            let n = data.history(case.user).len();
            prop_assert_eq!(n - case.input, ((0.2 * n as f64).round() as usize).clamp(1, n - 1));
        }
    }

    /// What is exported as files and cut from them again is the same test.
    #[test]
    fn a_set_written_and_read_is_the_same(seed: u64, users in 2_usize..40, kind in 0_usize..5) {
        let data = random_interactions(users, 25, 12, seed);
        let test = cut(&data, &SplitSpec { seed, ..SplitSpec::of(SplitKind::ALL[kind]) });
        if SplitKind::ALL[kind] == SplitKind::ColdItems || test.cases.is_empty() {
            return Ok(());
        }
        let row = |user: u32, row: usize| FileRow {
            user: data.users.id(user).to_owned(),
            item: data.items.id(data.item[row]).to_owned(),
            timestamp: Some(data.timestamp[row]),
        };
        let mut truth = Vec::new();
        for case in &test.cases {
            let rows = data.rows(case.user);
            truth.extend((rows.start + case.input..rows.end).map(|at| row(case.user, at)));
        }
        let mut train = Vec::new();
        for user in 0..data.n_users() as u32 {
            train.extend(data.rows(user).filter(|&at| test.train[at]).map(|at| row(user, at)));
        }
        if train.is_empty() {
            return Ok(());
        }
        let spec = SplitSpec { file: Some(("truth.csv".to_owned(), 0)), ..SplitSpec::of(SplitKind::File) };
        let again = cut_file(&data, &spec, &truth, Some(&train)).unwrap();
        prop_assert_eq!((&again.cases, &again.train), (&test.cases, &test.train));
    }
}

/// The same event twice, of which the last is to be found: an export says so, a file of one's own means both.
#[test]
fn of_two_events_alike_an_export_names_the_last() {
    let data = interactions(&[("a", "p", 1), ("a", "q", 5), ("a", "q", 5), ("b", "p", 2)]);
    let row = |user: &str, item: &str, time| FileRow {
        user: user.to_owned(),
        item: item.to_owned(),
        timestamp: Some(time),
    };
    let (truth, train) = ([row("a", "q", 5)], [row("a", "p", 1), row("a", "q", 5), row("b", "p", 2)]);
    let spec = SplitSpec { file: Some(("truth.csv".to_owned(), 0)), ..SplitSpec::of(SplitKind::File) };
    let input = |train: Option<&[FileRow]>| cut_file(&data, &spec, &truth, train).unwrap().cases[0].input;
    assert_eq!((input(Some(&train)), input(None)), (2, 1));
}

#[test]
fn a_file_of_ones_own_says_what_is_to_be_found() {
    let data = ten();
    let row = |user: &str, item: &str, timestamp| FileRow {
        user: user.to_owned(),
        item: item.to_owned(),
        timestamp,
    };
    let spec = SplitSpec { file: Some(("mine.csv".to_owned(), 1)), ..SplitSpec::of(SplitKind::File) };
    // a is asked before r, b with the whole history for what it never had, d has nothing before s, x is nobody.
    let truth = [
        row("a", "r", None),
        row("b", "s", None),
        row("d", "s", Some(7)),
        row("x", "p", None),
        row("a", "s", Some(9)),
    ];
    let test = cut_file(&data, &spec, &truth, None).unwrap();
    assert_eq!((test.cases.len(), test.skipped_users), (2, 2));
    assert_eq!((test.cases[0].input, &test.cases[0].truth), (2, &items(&data, &["r", "s"])));
    assert_eq!((test.cases[1].input, &test.cases[1].truth), (2, &items(&data, &["s"])));
    assert_eq!(test.train_rows(&data), 8);
    assert!(test.describe()[0].contains("mine.csv"));

    let nobody = cut_file(&data, &spec, &[row("x", "p", None)], None).unwrap_err();
    assert!(nobody.to_string().contains("`mine.csv`"), "{nobody}");
    let first = cut_file(&data, &spec, &[row("d", "s", None)], None).unwrap_err();
    assert!(matches!(first, TruthFileError::NothingToFind { .. }));
    let train = [row("x", "p", None)];
    let untrained = cut_file(&data, &spec, &truth, Some(&train)).unwrap_err();
    assert!(matches!(untrained, TruthFileError::NothingToTrain { rows: 1, .. }));
}
