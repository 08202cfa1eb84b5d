//! Filters over a catalogue: what they read of it, and each compiled once.

use super::Studio;
use crate::data::{Interactions, Vocabulary};
use crate::domain::DatasetType;
use crate::domain::filter::{Filter, FilterError, Source, Target};
use crate::domain::limits::{FILTER_ACTION_EVENTS, FILTER_EVENTS};
use crate::serving::{CompiledFilter, Events, FilterData, Population};
use crate::store::{FilterRecord, GroupRecord, VersionRecord};
use anyhow::{Result, anyhow};
use parking_lot::Mutex;
use std::ops::Deref;
use std::sync::Arc;

/// What filters read, by the ids of dataset versions: a catalogue, and what is known of it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::studio) struct CatalogueKey {
    target: TargetKey,
    /// The versions of Interactions and Items that the catalogue is made of.
    catalogue: (i64, Option<i64>),
    pub(super) interactions: i64,
    pub(super) items: Option<i64>,
    users: Option<i64>,
    newest: Option<usize>,
}

/// How many of the newest action interactions filters look at that look at so many events: the service has numbers of its
/// own for the two.
fn of_action_interactions(newest: usize) -> usize {
    if newest == FILTER_EVENTS { FILTER_ACTION_EVENTS } else { newest }
}

/// What is chosen among; of actions with the versions of Actions and action interactions that say of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TargetKey {
    Items,
    Users,
    Actions { actions: i64, log: Option<i64> },
}

/// The ids of filters that running batches use, each as often as it is used.
#[derive(Default, Clone)]
pub(in crate::studio) struct FiltersInUse(Arc<Mutex<Vec<i64>>>);

/// A filter that can't be deleted while this lives.
pub(in crate::studio) struct FilterInUse {
    filter: Arc<CompiledFilter>,
    id: i64,
    all: FiltersInUse,
}

impl Deref for FilterInUse {
    type Target = CompiledFilter;

    fn deref(&self) -> &CompiledFilter {
        &self.filter
    }
}

impl Drop for FilterInUse {
    fn drop(&mut self) {
        let mut all = self.all.0.lock();
        if let Some(place) = all.iter().position(|id| *id == self.id) {
            all.swap_remove(place);
        }
    }
}

impl FiltersInUse {
    pub(super) fn holds(&self, filter: i64) -> bool {
        self.0.lock().contains(&filter)
    }
}

impl Studio {
    /// What filters read of the catalogue as it is now.
    pub(super) fn current_filter_data(
        &self,
        group: &GroupRecord,
        target: Target,
    ) -> Result<(CatalogueKey, Arc<FilterData>)> {
        let catalogue = self.current_versions(group)?;
        let key = self.catalogue_key(group, target, catalogue)?;
        Ok((key, self.filter_data(group, key)?))
    }

    fn catalogue_key(
        &self,
        group: &GroupRecord,
        target: Target,
        catalogue: (i64, Option<i64>),
    ) -> Result<CatalogueKey> {
        let newest = self.newest_events(group)?;
        self.catalogue_key_of(group, target, catalogue, newest)
    }

    /// The same with so many of the newest events of a user and a type.
    pub(in crate::studio) fn catalogue_key_of(
        &self,
        group: &GroupRecord,
        target: Target,
        catalogue: (i64, Option<i64>),
        newest: Option<usize>,
    ) -> Result<CatalogueKey> {
        let (interactions, items) = self.current_versions(group)?;
        Ok(CatalogueKey {
            target: match target {
                Target::Items => TargetKey::Items,
                Target::Users => TargetKey::Users,
                Target::Actions => {
                    let (actions, log) = self.action_versions(group)?;
                    TargetKey::Actions { actions, log }
                }
            },
            catalogue,
            interactions,
            items,
            users: self.dataset_id(group, DatasetType::Users)?,
            newest,
        })
    }

    /// What filters read of a catalogue: metadata and events as they are now, in the catalogue's numbering.
    pub(in crate::studio) fn filter_data(
        &self,
        group: &GroupRecord,
        key: CatalogueKey,
    ) -> Result<Arc<FilterData>> {
        self.memory().filter_data.get_or_make(key, || {
            let catalogue = self.interactions_of(key.catalogue.0, key.catalogue.1)?;
            let interactions = self.interactions_of(key.interactions, key.items)?;
            let items = key.items.map(|items| self.table_of(items)).transpose()?;
            let users = key.users.map(|users| self.table_of(users)).transpose()?;
            let known = (0..users.as_ref().map_or(0, |users| users.rows()))
                .filter_map(|row| users.as_ref()?.text(row, "USER_ID"));
            let ids = Vocabulary::new(known.chain(interactions.users.iter()));
            let users = Arc::new(Population::new(Arc::new(ids), "USER_ID", users));
            let of_items = |interactions: Arc<Interactions>| {
                Events::new(interactions, &catalogue.items, key.newest, Source::Interactions)
            };
            let (target, chosen, events) = match key.target {
                TargetKey::Users => (Target::Users, Arc::clone(&users), of_items(interactions)),
                TargetKey::Items => {
                    let items = Population::new(Arc::clone(&catalogue.items), "ITEM_ID", items);
                    (Target::Items, Arc::new(items), of_items(interactions))
                }
                TargetKey::Actions { actions, log } => {
                    let known = self.actions_of((actions, log))?;
                    let (log, ids) = (Arc::new(known.log.clone()), Arc::clone(&known.log.items));
                    let newest = key.newest.map(of_action_interactions);
                    let events = Events::new(log, &ids, newest, Source::ActionInteractions);
                    let table = Some(self.table_of(actions)?);
                    (Target::Actions, Arc::new(Population::new(ids, "ACTION_ID", table)), events)
                }
            };
            Ok(Arc::new(FilterData::new(target, self.facts_of(group)?, chosen, users, events)))
        })
    }

    /// A filter over the catalogue of a version.
    pub(in crate::studio) fn filter_for(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        name: &str,
    ) -> Result<Arc<CompiledFilter>> {
        let record = self.filter_in(group, name)?;
        self.compiled(group, version, &record)
    }

    /// The same for a batch: it can't be deleted meanwhile.
    pub(in crate::studio) fn filter_in_use(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        name: &str,
    ) -> Result<FilterInUse> {
        let record = self.filter_in(group, name)?;
        let filter = self.compiled(group, version, &record)?;
        let all = self.memory().filters_in_use.clone();
        all.0.lock().push(record.id);
        Ok(FilterInUse { filter, id: record.id, all })
    }

    fn compiled(
        &self,
        group: &GroupRecord,
        version: &VersionRecord,
        record: &FilterRecord,
    ) -> Result<Arc<CompiledFilter>> {
        let wrong = |error: FilterError| {
            anyhow!("the filter `{}` does not fit the data any more: {error}", record.name)
        };
        let filter = Filter::parse(&record.expression).map_err(wrong)?;
        let test_set = self.store().read(|reader| reader.test_set(version.test_set))?;
        let catalogue = (test_set.interactions, test_set.items);
        let key = self.catalogue_key(group, filter.target, catalogue)?;
        self.memory().filters.get_or_make((record.id, key), || {
            let data = self.filter_data(group, key)?;
            Ok(Arc::new(CompiledFilter::new(&record.name, &filter, &data).map_err(wrong)?))
        })
    }
}
