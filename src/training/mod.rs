//! From a solution to a version: event filters, minimum data, training. Scoring is the next room's.
//!
//! A version that is to be measured trains on the training part of the group's test set ([`train`]); one
//! that is to serve with everything known may train on all of it ([`refit`]), and says so. One that takes in what came
//! since learns nothing ([`update`]).

mod error;
mod event_filter;
mod report;
mod train;
mod update;

pub use error::TrainError;
pub use event_filter::{EventFilter, Filtered};
pub use report::{TrainReport, TrainedOn};
pub use train::{check_minima, filter_events, refit, train};
pub use update::{Moment, News, update};
