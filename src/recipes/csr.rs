//! Sparse matrices by rows, columns ascending: what rules and co-counts are kept in.

use super::artifact::{ArtifactError, Tensors, Values, expect_below, expect_len, inconsistent};
use super::growth::Growth;
use crate::jobs::{Cancelled, JobContext};
use rayon::prelude::*;

/// Rows that one task builds, whatever the number of threads.
const ROWS: usize = 32;
/// A row with more than one in so many places filled is read off in order rather than sorted.
const DENSE: usize = 16;

/// A sparse square matrix; the columns of row `i` are `indices[offsets[i]..offsets[i + 1]]`, ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct Csr<T> {
    offsets: Vec<i64>,
    indices: Vec<u32>,
    values: Vec<T>,
}

/// A number that sums over a row.
pub trait Summand: Copy + Default + PartialEq + Send + Sync + std::ops::AddAssign {}
impl Summand for u32 {}
impl Summand for f32 {}

/// Sums of one row by column, in the order they are added.
#[derive(Debug)]
pub struct RowSums<T> {
    sums: Vec<T>,
    touched: Vec<u32>,
}

impl<T: Summand> RowSums<T> {
    fn new(columns: usize) -> Self {
        Self { sums: vec![T::default(); columns], touched: Vec::new() }
    }

    /// Adds a positive amount to a column.
    #[inline]
    pub fn add(&mut self, column: u32, amount: T) {
        let sum = &mut self.sums[column as usize];
        if *sum == T::default() {
            self.touched.push(column);
        }
        *sum += amount;
    }

    /// Appends the sums that `keep` holds for, columns ascending, and starts anew.
    fn drain_into(&mut self, indices: &mut Vec<u32>, values: &mut Vec<T>, keep: impl Fn(T) -> bool) {
        let Self { sums, touched } = self;
        if touched.len() * DENSE > sums.len() {
            touched.clear();
            touched
                .extend((0..).zip(&*sums).filter(|(_, sum)| **sum != T::default()).map(|(column, _)| column));
        } else {
            touched.sort_unstable();
        }
        for column in touched.drain(..) {
            let sum = std::mem::take(&mut sums[column as usize]);
            if keep(sum) {
                indices.push(column);
                values.push(sum);
            }
        }
    }
}

impl<T: Summand> Csr<T> {
    /// An `n × n` matrix whose row `i` holds the sums that `fill(i, sums)` makes, where `keep` holds for them.
    ///
    /// Rows are built in parallel, each by one task, so every sum has one order. Advances `job` by one a row.
    pub fn build(
        n: usize,
        job: &JobContext,
        keep: impl Fn(T) -> bool + Sync,
        fill: impl Fn(u32, &mut RowSums<T>) + Sync,
    ) -> Result<Self, Cancelled> {
        let chunks: Vec<Self> = (0..n.div_ceil(ROWS))
            .into_par_iter()
            .map_init(
                || RowSums::new(n),
                |sums, chunk| {
                    job.check()?;
                    let rows = chunk * ROWS..n.min((chunk + 1) * ROWS);
                    let mut part = Self { offsets: Vec::new(), indices: Vec::new(), values: Vec::new() };
                    job.advance(rows.len() as u64);
                    for row in rows {
                        fill(row as u32, sums);
                        sums.drain_into(&mut part.indices, &mut part.values, &keep);
                        part.offsets.push(part.indices.len() as i64);
                    }
                    Ok(part)
                },
            )
            .collect::<Result<_, Cancelled>>()?;
        let filled = chunks.iter().map(|part| part.indices.len()).sum();
        let mut out = Self {
            offsets: Vec::with_capacity(n + 1),
            indices: Vec::with_capacity(filled),
            values: Vec::with_capacity(filled),
        };
        out.offsets.push(0);
        for part in chunks {
            let before = out.indices.len() as i64;
            out.offsets.extend(part.offsets.iter().map(|offset| before + offset));
            out.indices.extend_from_slice(&part.indices);
            out.values.extend_from_slice(&part.values);
        }
        Ok(out)
    }

    /// The matrix plus its transpose, for a matrix that is zero on and below its diagonal.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let n = self.rows();
        let mut next: Vec<usize> = vec![0; n];
        for &column in &self.indices {
            next[column as usize] += 1;
        }
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        let mut total = 0;
        for (row, below) in next.iter_mut().enumerate() {
            let begin = total;
            total += *below + self.row(row as u32).0.len();
            *below = begin;
            offsets.push(total as i64);
        }
        let mut out = Self { offsets, indices: vec![0; total], values: vec![T::default(); total] };
        for row in 0..n {
            let (columns, values) = self.row(row as u32);
            // What was mirrored into this row came from rows before it, in order, so columns ascend.
            let begin = next[row];
            out.indices[begin..begin + columns.len()].copy_from_slice(columns);
            out.values[begin..begin + columns.len()].copy_from_slice(values);
            for (&column, &value) in columns.iter().zip(values) {
                let place = &mut next[column as usize];
                out.indices[*place] = row as u32;
                out.values[*place] = value;
                *place += 1;
            }
        }
        out
    }

    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Columns and values of a row.
    pub fn row(&self, row: u32) -> (&[u32], &[T]) {
        let range = self.offsets[row as usize] as usize..self.offsets[row as usize + 1] as usize;
        (&self.indices[range.clone()], &self.values[range])
    }

    /// The same matrix over a larger catalogue; what was added has empty rows and columns.
    #[must_use]
    pub fn grown(&self, growth: &Growth<'_>) -> Self {
        Self {
            offsets: growth.spread_offsets(&self.offsets),
            indices: growth.renamed(&self.indices),
            values: self.values.clone(),
        }
    }

    /// The value at a place, zero where none is kept.
    pub fn get(&self, row: u32, column: u32) -> T {
        let (columns, values) = self.row(row);
        columns.binary_search(&column).map_or_else(|_| T::default(), |at| values[at])
    }

    /// Offsets and columns, to be saved under these names together with [`Self::values`].
    pub fn structure(&self) -> [(&'static str, Values<'_>); 2] {
        [("offsets", Values::I64(&self.offsets)), ("columns", Values::U32(&self.indices))]
    }

    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Reads what [`Self::structure`] saved, and checks that it is an `n × n` matrix.
    pub fn load(tensors: &Tensors<'_>, n: usize, values: Vec<T>) -> Result<Self, ArtifactError> {
        let (offsets, indices) = (tensors.i64("offsets")?, tensors.u32("columns")?);
        expect_len("offsets", offsets.len(), n + 1)?;
        expect_len("values", values.len(), indices.len())?;
        expect_below("columns", &indices, n)?;
        let ends = (offsets.first(), offsets.last());
        if !offsets.is_sorted() || ends != (Some(&0), Some(&(indices.len() as i64))) {
            return Err(inconsistent("offsets", "does not cut the columns in rows"));
        }
        Ok(Self { offsets, indices, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upper_triangle_is_mirrored() {
        // 0-1: 5, 0-3: 7, 1-2: 1, 2-3: 4
        let pairs = [(0, 3, 7), (0, 1, 5), (1, 2, 1), (2, 3, 4)];
        let upper = Csr::build(
            4,
            &JobContext::default(),
            |_| true,
            |row, sums: &mut RowSums<u32>| {
                for &(_, to, count) in pairs.iter().filter(|pair| pair.0 == row) {
                    sums.add(to, count);
                }
            },
        )
        .unwrap();
        assert_eq!(upper.row(0), (&[1, 3][..], &[5, 7][..]));
        let whole = upper.mirrored();
        for i in 0..4 {
            for j in 0..4 {
                let expected = pairs
                    .iter()
                    .find(|pair| (pair.0, pair.1) == (i.min(j), i.max(j)))
                    .map_or(0, |pair| pair.2);
                assert_eq!(whole.get(i, j), expected, "({i}, {j})");
            }
            assert!(whole.row(i).0.is_sorted());
        }
    }

    #[test]
    fn sparse_and_dense_rows_come_out_alike() {
        let build = |step: u32| {
            Csr::build(
                500,
                &JobContext::default(),
                |sum| sum > 1,
                |row, sums: &mut RowSums<u32>| {
                    for column in (0..500).rev().filter(|column| column % step == row % step) {
                        sums.add(column, 1);
                        sums.add(column, column % 2);
                    }
                },
            )
            .unwrap()
        };
        for step in [1, 100] {
            let matrix = build(step);
            for row in 0..500 {
                let expected: Vec<u32> =
                    (0..500).filter(|column| column % step == row % step && column % 2 == 1).collect();
                assert_eq!(matrix.row(row).0, expected);
            }
        }
    }
}
