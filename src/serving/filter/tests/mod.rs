//! The service's examples on a small catalogue, expressions drawn at random against a second evaluator, and speed.

mod campaign;
mod examples;
mod promotions;
mod random;
mod speed;

use super::*;
use crate::data::{Bits, ImportOptions, Imported, Interactions, Table, Vocabulary, discover, import};
use crate::domain::DatasetType;
use crate::domain::filter::{Facts, Filter, Source, Target};
use crate::domain::mapping::{MappedField, Mapping, Reading, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType, Schema};
use crate::jobs::JobContext;
use std::sync::Arc;

type Column = (&'static str, FieldType, FieldRole);

const KEY: [&str; 2] = ["ITEM_ID", "USER_ID"];

/// A dataset of Items (or of Users) from rows of CSV under these columns.
fn dataset(kind: DatasetType, columns: &[Column], rows: &[String]) -> (Arc<Table>, Schema) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let head: Vec<&str> = columns.iter().map(|column| column.0).collect();
    std::fs::write(&path, format!("{}\n{}\n", head.join(","), rows.join("\n"))).unwrap();
    let field = |&(name, kind, role): &Column| MappedField {
        field: name.to_owned(),
        columns: vec![name.to_owned()],
        reading: Reading::Whole,
        kind,
        role,
        nullable: !KEY.contains(&name),
        reason: String::new(),
    };
    let mapping = Mapping {
        dataset: kind,
        fields: columns.iter().map(field).collect(),
        timestamp: TimestampRule::Seconds,
        timestamp_reason: String::new(),
        event_type: None,
        event_values: Vec::new(),
    };
    let source = discover(&path).unwrap().remove(0);
    let options = ImportOptions { strict: true, ..ImportOptions::default() };
    let Imported { table, schema, .. } = import(&source, &mapping, &options, &JobContext::default()).unwrap();
    (Arc::new(table), schema)
}

/// The schema of interactions with event types.
fn events_schema() -> Schema {
    let mapping = Mapping {
        dataset: DatasetType::Interactions,
        fields: ["USER_ID", "ITEM_ID", "EVENT_TYPE"]
            .iter()
            .map(|name| MappedField {
                field: (*name).to_owned(),
                columns: vec![(*name).to_owned()],
                reading: Reading::Whole,
                kind: FieldType::String,
                role: FieldRole::Plain,
                nullable: false,
                reason: String::new(),
            })
            .collect(),
        timestamp: TimestampRule::RowOrder,
        timestamp_reason: String::new(),
        event_type: None,
        event_values: Vec::new(),
    };
    Schema::from_mapping(&mapping).unwrap()
}

/// Interactions of `(user, item, event type)`, one after the other in time.
fn events(rows: &[(String, String, String)], items: &Arc<Vocabulary>) -> Arc<Interactions> {
    let users = Arc::new(Vocabulary::new(rows.iter().map(|row| &row.0)));
    let types = Arc::new(Vocabulary::new(rows.iter().map(|row| &row.2)));
    let rows: Vec<_> = (0..)
        .zip(rows)
        .map(|(time, (user, item, event_type))| {
            let event_type = types.index(event_type).unwrap() as u16;
            (users.index(user).unwrap(), items.index(item).unwrap(), time, event_type, f32::NAN)
        })
        .collect();
    Arc::new(Interactions::from_rows(users, Arc::clone(items), types, &rows))
}

/// A group of items, users and what they did, for one target.
struct Group {
    items: (Arc<Table>, Schema),
    users: (Arc<Table>, Schema),
    events: Arc<Interactions>,
}

impl Group {
    fn facts(&self) -> Facts {
        Facts {
            schemas: vec![
                (Source::Interactions, events_schema()),
                (Source::Items, self.items.1.clone()),
                (Source::Users, self.users.1.clone()),
            ],
            event_types: self.events.event_types.iter().map(str::to_owned).collect(),
        }
    }

    fn data(&self, target: Target, newest: Option<usize>) -> Arc<FilterData> {
        let table = |part: &(Arc<Table>, Schema)| Some(Arc::clone(&part.0));
        let known = (0..self.users.0.rows()).filter_map(|row| self.users.0.text(row, "USER_ID"));
        let ids = Arc::new(Vocabulary::new(known.chain(self.events.users.iter())));
        let users = Arc::new(Population::new(ids, "USER_ID", table(&self.users)));
        let items = Population::new(Arc::clone(&self.events.items), "ITEM_ID", table(&self.items));
        let events = Events::new(Arc::clone(&self.events), &self.events.items, newest, Source::Interactions);
        let chosen = if target == Target::Users { Arc::clone(&users) } else { Arc::new(items) };
        Arc::new(FilterData::new(target, self.facts(), chosen, users, events))
    }
}

fn compiled(text: &str, data: &Arc<FilterData>) -> CompiledFilter {
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    CompiledFilter::new("f", &filter, data).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn values(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The ids that are kept.
fn kept(
    filter: &CompiledFilter,
    query: FilterQuery<'_>,
    values: &[(String, String)],
) -> Result<String, String> {
    let bound = filter.bind(query, values).map_err(|error| error.to_string())?;
    let mut rows = Bits::default();
    bound.allowed(&mut rows);
    let ids: Vec<&str> = rows.iter().map(|row| filter.data().chosen().ids().id(row)).collect();
    Ok(ids.join(" "))
}
