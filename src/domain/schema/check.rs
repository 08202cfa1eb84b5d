//! The rules for the fields of a schema: reserved names and types, required fields, roles, collisions
//! (Amazon Personalize developer guide, "Creating schema JSON files").

use super::{FieldRole, FieldType, Schema, SchemaError, SchemaField};
use crate::domain::limits::{MAX_ACTION_COLUMNS, MAX_ACTION_INTERACTION_COLUMNS};
use crate::domain::{DatasetType, action};

/// A name the service keeps for itself in a dataset.
pub struct Reserved {
    pub name: &'static str,
    pub kind: FieldType,
    pub required: bool,
}

const fn reserve(name: &'static str, kind: FieldType, required: bool) -> Reserved {
    Reserved { name, kind, required }
}

const INTERACTIONS: &[Reserved] = &[
    reserve("USER_ID", FieldType::String, true),
    reserve("ITEM_ID", FieldType::String, true),
    reserve("TIMESTAMP", FieldType::Long, true),
    reserve("EVENT_TYPE", FieldType::String, false),
    reserve("EVENT_VALUE", FieldType::Float, false),
    reserve("IMPRESSION", FieldType::String, false),
    reserve("RECOMMENDATION_ID", FieldType::String, false),
    reserve("EVENT_ATTRIBUTION_SOURCE", FieldType::String, false),
];
const ITEMS: &[Reserved] =
    &[reserve("ITEM_ID", FieldType::String, true), reserve("CREATION_TIMESTAMP", FieldType::Long, false)];
const USERS: &[Reserved] = &[reserve("USER_ID", FieldType::String, true)];
const ACTIONS: &[Reserved] = &[
    reserve("ACTION_ID", FieldType::String, true),
    reserve("CREATION_TIMESTAMP", FieldType::Long, false),
    reserve(action::VALUE, FieldType::Long, false),
    reserve("TYPE", FieldType::String, false),
    reserve(action::EXPIRATION[0], FieldType::Long, false),
    reserve(action::EXPIRATION[1], FieldType::Long, false),
    reserve(action::REPEAT_FREQUENCY, FieldType::Long, false),
];
const ACTION_INTERACTIONS: &[Reserved] = &[
    reserve("USER_ID", FieldType::String, true),
    reserve("ACTION_ID", FieldType::String, true),
    reserve("EVENT_TYPE", FieldType::String, true),
    reserve("TIMESTAMP", FieldType::Long, true),
    reserve("IMPRESSION", FieldType::String, false),
    reserve("RECOMMENDATION_ID", FieldType::String, false),
];

/// The names the service reserves in a dataset, required ones first.
pub fn reserved_of(dataset: DatasetType) -> &'static [Reserved] {
    match dataset {
        DatasetType::Interactions => INTERACTIONS,
        DatasetType::Items => ITEMS,
        DatasetType::Users => USERS,
        DatasetType::Actions => ACTIONS,
        DatasetType::ActionInteractions => ACTION_INTERACTIONS,
    }
}

/// What a dataset reserves under that name.
pub(super) fn reserved(dataset: DatasetType, name: &str) -> Option<&'static Reserved> {
    reserved_of(dataset).iter().find(|reserved| reserved.name == name)
}

impl SchemaField {
    /// The type as a person reads it: `string`, `float or null`.
    fn type_words(&self) -> String {
        let null = if self.nullable { " or null" } else { "" };
        format!("{}{null}", self.kind.as_str())
    }

    /// Whether the service trains on the column as metadata: a number, categories or text.
    pub fn is_trained_on(&self) -> bool {
        self.kind.is_number() || matches!(self.role, FieldRole::Categorical | FieldRole::Textual)
    }

    fn check(&self, dataset: DatasetType) -> Result<(), SchemaError> {
        let mut characters = self.name.chars();
        let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !begins || !characters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(SchemaError::BadName(self.name.clone()));
        }
        if let Some(reserved) = reserved(dataset, &self.name) {
            if self.kind != reserved.kind {
                return Err(SchemaError::ReservedType {
                    field: self.name.clone(),
                    found: self.type_words(),
                    expected: reserved.kind.as_str().to_owned(),
                });
            }
            if reserved.required && self.nullable {
                return Err(SchemaError::RequiredNullable(self.name.clone()));
            }
        }
        let Some(attribute) = self.role.attribute().map(str::to_owned) else { return Ok(()) };
        let field = self.name.clone();
        if reserved(dataset, &self.name).is_some() {
            return Err(SchemaError::ReservedRole { field, attribute });
        }
        if self.kind != FieldType::String {
            return Err(SchemaError::RoleNeedsString { field, attribute, found: self.type_words() });
        }
        if self.role != FieldRole::Categorical && dataset != DatasetType::Items {
            return Err(SchemaError::ItemsOnly { field, attribute, dataset: dataset.to_string() });
        }
        Ok(())
    }
}

impl Schema {
    /// Checks every rule for the fields.
    ///
    /// Reserved optional fields may be nullable or not, whichever the service's page prints: its own samples
    /// hold both. At least one metadata field is required of Items and Users, as the service does; of Actions one field
    /// beside the key, for what the service reserves there (a value, a type) describes them.
    pub fn check(&self) -> Result<(), SchemaError> {
        for field in &self.fields {
            field.check(self.dataset)?;
        }
        for reserved in reserved_of(self.dataset) {
            if reserved.required && self.field(reserved.name).is_none() {
                return Err(SchemaError::MissingField {
                    field: reserved.name.to_owned(),
                    dataset: self.dataset.to_string(),
                    expected: reserved.kind.as_str().to_owned(),
                });
            }
        }
        let is_described = match self.dataset {
            DatasetType::Interactions | DatasetType::ActionInteractions => true,
            DatasetType::Items | DatasetType::Users => self.metadata().any(SchemaField::is_trained_on),
            DatasetType::Actions => self.fields.len() > 1,
        };
        if !is_described {
            return Err(SchemaError::NoMetadata(self.dataset.to_string()));
        }
        self.check_count()?;
        self.check_names()?;
        for role in [FieldRole::Textual, FieldRole::ItemName] {
            let mut holders = self.fields.iter().filter(|field| field.role == role);
            if let (Some(first), Some(second)) = (holders.next(), holders.next()) {
                return Err(SchemaError::OneOnly {
                    first: first.name.clone(),
                    second: second.name.clone(),
                    attribute: role.attribute().unwrap_or_default().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The service's caps on the metadata columns of what is about actions; those of other datasets are lifted.
    fn check_count(&self) -> Result<(), SchemaError> {
        let most = match self.dataset {
            DatasetType::Actions => MAX_ACTION_COLUMNS,
            DatasetType::ActionInteractions => MAX_ACTION_INTERACTION_COLUMNS,
            DatasetType::Interactions | DatasetType::Items | DatasetType::Users => return Ok(()),
        };
        let count = self.metadata().count();
        if count > most {
            return Err(SchemaError::TooManyColumns { dataset: self.dataset.to_string(), count, most });
        }
        Ok(())
    }

    /// Names must differ in their letters and digits: `GENRES_FIELD_1` and `GENRESFIELD1` collide.
    fn check_names(&self) -> Result<(), SchemaError> {
        let plain = |field: &SchemaField| field.name.replace('_', "");
        let mut names: Vec<(String, &str)> =
            self.fields.iter().map(|field| (plain(field), field.name.as_str())).collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        match names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => {
                Err(SchemaError::Collision { first: pair[0].1.to_owned(), second: pair[1].1.to_owned() })
            }
            None => Ok(()),
        }
    }
}
