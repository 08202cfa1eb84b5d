//! Whether a kernel's gradients are those of its values, and whether it agrees with candle's automatic
//! differentiation of the same composed of candle's operations. For tests.

use super::random::Random;
use candle_core::{Device, Result, Tensor, Var};

/// An input of a kernel.
#[derive(Debug, Clone)]
pub struct Input {
    pub values: Vec<f32>,
    shape: Vec<usize>,
}

impl Input {
    /// Normal values of a standard deviation.
    pub fn random(shape: &[usize], deviation: f32, seed: u64) -> Self {
        let mut random = Random::new(seed, 77);
        let values = (0..shape.iter().product()).map(|_| random.normal() * deviation).collect();
        Self { values, shape: shape.to_vec() }
    }

    pub fn tensor(&self) -> Tensor {
        Tensor::from_slice(&self.values, self.shape.as_slice(), &Device::Cpu).unwrap()
    }
}

/// Weights by which a result becomes one number.
fn probe(n: usize) -> Vec<f32> {
    Input::random(&[n], 1.0, 4_711).values
}

fn values(inputs: &[Input]) -> Vec<Vec<f32>> {
    inputs.iter().map(|input| input.values.clone()).collect()
}

/// Compares the gradients of a kernel, which gives its result and a way back, with central differences in random
/// directions.
pub fn check<B: FnOnce(&[f32]) -> Vec<Vec<f32>>>(
    inputs: &[Input],
    kernel: impl Fn(&[Vec<f32>]) -> (Vec<f32>, B),
) {
    const STEP: f32 = 3e-3;
    let inputs = values(inputs);
    let (result, back) = kernel(&inputs);
    let weights = probe(result.len());
    let gradients = back(&weights);
    assert_eq!(gradients.len(), inputs.len());
    // What the terms' rounding makes of the differences.
    let terms = result.iter().zip(&weights).map(|(&a, &b)| (f64::from(a) * f64::from(b)).powi(2));
    let noise = 4.0 * f64::from(f32::EPSILON) * terms.sum::<f64>().sqrt() / f64::from(STEP);
    for (at, gradient) in gradients.iter().enumerate() {
        assert!(gradient.iter().any(|&slope| slope != 0.0), "input {at} gets no gradient");
        for seed in 0..12 {
            // A direction of a few values: one of all would drown single wrong ones.
            let mut draw = Random::new(seed, at as u64);
            let mut direction = vec![0.0_f32; gradient.len()];
            for _ in 0..(gradient.len() / 8).clamp(1, 12) {
                direction[draw.below(gradient.len() as u32) as usize] = draw.normal();
            }
            let expected: f64 =
                gradient.iter().zip(&direction).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            let moved = |step: f32| {
                let mut inputs = inputs.clone();
                for (value, way) in inputs[at].iter_mut().zip(&direction) {
                    *value += step * way;
                }
                let terms = kernel(&inputs).0;
                // In double precision: the differences are small against the sum.
                terms.iter().zip(&weights).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>()
            };
            let found = (moved(STEP) - moved(-STEP)) / (2.0 * f64::from(STEP));
            let scale = gradient.iter().map(|slope| f64::from(slope.abs())).fold(0.0, f64::max);
            assert!(
                (found - expected).abs() < 0.02 * scale + noise,
                "input {at}: {found} by differences, {expected}"
            );
        }
    }
}

/// Compares values and gradients of a kernel with those of candle's operations.
pub fn agree<B: FnOnce(&[f32]) -> Vec<Vec<f32>>>(
    inputs: &[Input],
    kernel: impl Fn(&[Vec<f32>]) -> (Vec<f32>, B),
    composed: impl Fn(&[Tensor]) -> Result<Tensor>,
) {
    let (result, back) = kernel(&values(inputs));
    let weights = probe(result.len());
    let gradients = back(&weights);
    let vars: Vec<Var> = inputs.iter().map(|input| Var::from_tensor(&input.tensor()).unwrap()).collect();
    let tensors: Vec<Tensor> = vars.iter().map(|var| var.as_tensor().clone()).collect();
    let other = composed(&tensors).unwrap();
    let flat = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    close("results", &result, &flat(&other));
    let weights = Tensor::from_vec(weights, other.shape(), &Device::Cpu).unwrap();
    let others = (other * weights).unwrap().sum_all().unwrap().backward().unwrap();
    for (at, (gradient, var)) in gradients.iter().zip(&vars).enumerate() {
        close(&format!("gradients of input {at}"), gradient, &flat(others.get(var).unwrap()));
    }
}

fn close(what: &str, left: &[f32], right: &[f32]) {
    assert_eq!(left.len(), right.len(), "{what}");
    let scale = left.iter().map(|value| value.abs()).fold(0.0, f32::max);
    for (at, (&a, &b)) in left.iter().zip(right).enumerate() {
        assert!((a - b).abs() < 2e-4 * scale + 1e-7, "{what} differ at {at}: {a} and {b}");
    }
}
