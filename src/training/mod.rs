//! From a solution to a version: event filters, percentiles, minimum data, training, scoring on the test set.
