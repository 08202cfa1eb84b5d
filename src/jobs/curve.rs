//! What a job measures while it runs.

use serde::{Deserialize, Serialize};

/// A named row of points, x ascending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub name: String,
    /// The part of the work it is measured in; empty where there is one.
    pub part: String,
    pub points: Vec<[f64; 2]>,
}
