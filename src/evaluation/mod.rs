//! Test sets, metrics and comparisons: one split for all, every number with its definition.
//!
//! A test set is cut once ([`cut`]) and a model is asked every question of it ([`ask`]). The lists it gives are kept; all
//! else is taken from them: metrics ([`metrics`]), groups of users and items ([`Segmentation`]), differences and verdicts
//! ([`Lab`]). Another tool's lists are as good as a model's ([`match_lists`]). Nothing here trains.

mod actions;
mod ask;
mod benchmark;
mod bootstrap;
mod catalogue;
mod caveats;
mod compare;
mod export;
mod foreign;
mod lab;
mod lists;
pub mod metrics;
mod random;
mod scores;
mod segments;
mod split;
mod worth;

pub use actions::{
    ACTION_METRICS, ActionMetric, ActionOutcome, ActionTest, CalibrationBin, ask_actions, calibration,
    cut_actions, scores_of, taken_shares,
};
pub use ask::{Asking, ask};
pub use benchmark::{Benchmark, Outcome};
pub use bootstrap::{MOST_RESAMPLED_USERS, RESAMPLES};
pub use catalogue::Catalogue;
pub use caveats::{CAVEATS, Caveat};
pub use compare::{Difference, holm, p_value};
pub use export::{export_lists, export_split, export_values};
pub use foreign::{Matched, match_lists, without_seen};
pub use lab::{BASELINE, Contestant, Lab, Lift, Pair, Verdict};
pub use lists::{Lists, ListsError, UNKNOWN};
pub use random::{Stream, mix};
pub use scores::{Scores, measure};
pub use segments::{SegmentScore, Segmentation};
pub use split::{BadSpec, BlobError, TestCase, TestSet, TruthFileError, check_spec, cut, cut_file};
pub use worth::{DEALS, Worth, worth};
