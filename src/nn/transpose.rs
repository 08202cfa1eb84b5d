//! Rows written as columns, so that a product may read them as they lie: its kernel would turn them anew each time.
//!
//! Sixteen rows are dealt out four and four, twice, until their first values stand side by side, then their second ones:
//! shuffles of vectors, where values written one by one would each take a store.

use super::matmul::even;
use super::shelf::{Buffer, Shelf};
use super::vector::{LANES, vectorised};
use rayon::prelude::*;

/// Columns that are written together.
const TOGETHER: usize = 32;
/// Rows that are dealt out together, and groups of so many.
const DEALT: usize = 4;
/// Read where there is no row.
static NOTHING: [f32; TOGETHER] = [0.0; TOGETHER];

/// Rows of `width` values as columns, made in parallel: `[width, even(rows)]`, zeros in what is no row's.
pub fn transposed(rows: &[f32], width: usize, shelf: &Shelf) -> Buffer {
    let height = rows.len() / width;
    let mut turned = shelf.rough(width * even(height));
    turned.par_chunks_mut((TOGETHER * even(height)).max(1)).enumerate().for_each(|(task, turned)| {
        turn(&rows[task * TOGETHER..], width, height, turned);
    });
    turned
}

/// Writes the first values of each of `height` rows, one every `stride` values, as columns: `turned` is
/// `[values, even(height)]`, zeros in what is no row's.
pub fn turn(rows: &[f32], stride: usize, height: usize, turned: &mut [f32]) {
    let across = even(height);
    let width = turned.len() / across.max(1);
    let whole = width / TOGETHER * TOGETHER;
    turn_blocks(rows, stride, height, &mut turned[..whole * across]);
    for (column, turned) in turned.chunks_exact_mut(across.max(1)).enumerate().skip(whole) {
        for row in 0..height {
            turned[row] = rows[row * stride + column];
        }
        turned[height..].fill(0.0);
    }
}

vectorised! {
    /// [`turn`] of so many values of a row that their number is a multiple of [`TOGETHER`].
    fn turn_blocks<'a>(rows: &'a [f32], stride: usize, height: usize, turned: &'a mut [f32]) {
        /// Rows dealt out four and four, then all.
        #[repr(align(64))]
        struct Room([[f32; DEALT * TOGETHER]; DEALT], [f32; LANES * TOGETHER]);
        let across = even(height);
        let mut room = Room([[0.0; DEALT * TOGETHER]; DEALT], [0.0; LANES * TOGETHER]);
        let Room(fours, all) = &mut room;
        for first in (0..height).step_by(LANES) {
            for column in (0..turned.len() / across).step_by(TOGETHER) {
                for (group, four) in fours.iter_mut().enumerate() {
                    let mut dealt = [&NOTHING; DEALT];
                    for (at, row) in dealt.iter_mut().enumerate() {
                        let place = first + group + DEALT * at;
                        if place < height {
                            *row = &rows[place * stride + column..].as_chunks().0[0];
                        }
                    }
                    deal(dealt, four);
                }
                let [a, b, c, d] = &*fours;
                deal([a, b, c, d], all);
                for (at, values) in all.as_chunks::<LANES>().0.iter().enumerate() {
                    turned[(column + at) * across + first..].as_chunks_mut().0[0] = *values;
                }
            }
        }
    }
}

/// The first value of each row, then the second of each.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn deal<const N: usize, const M: usize>(rows: [&[f32; N]; DEALT], dealt: &mut [f32; M]) {
    let [a, b, c, d] = rows;
    for at in 0..N {
        dealt[DEALT * at] = a[at];
        dealt[DEALT * at + 1] = b[at];
        dealt[DEALT * at + 2] = c[at];
        dealt[DEALT * at + 3] = d[at];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_any_shape_become_columns() {
        for [height, width, stride] in
            [[1, 1, 1], [3, 40, 40], [40, 3, 5], [17, 33, 40], [100, 31, 31], [64, 64, 64], [0, 5, 5]]
        {
            let rows: Vec<f32> = (0..height * stride).map(|at| 1.0 + at as f32).collect();
            let across = even(height);
            let mut turned = vec![f32::NAN; width * across];
            turn(&rows, stride, height, &mut turned);
            for (at, &value) in turned.iter().enumerate() {
                let (column, row) = (at / across, at % across);
                let expected = if row < height { rows[row * stride + column] } else { 0.0 };
                assert_eq!(value, expected, "{height} rows of {width}, {stride} apart");
            }
            if stride == width {
                assert_eq!(*transposed(&rows, width, &Shelf::default()), *turned);
            }
        }
    }
}
