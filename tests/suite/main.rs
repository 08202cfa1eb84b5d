//! Whole journeys and rules of the house, one module a topic.

mod architecture;
mod rust_source;
