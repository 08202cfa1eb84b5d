//! Events recorded after the import: kept in the project, served at once, and part of the next training.

use super::Studio;
use super::project::Answer;
use crate::data::{Table, merge};
use crate::domain::DatasetType;
use crate::serving::{
    Cells, CheckedEvent, LiveEvent, LiveEvents, PutActionInteractions, PutEvents, PutRecord,
    RecommendResponse, SKIP, check_records,
};
use crate::store::{EventRecord, GroupRecord, NewDatasetVersion};
use anyhow::{Context, Result, ensure};
use serde::Serialize;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// Answers kept in memory for events to refer to.
const ANSWERS: usize = 1_000;

/// What became of events that were put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PutOutcome {
    pub recorded: u64,
    /// Those that were there before: by their id, or the same moment and all the same.
    pub repeated: u64,
    /// Ids of recommendations that this project knows nothing of (any more): their events have no impression.
    pub unknown_recommendations: Vec<String>,
}

impl Studio {
    /// Records events of a session. Campaigns answer with them from the next request on.
    pub fn put_events(&self, group: &str, put: &PutEvents) -> Result<PutOutcome> {
        let group = self.group(group)?;
        let interactions = self.dataset(&group, DatasetType::Interactions)?;
        let checked = put.check(&interactions.schema)?;
        let mut unknown = Vec::new();
        let mut records = Vec::with_capacity(checked.len());
        for event in checked {
            let by = (put.user_id.as_deref(), put.session_id.as_str());
            records.push(self.event_record(&group, DatasetType::Interactions, by, event, &mut unknown)?);
        }
        self.record_events(&group, &records, unknown)
    }

    /// Records what became of actions that were shown. Campaigns answer with it from the next request on.
    pub fn put_action_interactions(&self, group: &str, put: &PutActionInteractions) -> Result<PutOutcome> {
        let group = self.group(group)?;
        let dataset = self.dataset(&group, DatasetType::ActionInteractions)?;
        let checked = put.check(&dataset.schema)?;
        let mut unknown = Vec::new();
        let mut records = Vec::with_capacity(checked.len());
        for (interaction, event) in put.action_interactions.iter().zip(checked) {
            let by = (interaction.user_id.as_deref(), interaction.session_id.as_str());
            let kind = DatasetType::ActionInteractions;
            records.push(self.event_record(&group, kind, by, event, &mut unknown)?);
        }
        self.record_events(&group, &records, unknown)
    }

    fn record_events(
        &self,
        group: &GroupRecord,
        records: &[EventRecord],
        unknown: Vec<String>,
    ) -> Result<PutOutcome> {
        let mut outcome = PutOutcome { recorded: 0, repeated: 0, unknown_recommendations: unknown };
        self.change(|writer| {
            for record in records {
                let was_new = writer.add_event(group.id, record)?;
                *(if was_new { &mut outcome.recorded } else { &mut outcome.repeated }) += 1;
            }
            Ok::<_, anyhow::Error>(())
        })?;
        Ok(outcome)
    }

    fn event_record(
        &self,
        group: &GroupRecord,
        dataset: DatasetType,
        (user, session): (Option<&str>, &str),
        CheckedEvent { event, cells }: CheckedEvent,
        unknown: &mut Vec<String>,
    ) -> Result<EventRecord> {
        let mut impression = event.impression.unwrap_or_default();
        let mut campaign = None;
        if let Some(name) = &event.recommendation_id {
            match self.answer_named(group, name)? {
                Some((by, items)) => {
                    campaign = Some(by);
                    if impression.is_empty() {
                        impression = items;
                    }
                }
                None => unknown.push(name.clone()),
            }
        }
        let source = event.metric_attribution.map(|attribution| attribution.event_attribution_source);
        Ok(EventRecord {
            id: 0,
            dataset,
            user: user.map(str::to_owned),
            session: session.to_owned(),
            event_id: event.event_id.unwrap_or_else(|| {
                format!(
                    "{:016x}-{:016x}",
                    RandomState::new().hash_one(event.sent_at),
                    RandomState::new().hash_one(1)
                )
            }),
            event_type: event.event_type,
            item: event.item_id,
            value: event.event_value,
            sent_at: event.sent_at,
            properties: cells,
            recommendation: event.recommendation_id,
            impression,
            source: source.or(campaign),
            is_imported: false,
        })
    }

    /// The campaign that gave an answer of that id, and the answer's items.
    fn answer_named(&self, group: &GroupRecord, name: &str) -> Result<Option<(String, Vec<String>)>> {
        let recent = self.memory().answers.lock();
        let found = recent.iter().find(|answer| answer.group == group.id && answer.name == name);
        if let Some(answer) = found {
            return Ok(Some((answer.campaign.clone(), answer.items.clone())));
        }
        drop(recent);
        Ok(self.store().read(|reader| reader.recommendation(group.id, name))?)
    }

    /// Keeps an answer in memory for events to refer to; the longest ago goes first.
    pub(super) fn remember_answer(&self, group: &GroupRecord, campaign: &str, response: &RecommendResponse) {
        let mut recent = self.memory().answers.lock();
        if recent.len() >= ANSWERS {
            recent.pop_front();
        }
        recent.push_back(Answer {
            group: group.id,
            campaign: campaign.to_owned(),
            name: response.recommendation_id.clone(),
            items: response.ids().into_iter().map(str::to_owned).collect(),
        });
    }

    /// Writes the answers that are in memory into the project, so that events can refer to them later on.
    pub fn keep_answers(&self) -> Result<()> {
        let recent: Vec<Answer> = self.memory().answers.lock().iter().cloned().collect();
        Ok(self.store().write(|writer| {
            recent.iter().try_for_each(|answer| {
                writer.add_recommendation(answer.group, &answer.name, &answer.campaign, &answer.items)
            })
        })?)
    }

    /// What was recorded in a group. Read once; then only what came since.
    pub(super) fn live_events(&self, group: &GroupRecord) -> Result<Arc<LiveEvents>> {
        self.live_events_of(group, DatasetType::Interactions)
    }

    /// The same of action interactions, where it is asked for those.
    pub(super) fn live_events_of(&self, group: &GroupRecord, kind: DatasetType) -> Result<Arc<LiveEvents>> {
        let newest = self.store().read(|reader| reader.newest_event(group.id, kind))?;
        let mut all = self.memory().live.lock();
        let (known, events) = all.entry((group.id, kind)).or_default();
        if *known < newest {
            let records = self.store().read(|reader| reader.events_after(group.id, kind, *known))?;
            let events = Arc::make_mut(events);
            for record in records {
                *known = record.id;
                events.add(live(record));
            }
        }
        Ok(Arc::clone(events))
    }

    /// Forgets what is in memory of a group's events: their rows changed.
    pub(super) fn forget_live_events(&self, group: i64) {
        self.memory().live.lock().retain(|(known, _), _| *known != group);
    }

    /// Forgets what was recorded of a user (or of a session) since the last training.
    pub fn forget_events(&self, group: &str, user: &str) -> Result<()> {
        let group = self.group(group)?;
        self.change(|writer| writer.delete_waiting_events(group.id, user))?;
        self.forget_live_events(group.id);
        Ok(())
    }

    /// How many events wait for the next training.
    pub fn waiting_events(&self, group: &str) -> Result<u64> {
        let group = self.group(group)?;
        Ok(self.store().read(|reader| {
            let of = |kind| reader.waiting_events(group.id, kind);
            Ok(of(DatasetType::Interactions)? + of(DatasetType::ActionInteractions)?)
        })?)
    }

    /// Takes what was recorded into the group's datasets.
    pub(super) fn take_events_in(&self, group: &GroupRecord) -> Result<()> {
        self.take_events_into(group, DatasetType::Interactions)?;
        self.take_events_into(group, DatasetType::ActionInteractions)
    }

    /// Takes what was recorded into a dataset, as an incremental import would: a version more, if there is
    /// anything to take. Events of a session whose user is known by now are the user's; visitors who stayed unknown and items
    /// that were passed over are no interactions.
    fn take_events_into(&self, group: &GroupRecord, kind: DatasetType) -> Result<()> {
        if self.store().read(|reader| reader.waiting_events(group.id, kind))? == 0 {
            return Ok(());
        }
        // Of a dataset that was deleted meanwhile there is nothing to take them into.
        let record = self.store().read(|reader| reader.dataset(group.id, kind))?;
        let Some(record) = record else { return Ok(()) };
        let events = self.store().read(|reader| reader.events_after(group.id, kind, 0))?;
        let Some(newest) = events.last().map(|event| event.id) else { return Ok(()) };
        let owners: std::collections::HashMap<String, String> =
            events.iter().filter_map(|event| Some((event.session.clone(), event.user.clone()?))).collect();
        let rows: Vec<Cells> = events
            .iter()
            .filter(|event| !event.is_imported)
            .filter_map(|event| cells_of(event, kind, owners.get(&event.session)))
            .collect();
        let table = if rows.is_empty() {
            None
        } else {
            let added = Table::of_cells(&record.schema, &rows)?;
            Some(merge(&*self.table_of(record.id)?, &added, kind)?)
        };
        let parquet = table.as_ref().map(Table::to_parquet).transpose()?;
        self.change(|writer| {
            if let (Some(table), Some(parquet)) = (&table, &parquet) {
                let new = NewDatasetVersion {
                    kind,
                    schema: &record.schema,
                    mapping: &record.mapping,
                    source: &record.source,
                    rows: table.rows() as u64,
                    users: table.distinct("USER_ID"),
                    items: table.distinct(kind.subject_field()),
                    parquet,
                };
                writer.add_dataset_version(group.id, &new)?;
            }
            writer.events_taken_in(group.id, kind, newest)
        })?;
        self.forget_live_events(group.id);
        Ok(())
    }

    /// Puts items (or users, or actions): each takes the place of the one of its id. Filters and metadata in answers have them at once,
    /// models from the next training or update on.
    pub fn put_records(&self, group: &str, dataset: DatasetType, records: &[PutRecord]) -> Result<()> {
        ensure!(
            !dataset.is_log(),
            "{} are recorded as events; use `bespoke event`",
            dataset.title().to_lowercase()
        );
        let group = self.group(group)?;
        let record = self.dataset(&group, dataset)?;
        let rows = check_records(dataset, records, &record.schema)?;
        let added = Table::of_cells(&record.schema, &rows)?;
        let table = merge(&*self.table_of(record.id)?, &added, dataset)?;
        let parquet = table.to_parquet().context("packing the dataset")?;
        let new = NewDatasetVersion {
            kind: dataset,
            schema: &record.schema,
            mapping: &record.mapping,
            source: &record.source,
            rows: table.rows() as u64,
            users: table.distinct("USER_ID"),
            items: table.distinct(dataset.subject_field()),
            parquet: &parquet,
        };
        self.change(|writer| writer.add_dataset_version(group.id, &new))?;
        Ok(())
    }
}

fn live(record: EventRecord) -> LiveEvent {
    LiveEvent {
        user: record.user,
        session: record.session,
        event_type: record.event_type,
        item: record.item,
        value: record.value,
        sent_at: record.sent_at,
        properties: record.properties,
        impression: record.impression,
        is_imported: record.is_imported,
    }
}

/// The row of its dataset that an event is; none where it is none.
fn cells_of(event: &EventRecord, kind: DatasetType, owner: Option<&String>) -> Option<Cells> {
    if event.event_type.eq_ignore_ascii_case(SKIP) {
        return None;
    }
    let mut cells = event.properties.clone();
    let mut put = |column: &str, cell: Option<String>| cell.map(|cell| cells.insert(column.to_owned(), cell));
    put("USER_ID", Some(event.user.clone().or_else(|| owner.cloned())?));
    put(kind.subject_field(), Some(event.item.clone()?));
    put("TIMESTAMP", Some(event.sent_at.to_string()));
    put("EVENT_TYPE", Some(event.event_type.clone()));
    put("EVENT_VALUE", event.value.map(|value| value.to_string()));
    put("SESSION_ID", Some(event.session.clone()));
    put("RECOMMENDATION_ID", event.recommendation.clone());
    put("EVENT_ATTRIBUTION_SOURCE", event.source.clone());
    put("IMPRESSION", (!event.impression.is_empty()).then(|| event.impression.join("|")));
    Some(cells)
}
