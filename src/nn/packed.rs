//! Several matrices of weights in one tensor, one after the other: what a layer learns is moved, clipped and saved as one.

use candle_core::{Result, Tensor};

/// Rows and columns of each of the matrices.
pub type Shapes<const N: usize> = [[usize; 2]; N];

/// Values of all of them.
pub fn len<const N: usize>(shapes: Shapes<N>) -> usize {
    shapes.iter().map(|[rows, columns]| rows * columns).sum()
}

/// Each matrix, row-major.
pub fn split<const N: usize>(shapes: Shapes<N>, weights: &[f32]) -> [&[f32]; N] {
    let mut rest = weights;
    shapes.map(|[rows, columns]| {
        let (part, after) = rest.split_at(rows * columns);
        rest = after;
        part
    })
}

/// Each matrix, to write.
pub fn split_mut<const N: usize>(shapes: Shapes<N>, weights: &mut [f32]) -> [&mut [f32]; N] {
    let mut rest = weights;
    shapes.map(|[rows, columns]| {
        let (part, after) = std::mem::take(&mut rest).split_at_mut(rows * columns);
        rest = after;
        part
    })
}

/// Each matrix of a tensor of candle's, `[rows, columns]`.
pub fn narrowed<const N: usize>(shapes: Shapes<N>, weights: &Tensor) -> Result<Vec<Tensor>> {
    let starts = shapes.iter().scan(0, |end, [rows, columns]| {
        let start = *end;
        *end += rows * columns;
        Some(start)
    });
    let matrix = |(start, [rows, columns]): (usize, [usize; 2])| {
        weights.narrow(0, start, rows * columns)?.reshape((rows, columns))
    };
    starts.zip(shapes).map(matrix).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_stand_one_after_the_other() {
        let shapes = [[1, 2], [2, 1], [1, 1]];
        let mut weights = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(len(shapes), 5);
        assert_eq!(split(shapes, &weights), [&[1.0, 2.0][..], &[3.0, 4.0], &[5.0]]);
        let tensor = Tensor::new(&weights, &candle_core::Device::Cpu).unwrap();
        assert_eq!(narrowed(shapes, &tensor).unwrap()[1].to_vec2::<f32>().unwrap(), [[3.0], [4.0]]);
        split_mut(shapes, &mut weights)[2][0] = 9.0;
        assert_eq!(weights[4], 9.0);
    }
}
