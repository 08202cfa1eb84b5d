//! Finding bytes in a text, eight at a time.

/// The start of the line behind the one that `position` is in.
pub(super) fn next_line(text: &[u8], position: usize) -> usize {
    let end = find_either(text, position, b'\n', b'\n');
    (end + 1).min(text.len())
}

/// How often `wanted` stands in the text.
pub(super) fn count(text: &[u8], wanted: u8) -> usize {
    // Sums of bytes, which the compiler turns into vector code; 255 of them cannot overflow.
    text.chunks(255)
        .map(|chunk| chunk.iter().map(|&byte| u8::from(byte == wanted)).sum::<u8>() as usize)
        .sum()
}

/// The first position from `from` on where `a` or `b` stands; the text's length where neither does.
///
/// Eight bytes at a time: `(x - 0x01…) & !x & 0x80…` marks the zero bytes of `x`, and its lowest mark is exact.
pub(super) fn find_either(text: &[u8], from: usize, a: u8, b: u8) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (all_a, all_b) = (LOW * u64::from(a), LOW * u64::from(b));
    let mut position = from;
    while let Some(word) = text.get(position..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        let (x, y) = (word ^ all_a, word ^ all_b);
        let found = (x.wrapping_sub(LOW) & !x | y.wrapping_sub(LOW) & !y) & HIGH;
        if found != 0 {
            return position + (found.trailing_zeros() / 8) as usize;
        }
        position += 8;
    }
    let rest = text.get(position..).unwrap_or_default();
    position + rest.iter().position(|&byte| byte == a || byte == b).unwrap_or(rest.len())
}

/// Every position where `a` or `b` stands, in order, into `places`. The text has less than 4 GiB.
///
/// Where many are wanted this beats one search after the other: the comparison of 64 bytes is vector code, and eight
/// results of it become eight bits by one multiplication that moves the lowest bit of byte `i` to bit `56 + i`.
pub(super) fn find_all(text: &[u8], a: u8, b: u8, places: &mut Vec<u32>) {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    places.clear();
    let (blocks, rest) = text.as_chunks::<64>();
    for (block, start) in blocks.iter().zip((0_u32..).step_by(64)) {
        let mut is_there = [0_u8; 64];
        for (is_there, &byte) in is_there.iter_mut().zip(block) {
            *is_there = u8::from(byte == a) | u8::from(byte == b);
        }
        let (words, _) = is_there.as_chunks::<8>();
        let bits = words
            .iter()
            .rev()
            .fold(0_u64, |bits, word| bits << 8 | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56);
        let mut left = bits;
        while left != 0 {
            places.push(start + left.trailing_zeros());
            left &= left - 1;
        }
    }
    let start = text.len() - rest.len();
    let found = rest.iter().zip(start as u32..).filter(|&(&byte, _)| byte == a || byte == b);
    places.extend(found.map(|(_, place)| place));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_what_a_plain_count_counts(text in proptest::collection::vec(0_u8..4, 0..700)) {
            let plain = text.iter().fold(0, |count, &byte| count + usize::from(byte == 3));
            prop_assert_eq!(count(&text, 3), plain);
        }

        #[test]
        fn finds_all_that_a_plain_search_finds(text in proptest::collection::vec(0_u8..5, 0..300)) {
            let plain = text.iter().zip(0_u32..).filter(|&(&byte, _)| byte == 1 || byte == 3);
            let mut found = vec![7];
            find_all(&text, 1, 3, &mut found);
            prop_assert_eq!(found, plain.map(|(_, place)| place).collect::<Vec<_>>());
        }

        #[test]
        fn finds_what_a_plain_search_finds(text in "[ab,\\n\u{80}-\u{ff}]{0,40}", from in 0_usize..45) {
            let bytes = text.as_bytes();
            let plain = bytes.iter().enumerate().skip(from).find(|&(_, &byte)| byte == b',' || byte == b'\n');
            let expected = plain.map_or_else(|| from.max(bytes.len()), |(position, _)| position);
            prop_assert_eq!(find_either(bytes, from, b',', b'\n'), expected);
        }
    }
}
