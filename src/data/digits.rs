//! Numbers written in digits, eight of them at once.

/// A byte eight times in a word, by multiplication.
const EACH: u64 = 0x0101_0101_0101_0101;

/// `00000000`.
pub(super) const ZEROS: u64 = 0x30 * EACH;

/// The number that eight digits are, the first in the lowest byte: neighbours become a number of two digits each, then of
/// four, then of eight.
#[inline]
pub(super) fn eight_digits(digits: u64) -> Option<u64> {
    // `0`..`9` are 0x30..0x39, and none of them leaves 0x30..0x3F where six is added.
    let beyond = digits.wrapping_add(6 * EACH);
    if (digits | beyond) & (0xF0 * EACH) != ZEROS || digits & (0xF0 * EACH) != ZEROS {
        return None;
    }
    let ones = digits & (0x0F * EACH);
    let pairs = (ones.wrapping_mul(1 + (10 << 8)) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(1 + (100 << 16)) >> 16) & 0x0000_FFFF_0000_FFFF;
    Some(fours.wrapping_mul(1 + (10_000 << 32)) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eight_digits_are_their_number(text in "[0-9]{8}|[0-9:/ \u{20}-\u{7e}]{8}") {
            let digits: [u8; 8] = text.as_bytes().try_into().unwrap();
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(eight_digits(u64::from_le_bytes(digits)), is_number.then(|| text.parse().unwrap()));
        }
    }
}
