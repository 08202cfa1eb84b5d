//! Test sets, metrics and comparisons: one split for all, every number with its definition.
//!
//! A test set is cut once ([`cut`]), a model is asked every question of it ([`evaluate`]), and the lists are
//! compared with what the users then did ([`metrics`]). Values are kept per user, so that two versions can
//! be compared pairwise ([`compare`]). Nothing here trains.

mod bootstrap;
mod caveats;
mod compare;
mod export;
pub mod metrics;
mod random;
mod scores;
mod split;
mod test_set_blob;

pub use bootstrap::{MOST_RESAMPLED_USERS, RESAMPLES};
pub use caveats::{CAVEATS, Caveat};
pub use compare::{CompareError, Difference, compare};
pub use export::{export_lists, export_split};
pub use scores::{Scores, evaluate, score_lists};
pub use split::{BadFraction, TestCase, TestSet, check_spec, cut, cut_fold};
pub use test_set_blob::BlobError;
