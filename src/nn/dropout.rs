//! Dropout whose mask is a function of seed, stream and place: never stored, the same on any number of threads and
//! in the backward pass.
//!
//! Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (JMLR 2014), in
//! the form that scales what is kept.

use super::random::{SIDE_BY_SIDE, philox_side_by_side};
use super::vector::vectorised;
use rayon::prelude::*;

/// Values that one task decides.
const AT_ONCE: usize = 1 << 14;

/// Values decided by one call of the generator: two of each of its words.
const GROUP: usize = 8 * SIDE_BY_SIDE;

/// One place where values are dropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    seed: u64,
    stream: u64,
    /// Draws of 16 bits below this drop a value.
    threshold: u32,
}

impl Dropout {
    /// Drops nothing.
    pub const NONE: Self = Self { seed: 0, stream: 0, threshold: 0 };

    /// Drops a share of about `rate` of the values (to 1/65,536), by a seed and a stream of it.
    pub fn new(rate: f32, seed: u64, stream: u64) -> Self {
        Self { seed, stream, threshold: (rate.clamp(0.0, 0.99) * 65_536.0) as u32 }
    }

    /// What kept values are multiplied by.
    fn scale(self) -> f32 {
        65_536.0 / (65_536 - self.threshold) as f32
    }

    /// Multiplies values, which stand from `first` on in their tensor, by the mask.
    pub fn apply(self, values: &mut [f32], first: usize) {
        if self.threshold > 0 {
            apply(self, values, first);
        }
    }

    /// Multiplies all values of a tensor by the mask, in parallel.
    pub fn apply_all(self, values: &mut [f32]) {
        let chunks = values.par_chunks_mut(AT_ONCE).enumerate();
        chunks.for_each(|(task, values)| self.apply(values, task * AT_ONCE));
    }

    /// The mask of the first `n` values.
    pub fn mask(self, n: usize) -> Vec<f32> {
        let mut mask = vec![1.0; n];
        self.apply_all(&mut mask);
        mask
    }
}

vectorised! {
    fn apply<'a>(dropout: Dropout, values: &'a mut [f32], first: usize) {
        let mut mask = Mask::new(dropout, first);
        let mut rest = values;
        while !rest.is_empty() {
            let mask = mask.next(rest.len());
            let (here, after) = rest.split_at_mut(mask.len());
            for at in 0..mask.len() {
                here[at] *= mask[at];
            }
            rest = after;
        }
    }
}

vectorised! {
    /// Multiplies values, which stand from `first` on in their tensor, by the mask, and puts them elsewhere.
    pub fn dropped<'a>(dropout: Dropout, values: &'a [f32], first: usize, into: &'a mut [f32]) {
        let mut mask = Mask::new(dropout, first);
        let mut begin = 0;
        while begin < into.len() {
            let mask = mask.next(into.len() - begin);
            let (values, into) = (&values[begin..][..mask.len()], &mut into[begin..][..mask.len()]);
            for at in 0..mask.len() {
                into[at] = values[at] * mask[at];
            }
            begin += mask.len();
        }
    }
}

vectorised! {
    /// `sums = base + mask · (sums + offset)`, in rows as long as the offset, which stand from `first` on in their tensor.
    pub fn add_dropped<'a>(
        dropout: Dropout,
        base: &'a [f32],
        offset: &'a [f32],
        first: usize,
        sums: &'a mut [f32],
    ) {
        let width = offset.len();
        let mut mask = Mask::new(dropout, first);
        for row in 0..sums.len() / width {
            let mut begin = 0;
            while begin < width {
                let mask = mask.next(width - begin);
                let (n, from) = (mask.len(), row * width + begin);
                let (base, offset) = (&base[from..][..n], &offset[begin..][..n]);
                let sums = &mut sums[from..][..n];
                for at in 0..n {
                    sums[at] = base[at] + mask[at] * (sums[at] + offset[at]);
                }
                begin += n;
            }
        }
    }
}

/// What values are multiplied by, one after the other.
struct Mask {
    dropout: Dropout,
    /// The group to be decided next.
    group: usize,
    decided: [[f32; SIDE_BY_SIDE]; 8],
    /// Of these.
    used: usize,
}

impl Mask {
    /// From the value `first` of the tensor on.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
    fn new(dropout: Dropout, first: usize) -> Self {
        let mut mask = Self { dropout, group: first / GROUP, decided: [[1.0; SIDE_BY_SIDE]; 8], used: GROUP };
        if !first.is_multiple_of(GROUP) {
            mask.decide();
            mask.used = first % GROUP;
        }
        mask
    }

    /// The next ones: some, at most `n`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
    fn next(&mut self, n: usize) -> &[f32] {
        if self.used == GROUP {
            self.decide();
        }
        let from = self.used;
        self.used = GROUP.min(from + n);
        &self.decided.as_flattened()[from..self.used]
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
    fn decide(&mut self) {
        let Dropout { seed, stream, threshold } = self.dropout;
        if threshold > 0 {
            let [a, b, c, d] = philox_side_by_side(seed, stream, (self.group * SIDE_BY_SIDE) as u64);
            let kept = |words, half| kept(words, half, threshold, self.dropout.scale());
            self.decided = [
                kept(a, 0),
                kept(a, 1),
                kept(b, 0),
                kept(b, 1),
                kept(c, 0),
                kept(c, 1),
                kept(d, 0),
                kept(d, 1),
            ];
        }
        (self.group, self.used) = (self.group + 1, 0);
    }
}

/// What values are multiplied by for whom the lower or the upper halves of words decide.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn kept(words: [u32; SIDE_BY_SIDE], half: u32, threshold: u32, scale: f32) -> [f32; SIDE_BY_SIDE] {
    let mut kept = [0.0; SIDE_BY_SIDE];
    for at in 0..SIDE_BY_SIDE {
        kept[at] = if words[at] >> (16 * half) & 0xFFFF < threshold { 0.0 } else { scale };
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_gives_the_same_mask() {
        let dropout = Dropout::new(0.3, 5, 9);
        let mut whole = vec![1.0; 1_000];
        dropout.apply(&mut whole, 0);
        for cut in [1, 127, 128, 129, 500] {
            let mut parts = vec![1.0; 1_000];
            let (a, b) = parts.split_at_mut(cut);
            dropout.apply(b, cut);
            dropout.apply(a, 0);
            assert_eq!(parts, whole);
        }
        assert_eq!(dropout.mask(40_000)[..1_000], whole);
    }

    #[test]
    fn the_share_dropped_is_the_rate_and_the_mean_stays() {
        let mut values = vec![1.0; 100_000];
        Dropout::new(0.2, 1, 0).apply(&mut values, 0);
        let dropped = values.iter().filter(|&&value| value == 0.0).count() as f64 / 1e5;
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / 1e5;
        // Standard error 0.0013.
        assert!((dropped - 0.2).abs() < 0.005 && (mean - 1.0).abs() < 0.007, "{dropped} {mean}");
        let mut untouched = vec![3.0; 10];
        Dropout::new(0.0, 1, 0).apply(&mut untouched, 0);
        assert_eq!(untouched, [3.0; 10]);
    }
}
