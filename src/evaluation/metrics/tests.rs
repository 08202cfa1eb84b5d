//! Metrics against the worked examples of the service's guide and against a slow, independent reading of
//! their definitions.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn value(key: &str, hits: &Hits) -> f64 {
    let metric = all().find(|metric| metric.spec.key == key).unwrap();
    let Reading::PerUser(value) = metric.reading else { panic!("{key} has no value per user") };
    value(hits)
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

#[test]
fn coverage_counts_items() {
    let Reading::OfAllLists(coverage) = all().find(|m| m.spec.key == "coverage").unwrap().reading else {
        panic!("coverage is of all lists")
    };
    close(coverage(27, 100), 0.27, 1e-12);
    close(coverage(0, 0), 0.0, 1e-12);
}

#[test]
fn keys_are_the_services() {
    let keys: BTreeSet<&str> = all().map(|metric| metric.spec.key).collect();
    assert_eq!(keys.len(), all().count());
    let mut expected = vec!["coverage".to_owned(), "mean_reciprocal_rank_at_25".to_owned()];
    for k in crate::domain::limits::METRIC_CUTOFFS {
        expected.push(format!("normalized_discounted_cumulative_gain_at_{k}"));
        expected.push(format!("normalized_discounted_cumulative_gain_over_hits_at_{k}"));
        expected.push(format!("precision_at_{k}"));
    }
    assert_eq!(keys, expected.iter().map(String::as_str).collect());
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
            agree(&format!("normalized_discounted_cumulative_gain_at_{k}"), standard)?;
            agree(&format!("normalized_discounted_cumulative_gain_over_hits_at_{k}"), over_hits)?;
        }
    }
}
