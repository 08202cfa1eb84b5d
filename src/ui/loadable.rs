//! Values that are read in the background while the page is drawn.

use super::pane::PaneContext;
use crate::jobs::{Job, JobContext, JobOutcome};

/// A value for a key (a group, a revision, a choice). While the value for a new key is read, the one before
/// stays visible.
pub struct Loadable<K, T> {
    key: Option<K>,
    value: Option<T>,
    failure: Option<String>,
    job: Option<Job<T>>,
}

impl<K, T> Default for Loadable<K, T> {
    fn default() -> Self {
        Self { key: None, value: None, failure: None, job: None }
    }
}

#[cfg(test)]
impl<K, T> Loadable<K, T> {
    /// A value that is there.
    pub fn ready(value: T) -> Self {
        Self { value: Some(value), ..Self::default() }
    }
}

impl<K: PartialEq, T: Send + 'static> Loadable<K, T> {
    /// Call each frame: takes up what has come, and begins to read where `key` is not the one read last. What is
    /// being read for an older key is cancelled.
    pub fn keep(
        &mut self,
        context: &PaneContext<'_>,
        key: K,
        title: &str,
        read: impl FnOnce(&JobContext) -> anyhow::Result<T> + Send + 'static,
    ) {
        self.collect();
        if self.key.as_ref() == Some(&key) {
            return;
        }
        if let Some(job) = self.job.take() {
            job.cancel();
        }
        self.key = Some(key);
        self.failure = None;
        match Job::spawn(title, context.jobs.waker(), read) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.failure = Some(format!("no thread could be started: {error}")),
        }
    }

    fn collect(&mut self) {
        let Some(outcome) = self.job.as_ref().and_then(Job::try_take) else { return };
        self.job = None;
        match outcome {
            JobOutcome::Done(value) => {
                self.value = Some(value);
                self.failure = None;
            }
            JobOutcome::Failed(error) => {
                self.value = None;
                self.failure = Some(format!("{error:#}"));
            }
            JobOutcome::Cancelled => {}
        }
    }

    /// The value, or the one before it while the new one is read.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Gives the value away; it is read anew only for another key.
    pub fn take_value(&mut self) -> Option<T> {
        self.value.take()
    }

    pub fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// Why it could not be read.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    pub fn is_loading(&self) -> bool {
        self.job.is_some()
    }

    /// Reads anew at the next frame; the value stays until then.
    pub fn stale(&mut self) {
        self.key = None;
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
