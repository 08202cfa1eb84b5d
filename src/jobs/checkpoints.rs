//! Where work that can go on later keeps how far it has come.

/// Contents by name. A place that can't keep one says so in the log; the work goes on.
pub trait Checkpoints: Send + Sync {
    /// Keeps a content in place of the one of that name.
    fn keep(&self, name: &str, content: &[u8]);

    /// The content of that name.
    fn kept(&self, name: &str) -> Option<Vec<u8>>;
}
