//! Which encoding a text is in, and its text as UTF-8.

use crate::data::DataError;
use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

/// The name of the encoding that `bytes` seem to be in: by their byte order mark, else ISO-8859-1 where they
/// are not UTF-8 but read as words in it, else UTF-8 (of which a few rows may be damaged).
pub(super) fn detect(bytes: &[u8]) -> &'static str {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.name();
    }
    // Where the head ends inside a character, there is nothing wrong with it.
    let is_broken = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_some());
    if is_broken && reads_as_latin(bytes) { "ISO-8859-1" } else { "UTF-8" }
}

/// Whether the bytes beyond ASCII are nearly all accented letters beside plain ones, at least one of them
/// small, and are no sound UTF-8: words of a western language. A stray `0xFF` is not.
fn reads_as_latin(bytes: &[u8]) -> bool {
    let (mut sound, mut high, mut letters, mut small) = (0_usize, 0_usize, 0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
    }
    for (index, &byte) in bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        high += 1;
        let before =
            index.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphabetic);
        let after = bytes.get(index + 1).is_some_and(u8::is_ascii_alphabetic);
        let letter = matches!(byte, 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0xfc);
        letters += usize::from(letter && (before || after));
        small += usize::from(letter && byte >= 0xe0 && (before || after));
    }
    small > 0 && letters * 10 >= high * 9 && sound * 4 < high
}

/// The encoding of that name.
pub(super) fn by_name(name: &str, file: &str) -> Result<&'static Encoding, DataError> {
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| DataError::UnknownEncoding { file: file.to_owned(), encoding: name.to_owned() })
}

/// What may be wrong with a decoded text, so that the rows it is wrong in can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Soundness {
    Sound,
    /// There are byte sequences that are not UTF-8.
    BrokenUtf8,
    /// U+FFFD stands for what the encoding could not read.
    Replaced,
}

/// The bytes as UTF-8 without a byte order mark.
pub(super) fn to_utf8(bytes: Vec<u8>, encoding: &'static Encoding) -> (Vec<u8>, Soundness) {
    if encoding == UTF_8 {
        let sound =
            if std::str::from_utf8(&bytes).is_ok() { Soundness::Sound } else { Soundness::BrokenUtf8 };
        return match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (rest.to_vec(), sound),
            None => (bytes, sound),
        };
    }
    let (decoded, broken) = encoding.decode_with_bom_removal(&bytes);
    let sound = if broken { Soundness::Replaced } else { Soundness::Sound };
    match decoded {
        Cow::Borrowed(text) if text.len() == bytes.len() => (bytes, sound),
        text => (text.into_owned().into_bytes(), sound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_told_from_the_bytes() {
        assert_eq!(detect(b"plain"), "UTF-8");
        assert_eq!(detect("Misérables".as_bytes()), "UTF-8");
        assert_eq!(detect(&"Misérables, Les".as_bytes()[..4]), "UTF-8", "cut inside a character");
        assert_eq!(detect(b"Mis\xe9rables, Les"), "ISO-8859-1");
        assert_eq!(detect(b"\xff\xfea\0b\0"), "UTF-16LE");
        let mut damaged = "é".repeat(100).into_bytes();
        damaged.push(0xff);
        damaged.extend(b" end");
        assert_eq!(detect(&damaged), "UTF-8", "one broken byte does not change the file's encoding");
        assert_eq!(
            detect(b"u1,i\xff7,3"),
            "UTF-8",
            "a byte that is no letter is damage, not another encoding"
        );
        assert_eq!(detect(b"u1,ab\xc3(,3"), "UTF-8");
    }

    #[test]
    fn text_becomes_utf8() {
        let text = |bytes: &[u8], name: &str| {
            String::from_utf8(to_utf8(bytes.to_vec(), by_name(name, "f").unwrap()).0).unwrap()
        };
        assert_eq!(text(b"Mis\xe9rables", "ISO-8859-1"), "Misérables");
        assert_eq!(text(b"\xef\xbb\xbfa", "UTF-8"), "a");
        assert_eq!(text(b"\xff\xfea\0,\0", "UTF-16LE"), "a,");
        assert!(by_name("UTF-77", "f.csv").unwrap_err().to_string().contains("f.csv"));
    }
}
