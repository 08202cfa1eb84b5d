//! Background work: named threads that report progress and can be cancelled.
//!
//! Knows nothing of the rest: what a job does is a closure, what it wakes is a closure.

mod checkpoints;
mod context;
mod curve;
mod job;

pub use checkpoints::Checkpoints;
pub use context::{Cancelled, JobContext, Progress, Unit};
pub use curve::Curve;
pub use job::{Job, JobOutcome, Waker};
