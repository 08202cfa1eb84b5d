//! Elementary functions that the compiler turns into vector instructions.
//!
//! Everything is branch-free arithmetic on single precision; called inside a function made by [`vectorised`], loops
//! over slices are compiled for the widest instruction set the processor has. Loops count: of what zips iterators
//! together the compiler leaves parts out of line, and calls them for every sixteen values. Sums run in sixteen lanes
//! joined in a fixed order.

/// Values of a vector, and lanes of a sum: those of a 512-bit register.
pub const LANES: usize = 16;

/// Makes a function whose loops are compiled for each instruction set and run for the widest that the processor has.
/// All its references share the lifetime `'a`; what it calls must be inlined into it. A closure would not do: it is
/// called from as many places as there are instruction sets, so the compiler leaves it out of line.
macro_rules! vectorised {
    (@output) => { () };
    (@output $output:ty) => { $output };
    ($(#[$meta:meta])* $vis:vis fn $name:ident<'a>($($argument:ident: $type:ty),* $(,)?) $(-> $output:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name<'a>($($argument: $type),*) $(-> $output)? {
            struct Call<'a> { $($argument: $type),* }
            impl<'a> pulp::NullaryFnOnce for Call<'a> {
                type Output = $crate::nn::vector::vectorised!(@output $($output)?);
                #[inline(always)]
                fn call(self) -> Self::Output {
                    let Self { $($argument),* } = self;
                    $body
                }
            }
            pulp::Arch::new().dispatch(Call { $($argument),* })
        }
    };
}
pub(crate) use vectorised;

/// Of what is below this in magnitude, `e^x` is within the range that single precision holds to its last place.
pub const EXP_WITHIN: f32 = 87.0;

/// `e^x`, within 2 units in the last place; 0 below −87.3, finite above 88.3.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LEAST: f32 = -87.336_54;
    let value = exp_within(x.clamp(LEAST, 88.0));
    if x < LEAST { 0.0 } else { value }
}

/// [`exp`] of what is known to lie within [`EXP_WITHIN`].
///
/// Source: Moshier, Cephes mathematical library, `expf` (reduction by ln 2 in two parts, polynomial of degree 6).
#[inline(always)]
pub fn exp_within(x: f32) -> f32 {
    /// 1.5 · 2²³: adding it leaves the nearest whole number in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let rest = whole.mul_add(2.121_944_4e-4, whole.mul_add(-0.693_359_4, x));
    let mut polynomial = 1.987_569_1e-4;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        polynomial = rest.mul_add(polynomial, coefficient);
    }
    let mantissa = polynomial.mul_add(rest * rest, rest) + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    mantissa * f32::from_bits(exponent)
}

/// `1 / (1 + e^−x)`
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn tanh(x: f32) -> f32 {
    2.0 / (1.0 + exp(-2.0 * x)) - 1.0
}

/// The same lanes. How they are joined says nothing here of how they are best kept while a loop runs, nor one step of
/// joining of how the next is done: without this the compiler keeps eight, four and single ones apart.
#[inline(always)]
fn as_one<const N: usize>(lanes: [f32; N]) -> [f32; N] {
    /// Not across two lines of the cache, where a processor waits before it reads what it just wrote.
    #[repr(align(64))]
    struct Aligned<T>(T);
    std::hint::black_box(Aligned(lanes)).0
}

/// What each lane comes to. Lanes that are read should be copies: where a loop writes to a slice that might be the one it
/// reads, the compiler keeps sums in memory, each of which waits for the one before.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn by_lane(value: impl Fn(usize) -> f32) -> [f32; LANES] {
    let mut lanes = [0.0; LANES];
    for (lane, into) in lanes.iter_mut().enumerate() {
        *into = value(lane);
    }
    lanes
}

/// Lanes joined pairwise, in a fixed order.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn joined(lanes: [f32; LANES], join: impl Fn(f32, f32) -> f32) -> f32 {
    let lanes = as_one(lanes);
    let (mut eight, mut four) = ([0.0; 8], [0.0; 4]);
    for lane in 0..8 {
        eight[lane] = join(lanes[lane], lanes[lane + 8]);
    }
    let eight = as_one(eight);
    for lane in 0..4 {
        four[lane] = join(eight[lane], eight[lane + 4]);
    }
    let four = as_one(four);
    join(join(four[0], four[2]), join(four[1], four[3]))
}

/// The sum of lanes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn total(lanes: [f32; LANES]) -> f32 {
    joined(lanes, |one, other| one + other)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn sum(values: &[f32]) -> f32 {
    sum_of(values, |value| value)
}

/// The sum of `term(value)`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
fn sum_of(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for block in blocks {
        lanes = by_lane(|lane| lanes[lane] + term(block[lane]));
    }
    let mut lanes = as_one(lanes);
    for lane in 0..rest.len() {
        lanes[lane] += term(rest[lane]);
    }
    total(lanes)
}

/// The sum of squared differences from `mean`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn squares(values: &[f32], mean: f32) -> f32 {
    sum_of(values, |value| (value - mean) * (value - mean))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<LANES>();
    let (right, right_rest) = right.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for block in 0..left.len().min(right.len()) {
        let (left, right) = (left[block], right[block]);
        lanes = by_lane(|lane| lanes[lane] + left[lane] * right[lane]);
    }
    let mut lanes = as_one(lanes);
    for lane in 0..left_rest.len().min(right_rest.len()) {
        lanes[lane] += left_rest[lane] * right_rest[lane];
    }
    total(lanes)
}

/// The larger of two; NaN as the other counts for nothing.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn larger(one: f32, other: f32) -> f32 {
    if other > one { other } else { one }
}

/// The largest of lanes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn largest(lanes: [f32; LANES]) -> f32 {
    joined(lanes, larger)
}

/// The largest value; −∞ of none. NaN counts for nothing.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn maximum(values: &[f32]) -> f32 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for block in blocks {
        lanes = by_lane(|lane| larger(lanes[lane], block[lane]));
    }
    let mut lanes = as_one(lanes);
    for lane in 0..rest.len() {
        lanes[lane] = larger(lanes[lane], rest[lane]);
    }
    largest(lanes)
}

/// The largest sum of a value and its bias.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn largest_biased(values: &[f32], biases: &[f32]) -> f32 {
    let ((blocks, rest), (biases, biases_rest)) = (values.as_chunks::<LANES>(), biases.as_chunks::<LANES>());
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for block in 0..blocks.len().min(biases.len()) {
        let (values, biases) = (blocks[block], biases[block]);
        lanes = by_lane(|lane| larger(lanes[lane], values[lane] + biases[lane]));
    }
    let mut lanes = as_one(lanes);
    for lane in 0..rest.len().min(biases_rest.len()) {
        lanes[lane] = larger(lanes[lane], rest[lane] + biases_rest[lane]);
    }
    largest(lanes)
}

/// Replaces values by `exp(value + bias)` and returns their sum.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn exp_biased(values: &mut [f32], biases: &[f32], exp: impl Fn(f32) -> f32) -> f32 {
    let (blocks, rest) = values.as_chunks_mut::<LANES>();
    let (biases, biases_rest) = biases.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for block in 0..blocks.len().min(biases.len()) {
        let (values, biases) = (blocks[block], biases[block]);
        let values = by_lane(|lane| exp(values[lane] + biases[lane]));
        sums = by_lane(|lane| sums[lane] + values[lane]);
        blocks[block] = values;
    }
    let mut sums = as_one(sums);
    for lane in 0..rest.len().min(biases_rest.len()) {
        rest[lane] = exp(rest[lane] + biases_rest[lane]);
        sums[lane] += rest[lane];
    }
    total(sums)
}

/// `target += factor · source`
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn add_scaled(target: &mut [f32], factor: f32, source: &[f32]) {
    let n = target.len().min(source.len());
    let (target, source) = (&mut target[..n], &source[..n]);
    for at in 0..n {
        target[at] += factor * source[at];
    }
}

vectorised! {
    /// `target += source`
    pub fn add<'a>(target: &'a mut [f32], source: &'a [f32]) {
        add_scaled(target, 1.0, source);
    }
}

vectorised! {
    /// Adds the first values of every row, one every `stride` values, to `total`.
    pub fn add_rows<'a>(total: &'a mut [f32], rows: &'a [f32], stride: usize) {
        for row in rows.chunks(stride) {
            add_scaled(total, 1.0, row);
        }
    }
}

vectorised! {
    pub fn scale<'a>(values: &'a mut [f32], factor: f32) {
        for value in values {
            *value *= factor;
        }
    }
}

vectorised! {
    pub fn sum_of_squares<'a>(values: &'a [f32]) -> f32 {
        squares(values, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_two_units_in_the_last_place() {
        let mut worst = 0.0_f64;
        for step in -87_000..88_000 {
            let x = step as f32 * 1e-3;
            let exact = f64::from(x).exp();
            worst = worst.max((f64::from(exp(x)) - exact).abs() / exact);
            assert!(x.abs() > EXP_WITHIN || exp_within(x) == exp(x), "{x}");
        }
        assert!(worst < 2.0 * f64::from(f32::EPSILON), "{worst}");
        assert_eq!((exp(0.0), exp(-100.0), exp(f32::NEG_INFINITY)), (1.0, 0.0, 0.0));
        assert!(exp(1e9).is_finite());
    }

    #[test]
    fn sigmoid_and_tanh_follow_the_library() {
        for step in -300..300 {
            let x = step as f32 * 0.1;
            assert!((tanh(x) - x.tanh()).abs() < 3e-7, "{x}");
            let exact = 1.0 / (1.0 + (-f64::from(x)).exp());
            assert!((f64::from(sigmoid(x)) - exact).abs() < 2e-7, "{x}");
        }
    }

    #[test]
    fn sums_and_maxima_of_every_length() {
        for length in 0..70 {
            let values: Vec<f32> = (0..length).map(|at| ((at * 37) % 11) as f32 - 5.0).collect();
            assert_eq!(sum(&values), values.iter().sum::<f32>());
            let exact: f32 = values.iter().map(|value| value * value).sum();
            assert_eq!(dot(&values, &values), exact);
            assert_eq!(sum_of_squares(&values), exact);
            assert_eq!(maximum(&values), values.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            let biases: Vec<f32> = (0..length).map(|at| -((at * 5 % 3) as f32)).collect();
            let sums: Vec<f32> = values.iter().zip(&biases).map(|(value, bias)| value + bias).collect();
            assert_eq!(largest_biased(&values, &biases), maximum(&sums));
            let mut biased = values.clone();
            let total = exp_biased(&mut biased, &biases, |sum| exp(sum - 1.0));
            let exact: f64 = sums.iter().map(|sum| f64::from(sum - 1.0).exp()).sum();
            assert!((f64::from(total) - exact).abs() <= 1e-6 * exact);
            assert!(biased.iter().zip(&sums).all(|(biased, sum)| *biased == exp(sum - 1.0)));
        }
    }
}
