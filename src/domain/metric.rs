//! The words of metrics, as the service spells them and as people read them.

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
    /// A trait of the lists, neither good nor bad by itself.
    Neither,
}

/// A metric at any depth K: its name, how it reads, and which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricSpec {
    /// The beginning of its key, which `_at_K` follows, e.g. `precision`.
    pub stem: &'static str,
    /// For table heads, which `@K` follows, e.g. `Precision`.
    pub title: &'static str,
    /// The definition in the reading used here.
    pub definition: &'static str,
    /// The definition as a formula, in plain letters.
    pub formula: &'static str,
    pub better: Better,
}
