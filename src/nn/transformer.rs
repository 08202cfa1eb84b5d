//! Transformer blocks over sequences laid end to end, each
//! `a = x + drop(attention(norm(x)) · O + o)`, `y = a + drop(relu(norm(a) · F + f) · G + g)`.
//!
//! On the processor blocks are one kernel: a task takes whole sequences of about [`CHUNK`] tokens through all of them, so
//! that everything between two matrix products stays in the core's own cache. On a card they are composed of candle's
//! operations, over sequences padded to one length.
//!
//! Sources: Vaswani et al. (2017); Xiong et al., "On layer normalization in the transformer architecture" (2020) for
//! norms before the sums; Kang and McAuley, "Self-attentive sequential recommendation" (2018) for the use.

use super::dropout::Dropout;
use super::norm;
use super::ragged::{Ragged, add_up};
use super::shelf::{Buffer, Shelf};
use block::{Part, Pass};
use rayon::prelude::*;
use std::ops::Range;

pub use block::Block;

/// Tokens a task takes through the blocks at once.
const CHUNK: usize = 256;

/// Blocks one after the other, and a norm, over the tokens of a batch.
pub struct Stack<'a> {
    pub block: Block,
    /// `[n_weights]` of each block.
    pub blocks: &'a [Vec<f32>],
    /// Gain and offset of the norm, `[2, width]`.
    pub norm: &'a [f32],
    /// What each block drops after attention and after the feed-forward part.
    pub dropout: &'a [[Dropout; 2]],
    pub ragged: &'a Ragged,
    pub shelf: &'a Shelf,
}

impl Stack<'_> {
    /// Writes the state of each token to `x`, `[tokens, width]`; `read` writes the vectors of tokens, from the one of that
    /// number on.
    pub fn forward(&self, x: &mut [f32], read: impl Fn(usize, &mut [f32]) + Sync) -> Kept {
        let (passes, width) = (self.passes(), self.block.heads.width);
        let tokens = self.ragged.tokens();
        let blocks = passes.iter().map(|_| block::Kept::new(self.block, tokens, self.shelf)).collect();
        let mut kept = Kept { blocks, norm: norm::Kept::new(tokens, width, self.shelf) };
        self.lanes(&mut kept, x).for_each(|mut lane| {
            for (sequences, rows) in self.chunks(lane.sequences) {
                let x = &mut lane.x[rows.start * width..rows.end * width];
                read(self.ragged.span(&sequences).start, x);
                for (pass, part) in passes.iter().zip(&mut lane.blocks) {
                    pass.forward(x, &mut part.rows(rows.clone(), self.block), sequences.clone());
                }
            }
            lane.norm.forward(lane.x, self.norm);
        });
        kept
    }

    /// The gradients of the norm's weights and of each block's, given those of the states, which become those of the
    /// tokens' vectors in place.
    pub fn backward(&self, mut kept: Kept, dx: &mut [f32]) -> Vec<Buffer> {
        let (passes, width) = (self.passes(), self.block.heads.width);
        let turned: Vec<[Buffer; 4]> = passes.par_iter().map(Pass::turned).collect();
        let lanes = self.lanes(&mut kept, dx).map(|mut lane| {
            let mut gradients = self.lengths().map(|length| self.shelf.rough(length)).collect::<Vec<_>>();
            let mut room = self.shelf.rough(lane.x.len());
            lane.norm.backward(lane.x, self.norm, &mut gradients[0], &mut room);
            for (chunk, (sequences, rows)) in self.chunks(lane.sequences).enumerate() {
                let dx = &mut lane.x[rows.start * width..rows.end * width];
                for (block, pass) in passes.iter().enumerate().rev() {
                    let part = lane.blocks[block].rows(rows.clone(), self.block);
                    let dweights = (&mut *gradients[1 + block], chunk == 0);
                    pass.backward(&part, dx, dweights, sequences.clone(), &turned[block]);
                }
            }
            (lane.number, gradients)
        });
        let mut lanes: Vec<(usize, Vec<Buffer>)> = lanes.collect();
        lanes.sort_by_key(|(number, _)| *number);
        let mut lanes: Vec<_> = lanes.into_iter().map(|(_, gradients)| gradients.into_iter()).collect();
        let mut next = |length| (lanes.iter_mut().filter_map(Iterator::next).collect(), length);
        let parts: Vec<(Vec<Buffer>, usize)> = self.lengths().map(&mut next).collect();
        let sums = parts.into_par_iter().map(|(parts, length)| add_up(parts, length, self.shelf));
        let mut gradients: Vec<Buffer> = sums.collect();
        for (weights, dweights) in self.blocks.iter().zip(&mut gradients[1..]) {
            self.block.unfold(weights, dweights);
        }
        gradients
    }

    /// Values of the weights of the norm and of each block.
    fn lengths(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.norm.len()).chain(self.blocks.iter().map(Vec::len))
    }

    fn passes(&self) -> Vec<Pass<'_>> {
        let blocks = self.blocks.iter().zip(self.dropout);
        blocks
            .map(|(weights, &dropout)| Pass::new(self.block, weights, self.ragged, dropout, self.shelf))
            .collect()
    }

    /// Whoever is free takes the longest that is left: so little is waited for at the end.
    fn lanes<'a>(&'a self, kept: &'a mut Kept, x: &'a mut [f32]) -> impl ParallelIterator<Item = Lane<'a>> {
        let ragged = self.ragged;
        let blocks = kept.blocks.iter_mut().map(|kept| kept.parts(self.block, ragged).into_iter());
        let mut blocks: Vec<_> = blocks.collect();
        let rows = ragged.split(ragged.lanes(), x, self.block.heads.width);
        let lanes = rows.into_iter().zip(kept.norm.parts(ragged)).zip(ragged.lanes()).enumerate();
        let lanes = lanes.map(|(number, ((x, norm), sequences))| Lane {
            number,
            sequences,
            x,
            blocks: blocks.iter_mut().filter_map(Iterator::next).collect(),
            norm,
        });
        let mut lanes: Vec<Lane<'a>> = lanes.collect();
        lanes.sort_by_key(|lane| std::cmp::Reverse(lane.x.len()));
        lanes.into_iter().par_bridge()
    }

    /// Sequences of each chunk of a lane, and its tokens counted from the lane's first.
    fn chunks(&self, lane: &Range<usize>) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let ragged = self.ragged;
        let first = ragged.span(lane).start;
        ragged.chunks(lane.clone(), CHUNK).map(move |sequences| {
            let span = ragged.span(&sequences);
            (sequences, span.start - first..span.end - first)
        })
    }
}

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub struct Kept {
    blocks: Vec<block::Kept>,
    norm: norm::Kept,
}

/// Sequences that a task takes through, and what is kept of them.
struct Lane<'a> {
    /// Of these in their order.
    number: usize,
    sequences: &'a Range<usize>,
    x: &'a mut [f32],
    blocks: Vec<Part<'a>>,
    norm: norm::Part<'a>,
}

pub mod block;

#[cfg(test)]
mod tests;
