//! Numbers and sizes as people read them: thousands set apart, the same in the window, in messages and in insights.

/// A count: `1234567` as `1,234,567`.
pub fn count_words(count: u64) -> String {
    with_separators(&count.to_string())
}

/// `812 B`, `4.1 kB`, `38 MB`.
pub fn bytes_words(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// A measured value's text: `-12345.678` as `-12,345.678`. Four digits stay together, as years do; what is no plain
/// number stays as it is.
pub fn grouped(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) =
        rest.split_once('.').map_or((rest, ""), |(whole, _)| (whole, &rest[whole.len()..]));
    if whole.len() < 5 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    format!("{sign}{}{fraction}", with_separators(whole))
}

fn with_separators(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let bytes = [(999, "999 B"), (4100, "4.1 kB"), (38_000_000, "38 MB"), (999_999, "1.0 MB")];
        for (count, words) in bytes {
            assert_eq!(bytes_words(count), words);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let counts = [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")];
        for (count, words) in counts {
            assert_eq!(count_words(count), words);
        }
        for (text, words) in [
            ("-12345.678", "-12,345.678"),
            ("1998", "1998"),
            ("0.12345", "0.12345"),
            ("inf", "inf"),
            ("1e9", "1e9"),
        ] {
            assert_eq!(grouped(text), words);
        }
    }
}
