//! Texts that are a number behind a beginning that they share, such as `user-42`: their codes stand at the number, one
//! look in a small table, where a hash takes two in larger ones.

use super::digits::{ZEROS, eight_digits};
use super::interner::{BATCH, UNKNOWN};

/// Stands for the number of a text that has none.
pub(super) const NO_NUMBER: u32 = u32::MAX;

/// Digits of a number, at most.
const DIGITS: usize = 7;
/// Bytes of a beginning, at most.
const BEGINNING: usize = 16;
/// Numbers for each text seen, beyond which they lie too far apart for a table; and how many there may always be.
const SPREAD: usize = 8;
const ALWAYS: usize = 1 << 16;

/// Codes by number.
#[derive(Debug, Default)]
pub(super) struct Numbered {
    shape: Shape,
    codes: Vec<u32>,
}

/// What the texts look like.
#[derive(Debug, Default, Clone, Copy)]
enum Shape {
    /// No text was seen yet.
    #[default]
    Open,
    Beginning(Beginning),
    /// They have no numbers.
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Beginning {
    bytes: u128,
    mask: u128,
    length: usize,
    /// How many digits all numbers have, where they are filled up with zeros.
    padded: Option<usize>,
}

impl Numbered {
    /// The numbers of texts that are parts of another, given by where they begin and end; [`NO_NUMBER`] of those that
    /// have none.
    pub fn numbers(&mut self, text: &[u8], parts: &[(usize, usize)]) -> [u32; BATCH] {
        let mut numbers = [NO_NUMBER; BATCH];
        if matches!(self.shape, Shape::Open)
            && let Some(&(start, end)) = parts.iter().find(|(start, end)| start < end)
        {
            self.shape = Beginning::of(&text[start..end]).map_or(Shape::Other, Shape::Beginning);
        }
        if let Shape::Beginning(beginning) = self.shape {
            for (number, &(start, end)) in numbers.iter_mut().zip(parts) {
                *number = beginning.number(text, start, end);
            }
            if parts.len() == BATCH && numbers.iter().all(|&number| number == NO_NUMBER) {
                self.shape = Shape::Other;
            }
        }
        numbers
    }

    /// The code at a number; [`UNKNOWN`] where none is kept.
    #[inline]
    pub fn code(&self, number: u32) -> u32 {
        self.codes.get(number as usize).copied().unwrap_or(UNKNOWN)
    }

    /// Keeps the code of a text of that number, one of so many.
    pub fn keep(&mut self, number: u32, code: u32, texts: usize) {
        let place = number as usize;
        if place >= self.codes.len() {
            if number == NO_NUMBER || place >= texts * SPREAD + ALWAYS {
                return;
            }
            self.codes.resize((place + 1).next_power_of_two(), UNKNOWN);
        }
        self.codes[place] = code;
    }
}

impl Beginning {
    /// What stands before the digits that a text ends with.
    fn of(text: &[u8]) -> Option<Self> {
        let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let length = text.len() - digits;
        if !(1..=DIGITS).contains(&digits) || length > BEGINNING {
            return None;
        }
        let mask = 1_u128.checked_shl(8 * length as u32).map_or(u128::MAX, |bit| bit - 1);
        let bytes = text[..length].iter().rev().fold(0, |bytes, &byte| bytes << 8 | u128::from(byte));
        let padded = (digits > 1 && text[length] == b'0').then_some(digits);
        Some(Self { bytes, mask, length, padded })
    }

    /// The number behind the beginning of a part of a text. No other part has the same one.
    #[inline]
    fn number(&self, text: &[u8], start: usize, end: usize) -> u32 {
        const READ: usize = BEGINNING + 8;
        let digits = (end - start).wrapping_sub(self.length);
        let bytes = text.get(start..).and_then(|text| text.first_chunk::<READ>());
        let Some(bytes) = bytes.filter(|_| (1..=DIGITS).contains(&digits)) else { return NO_NUMBER };
        let (Some(head), Some(tail)) = (bytes.first_chunk(), bytes[self.length..].first_chunk()) else {
            return NO_NUMBER;
        };
        let (head, tail) = (u128::from_le_bytes(*head), u64::from_le_bytes(*tail));
        let is_written_so = match self.padded {
            Some(padded) => digits == padded,
            None => digits == 1 || tail as u8 != b'0',
        };
        let number = eight_digits(tail << (64 - 8 * digits) | ZEROS >> (8 * digits));
        match number {
            Some(number) if is_written_so && head & self.mask == self.bytes => number as u32,
            _ => NO_NUMBER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of texts that stand one after the other, with bytes behind them.
    fn numbers(texts: &[&str]) -> Vec<u32> {
        let all = texts.concat() + "0123456789012345678901234";
        let mut end = 0;
        let parts: Vec<(usize, usize)> = texts
            .iter()
            .map(|text| {
                end += text.len();
                (end - text.len(), end)
            })
            .collect();
        Numbered::default().numbers(all.as_bytes(), &parts)[..texts.len()].to_vec()
    }

    #[test]
    fn a_number_belongs_to_one_text() {
        const NONE: u32 = NO_NUMBER;
        assert_eq!(
            numbers(&["7", "0", "1234567", "07", "", "12345678", "1x"]),
            [7, 0, 1234567, NONE, NONE, NONE, NONE]
        );
        assert_eq!(
            numbers(&["", "user-42", "user-7", "User-7", "user-", "user-07", "user42"])[1..3],
            [42, 7]
        );
        assert_eq!(numbers(&["user-42", "User-7", "user-", "user-07", "7"]), [42, NONE, NONE, NONE, NONE]);
        assert_eq!(numbers(&["p007", "p042", "p42", "p1042", "p000"]), [7, 42, NONE, NONE, 0]);
        assert_eq!(numbers(&["0123456789abcdef12", "0123456789abcdef3", "0123456789abcdeg3"]), [12, 3, NONE]);
        assert_eq!(numbers(&["0123456789abcdefg12", "0123456789abcdefg12"]), [NONE, NONE]);
        assert_eq!(numbers(&["view", "view1"]), [NONE, NONE]);
    }

    #[test]
    fn codes_are_kept_where_numbers_are_not_far_apart() {
        let mut numbered = Numbered::default();
        numbered.keep(5, 1, 1);
        numbered.keep(9_999_999, 2, 2);
        numbered.keep(NO_NUMBER, 3, 2);
        let known = [5, 4, 9_999_999, NO_NUMBER].map(|number| numbered.code(number));
        assert_eq!(known, [1, UNKNOWN, UNKNOWN, UNKNOWN]);
    }
}
