//! Buffers that serve again from step to step. Memory fresh from the system costs an interruption for each page that is
//! first touched, and giving it back costs more: without this, both came to a third of a training step.
//!
//! A buffer begins where a line of the cache does. Of vectors as long as a line, any other place has each of them cross two
//! lines, and what was just written across two is waited for when it is read.

use parking_lot::Mutex;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

/// Values from which a buffer is worth keeping: the system gives smaller ones from what a process has.
const WORTH_KEEPING: usize = 4_096;

/// A buffer so many times as long as what is asked for waits for something longer, which would else need another.
const TOO_LONG: usize = 2;

/// Lengths between a power of two and its half.
const ROOMS: usize = 16;

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Values that a buffer may have to leave out before one at which a line begins.
const BEFORE: usize = LINE / size_of::<f32>() - 1;

/// Where buffers wait to serve again. Clones are the same shelf.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Mutex<Vec<Vec<f32>>>>);

/// Values that go back to their shelf when they are dropped.
#[derive(Debug)]
pub struct Buffer {
    /// Some of these, of which as many are kept as there ever were.
    values: Vec<f32>,
    used: Range<usize>,
    shelf: Shelf,
}

impl Shelf {
    /// A buffer of `len` values, whatever they are: for one that is written whole before it is read.
    pub fn rough(&self, len: usize) -> Buffer {
        let mut values = self.nearest(len + BEFORE);
        if values.len() < len + BEFORE {
            values = vec![0.0; room_for(len) + BEFORE];
        }
        let start = values.as_ptr().align_offset(LINE).min(BEFORE);
        let mut buffer = Buffer { values, used: start..start + len, shelf: self.clone() };
        if cfg!(test) {
            buffer.fill(f32::NAN);
        }
        buffer
    }

    /// A buffer of `len` zeros.
    pub fn zeros(&self, len: usize) -> Buffer {
        let mut buffer = self.rough(len);
        buffer.fill(0.0);
        buffer
    }

    /// A buffer that holds these.
    pub fn copy_of(&self, values: &[f32]) -> Buffer {
        let mut buffer = self.rough(values.len());
        buffer.copy_from_slice(values);
        buffer
    }

    /// Gives back what waits.
    pub fn clear(&self) {
        self.0.lock().clear();
    }

    /// The shortest buffer that is long enough and not much too long, or else the longest that is too short, which makes
    /// room for one that is not: so there are never many more of them than were ever in use together.
    fn nearest(&self, len: usize) -> Vec<f32> {
        if len < WORTH_KEEPING {
            return Vec::new();
        }
        let mut waiting = self.0.lock();
        let at = waiting.partition_point(|values| values.len() < len);
        if waiting.get(at).is_some_and(|values| values.len() <= TOO_LONG * len) {
            waiting.remove(at)
        } else if at > 0 {
            waiting.remove(at - 1)
        } else {
            Vec::new()
        }
    }
}

/// As many values as buffers of about this length have room for, so that one that is asked for a little longer from step
/// to step is not another each time. What is never written takes no memory.
fn room_for(len: usize) -> usize {
    if len < WORTH_KEEPING { len } else { len.next_multiple_of(len.next_power_of_two() / ROOMS) }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[self.used.clone()]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.used.clone()]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.values.len() >= WORTH_KEEPING {
            let values = std::mem::take(&mut self.values);
            let mut waiting = self.shelf.0.lock();
            // Ascending by length.
            let at = waiting.partition_point(|other| other.len() < values.len());
            waiting.insert(at, values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of those that wait, and as many as lie before a line at most.
    fn waiting(shelf: &Shelf) -> Vec<usize> {
        shelf.0.lock().iter().map(|values| values.len() - BEFORE).collect()
    }

    #[test]
    fn buffers_begin_with_a_line() {
        let shelf = Shelf::default();
        for len in [1, 5_000, 70_000] {
            assert_eq!(shelf.rough(len).as_ptr() as usize % LINE, 0);
            assert_eq!(shelf.zeros(len)[..], vec![0.0; len]);
        }
    }

    #[test]
    fn buffers_serve_again_and_are_never_more_than_were_in_use_together() {
        let shelf = Shelf::default();
        let (small, large) = (shelf.rough(5_000), shelf.zeros(9_900));
        let place = large.as_ptr();
        assert_eq!((small.len(), large.len()), (5_000, 9_900));
        drop((small, large));
        let [fives, nines, twenties] = [5_120, 10_240, 20_480];
        assert_eq!(waiting(&shelf), [fives, nines], "room for a little more");
        // The shortest that is long enough.
        let sevens = vec![7.0; 6_000];
        let again = shelf.copy_of(&sevens);
        assert_eq!((again.as_ptr(), &*again), (place, &*sevens));
        assert_eq!(waiting(&shelf), [fives]);
        // None is: one takes the place of the longest.
        let longer = shelf.zeros(20_000);
        assert!(longer.iter().all(|&value| value == 0.0));
        assert!(waiting(&shelf).is_empty());
        drop((again, longer));
        assert_eq!(waiting(&shelf), [nines, twenties]);
        // One is twice as long and more: it stays for what needs it.
        let short = shelf.rough(4_200);
        assert_eq!(waiting(&shelf), [nines, twenties]);
        drop(short);
        assert_eq!(waiting(&shelf), [4_608, nines, twenties]);
        // The longest that is too short makes room.
        let longer = shelf.rough(4_650);
        assert_eq!(waiting(&shelf), [nines, twenties]);
        drop(longer);
        assert_eq!(waiting(&shelf), [fives, nines, twenties]);
        drop(shelf.rough(10));
        assert_eq!(waiting(&shelf), [fives, nines, twenties], "small ones are not kept");
        shelf.clear();
        assert!(waiting(&shelf).is_empty());
    }
}
