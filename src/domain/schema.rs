//! A dataset's schema: the service's subset of Avro JSON, as typed fields.
//!
//! A schema document of the service is read unchanged by [`Schema::parse`] and written by
//! [`Schema::to_json`]; both orders of a nullable union are the same schema.

use super::DatasetType;
use serde::{Deserialize, Serialize};

/// The namespace that the service's own documents carry.
pub const NAMESPACE: &str = "com.amazonaws.personalize.schema";

/// A column type of the service (`null` is [`SchemaField::nullable`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    String,
    Int,
    Long,
    Float,
    Double,
    Boolean,
}

/// What a string column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldRole {
    /// An id, a reserved field, a number, or a string for filters and display only.
    #[default]
    Plain,
    /// Trained on as categories, several in a cell separated by `|`.
    Categorical,
    /// Trained on as text (Items, at most one by the service).
    Textual,
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
}
