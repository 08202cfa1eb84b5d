//! Buffers that serve again from step to step. Memory fresh from the system costs an interruption for each page that is
//! first touched, and giving it back costs more: without this, both came to a third of a training step.

use parking_lot::Mutex;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Values from which a buffer is worth keeping: the system gives smaller ones from what a process has.
const WORTH_KEEPING: usize = 4_096;

/// A buffer so many times as long as what is asked for waits for something longer, which would else need another.
const TOO_LONG: usize = 2;

/// Where buffers wait to serve again. Clones are the same shelf.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Mutex<Vec<Vec<f32>>>>);

/// Values that go back to their shelf when they are dropped.
#[derive(Debug)]
pub struct Buffer {
    /// The first `len` of these, of which as many are kept as there ever were.
    values: Vec<f32>,
    len: usize,
    shelf: Shelf,
}

impl Shelf {
    /// A buffer of `len` values, whatever they are: for one that is written whole before it is read.
    pub fn rough(&self, len: usize) -> Buffer {
        let mut values = self.nearest(len);
        if values.len() < len {
            values = vec![0.0; len];
        }
        if cfg!(test) {
            values[..len].fill(f32::NAN);
        }
        Buffer { values, len, shelf: self.clone() }
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

impl Buffer {
    /// The values, which do not go back.
    pub fn into_vec(mut self) -> Vec<f32> {
        self.values.truncate(self.len);
        std::mem::take(&mut self.values)
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.len]
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

    fn waiting(shelf: &Shelf) -> Vec<usize> {
        shelf.0.lock().iter().map(Vec::len).collect()
    }

    #[test]
    fn buffers_serve_again_and_are_never_more_than_were_in_use_together() {
        let shelf = Shelf::default();
        let (small, large) = (shelf.rough(5_000), shelf.zeros(9_000));
        let place = large.as_ptr();
        assert_eq!((small.len(), large.len()), (5_000, 9_000));
        drop((small, large));
        assert_eq!(waiting(&shelf), [5_000, 9_000]);
        // The shortest that is long enough.
        let sevens = vec![7.0; 6_000];
        let again = shelf.copy_of(&sevens);
        assert_eq!((again.as_ptr(), &*again), (place, &*sevens));
        assert_eq!(waiting(&shelf), [5_000]);
        // None is: one takes the place of the longest.
        let longer = shelf.zeros(20_000);
        assert!(longer.iter().all(|&value| value == 0.0));
        assert!(waiting(&shelf).is_empty());
        drop((again, longer));
        assert_eq!(waiting(&shelf), [9_000, 20_000]);
        // One is twice as long and more: it stays for what needs it.
        let short = shelf.rough(4_400);
        assert_eq!(waiting(&shelf), [9_000, 20_000]);
        drop(short);
        assert_eq!(waiting(&shelf), [4_400, 9_000, 20_000]);
        // The longest that is too short makes room.
        drop(shelf.rough(4_450).into_vec());
        assert_eq!(waiting(&shelf), [9_000, 20_000]);
        assert_eq!(shelf.zeros(10_000).into_vec(), vec![0.0; 10_000]);
        assert_eq!(waiting(&shelf), [9_000]);
        drop(shelf.rough(10));
        assert_eq!(waiting(&shelf), [9_000], "small ones are not kept");
        shelf.clear();
        assert!(waiting(&shelf).is_empty());
    }
}
