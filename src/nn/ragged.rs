//! Sequences of unequal length laid end to end, so that nothing is computed for padding, and how work on them is
//! cut: by tokens, never by the number of threads.

use super::shelf::{Buffer, Shelf};
use super::vector::add;
use rayon::prelude::*;
use std::ops::Range;

/// Groups of sequences that one task works through; each has weight gradients of its own, added up in order.
pub const LANES: usize = 16;
/// Values that one task adds up.
const AT_ONCE: usize = 1 << 12;

/// Where each sequence of a batch begins and ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ragged {
    /// Sequence `s` holds tokens `offsets[s]..offsets[s + 1]`, `[sequences + 1]`.
    offsets: Vec<usize>,
    /// Sequences of each lane.
    lanes: Vec<Range<usize>>,
}

impl Ragged {
    pub fn new(lengths: impl IntoIterator<Item = usize>) -> Self {
        let mut offsets = vec![0];
        offsets.extend(lengths.into_iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        }));
        let mut ragged = Self { offsets, lanes: Vec::new() };
        ragged.lanes = ragged.cut(LANES);
        ragged
    }

    /// At most so many runs of whole sequences, of about as many tokens each.
    pub fn cut(&self, parts: usize) -> Vec<Range<usize>> {
        let tokens = self.tokens();
        let mut runs = Vec::with_capacity(parts);
        let mut begin = 0;
        for part in 1..=parts {
            let end = self.offsets.partition_point(|&end| end * parts <= tokens * part) - 1;
            if end > begin {
                runs.push(begin..end);
                begin = end;
            }
        }
        runs
    }

    pub fn sequences(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn tokens(&self) -> usize {
        self.offsets[self.offsets.len() - 1]
    }

    /// The tokens of a sequence.
    pub fn range(&self, sequence: usize) -> Range<usize> {
        self.offsets[sequence]..self.offsets[sequence + 1]
    }

    /// The last token of a sequence; none where it has no token.
    pub fn last(&self, sequence: usize) -> Option<usize> {
        self.range(sequence).last()
    }

    /// The longest sequence's tokens.
    pub fn longest(&self) -> usize {
        self.offsets.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
    }

    /// Sequences of each lane, in order.
    pub fn lanes(&self) -> &[Range<usize>] {
        &self.lanes
    }

    /// Tokens of a run of sequences.
    pub fn span(&self, sequences: &Range<usize>) -> Range<usize> {
        self.offsets[sequences.start]..self.offsets[sequences.end]
    }

    /// Cuts rows of `width` values, one a token, in the parts of runs that follow each other from the first sequence on.
    pub fn split<'a>(
        &self,
        runs: &[Range<usize>],
        mut rows: &'a mut [f32],
        width: usize,
    ) -> Vec<&'a mut [f32]> {
        let mut parts = Vec::with_capacity(runs.len());
        for run in runs {
            let (part, rest) = rows.split_at_mut(self.span(run).len() * width);
            parts.push(part);
            rows = rest;
        }
        parts
    }

    /// Runs of whole sequences of about `tokens` tokens, or one longer sequence, within a run.
    pub fn chunks(&self, within: Range<usize>, tokens: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut begin = within.start;
        std::iter::from_fn(move || {
            if begin == within.end {
                return None;
            }
            let first = begin;
            begin += 1;
            while begin < within.end && self.offsets[begin + 1] - self.offsets[first] <= tokens {
                begin += 1;
            }
            Some(first..begin)
        })
    }
}

/// The gradients of the lanes added up in their order.
pub fn add_up(parts: Vec<Buffer>, len: usize, shelf: &Shelf) -> Buffer {
    let mut parts = parts.into_iter();
    let mut total = parts.next().unwrap_or_else(|| shelf.zeros(len));
    let rest: Vec<Buffer> = parts.collect();
    total.par_chunks_mut(AT_ONCE).enumerate().for_each(|(task, total)| {
        for part in &rest {
            add(total, &part[task * AT_ONCE..]);
        }
    });
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sequence_is_in_one_lane_and_one_chunk() {
        for lengths in [vec![], vec![0, 0], vec![5], vec![1; 100], vec![0, 7, 300, 2, 0, 1, 0], vec![0; 40]] {
            let ragged = Ragged::new(lengths.iter().copied());
            assert_eq!(ragged.tokens(), lengths.iter().sum::<usize>());
            let covered: Vec<usize> = ragged.lanes().iter().cloned().flatten().collect();
            assert_eq!(covered, (0..lengths.len()).collect::<Vec<_>>());
            let chunked: Vec<usize> = ragged.chunks(0..lengths.len(), 8).flatten().collect();
            assert_eq!(chunked, covered);
            for chunk in ragged.chunks(0..lengths.len(), 8) {
                assert!(chunk.len() == 1 || ragged.span(&chunk).len() <= 8);
            }
        }
    }

    #[test]
    fn lanes_hold_about_the_same_number_of_tokens() {
        let ragged = Ragged::new((0..640).map(|at| at % 7));
        let tokens: Vec<usize> = ragged.lanes().iter().map(|lane| ragged.span(lane).len()).collect();
        assert_eq!(tokens.len(), LANES);
        let fair = ragged.tokens() / LANES;
        assert!(tokens.iter().all(|&tokens| tokens.abs_diff(fair) <= 7), "{tokens:?}");
    }
}
