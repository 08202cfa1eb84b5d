//! After an experiment: whether two arms differ. Users are the unit, because what one does on several visits hangs
//! together.

use super::power::normal;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean over users with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    pub value: f64,
    pub error: f64,
    pub users: usize,
}

impl Estimate {
    /// The 95 % interval, from the t distribution.
    pub fn interval(&self) -> (f64, f64) {
        let reach = quantile(0.975, self.users.saturating_sub(1)) * self.error;
        (self.value - reach, self.value + reach)
    }
}

/// The quotient of two sums over users, such as clicks over visits, by the delta method: R = Σy / Σx,
/// var R = Σ (y − R x)² / (n (n − 1) x̄²) (Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018).
/// Users with nothing below count for nothing.
pub fn ratio(users: impl Iterator<Item = (f64, f64)> + Clone) -> Estimate {
    let (mut n, mut above, mut below) = (0_usize, 0.0, 0.0);
    for (y, x) in users.clone().filter(|&(_, x)| x > 0.0) {
        n += 1;
        above += y;
        below += x;
    }
    if n == 0 {
        return Estimate::default();
    }
    let value = above / below;
    let squares: f64 = users.filter(|&(_, x)| x > 0.0).map(|(y, x)| (y - value * x).powi(2)).sum();
    let mean = below / n as f64;
    let error = if n < 2 { f64::INFINITY } else { (squares / (n * (n - 1)) as f64).sqrt() / mean };
    Estimate { value, error, users: n }
}

/// Two arms compared.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The first minus the second.
    pub difference: f64,
    pub error: f64,
    /// 95 %.
    pub interval: (f64, f64),
    /// The chance of a difference this large or larger where there is none, for one look at a time fixed before.
    pub p_value: f64,
}

/// The difference of two estimates over different users, by Welch's t test.
pub fn difference(first: &Estimate, second: &Estimate) -> Difference {
    let (a, b) = (first.error.powi(2), second.error.powi(2));
    let freedom = |part: f64, users: usize| part * part / (users.max(2) - 1) as f64;
    let degrees = (a + b).powi(2) / (freedom(a, first.users) + freedom(b, second.users));
    of_t(first.value - second.value, (a + b).sqrt(), degrees)
}

/// The mean of what each user does more for one arm than for the other.
pub fn paired(estimate: &Estimate) -> Difference {
    of_t(estimate.value, estimate.error, estimate.users.saturating_sub(1) as f64)
}

fn of_t(difference: f64, error: f64, degrees: f64) -> Difference {
    let unknown =
        || Difference { difference, error, interval: (f64::NEG_INFINITY, f64::INFINITY), p_value: 1.0 };
    if error == 0.0 {
        let p_value = f64::from(u8::from(difference == 0.0));
        return Difference { difference, error, interval: (difference, difference), p_value };
    }
    let Ok(t) = StudentsT::new(0.0, 1.0, degrees) else { return unknown() };
    if !error.is_finite() {
        return unknown();
    }
    let reach = quantile(0.975, degrees as usize) * error;
    Difference {
        difference,
        error,
        interval: (difference - reach, difference + reach),
        p_value: 2.0 * t.sf((difference / error).abs()),
    }
}

/// The t distribution's quantile; the normal's where there is no telling them apart, which is much sooner found.
fn quantile(share: f64, degrees: usize) -> f64 {
    const AS_NORMAL: usize = 2_000;
    match StudentsT::new(0.0, 1.0, degrees as f64) {
        Ok(t) if degrees < AS_NORMAL => t.inverse_cdf(share),
        Ok(_) => normal().inverse_cdf(share),
        Err(_) => f64::INFINITY,
    }
}

/// z and two-sided p of two shares, `hits` of `trials`, with the pooled standard error: the test of the service's
/// demonstration shop, for independent trials.
pub fn two_proportions(first: (u64, u64), second: (u64, u64)) -> (f64, f64) {
    let share = |(hits, trials): (u64, u64)| hits as f64 / trials as f64;
    let trials = (first.1 as f64, second.1 as f64);
    let pooled = (first.0 + second.0) as f64 / (trials.0 + trials.1);
    let error = (pooled * (1.0 - pooled) * (1.0 / trials.0 + 1.0 / trials.1)).sqrt();
    let z = (share(first) - share(second)) / error;
    if z.is_finite() { (z, 2.0 * normal().sf(z.abs())) } else { (0.0, 1.0) }
}

/// A test that may be looked at after every step and stopped at any of them: the mixture sequential probability ratio
/// test with a normal mixture N(0, τ²) over the effect.
///
/// Λ = √(V / (V + τ²)) exp(τ² Δ² / (2 V (V + τ²))) for a difference Δ of variance V; p is the smallest 1 / Λ so far
/// (Robbins 1970; Johari, Pekelis and Walsh, "Always valid inference", 2015). However often one looks, the chance that p
/// ever falls below α where there is no difference is α at most, as far as Δ is normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlwaysValid {
    tau_squared: f64,
    p_value: f64,
}

impl AlwaysValid {
    /// `effect` is the size of difference looked for; a wrong one costs power, not validity.
    pub fn new(effect: f64) -> Self {
        Self { tau_squared: effect * effect, p_value: 1.0 }
    }

    /// Takes a look and says the p-value of all looks so far.
    pub fn look(&mut self, difference: f64, error: f64) -> f64 {
        let variance = error * error;
        if variance.is_finite() && variance > 0.0 {
            let all = variance + self.tau_squared;
            let exponent = self.tau_squared * difference * difference / (2.0 * variance * all);
            let against = (all / variance).sqrt() * (-exponent).exp();
            self.p_value = self.p_value.min(against);
        }
        self.p_value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{value} for {expected}");
    }

    /// statsmodels 0.15.0, `proportions_ztest`.
    #[test]
    fn the_z_test_is_that_of_statsmodels() {
        let (z, p) = two_proportions((120, 1_000), (90, 950));
        near(z, 1.798_798_319_819_376_7);
        near(p, 0.072_050_589_219_386_9);
        let (z, p) = two_proportions((46, 10_000), (69, 10_000));
        near(z, -2.150_953_966_746_057);
        near(p, 0.031_479_833_275_892_294);
        assert_eq!(two_proportions((0, 10), (0, 10)), (0.0, 1.0));
    }

    /// `SciPy` 1.17.1, `ttest_ind(…, equal_var=False)`: with one visit each the delta method is Welch's test.
    #[test]
    fn with_a_visit_each_it_is_welchs_test() {
        let estimate = |clicks: [i32; 8]| ratio(clicks.map(|clicks| (f64::from(clicks), 1.0)).into_iter());
        let found = difference(&estimate([3, 1, 4, 1, 5, 9, 2, 6]), &estimate([2, 7, 1, 8, 2, 8, 1, 8]));
        near(found.difference / found.error, -0.487_122_300_447_454_7);
        near(found.p_value, 0.634_018_027_280_087_4);
    }

    /// By hand: 7 clicks in 20 visits, residuals −0.4, −1.05, −0.1, 1.25, 0.3.
    #[test]
    fn the_delta_method_by_hand() {
        let users = [(1.0, 4.0), (0.0, 3.0), (2.0, 6.0), (3.0, 5.0), (1.0, 2.0), (0.0, 0.0)];
        let found = ratio(users.into_iter());
        near(found.value, 0.35);
        near(found.error.powi(2), 0.009_140_625);
        assert_eq!(found.users, 5);
        assert_eq!(ratio(std::iter::empty()), Estimate::default());
    }

    /// V = τ² = 1 and Δ = 2: Λ = e / √2. A worse look later takes nothing back.
    #[test]
    fn the_sequential_test_by_hand() {
        let mut test = AlwaysValid::new(1.0);
        near(test.look(2.0, 1.0), 2.0_f64.sqrt() / 1.0_f64.exp());
        near(test.look(0.0, 1.0), 2.0_f64.sqrt() / 1.0_f64.exp());
        assert_eq!(AlwaysValid::new(1.0).look(0.0, f64::INFINITY), 1.0);
    }

    #[test]
    fn nothing_known_is_nothing_found() {
        let none = difference(&Estimate::default(), &Estimate::default());
        assert_eq!((none.difference, none.p_value), (0.0, 1.0));
        let one = ratio([(1.0, 1.0)].into_iter());
        assert_eq!(difference(&one, &one).p_value, 1.0);
    }
}
