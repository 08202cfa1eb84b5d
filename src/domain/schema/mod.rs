//! A dataset's schema: the service's subset of Avro JSON, as typed fields.
//!
//! A schema document of the service is read unchanged by [`Schema::parse`] and written by
//! [`Schema::to_json`]; both orders of a nullable union are the same schema. [`Schema::check`] holds the
//! rules for the fields themselves, whether they come from a document or from a mapping.
//!
//! The service's caps on the number of metadata columns (5 for Interactions, 25 for Users, 100 for Items)
//! are lifted here; those of Actions (10) and action interactions (5) are kept.

mod check;
mod document;
mod error;
#[cfg(test)]
mod tests;

pub use check::{Reserved, reserved_of};
pub use error::SchemaError;

use super::DatasetType;
use super::mapping::Mapping;
use serde::{Deserialize, Serialize};

/// The namespace that the service's own documents carry.
pub const NAMESPACE: &str = "com.amazonaws.personalize.schema";

/// The field of Interactions that says which of a user's events are of one session. Not of the service, which learns of
/// sessions from events alone: there it is a column like any other.
pub const SESSION_FIELD: &str = "SESSION_ID";

/// A column type of the service (`null` is [`SchemaField::nullable`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    String,
    Int,
    Long,
    Float,
    Double,
    Boolean,
}

impl FieldType {
    /// The type's Avro name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Boolean => "boolean",
        }
    }

    /// Whether columns of this type are trained on as numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Float | Self::Double)
    }
}

/// What a string column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "lowercase")]
pub enum FieldRole {
    /// An id, a reserved field, a number, or a string for filters and display only.
    #[default]
    Plain,
    /// Trained on as categories, several in a cell separated by `|`.
    Categorical,
    /// Trained on as text (Items, at most one by the service).
    Textual,
    /// The item's name (Items; the service's Semantic-Similarity reads it).
    #[serde(rename = "itemName")]
    ItemName,
}

impl FieldRole {
    /// The attribute that marks the role in a schema document; a plain field carries none.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Categorical => Some("categorical"),
            Self::Textual => Some("textual"),
            Self::ItemName => Some("itemName"),
        }
    }
}

/// One column of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaField {
    pub name: String,
    pub kind: FieldType,
    pub nullable: bool,
    pub role: FieldRole,
}

/// The columns of a dataset, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    pub dataset: DatasetType,
    pub fields: Vec<SchemaField>,
}

impl Schema {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&SchemaField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The schema a mapping makes: its fields in order, then `EVENT_TYPE` and `EVENT_VALUE` where the mapping
    /// gives them without a column. Checked by [`Self::check`].
    pub fn from_mapping(mapping: &Mapping) -> Result<Self, SchemaError> {
        let mut fields: Vec<SchemaField> = mapping
            .fields
            .iter()
            .map(|mapped| SchemaField {
                name: mapped.field.clone(),
                kind: mapped.kind,
                nullable: mapped.nullable,
                role: mapped.role,
            })
            .collect();
        let mut add = |name: &str, kind, nullable| {
            if !fields.iter().any(|field| field.name == name) {
                fields.push(SchemaField { name: name.to_owned(), kind, nullable, role: FieldRole::Plain });
            }
        };
        if mapping.dataset.is_log() {
            if mapping.timestamp == super::mapping::TimestampRule::RowOrder {
                add("TIMESTAMP", FieldType::Long, false);
            }
            if mapping.event_type.is_some() {
                add("EVENT_TYPE", FieldType::String, false);
            }
            if mapping.dataset == DatasetType::Interactions && !mapping.event_values.is_empty() {
                add("EVENT_VALUE", FieldType::Float, true);
            }
        }
        let schema = Self { dataset: mapping.dataset, fields };
        schema.check()?;
        Ok(schema)
    }

    /// The fields that are neither required nor reserved: what the dataset's owner added.
    pub fn metadata(&self) -> impl Iterator<Item = &SchemaField> {
        self.fields.iter().filter(|field| check::reserved(self.dataset, &field.name).is_none())
    }
}
