//! Whether an experiment runs, waits, or goes on by a step: asked from one thread, looked at by another.

use crate::jobs::{Cancelled, JobContext};
use parking_lot::{Condvar, Mutex};
use std::time::Duration;

/// How long a paused experiment waits before it looks whether its job was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// The handle on a running experiment.
#[derive(Debug, Default)]
pub struct Control {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    paused: bool,
    /// Steps it may go on by while it is paused.
    steps: usize,
}

impl Control {
    pub fn pause(&self) {
        self.state.lock().paused = true;
    }

    pub fn go_on(&self) {
        *self.state.lock() = State::default();
        self.changed.notify_all();
    }

    /// Pauses, and lets it do one more step.
    pub fn step(&self) {
        {
            let mut state = self.state.lock();
            state.paused = true;
            state.steps += 1;
        }
        self.changed.notify_all();
    }

    pub fn is_paused(&self) -> bool {
        self.state.lock().paused
    }

    /// Waits until the next step may be done. Whether it may; otherwise the experiment is to end with what it has.
    pub(super) fn may_go_on(&self, job: &JobContext) -> Result<bool, Cancelled> {
        let mut state = self.state.lock();
        loop {
            job.check()?;
            if job.take_settle() {
                return Ok(false);
            }
            if !state.paused {
                return Ok(true);
            }
            if state.steps > 0 {
                state.steps -= 1;
                return Ok(true);
            }
            self.changed.wait_for(&mut state, LOOK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_one_goes_on_by_steps_and_ends_when_told() {
        let (control, job) = (Control::default(), JobContext::default());
        assert!(control.may_go_on(&job).unwrap());
        control.step();
        control.step();
        assert!(control.is_paused());
        assert!(control.may_go_on(&job).unwrap() && control.may_go_on(&job).unwrap());
        std::thread::scope(|scope| {
            scope.spawn(|| control.go_on());
            assert!(control.may_go_on(&job).unwrap());
        });
        control.pause();
        job.settle();
        assert!(!control.may_go_on(&job).unwrap());
        job.cancel();
        assert!(control.may_go_on(&job).is_err());
    }
}
