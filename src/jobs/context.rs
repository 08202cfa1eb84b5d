//! What a running job holds: its progress, its curves, its flags and where it keeps checkpoints.

use super::{Checkpoints, Curve};
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
    Events,
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
    /// Whether the stage could end now and keep what it has.
    pub can_settle: bool,
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

    /// Time left of this stage at the rate so far, at most: a stage may end early.
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
    /// Whether the stage has something it could end with, and whether it is to.
    can_settle: AtomicBool,
    settle: AtomicBool,
    curves: Mutex<Vec<Curve>>,
    done: AtomicU64,
    total: AtomicU64,
    stage: Mutex<Stage>,
    began: Instant,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// The handle that work reports to and asks whether to stop. Cheap to clone; shared between threads.
#[derive(Clone)]
pub struct JobContext {
    shared: Arc<Shared>,
    checkpoints: Option<Arc<dyn Checkpoints>>,
    /// The part that the checkpoints are kept for.
    kept_part: String,
    /// The part of the work that this handle was given to, its name after those of the parts around it.
    part: String,
    /// Whether what it does counts for the stage.
    counts: bool,
}

impl Default for JobContext {
    fn default() -> Self {
        Self::new(|| {})
    }
}

impl JobContext {
    /// A context that calls `wake` when a stage begins, so that a sleeping window looks.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let began = Instant::now();
        let shared = Arc::new(Shared {
            cancelled: AtomicBool::new(false),
            can_settle: AtomicBool::new(false),
            settle: AtomicBool::new(false),
            curves: Mutex::default(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            stage: Mutex::new(Stage { name: String::new(), unit: Unit::Steps, began }),
            began,
            wake: Box::new(wake),
        });
        Self { shared, checkpoints: None, kept_part: String::new(), part: String::new(), counts: true }
    }

    /// The same job, for a part of its work, whose curves and checkpoints are its own.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        let part = if self.part.is_empty() { name.to_owned() } else { format!("{}, {name}", self.part) };
        Self { part, ..self.clone() }
    }

    /// The same job, with a place for the checkpoints of this part.
    #[must_use]
    pub fn with_checkpoints(&self, checkpoints: Arc<dyn Checkpoints>) -> Self {
        Self { checkpoints: Some(checkpoints), kept_part: self.part.clone(), ..self.clone() }
    }

    /// Keeps how far this part has come, in place of what was kept of it before.
    pub fn keep_checkpoint(&self, content: &[u8]) {
        if let (Some(checkpoints), Some(part)) = (&self.checkpoints, within(&self.part, &self.kept_part)) {
            checkpoints.keep(part, content);
        }
    }

    /// How far this part had come, where it was kept.
    pub fn checkpoint(&self) -> Option<Vec<u8>> {
        self.checkpoints.as_ref()?.kept(within(&self.part, &self.kept_part)?)
    }

    /// Begins a stage of `total` units (0 where unknown).
    pub fn stage(&self, name: impl Into<String>, unit: Unit, total: u64) {
        {
            let mut stage = self.shared.stage.lock();
            *stage = Stage { name: name.into(), unit, began: Instant::now() };
            self.shared.done.store(0, Ordering::Relaxed);
            self.shared.total.store(total, Ordering::Relaxed);
        }
        (self.shared.wake)();
    }

    /// Says what the stage is at now; what it counts goes on.
    pub fn rename_stage(&self, name: impl Into<String>) {
        self.shared.stage.lock().name = name.into();
        (self.shared.wake)();
    }

    /// The same job for work within a stage whose units are not the stage's.
    #[must_use]
    pub fn uncounted(&self) -> Self {
        Self { counts: false, ..self.clone() }
    }

    /// Adds a point to the curve of that name, for people to watch.
    pub fn point(&self, curve: &str, x: f64, y: f64) {
        {
            let mut curves = self.shared.curves.lock();
            let known = |known: &&mut Curve| known.name == curve && known.part == self.part;
            match curves.iter_mut().find(known) {
                Some(known) => known.points.push([x, y]),
                None => curves.push(Curve {
                    name: curve.to_owned(),
                    part: self.part.clone(),
                    points: vec![[x, y]],
                }),
            }
        }
        (self.shared.wake)();
    }

    /// The curves of this part so far.
    pub fn curves(&self) -> Vec<Curve> {
        let curves = self.shared.curves.lock();
        let own = curves.iter().filter_map(|curve| {
            let part = within(&curve.part, &self.part)?.to_owned();
            Some(Curve { part, ..curve.clone() })
        });
        own.collect()
    }

    /// Says whether the stage could end now with something worth keeping. Where it can't, it was not asked to either: what
    /// was asked of the stage before does not end this one.
    pub fn can_settle(&self, can: bool) {
        self.shared.can_settle.store(can, Ordering::Relaxed);
        if !can {
            self.shared.settle.store(false, Ordering::Relaxed);
        }
    }

    /// Asks the stage that runs to end with what it has.
    pub fn settle(&self) {
        self.shared.settle.store(true, Ordering::Relaxed);
    }

    /// Whether the stage is to end with what it has; the question is answered once.
    pub fn take_settle(&self) -> bool {
        self.shared.settle.swap(false, Ordering::Relaxed)
    }

    /// Counts `amount` more units of this stage.
    pub fn advance(&self, amount: u64) {
        if self.counts {
            self.shared.done.fetch_add(amount, Ordering::Relaxed);
        }
    }

    /// Asks the work to stop; it looks at least every 100 ms.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Relaxed)
    }

    /// `Err` once the job was cancelled: `job.check()?` in every loop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    pub fn progress(&self) -> Progress {
        let stage = self.shared.stage.lock();
        Progress {
            stage: stage.name.clone(),
            unit: stage.unit,
            done: self.shared.done.load(Ordering::Relaxed),
            total: self.shared.total.load(Ordering::Relaxed),
            elapsed: self.shared.began.elapsed(),
            stage_elapsed: stage.began.elapsed(),
            can_settle: self.shared.can_settle.load(Ordering::Relaxed),
        }
    }
}

/// The name of a part within one around it; none where it is not.
fn within<'a>(part: &'a str, around: &str) -> Option<&'a str> {
    if around.is_empty() {
        return Some(part);
    }
    match part.strip_prefix(around)? {
        "" => Some(""),
        rest => rest.strip_prefix(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    #[derive(Default)]
    struct Kept(Mutex<Vec<String>>);

    impl Checkpoints for Kept {
        fn keep(&self, name: &str, _: &[u8]) {
            self.0.lock().push(name.to_owned());
        }

        fn kept(&self, name: &str) -> Option<Vec<u8>> {
            self.0.lock().iter().any(|known| known == name).then(Vec::new)
        }
    }

    #[test]
    fn a_part_has_curves_and_checkpoints_of_its_own() {
        let job = JobContext::default();
        let (first, second) = (job.part("first"), job.part("first time"));
        first.part("network").point("Loss", 1.0, 0.5);
        second.point("Loss", 1.0, 0.25);
        let names = |job: &JobContext| job.curves().into_iter().map(|curve| curve.part).collect::<Vec<_>>();
        assert_eq!(names(&job), ["first, network", "first time"]);
        assert_eq!((names(&first), names(&second)), (vec!["network".to_owned()], vec![String::new()]));
        let kept = Arc::new(Kept::default());
        first.with_checkpoints(kept.clone()).part("network").keep_checkpoint(b"");
        assert_eq!(*kept.0.lock(), ["network"], "found again whatever was around the part");
        assert!(job.with_checkpoints(kept).part("network").checkpoint().is_some());
    }
}
