//! Share of new items: how much of the lists is new, which is what exploration is for.

use super::{Asked, Metric, Reading};
use crate::domain::metric::{Better, MetricSpec};

pub(super) static METRIC: Metric = Metric {
    spec: MetricSpec {
        stem: "new_items_share",
        title: "New items",
        definition: "Mean over users of the share of the top K that came to be at most 30 days before the newest interaction.",
        formula: "new items in the top K / items in the top K",
        better: Better::Neither,
    },
    reading: Reading::PerUser(new_items),
};

fn new_items(asked: &Asked<'_>, k: usize) -> f64 {
    let Some(is_new) = &asked.catalogue.is_new else { return f64::NAN };
    asked.mean_of_top(k, |item| if is_new[item as usize] { 1.0 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;

    #[test]
    fn the_share_is_of_what_is_listed() {
        assert!(
            asked(&[0], &[], |asked| new_items(asked, 5)).is_nan(),
            "without times nothing is known to be new"
        );
        let data = crate::recipes::toy::interactions(&[("a", "p", 1), ("a", "q", 1), ("a", "r", 1)]);
        let test = crate::evaluation::cut(&data, &crate::domain::split::SplitSpec::default());
        let mut catalogue = crate::evaluation::Catalogue::of(&data, &test, &crate::data::Features::none(3));
        catalogue.is_new = Some([true, false, true].into());
        asked(&[0, 1, 2], &[], |asked| {
            let asked = Asked { catalogue: &catalogue, ..*asked };
            assert_eq!([1, 2, 3, 9].map(|k| new_items(&asked, k)), [1.0, 0.5, 2.0 / 3.0, 2.0 / 3.0]);
        });
    }
}
