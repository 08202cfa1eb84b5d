//! Average rewards: how much of the attribute that a solution is to bring its hits bring. The service's
//! `average_rewards_at_k`; what it divides by is not stated there, so that here it is the most that could be had.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "average_rewards",
        title: "Average rewards",
        definition: "Mean over users of the objective's attribute summed over the hits in the top K, divided by the most \
                     that K items to find could bring; the attribute is counted from its least value where that is below 0.",
        formula: "Σ reward of hits in the top K / Σ reward of the K best items to find",
        better: Better::Higher,
    },
    reading: Reading::PerUser(average_rewards),
};

fn average_rewards(asked: &Asked<'_>, k: usize) -> f64 {
    let Some(rewards) = &asked.catalogue.rewards else { return f64::NAN };
    let least = f64::from(rewards.iter().copied().fold(0.0, f32::min));
    let reward = |item: u32| match rewards.get(item as usize) {
        Some(value) if value.is_finite() => f64::from(*value) - least,
        _ => 0.0,
    };
    let mut best: Vec<f64> = asked.truth.iter().map(|&item| reward(item)).collect();
    best.sort_by(|a, b| b.total_cmp(a));
    let most: f64 = best.iter().take(k).sum();
    let had = asked.list.iter().take(k).filter(|item| asked.truth.binary_search(item).is_ok());
    if most > 0.0 { had.map(|&item| reward(item)).sum::<f64>() / most } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;

    #[test]
    fn hits_bring_their_share_of_what_could_be_had() {
        // Of items 1, 2 and 4, worth 10, 30 and 5, the list finds 1 and 4.
        let with = |rewards: &[f32], list: &[u32], k| {
            asked(list, &[1, 2, 4], |asked| {
                let mut catalogue = asked.catalogue.clone();
                catalogue.rewards = Some(rewards.into());
                average_rewards(&Asked { catalogue: &catalogue, ..*asked }, k)
            })
        };
        let rewards = [0.0, 10.0, 30.0, 50.0, 5.0];
        assert_eq!(with(&rewards, &[3, 1, 4], 5), 15.0 / 45.0);
        assert_eq!(with(&rewards, &[3, 1, 4], 2), 10.0 / 40.0, "the best two to find are worth 40");
        assert_eq!(with(&rewards, &[2, 1, 4], 5), 1.0);
        // Below 0, all count from the least: 1, 2, 4 are worth 20, 40, 15.
        assert_eq!(with(&[-10.0, 10.0, 30.0, 50.0, 5.0], &[1], 1), 20.0 / 40.0);
        assert!(
            asked(&[1], &[1], |asked| average_rewards(asked, 5)).is_nan(),
            "without an objective there is none"
        );
    }
}
