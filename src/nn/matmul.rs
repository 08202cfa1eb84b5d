//! Matrix products on one thread, behind views whose bounds are checked when they are made.
//!
//! Callers cut the work in tiles that do not depend on the number of threads and run tiles in parallel; a
//! product never starts threads of its own, so its result is the same bit for bit on any number of them.

#![expect(unsafe_code, reason = "the product kernel takes raw pointers; views check their bounds when made")]

use super::vector::LANES;
use gemm::Parallelism;
use std::any::Any;
use std::sync::Once;

/// The numbers products are taken over: `f32` and `f64`, nothing else, because the kernel knows no others.
pub trait Real: Copy + Send + Sync + Any + PartialEq + sealed::Sealed {
    const ZERO: Self;
    const ONE: Self;
    /// `self + left · right`, rounded once.
    #[must_use]
    fn plus_product(self, left: Self, right: Self) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
    fn plus_product(self, left: Self, right: Self) -> Self {
        left.mul_add(right, self)
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
    fn plus_product(self, left: Self, right: Self) -> Self {
        left.mul_add(right, self)
    }
}

/// A matrix to read: element `(i, j)` is `data[i * row_stride + j * column_stride]`.
#[derive(Debug, Clone, Copy)]
pub struct View<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a, T> View<'a, T> {
    /// A row-major matrix whose rows are `stride` apart.
    ///
    /// # Panics
    /// Where `data` is too short or rows overlap.
    pub fn new(data: &'a [T], rows: usize, columns: usize, stride: usize) -> Self {
        check(data.len(), rows, columns, stride);
        Self { data, rows, columns, row_stride: stride, column_stride: 1 }
    }

    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// A matrix to write, row-major with rows `stride` apart.
#[derive(Debug)]
pub struct ViewMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    columns: usize,
    stride: usize,
}

impl<'a, T> ViewMut<'a, T> {
    /// # Panics
    /// Where `data` is too short or rows overlap.
    pub fn new(data: &'a mut [T], rows: usize, columns: usize, stride: usize) -> Self {
        check(data.len(), rows, columns, stride);
        Self { data, rows, columns, stride }
    }
}

fn check(len: usize, rows: usize, columns: usize, stride: usize) {
    assert!(stride >= columns, "rows of {columns} values overlap at stride {stride}");
    // No matrix has as many values as a sum that is too large comes to.
    let last = rows.saturating_sub(1).saturating_mul(stride).saturating_add(columns);
    let needed = if rows == 0 || columns == 0 { 0 } else { last };
    assert!(len >= needed, "a matrix of {rows} rows and {columns} columns needs {needed} values, has {len}");
}

/// `destination = keep · destination + scale · left · right`; where `keep` is zero the destination is not read.
/// A row of the product does not depend on the other rows as long as `right` is not transposed.
///
/// # Panics
/// Where the shapes do not fit.
pub fn multiply<T: Real>(
    destination: ViewMut<'_, T>,
    keep: T,
    scale: T,
    left: View<'_, T>,
    right: View<'_, T>,
) {
    assert_eq!(left.columns, right.rows, "inner dimensions differ");
    let ViewMut { data, rows, columns, stride } = destination;
    assert_eq!((rows, columns), (left.rows, right.columns), "outer dimensions differ");
    if rows == 1 && columns > 1 {
        let fuses = !matches!(pulp::Arch::new(), pulp::Arch::Scalar);
        if fuses && left.columns <= ONE_CHAIN && left.column_stride == 1 && right.column_stride == 1 {
            let row = Row { out: &mut data[..columns], keep, scale, left: &left.data[..left.columns], right };
            pulp::Arch::new().dispatch(row);
            return;
        }
        // The kernel sums a product of one row in another order. Twice the row, it is what it would be among others.
        let mut twice = [&data[..columns], &data[..columns]].concat();
        let left = View { rows: 2, row_stride: 0, ..left };
        multiply(ViewMut::new(&mut twice, 2, columns, columns), keep, scale, left, right);
        data[..columns].copy_from_slice(&twice[..columns]);
        return;
    }
    PACKING.call_once(|| {
        gemm::set_lhs_packing_threshold_single_thread(LEAST_PACKED[0]);
        gemm::set_rhs_packing_threshold(LEAST_PACKED[1]);
    });
    // SAFETY: every view was checked to hold its last element, strides are not negative, the destination's rows do
    // not overlap, and it cannot alias the operands because it is borrowed mutably. `T` is f32 or f64, the
    // only implementors of `Real`, both of which the kernel knows.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            left.columns,
            data.as_mut_ptr(),
            1,
            stride as isize,
            keep != T::ZERO,
            left.data.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            keep,
            scale,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// The next number of columns of which the kernel reads the right operand as it lies, whole vectors: of others it copies
/// all first.
pub fn even(columns: usize) -> usize {
    columns.next_multiple_of(LANES)
}

/// From how many of its tiles on the kernel copies an operand so that it lies as it is read, its left one and its right one
/// (ours the other way round). Ours are small and lie near: left to itself it copies much that is read but a few times,
/// and takes a tenth longer. They hold for the whole process, candle's products on the processor among them.
const LEAST_PACKED: [usize; 2] = [32, 128];
static PACKING: Once = Once::new();

/// Products that the kernel adds up in one go for each value, in order; of more it adds up parts.
const ONE_CHAIN: usize = 512;
/// Values of a row that are held while what is multiplied passes by.
const ROW_TILE: usize = 1_024;
/// Rows that pass by together.
const TOGETHER: usize = 4;

/// A row times a matrix that is read once, as it lies: the kernel would copy it first, which takes longer than the product.
/// Each value is summed as the kernel sums it among other rows.
struct Row<'a, T> {
    out: &'a mut [T],
    keep: T,
    scale: T,
    left: &'a [T],
    right: View<'a, T>,
}

impl<T: Real> pulp::NullaryFnOnce for Row<'_, T> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
    fn call(self) {
        let Self { out, keep, scale, left, right } = self;
        for (tile, out) in out.chunks_mut(ROW_TILE).enumerate() {
            let mut sums = [T::ZERO; ROW_TILE];
            let sums = &mut sums[..out.len()];
            let row = |at: usize| &right.data[at * right.row_stride + tile * ROW_TILE..][..out.len()];
            let (fours, rest) = left.as_chunks::<TOGETHER>();
            let n = sums.len();
            for (four, &[p, q, r, s]) in fours.iter().enumerate() {
                let [a, b, c, d] = [0, 1, 2, 3].map(|at| &row(four * TOGETHER + at)[..n]);
                for at in 0..n {
                    let two = sums[at].plus_product(p, a[at]).plus_product(q, b[at]);
                    sums[at] = two.plus_product(r, c[at]).plus_product(s, d[at]);
                }
            }
            for (at, &factor) in rest.iter().enumerate() {
                let values = &row(fours.len() * TOGETHER + at)[..n];
                for at in 0..n {
                    sums[at] = sums[at].plus_product(factor, values[at]);
                }
            }
            for at in 0..n {
                let kept = if keep == T::ZERO { T::ZERO } else { T::ZERO.plus_product(keep, out[at]) };
                out[at] = kept.plus_product(scale, sums[at]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_transposes_by_hand() {
        let left = [1.0_f32, 2.0, 9.0, 3.0, 4.0, 9.0]; // 2 × 2, stride 3
        let right = [5.0, 6.0, 7.0, 8.0];
        let mut out = [1.0; 4];
        multiply(
            ViewMut::new(&mut out, 2, 2, 2),
            1.0,
            2.0,
            View::new(&left, 2, 2, 3),
            View::new(&right, 2, 2, 2).transposed(),
        );
        // 1 + 2 · [[1,2],[3,4]] · [[5,7],[6,8]]
        assert_eq!(out, [35.0, 47.0, 79.0, 107.0]);
        let mut fresh = [f32::NAN; 4];
        multiply(
            ViewMut::new(&mut fresh, 2, 2, 2),
            0.0,
            1.0,
            View::new(&left, 2, 2, 3),
            View::new(&right, 2, 2, 2),
        );
        assert_eq!(fresh, [19.0, 22.0, 43.0, 50.0]);
    }

    #[test]
    fn a_row_is_the_same_alone_and_among_others() {
        let values = |n: usize| (0..n).map(|at| ((at * 37 % 101) as f32).sqrt()).collect::<Vec<f32>>();
        for (inner, columns) in [(43, 129), (64, 1_682), (200, 2), (10, 30)] {
            let (left, right) = (values(64 * inner), values(inner * columns));
            let right = View::new(&right, inner, columns, columns);
            let mut all = vec![1.0; 64 * columns];
            let all_rows = View::new(&left, 64, inner, inner);
            multiply(ViewMut::new(&mut all, 64, columns, columns), 1.0, 0.3, all_rows, right);
            for row in 0..64 {
                let mut alone = vec![1.0; columns];
                let left = View::new(&left[row * inner..], 1, inner, inner);
                multiply(ViewMut::new(&mut alone, 1, columns, columns), 1.0, 0.3, left, right);
                assert_eq!(alone, all[row * columns..][..columns]);
            }
        }
    }

    /// Callers cut long products in tiles of columns; what comes of a column depends on no other.
    #[test]
    fn a_column_is_the_same_in_a_tile_and_in_the_whole() {
        let values = |n: usize| (0..n).map(|at| ((at * 37 % 101) as f32).sqrt()).collect::<Vec<f32>>();
        let (inner, columns) = (128, 20_011);
        let (left, right) = (values(inner), values(inner * columns));
        let left = View::new(&left, 1, inner, inner);
        let product = |first: usize, across: usize| {
            let mut out = vec![0.5; across];
            let right = View::new(&right[first..], inner, across, columns);
            multiply(ViewMut::new(&mut out, 1, across, across), 1.0, 1.0, left, right);
            out
        };
        let whole = product(0, columns);
        for tile in [8_192, 1_000, 77] {
            let tiles = (0..columns).step_by(tile);
            let tiles = tiles.flat_map(|first| product(first, tile.min(columns - first)));
            assert!(tiles.eq(whole.iter().copied()), "tiles of {tile}");
        }
    }

    #[test]
    #[should_panic(expected = "needs 6 values, has 5")]
    fn views_check_their_bounds() {
        let _ = View::new(&[0.0_f32; 5], 2, 3, 3);
    }
}
