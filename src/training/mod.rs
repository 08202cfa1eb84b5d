//! From a solution to a version: event filters, minimum data, training. Scoring is the next room's.
//!
//! A version that is to be measured trains on the training part of the group's test set ([`train`]); one
//! that is to serve with everything known may train on all of it ([`refit`]), and says so.

mod error;
mod event_filter;
mod report;
mod train;

pub use error::TrainError;
pub use event_filter::{EventFilter, Filtered};
pub use report::{TrainReport, TrainedOn};
pub use train::{check_minima, filter_events, refit, train};
