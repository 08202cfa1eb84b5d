//! Which events are trained on, asked with and looked for.

use crate::data::Interactions;
use crate::domain::solution::SolutionConfig;
use crate::evaluation::TestSet;
use std::borrow::Cow;

/// An event type and a least value, either or both.
///
/// Both must hold; the value is inclusive and compared as the 32-bit number that `EVENT_VALUE` is. Types are compared
/// without regard to case, as the service does. With a threshold, an event without a value is dropped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventFilter {
    pub event_type: Option<String>,
    pub value_threshold: Option<f64>,
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
    NoValue,
    LowValue,
}

impl EventFilter {
    /// The filter of a solution.
    pub fn of(config: &SolutionConfig) -> Self {
        Self { event_type: config.event_type.clone(), value_threshold: config.event_value_threshold }
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
            (Verdict::NoValue, "no event value".to_owned()),
            (Verdict::LowValue, format!("an event value below {}", self.value_threshold.unwrap_or_default())),
        ];
        let dropped = dropped.into_iter().filter_map(|(kind, reason)| {
            let rows = verdicts.iter().filter(|&&verdict| verdict == kind).count() as u64;
            (rows > 0).then_some((reason, rows))
        });
        let dropped = dropped.collect();
        Filtered { interactions: Cow::Owned(interactions), test: Cow::Owned(test), dropped }
    }

    fn verdicts(&self, interactions: &Interactions) -> Vec<Verdict> {
        let wanted = self.event_type.as_deref().map(str::to_lowercase);
        let types: Vec<bool> = interactions
            .event_types
            .iter()
            .map(|name| wanted.as_ref().is_none_or(|wanted| name.to_lowercase() == *wanted))
            .collect();
        let no_type = wanted.is_none();
        let threshold = self.value_threshold.map(|threshold| threshold as f32);
        (0..interactions.len())
            .map(|row| {
                let known = types.get(usize::from(interactions.event_type[row])).copied();
                let value = interactions.event_value[row];
                match threshold {
                    _ if !known.unwrap_or(no_type) => Verdict::OtherType,
                    Some(_) if value.is_nan() => Verdict::NoValue,
                    Some(threshold) if value < threshold => Verdict::LowValue,
                    _ => Verdict::Kept,
                }
            })
            .collect()
    }
}
