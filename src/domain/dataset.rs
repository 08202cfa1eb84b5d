//! The kinds of dataset a dataset group holds.

use serde::{Deserialize, Serialize};

/// A dataset type of the service; a dataset group holds at most one dataset of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DatasetType {
    Interactions,
    Items,
    Users,
}

impl DatasetType {
    pub const ALL: [Self; 3] = [Self::Interactions, Self::Items, Self::Users];

    /// The service's literal, also the schema's `name`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactions => "Interactions",
            Self::Items => "Items",
            Self::Users => "Users",
        }
    }

    /// Reads a literal in any case, as the service does.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text))
    }

    /// The required fields of the custom domain, in the order the service lists them.
    pub fn required_fields(self) -> &'static [&'static str] {
        match self {
            Self::Interactions => &["USER_ID", "ITEM_ID", "TIMESTAMP"],
            Self::Items => &["ITEM_ID"],
            Self::Users => &["USER_ID"],
        }
    }

    /// The field that names a row; interactions have none.
    pub fn key_field(self) -> Option<&'static str> {
        match self {
            Self::Interactions => None,
            Self::Items => Some("ITEM_ID"),
            Self::Users => Some("USER_ID"),
        }
    }
}

impl std::fmt::Display for DatasetType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
