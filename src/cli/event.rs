//! `event`, `put`: what is recorded after the import.

use super::output::{Output, say};
use super::pairs::{WrongUsage, pair};
use super::{Common, Done};
use crate::domain::DatasetType;
use crate::domain::clock::now;
use crate::domain::mapping::TimestampRule;
use crate::studio::{
    OpenMode, PutActionInteraction, PutActionInteractions, PutAttribution, PutEvent, PutEvents, PutOutcome,
    PutRecord, Studio, epoch_seconds,
};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Records what a user did: campaigns answer with it at once, and the next training learns from it.
#[derive(Args)]
pub(super) struct Event {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// Who did it; left out for a visitor who is known by the session alone.
    #[arg(long)]
    user: Option<String>,
    #[arg(long)]
    item: Option<String>,
    /// The action that it became of, instead of an item.
    #[arg(long, conflicts_with_all = ["item", "value", "source"])]
    action: Option<String>,
    /// Such as view or purchase; `skip` for an item seen and passed over. Of an action: viewed, taken or not-taken.
    #[arg(long, value_name = "TYPE")]
    r#type: String,
    #[arg(long, value_name = "X")]
    value: Option<f32>,
    /// The session; that of the user alone where none is given.
    #[arg(long)]
    session: Option<String>,
    /// When, as epoch seconds or 2026-01-31T12:00:00Z [default: now]
    #[arg(long, value_name = "T")]
    time: Option<String>,
    /// An id of the event: recorded once, however often it is sent.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// A metadata column of the interactions, such as device=phone (in camel case).
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = pair)]
    property: Vec<(String, String)>,
    /// The recommendationId of the answer that led to it.
    #[arg(long, value_name = "RID-…")]
    recommendation: Option<String>,
    /// Items that were shown with it, 25 at most.
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    impression: Vec<String>,
    /// What it is put down to; the campaign of the answer that led to it where none is given.
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Event {
    pub(super) fn run(self) -> Result<Done> {
        let common = self.common;
        let Some(session_id) = self.session.clone().or_else(|| self.user.clone()) else {
            return Err(WrongUsage("give --user, --session or both".to_owned()).into());
        };
        let sent_at = match &self.time {
            None => now(),
            Some(text) => time(text).ok_or_else(|| {
                WrongUsage(format!(
                    "--time is `{text}`; write epoch seconds or a time such as 2026-01-31T12:00:00Z"
                ))
            })?,
        };
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let outcome = match self.action {
            Some(_) => self.put_action(&studio, session_id, sent_at)?,
            None => self.put_item(&studio, session_id, sent_at)?,
        };
        for id in &outcome.unknown_recommendations {
            say(&format!("warning: this project keeps no answer {id}, so the event has no impression"));
        }
        Output::from(common).print(&outcome, || text(&outcome))?;
        Ok(Done::Ok)
    }

    fn put_item(self, studio: &Studio, session_id: String, sent_at: i64) -> Result<PutOutcome> {
        let schema = studio.schema(&self.group, DatasetType::Interactions)?;
        let put = PutEvents {
            user_id: self.user,
            session_id,
            event_list: vec![PutEvent {
                event_id: self.id,
                event_type: self.r#type,
                event_value: self.value,
                item_id: self.item,
                properties: properties(&self.property, &schema),
                sent_at,
                recommendation_id: self.recommendation,
                impression: (!self.impression.is_empty()).then_some(self.impression),
                metric_attribution: self
                    .source
                    .map(|source| PutAttribution { event_attribution_source: source }),
            }],
        };
        studio.put_events(&self.group, &put)
    }

    fn put_action(self, studio: &Studio, session_id: String, timestamp: i64) -> Result<PutOutcome> {
        let schema = studio.schema(&self.group, DatasetType::ActionInteractions)?;
        let interaction = PutActionInteraction {
            action_id: self.action.unwrap_or_default(),
            user_id: self.user,
            session_id,
            timestamp,
            event_type: self.r#type,
            event_id: self.id,
            recommendation_id: self.recommendation,
            impression: (!self.impression.is_empty()).then_some(self.impression),
            properties: properties(&self.property, &schema),
        };
        let put = PutActionInteractions { action_interactions: vec![interaction] };
        studio.put_action_interactions(&self.group, &put)
    }
}

fn text(outcome: &PutOutcome) -> String {
    match outcome.recorded {
        0 => "recorded before; nothing is changed".to_owned(),
        _ => "recorded; campaigns answer with it from now on".to_owned(),
    }
}

fn time(text: &str) -> Option<i64> {
    let rules = [TimestampRule::Seconds, TimestampRule::Iso];
    rules.iter().find_map(|rule| epoch_seconds(rule, text))
}

/// Properties as JSON: numbers for columns of numbers, texts for others.
fn properties(pairs: &[(String, String)], schema: &crate::domain::schema::Schema) -> Option<String> {
    let value = |key: &str, cell: &str| {
        let field = schema.fields.iter().find(|field| crate::studio::camel_case(&field.name) == key);
        match (field.is_some_and(|field| field.kind.is_number()), serde_json::from_str(cell)) {
            (true, Ok(number @ serde_json::Value::Number(_))) => number,
            _ => serde_json::Value::from(cell),
        }
    };
    let object: serde_json::Map<String, serde_json::Value> =
        pairs.iter().map(|(key, cell)| (key.clone(), value(key, cell))).collect();
    (!object.is_empty()).then(|| serde_json::Value::Object(object).to_string())
}

/// Puts an item, a user or an action in the place of the one of its id.
#[derive(Args)]
pub(super) struct Put {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// items, users or actions
    #[arg(long, value_name = "D", value_parser = dataset)]
    dataset: DatasetType,
    #[arg(long)]
    id: String,
    /// What is said of it, such as '{"price":9.5,"genres":"Drama|War"}'.
    #[arg(long, value_name = "JSON")]
    properties: String,
    #[command(flatten)]
    common: Common,
}

fn dataset(text: &str) -> Result<DatasetType, String> {
    match DatasetType::parse(text) {
        Some(dataset) if !dataset.is_log() => Ok(dataset),
        _ => Err("use items, users or actions".to_owned()),
    }
}

impl Put {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let record = PutRecord { id: self.id.clone(), properties: self.properties };
        studio.put_records(&self.group, self.dataset, &[record])?;
        let document = serde_json::json!({ "dataset": self.dataset.to_string(), "id": self.id });
        Output::from(self.common).print(&document, || format!("{} has {} now", self.dataset, self.id))?;
        Ok(Done::Ok)
    }
}
