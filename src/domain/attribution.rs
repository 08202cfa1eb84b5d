//! Metric attribution: what events are worth, by what they are put down to.
//!
//! Amazon Personalize developer guide, "Measuring impact of recommendations": up to ten metrics of an event type, each a sum
//! of a number of Interactions or Items, or a count.

use super::DatasetType;

/// Metrics of a group at most.
pub const MAX_METRICS: usize = 10;
/// Sources that events are put down to at most.
pub const MAX_SOURCES: usize = 100;
/// Seconds that events are taken together over.
pub const WINDOW_SECS: i64 = 15 * 60;
/// What an event is put down to that names nothing and follows from no answer.
pub const UNDEFINED_SOURCE: &str = "SOURCE_NAME_UNDEFINED";
/// Characters of a name, an event type or an expression at most.
pub const MAX_CHARS: usize = 256;

/// What is taken of each event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A number of Interactions or Items, added up.
    Sum { dataset: DatasetType, column: String },
    /// One for each event.
    SampleCount,
}

impl Expression {
    /// Reads `SUM(Interactions.COLUMN)`, `SUM(Items.COLUMN)` or `SAMPLECOUNT()`, in any case but for the column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no expression of a metric; write SUM(Interactions.COLUMN), SUM(Items.COLUMN) or SAMPLECOUNT()"
            )
        };
        let (function, rest) = text.trim().split_once('(').ok_or_else(wrong)?;
        let inside = rest.trim_end().strip_suffix(')').ok_or_else(wrong)?.trim();
        match function.trim().to_ascii_uppercase().as_str() {
            "SAMPLECOUNT" if inside.is_empty() => Ok(Self::SampleCount),
            "SUM" => {
                let (dataset, column) = inside.split_once('.').ok_or_else(wrong)?;
                let dataset = DatasetType::parse(dataset.trim()).filter(|one| *one != DatasetType::Users);
                let column = column.trim().to_owned();
                dataset
                    .filter(|_| !column.is_empty())
                    .map(|dataset| Self::Sum { dataset, column })
                    .ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// The service's name of what it does.
    pub fn function(&self) -> &'static str {
        match self {
            Self::Sum { .. } => "SUM",
            Self::SampleCount => "SAMPLECOUNT",
        }
    }
}

impl std::fmt::Display for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sum { dataset, column } => write!(f, "SUM({dataset}.{column})"),
            Self::SampleCount => f.write_str("SAMPLECOUNT()"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_the_service_writes_them() {
        for text in ["SUM(Interactions.EVENT_VALUE)", "SUM(Items.PRICE)", "SAMPLECOUNT()"] {
            assert_eq!(Expression::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Expression::parse(" samplecount( ) "), Ok(Expression::SampleCount));
        for wrong in [
            "SUM(Users.AGE)",
            "SUM(PRICE)",
            "SUM(Items.)",
            "AVG(Items.PRICE)",
            "SAMPLECOUNT(Items.PRICE)",
            "SUM(Items.PRICE",
            "",
        ] {
            assert!(Expression::parse(wrong).unwrap_err().contains("write SUM("), "{wrong}");
        }
    }
}
