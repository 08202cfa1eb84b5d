//! The kinds of dataset a dataset group holds.

use serde::{Deserialize, Serialize};

/// A dataset type of the service; a dataset group holds at most one dataset of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DatasetType {
    Interactions,
    Items,
    Users,
    /// What people can be asked to do: enrol, download, apply.
    Actions,
    /// Which actions people were shown, took and did not take.
    #[serde(rename = "Action_Interactions")]
    ActionInteractions,
}

impl DatasetType {
    pub const ALL: [Self; 5] =
        [Self::Interactions, Self::Items, Self::Users, Self::Actions, Self::ActionInteractions];

    /// The service's literal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactions => "Interactions",
            Self::Items => "Items",
            Self::Users => "Users",
            Self::Actions => "Actions",
            Self::ActionInteractions => "Action_Interactions",
        }
    }

    /// The `name` of its schema.
    pub fn schema_name(self) -> &'static str {
        match self {
            Self::ActionInteractions => "ActionInteractions",
            other => other.as_str(),
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::ActionInteractions => "Action interactions",
            other => other.as_str(),
        }
    }

    /// Reads a literal in any case, as the service does, with any separator or none: `action-interactions`.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|letter| !"_- ".contains(*letter)).collect();
        Self::ALL.into_iter().find(|kind| kind.schema_name().eq_ignore_ascii_case(&plain))
    }

    /// The required fields of the custom domain, in the order the service lists them.
    pub fn required_fields(self) -> &'static [&'static str] {
        match self {
            Self::Interactions => &["USER_ID", "ITEM_ID", "TIMESTAMP"],
            Self::Items => &["ITEM_ID"],
            Self::Users => &["USER_ID"],
            Self::Actions => &["ACTION_ID"],
            Self::ActionInteractions => &["USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP"],
        }
    }

    /// The field that names a row; what users did has none.
    pub fn key_field(self) -> Option<&'static str> {
        match self {
            Self::Interactions | Self::ActionInteractions => None,
            Self::Items => Some("ITEM_ID"),
            Self::Users => Some("USER_ID"),
            Self::Actions => Some("ACTION_ID"),
        }
    }

    /// The field that names what a row is about beside a user: an item or an action.
    pub fn subject_field(self) -> &'static str {
        if self.is_of_actions() { "ACTION_ID" } else { "ITEM_ID" }
    }

    /// Whether rows are what users did.
    pub fn is_log(self) -> bool {
        self.key_field().is_none()
    }

    /// Whether it is about actions.
    pub fn is_of_actions(self) -> bool {
        matches!(self, Self::Actions | Self::ActionInteractions)
    }
}

impl std::fmt::Display for DatasetType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_read_in_any_case_and_with_any_separator() {
        for kind in DatasetType::ALL {
            for text in [kind.as_str(), kind.schema_name(), &kind.as_str().to_uppercase()] {
                assert_eq!(DatasetType::parse(text), Some(kind));
            }
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(DatasetType::parse("action-interactions"), Some(DatasetType::ActionInteractions));
        assert_eq!(DatasetType::parse("Action"), None);
    }
}
