//! Filters at work: which rows of a catalogue an expression keeps, for one request.
//!
//! A [`CompiledFilter`] has looked up everything that does not depend on a request: fields, the rows of literals, whole
//! conjunctions of them. [`CompiledFilter::bind`] adds who asks, about what and with which values; [`Bound::allowed`] is
//! then a few operations on sets of bits. Campaigns, batches and editors go this one way.
//!
//! A condition on something missing (no row, no value, no event, no item asked about) is false. Several values of a
//! field are compared as a set: IN holds if any is listed, NOT IN if there are any and none is; the event types of a
//! user's events with an item are such a set.

mod bind;
mod compile;
mod data;
mod rows;
#[cfg(test)]
mod tests;
mod trace;

pub(super) use bind::{Bound, FILTER_VALUES};
pub use bind::{FilterQuery, Filtering};
pub use compile::CompiledFilter;
pub use data::{Events, FilterData, Population};
pub use trace::{Applies, ConditionTrace, ExpressionTrace, FilterTrace};
