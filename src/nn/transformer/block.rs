//! A block of a transformer: attention, then two linear layers, each after a norm and each added to what goes in.

use super::CHUNK;
use crate::nn::attention::{Causal, Heads, Scratch};
use crate::nn::dropout::{Dropout, add_dropped, dropped};
use crate::nn::folded::{AfterNorm, Gradients};
use crate::nn::matmul::{View, ViewMut, even, multiply};
use crate::nn::norm;
use crate::nn::packed::{self, Shapes};
use crate::nn::ragged::Ragged;
use crate::nn::shelf::{Buffer, Shelf};
use crate::nn::transpose::transposed;
use crate::nn::vector::{add_rows, add_scaled, vectorised};
use candle_core::{Result, Tensor};
use std::ops::Range;

/// Parts of a block's weights.
const PARTS: usize = 13;

/// Sizes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub heads: Heads,
    /// Values between the two products of the feed-forward part.
    pub inner: usize,
}

impl Block {
    /// Parts of the weights that are gains.
    pub const GAINS: [usize; 2] = [0, 7];

    /// Shapes of the weights, in the order in which they stand in one tensor: gain and offset of the first norm,
    /// `Q|K|V` and its offset, `O` and its offset, the heads' reach, gain and offset of the second norm, `F`, `f`, `G`,
    /// `g`.
    pub fn shapes(self) -> Shapes<PARTS> {
        let (width, Heads { count, reach, .. }) = (self.heads.width, self.heads);
        [
            [1, width],
            [1, width],
            [width, 3 * width],
            [1, 3 * width],
            [width, width],
            [1, width],
            [count, reach],
            [1, width],
            [1, width],
            [width, self.inner],
            [1, self.inner],
            [self.inner, width],
            [1, width],
        ]
    }

    /// Values of all weights.
    pub fn n_weights(self) -> usize {
        packed::len(self.shapes())
    }

    /// The linear layers that follow a norm.
    fn after_norms(self, weights: &[f32]) -> [AfterNorm<'_>; 2] {
        let [gain1, offset1, qkv, _, _, _, _, gain2, offset2, f, ..] = packed::split(self.shapes(), weights);
        [
            AfterNorm { gain: gain1, offset: offset1, weights: qkv },
            AfterNorm { gain: gain2, offset: offset2, weights: f },
        ]
    }

    /// The same with the norms folded in.
    fn folded(self, weights: &[f32], shelf: &Shelf) -> [Buffer; 2] {
        let [_, _, _, qkv_offset, _, _, _, _, _, _, f_offset, ..] = packed::split(self.shapes(), weights);
        let [qkv, f] = self.after_norms(weights);
        [qkv.fold(qkv_offset, shelf), f.fold(f_offset, shelf)]
    }

    /// Makes gradients of folded weights those of the weights.
    pub fn unfold(self, weights: &[f32], dweights: &mut [f32]) {
        let [dgain1, doffset1, dqkv, dqkv_offset, _, _, _, dgain2, doffset2, df, df_offset, ..] =
            packed::split_mut(self.shapes(), dweights);
        let [qkv, f] = self.after_norms(weights);
        qkv.unfold(Gradients { gain: dgain1, offset: doffset1, weights: dqkv }, dqkv_offset);
        f.unfold(Gradients { gain: dgain2, offset: doffset2, weights: df }, df_offset);
    }

    /// The same of candle's own operations, for sequences padded to one length: `x` is `[sequences · length, width]`,
    /// and so are the masks of what is dropped.
    pub fn composed(
        self,
        x: &Tensor,
        weights: &Tensor,
        causal: &Causal,
        masks: Option<&[Tensor; 2]>,
    ) -> Result<Tensor> {
        let parts = packed::narrowed(self.shapes(), weights)?;
        let drop = |x: Tensor, at: usize| match masks {
            Some(masks) => x * &masks[at],
            None => Ok(x),
        };
        let normal = norm::composed(x, &Tensor::cat(&parts[0..2], 0)?)?;
        let qkv = normal.matmul(&parts[2])?.broadcast_add(&parts[3])?;
        let attended = self.heads.composed(&qkv, &parts[6], causal)?;
        let a = (x + drop(attended.matmul(&parts[4])?.broadcast_add(&parts[5])?, 0)?)?;
        let normal = norm::composed(&a, &Tensor::cat(&parts[7..9], 0)?)?;
        let inner = normal.matmul(&parts[9])?.broadcast_add(&parts[10])?;
        // Not candle's `relu`, whose slope at zero is one: where nothing is learnt yet, zeros are many.
        let inner = (&inner * inner.gt(0.0)?.to_dtype(inner.dtype())?)?;
        &a + drop(inner.matmul(&parts[11])?.broadcast_add(&parts[12])?, 1)?
    }
}

/// What is kept of a block, all by token.
#[derive(Debug)]
pub struct Kept {
    norm1: norm::Kept,
    qkv: Buffer,
    attended: Buffer,
    sums: Buffer,
    norm2: norm::Kept,
    inner: Buffer,
}

/// The same, of the sequences of a lane.
pub struct Part<'a> {
    norm1: norm::Part<'a>,
    qkv: &'a mut [f32],
    attended: &'a mut [f32],
    sums: &'a mut [f32],
    norm2: norm::Part<'a>,
    inner: &'a mut [f32],
}

impl Kept {
    pub fn new(block: Block, tokens: usize, shelf: &Shelf) -> Self {
        let rows = |width: usize| shelf.rough(tokens * width);
        let Heads { width, count, .. } = block.heads;
        Self {
            norm1: norm::Kept::new(tokens, width, shelf),
            qkv: rows(3 * width),
            attended: rows(width),
            sums: rows(count),
            norm2: norm::Kept::new(tokens, width, shelf),
            inner: rows(block.inner),
        }
    }

    pub fn parts(&mut self, block: Block, ragged: &Ragged) -> Vec<Part<'_>> {
        let Heads { width, count, .. } = block.heads;
        let split = |values, width| ragged.split(ragged.lanes(), values, width).into_iter();
        let norms = self.norm1.parts(ragged).into_iter().zip(self.norm2.parts(ragged));
        let attention = split(&mut self.qkv, 3 * width)
            .zip(split(&mut self.attended, width))
            .zip(split(&mut self.sums, count));
        let parts = norms.zip(attention).zip(split(&mut self.inner, block.inner));
        let part = |(((norm1, norm2), ((qkv, attended), sums)), inner)| Part {
            norm1,
            qkv,
            attended,
            sums,
            norm2,
            inner,
        };
        parts.map(part).collect()
    }
}

impl Part<'_> {
    /// The rows of some tokens, counted from the lane's first.
    pub fn rows(&mut self, tokens: Range<usize>, block: Block) -> Part<'_> {
        let Heads { width, count, .. } = block.heads;
        let of = |width: usize| tokens.start * width..tokens.end * width;
        Part {
            norm1: self.norm1.rows(tokens.clone()),
            qkv: &mut self.qkv[of(3 * width)],
            attended: &mut self.attended[of(width)],
            sums: &mut self.sums[of(count)],
            norm2: self.norm2.rows(tokens.clone()),
            inner: &mut self.inner[of(block.inner)],
        }
    }
}

/// Rows with their number and width.
#[derive(Clone, Copy)]
struct Rows<'a>(&'a [f32], usize);

impl<'a> Rows<'a> {
    fn view(self) -> View<'a, f32> {
        View::new(self.0, self.0.len() / self.1, self.1, self.1)
    }
}

/// `out = rows · weights`, in rows of `width` values.
fn product(rows: Rows<'_>, weights: &[f32], width: usize, out: &mut [f32]) {
    let height = out.len() / width;
    let weights = View::new(weights, rows.1, width, width);
    multiply(ViewMut::new(out, height, width, width), 0.0, 1.0, rows.view(), weights);
}

/// Adds to the gradients of weights (writes them where they are `fresh`) and `offset`, and writes that of `rows`, given
/// `dout` and the weights `turned`.
fn linear_backward(
    rows: Rows<'_>,
    turned: &[f32],
    dout: Rows<'_>,
    (dweights, fresh): (&mut [f32], bool),
    doffset: &mut [f32],
    drows: &mut [f32],
) {
    let (from, to) = (rows.1, dout.1);
    add_rows(doffset, dout.0, to);
    let keep = if fresh { 0.0 } else { 1.0 };
    multiply(ViewMut::new(dweights, from, to, to), keep, 1.0, rows.view().transposed(), dout.view());
    let height = drows.len() / from;
    let turned = View::new(turned, to, from, even(from));
    multiply(ViewMut::new(drows, height, from, from), 0.0, 1.0, dout.view(), turned);
}

vectorised! {
    /// Adds the offset to each row.
    fn add_offset<'a>(rows: &'a mut [f32], offset: &'a [f32]) {
        for row in rows.chunks_exact_mut(offset.len()) {
            add_scaled(row, 1.0, offset);
        }
    }
}

vectorised! {
    /// Adds the offset to each row; what is below zero is zero.
    fn relu<'a>(rows: &'a mut [f32], offset: &'a [f32]) {
        for row in rows.chunks_exact_mut(offset.len()) {
            for at in 0..offset.len() {
                row[at] = (row[at] + offset[at]).max(0.0);
            }
        }
    }
}

vectorised! {
    /// Gradients through [`relu`], whose results are `values`.
    fn relu_backward<'a>(slopes: &'a mut [f32], values: &'a [f32]) {
        let n = slopes.len();
        let values = &values[..n];
        for at in 0..n {
            slopes[at] = if values[at] > 0.0 { slopes[at] } else { 0.0 };
        }
    }
}

/// A block's pass over a batch.
pub struct Pass<'a> {
    block: Block,
    weights: &'a [f32],
    folded: [Buffer; 2],
    ragged: &'a Ragged,
    dropout: [Dropout; 2],
    shelf: &'a Shelf,
}

impl<'a> Pass<'a> {
    pub fn new(
        block: Block,
        weights: &'a [f32],
        ragged: &'a Ragged,
        dropout: [Dropout; 2],
        shelf: &'a Shelf,
    ) -> Self {
        Self { block, weights, folded: block.folded(weights, shelf), ragged, dropout, shelf }
    }

    /// Room for so many tokens: as long for most chunks, so that a thread meets again what it just had at hand.
    fn room(&self, tokens: usize, width: usize) -> Buffer {
        self.shelf.rough(tokens.max(CHUNK) * width)
    }

    /// Rows of each of some sequences that has any, counted from the token `first`.
    fn rows(&self, sequences: Range<usize>, first: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let rows = sequences.map(|sequence| self.ragged.range(sequence)).filter(|rows| !rows.is_empty());
        rows.map(move |rows| rows.start - first..rows.end - first)
    }

    /// `Q|K|V`, `O`, `F` and `G`, turned.
    pub fn turned(&self) -> [Buffer; 4] {
        let [_, _, _, _, o, _, _, _, _, _, _, g, _] = packed::split(self.block.shapes(), self.weights);
        let Block { heads: Heads { width, .. }, inner } = self.block;
        let [qkv, f] = &self.folded;
        [(&qkv[..3 * width * width], 3 * width), (o, width), (&f[..inner * width], inner), (g, width)]
            .map(|(part, to)| transposed(part, to, self.shelf))
    }

    /// Takes the rows of some sequences through.
    pub fn forward(&self, x: &mut [f32], kept: &mut Part<'_>, sequences: Range<usize>) {
        let [_, _, _, _, o, o_offset, reach, _, _, _, _, g, g_offset] =
            packed::split(self.block.shapes(), self.weights);
        let Block { heads, inner } = self.block;
        let width = heads.width;
        let (qkv, qkv_offset) = self.folded[0].split_at(3 * width * width);
        let (f, f_offset) = self.folded[1].split_at(inner * width);
        let first = self.ragged.span(&sequences).start;
        let mut scratch = Scratch::new(heads, self.ragged.longest(), self.shelf);
        kept.norm1.normalise(x);
        product(Rows(kept.norm1.normal(), width), qkv, 3 * width, kept.qkv);
        add_offset(kept.qkv, qkv_offset);
        for rows in self.rows(sequences, first) {
            let of = |width: usize| rows.start * width..rows.end * width;
            heads.forward(
                &kept.qkv[of(3 * width)],
                reach,
                &mut kept.attended[of(width)],
                &mut kept.sums[of(heads.count)],
                &mut scratch,
            );
        }
        let first = first * width;
        let mut room = self.room(x.len() / width, width);
        let a = &mut room[..x.len()];
        product(Rows(kept.attended, width), o, width, a);
        add_dropped(self.dropout[0], x, o_offset, first, a);
        kept.norm2.normalise(a);
        product(Rows(kept.norm2.normal(), width), f, inner, kept.inner);
        relu(kept.inner, f_offset);
        product(Rows(kept.inner, inner), g, width, x);
        add_dropped(self.dropout[1], a, g_offset, first, x);
    }

    /// Takes gradients of the same rows back.
    pub fn backward(
        &self,
        kept: &Part<'_>,
        dx: &mut [f32],
        (dweights, fresh): (&mut [f32], bool),
        sequences: Range<usize>,
        [qkv, o, f, g]: &[Buffer; 4],
    ) {
        let [_, _, _, _, _, _, reach, ..] = packed::split(self.block.shapes(), self.weights);
        let [
            dgain1,
            doffset1,
            dqkv_weights,
            dqkv_offset,
            d_o,
            do_offset,
            dreach,
            dgain2,
            doffset2,
            df,
            df_offset,
            dg,
            dg_offset,
        ] = packed::split_mut(self.block.shapes(), dweights);
        if fresh {
            let added = [
                &mut *dgain1,
                doffset1,
                dqkv_offset,
                do_offset,
                dreach,
                dgain2,
                doffset2,
                df_offset,
                dg_offset,
            ];
            for part in added {
                part.fill(0.0);
            }
        }
        let Block { heads, inner } = self.block;
        let width = heads.width;
        let (tokens, first) = (dx.len() / width, self.ragged.span(&sequences).start);
        let mut room = self.room(tokens, 6 * width + inner);
        let parts = [width, width, width, inner, 3 * width].map(|width| [tokens, width]);
        let [rows, dnormal, dattended, dinner, dqkv] = packed::split_mut(parts, &mut room);
        let mut scratch = Scratch::new(heads, self.ragged.longest(), self.shelf);
        dropped(self.dropout[1], dx, first * width, rows);
        linear_backward(Rows(kept.inner, inner), g, Rows(rows, width), (dg, fresh), dg_offset, dinner);
        relu_backward(dinner, kept.inner);
        let normal = Rows(kept.norm2.normal(), width);
        linear_backward(normal, f, Rows(dinner, inner), (df, fresh), df_offset, dnormal);
        kept.norm2.add_backward(dnormal, dx);

        dropped(self.dropout[0], dx, first * width, rows);
        linear_backward(Rows(kept.attended, width), o, Rows(rows, width), (d_o, fresh), do_offset, dattended);
        for rows in self.rows(sequences, first) {
            let of = |width: usize| rows.start * width..rows.end * width;
            heads.backward(
                &kept.qkv[of(3 * width)],
                reach,
                &kept.attended[of(width)],
                &kept.sums[of(heads.count)],
                &dattended[of(width)],
                &mut dqkv[of(3 * width)],
                dreach,
                &mut scratch,
            );
        }
        let (normal, dqkv_weights) = (Rows(kept.norm1.normal(), width), (dqkv_weights, fresh));
        linear_backward(normal, qkv, Rows(dqkv, 3 * width), dqkv_weights, dqkv_offset, dnormal);
        kept.norm1.add_backward(dnormal, dx);
    }
}
