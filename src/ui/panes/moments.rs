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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_data_are_utc() {
        assert_eq!(utc_words(0), "1970-01-01 00:00:00");
        assert_eq!(utc_words(951_782_400), "2000-02-29 00:00:00");
    }
}
