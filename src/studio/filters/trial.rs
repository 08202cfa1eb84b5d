//! A filter tried on the catalogue as it is now: what it keeps, and why.

use super::Studio;
use crate::data::{Bits, Interactions, Vocabulary};
use crate::domain::filter::{Field, Filter, Source, Target};
use crate::serving::{CompiledFilter, FilterQuery};
use crate::studio::view::{FieldValue, FilterAnswer, FoundId};
use anyhow::Result;
use std::cmp::Reverse;
use std::time::Instant;

/// Items shown of those that are kept.
const SHOWN: usize = 50;

/// A filter to be tried before it is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterTrial {
    pub expression: String,
    /// Values of parameters, as in a request.
    pub values: Vec<(String, String)>,
    /// Who asks, where the filter looks at the user.
    pub user: Option<String>,
    /// What is asked about, where it looks at the item.
    pub item: Option<String>,
    /// The item (or user) whose reasons are asked for.
    pub why: Option<String>,
}

impl Studio {
    /// What a filter keeps of the catalogue as it is now, whether it is made or not.
    pub fn try_filter(&self, group: &str, trial: &FilterTrial) -> Result<FilterAnswer> {
        let group = self.group(group)?;
        let filter = Filter::parse(&trial.expression)?;
        let (key, data) = self.current_filter_data(&group, filter.target)?;
        let compiled = CompiledFilter::new("under trial", &filter, &data)?;
        let events = self.live_events(&group)?;
        let user = trial.user.as_deref();
        let live = user.map(|user| events.of(user)).unwrap_or_default();
        let query = FilterQuery { user, item: trial.item.as_deref(), live };
        let began = Instant::now();
        let mut rows = Bits::default();
        compiled.bind(query, &trial.values)?.allowed(&mut rows);
        let latency = began.elapsed();
        let why = trial.why.as_deref().map(|id| compiled.trace(query, &trial.values, id)).transpose()?;
        let interactions = self.interactions_of(key.interactions, key.items)?;
        let ids = data.chosen().ids();
        let first = match filter.target {
            Target::Users => most_active(&rows, ids, &interactions),
            Target::Actions => {
                let actions = self.current_actions(&group)?;
                let titles = self.action_titles(&group.name, &actions.ids().iter().collect::<Vec<_>>())?;
                most_had(&rows, &actions.log, |action| &titles[action as usize])
            }
            Target::Items => {
                let labels = self.labels_of(key.interactions, key.items)?;
                most_had(&rows, &interactions, |item| labels.of(&interactions, item))
            }
        };
        let (total, kept) = (ids.len(), rows.count());
        Ok(FilterAnswer { target: filter.target, total, kept, first, why, latency })
    }

    /// Values of a field that contain a text, in any case: those that begin with it first, then those that most items
    /// (users) have.
    pub fn field_values(
        &self,
        group: &str,
        field: &Field,
        text: &str,
        limit: usize,
    ) -> Result<Vec<FieldValue>> {
        let group = self.group(group)?;
        let target = match field.source {
            Source::Users => Target::Users,
            Source::Actions | Source::ActionInteractions => Target::Actions,
            Source::Interactions | Source::Items => Target::Items,
        };
        let (_, data) = self.current_filter_data(&group, target)?;
        let sought = text.to_lowercase();
        let mut found: Vec<_> = data
            .values_of(field)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(text, rows)| {
                let place = text.to_lowercase().find(&sought)?;
                Some((place > 0, Reverse(rows), text))
            })
            .collect();
        found.sort();
        found.truncate(limit);
        Ok(found.into_iter().map(|(_, Reverse(rows), text)| FieldValue { text, rows }).collect())
    }
}

/// The first of those kept, by interactions.
fn first(counted: impl Iterator<Item = (u64, u32)>) -> Vec<(u64, u32)> {
    let mut counted: Vec<(Reverse<u64>, u32)> = counted.map(|(count, row)| (Reverse(count), row)).collect();
    if counted.len() > SHOWN {
        counted.select_nth_unstable(SHOWN);
        counted.truncate(SHOWN);
    }
    counted.sort_unstable();
    counted.into_iter().map(|(Reverse(count), row)| (count, row)).collect()
}

fn most_had<'a>(rows: &Bits, interactions: &'a Interactions, label: impl Fn(u32) -> &'a str) -> Vec<FoundId> {
    let mut counts = vec![0_u64; interactions.n_items()];
    interactions.item.iter().for_each(|&item| counts[item as usize] += 1);
    first(rows.iter().map(|item| (counts[item as usize], item)))
        .into_iter()
        .map(|(count, item)| FoundId {
            id: interactions.items.id(item).to_owned(),
            label: label(item).to_owned(),
            interactions: count,
        })
        .collect()
}

fn most_active(rows: &Bits, ids: &Vocabulary, interactions: &Interactions) -> Vec<FoundId> {
    let count = |row: u32| {
        let user = interactions.users.index(ids.id(row));
        user.map_or(0, |user| interactions.rows(user).len() as u64)
    };
    first(rows.iter().map(|row| (count(row), row)))
        .into_iter()
        .map(|(count, row)| {
            let id = ids.id(row).to_owned();
            FoundId { label: id.clone(), id, interactions: count }
        })
        .collect()
}
