//! Cells as moments: epoch seconds by a [`TimestampRule`], one cell or a whole column, and the vote that
//! finds the rule. No clock: whether a moment is plausible is decided elsewhere.

use crate::domain::mapping::TimestampRule;
use jiff::civil;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;
use polars::prelude::*;
use polars_arrow::array::PrimitiveArray;
use rayon::prelude::*;

/// Date patterns that are tried, after [`TimestampRule::Iso`].
const PATTERNS: [&str; 18] = [
    "%d-%b-%Y",
    "%d-%b-%Y %H:%M:%S",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y",
    "%b %d, %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%d/%b/%Y:%H:%M:%S %z",
];

/// `20240131`, tried for numbers.
const COMPACT_DATE: &str = "%Y%m%d";

/// The epoch seconds a cell stands for (floor of fractions), or `None` where the rule does not read it.
///
/// [`TimestampRule::RowOrder`] reads no cell.
pub fn epoch_seconds(rule: &TimestampRule, cell: &str) -> Option<i64> {
    let cell = cell.trim();
    match rule {
        TimestampRule::Seconds => number(cell),
        TimestampRule::Milliseconds => number(cell).map(|value| value.div_euclid(1_000)),
        TimestampRule::Microseconds => number(cell).map(|value| value.div_euclid(1_000_000)),
        TimestampRule::Iso => iso(cell),
        TimestampRule::Pattern(pattern) => by_pattern(pattern, cell),
        TimestampRule::RowOrder => None,
    }
}

/// [`epoch_seconds`] of every cell; null where a cell is missing or not read.
///
/// With [`TimestampRule::RowOrder`] the result is the row's position from 1.
pub fn epoch_seconds_column(rule: &TimestampRule, cells: &StringChunked) -> Int64Chunked {
    let name = cells.name().clone();
    if *rule == TimestampRule::RowOrder {
        return Int64Chunked::from_iter_values(name, 1..=cells.len() as i64);
    }
    let chunks: Vec<PrimitiveArray<i64>> = cells
        .downcast_iter()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|chunk| {
            // Logs are often sorted by day: a cell equal to the one before needs no second look.
            let mut last: Option<(&str, Option<i64>)> = None;
            let read = chunk.iter().map(|cell| {
                let cell = cell?;
                match last {
                    Some((text, seconds)) if text == cell => seconds,
                    _ => {
                        let seconds = epoch_seconds(rule, cell);
                        last = Some((cell, seconds));
                        seconds
                    }
                }
            });
            read.collect()
        })
        .collect();
    Int64Chunked::from_chunk_iter(name, chunks)
}

/// A whole number, or the floor of one with a fraction or exponent.
fn number(cell: &str) -> Option<i64> {
    let bytes = cell.as_bytes();
    let (negative, digits) = match bytes.first()? {
        b'-' => (true, &bytes[1..]),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return decimal(cell);
    }
    let value = digits.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some(if negative { -value } else { value })
}

fn decimal(cell: &str) -> Option<i64> {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    if !cell.bytes().all(plain) {
        return None;
    }
    let value: f64 = cell.parse().ok()?;
    // Beyond 2^53 whole numbers are no longer exact.
    (value.abs() < 9_007_199_254_740_992.0).then(|| value.floor() as i64)
}

/// RFC 3339 / ISO 8601: `2024-01-31`, `2024-01-31 10:11`, `2024-01-31T10:11:12.5+01:00`.
fn iso(cell: &str) -> Option<i64> {
    let bytes = cell.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?);
    let mut rest = &bytes[10..];
    let (mut hour, mut minute, mut second, mut offset) = (0, 0, 0, 0);
    if !rest.is_empty() {
        if rest.len() < 6 || !matches!(rest[0], b'T' | b't' | b' ') || rest[3] != b':' {
            return None;
        }
        (hour, minute) = (digits(&rest[1..3])?, digits(&rest[4..6])?);
        rest = &rest[6..];
        if rest.len() >= 3 && rest[0] == b':' {
            second = digits(&rest[1..3])?.min(59); // a leap second is its minute's last
            rest = &rest[3..];
            if matches!(rest.first(), Some(b'.' | b',')) {
                let fraction = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if fraction == 0 {
                    return None;
                }
                rest = &rest[1 + fraction..];
            }
        }
        offset = zone(rest)?;
    }
    let moment =
        civil::DateTime::new(year as i16, month as i8, day as i8, hour as i8, minute as i8, second as i8, 0);
    Some(Offset::UTC.to_timestamp(moment.ok()?).ok()?.as_second() - offset)
}

/// Seconds east of UTC: nothing, `Z`, ` UTC`, `+01:00`, `+0100`, `+01`.
fn zone(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii_start();
    if text.is_empty() || text == b"Z" || text == b"z" || text == b"UTC" {
        return Some(0);
    }
    let sign = match text[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match text.len() {
        3 => (digits(&text[1..3])?, 0),
        5 => (digits(&text[1..3])?, digits(&text[3..5])?),
        6 if text[3] == b':' => (digits(&text[1..3])?, digits(&text[4..6])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

fn by_pattern(pattern: &str, cell: &str) -> Option<i64> {
    let parsed = BrokenDownTime::parse(pattern, cell).ok()?;
    if parsed.offset().is_some() {
        return Some(parsed.to_timestamp().ok()?.as_second());
    }
    let time = if parsed.hour().is_some() { parsed.to_time().ok()? } else { civil::Time::midnight() };
    Some(Offset::UTC.to_timestamp(parsed.to_date().ok()?.to_datetime(time)).ok()?.as_second())
}

/// A time rule found by vote.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    pub rule: TimestampRule,
    /// Share of the sampled cells it reads, `0..=1`.
    pub share: f64,
    /// What was seen, e.g. "seconds since 1970 in 99.98% of 50,000 sampled cells".
    pub reason: String,
}

/// The rule that reads most of the cells (empty ones are not counted), where one reads at least half.
///
/// Numbers count as seconds, milliseconds or microseconds only where they fall between 1973 and 2100.
/// Of two patterns that read equally many (day or month first) the one is taken that keeps more
/// neighbouring rows in order of time.
pub fn detect<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Detected> {
    let cells: Vec<&str> = cells.map(str::trim).filter(|cell| !cell.is_empty()).collect();
    if cells.is_empty() {
        return None;
    }
    let mut best: Option<(TimestampRule, usize, usize)> = None;
    for rule in candidates() {
        // A pattern that fails on the first cells read this way is not worth the whole sample.
        let probe = cells.len().min(64);
        if probe_count(&rule, &cells[..probe]) * 2 < probe {
            continue;
        }
        let (read, ascending) = votes(&rule, &cells);
        if best.as_ref().is_none_or(|&(_, most, ordered)| (read, ascending) > (most, ordered)) {
            best = Some((rule, read, ascending));
        }
    }
    let (rule, read, _) = best?;
    if read * 2 < cells.len() {
        return None;
    }
    let share = read as f64 / cells.len() as f64;
    let reason = format!(
        "{} in {} of {} sampled cells",
        rule_text(&rule),
        percent(share),
        thousands(cells.len() as u64)
    );
    Some(Detected { rule, share, reason })
}

fn candidates() -> impl Iterator<Item = TimestampRule> {
    let plain = [
        TimestampRule::Seconds,
        TimestampRule::Milliseconds,
        TimestampRule::Microseconds,
        TimestampRule::Iso,
    ];
    let patterns = std::iter::once(COMPACT_DATE).chain(PATTERNS);
    plain.into_iter().chain(patterns.map(|pattern| TimestampRule::Pattern(pattern.to_owned())))
}

fn probe_count(rule: &TimestampRule, cells: &[&str]) -> usize {
    cells.iter().filter(|cell| plausible(rule, cell).is_some()).count()
}

/// How many cells the rule reads, and how many of those are not earlier than the one before.
fn votes(rule: &TimestampRule, cells: &[&str]) -> (usize, usize) {
    let mut last = i64::MIN;
    let (mut read, mut ascending) = (0, 0);
    for seconds in cells.iter().filter_map(|cell| plausible(rule, cell)) {
        read += 1;
        ascending += usize::from(seconds >= last);
        last = seconds;
    }
    (read, ascending)
}

/// The cell's moment where it speaks for the rule: numbers must fall between 1973 and 2100.
fn plausible(rule: &TimestampRule, cell: &str) -> Option<i64> {
    let seconds = epoch_seconds(rule, cell)?;
    let sound = match rule {
        TimestampRule::Seconds | TimestampRule::Milliseconds | TimestampRule::Microseconds => {
            (100_000_000..4_102_444_800).contains(&seconds)
        }
        TimestampRule::Pattern(pattern) if pattern == COMPACT_DATE => {
            cell.len() == 8 && (-2_208_988_800..4_102_444_800).contains(&seconds)
        }
        _ => true,
    };
    sound.then_some(seconds)
}

/// The rule in words.
pub fn rule_text(rule: &TimestampRule) -> String {
    match rule {
        TimestampRule::Seconds => "seconds since 1970".to_owned(),
        TimestampRule::Milliseconds => "milliseconds since 1970".to_owned(),
        TimestampRule::Microseconds => "microseconds since 1970".to_owned(),
        TimestampRule::Iso => "ISO 8601 dates".to_owned(),
        TimestampRule::Pattern(pattern) => format!("dates as {pattern}"),
        TimestampRule::RowOrder => "row order".to_owned(),
    }
}

/// `99.98%`; never rounded up to 100%.
pub(crate) fn percent(share: f64) -> String {
    let hundredths = (share * 10_000.0).floor() / 100.0;
    format!("{hundredths}%")
}

/// `50,000`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2013-02-01T00:00:00Z, checked with `date -u -d @1359676800`.
    const FEBRUARY_2013: i64 = 1_359_676_800;

    #[test]
    fn each_rule_reads_its_cells() {
        let pattern = |text: &str| TimestampRule::Pattern(text.to_owned());
        let cases = [
            (TimestampRule::Seconds, "1359676800", Some(FEBRUARY_2013)),
            (TimestampRule::Seconds, " 1359676800.75 ", Some(FEBRUARY_2013)),
            (TimestampRule::Seconds, "1.3596768e9", Some(FEBRUARY_2013)),
            (TimestampRule::Seconds, "-1.5", Some(-2)),
            (TimestampRule::Seconds, "yesterday", None),
            (TimestampRule::Seconds, "inf", None),
            (TimestampRule::Seconds, "", None),
            (TimestampRule::Milliseconds, "1359676800999", Some(FEBRUARY_2013)),
            (TimestampRule::Milliseconds, "-1", Some(-1)),
            (TimestampRule::Microseconds, "1359676800999999", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-02-01", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-02-01T00:00", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-02-01 00:00:00.979311+00:00", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-02-01T01:30:00+01:30", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-01-31T19:00:00-0500", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-02-01T00:00:00Z", Some(FEBRUARY_2013)),
            (TimestampRule::Iso, "2013-02-30", None),
            (TimestampRule::Iso, "2013-02-01T25:00:00", None),
            (TimestampRule::Iso, "2013-02-01 soon", None),
            (pattern("%d-%b-%Y"), "01-Feb-2013", Some(FEBRUARY_2013)),
            (pattern("%d/%m/%Y %H:%M"), "01/02/2013 00:00", Some(FEBRUARY_2013)),
            (pattern("%m/%d/%Y %H:%M"), "2/1/2013 0:00", Some(FEBRUARY_2013)),
            (pattern("%Y%m%d"), "20130201", Some(FEBRUARY_2013)),
            (pattern("%Y%m%d"), "20130231", None),
            (pattern("%d/%b/%Y:%H:%M:%S %z"), "01/Feb/2013:02:00:00 +0200", Some(FEBRUARY_2013)),
            (TimestampRule::RowOrder, "1359676800", None),
        ];
        for (rule, cell, expected) in cases {
            assert_eq!(epoch_seconds(&rule, cell), expected, "{rule:?} on {cell:?}");
        }
    }

    #[test]
    fn a_column_reads_as_its_cells_do() {
        let cells = StringChunked::new("t".into(), [Some("1"), None, Some("1"), Some("x"), Some("3.9")]);
        let mut cells_in_two = cells.clone();
        cells_in_two.append(&cells).unwrap();
        let expected = [Some(1), None, Some(1), None, Some(3)];
        let column = epoch_seconds_column(&TimestampRule::Seconds, &cells_in_two);
        let found: Vec<Option<i64>> = column.iter().collect();
        assert_eq!(found, [expected, expected].concat());
        let order: Vec<Option<i64>> = epoch_seconds_column(&TimestampRule::RowOrder, &cells).iter().collect();
        assert_eq!(order, (1..=5).map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn the_vote_finds_the_rule() {
        let rule_of = |cells: &[&str]| detect(cells.iter().copied()).map(|found| found.rule);
        assert_eq!(rule_of(&["1359676800", "1359676801", "x"]), Some(TimestampRule::Seconds));
        assert_eq!(rule_of(&["1359676800000"]), Some(TimestampRule::Milliseconds));
        assert_eq!(rule_of(&["1359676800000000"]), Some(TimestampRule::Microseconds));
        assert_eq!(rule_of(&["2013-02-01", ""]), Some(TimestampRule::Iso));
        assert_eq!(rule_of(&["20130201"]), Some(TimestampRule::Pattern("%Y%m%d".to_owned())));
        assert_eq!(
            rule_of(&["25/02/2013", "01/03/2013"]),
            Some(TimestampRule::Pattern("%d/%m/%Y".to_owned()))
        );
        assert_eq!(
            rule_of(&["02/25/2013", "03/01/2013"]),
            Some(TimestampRule::Pattern("%m/%d/%Y".to_owned()))
        );
        // Both readings are dates; only month first keeps the rows in order.
        assert_eq!(
            rule_of(&["1/9/2013", "1/10/2013", "1/11/2013", "2/1/2013"]),
            Some(TimestampRule::Pattern("%m/%d/%Y".to_owned()))
        );
        assert_eq!(rule_of(&["17", "242", "3"]), None);
        assert_eq!(rule_of(&["red", "green"]), None);
    }

    #[test]
    fn the_reason_says_how_many_were_seen() {
        let mut cells = vec!["1359676800"; 49_990];
        cells.extend(["?"; 10]);
        let found = detect(cells.into_iter()).unwrap();
        assert_eq!(found.reason, "seconds since 1970 in 99.98% of 50,000 sampled cells");
        assert_eq!(percent(0.99999), "99.99%");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
