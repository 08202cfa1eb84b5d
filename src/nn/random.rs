//! Seeded randomness that does not depend on threads: Philox 4x32-10, a counter-based generator.
//!
//! Any block of the sequence can be computed on its own from `(seed, stream, index)`, so work cut in chunks
//! draws the same numbers in whatever order the chunks run. Not for secrets.
//!
//! Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// The golden ratio and √3 − 1, the increments of the key.
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
/// A word in a lane of the products' width: side by side, words stay in such lanes, so that none is ever widened.
const LOW: u64 = 0xFFFF_FFFF;

/// The block of four words at `counter` under `key`.
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        let left = u64::from(MULTIPLIERS[0]) * u64::from(c0);
        let right = u64::from(MULTIPLIERS[1]) * u64::from(c2);
        (c0, c1, c2, c3) =
            ((right >> 32) as u32 ^ c1 ^ k0, right as u32, (left >> 32) as u32 ^ c3 ^ k1, left as u32);
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    [c0, c1, c2, c3]
}

/// Blocks computed side by side.
pub const SIDE_BY_SIDE: usize = 16;

/// The blocks `first..first + 16` of a seed's stream: word `w` of block `first + b` at `[w][b]`. The same numbers as
/// [`philox`], in vector instructions where it is compiled for them.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for the instruction set it is dispatched to")]
pub fn philox_side_by_side(seed: u64, stream: u64, first: u64) -> [[u32; SIDE_BY_SIDE]; 4] {
    let (mut c0, mut c1) = ([0; SIDE_BY_SIDE], [0; SIDE_BY_SIDE]);
    for at in 0..SIDE_BY_SIDE {
        let block = first.wrapping_add(at as u64);
        (c0[at], c1[at]) = (block & LOW, block >> 32);
    }
    let (mut c2, mut c3) = ([stream & LOW; SIDE_BY_SIDE], [stream >> 32; SIDE_BY_SIDE]);
    let (mut k0, mut k1) = (seed as u32, (seed >> 32) as u32);
    for _ in 0..ROUNDS {
        for at in 0..SIDE_BY_SIDE {
            let left = u64::from(MULTIPLIERS[0]) * (c0[at] & LOW);
            let right = u64::from(MULTIPLIERS[1]) * (c2[at] & LOW);
            c0[at] = (right >> 32) ^ c1[at] ^ u64::from(k0);
            c1[at] = right & LOW;
            c2[at] = (left >> 32) ^ c3[at] ^ u64::from(k1);
            c3[at] = left & LOW;
        }
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    let mut words = [[0; SIDE_BY_SIDE]; 4];
    for at in 0..SIDE_BY_SIDE {
        words[0][at] = c0[at] as u32;
        words[1][at] = c1[at] as u32;
        words[2][at] = c2[at] as u32;
        words[3][at] = c3[at] as u32;
    }
    words
}

/// One stream of numbers of a seed; 2⁶⁴ streams of 2⁶⁴ blocks each.
#[derive(Debug, Clone)]
pub struct Random {
    key: [u32; 2],
    stream: u64,
    next_block: u64,
    block: [u32; 4],
    /// Words of `block` already given.
    used: usize,
}

impl Random {
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { key: [seed as u32, (seed >> 32) as u32], stream, next_block: 0, block: [0; 4], used: 4 }
    }

    pub fn next_u32(&mut self) -> u32 {
        if self.used == 4 {
            let (at, stream) = (self.next_block, self.stream);
            self.block =
                philox([at as u32, (at >> 32) as u32, stream as u32, (stream >> 32) as u32], self.key);
            self.next_block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    pub fn next_u64(&mut self) -> u64 {
        let low = u64::from(self.next_u32());
        low | u64::from(self.next_u32()) << 32
    }

    /// Uniform in `[0, 1)`, 24 bits.
    pub fn uniform_f32(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / (1 << 24) as f32)
    }

    /// Uniform in `[0, 1)`, 53 bits.
    pub fn uniform_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in `0..n`, without bias (Lemire, "Fast random integer generation in an interval", 2019).
    /// Zero where `n` is zero.
    pub fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.next_u32()) * u64::from(n);
        if (product as u32) < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.uniform_f64()).ln()).sqrt();
        (radius * (std::f64::consts::TAU * self.uniform_f64()).cos()) as f32
    }

    /// Puts values in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers published with Random123 (`kat_vectors`, lines `philox4x32 10`).
    #[test]
    fn known_answers() {
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        for (counter, key, answer) in [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ] {
            assert_eq!(philox(counter, key), answer);
        }
    }

    #[test]
    fn streams_are_blocks_of_the_counter() {
        let mut random = Random::new(0x0000_0002_0000_0001, 7);
        let words: Vec<u32> = (0..8).map(|_| random.next_u32()).collect();
        assert_eq!(words[..4], philox([0, 0, 7, 0], [1, 2]));
        assert_eq!(words[4..], philox([1, 0, 7, 0], [1, 2]));
    }

    #[test]
    fn blocks_side_by_side_are_the_same_blocks() {
        let (seed, stream, first) = (0x0000_0002_0000_0001, 0x0000_0009_0000_0007, u64::from(u32::MAX) - 3);
        let words = philox_side_by_side(seed, stream, first);
        for (at, block) in (first..).take(SIDE_BY_SIDE).enumerate() {
            let expected = philox([block as u32, (block >> 32) as u32, 7, 9], [1, 2]);
            assert_eq!(words.map(|word| word[at]), expected);
        }
    }

    #[test]
    fn below_is_uniform() {
        let mut random = Random::new(3, 0);
        let mut counts = [0_f64; 6];
        for _ in 0..60_000 {
            counts[random.below(6) as usize] += 1.0;
        }
        // χ² with 5 degrees of freedom exceeds 20.5 once in a thousand seeds.
        let chi_squared: f64 = counts.iter().map(|count| (count - 10_000.0).powi(2) / 10_000.0).sum();
        assert!(chi_squared < 20.5, "{counts:?}");
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut random = Random::new(5, 1);
        let draws: Vec<f64> = (0..100_000).map(|_| f64::from(random.normal())).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        // Standard errors are 0.0032 and 0.0045.
        assert!(mean.abs() < 0.013 && (variance - 1.0).abs() < 0.018, "{mean} {variance}");
    }

    #[test]
    fn shuffle_keeps_every_value() {
        let mut values: Vec<u32> = (0..100).collect();
        Random::new(1, 0).shuffle(&mut values);
        assert_ne!(values, (0..100).collect::<Vec<_>>());
        values.sort_unstable();
        assert_eq!(values, (0..100).collect::<Vec<_>>());
    }
}
