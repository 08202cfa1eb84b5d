//! Looking up users and items, and what a user did.

use super::Studio;
use super::labels::Labels;
use super::view::{EventView, FoundId, ItemView};
use crate::data::{History, Interactions, Vocabulary};
use crate::domain::DatasetType;
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

    /// The user that a number drawn at random stands for, each as likely; none where there is no user.
    pub fn random_user(&self, group: &str, draw: u64) -> Result<Option<FoundId>> {
        let interactions = self.current_interactions(&self.group(group)?)?;
        let Some(user) = draw.checked_rem(interactions.n_users() as u64) else { return Ok(None) };
        let (user, id) = (user as u32, interactions.users.id(user as u32).to_owned());
        let count = interactions.rows(user).len() as u64;
        Ok(Some(FoundId { label: id.clone(), id, interactions: count }))
    }

    /// The item that a number drawn at random stands for, each as likely as it was interacted with; none where
    /// there is no interaction.
    pub fn random_item(&self, group: &str, draw: u64) -> Result<Option<FoundId>> {
        let (interactions, items) = self.current_versions(&self.group(group)?)?;
        let encoded = self.interactions_of(interactions, items)?;
        let Some(row) = draw.checked_rem(encoded.len() as u64) else { return Ok(None) };
        let item = encoded.item[row as usize];
        Ok(Some(FoundId {
            id: encoded.items.id(item).to_owned(),
            label: self.labels_of(interactions, items)?.of(&encoded, item).to_owned(),
            interactions: encoded.item.iter().filter(|other| **other == item).count() as u64,
        }))
    }

    /// What is known of an item: its label, its interactions and its row of Items.
    pub fn item(&self, group: &str, item: &str) -> Result<ItemView> {
        let record = self.group(group)?;
        let (interactions, items) = self.current_versions(&record)?;
        let encoded = self.interactions_of(interactions, items)?;
        let index = encoded.items.index(item);
        let mut fields = Vec::new();
        if items.is_some() {
            let table = self.table(group, DatasetType::Items)?;
            if let Some(row) = (0..table.rows()).find(|row| table.text(*row, "ITEM_ID") == Some(item)) {
                let columns = table.columns().into_iter().enumerate();
                fields = columns.map(|(place, name)| (name, table.cell(row, place))).collect();
            }
        }
        Ok(ItemView {
            id: item.to_owned(),
            title: self.item_label(group, item)?,
            interactions: index
                .map_or(0, |index| encoded.item.iter().filter(|other| **other == index).count() as u64),
            fields,
        })
    }

    /// The newest interactions of a user, the newest first, with those recorded since; none for an unknown user.
    pub fn user_history(&self, group: &str, user: &str, limit: usize) -> Result<Vec<EventView>> {
        let group = self.group(group)?;
        let (interactions, items) = self.current_versions(&group)?;
        let encoded = self.interactions_of(interactions, items)?;
        let labels = self.labels_of(interactions, items)?;
        let live = self.live_events(&group)?;
        let recorded = live.of(user).iter().rev().filter(|event| !event.is_imported).map(|event| {
            let item = event.item.clone().unwrap_or_default();
            let title = encoded.items.index(&item).map(|index| labels.of(&encoded, index).to_owned());
            EventView {
                title: title.unwrap_or_else(|| item.clone()),
                item,
                event_type: event.event_type.clone(),
                timestamp: event.sent_at,
                is_recorded: true,
            }
        });
        let mut events: Vec<EventView> = recorded.collect();
        if let Some(user) = encoded.users.index(user) {
            let history = encoded.history(user);
            let newest = (0..history.len()).rev().take(limit);
            events.extend(newest.map(|row| imported_event(&labels, &encoded, &history, row)));
        }
        events.sort_by_key(|event| std::cmp::Reverse(event.timestamp));
        events.truncate(limit);
        Ok(events)
    }
}

/// An event of a history, for people.
pub(super) fn imported_event(
    labels: &Labels,
    interactions: &Interactions,
    history: &History<'_>,
    row: usize,
) -> EventView {
    let item = history.items[row];
    EventView {
        item: interactions.items.id(item).to_owned(),
        title: labels.of(interactions, item).to_owned(),
        event_type: if interactions.event_types.is_empty() {
            String::new()
        } else {
            interactions.event_types.id(u32::from(history.event_types[row])).to_owned()
        },
        timestamp: history.timestamps[row],
        is_recorded: false,
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
