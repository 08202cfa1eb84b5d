//! The series behind the plots of an analysis.

use crate::data::Table;
use crate::data::profile::value_counts;
use std::collections::BTreeMap;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// Lengths of a period; the first that makes few enough is taken. Longer spans take as many of the last.
const PERIODS: [i64; 6] = [60, HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY];
/// Periods at most.
const MOST: i64 = 200;

/// Interactions in each period from the first to the last, those without any included.
pub(super) fn over_time(table: &Table) -> Vec<(i64, u64)> {
    let Some(times) = table.longs("TIMESTAMP") else { return Vec::new() };
    let ends = times.iter().flatten().fold(None, |ends: Option<(i64, i64)>, time| {
        Some(ends.map_or((time, time), |(first, last)| (first.min(time), last.max(time))))
    });
    let Some((first, last)) = ends else { return Vec::new() };
    let longest = PERIODS[PERIODS.len() - 1];
    let fits = |period: i64| last.div_euclid(period) - first.div_euclid(period) < MOST;
    let period = PERIODS
        .into_iter()
        .find(|&period| fits(period))
        .unwrap_or_else(|| longest * ((last - first) / (longest * (MOST - 1)) + 1));
    let start = first.div_euclid(period);
    let mut counts = vec![0; (last.div_euclid(period) - start + 1) as usize];
    for time in times.iter().flatten() {
        counts[(time.div_euclid(period) - start) as usize] += 1;
    }
    counts.into_iter().enumerate().map(|(place, count)| ((start + place as i64) * period, count)).collect()
}

/// How many users have each length of history.
pub(super) fn history_lengths(table: &Table) -> Vec<(u32, u64)> {
    let Some(users) = table.coded("USER_ID") else { return Vec::new() };
    let mut lengths = BTreeMap::new();
    for length in users.counts() {
        *lengths.entry(length as u32).or_insert(0) += 1;
    }
    lengths.into_iter().collect()
}

/// Interactions of each item, most first.
pub(super) fn popularity(table: &Table) -> Vec<u64> {
    let mut counts = table.coded("ITEM_ID").map(|items| items.counts()).unwrap_or_default();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts
}

/// Interactions of each event type, most first.
pub(super) fn event_types(table: &Table) -> Vec<(String, u64)> {
    table.strings("EVENT_TYPE").map(value_counts).unwrap_or_default()
}
