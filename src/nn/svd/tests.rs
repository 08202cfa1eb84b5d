//! Matrices whose singular vectors are known.

use super::*;

/// A dense matrix as a sparse one.
struct Sparse {
    columns: usize,
    offsets: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Sparse {
    fn of(columns: usize, dense: &[f32]) -> Self {
        let mut sparse = Self { columns, offsets: vec![0], indices: Vec::new(), values: Vec::new() };
        for row in dense.chunks(columns) {
            let filled = (0..).zip(row).filter(|(_, value)| **value != 0.0);
            for (column, &value) in filled {
                sparse.indices.push(column);
                sparse.values.push(value);
            }
            sparse.offsets.push(sparse.indices.len());
        }
        sparse
    }

    fn matrix(&self) -> SparseMatrix<'_> {
        let Self { columns, offsets, indices, values } = self;
        SparseMatrix { columns: *columns, offsets, indices, values }
    }
}

/// A column of the right vectors.
fn vector(svd: &Svd, dimensions: usize, place: usize) -> Vec<f32> {
    svd.right.chunks(dimensions).map(|row| row[place]).collect()
}

/// Blocks of rows × columns 20 × 9 of 3, 30 × 4 of 2 and 25 × 1 of 1 that share nothing: each is of rank one, with
/// the singular value of its number times √(rows · columns).
#[test]
fn planted_blocks_are_found() {
    let columns = 15;
    let mut dense = vec![0.0; 80 * columns];
    let mut block = |rows: std::ops::Range<usize>, places: std::ops::Range<usize>, value: f32| {
        rows.for_each(|row| dense[row * columns..][places.clone()].fill(value));
    };
    block(0..20, 0..9, 3.0);
    block(20..50, 9..13, 2.0);
    block(50..75, 13..14, 1.0);
    let sparse = Sparse::of(columns, &dense);
    let svd = sparse.matrix().svd(5, 1, &JobContext::default()).unwrap();
    let expected = [3.0 * 180_f32.sqrt(), 2.0 * 120_f32.sqrt(), 5.0, 0.0, 0.0];
    for (found, expected) in svd.singular_values.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{:?}", svd.singular_values);
    }
    // The vectors are even over the block's columns: 1/3, 1/2 and 1, and zero where the rank ends.
    for (place, (first, count)) in [(0, 9), (9, 4), (13, 1)].into_iter().enumerate() {
        for (column, value) in vector(&svd, 5, place).into_iter().enumerate() {
            let inside = (first..first + count).contains(&column);
            let expected = if inside { 1.0 / (count as f32).sqrt() } else { 0.0 };
            assert!((value.abs() - expected).abs() < 1e-4, "{place} {column}: {value}");
        }
    }
    assert!(vector(&svd, 5, 3).iter().chain(&vector(&svd, 5, 4)).all(|value| *value == 0.0));
}

/// Four planted directions, each half as strong as the one before, under noise a hundredth of the first.
#[test]
fn planted_directions_are_found_under_noise() {
    let (rows, columns, planted) = (700, 300, 4);
    let mut random = Random::new(9, 0);
    let mut draw = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f32>>();
    let (left, right, noise) = (draw(rows * planted), draw(columns * planted), draw(rows * columns));
    let mut dense = vec![0.0; rows * columns];
    for row in 0..rows {
        for column in 0..columns {
            let signal: f32 = (0..planted)
                .map(|k| 0.5_f32.powi(k as i32) * left[row * planted + k] * right[column * planted + k])
                .sum();
            dense[row * columns + column] = signal + 0.01 * noise[row * columns + column];
        }
    }
    let sparse = Sparse::of(columns, &dense);
    let svd = sparse.matrix().svd(planted, 3, &JobContext::default()).unwrap();
    // Each planted direction lies in the span found, but for the share of noise.
    for k in 0..planted {
        let direction: Vec<f32> = (0..columns).map(|column| right[column * planted + k]).collect();
        let length: f32 = direction.iter().map(|value| value * value).sum();
        let inside: f32 = (0..planted)
            .map(|place| {
                let along: f32 =
                    vector(&svd, planted, place).iter().zip(&direction).map(|(a, b)| a * b).sum();
                along * along
            })
            .sum();
        assert!(inside / length > 0.999, "direction {k}: {}", inside / length);
    }
}

/// Asked for all dimensions of a random matrix: their squares sum to that of its elements, the vectors are
/// orthonormal, and `AᵀA·v = σ²·v`.
#[test]
fn a_full_decomposition_is_one() {
    let (rows, columns) = (60, 12);
    let mut random = Random::new(4, 0);
    let dense: Vec<f32> =
        (0..rows * columns).map(|_| if random.below(3) == 0 { random.normal() } else { 0.0 }).collect();
    let sparse = Sparse::of(columns, &dense);
    let job = JobContext::default();
    let svd = sparse.matrix().svd(columns, 2, &job).unwrap();
    let squares = |values: &[f32]| values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>();
    assert!((squares(&svd.singular_values) / squares(&dense) - 1.0).abs() < 1e-5);
    for place in 0..columns {
        let v = vector(&svd, columns, place);
        for other in 0..=place {
            let along: f32 = vector(&svd, columns, other).iter().zip(&v).map(|(a, b)| a * b).sum();
            assert!((along - f32::from(u8::from(other == place))).abs() < 1e-4, "{place} {other}");
        }
        let image = sparse.matrix().times(&v, 1, &job).unwrap();
        let back = sparse.matrix().transposed().view(rows).times(&image, 1, &job).unwrap();
        let square = svd.singular_values[place].powi(2);
        for (back, v) in back.iter().zip(&v) {
            assert!((back - square * v).abs() < 1e-3, "{place}: {back} {}", square * v);
        }
    }
    assert!(svd.singular_values.is_sorted_by(|a, b| a >= b));
}

#[test]
fn nothing_gives_zeros() {
    for (columns, dense) in [(3, vec![]), (3, vec![0.0; 12])] {
        let svd = Sparse::of(columns, &dense).matrix().svd(2, 0, &JobContext::default()).unwrap();
        assert_eq!((svd.singular_values, svd.right), (vec![0.0; 2], vec![0.0; 6]));
    }
    let one = Sparse::of(1, &[2.0]).matrix().svd(2, 0, &JobContext::default()).unwrap();
    assert_eq!(one.singular_values, [2.0, 0.0]);
    assert_eq!((one.right[0].abs(), one.right[1]), (1.0, 0.0));
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let (rows, columns) = (900, 400);
    let mut random = Random::new(7, 0);
    let dense: Vec<f32> =
        (0..rows * columns).map(|_| if random.below(20) == 0 { random.uniform_f32() } else { 0.0 }).collect();
    let sparse = Sparse::of(columns, &dense);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sparse.matrix().svd(24, 5, &JobContext::default()).unwrap())
    };
    let one = on(1);
    assert!(one == on(2) && one == on(3));
    let cancelled = JobContext::default();
    cancelled.cancel();
    assert!(sparse.matrix().svd(4, 0, &cancelled).is_err());
}
