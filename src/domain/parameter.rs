//! Parameters of recipes: their types, defaults and ranges, and values checked against them.
//!
//! Forms, help, command line flags and the endpoint's descriptions are all made from [`ParameterSpec`].

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Type, default and range of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParameterKind {
    Int {
        default: i64,
        min: i64,
        max: i64,
    },
    Float {
        default: f64,
        min: f64,
        max: f64,
    },
    Bool {
        default: bool,
    },
    /// One of the options, in any case.
    Choice {
        default: &'static str,
        options: &'static [&'static str],
        /// Other spellings that are read, and the option each is stored as.
        aliases: &'static [(&'static str, &'static str)],
    },
}

/// Where the service keeps a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterGroup {
    /// `algorithmHyperParameters`
    Algorithm,
    /// `featureTransformationParameters`
    Featurisation,
    /// `itemExplorationConfig` of a campaign
    Exploration,
    /// `campaignConfig`
    Campaign,
}

/// One parameter of a recipe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParameterSpec {
    /// The service's name, or our own in the same style.
    pub name: &'static str,
    pub kind: ParameterKind,
    pub group: ParameterGroup,
    /// Whether a search may vary it.
    pub tunable: bool,
    /// One sentence for the person.
    pub help: &'static str,
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl std::fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// Why a parameter was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    #[error("{recipe} has no parameter `{name}`; it has: {known}")]
    Unknown { recipe: String, name: String, known: String },
    #[error("`{name}` is `{value}`; {expected}")]
    Invalid { name: String, value: String, expected: String },
}

impl ParameterSpec {
    /// The default as a value.
    pub fn default_value(&self) -> ParameterValue {
        match self.kind {
            ParameterKind::Int { default, .. } => ParameterValue::Int(default),
            ParameterKind::Float { default, .. } => ParameterValue::Float(default),
            ParameterKind::Bool { default } => ParameterValue::Bool(default),
            ParameterKind::Choice { default, .. } => ParameterValue::Text(default.to_owned()),
        }
    }

    /// What is accepted, in words.
    pub fn expected(&self) -> String {
        match self.kind {
            ParameterKind::Int { min, max, .. } => format!("use a whole number from {min} to {max}"),
            ParameterKind::Float { min, max, .. } => format!("use a number from {min} to {max}"),
            ParameterKind::Bool { .. } => "use true or false".to_owned(),
            ParameterKind::Choice { options, .. } => format!("use one of: {}", options.join(", ")),
        }
    }

    /// Reads a value as text (the service sends all parameters as strings) and checks its range.
    pub fn parse(&self, text: &str) -> Result<ParameterValue, ParameterError> {
        let text = text.trim();
        let value = match self.kind {
            ParameterKind::Int { min, max, .. } => {
                text.parse().ok().filter(|v| (min..=max).contains(v)).map(ParameterValue::Int)
            }
            ParameterKind::Float { min, max, .. } => {
                text.parse().ok().filter(|v| (min..=max).contains(v)).map(ParameterValue::Float)
            }
            ParameterKind::Bool { .. } => text.to_ascii_lowercase().parse().ok().map(ParameterValue::Bool),
            ParameterKind::Choice { options, aliases, .. } => options
                .iter()
                .map(|option| (*option, *option))
                .chain(aliases.iter().copied())
                .find(|(spelling, _)| spelling.eq_ignore_ascii_case(text))
                .map(|(_, option)| ParameterValue::Text(option.to_owned())),
        };
        value.ok_or_else(|| ParameterError::Invalid {
            name: self.name.to_owned(),
            value: text.to_owned(),
            expected: self.expected(),
        })
    }
}

/// Values by name, complete and checked: every parameter of the recipe has one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(BTreeMap<String, ParameterValue>);

impl Parameters {
    /// The defaults of a recipe with the given texts in place of some.
    pub fn from_texts<'a>(
        recipe: &str,
        specs: &[ParameterSpec],
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ParameterError> {
        let mut values: BTreeMap<String, ParameterValue> =
            specs.iter().map(|spec| (spec.name.to_owned(), spec.default_value())).collect();
        for (name, text) in texts {
            let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
                let known: Vec<_> = specs.iter().map(|spec| spec.name).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(ParameterError::Unknown {
                    recipe: recipe.to_owned(),
                    name: name.to_owned(),
                    known,
                });
            };
            values.insert(name.to_owned(), spec.parse(text)?);
        }
        Ok(Self(values))
    }

    pub fn get(&self, name: &str) -> Option<&ParameterValue> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParameterValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// A whole number the recipe's specification lists; 0 where it lists none of that name and type.
    pub fn int(&self, name: &str) -> i64 {
        match self.0.get(name) {
            Some(ParameterValue::Int(value)) => *value,
            _ => 0,
        }
    }

    /// A number the recipe's specification lists (whole numbers included).
    pub fn float(&self, name: &str) -> f64 {
        match self.0.get(name) {
            Some(ParameterValue::Float(value)) => *value,
            Some(ParameterValue::Int(value)) => *value as f64,
            _ => 0.0,
        }
    }

    pub fn bool(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(ParameterValue::Bool(true)))
    }

    pub fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(ParameterValue::Text(value)) => value,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[ParameterSpec] = &[ParameterSpec {
        name: "min_cointeraction_count",
        kind: ParameterKind::Int { default: 3, min: 0, max: 10 },
        group: ParameterGroup::Algorithm,
        tunable: true,
        help: "",
    }];

    #[test]
    fn ranges_are_inclusive_and_named() {
        for (text, accepted) in [("0", true), ("10", true), ("11", false), ("-1", false), ("3.5", false)] {
            let parsed = Parameters::from_texts("aws-sims", SPECS, [("min_cointeraction_count", text)]);
            assert_eq!(parsed.is_ok(), accepted, "{text}");
        }
        let error = Parameters::from_texts("aws-sims", SPECS, [("bptt", "3")]).unwrap_err().to_string();
        assert!(error.contains("bptt") && error.contains("min_cointeraction_count"), "{error}");
    }
}
