//! What can be wrong with a schema, each saying the field, the value, the rule and the remedy.

use crate::domain::limits::MAX_SCHEMA_CHARS;

/// Why a schema was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    #[error(
        "the schema has {0} characters; the service takes {MAX_SCHEMA_CHARS} at most: shorten names or remove fields"
    )]
    TooLong(usize),
    #[error("the schema is not JSON: {0}; check brackets, commas and quotes there")]
    NotJson(String),
    #[error(
        "`{key}` of the schema is {found}, but must be {expected}; correct it, as in {{\"type\": \"record\", \"name\": \"Interactions\", \"fields\": […]}}"
    )]
    Shape { key: String, found: String, expected: String },
    #[error("the schema has the key `{0}`, which no schema of the service has; remove it")]
    UnknownKey(String),
    #[error(
        "the schema's name is `{0}`, but must equal the dataset type's: write Interactions, Items, Users, Actions or ActionInteractions"
    )]
    UnknownDataset(String),
    #[error(
        "the schema's name is `{found}`, but this dataset is {expected}; choose the schema of {expected}"
    )]
    OtherDataset { found: String, expected: String },
    #[error("field {position} of the schema: `{key}` is {found}, but must be {expected}; correct it there")]
    FieldShape { position: usize, key: String, found: String, expected: String },
    #[error(
        "the field `{field}` has the attribute `{attribute}`, which the service does not know; use categorical, textual or itemName"
    )]
    UnknownAttribute { field: String, attribute: String },
    #[error(
        "the field `{field}` has the type {found}; a schema is flat: use float, double, int, long, string or boolean, or a union of one of them with null"
    )]
    BadType { field: String, found: String },
    #[error(
        "the field name `{0}` is not allowed: use letters, digits and underscores, beginning with a letter or underscore"
    )]
    BadName(String),
    #[error(
        "the fields `{first}` and `{second}` differ in no letter or digit, and the service compares nothing else; rename one"
    )]
    Collision { first: String, second: String },
    #[error("the schema has no field `{field}`, which {dataset} requires as {expected}; add it")]
    MissingField { field: String, dataset: String, expected: String },
    #[error(
        "the schema of {0} has nothing but its key: add at least one metadata field that is a number, categorical or textual"
    )]
    NoMetadata(String),
    #[error(
        "the schema of {dataset} has {count} metadata fields, and the service takes {most}; leave some out"
    )]
    TooManyColumns { dataset: String, count: usize, most: usize },
    #[error(
        "the field `{field}` is {found}, but the service reserves that name for {expected}; change its type or rename it"
    )]
    ReservedType { field: String, found: String, expected: String },
    #[error("the field `{0}` may be null, but every row must have it; remove null from its type")]
    RequiredNullable(String),
    #[error(
        "the field `{field}` is reserved by the service and may not be {attribute}; remove that attribute"
    )]
    ReservedRole { field: String, attribute: String },
    #[error(
        "the field `{field}` is {attribute} but of type {found}; only strings can be: change one of the two"
    )]
    RoleNeedsString { field: String, attribute: String, found: String },
    #[error("the field `{field}` is both {first} and {second}; a field has one attribute at most: keep one")]
    TwoRoles { field: String, first: String, second: String },
    #[error(
        "the field `{field}` is {attribute}, which only Items may have, not {dataset}; make it categorical or plain"
    )]
    ItemsOnly { field: String, attribute: String, dataset: String },
    #[error("the fields `{first}` and `{second}` are both {attribute}; the service takes one: keep one")]
    OneOnly { first: String, second: String, attribute: String },
}
