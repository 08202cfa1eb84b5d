//! Whether the interactions suffice to train, as the service counts, before anyone tries.

use super::Table;
use super::codes::MISSING;
use crate::domain::minima::DataSize;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What there is to train on after the filters, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub interactions: u64,
    /// Interactions that are still needed.
    pub missing_interactions: u64,
    /// Users with at least two interactions.
    pub users: u64,
    /// Such users that are still needed.
    pub missing_users: u64,
    /// The service's texts; empty where training may begin.
    pub messages: Vec<String>,
    /// The same for each event type alone, most frequent first.
    pub by_event_type: Vec<EventTypeReadiness>,
}

/// What there is of one event type, after the value filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTypeReadiness {
    pub event_type: String,
    pub interactions: u64,
    /// Users with at least two interactions of this type.
    pub users: u64,
    pub missing_interactions: u64,
    pub missing_users: u64,
}

impl Readiness {
    pub fn is_ready(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Counts an Interactions table after its filters. The type is matched without regard to case; the threshold
/// is inclusive, and rows without a value fall to it.
pub fn readiness(table: &Table, event_type: Option<&str>, threshold: Option<f64>) -> Readiness {
    let users = table.coded("USER_ID").unwrap_or_default();
    let types = table.coded("EVENT_TYPE");
    let passes = values_pass(table, threshold);
    let families = types.as_ref().map(|types| Families::new(&types.texts)).unwrap_or_default();
    let wanted = event_type.map(|name| families.of_name.get(&name.to_lowercase()).copied());

    // Rows as (type, user), so that equal ones lie together once sorted.
    let mut pairs = Vec::with_capacity(users.codes().len());
    let mut counts = vec![0; users.texts.len()];
    for (row, &user) in users.codes().iter().enumerate() {
        if user == MISSING || passes.as_ref().is_some_and(|passes| !passes[row]) {
            continue;
        }
        let code = types.as_ref().map_or(MISSING, |types| types.codes()[row]);
        let family = if code == MISSING { None } else { Some(families.of_code[code as usize]) };
        if let Some(family) = family {
            pairs.push(u64::from(family) << 32 | u64::from(user));
        }
        if wanted.is_none_or(|wanted| wanted.is_some() && wanted == family) {
            counts[user as usize] += 1;
        }
    }
    pairs.par_sort_unstable();
    let mut sizes = vec![DataSize::default(); families.names.len()];
    for rows in pairs.chunk_by(|a, b| a == b) {
        sizes[(rows[0] >> 32) as usize].add_user(rows.len() as u64);
    }
    let mut by_event_type: Vec<EventTypeReadiness> = families
        .names
        .iter()
        .zip(&sizes)
        .map(|(name, size)| EventTypeReadiness {
            event_type: name.clone(),
            interactions: size.interactions,
            users: size.returning_users,
            missing_interactions: size.missing_interactions(),
            missing_users: size.missing_users(),
        })
        .collect();
    by_event_type.sort_by_key(|of_type| Reverse(of_type.interactions));

    let mut size = DataSize::default();
    for count in counts {
        size.add_user(count);
    }
    Readiness {
        interactions: size.interactions,
        missing_interactions: size.missing_interactions(),
        users: size.returning_users,
        missing_users: size.missing_users(),
        messages: size.messages(event_type),
        by_event_type,
    }
}

/// Event types that differ only in case, as one.
#[derive(Default)]
struct Families {
    /// Each as it was first spelt.
    names: Vec<String>,
    /// The family of each code, `[texts]`.
    of_code: Vec<u32>,
    /// By lower-case name.
    of_name: BTreeMap<String, u32>,
}

impl Families {
    fn new(texts: &[&str]) -> Self {
        let mut families = Self::default();
        for text in texts {
            let next = families.names.len() as u32;
            let family = *families.of_name.entry(text.to_lowercase()).or_insert(next);
            if family == next {
                families.names.push((*text).to_owned());
            }
            families.of_code.push(family);
        }
        families
    }
}

/// Whether each row's value reaches the threshold; `None` where there is no threshold. Compared as the 32-bit
/// numbers that event values are, so that 0.7 reaches 0.7.
fn values_pass(table: &Table, threshold: Option<f64>) -> Option<Vec<bool>> {
    let threshold = threshold? as f32;
    Some(match table.numbers("EVENT_VALUE") {
        Some(values) => {
            values.iter().map(|value| value.is_some_and(|value| value as f32 >= threshold)).collect()
        }
        None => vec![false; table.rows()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::*;

    /// `users` users with `each` watches, and 30 users with one purchase of value 0.7.
    fn table(users: usize, each: usize) -> Table {
        let mut rows: Vec<(String, &str, Option<f32>)> = Vec::new();
        for user in 0..users {
            rows.extend((0..each).map(|_| (format!("u{user}"), "Watch", None)));
        }
        rows.extend((0..30).map(|user| (format!("b{user}"), "purchase", Some(0.7))));
        let frame = df!(
            "USER_ID" => rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>(),
            "EVENT_TYPE" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
            "EVENT_VALUE" => rows.iter().map(|row| row.2).collect::<Vec<_>>(),
        );
        Table::new(frame.unwrap())
    }

    #[test]
    fn enough_is_ready() {
        let ready = readiness(&table(25, 40), Some("WATCH"), None);
        assert!(ready.is_ready(), "{:?}", ready.messages);
        assert_eq!((ready.interactions, ready.users), (1_000, 25));
        assert_eq!(ready.by_event_type[0].event_type, "Watch");
        assert_eq!(ready.by_event_type[1].missing_interactions, 970);
        assert_eq!(ready.by_event_type[1].missing_users, 25);
    }

    #[test]
    fn too_little_says_how_much_is_missing() {
        let short = readiness(&table(24, 40), Some("watch"), None);
        assert_eq!((short.missing_interactions, short.missing_users), (40, 1));
        let expected = [
            "Dataset has fewer than 1000 interactions after filtering by event type: watch",
            "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
        ];
        assert_eq!(short.messages, expected);
        assert_eq!(readiness(&table(24, 40), None, None).interactions, 990);
        assert_eq!(readiness(&table(24, 40), Some("none"), None).interactions, 0);
    }

    #[test]
    fn the_threshold_is_inclusive_and_drops_rows_without_a_value() {
        assert_eq!(readiness(&table(25, 40), None, Some(0.7)).interactions, 30);
        assert_eq!(readiness(&table(25, 40), None, Some(0.71)).interactions, 0);
        assert_eq!(readiness(&table(25, 40), Some("Watch"), Some(0.1)).interactions, 0);
    }
}
