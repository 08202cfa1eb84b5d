//! The context of some rows of the interactions: what a history reads its rows' metadata from.

use super::Features;

/// The context of rows that follow one another.
#[derive(Debug, Clone, Copy)]
pub struct ContextRows<'a> {
    /// Of all interactions.
    pub features: &'a Features,
    /// The row of `features` that is the first of these.
    pub first: usize,
}

impl<'a> ContextRows<'a> {
    /// The values of a categorical column (its place in [`Features::categorical`]) in the row `at` from the first.
    pub fn categories(self, column: usize, at: usize) -> &'a [u32] {
        self.features.categorical[column].of(self.first + at)
    }

    /// The number in a numeric column (its place in [`Features::numeric`]) in the row `at` from the first; NaN where
    /// it is missing.
    pub fn number(self, column: usize, at: usize) -> f32 {
        self.features.numeric[column].values[self.first + at]
    }
}
