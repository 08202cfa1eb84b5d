//! Textual cells as the service cleans them: tags, line ends, tabs and repeated blanks go, long text is cut.

use crate::domain::limits::{MAX_TEXT_CHARS, MAX_TEXT_CHARS_CJK};
use polars::prelude::*;

/// A cleaned column and what was done to it.
pub(in crate::data) struct Cleaned {
    pub column: StringChunked,
    /// Cells cut to the service's longest.
    pub truncated: u64,
}

/// Cleans every cell; a cell with nothing left is missing.
pub(in crate::data) fn clean_column(column: &StringChunked) -> Cleaned {
    let mut truncated = 0;
    let mut out = String::new();
    let mut builder = StringChunkedBuilder::new(column.name().clone(), column.len());
    for cell in column.iter() {
        let Some(text) = cell.filter(|text| !text.is_empty()) else {
            builder.append_null();
            continue;
        };
        let mut cleaned = text;
        if needs_cleaning(text) {
            clean(text, &mut out);
            cleaned = &out;
        }
        let (cut, is_cut) = truncate(cleaned);
        truncated += u64::from(is_cut);
        if cut.is_empty() {
            builder.append_null();
        } else {
            builder.append_value(cut);
        }
    }
    Cleaned { column: builder.finish(), truncated }
}

fn needs_cleaning(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().any(|&byte| byte == b'<' || (byte < b' '))
        || text.contains("  ")
        || bytes.first() == Some(&b' ')
        || bytes.last() == Some(&b' ')
}

/// Writes `text` to `out` without tags and with single blanks. `<b>a</b>\t b` becomes `a b`. A `<` that opens
/// no tag (`a < b`, no letter, `/` or `!` behind it, or no `>` after it) stays.
fn clean(text: &str, out: &mut String) {
    out.clear();
    let mut rest = text;
    let mut blank = false;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some(after) = after_tag(rest)
        {
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if c.is_whitespace() || c.is_control() {
            blank = true;
        } else {
            if blank && !out.is_empty() {
                out.push(' ');
            }
            blank = false;
            out.push(c);
        }
    }
}

/// What follows the tag that `text` begins with.
fn after_tag(text: &str) -> Option<&str> {
    let inside = &text[1..];
    let opens = inside.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    if !opens {
        return None;
    }
    let end = inside.find(['<', '>'])?;
    inside[end..].strip_prefix('>')
}

/// Cuts to 20,000 characters, or 7,000 where at least half of them are Chinese or Japanese.
fn truncate(text: &str) -> (&str, bool) {
    if text.len() <= MAX_TEXT_CHARS_CJK {
        return (text, false);
    }
    let (mut length, mut cjk) = (0, 0);
    for c in text.chars() {
        length += 1;
        cjk += usize::from(
            matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'),
        );
    }
    let longest = if cjk * 2 >= length { MAX_TEXT_CHARS_CJK } else { MAX_TEXT_CHARS };
    match text.char_indices().nth(longest) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> Option<String> {
        let column = StringChunked::new("T".into(), [text]);
        clean_column(&column).column.get(0).map(str::to_owned)
    }

    #[test]
    fn tags_and_blanks_go() {
        assert_eq!(cleaned("<b>a</b>\t b").as_deref(), Some("a b"));
        assert_eq!(cleaned("  two\r\n\nlines<br/>").as_deref(), Some("two lines"));
        assert_eq!(cleaned("a < b and c > d").as_deref(), Some("a < b and c > d"));
        assert_eq!(cleaned("1 <2").as_deref(), Some("1 <2"));
        assert_eq!(cleaned("x <b").as_deref(), Some("x <b"));
        assert_eq!(cleaned("<p> </p>"), None);
        assert_eq!(cleaned("plain"), Some("plain".into()));
    }

    #[test]
    fn long_text_is_cut_not_refused() {
        for (text, length) in [("a", 20_000), ("é", 20_000), ("映", 7_000)] {
            let column = StringChunked::new("T".into(), [text.repeat(length), text.repeat(length + 1)]);
            let Cleaned { column, truncated } = clean_column(&column);
            assert_eq!(truncated, 1);
            assert_eq!(column.get(0), column.get(1));
            assert_eq!(column.get(0).map(|text| text.chars().count()), Some(length));
        }
    }
}
