//! What time it is, and when events can have been.

use std::time::{SystemTime, UNIX_EPOCH};

/// How far ahead of now an event may be: clocks differ.
pub const SECONDS_AHEAD: i64 = 24 * 60 * 60;

/// 1990, epoch seconds: a time ahead that is later than this in milliseconds is one in milliseconds.
const THE_NINETIES: i64 = 631_152_000;

/// Epoch seconds.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Why an event can't have been at a time, epoch seconds, and what to do; none where it can.
pub fn implausible(time: i64) -> Option<&'static str> {
    match time {
        ..0 => Some("give seconds since 1970"),
        time if time <= now() + SECONDS_AHEAD => None,
        time if (THE_NINETIES..=now() + SECONDS_AHEAD).contains(&(time / 1_000)) => {
            Some("it lies ahead; these look like milliseconds, so give seconds since 1970")
        }
        _ => Some("it lies more than a day ahead; give seconds since 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_of_tomorrow_and_in_milliseconds_are_implausible() {
        assert_eq!([0, 1_700_000_000, now()].map(implausible), [None; 3]);
        assert!(implausible(-1).is_some() && implausible(now() + 2 * SECONDS_AHEAD).is_some());
        assert!(implausible(now() * 1_000).unwrap().contains("milliseconds"));
        assert!(!implausible(2 * now()).unwrap().contains("milliseconds"));
    }
}
