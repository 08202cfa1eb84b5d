//! Counter-based randomness: every number is a function of a seed and a position, never of a thread.

/// The output function of `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014): a bijection whose outputs for 0, 1, 2 … pass as random.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number for an id under a seed; it does not change when other ids come or go.
pub(super) fn hash_id(seed: u64, id: &str) -> u64 {
    let mut state = mix(seed ^ mix(id.len() as u64));
    for chunk in id.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word));
    }
    state
}

/// A stream of numbers from a seed and a stream number.
pub struct Stream {
    state: u64,
}

impl Stream {
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { state: mix(seed ^ mix(stream)) }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let value = mix(self.state);
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        value
    }

    /// Two indices below `n` (at most 2³²) from one draw, by multiply-shift; the bias is at most n / 2³².
    pub fn pair_below(&mut self, n: u64) -> (usize, usize) {
        let bits = self.bits();
        let below = |word: u64| ((word * n) >> 32) as usize;
        (below(bits >> 32), below(bits & 0xFFFF_FFFF))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of Vigna's reference `splitmix64.c` for the seed 1234567.
    #[test]
    fn mix_is_splitmix64() {
        let mut state = 1_234_567_u64;
        let outputs = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        for expected in outputs {
            assert_eq!(mix(state), expected);
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        }
    }

    #[test]
    fn ids_that_share_bytes_differ() {
        let ids = ["", "\0", "a", "a\0", "aaaaaaaa", "aaaaaaaa\0", "aaaaaaaab"];
        let hashes: std::collections::BTreeSet<u64> = ids.iter().map(|id| hash_id(7, id)).collect();
        assert_eq!(hashes.len(), ids.len());
        assert_ne!(hash_id(7, "a"), hash_id(8, "a"));
    }
}
