//! Moments as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `23 Nov 2026, 19:03` in this machine's zone.
pub(super) fn moment_words(epoch_secs: i64) -> String {
    let words =
        |time: Timestamp| time.to_zoned_datetime(TimeZone::system()).strftime("%-d %b %Y, %H:%M").to_string();
    Timestamp::from_second(epoch_secs).map_or_else(|_| epoch_secs.to_string(), words)
}

/// `1997-12-04 15:55:49` in UTC, as times in data are meant.
pub(super) fn utc_words(epoch_secs: i64) -> String {
    let words = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    Timestamp::from_second(epoch_secs).map_or_else(|_| epoch_secs.to_string(), words)
}

/// `4 Dec 1997, 15:55` in UTC: a time in data as people say it.
pub(super) fn date_words(epoch_secs: i64) -> String {
    let words = |time: Timestamp| time.strftime("%-d %b %Y, %H:%M").to_string();
    Timestamp::from_second(epoch_secs).map_or_else(|_| epoch_secs.to_string(), words)
}

/// `3 days ago`, from now.
pub(super) fn ago_words(epoch_secs: i64) -> String {
    since_words(Timestamp::now().as_second().saturating_sub(epoch_secs))
}

/// A number of seconds that have passed, in its largest unit.
fn since_words(seconds: i64) -> String {
    let units =
        [("year", 31_556_952), ("month", 2_629_746), ("day", 86_400), ("hour", 3_600), ("minute", 60)];
    if seconds < 0 {
        return "in the future".to_owned();
    }
    match units.into_iter().find(|(_, length)| seconds >= *length) {
        None => "just now".to_owned(),
        Some((unit, length)) => {
            let count = seconds / length;
            format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_data_are_utc() {
        assert_eq!(utc_words(0), "1970-01-01 00:00:00");
        assert_eq!(utc_words(951_782_400), "2000-02-29 00:00:00");
    }

    #[test]
    fn what_has_passed_is_said_in_its_largest_unit() {
        let cases = [
            (-1, "in the future"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_200, "2 hours ago"),
            (86_400 * 12, "12 days ago"),
            (31_556_952 * 28, "28 years ago"),
        ];
        for (seconds, words) in cases {
            assert_eq!(since_words(seconds), words);
        }
        assert_eq!(date_words(881_251_200), "4 Dec 1997, 16:00");
    }
}
