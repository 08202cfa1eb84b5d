//! Campaigns and batch: the one code path that turns a request into an answer.
