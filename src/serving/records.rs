//! What is recorded after the import: `PutEvents`, `PutItems` and `PutUsers` in the service's shapes, and their rules.
//!
//! Properties are a JSON object in a string. Its keys are the schema's columns in camel case (`numberOfRatings` is
//! `NUMBER_OF_RATINGS`); a key that stands for no column is refused, because it would be lost.

use super::request::RequestError;
use crate::data::number;
use crate::domain::DatasetType;
use crate::domain::action::{ActionEvent, bounds};
use crate::domain::clock::implausible;
use crate::domain::limits::{
    MAX_ACTION_PROPERTIES_CHARS, MAX_EVENT_BYTES, MAX_EVENT_PROPERTIES_CHARS, MAX_ID_CHARS, MAX_IMPRESSION,
    MAX_ITEM_PROPERTIES_CHARS, MAX_RECOMMENDATION_ID_CHARS, MAX_RECORDS, MAX_SOURCE_CHARS,
    MAX_USER_PROPERTIES_CHARS,
};
use crate::domain::schema::{FieldType, Schema, SchemaField};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Columns and what they hold, as in a file.
pub type Cells = BTreeMap<String, String>;

/// Keys that the properties of an event must not have: the service has fields for them.
const FORBIDDEN: [&str; 6] =
    ["userId", "sessionId", "eventType", "timestamp", "recommendationId", "impression"];

/// Events of one session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PutEvents {
    /// None for a visitor who is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    pub session_id: String,
    pub event_list: Vec<PutEvent>,
}

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PutEvent {
    /// Made up where there is none; an id that was there before is not recorded again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    pub event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_value: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// A JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<String>,
    /// Epoch seconds.
    pub sent_at: i64,
    /// Of the answer that led to it; its items are the impression where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation_id: Option<String>,
    /// Items shown, recommended or not; counts before those of the recommendation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impression: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_attribution: Option<PutAttribution>,
}

/// What became of actions that were shown: `PutActionInteractions`. Each tells its own user and session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PutActionInteractions {
    pub action_interactions: Vec<PutActionInteraction>,
}

/// One of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PutActionInteraction {
    pub action_id: String,
    /// None for a visitor who is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    pub session_id: String,
    /// Epoch seconds.
    pub timestamp: i64,
    /// Viewed, Taken or Not Taken, in any spelling.
    pub event_type: String,
    /// Made up where there is none; an id that was there before is not recorded again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// Of the answer that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation_id: Option<String>,
    /// Actions shown: kept, and read by nobody, as in the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impression: Option<Vec<String>>,
    /// A JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<String>,
}

/// What an event is put down to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutAttribution {
    pub event_attribution_source: String,
}

/// An item, a user or an action with what is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PutRecord {
    pub id: String,
    /// A JSON object.
    pub properties: String,
}

/// An event that was checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckedEvent {
    pub event: PutEvent,
    /// Its properties by column.
    pub cells: Cells,
}

impl PutEvents {
    /// Checks every field against the limits, and properties against the columns of Interactions.
    pub fn check(&self, schema: &Schema) -> Result<Vec<CheckedEvent>, RequestError> {
        if let Some(user) = &self.user_id {
            text("userId", user, MAX_ID_CHARS)?;
        }
        text("sessionId", &self.session_id, MAX_ID_CHARS)?;
        count("eventList", self.event_list.len())?;
        self.event_list.iter().map(|event| event.check(schema)).collect()
    }
}

impl PutActionInteractions {
    /// Checks every field against the limits, and properties against the columns of action interactions; event types are
    /// told as the service spells them.
    pub fn check(&self, schema: &Schema) -> Result<Vec<CheckedEvent>, RequestError> {
        count("actionInteractions", self.action_interactions.len())?;
        self.action_interactions.iter().map(|interaction| interaction.check(schema)).collect()
    }
}

impl PutActionInteraction {
    fn check(&self, schema: &Schema) -> Result<CheckedEvent, RequestError> {
        text("actionId", &self.action_id, MAX_ID_CHARS)?;
        if let Some(user) = &self.user_id {
            text("userId", user, MAX_ID_CHARS)?;
        }
        text("sessionId", &self.session_id, MAX_ID_CHARS)?;
        moment("timestamp", self.timestamp)?;
        let Some(event) = ActionEvent::parse(&self.event_type) else {
            let what = format!("is `{}`", self.event_type);
            return Err(RequestError::new("eventType", what, "write Viewed, Taken or Not Taken"));
        };
        // The rest has the limits of other events.
        let event = PutEvent {
            event_id: self.event_id.clone(),
            event_type: event.as_str().to_owned(),
            event_value: None,
            item_id: Some(self.action_id.clone()),
            properties: self.properties.clone(),
            sent_at: self.timestamp,
            recommendation_id: self.recommendation_id.clone(),
            impression: self.impression.clone(),
            metric_attribution: None,
        };
        event.check(schema)
    }
}

impl PutEvent {
    fn check(&self, schema: &Schema) -> Result<CheckedEvent, RequestError> {
        // Texts and numbers always have a JSON form.
        let bytes = serde_json::to_vec(self).map_or(0, |json| json.len());
        if bytes > MAX_EVENT_BYTES {
            let rule = format!("an event has {MAX_EVENT_BYTES} bytes at most");
            return Err(RequestError::new("eventList", format!("has an event of {bytes} bytes"), rule));
        }
        text("eventType", &self.event_type, MAX_ID_CHARS)?;
        for (field, id) in [("eventId", &self.event_id), ("itemId", &self.item_id)] {
            if let Some(id) = id {
                text(field, id, MAX_ID_CHARS)?;
            }
        }
        if let Some(id) = &self.recommendation_id {
            text("recommendationId", id, MAX_RECOMMENDATION_ID_CHARS)?;
        }
        if let Some(value) = self.event_value.filter(|value| !value.is_finite()) {
            return Err(RequestError::new("eventValue", format!("is {value}"), "give a finite number"));
        }
        moment("sentAt", self.sent_at)?;
        if let Some(items) = &self.impression {
            if !(1..=MAX_IMPRESSION).contains(&items.len()) {
                let what = format!("has {} items", items.len());
                return Err(RequestError::new("impression", what, format!("give 1 to {MAX_IMPRESSION}")));
            }
            items.iter().try_for_each(|item| text("impression", item, MAX_ID_CHARS))?;
        }
        if let Some(attribution) = &self.metric_attribution {
            let source = &attribution.event_attribution_source;
            text("eventAttributionSource", source, MAX_SOURCE_CHARS)?;
            let is_plain = source.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
            if !is_plain || source.trim().is_empty() {
                let rule = "write printable ASCII, not blanks alone";
                return Err(RequestError::new("eventAttributionSource", format!("is `{source}`"), rule));
            }
        }
        let mut event = self.clone();
        let mut object = Map::new();
        if let Some(properties) = &self.properties {
            object = read_object(properties, MAX_EVENT_PROPERTIES_CHARS)?;
        }
        if let Some(key) = FORBIDDEN.iter().find(|key| object.contains_key(**key)) {
            let rule = "it is a field of the event itself; leave it out of the properties";
            return Err(RequestError::new("properties", format!("name `{key}`"), rule));
        }
        // Where events of the first years had them.
        if let Some(Value::String(item)) = object.remove("itemId") {
            text("itemId", &item, MAX_ID_CHARS)?;
            event.item_id.get_or_insert(item);
        }
        if let Some(value) = object.remove("eventValue") {
            let value = plain(&value).and_then(|value| number(&value));
            let rule =
                || RequestError::new("properties", "have an `eventValue` that is no number", "give a number");
            event.event_value.get_or_insert(value.ok_or_else(rule)?);
        }
        let cells = cells_of(&object, schema)?;
        Ok(CheckedEvent { event, cells })
    }
}

/// Checks items (users, actions) to be put, and reads their rows: what the dataset needs must be there.
pub fn check_records(
    dataset: DatasetType,
    records: &[PutRecord],
    schema: &Schema,
) -> Result<Vec<Cells>, RequestError> {
    let (list, id, key, most) = match dataset {
        DatasetType::Users => ("users", "userId", "USER_ID", MAX_USER_PROPERTIES_CHARS),
        DatasetType::Actions | DatasetType::ActionInteractions => {
            ("actions", "actionId", "ACTION_ID", MAX_ACTION_PROPERTIES_CHARS)
        }
        DatasetType::Items | DatasetType::Interactions => {
            ("items", "itemId", "ITEM_ID", MAX_ITEM_PROPERTIES_CHARS)
        }
    };
    count(list, records.len())?;
    let row = |record: &PutRecord| {
        text(id, &record.id, MAX_ID_CHARS)?;
        let mut cells = cells_of(&read_object(&record.properties, most)?, schema)?;
        cells.insert(key.to_owned(), record.id.clone());
        let missing = schema.fields.iter().find(|field| !field.nullable && !cells.contains_key(&field.name));
        if dataset == DatasetType::Actions {
            within_bounds(&record.id, &cells)?;
        }
        match missing {
            Some(field) => Err(RequestError::new(
                "properties",
                format!("of `{}` lack `{}`", record.id, camel_case(&field.name)),
                format!("{dataset}.{} is needed; give it", field.name),
            )),
            None => Ok(cells),
        }
    };
    records.iter().map(row).collect()
}

/// Refuses what the service does not take of an action.
fn within_bounds(id: &str, cells: &Cells) -> Result<(), RequestError> {
    for (column, cell) in cells {
        let Some((least, most)) = bounds(column) else { continue };
        if !cell.parse().is_ok_and(|number: i64| (least..=most).contains(&number)) {
            let what = format!("of `{id}` have {cell} for `{}`", camel_case(column));
            return Err(RequestError::new("properties", what, format!("give {least} to {most}")));
        }
    }
    Ok(())
}

/// A column's name as properties write it: `NUMBER_OF_RATINGS` is `numberOfRatings`.
pub fn camel_case(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    let mut is_upper = false;
    for letter in column.chars() {
        match letter {
            '_' => is_upper = !name.is_empty(),
            _ if is_upper => {
                name.extend(letter.to_uppercase());
                is_upper = false;
            }
            _ => name.extend(letter.to_lowercase()),
        }
    }
    name
}

fn read_object(properties: &str, most: usize) -> Result<Map<String, Value>, RequestError> {
    text("properties", properties, most)?;
    match serde_json::from_str(properties) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(RequestError::new(
            "properties",
            format!("are `{}`", properties.chars().take(40).collect::<String>()),
            "write a JSON object, such as {\"numberOfRatings\":12}",
        )),
    }
}

fn cells_of(object: &Map<String, Value>, schema: &Schema) -> Result<Cells, RequestError> {
    let mut cells = Cells::new();
    for (key, value) in object {
        let Some(field) = told(schema).find(|field| camel_case(&field.name) == *key) else {
            let known: Vec<String> = told(schema).map(|field| camel_case(&field.name)).collect();
            let rule = format!("{} has {}", schema.dataset, known.join(", "));
            return Err(RequestError::new("properties", format!("name `{key}`"), rule));
        };
        if value.is_null() {
            continue;
        }
        let cell = plain(value).filter(|cell| fits(field, cell)).ok_or_else(|| {
            let rule = format!("{}.{} is of type {}", schema.dataset, field.name, field.kind.as_str());
            RequestError::new("properties", format!("have {value} for `{key}`"), rule)
        })?;
        cells.insert(field.name.clone(), cell);
    }
    Ok(cells)
}

/// The columns that properties tell: of what users did what the dataset's owner added, of others all but the id.
fn told(schema: &Schema) -> impl Iterator<Item = &SchemaField> {
    let added: Vec<&SchemaField> = schema.metadata().collect();
    let is_told = move |field: &&SchemaField| match schema.dataset.key_field() {
        None => added.contains(field),
        Some(key) => field.name != key,
    };
    schema.fields.iter().filter(is_told)
}

/// A value as a file writes it; several texts are categories.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join("|"))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn fits(field: &SchemaField, cell: &str) -> bool {
    match field.kind {
        FieldType::String => true,
        FieldType::Int => cell.parse::<i32>().is_ok(),
        FieldType::Long => cell.parse::<i64>().is_ok(),
        FieldType::Float | FieldType::Double => number(cell).is_some(),
        FieldType::Boolean => cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false"),
    }
}

fn text(field: &'static str, text: &str, most: usize) -> Result<(), RequestError> {
    let length = text.chars().count();
    if (1..=most).contains(&length) {
        return Ok(());
    }
    let what = if length == 0 { "is empty".to_owned() } else { format!("has {length} characters") };
    Err(RequestError::new(field, what, format!("1 to {most} are accepted")))
}

/// A time that an event can have had, epoch seconds.
fn moment(field: &'static str, time: i64) -> Result<(), RequestError> {
    match implausible(time) {
        None => Ok(()),
        Some(rule) => Err(RequestError::new(field, format!("is {time}"), rule)),
    }
}

fn count(field: &'static str, given: usize) -> Result<(), RequestError> {
    if (1..=MAX_RECORDS).contains(&given) {
        return Ok(());
    }
    Err(RequestError::new(field, format!("has {given} entries"), format!("give 1 to {MAX_RECORDS} at once")))
}

#[cfg(test)]
mod tests;
