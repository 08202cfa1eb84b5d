//! What a running job holds: its progress, its series and its cancel flag.

use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The job was cancelled; nothing it made is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// What `done` and `total` count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    #[default]
    Steps,
    Rows,
    Bytes,
    Users,
    Items,
}

/// A job's state at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is being done now, for people.
    pub stage: String,
    pub unit: Unit,
    pub done: u64,
    /// Zero where it is not known.
    pub total: u64,
    /// Since the job began.
    pub elapsed: Duration,
    /// Since this stage began.
    pub stage_elapsed: Duration,
}

impl Progress {
    /// Share done of this stage, where it is known.
    pub fn fraction(&self) -> Option<f32> {
        (self.total > 0).then(|| (self.done as f64 / self.total as f64).clamp(0.0, 1.0) as f32)
    }

    /// Units a second in this stage.
    pub fn rate(&self) -> f64 {
        let secs = self.stage_elapsed.as_secs_f64();
        if secs > 0.0 { self.done as f64 / secs } else { 0.0 }
    }

    /// Time left of this stage at the rate so far.
    pub fn remaining(&self) -> Option<Duration> {
        let rate = self.rate();
        (self.total > 0 && rate > 0.0)
            .then(|| Duration::from_secs_f64(self.total.saturating_sub(self.done) as f64 / rate))
    }
}

struct Stage {
    name: String,
    unit: Unit,
    began: Instant,
}

struct Shared {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    stage: Mutex<Stage>,
    began: Instant,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// The handle that work reports to and asks whether to stop. Cheap to clone; shared between threads.
#[derive(Clone)]
pub struct JobContext(Arc<Shared>);

impl Default for JobContext {
    fn default() -> Self {
        Self::new(|| {})
    }
}

impl JobContext {
    /// A context that calls `wake` when a stage begins, so that a sleeping window looks.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let began = Instant::now();
        Self(Arc::new(Shared {
            cancelled: AtomicBool::new(false),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            stage: Mutex::new(Stage { name: String::new(), unit: Unit::Steps, began }),
            began,
            wake: Box::new(wake),
        }))
    }

    /// Begins a stage of `total` units (0 where unknown).
    pub fn stage(&self, name: impl Into<String>, unit: Unit, total: u64) {
        {
            let mut stage = self.0.stage.lock();
            *stage = Stage { name: name.into(), unit, began: Instant::now() };
            self.0.done.store(0, Ordering::Relaxed);
            self.0.total.store(total, Ordering::Relaxed);
        }
        (self.0.wake)();
    }

    /// Counts `amount` more units of this stage.
    pub fn advance(&self, amount: u64) {
        self.0.done.fetch_add(amount, Ordering::Relaxed);
    }

    /// Asks the work to stop; it looks at least every 100 ms.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// `Err` once the job was cancelled: `job.check()?` in every loop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    pub fn progress(&self) -> Progress {
        let stage = self.0.stage.lock();
        Progress {
            stage: stage.name.clone(),
            unit: stage.unit,
            done: self.0.done.load(Ordering::Relaxed),
            total: self.0.total.load(Ordering::Relaxed),
            elapsed: self.0.began.elapsed(),
            stage_elapsed: stage.began.elapsed(),
        }
    }
}
