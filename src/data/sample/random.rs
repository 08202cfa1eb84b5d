//! Seeded randomness for the sample data, the same bit for bit on every machine: integer arithmetic and the
//! floating-point operations that IEEE 754 defines exactly. No logarithm, power or exponential is taken.

/// `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

/// The odd constant that `SplitMix64` steps by: the golden ratio in 64 bits.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// A generator of its own for each `(seed, stream)`, so that one person's draws don't move another's.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self { state: seed };
        random.state = random.next().wrapping_add(stream.wrapping_mul(STEP));
        random.state = random.next();
        random
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A whole number in `0..limit` (0 where `limit` is 0), by the high half of a product; its bias is below
    /// `limit` / 2⁶⁴.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// A whole number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// A number in [0, 1), 53 bits.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// True with that probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of a non-empty list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// An index drawn in proportion to the weights; `None` where they sum to nothing.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        let mut last = None;
        for (index, &weight) in weights.iter().enumerate() {
            if weight > 0.0 {
                last = Some(index);
                if left < weight {
                    break;
                }
                left -= weight;
            }
        }
        last
    }

    /// Puts a list in random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }

    /// A count of 1 or more, with a tail: the chance of going on is the same at each step.
    pub(super) fn run_length(&mut self, going_on: f64, most: usize) -> usize {
        let mut length = 1;
        while length < most && self.chance(going_on) {
            length += 1;
        }
        length
    }
}

/// The weight of a place in a long tail, `rank`⁻⁰·⁷⁵ for ranks from 1 (Zipf's law, written with square roots).
pub(super) fn long_tail(rank: usize) -> f64 {
    let root = (rank as f64).sqrt();
    1.0 / (root * root.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for seed 1234567, as published with the reference C code (Vigna, prng.di.unimi.it)
    /// and on Rosetta Code.
    #[test]
    fn splitmix_gives_the_published_numbers() {
        let mut random = Random { state: 1_234_567 };
        let drawn: Vec<u64> = (0..5).map(|_| random.next()).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn weights_are_kept_to() {
        let mut random = Random::new(1, 2);
        let mut counts = [0_u32; 4];
        for _ in 0..40_000 {
            counts[random.weighted(&[1.0, 0.0, 2.0, 1.0]).unwrap()] += 1;
        }
        assert_eq!(counts[1], 0);
        // 20,000 expected with a standard deviation of 100.
        assert!((19_500..20_500).contains(&counts[2]), "{counts:?}");
        assert_eq!(random.weighted(&[0.0, 0.0]), None);
    }

    #[test]
    fn streams_differ() {
        assert_ne!(Random::new(7, 0).next(), Random::new(7, 1).next());
        assert_eq!(Random::new(7, 1).next(), Random::new(7, 1).next());
    }

    #[test]
    fn long_tail_falls_as_the_power_says() {
        // 16^-0.75 = 1/8
        assert_eq!(long_tail(1), 1.0);
        assert_eq!(long_tail(16), 0.125);
    }
}
