//! Whole journeys and rules of the house, one module a topic.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so may what it calls")]

mod architecture;
mod cli;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod models_real;
mod project;
#[cfg(test)]
mod real_data;
#[cfg(test)]
mod rounded_up;
mod rust_source;
#[cfg(test)]
mod text;
