//! Windows of histories, and which of them a step learns from.
//!
//! Windows are cut anew in every epoch. A recurrent network may instead go through whole histories a window after the
//! other and carry its states on: as many histories run side by side as fill a step, and where one ends another begins.

use crate::nn::random::Random;
use std::ops::Range;

/// Events of a user, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub user: u32,
    pub events: Range<usize>,
}

/// How windows are cut and put together.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Events a window holds at most.
    pub window: usize,
    /// Whether states are carried from one window of a history to the next.
    pub carried: bool,
    /// Events of a step: it has as many or, by its last window, more, as long as there are any.
    pub events: usize,
}

/// A window of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub window: Window,
    /// The place that the window before it had in the step before, where it goes on from there.
    pub after: Option<usize>,
}

/// The windows of an epoch, step by step.
#[derive(Debug, Clone)]
pub struct Windows {
    cut: Cut,
    /// Windows, or whole histories where states are carried.
    all: Vec<Window>,
    next: usize,
    /// What is left of the histories that run, in their order in the step before.
    running: Vec<Window>,
}

impl Windows {
    /// Cuts the first so many events of each user, from a random place on where nothing is carried, in a random order.
    pub fn new(histories: &[usize], cut: Cut, random: &mut Random) -> Self {
        let mut all = Vec::new();
        for (user, &events) in histories.iter().enumerate() {
            let user = user as u32;
            if cut.carried || events <= cut.window {
                if events > 0 {
                    all.push(Window { user, events: 0..events });
                }
                continue;
            }
            let mut end = 1 + random.below(cut.window as u32) as usize;
            let mut begin = 0;
            while begin < events {
                all.push(Window { user, events: begin..end.min(events) });
                (begin, end) = (end, end + cut.window);
            }
        }
        random.shuffle(&mut all);
        Self { cut, all, next: 0, running: Vec::new() }
    }

    /// How many steps are left.
    pub fn steps(&self) -> u64 {
        self.clone().count() as u64
    }
}

impl Iterator for Windows {
    type Item = Vec<Taken>;

    fn next(&mut self) -> Option<Vec<Taken>> {
        let window = self.cut.window;
        let now = |history: &Window| {
            let end = history.events.end.min(history.events.start + window);
            Window { user: history.user, events: history.events.start..end }
        };
        let running = std::mem::take(&mut self.running).into_iter().enumerate();
        let mut histories: Vec<(Window, Option<usize>)> = running
            .filter(|(_, history)| !history.events.is_empty())
            .map(|(place, history)| (history, Some(place)))
            .collect();
        let mut events: usize = histories.iter().map(|(history, _)| now(history).events.len()).sum();
        while events < self.cut.events && self.next < self.all.len() {
            let history = self.all[self.next].clone();
            events += now(&history).events.len();
            histories.push((history, None));
            self.next += 1;
        }
        let mut step = Vec::with_capacity(histories.len());
        for (mut history, after) in histories {
            let window = now(&history);
            history.events.start = window.events.end;
            self.running.push(history);
            step.push(Taken { window, after });
        }
        (!step.is_empty()).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Histories of all lengths: whatever is carried, every event is learnt from once, in the order of its history; a
    /// window goes on from the one before it; steps are full until nothing is left to begin.
    #[test]
    fn every_event_is_learnt_from_once_and_steps_are_full() {
        let histories: Vec<usize> = (0..500).map(|user| user % 7 * (user % 11)).chain([2_000]).collect();
        for carried in [true, false] {
            let cut = Cut { window: 8, carried, events: 100 };
            let windows = Windows::new(&histories, cut, &mut Random::new(3, 0));
            let steps: Vec<Vec<Taken>> = windows.clone().collect();
            assert_eq!(windows.steps(), steps.len() as u64);
            let mut seen = vec![Vec::new(); histories.len()];
            for (at, step) in steps.iter().enumerate() {
                for Taken { window, after } in step {
                    assert!(window.events.len() <= 8 && !window.events.is_empty());
                    seen[window.user as usize].extend(window.events.clone());
                    assert_eq!(after.is_some(), carried && window.events.start > 0);
                    if let Some(place) = after {
                        let before = &steps[at - 1][*place].window;
                        assert_eq!((before.user, before.events.end), (window.user, window.events.start));
                    }
                }
            }
            for (events, &length) in seen.iter_mut().zip(&histories) {
                events.sort_unstable();
                assert!(events.iter().copied().eq(0..length), "{events:?}");
            }
            let filled =
                |step: &Vec<Taken>| step.iter().map(|taken| taken.window.events.len()).sum::<usize>();
            let full = steps.iter().take_while(|step| (100..108).contains(&filled(step))).count();
            let begun_in = |step: &Vec<Taken>| step.iter().any(|taken| taken.window.events.start == 0);
            let last_begun = steps.iter().rposition(begun_in).unwrap();
            assert!(full >= last_begun, "{full} full steps, the last history begins in step {last_begun}");
        }
    }
}
