//! Whole journeys and rules of the house, one module a topic.

#[cfg(test)]
mod real_data;
