//! The rules of [`crate::nn::optimizer`] on a device: the same numbers, a tensor at a time.
//!
//! Where a step touches some rows of a tensor alone, the others keep their values and moments, as on the processor; to
//! pick is faster here than to write in place, so all rows are gone through and the untouched stay by a factor of
//! zero.

use crate::nn::optimizer::{Gradient, Moments, NotFinite, Optimizer, Rule};
use candle_core::{D, DType, Result, Tensor, Var};

/// Moves weights that lie on a device.
pub struct CardOptimizer {
    rule: Rule,
    /// First and second moments of AdamW, sums of squares of Adagrad; one each a tensor.
    moments: Vec<Vec<Var>>,
}

/// A gradient as long as its tensor.
struct Spread {
    slopes: Tensor,
    /// One for the rows it is of and zero for the others, `[rows, 1]`; none where it is of all.
    touched: Option<Tensor>,
}

impl CardOptimizer {
    /// Goes on from an optimizer on the processor.
    pub fn new(optimizer: &Optimizer, weights: &[Var]) -> Result<Self> {
        let upload = |(moments, weights): (&Moments, &Var)| {
            let there = [&moments.first, &moments.second].into_iter().filter(|values| !values.is_empty());
            there.map(|values| Var::from_slice(values, weights.shape(), weights.device())).collect()
        };
        let moments = optimizer.moments.iter().zip(weights).map(upload).collect::<Result<_>>()?;
        Ok(Self { rule: optimizer.rule, moments })
    }

    /// Copies the moments to where they are kept between trainings.
    pub fn bring_back(&self, optimizer: &mut Optimizer) -> Result<()> {
        for (moments, vars) in optimizer.moments.iter_mut().zip(&self.moments) {
            for (values, var) in [&mut moments.first, &mut moments.second].into_iter().zip(vars) {
                *values = var.flatten_all()?.to_vec1()?;
            }
        }
        Ok(())
    }

    /// Moves every tensor by its gradient; gradients longer than `clip` taken together are shortened to it. Where their
    /// length is not finite nothing moves. `number` counts the steps from 1.
    pub fn step(
        &self,
        number: u64,
        weights: &[Var],
        gradients: &[Gradient<Tensor>],
        rate: f32,
        clip: f32,
    ) -> Result<std::result::Result<f32, NotFinite>> {
        let squares = gradients.iter().map(|gradient| gradient.values().sqr()?.sum(D::Minus1)?.sum_all());
        let squares = Tensor::stack(&squares.collect::<Result<Vec<Tensor>>>()?, 0)?;
        let length = squares.sum_all()?.sqrt()?.to_scalar::<f32>()?;
        if !length.is_finite() {
            return Ok(Err(NotFinite));
        }
        let shorten = if length > clip { clip / length } else { 1.0 };
        for ((weights, gradient), moments) in weights.iter().zip(gradients).zip(&self.moments) {
            let Spread { slopes, touched } = spread(gradient, weights)?;
            let slopes = (slopes * f64::from(shorten))?;
            let only = |change: Tensor| match &touched {
                Some(touched) => change.broadcast_mul(touched),
                None => Ok(change),
            };
            let add = |var: &Var, change: Tensor| var.set(&(var.as_detached_tensor() + only(change)?)?);
            // Variables are cut off from the graph, or it would hold everything in between.
            match (self.rule, moments.as_slice()) {
                (Rule::AdamW { beta1, beta2, epsilon, decay }, [first, second]) => {
                    let toward = |slopes: &Tensor, moment: &Var, beta: f32| {
                        (slopes - moment.as_detached_tensor())? * f64::from(1.0 - beta)
                    };
                    add(first, toward(&slopes, first, beta1)?)?;
                    add(second, toward(&slopes.sqr()?, second, beta2)?)?;
                    drop(slopes);
                    let number = number as i32;
                    let (unbias1, unbias2) = (1.0 - beta1.powi(number), 1.0 - beta2.powi(number));
                    let length =
                        ((second.as_detached_tensor() / f64::from(unbias2))?.sqrt()? + f64::from(epsilon))?;
                    let mut change = (first.as_detached_tensor().div(&length)? * f64::from(-rate / unbias1))?;
                    drop(length);
                    if decay > 0.0 {
                        change = (change + (weights.as_detached_tensor() * f64::from(-rate * decay))?)?;
                    }
                    add(weights, change)?;
                }
                (Rule::Adagrad { epsilon }, [sums]) => {
                    add(sums, slopes.sqr()?)?;
                    let length = (sums.as_detached_tensor().sqrt()? + f64::from(epsilon))?;
                    add(weights, (slopes.div(&length)? * f64::from(-rate))?)?;
                }
                _ => unreachable!("a rule has as many moments as it was begun with"),
            }
        }
        Ok(Ok(length))
    }
}

/// A gradient over all rows of its tensor.
fn spread(gradient: &Gradient<Tensor>, weights: &Var) -> Result<Spread> {
    match gradient {
        Gradient::Whole(slopes) => Ok(Spread { slopes: slopes.clone(), touched: None }),
        Gradient::Rows { rows, width, values } => {
            let (n, device) = (rows.len(), weights.device());
            let of = weights.dim(0)?;
            let mut places = vec![n as u32; of];
            for (place, &row) in rows.iter().enumerate() {
                places[row as usize] = place as u32;
            }
            let touched: Vec<f32> =
                places.iter().map(|&place| f32::from(u8::from((place as usize) < n))).collect();
            let none = Tensor::zeros((1, *width), DType::F32, device)?;
            let slopes = Tensor::cat(&[&values.reshape((n, *width))?, &none], 0)?;
            let slopes = slopes.index_select(&Tensor::new(places.as_slice(), device)?, 0)?;
            let touched = if weights.rank() == 1 {
                Tensor::from_vec(touched, of, device)?
            } else {
                Tensor::from_vec(touched, (of, 1), device)?
            };
            Ok(Spread { slopes: slopes.reshape(weights.shape())?, touched: Some(touched) })
        }
    }
}
