//! The other reading of the newest tenth of a history: how the service rounds it is not known.

use bespoke::data::Interactions;
use bespoke::evaluation::{TestCase, TestSet};

/// The same users asked with all but the newest tenth, rounded up.
pub fn rounded_up(mut test: TestSet, interactions: &Interactions) -> TestSet {
    for case in &mut test.cases {
        let items = interactions.history(case.user).items;
        let input = items.len() - items.len().div_ceil(10);
        let mut truth = items[input..].to_vec();
        truth.sort_unstable();
        truth.dedup();
        *case = TestCase { user: case.user, input, truth };
    }
    test
}
