//! Test sets, metrics and comparisons: one split for all, every number with its definition.
