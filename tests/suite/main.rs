//! Whole journeys and rules of the house, one module a topic.
