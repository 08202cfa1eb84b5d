//! Who gets which arm of an A/B test: by hash, so that a user keeps an arm without anything being kept of them.

/// The arm of a user, below `arms`: the first 15 hexadecimal digits of the SHA-1 of `experiments.{feature}.{name}.{user}`
/// modulo the number of arms, as in the service's demonstration shop.
pub fn assign(feature: &str, name: &str, user: &str, arms: usize) -> usize {
    let [a, b, c, d, e, f, g, h, ..] = sha1(format!("experiments.{feature}.{name}.{user}").as_bytes());
    let digits = u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 4;
    (digits % arms.max(1) as u64) as usize
}

/// SHA-1 (FIPS 180-4, section 6.1). For spreading users, not for secrets.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((message.len() + 9).next_multiple_of(64) - 8, 0);
    padded.extend((message.len() as u64 * 8).to_be_bytes());
    let mut state = [0x6745_2301_u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    let (blocks, _) = padded.as_chunks::<64>();
    for block in blocks {
        let mut words = [0_u32; 80];
        let (given, _) = block.as_chunks::<4>();
        for (word, bytes) in words.iter_mut().zip(given) {
            *word = u32::from_be_bytes(*bytes);
        }
        for t in 16..80 {
            words[t] = (words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (t, word) in words.into_iter().enumerate() {
            let (mixed, constant) = match t / 20 {
                0 => ((b & c) ^ (!b & d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => ((b & c) ^ (b & d) ^ (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let next = a
                .rotate_left(5)
                .wrapping_add(mixed)
                .wrapping_add(e)
                .wrapping_add(constant)
                .wrapping_add(word);
            (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(message: &[u8]) -> String {
        let digits =
            |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap());
        sha1(message).iter().flat_map(digits).collect()
    }

    /// The examples of FIPS 180 and RFC 3174, and the empty message.
    #[test]
    fn sha1_is_that_of_the_standard() {
        assert_eq!(hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(b""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(two_blocks), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
        assert_eq!(hex(&vec![b'a'; 1_000_000]), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    }

    /// Python: `int(hashlib.sha1(b"experiments.home.rank.u1").hexdigest()[:15], 16) % n` for two and three arms.
    #[test]
    fn users_get_the_arms_that_python_gives_them() {
        let arms = ["u1", "u2", "1001"].map(|user| [2, 3].map(|arms| assign("home", "rank", user, arms)));
        assert_eq!(arms, [[1, 2], [0, 0], [0, 1]]);
    }

    /// 100,000 users and two arms: within four standard errors of half.
    #[test]
    fn arms_get_equal_shares() {
        let n = 100_000;
        let first = (0..n).filter(|user| assign("simulation", "test", &format!("u{user}"), 2) == 0).count();
        let error = (f64::from(n) / 4.0).sqrt();
        assert!((first as f64 - f64::from(n) / 2.0).abs() < 4.0 * error, "{first}");
    }
}
