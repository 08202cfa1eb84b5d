//! Vectors at half their bytes, for comparing a few states with very many of them: how long that takes is how long
//! they take to be read.
//!
//! A vector is 16-bit whole numbers times a scale of its own, which its largest value sets: no value is further off than
//! a 65,534th of that. Vectors lie in tiles, so that they are read from front to end; a score is one chain of fused
//! multiplications and additions whatever it is computed beside, so it is the same bit for bit for one state and for
//! many, on any number of threads.

use super::vector::vectorised;
use rayon::prelude::*;

/// Vectors of a tile.
const TILE: usize = 64;
/// States compared with the same numbers while these are at hand, and vectors of a step for so many: what registers hold.
const STATES: usize = 4;
const LANES: usize = 16;
/// Vectors that one task compares with a single state.
const AT_ONCE: usize = 128 * TILE;
const LARGEST: f32 = i16::MAX as f32;

/// Vectors of the same width.
pub struct FixedPoint {
    width: usize,
    /// `[vectors]`
    scales: Vec<f32>,
    /// `[tiles, width, TILE]`; zeros beyond the last vector.
    tiles: Vec<i16>,
}

impl FixedPoint {
    /// Rounds vectors `[vectors, width]`.
    pub fn new(vectors: &[f32], width: usize) -> Self {
        let len = vectors.len() / width;
        let mut tiles = vec![0; len.div_ceil(TILE) * TILE * width];
        let largest = |vector: &[f32]| vector.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scales: Vec<f32> = vectors.chunks_exact(width).map(|vector| largest(vector) / LARGEST).collect();
        let blocks = tiles.par_chunks_mut(TILE * width).zip(vectors.par_chunks(TILE * width));
        blocks.zip(scales.par_chunks(TILE)).for_each(|((tile, vectors), scales)| {
            for (at, (vector, &scale)) in vectors.chunks_exact(width).zip(scales).enumerate() {
                for (row, &value) in tile.chunks_exact_mut(TILE).zip(vector) {
                    row[at] = if scale > 0.0 { (value / scale).round() as i16 } else { 0 };
                }
            }
        });
        Self { width, scales, tiles }
    }

    /// Writes `biases[v] + state · vector[v]` of each state, `[states, width]`, and each vector, to `scores`,
    /// `[states, vectors]`. Of a single state several threads take parts.
    pub fn compare(&self, states: &[f32], biases: &[f32], scores: &mut [f32]) {
        let Self { width, scales, tiles } = self;
        if states.len() == *width {
            scores.par_chunks_mut(AT_ONCE).enumerate().for_each(|(at, scores)| {
                let first = at * AT_ONCE;
                let tiles = &tiles[first * width..];
                let part = Part { width: *width, tiles, scales: &scales[first..], biases: &biases[first..] };
                compare(part, &[], states, scores.len(), scores);
            });
            return;
        }
        let (groups, singles) = states.split_at(states.len() / (STATES * width) * STATES * width);
        let turned = |group: &[f32]| -> Vec<[f32; STATES]> {
            (0..*width).map(|place| std::array::from_fn(|state| group[state * width + place])).collect()
        };
        let groups: Vec<Vec<[f32; STATES]>> = groups.chunks_exact(STATES * width).map(turned).collect();
        compare(Part { width: *width, tiles, scales, biases }, &groups, singles, scales.len(), scores);
    }
}

/// Vectors from the first of a tile on.
#[derive(Clone, Copy)]
struct Part<'a> {
    width: usize,
    tiles: &'a [i16],
    scales: &'a [f32],
    biases: &'a [f32],
}

vectorised! {
    /// Scores of states four by four, each group `[width][STATES]`, and of those left, `[states, width]`: rows of `n`.
    fn compare<'a>(
        part: Part<'a>,
        groups: &'a [Vec<[f32; STATES]>],
        singles: &'a [f32],
        n: usize,
        scores: &'a mut [f32],
    ) {
        let width = part.width;
        for first in (0..n).step_by(TILE) {
            let tile = &part.tiles[first * width..][..TILE * width];
            let across = TILE.min(n - first);
            for (group, states) in groups.iter().enumerate() {
                for from in (0..across).step_by(LANES) {
                    for (state, sums) in sums::<STATES, LANES>(states, tile, from).iter().enumerate() {
                        write(sums, part, first + from, across - from, &mut scores[(group * STATES + state) * n..]);
                    }
                }
            }
            for (state, values) in singles.chunks_exact(width).enumerate() {
                let [sums] = sums::<1, TILE>(values.as_chunks().0, tile, 0);
                write(&sums, part, first, across, &mut scores[(groups.len() * STATES + state) * n..]);
            }
        }
    }
}

/// The products of `S` states with `L` vectors of a tile, before they are scaled.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn sums<const S: usize, const L: usize>(states: &[[f32; S]], tile: &[i16], from: usize) -> [[f32; L]; S] {
    let mut sums = [[0.0; L]; S];
    // Counted, not zipped: what iterators call is left out of line here.
    let rows = tile.as_chunks::<TILE>().0;
    for place in 0..states.len().min(rows.len()) {
        let whole = &rows[place].as_chunks::<L>().0[from / L];
        let mut values = [0.0; L];
        for lane in 0..L {
            values[lane] = f32::from(whole[lane]);
        }
        for state in 0..S {
            for lane in 0..L {
                sums[state][lane] = states[place][state].mul_add(values[lane], sums[state][lane]);
            }
        }
    }
    sums
}

/// Scaled and with biases, those that there are, to a row of scores.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn write(sums: &[f32], part: Part<'_>, first: usize, most: usize, row: &mut [f32]) {
    let n = most.min(sums.len());
    let (row, scales, biases) =
        (&mut row[first..][..n], &part.scales[first..][..n], &part.biases[first..][..n]);
    for at in 0..n {
        row[at] = sums[at].mul_add(scales[at], biases[at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::random::Random;

    fn values(n: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed, 0);
        (0..n).map(|_| random.normal()).collect()
    }

    /// Against products in double precision: each value is off by half a step of its vector's scale at most.
    #[test]
    fn scores_are_products_as_near_as_the_scale_allows() {
        for (vectors, width, states) in [(1, 1, 1), (64, 10, 4), (65, 43, 7), (1_000, 128, 2), (77, 600, 9)] {
            let (rows, asked) = (values(vectors * width, 1), values(states * width, 2));
            let biases = values(vectors, 3);
            let mut scores = vec![f32::NAN; states * vectors];
            FixedPoint::new(&rows, width).compare(&asked, &biases, &mut scores);
            for (state, scores) in asked.chunks_exact(width).zip(scores.chunks_exact(vectors)) {
                for ((vector, bias), score) in rows.chunks_exact(width).zip(&biases).zip(scores) {
                    let products = state.iter().zip(vector).map(|(a, b)| f64::from(*a) * f64::from(*b));
                    let exact = products.sum::<f64>() + f64::from(*bias);
                    let largest = vector.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
                    let step = f64::from(largest) / 32_767.0;
                    let off = state.iter().map(|value| f64::from(value.abs())).sum::<f64>() * step / 2.0;
                    assert!((f64::from(*score) - exact).abs() <= off + 1e-5, "{score} for {exact}");
                }
            }
        }
    }

    #[test]
    fn a_state_scores_the_same_alone_and_among_others_on_any_number_of_threads() {
        let (vectors, width, states) = (20_011, 43, 7);
        let (rows, asked) = (values(vectors * width, 1), values(states * width, 2));
        let mut biases = values(vectors, 3);
        biases[5] = f32::NEG_INFINITY;
        let fixed = FixedPoint::new(&rows, width);
        let mut together = vec![0.0; states * vectors];
        fixed.compare(&asked, &biases, &mut together);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for (state, expected) in asked.chunks_exact(width).zip(together.chunks_exact(vectors)) {
                let mut alone = vec![0.0; vectors];
                pool.install(|| fixed.compare(state, &biases, &mut alone));
                assert_eq!(alone, expected);
                assert_eq!(alone[5], f32::NEG_INFINITY);
            }
        }
    }

    #[test]
    fn a_vector_of_zeros_scores_its_bias() {
        let mut scores = [0.0; 2];
        FixedPoint::new(&[0.0, 0.0, 1.0, -2.0], 2).compare(&[3.0, 5.0], &[0.5, 0.25], &mut scores);
        assert_eq!(scores[0], 0.5);
        assert!((scores[1] + 6.75).abs() < 1e-3);
    }
}
