//! The names of metrics, as the service spells them and as people read them.

/// One metric: its key, how it reads, and which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricSpec {
    /// The exact key, e.g. `precision_at_5`.
    pub key: &'static str,
    /// For table headers, e.g. `Precision@5`.
    pub title: &'static str,
    /// The definition in the reading used here.
    pub definition: &'static str,
    pub higher_is_better: bool,
}
