//! Before an experiment: how many are needed to see an effect, and how likely it is to be seen.

use statrs::distribution::{ContinuousCDF, Normal};

/// The chance of a false alarm that tests are held to.
pub const ALPHA: f64 = 0.05;
/// The chance of seeing an effect that is there, that sample sizes are for.
pub const POWER: f64 = 0.8;

/// The standard normal distribution.
pub(super) fn normal() -> Normal {
    Normal::standard()
}

/// How far apart two means must lie, in standard errors of their difference, to be seen with that power.
fn reach(alpha: f64, power: f64) -> f64 {
    normal().inverse_cdf(1.0 - alpha / 2.0) + normal().inverse_cdf(power)
}

/// Those needed in each of two arms to see the share `rate` become `rate + effect`: 2 p̄ (1 − p̄) (z₁₋α/₂ + z₁₋β)² / δ²,
/// p̄ the mean of both shares. The minimum sample size of the service's demonstration shop; for independent trials.
pub fn sample_size(rate: f64, effect: f64, alpha: f64, power: f64) -> f64 {
    let pooled = rate + effect / 2.0;
    2.0 * pooled * (1.0 - pooled) * (reach(alpha, power) / effect).powi(2)
}

/// Those needed in each of two arms to see the difference `effect` between means of a variance: 2 σ² (z₁₋α/₂ + z₁₋β)² / δ².
pub fn sample_size_of_means(variance: f64, effect: f64, alpha: f64, power: f64) -> f64 {
    2.0 * variance * (reach(alpha, power) / effect).powi(2)
}

/// The chance of seeing a difference of means with that standard error in a two-sided test.
pub fn power(effect: f64, error: f64, alpha: f64) -> f64 {
    if error <= 0.0 {
        return f64::from(u8::from(effect != 0.0));
    }
    let bound = normal().inverse_cdf(1.0 - alpha / 2.0);
    let shift = (effect / error).abs();
    normal().sf(bound - shift) + normal().cdf(-bound - shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SciPy` 1.17.1, `norm.ppf`: 10 % to 12 % needs 3,842.03 an arm; with p (1 − p) of the first share alone the field's
    /// rule of thumb is 16 p (1 − p) / δ² = 3,600.
    #[test]
    fn sample_sizes_are_those_of_the_formula() {
        assert!((sample_size(0.10, 0.02, 0.05, 0.8) - 3_842.03).abs() < 0.01);
        let by_means = sample_size_of_means(0.10 * 0.90, 0.02, 0.05, 0.8);
        assert!((by_means / 3_600.0 - 1.0).abs() < 0.03, "{by_means}");
    }

    #[test]
    fn the_size_asked_for_has_the_power_asked_for() {
        for wanted in [0.5, 0.8, 0.95] {
            let users = sample_size_of_means(2.5, 0.3, 0.05, wanted);
            let had = power(0.3, (2.0 * 2.5 / users).sqrt(), 0.05);
            assert!((had - wanted).abs() < 1e-3, "{had} for {wanted}");
        }
        assert!((power(0.0, 1.0, 0.05) - 0.05).abs() < 1e-9);
        assert_eq!(power(0.1, 0.0, 0.05), 1.0);
    }
}
