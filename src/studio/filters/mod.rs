//! Filters: made, deleted, tried out, and looked up for requests.

mod catalogue;
#[cfg(test)]
mod tests;
mod trial;

pub(super) use catalogue::{CatalogueKey, FiltersInUse};
pub use trial::FilterTrial;

use super::Studio;
use super::view::FilterView;
use crate::domain::filter::{Checked, Facts, Filter, FilterError, FilterWarning, Source, check};
use crate::domain::limits::{MAX_FILTERS, MAX_GROUP_FILTER_FIELDS};
use crate::domain::{DatasetType, Status, check_name};
use crate::store::{FilterRecord, GroupRecord};
use anyhow::{Result, anyhow, bail, ensure};

/// A filter as the faces see it.
pub(super) fn filter_view(record: FilterRecord) -> FilterView {
    let FilterRecord { name, expression, created_at, .. } = record;
    FilterView { name, expression, status: Status::Active, created_at }
}

impl Studio {
    /// Makes a filter, or puts another expression in the place of the one of that name. With it, what holds in the
    /// expression but may not be meant.
    pub fn create_filter(
        &self,
        group: &str,
        name: &str,
        expression: &str,
    ) -> Result<(FilterView, Vec<FilterWarning>)> {
        check_name(name)?;
        let group = self.group(group)?;
        let refused = |error: &FilterError| anyhow!("Could not create filter. {error}");
        let filter = Filter::parse(expression).map_err(|error| refused(&error))?;
        let Checked { filter, errors, warnings } = check(&filter, &self.facts_of(&group)?);
        if let Some(error) = errors.first() {
            return Err(refused(error));
        }
        let others = self.store().read(|reader| reader.filters(group.id))?;
        let others: Vec<&FilterRecord> = others.iter().filter(|other| other.name != name).collect();
        ensure!(
            others.len() < MAX_FILTERS,
            "Could not create filter. The group {} has {} filters, and {MAX_FILTERS} are the most; delete one",
            group.name,
            others.len()
        );
        let mut fields = filter.fields();
        for other in others {
            if let Ok(other) = Filter::parse(&other.expression) {
                fields.extend(other.fields());
            }
        }
        fields.sort_unstable();
        fields.dedup();
        ensure!(
            fields.len() <= MAX_GROUP_FILTER_FIELDS,
            "Could not create filter. All filters of the group {} would read {} different fields, and {MAX_GROUP_FILTER_FIELDS} are the most; delete a filter that reads other fields",
            group.name,
            fields.len()
        );
        self.ensure_unused(&group, name)?;
        let made = self.change(|writer| writer.put_filter(group.id, name, expression))?;
        Ok((filter_view(made), warnings))
    }

    /// Removes a filter. Refused while a batch uses it.
    pub fn delete_filter(&self, group: &str, name: &str) -> Result<()> {
        let group = self.group(group)?;
        let filter = self.filter_in(&group, name)?;
        self.ensure_unused(&group, name)?;
        self.change(|writer| writer.delete_filter(filter.id))?;
        Ok(())
    }

    /// Refuses a change of a filter that a batch uses.
    fn ensure_unused(&self, group: &GroupRecord, name: &str) -> Result<()> {
        let known = self.store().read(|reader| reader.filters(group.id))?;
        let in_use = &self.memory().filters_in_use;
        let is_used = known.iter().any(|known| known.name == name && in_use.holds(known.id));
        ensure!(!is_used, "a batch that runs uses the filter {name}; wait for its end, or cancel it");
        Ok(())
    }

    /// The schemas and event types that filters of a group are checked against.
    pub fn filter_facts(&self, group: &str) -> Result<Facts> {
        self.facts_of(&self.group(group)?)
    }

    fn facts_of(&self, group: &GroupRecord) -> Result<Facts> {
        let mut facts = Facts::default();
        for (kind, source) in [
            (DatasetType::Interactions, Source::Interactions),
            (DatasetType::Items, Source::Items),
            (DatasetType::Users, Source::Users),
            (DatasetType::Actions, Source::Actions),
            (DatasetType::ActionInteractions, Source::ActionInteractions),
        ] {
            if let Some(dataset) = self.store().read(|reader| reader.dataset(group.id, kind))? {
                facts.schemas.push((source, dataset.schema));
            }
        }
        if facts.schema(Source::Interactions).is_some() {
            let interactions = self.current_interactions(group)?;
            facts.event_types = interactions.event_types.iter().map(str::to_owned).collect();
        }
        Ok(facts)
    }

    /// The newest events of a user and a type that filters of a group look at; all where there is no such number.
    pub fn filter_events(&self, group: &str) -> Result<Option<usize>> {
        let group = self.group(group)?;
        self.newest_events(&group)
    }

    /// Sets how many events filters of a group look at.
    pub fn set_filter_events(&self, group: &str, newest: Option<usize>) -> Result<()> {
        ensure!(newest != Some(0), "filters that look at no event would do nothing; use 1 or more, or all");
        let key = events_key(&self.group(group)?);
        let value = newest.map_or_else(String::new, |newest| newest.to_string());
        self.change(|writer| writer.set_setting(&key, &value))?;
        Ok(())
    }

    fn newest_events(&self, group: &GroupRecord) -> Result<Option<usize>> {
        let kept = self.store().read(|reader| reader.setting(&events_key(group)))?;
        Ok(kept.and_then(|kept| kept.parse().ok()))
    }

    /// The filter of that name.
    fn filter_in(&self, group: &GroupRecord, name: &str) -> Result<FilterRecord> {
        let filters = self.store().read(|reader| reader.filters(group.id))?;
        let known: Vec<&str> = filters.iter().map(|filter| filter.name.as_str()).collect();
        let known = if known.is_empty() {
            "no filters yet: make one with `bespoke filter`".to_owned()
        } else {
            known.join(", ")
        };
        match filters.into_iter().find(|filter| filter.name == name) {
            Some(filter) => Ok(filter),
            None => bail!("there is no filter `{name}` in the group `{}`; it has {known}", group.name),
        }
    }
}

/// Where it is kept how many events the filters of a group look at.
fn events_key(group: &GroupRecord) -> String {
    format!("filters.events.{}", group.id)
}
