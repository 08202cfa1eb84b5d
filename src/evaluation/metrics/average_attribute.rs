//! Average attribute: what the lists bring of the attribute that a solution is to bring, taken or not.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "average_attribute",
        title: "Average attribute",
        definition: "Mean over users of the mean of the objective's attribute over the items in the top K of which it is known.",
        formula: "Σ attribute of items in the top K / items in the top K",
        better: Better::Neither,
    },
    reading: Reading::PerUser(average_attribute),
};

fn average_attribute(asked: &Asked<'_>, k: usize) -> f64 {
    let Some(rewards) = &asked.catalogue.rewards else { return f64::NAN };
    let known = asked.list.iter().take(k).filter_map(|&item| rewards.get(item as usize));
    let known = known.filter(|value| value.is_finite());
    let (count, sum) = known.fold((0_u32, 0.0), |(count, sum), &value| (count + 1, sum + f64::from(value)));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;

    #[test]
    fn the_mean_over_what_is_known_of_the_top() {
        asked(&[2, 0, 1, 3], &[1], |asked| {
            let mut catalogue = asked.catalogue.clone();
            catalogue.rewards = Some([4.0, f32::NAN, 8.0, 100.0].as_slice().into());
            let asked = Asked { catalogue: &catalogue, ..*asked };
            assert_eq!([1, 2, 3].map(|k| average_attribute(&asked, k)), [8.0, 6.0, 6.0]);
        });
    }
}
