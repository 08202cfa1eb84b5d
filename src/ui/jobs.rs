//! The jobs of the window: what runs, what waits, what ended.

use super::pane::PaneKind;
use crate::jobs::{Curve, Job, JobContext, JobOutcome, Progress, Waker};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many ended jobs the tray remembers.
const REMEMBERED: usize = 30;

/// The name of a job within this run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobId(u64);

impl JobId {
    pub(super) fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Which jobs wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Begins at once.
    Free,
    /// One at a time, in the order asked for: work that uses every core.
    Training,
}

/// What to tell when a job has ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// "Imported 100,000 interactions"
    pub title: String,
    /// What else is worth knowing; may be empty.
    pub detail: String,
    /// Where to look now.
    pub open: Option<PaneKind>,
    /// Whether that page shows the outcome by itself, so that nothing has to be said where it is shown.
    pub in_place: bool,
    /// Whether the person should look twice (rows were left out, users had no answer).
    pub warning: bool,
}

impl Summary {
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), detail: String::new(), open: None, in_place: false, warning: false }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    #[must_use]
    pub fn open(mut self, pane: PaneKind) -> Self {
        self.open = Some(pane);
        self
    }

    /// Opens a page that shows the outcome by itself.
    #[must_use]
    pub fn open_in_place(mut self, pane: PaneKind) -> Self {
        self.in_place = true;
        self.open(pane)
    }

    #[must_use]
    pub fn warning(mut self, warning: bool) -> Self {
        self.warning = warning;
        self
    }
}

/// What a job does.
pub type Work = Box<dyn FnOnce(&JobContext) -> anyhow::Result<Summary> + Send>;

/// A job asked for.
pub struct JobRequest {
    pub id: JobId,
    pub title: String,
    pub lane: Lane,
    pub work: Work,
    /// Called on the window's thread when it was cancelled (`None`) or failed (why).
    pub unfinished: Box<dyn FnOnce(Option<String>)>,
}

/// How a job ended, for the pane that asked.
#[derive(Debug)]
pub enum Ended<T> {
    Done(T),
    Cancelled,
    /// Already told by the shell; here to be shown in place.
    Failed(String),
}

/// A pane's claim on a job's result.
pub struct Ticket<T> {
    pub id: JobId,
    pub(super) slot: super::action::Slot<Ended<T>>,
}

impl<T> Ticket<T> {
    /// The result, once.
    pub fn take(&self) -> Option<Ended<T>> {
        self.slot.take()
    }
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq)]
pub enum JobState {
    Waiting,
    Running,
    Cancelling,
    Done(Summary),
    Cancelled,
    Failed(String),
}

impl JobState {
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Cancelled | Self::Failed(_))
    }
}

/// One row of the tray.
pub struct JobRow {
    pub id: JobId,
    pub title: String,
    pub state: JobState,
    /// Of the moment the frame began.
    pub progress: Progress,
    /// What it has measured, of the same moment.
    pub curves: Vec<Curve>,
    lane: Lane,
    work: Option<Work>,
    job: Option<Job<Summary>>,
    unfinished: Option<Box<dyn FnOnce(Option<String>)>>,
    ended: Option<Instant>,
}

impl JobRow {
    /// How long ago it ended.
    pub fn ended_ago(&self) -> Option<Duration> {
        self.ended.map(|at| at.elapsed())
    }
}

/// A job that ended since the last frame.
#[derive(Debug, Clone, PartialEq)]
pub struct JobEnd {
    pub id: JobId,
    pub title: String,
    /// `None` where it was cancelled.
    pub outcome: Option<Result<Summary, String>>,
    /// Whether it had measured something: a training whose epochs are kept to go on from.
    pub can_go_on: bool,
    pub elapsed: Duration,
}

/// All jobs of this window.
pub struct Jobs {
    rows: VecDeque<JobRow>,
    waker: Waker,
}

impl Jobs {
    pub fn new(waker: Waker) -> Self {
        Self { rows: VecDeque::new(), waker }
    }

    /// Every job known, the newest first.
    pub fn rows(&self) -> impl Iterator<Item = &JobRow> {
        self.rows.iter().rev()
    }

    pub fn get(&self, id: JobId) -> Option<&JobRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Jobs that run or wait, the oldest first.
    pub fn active(&self) -> impl Iterator<Item = &JobRow> {
        self.rows.iter().filter(|row| !row.state.has_ended())
    }

    pub fn is_busy(&self) -> bool {
        self.active().next().is_some()
    }

    /// What wakes the window, for work that is not shown in the tray.
    pub fn waker(&self) -> Waker {
        std::sync::Arc::clone(&self.waker)
    }

    pub(super) fn start(&mut self, request: JobRequest) {
        let JobRequest { id, title, lane, work, unfinished } = request;
        self.rows.push_back(JobRow {
            id,
            title,
            state: JobState::Waiting,
            progress: JobContext::default().progress(),
            curves: Vec::new(),
            lane,
            work: Some(work),
            job: None,
            unfinished: Some(unfinished),
            ended: None,
        });
        self.start_waiting();
    }

    pub(super) fn cancel(&mut self, id: JobId) {
        let Some(row) = self.rows.iter_mut().find(|row| row.id == id && !row.state.has_ended()) else {
            return;
        };
        if let Some(job) = &row.job {
            job.cancel();
            row.state = JobState::Cancelling;
        } else {
            end(row, None);
        }
    }

    pub(super) fn settle(&mut self, id: JobId) {
        let row = self.rows.iter().find(|row| row.id == id);
        if let Some(job) = row.and_then(|row| row.job.as_ref()) {
            job.settle();
        }
    }

    pub(super) fn cancel_all(&mut self) {
        let ids: Vec<_> = self.active().map(|row| row.id).collect();
        for id in ids {
            self.cancel(id);
        }
    }

    pub(super) fn forget_ended(&mut self) {
        self.rows.retain(|row| !row.state.has_ended());
    }

    /// Looks at every running job: takes progress, collects ends, starts who waits.
    pub(super) fn poll(&mut self) -> Vec<JobEnd> {
        let mut ends = Vec::new();
        for row in &mut self.rows {
            let Some(job) = &row.job else { continue };
            row.progress = job.progress();
            row.curves = job.curves();
            let outcome = match job.try_take() {
                None => continue,
                Some(JobOutcome::Done(summary)) => Some(Ok(summary)),
                Some(JobOutcome::Cancelled) => None,
                Some(JobOutcome::Failed(error)) => {
                    tracing::warn!(job = row.title, error = ?error, "a job failed");
                    Some(Err(format!("{error:#}")))
                }
            };
            let elapsed = row.progress.elapsed;
            end(row, outcome.clone());
            let can_go_on = !row.curves.is_empty();
            ends.push(JobEnd { id: row.id, title: row.title.clone(), outcome, can_go_on, elapsed });
        }
        self.start_waiting();
        while self.rows.iter().filter(|row| row.state.has_ended()).count() > REMEMBERED {
            if let Some(oldest) = self.rows.iter().position(|row| row.state.has_ended()) {
                self.rows.remove(oldest);
            }
        }
        ends
    }

    fn start_waiting(&mut self) {
        let mut training = self.rows.iter().any(|row| row.lane == Lane::Training && row.job.is_some());
        for row in &mut self.rows {
            let must_wait = row.lane == Lane::Training && training;
            if must_wait || row.state != JobState::Waiting {
                continue;
            }
            let Some(work) = row.work.take() else { continue };
            match Job::spawn(row.title.clone(), std::sync::Arc::clone(&self.waker), work) {
                Ok(job) => {
                    row.job = Some(job);
                    row.state = JobState::Running;
                    training |= row.lane == Lane::Training;
                }
                Err(error) => end(row, Some(Err(format!("no thread could be started: {error}")))),
            }
        }
    }
}

fn end(row: &mut JobRow, outcome: Option<Result<Summary, String>>) {
    row.job = None;
    row.work = None;
    row.ended = Some(Instant::now());
    let unfinished = row.unfinished.take();
    let failure = match outcome {
        Some(Ok(summary)) => {
            row.state = JobState::Done(summary);
            return;
        }
        Some(Err(failure)) => Some(failure),
        None => None,
    };
    row.state = failure.clone().map_or(JobState::Cancelled, JobState::Failed);
    if let Some(unfinished) = unfinished {
        unfinished(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::action::{Action, CommandSender};
    use std::sync::Arc;

    fn start<T: Send + 'static>(
        jobs: &mut Jobs,
        lane: Lane,
        work: impl FnOnce(&JobContext) -> anyhow::Result<T> + Send + 'static,
    ) -> Ticket<T> {
        let (sender, receiver) = CommandSender::line();
        let ticket = sender.job("work", lane, work, |_| Summary::new("done"));
        let Action::StartJob(request) = receiver.recv().unwrap().action else {
            panic!("a job was asked for")
        };
        jobs.start(request);
        ticket
    }

    fn wait(jobs: &mut Jobs) -> Vec<JobEnd> {
        let began = Instant::now();
        loop {
            let ends = jobs.poll();
            if !ends.is_empty() {
                return ends;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "no job ended");
            std::thread::yield_now();
        }
    }

    #[test]
    fn training_jobs_run_one_after_the_other_and_give_their_results() {
        let mut jobs = Jobs::new(Arc::new(|| {}));
        let first = start(&mut jobs, Lane::Training, |_| Ok(1));
        let second = start(&mut jobs, Lane::Training, |_| Ok(2));
        assert_eq!(jobs.get(second.id).unwrap().state, JobState::Waiting);
        wait(&mut jobs);
        assert!(matches!(first.take(), Some(Ended::Done(1))));
        wait(&mut jobs);
        assert!(matches!(second.take(), Some(Ended::Done(2))));
        assert!(second.take().is_none(), "a result is given once");
        assert!(!jobs.is_busy());
    }

    #[test]
    fn cancelling_reaches_running_and_waiting_jobs() {
        let mut jobs = Jobs::new(Arc::new(|| {}));
        let running = start(&mut jobs, Lane::Training, |job| {
            while !job.is_cancelled() {
                std::thread::yield_now();
            }
            job.check()?;
            Ok(())
        });
        let waiting = start(&mut jobs, Lane::Training, |_| Ok(()));
        jobs.cancel_all();
        assert_eq!(jobs.get(running.id).unwrap().state, JobState::Cancelling);
        assert!(matches!(waiting.take(), Some(Ended::Cancelled)), "one that waits ends at once");
        assert_eq!(wait(&mut jobs)[0].outcome, None);
        assert!(matches!(running.take(), Some(Ended::Cancelled)));
    }

    #[test]
    fn a_failure_carries_its_whole_chain() {
        let mut jobs = Jobs::new(Arc::new(|| {}));
        let ticket = start(&mut jobs, Lane::Free, |_| -> anyhow::Result<()> {
            Err(anyhow::anyhow!("row 7: `x` is not a time").context("importing u.data"))
        });
        let failure = wait(&mut jobs).remove(0).outcome.unwrap().unwrap_err();
        assert!(failure.contains("importing u.data") && failure.contains("row 7"), "{failure}");
        assert!(matches!(ticket.take(), Some(Ended::Failed(text)) if text == failure));
    }
}
