//! Data sets that are known by sight, so that dropping them asks nothing.
//!
//! A layout says what no name or number in the files does: which code means what, that nineteen 0/1 columns
//! are one list of genres. What it does not claim is left to the mapping's guesses.

mod movielens;

use super::DataError;
use super::mapping::Proposal;
use super::source::Source;

/// Takes the sources of known layouts out of `sources` and says what they are.
pub(crate) fn recognise(sources: &mut Vec<Source>) -> Result<Vec<Proposal>, DataError> {
    movielens::recognise(sources)
}

#[cfg(test)]
mod tests;
