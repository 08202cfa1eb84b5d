//! Schema documents: Avro JSON as the service writes it.

use super::{FieldRole, FieldType, NAMESPACE, Schema, SchemaError, SchemaField};
use crate::domain::DatasetType;
use crate::domain::limits::MAX_SCHEMA_CHARS;
use serde_json::{Map, Value, json};
use strum::IntoEnumIterator;

/// Avro's own keys beside the service's attributes; they say nothing about the data and are passed over.
const AVRO_FIELD_KEYS: [&str; 4] = ["doc", "default", "aliases", "order"];
const DOCUMENT_KEYS: [&str; 7] = ["type", "name", "namespace", "fields", "version", "doc", "aliases"];

impl Schema {
    /// Reads a schema document of the service and checks every rule.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let length = text.chars().count();
        if length > MAX_SCHEMA_CHARS {
            return Err(SchemaError::TooLong(length));
        }
        let document: Value =
            serde_json::from_str(text).map_err(|error| SchemaError::NotJson(error.to_string()))?;
        let shape = |key: &str, found: Option<&Value>, expected: &str| SchemaError::Shape {
            key: key.to_owned(),
            found: words(found),
            expected: expected.to_owned(),
        };
        let record = document.as_object().ok_or_else(|| shape("the whole", Some(&document), "an object"))?;
        if record.get("type").and_then(Value::as_str) != Some("record") {
            return Err(shape("type", record.get("type"), "\"record\""));
        }
        for key in ["namespace", "version"] {
            if record.get(key).is_some_and(|value| !value.is_string()) {
                return Err(shape(key, record.get(key), "a string"));
            }
        }
        if let Some(key) = record.keys().find(|key| !DOCUMENT_KEYS.contains(&key.as_str())) {
            return Err(SchemaError::UnknownKey(key.clone()));
        }
        let name = record.get("name").and_then(Value::as_str).ok_or_else(|| {
            shape("name", record.get("name"), "Interactions, Items, Users, Actions or ActionInteractions")
        })?;
        let dataset = DatasetType::ALL
            .into_iter()
            .find(|kind| kind.schema_name() == name)
            .ok_or_else(|| SchemaError::UnknownDataset(name.to_owned()))?;
        let fields = record
            .get("fields")
            .and_then(Value::as_array)
            .ok_or_else(|| shape("fields", record.get("fields"), "an array of fields"))?;
        let fields = fields
            .iter()
            .enumerate()
            .map(|(index, field)| parse_field(index + 1, field))
            .collect::<Result<_, _>>()?;
        let schema = Self { dataset, fields };
        schema.check()?;
        Ok(schema)
    }

    /// Reads a schema document that must be of this dataset type.
    pub fn parse_for(dataset: DatasetType, text: &str) -> Result<Self, SchemaError> {
        let schema = Self::parse(text)?;
        if schema.dataset == dataset {
            return Ok(schema);
        }
        Err(SchemaError::OtherDataset { found: schema.dataset.to_string(), expected: dataset.to_string() })
    }

    /// The schema document, one field a line, in the order and with the namespace of the service's own.
    pub fn to_json(&self) -> String {
        let fields: Vec<String> =
            self.fields.iter().map(|field| format!("    {}", field.to_value())).collect();
        format!(
            "{{\n  \"type\": \"record\",\n  \"name\": \"{}\",\n  \"namespace\": \"{NAMESPACE}\",\n  \"fields\": [\n{}\n  ],\n  \"version\": \"1.0\"\n}}\n",
            self.dataset.schema_name(),
            fields.join(",\n"),
        )
    }
}

impl SchemaField {
    fn to_value(&self) -> Value {
        let kind = self.kind.as_str();
        let mut field = Map::new();
        field.insert("name".to_owned(), json!(self.name));
        field.insert("type".to_owned(), if self.nullable { json!([kind, "null"]) } else { json!(kind) });
        if let Some(attribute) = self.role.attribute() {
            field.insert(attribute.to_owned(), json!(true));
        }
        Value::Object(field)
    }
}

/// One field; `position` counts from 1 for messages about a field without a name.
fn parse_field(position: usize, value: &Value) -> Result<SchemaField, SchemaError> {
    let shape = |key: &str, found: Option<&Value>, expected: &str| SchemaError::FieldShape {
        position,
        key: key.to_owned(),
        found: words(found),
        expected: expected.to_owned(),
    };
    let field = value.as_object().ok_or_else(|| shape("the whole", Some(value), "an object"))?;
    let name = field
        .get("name")
        .and_then(Value::as_str)
        .ok_or_else(|| shape("name", field.get("name"), "a string"))?
        .to_owned();
    let kind = field
        .get("type")
        .ok_or_else(|| shape(&format!("type of {name}"), None, "a type or a union with null"))?;
    let (kind, nullable) = parse_type(&name, kind)?;
    let mut role = FieldRole::Plain;
    for (key, attribute) in field {
        if matches!(key.as_str(), "name" | "type") || AVRO_FIELD_KEYS.contains(&key.as_str()) {
            continue;
        }
        let Some(marked) = FieldRole::iter().find(|role| role.attribute() == Some(key)) else {
            return Err(SchemaError::UnknownAttribute { field: name, attribute: key.clone() });
        };
        let on = attribute
            .as_bool()
            .ok_or_else(|| shape(&format!("{key} of {name}"), Some(attribute), "true or false"))?;
        if on && role != FieldRole::Plain {
            return Err(SchemaError::TwoRoles {
                field: name,
                first: role.attribute().unwrap_or_default().to_owned(),
                second: key.clone(),
            });
        }
        if on {
            role = marked;
        }
    }
    Ok(SchemaField { name, kind, nullable, role })
}

/// A type name, or a union of one with null in either order.
fn parse_type(field: &str, value: &Value) -> Result<(FieldType, bool), SchemaError> {
    let bad = || SchemaError::BadType { field: field.to_owned(), found: words(Some(value)) };
    let simple = |value: &Value| {
        let name = value.as_str()?;
        FieldType::iter().find(|kind| kind.as_str() == name)
    };
    match value.as_array().map(Vec::as_slice) {
        None => simple(value).map(|kind| (kind, false)).ok_or_else(bad),
        Some([first, second]) => {
            let is_null = |value: &Value| value.as_str() == Some("null");
            let (kind, null) = if is_null(first) { (second, first) } else { (first, second) };
            simple(kind).filter(|_| is_null(null)).map(|kind| (kind, true)).ok_or_else(bad)
        }
        Some(_) => Err(bad()),
    }
}

/// A JSON value as a message names it.
fn words(value: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let Some(value) = value else { return "missing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("`{}…`", &text[..cut]),
        None => format!("`{text}`"),
    }
}
