//! Which events are trained on, asked with and looked for.

use crate::data::Interactions;
use crate::domain::solution::{EventWeight, SolutionConfig};
use crate::evaluation::TestSet;
use std::borrow::Cow;

/// An event type and a least value, either or both.
///
/// With event weights, the types that have one stay, each with its own least value.
///
/// Both must hold; the value is inclusive and compared as the 32-bit number that `EVENT_VALUE` is. Types are compared
/// without regard to case, as the service does. With a threshold, an event without a value is dropped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventFilter {
    pub event_type: Option<String>,
    pub value_threshold: Option<f64>,
    pub weights: Vec<EventWeight>,
}

/// Interactions and test set after an event filter (without one, those themselves), and what was dropped
/// and why.
#[derive(Debug, Clone)]
pub struct Filtered<'a> {
    pub interactions: Cow<'a, Interactions>,
    pub test: Cow<'a, TestSet>,
    pub dropped: Vec<(String, u64)>,
}

/// Why a row goes, or that it stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Kept,
    OtherType,
    NoWeight,
    NoValue,
    LowValue,
}

impl EventFilter {
    /// The filter of a solution.
    pub fn of(config: &SolutionConfig) -> Self {
        Self {
            event_type: config.event_type.clone(),
            value_threshold: config.event_value_threshold,
            weights: config.event_weights.clone(),
        }
    }

    /// Applies the filter to training, input and truth alike.
    pub fn apply<'a>(&self, interactions: &'a Interactions, test: &'a TestSet) -> Filtered<'a> {
        if *self == Self::default() {
            let dropped = Vec::new();
            return Filtered {
                interactions: Cow::Borrowed(interactions),
                test: Cow::Borrowed(test),
                dropped,
            };
        }
        let verdicts = self.verdicts(interactions);
        let keep: Vec<bool> = verdicts.iter().map(|&verdict| verdict == Verdict::Kept).collect();
        let (interactions, test) = test.filtered(interactions, &keep);
        let dropped = [
            (
                Verdict::OtherType,
                format!("another event type than {}", self.event_type.as_deref().unwrap_or("")),
            ),
            (Verdict::NoWeight, "an event type without a weight".to_owned()),
            (Verdict::NoValue, "no event value".to_owned()),
            (
                Verdict::LowValue,
                match self.value_threshold {
                    Some(least) if self.weights.is_empty() => format!("an event value below {least}"),
                    _ => "an event value below the least of its type".to_owned(),
                },
            ),
        ];
        let dropped = dropped.into_iter().filter_map(|(kind, reason)| {
            let rows = verdicts.iter().filter(|&&verdict| verdict == kind).count() as u64;
            (rows > 0).then_some((reason, rows))
        });
        let dropped = dropped.collect();
        Filtered { interactions: Cow::Owned(interactions), test: Cow::Owned(test), dropped }
    }

    /// Whether it keeps an event of that type and value.
    pub fn keeps(&self, event_type: &str, value: Option<f32>) -> bool {
        let is_type = |wanted: &str| wanted.to_lowercase() == event_type.to_lowercase();
        if !self.event_type.as_deref().is_none_or(is_type) {
            return false;
        }
        let entry = self.weights.iter().find(|entry| entry.weight > 0.0 && entry.is_for(event_type));
        if entry.is_none() && !self.weights.is_empty() {
            return false;
        }
        let own = entry.and_then(|entry| entry.event_value_threshold);
        match self.value_threshold.into_iter().chain(own).reduce(f64::max) {
            None => true,
            Some(threshold) => value.is_some_and(|value| value >= threshold as f32),
        }
    }

    fn verdicts(&self, interactions: &Interactions) -> Vec<Verdict> {
        let wanted = self.event_type.as_deref().map(str::to_lowercase);
        let types: Vec<bool> = interactions
            .event_types
            .iter()
            .map(|name| wanted.as_ref().is_none_or(|wanted| name.to_lowercase() == *wanted))
            .collect();
        let no_type = wanted.is_none();
        let entries: Vec<Option<&EventWeight>> = interactions
            .event_types
            .iter()
            .map(|name| self.weights.iter().find(|entry| entry.weight > 0.0 && entry.is_for(name)))
            .collect();
        (0..interactions.len())
            .map(|row| {
                let known = types.get(usize::from(interactions.event_type[row])).copied();
                let value = interactions.event_value[row];
                let entry = entries.get(usize::from(interactions.event_type[row])).copied().flatten();
                let own = entry.and_then(|entry| entry.event_value_threshold);
                let threshold = self.value_threshold.into_iter().chain(own).reduce(f64::max);
                match threshold.map(|threshold| threshold as f32) {
                    _ if !known.unwrap_or(no_type) => Verdict::OtherType,
                    _ if entry.is_none() && !self.weights.is_empty() => Verdict::NoWeight,
                    Some(_) if value.is_nan() => Verdict::NoValue,
                    Some(threshold) if value < threshold => Verdict::LowValue,
                    _ => Verdict::Kept,
                }
            })
            .collect()
    }
}
