//! Which encoding a text is in, and its text as UTF-8.

use crate::data::DataError;
use encoding_rs::{Encoding, UTF_8};

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

/// A file's text.
#[derive(Debug)]
pub(super) struct Text {
    pub text: String,
    /// Whether bytes that are no text were found; U+FFFD stands for them.
    pub damaged: bool,
}

/// Whether the bytes are their own text where they are sound: UTF-8 without a byte order mark.
pub(super) fn is_plain_utf8(bytes: &[u8], encoding: &'static Encoding) -> bool {
    encoding == UTF_8 && !bytes.starts_with(b"\xef\xbb\xbf")
}

/// The bytes as text without a byte order mark.
pub(super) fn decode(bytes: Vec<u8>, encoding: &'static Encoding) -> Text {
    if is_plain_utf8(&bytes, encoding) {
        return match String::from_utf8(bytes) {
            Ok(text) => Text { text, damaged: false },
            Err(error) => {
                Text { text: String::from_utf8_lossy(error.as_bytes()).into_owned(), damaged: true }
            }
        };
    }
    let (text, damaged) = encoding.decode_with_bom_removal(&bytes);
    Text { text: text.into_owned(), damaged }
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
        let text = |bytes: &[u8], name: &str| decode(bytes.to_vec(), by_name(name, "f").unwrap()).text;
        assert_eq!(text(b"Mis\xe9rables", "ISO-8859-1"), "Misérables");
        assert_eq!(text(b"\xef\xbb\xbfa", "UTF-8"), "a");
        assert_eq!(text(b"\xff\xfea\0,\0", "UTF-16LE"), "a,");
        let damaged = decode(b"a\xffb".to_vec(), UTF_8);
        assert!(damaged.damaged);
        assert_eq!(damaged.text, "a\u{fffd}b");
        assert!(by_name("UTF-77", "f.csv").unwrap_err().to_string().contains("f.csv"));
    }
}
