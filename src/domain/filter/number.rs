//! Numbers as filters compare them: whole ones exactly, however large.

use std::cmp::Ordering;

/// A number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Whole(i64),
    /// Never NaN.
    Real(f64),
}

impl Number {
    /// Reads digits with an optional sign and fraction, blanks around them left out.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return None;
        }
        match fraction {
            None => text.parse().map(Self::Whole).ok().or_else(|| text.parse().map(Self::Real).ok()),
            Some(_) => text.parse().map(Self::Real).ok(),
        }
    }

    /// The nearest double.
    pub fn real(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) => real,
        }
    }

    /// How a whole number compares with this one.
    pub fn cmp_to_whole(self, whole: i64) -> Ordering {
        /// 2⁶³, the first double beyond every whole number.
        const BEYOND: f64 = 9_223_372_036_854_775_808.0;
        match self {
            Self::Whole(other) => whole.cmp(&other),
            Self::Real(real) if real >= BEYOND => Ordering::Less,
            Self::Real(real) if real < -BEYOND => Ordering::Greater,
            Self::Real(real) => {
                let below = real.floor();
                whole.cmp(&(below as i64)).then(if real > below { Ordering::Less } else { Ordering::Equal })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_exact() {
        assert_eq!(Number::parse(" 9007199254740993 "), Some(Number::Whole(9_007_199_254_740_993)));
        assert_eq!(Number::parse("-1.50"), Some(Number::Real(-1.5)));
        assert_eq!(Number::parse("99999999999999999999"), Some(Number::Real(1e20)));
        for text in ["", "-", "1.", ".5", "1e3", "+1", "inf", "1,5", "0x1", "１"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn comparisons_cross_the_kinds() {
        let cases = [
            (Number::Whole(3), 3, Ordering::Equal),
            (Number::Real(2.5), 2, Ordering::Less),
            (Number::Real(2.5), 3, Ordering::Greater),
            (Number::Real(-2.5), -2, Ordering::Greater),
            (Number::Real(-2.5), -3, Ordering::Less),
            (Number::Real(7.0), 7, Ordering::Equal),
            (Number::Real(1e20), i64::MAX, Ordering::Less),
            (Number::Real(-1e20), i64::MIN, Ordering::Greater),
            (Number::Real(9_007_199_254_740_992.0), 9_007_199_254_740_993, Ordering::Greater),
        ];
        for (number, whole, expected) in cases {
            assert_eq!(number.cmp_to_whole(whole), expected, "{whole} and {number:?}");
        }
    }
}
