//! Metrics against the worked examples of the service's guide and against a slow, independent reading of
//! their definitions.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A catalogue without a history, for metrics that look at hits alone.
fn nothing() -> Catalogue {
    let data = crate::recipes::toy::interactions(&[]);
    let test = crate::evaluation::cut(&data, &crate::domain::split::SplitSpec::default());
    Catalogue::of(&data, &test, &crate::data::Features::none(0))
}

/// Asks of a list with a truth, of a catalogue of which nothing is known.
pub(super) fn asked<R>(list: &[u32], truth: &[u32], ask: impl FnOnce(&Asked<'_>) -> R) -> R {
    let hits = Hits::of(list, truth);
    ask(&Asked { list, hits: &hits, truth, input: &[], catalogue: &nothing() })
}

fn value(key: &str, hits: &Hits) -> f64 {
    let at = MetricAt::parse(key).unwrap();
    let Reading::PerUser(value) = at.metric.reading else { panic!("{key} has no value per user") };
    value(&Asked { list: &[], hits, truth: &[], input: &[], catalogue: &nothing() }, at.k)
}

/// A list whose hits are at these positions, for a truth of `relevant` items.
fn hits_at(positions: &[u32], relevant: u32) -> Hits {
    let list: Vec<u32> = (1..=25)
        .map(|position| match positions.iter().position(|&hit| hit == position) {
            Some(found) => found as u32,
            None => 1_000 + position,
        })
        .collect();
    Hits::of(&list, &(0..relevant).collect::<Vec<_>>())
}

fn close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() < tolerance, "{value} instead of {expected}");
}

/// The guide's example: relevant items at 2 and 5 of a list of 5.
#[test]
fn the_guides_example() {
    let two = hits_at(&[2, 5], 2);
    close(value("mean_reciprocal_rank_at_25", &two), 0.5, 1e-12);
    close(value("precision_at_5", &two), 0.4, 1e-12);
    close(gain(&two, 5), 1.017_783, 1e-6);
    // 0.624050 unrounded; the guide prints 0.6241 because it rounds the terms first.
    close(value("normalized_discounted_cumulative_gain_at_5", &two), 0.624_050, 1e-6);
    close(value("normalized_discounted_cumulative_gain_at_5", &two), 0.6241, 1e-4);
    close(value("normalized_discounted_cumulative_gain_over_hits_at_5", &two), 0.6241, 1e-4);

    // With a third item to find the two readings part.
    let three = hits_at(&[2, 5], 3);
    close(value("normalized_discounted_cumulative_gain_at_5", &three), 0.4776, 1e-4);
    close(value("normalized_discounted_cumulative_gain_over_hits_at_5", &three), 0.6241, 1e-4);
}

#[test]
fn mean_reciprocal_rank_counts_the_first_hit_only() {
    let users = [hits_at(&[4, 10], 2), hits_at(&[2, 4, 12], 3), hits_at(&[6], 1)];
    let mean = users.iter().map(|hits| value("mean_reciprocal_rank_at_25", hits)).sum::<f64>() / 3.0;
    close(mean, 0.3056, 5e-5);
}

#[test]
fn precision_divides_by_k_also_for_short_lists() {
    close(value("precision_at_10", &hits_at(&[1, 4, 9], 5)), 0.30, 1e-12);
    close(value("precision_at_10", &Hits::of(&[7], &[7])), 0.1, 1e-12);
}

/// `RePlay`'s documented example of NDCG@2 over three users: .38685, 0 and .61315, mean .3333.
#[test]
fn replays_example() {
    close(gain(&hits_at(&[2], 2), 2) / ideal(2), 0.38685, 5e-6);
    close(gain(&hits_at(&[], 2), 2) / ideal(2), 0.0, 1e-12);
    close(gain(&hits_at(&[1], 2), 2) / ideal(2), 0.61315, 5e-6);
}

/// `RecTools` divides by K positions whatever there is to find (.4693 for a hit at the top, K = 3); here one
/// item found of one is perfect.
#[test]
fn the_ideal_is_what_can_be_found() {
    close(value("normalized_discounted_cumulative_gain_at_5", &hits_at(&[1], 1)), 1.0, 1e-12);
    close(gain(&hits_at(&[1], 1), 3) / ideal(3), 0.4693, 5e-5);
}

fn of_all(key: &str, counts: &[u32]) -> f64 {
    let Reading::OfAllLists(value) = MetricAt::parse(key).unwrap().metric.reading else {
        panic!("{key} is of all lists")
    };
    value(&Exposure { counts })
}

#[test]
fn coverage_counts_items() {
    let counts: Vec<u32> = (0..100).map(|item| if item < 27 { item + 1 } else { 0 }).collect();
    close(of_all("coverage", &counts), 0.27, 1e-12);
    close(of_all("coverage", &[]), 0.0, 1e-12);
}

/// All alike is 0; one of n that gets all is (n - 1) / n; 1, 2, 3, 4 is .25 by the mean absolute difference.
#[test]
fn gini_is_the_mean_difference_over_twice_the_mean() {
    close(of_all("gini_at_10", &[3, 3, 3]), 0.0, 1e-12);
    close(of_all("gini_at_10", &[0, 0, 0, 8]), 0.75, 1e-12);
    close(of_all("gini_at_10", &[4, 1, 3, 2]), 0.25, 1e-12);
    let counts: [u32; 6] = [5, 0, 2, 9, 9, 1];
    let mut differences = 0.0;
    for a in counts {
        for b in counts {
            differences += f64::from(a.abs_diff(b));
        }
    }
    let mean = f64::from(counts.iter().sum::<u32>()) / 6.0;
    close(of_all("gini_at_10", &counts), differences / (2.0 * 36.0 * mean), 1e-12);
}

/// Six users know p, three q, one r and nobody s, which is of another kind.
#[test]
fn metrics_of_the_list_alone() {
    let mut rows = Vec::new();
    let users: Vec<String> = (0..10).map(|user| format!("u{user}")).collect();
    for (user, item) in users.iter().zip(["p", "p", "p", "p", "p", "p", "q", "q", "q", "r"]) {
        rows.push((user.as_str(), item, 1));
    }
    rows.push(("u9", "s", 2));
    let data = crate::recipes::toy::interactions(&rows);
    let spec = crate::domain::split::SplitSpec::of(crate::domain::split::SplitKind::LeaveLastOut);
    let test = crate::evaluation::cut(&data, &spec);
    let kinds = crate::data::CategoricalFeature {
        name: "KIND".to_owned(),
        values: std::sync::Arc::new(crate::data::Vocabulary::new(["a", "b", "c"])),
        offsets: vec![0, 1, 3, 4, 5],
        indices: vec![0, 0, 1, 1, 2],
    };
    let items =
        crate::data::Features { rows: 4, categorical: vec![kinds], ..crate::data::Features::default() };
    let catalogue = Catalogue::of(&data, &test, &items);
    let hits = Hits::of(&[], &[]);
    // Items p, q, r, s by index.
    let of = |key: &str, list: &[u32], input: &[u32]| {
        let at = MetricAt::parse(key).unwrap();
        let Reading::PerUser(value) = at.metric.reading else { panic!("{key} has no value per user") };
        value(&Asked { list, hits: &hits, truth: &[], input, catalogue: &catalogue }, at.k)
    };
    // p and q hold nine of ten, p alone six: r and s are the tail.
    close(of("long_tail_share_at_5", &[0, 2, 3, 1], &[]), 0.5, 1e-12);
    close(of("long_tail_share_at_1", &[0, 2], &[]), 0.0, 1e-12);
    // With each item once more, p has 7 of 14 and s 1 of 14.
    close(of("novelty_at_5", &[0], &[]), 1.0, 1e-6);
    close(of("novelty_at_5", &[3], &[]), 14_f64.log2(), 1e-6);
    close(of("popularity_percentile_at_5", &[0, 3], &[]), 0.5, 1e-6);
    close(of("popularity_bias_at_5", &[0], &[2]), 1.0 - 1.0 / 3.0, 1e-6);
    close(of("popularity_bias_at_5", &[0], &[]), 0.0, 1e-12);
    // a and ab share one of two, ab and b one of two, a and b nothing.
    close(of("intra_list_distance_at_5", &[0, 1, 2], &[]), (0.5 + 0.5 + 1.0) / 3.0, 1e-12);
    close(of("intra_list_distance_at_5", &[0], &[]), 0.0, 1e-12);
}

#[test]
fn keys_are_the_services() {
    let keys: BTreeSet<String> = headline().into_iter().map(MetricAt::key).collect();
    let mut expected = BTreeSet::from(["coverage".to_owned(), "mean_reciprocal_rank_at_25".to_owned()]);
    for k in crate::domain::limits::METRIC_CUTOFFS {
        expected.insert(format!("normalized_discounted_cumulative_gain_at_{k}"));
        expected.insert(format!("normalized_discounted_cumulative_gain_over_hits_at_{k}"));
        expected.insert(format!("precision_at_{k}"));
    }
    assert_eq!(keys, expected);
    for metric in METRICS {
        for k in [1, 7, 25] {
            let at = MetricAt { metric, k };
            assert_eq!(MetricAt::parse(&at.key()), Some(at), "{}", at.key());
        }
    }
    assert!(MetricAt::parse("precision_at_0").is_none() && MetricAt::parse("precision").is_none());
    assert_eq!(
        MetricAt::parse("normalized_discounted_cumulative_gain_over_hits_at_5").unwrap().title(),
        "NDCG@5 over hits"
    );
}

/// The definitions read literally: a gain vector of zeros and ones, divided by the same sum over an ideal
/// gain vector, in natural logarithms.
mod slow {
    use std::collections::BTreeSet;

    pub fn gains(list: &[u32], truth: &BTreeSet<u32>, k: usize) -> Vec<f64> {
        let mut left = truth.clone();
        list.iter().take(k).map(|item| if left.remove(item) { 1.0 } else { 0.0 }).collect()
    }

    pub fn dcg(gains: &[f64]) -> f64 {
        gains.iter().enumerate().map(|(index, gain)| gain / ((index + 2) as f64).ln()).sum()
    }

    pub fn normalized(gains: &[f64], ideal: &[f64]) -> f64 {
        if dcg(ideal) == 0.0 { 0.0 } else { dcg(gains) / dcg(ideal) }
    }

    pub fn sorted(gains: &[f64]) -> Vec<f64> {
        let mut sorted = gains.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        sorted
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Lists shorter than 25, lists that repeat an item, and empty truths included.
    #[test]
    fn metrics_agree_with_their_definitions(
        list in prop::collection::vec(0_u32..40, 0..=25),
        truth in prop::collection::btree_set(0_u32..40, 0..12),
    ) {
        let hits = Hits::of(&list, &truth.iter().copied().collect::<Vec<_>>());
        let agree = |key: &str, expected: f64| {
            let value = value(key, &hits);
            prop_assert!((value - expected).abs() < 1e-12, "{} is {} instead of {}", key, value, expected);
            Ok(())
        };
        let first = slow::gains(&list, &truth, 25).iter().position(|&gain| gain > 0.0);
        agree("mean_reciprocal_rank_at_25", first.map_or(0.0, |index| 1.0 / (index + 1) as f64))?;
        for k in [5_usize, 10, 25] {
            let gains = slow::gains(&list, &truth, k);
            let mut perfect = vec![0.0; k];
            for gain in perfect.iter_mut().take(truth.len()) {
                *gain = 1.0;
            }
            let standard = slow::normalized(&gains, &perfect);
            let over_hits = slow::normalized(&gains, &slow::sorted(&gains));
            prop_assert!(over_hits >= standard - 1e-12);
            agree(&format!("precision_at_{k}"), gains.iter().sum::<f64>() / k as f64)?;
            let found = gains.iter().sum::<f64>();
            agree(&format!("recall_at_{k}"), if truth.is_empty() { 0.0 } else { found / truth.len() as f64 })?;
            agree(&format!("hit_rate_at_{k}"), if found > 0.0 { 1.0 } else { 0.0 })?;
            let mut average = 0.0;
            for (index, gain) in gains.iter().enumerate() {
                average += gain * gains[..=index].iter().sum::<f64>() / (index + 1) as f64;
            }
            let average = if truth.is_empty() { 0.0 } else { average / truth.len() as f64 };
            agree(&format!("mean_average_precision_at_{k}"), average)?;
            agree(&format!("normalized_discounted_cumulative_gain_at_{k}"), standard)?;
            agree(&format!("normalized_discounted_cumulative_gain_over_hits_at_{k}"), over_hits)?;
        }
    }
}
