//! Events added up by metric, source and quarter of an hour.

use crate::domain::attribution::{MAX_SOURCES, WINDOW_SECS};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is taken of an event: none where the event is none of the metric's own or has no such number.
pub type Take<'a, E> = Box<dyn Fn(&E) -> Option<f64> + 'a>;

/// A metric and what it takes of an event.
pub struct Measure<'a, E> {
    pub name: &'a str,
    pub take: Take<'a, E>,
}

/// What a metric comes to for a source in a quarter of an hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributionRow {
    pub metric: String,
    pub source: String,
    /// Epoch seconds at which the quarter begins.
    pub time: i64,
    pub value: f64,
}

/// Adds events up: rows in the order of the metrics, then by source and time. `read` gives an event's source and time. Of
/// sources after the hundredth, in the order they came, nothing is added; how many events that were is told, too.
pub fn attribute<'e, E: 'e>(
    measures: &[Measure<'_, E>],
    events: impl Iterator<Item = &'e E>,
    read: impl Fn(&E) -> (&str, i64),
) -> (Vec<AttributionRow>, u64) {
    let mut sources: Vec<String> = Vec::new();
    let mut sums: Vec<BTreeMap<(String, i64), f64>> = vec![BTreeMap::new(); measures.len()];
    let mut left_out = 0;
    for event in events {
        let (source, time) = read(event);
        let mut is_new = !sources.iter().any(|known| known == source);
        for (measure, sums) in measures.iter().zip(&mut sums) {
            let Some(value) = (measure.take)(event) else { continue };
            if is_new {
                if sources.len() == MAX_SOURCES {
                    left_out += 1;
                    break;
                }
                sources.push(source.to_owned());
                is_new = false;
            }
            let window = time.div_euclid(WINDOW_SECS) * WINDOW_SECS;
            *sums.entry((source.to_owned(), window)).or_default() += value;
        }
    }
    let rows = measures.iter().zip(sums).flat_map(|(measure, sums)| {
        sums.into_iter().map(|((source, time), value)| AttributionRow {
            metric: measure.name.to_owned(),
            source,
            time,
            value,
        })
    });
    (rows.collect(), left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Event = (String, i64, Option<f64>);

    fn measures() -> Vec<Measure<'static, Event>> {
        vec![
            Measure { name: "revenue", take: Box::new(|event: &Event| event.2) },
            Measure { name: "count", take: Box::new(|_| Some(1.0)) },
        ]
    }

    /// 899 s and 900 s are of two quarters of an hour.
    #[test]
    fn events_are_added_up_by_source_and_quarter() {
        let event = |source: &str, time, value| (source.to_owned(), time, value);
        let events = [
            event("a", 0, Some(2.5)),
            event("a", 899, Some(1.5)),
            event("a", 900, None),
            event("b", 900, Some(7.0)),
        ];
        let (rows, left_out) = attribute(&measures(), events.iter(), |event| (event.0.as_str(), event.1));
        let rows: Vec<(&str, &str, i64, f64)> =
            rows.iter().map(|row| (row.metric.as_str(), row.source.as_str(), row.time, row.value)).collect();
        assert_eq!(
            rows,
            [
                ("revenue", "a", 0, 4.0),
                ("revenue", "b", 900, 7.0),
                ("count", "a", 0, 2.0),
                ("count", "a", 900, 1.0),
                ("count", "b", 900, 1.0),
            ]
        );
        assert_eq!(left_out, 0);
    }

    #[test]
    fn a_hundred_sources_are_told_apart() {
        let events: Vec<Event> = (0..102).map(|at| (format!("s{at}"), 0, None)).collect();
        let (rows, left_out) = attribute(&measures(), events.iter(), |event| (event.0.as_str(), event.1));
        assert_eq!((rows.len(), left_out), (100, 2));
    }
}
