//! Looking up users and items, and what a user did.

use super::Studio;
use super::view::{EventView, FoundId};
use crate::data::Vocabulary;
use anyhow::Result;

impl Studio {
    /// Users whose id contains `text`: exact first, then those that begin with it, then by number of interactions.
    pub fn search_users(&self, group: &str, text: &str, limit: usize) -> Result<Vec<FoundId>> {
        let interactions = self.current_interactions(&self.group(group)?)?;
        let counts: Vec<u64> =
            (0..interactions.n_users() as u32).map(|user| interactions.rows(user).len() as u64).collect();
        let id = |user: u32| interactions.users.id(user);
        Ok(search(&interactions.users, &counts, text, limit, id))
    }

    /// Items whose id or label contains `text`, in the same order.
    pub fn search_items(&self, group: &str, text: &str, limit: usize) -> Result<Vec<FoundId>> {
        let (interactions, items) = self.current_versions(&self.group(group)?)?;
        let encoded = self.interactions_of(interactions, items)?;
        let labels = self.labels_of(interactions, items)?;
        let mut counts = vec![0_u64; encoded.n_items()];
        for &item in &encoded.item {
            counts[item as usize] += 1;
        }
        Ok(search(&encoded.items, &counts, text, limit, |item| labels.of(&encoded, item)))
    }

    /// The newest interactions of a user, the newest first; none for an unknown user.
    pub fn user_history(&self, group: &str, user: &str, limit: usize) -> Result<Vec<EventView>> {
        let (interactions, items) = self.current_versions(&self.group(group)?)?;
        let encoded = self.interactions_of(interactions, items)?;
        let labels = self.labels_of(interactions, items)?;
        let Some(user) = encoded.users.index(user) else { return Ok(Vec::new()) };
        let history = encoded.history(user);
        let newest = (0..history.len()).rev().take(limit);
        Ok(newest
            .map(|row| {
                let item = history.items[row];
                let event_type = u32::from(history.event_types[row]);
                EventView {
                    item: encoded.items.id(item).to_owned(),
                    title: labels.of(&encoded, item).to_owned(),
                    event_type: if encoded.event_types.is_empty() {
                        String::new()
                    } else {
                        encoded.event_types.id(event_type).to_owned()
                    },
                    timestamp: history.timestamps[row],
                }
            })
            .collect())
    }
}

/// How well a text fits what is looked for; lower is better.
fn fit(text: &str, sought: &str) -> Option<u8> {
    if sought.is_empty() {
        return Some(3);
    }
    let text = text.to_lowercase();
    match text.find(sought) {
        Some(0) if text.len() == sought.len() => Some(0),
        Some(0) => Some(1),
        Some(_) => Some(2),
        None => None,
    }
}

fn search<'a>(
    ids: &Vocabulary,
    counts: &[u64],
    text: &str,
    limit: usize,
    label: impl Fn(u32) -> &'a str,
) -> Vec<FoundId> {
    let sought = text.trim().to_lowercase();
    let mut found: Vec<(u8, std::cmp::Reverse<u64>, u32)> = (0..ids.len() as u32)
        .filter_map(|index| {
            let best = fit(ids.id(index), &sought).into_iter().chain(fit(label(index), &sought)).min()?;
            Some((best, std::cmp::Reverse(counts[index as usize]), index))
        })
        .collect();
    found.sort_unstable();
    found.truncate(limit);
    found
        .into_iter()
        .map(|(_, interactions, index)| FoundId {
            id: ids.id(index).to_owned(),
            label: label(index).to_owned(),
            interactions: interactions.0,
        })
        .collect()
}
