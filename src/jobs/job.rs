//! One piece of work on a thread of its own.

use super::{Cancelled, Curve, JobContext, Progress};
use crossbeam_channel::{Receiver, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// Called when a job has news, from any thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// How a job ended.
#[derive(Debug)]
pub enum JobOutcome<T> {
    Done(T),
    Cancelled,
    /// What went wrong, the whole chain, innermost last.
    Failed(anyhow::Error),
}

/// A running job and, once, its outcome.
pub struct Job<T> {
    /// What it does, for people.
    pub title: String,
    context: JobContext,
    outcome: Receiver<JobOutcome<T>>,
}

impl<T: Send + 'static> Job<T> {
    /// Starts `work` on a thread named after `title`. A panic inside is a failure, not a crash.
    pub fn spawn(
        title: impl Into<String>,
        waker: Waker,
        work: impl FnOnce(&JobContext) -> anyhow::Result<T> + Send + 'static,
    ) -> std::io::Result<Self> {
        let title = title.into();
        let (sender, outcome) = bounded(1);
        let wake = Arc::clone(&waker);
        let context = JobContext::new(move || wake());
        let inside = context.clone();
        std::thread::Builder::new().name(title.clone()).spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(&inside)));
            let outcome = match result {
                Ok(Ok(value)) => JobOutcome::Done(value),
                Ok(Err(error)) if error.chain().any(<dyn std::error::Error>::is::<Cancelled>) => {
                    JobOutcome::Cancelled
                }
                Ok(Err(error)) => JobOutcome::Failed(error),
                Err(panic) => JobOutcome::Failed(anyhow::anyhow!("internal error: {}", panic_text(&*panic))),
            };
            // The receiver is gone only when nobody waits for the outcome any more.
            if sender.send(outcome).is_ok() {
                waker();
            }
        })?;
        Ok(Self { title, context, outcome })
    }

    pub fn progress(&self) -> Progress {
        self.context.progress()
    }

    pub fn curves(&self) -> Vec<Curve> {
        self.context.curves()
    }

    /// Asks the stage that runs to end with what it has.
    pub fn settle(&self) {
        self.context.settle();
    }

    /// Asks the job to stop.
    pub fn cancel(&self) {
        self.context.cancel();
    }

    pub fn is_cancelling(&self) -> bool {
        self.context.is_cancelled()
    }

    /// The outcome, once, when the job has ended.
    pub fn try_take(&self) -> Option<JobOutcome<T>> {
        self.outcome.try_recv().ok()
    }

    /// Waits for the outcome this long at most; `None` where it is still to come.
    pub fn wait_for(&self, time: Duration) -> Option<JobOutcome<T>> {
        self.outcome.recv_timeout(time).ok()
    }

    /// Waits for the outcome; `None` where it was taken already.
    pub fn wait(&self) -> Option<JobOutcome<T>> {
        self.outcome.recv().ok()
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Unit;

    fn spawn<T: Send + 'static>(
        work: impl FnOnce(&JobContext) -> anyhow::Result<T> + Send + 'static,
    ) -> Job<T> {
        Job::spawn("test", Arc::new(|| {}), work).unwrap()
    }

    #[test]
    fn a_cancelled_job_ends_as_cancelled() {
        let job = spawn(|context| {
            context.stage("waiting", Unit::Rows, 0);
            loop {
                context.check()?;
                std::thread::yield_now();
            }
            #[expect(unreachable_code, reason = "gives the loop its type")]
            Ok(())
        });
        job.cancel();
        assert!(matches!(job.wait(), Some(JobOutcome::Cancelled)));
    }

    #[test]
    fn a_panic_is_a_failure_that_says_why() {
        let job = spawn(|_| -> anyhow::Result<()> { panic!("row 7") });
        let Some(JobOutcome::Failed(error)) = job.wait() else { panic!("expected a failure") };
        assert!(error.to_string().contains("row 7"), "{error}");
    }

    #[test]
    fn a_stage_that_begins_was_not_asked_to_settle() {
        let context = JobContext::default();
        context.can_settle(true);
        context.settle();
        context.can_settle(false);
        context.can_settle(true);
        assert!(!context.take_settle(), "the stage before was asked");
        context.settle();
        assert!(context.take_settle() && !context.take_settle(), "the question is answered once");
    }
}
