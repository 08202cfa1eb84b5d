//! What is wrong with an expression: where, what, and what to do.

use super::Span;
use std::fmt::{Display, Formatter};

/// Characters of an excerpt.
const EXCERPT: usize = 40;

/// A rule that an expression breaks. As a text it begins with the service's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// Where, in bytes; empty at the end of the text.
    pub span: Span,
    /// The character it begins at, from 1.
    pub position: usize,
    /// What stands there, shortened.
    pub excerpt: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// The symbol that the service's own message names, where it has one for this.
    symbol: Option<String>,
}

impl FilterError {
    pub(super) fn new(text: &str, span: Span, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        let standing = text.get(span.start..span.end).unwrap_or_default();
        let mut excerpt: String = standing.chars().take(EXCERPT).collect();
        if excerpt.len() < standing.len() {
            excerpt.push('…');
        }
        let position = text.get(..span.start).unwrap_or(text).chars().count() + 1;
        Self { span, position, excerpt, what: what.into(), remedy: remedy.into(), symbol: None }
    }

    /// A parameter behind NOT IN, which the service refuses in words of its own.
    pub(super) fn parameter_after_not_in(text: &str, span: Span, name: &str) -> Self {
        let what = "Placeholders are not allowed with NOT_IN operator.";
        let remedy = "use IN with the opposite action";
        Self { symbol: Some(format!("${name}")), ..Self::new(text, span, what, remedy) }
    }

    /// What is wrong and what to do, without where: for what is shown beside the place.
    pub fn short(&self) -> String {
        format!("{}; {}", self.what.trim_end_matches('.'), self.remedy)
    }
}

impl Display for FilterError {
    /// `Invalid Expression at character 24 (`Items.GENR`): Items has no field GENR; …`
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { position, excerpt, what, remedy, .. } = self;
        match &self.symbol {
            Some(symbol) => {
                write!(
                    f,
                    "Invalid input symbol: {symbol}. {what} It stands at character {position}; {remedy}"
                )
            }
            None if excerpt.is_empty() => {
                write!(f, "Invalid Expression at character {position}, its end: {what}; {remedy}")
            }
            None => write!(f, "Invalid Expression at character {position} (`{excerpt}`): {what}; {remedy}"),
        }
    }
}

impl std::error::Error for FilterError {}

/// Something in an expression that holds, but perhaps not as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterWarning {
    pub span: Span,
    pub text: String,
}
