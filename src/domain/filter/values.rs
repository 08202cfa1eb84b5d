//! What a request says for the parameters of a filter: the service's `filterValues`.

use super::token::{Token, TokenKind, tokens, unquoted};
use super::{Action, Filter, Literal, Number, Value};
use crate::domain::limits::{MAX_FILTER_KEY_CHARS, MAX_FILTER_VALUE_CHARS, MAX_FILTER_VALUES};
use std::collections::BTreeMap;

/// A parameter of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    /// The field it is first compared with, as it stands in the expression.
    pub field: String,
    /// Whether several values may be given everywhere it stands.
    pub takes_list: bool,
    /// Whether a request must give it: an INCLUDE needs its parameters, an EXCLUDE without one is not used.
    pub is_required: bool,
}

/// Values of parameters by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    given: BTreeMap<String, Vec<Literal>>,
}

/// What is wrong with values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("{0} values are given; {MAX_FILTER_VALUES} are the most")]
    TooMany(usize),
    #[error(
        "the name `{0}` is no parameter's; use 1 to {MAX_FILTER_KEY_CHARS} letters, digits and underscores"
    )]
    Name(String),
    #[error("the filter has no parameter `{0}`; {1}")]
    Unknown(String, String),
    #[error("`{0}` has {1} characters; {MAX_FILTER_VALUE_CHARS} are the most")]
    TooLong(String, usize),
    #[error("`{name}` is `{value}`, where {what}; write values as in \"Comedy\",\"Drama\" or 18")]
    Syntax { name: String, value: String, what: String },
    #[error("the filter needs a value for `{0}`; give one, as in {0}=\"…\"")]
    Missing(String),
    #[error("`{name}` is `{value}`, but {field} holds numbers; give a number such as 18")]
    NotANumber { name: String, value: String, field: String },
    #[error("`{name}` has {count} values, but {field} is compared with one; give one")]
    NotOne { name: String, count: usize, field: String },
}

impl Filter {
    /// Its parameters in the order they stand, each once.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for expression in &self.expressions {
            let conditions = expression.alternatives.iter().flatten().map(|condition| (condition, false));
            let behind_if = expression.only_if.iter().map(|condition| (condition, true));
            for (condition, of_user) in conditions.chain(behind_if) {
                for value in &condition.values {
                    let Value::Parameter(name) = &value.value else { continue };
                    let takes_list = condition.operator.value.takes_list();
                    let is_required = expression.action == Action::Include;
                    if let Some(known) = parameters.iter_mut().find(|known| known.name == *name) {
                        known.takes_list &= takes_list;
                        known.is_required |= is_required;
                        continue;
                    }
                    let field = &condition.field.value;
                    let field =
                        if of_user { format!("CurrentUser.{}", field.name) } else { field.to_string() };
                    parameters.push(Parameter { name: name.clone(), field, takes_list, is_required });
                }
            }
        }
        parameters
    }
}

impl Values {
    /// Reads the values of a request for a filter: names it has, each with literals separated by commas. Those that
    /// an INCLUDE needs must be there.
    pub fn read<'a>(
        filter: &Filter,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ValueError> {
        let parameters = filter.parameters();
        let given: Vec<(&str, &str)> = given.into_iter().collect();
        if given.len() > MAX_FILTER_VALUES {
            return Err(ValueError::TooMany(given.len()));
        }
        let mut values = Self::default();
        for (name, value) in given {
            let is_name = (1..=MAX_FILTER_KEY_CHARS).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                return Err(ValueError::Name(name.to_owned()));
            }
            if !parameters.iter().any(|parameter| parameter.name == name) {
                let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
                let rule = if known.is_empty() {
                    "it takes no values, leave them out".to_owned()
                } else {
                    format!("it has {}", known.join(", "))
                };
                return Err(ValueError::Unknown(name.to_owned(), rule));
            }
            let length = value.chars().count();
            if length > MAX_FILTER_VALUE_CHARS {
                return Err(ValueError::TooLong(name.to_owned(), length));
            }
            let literals = literals(value).map_err(|what| ValueError::Syntax {
                name: name.to_owned(),
                value: value.to_owned(),
                what: what.to_owned(),
            })?;
            values.given.insert(name.to_owned(), literals);
        }
        let missing = parameters
            .iter()
            .find(|parameter| parameter.is_required && !values.given.contains_key(&parameter.name));
        missing.map_or(Ok(values), |parameter| Err(ValueError::Missing(parameter.name.clone())))
    }

    /// What is given for a parameter.
    pub fn of(&self, name: &str) -> Option<&[Literal]> {
        self.given.get(name).map(Vec::as_slice)
    }
}

/// Literals separated by commas. A text without quotes and commas is one value as it stands.
fn literals(value: &str) -> Result<Vec<Literal>, &'static str> {
    let bare = value.trim();
    if bare.is_empty() {
        return Err("nothing stands");
    }
    if !bare.contains(['"', '\'', ',']) {
        let is_number = Number::parse(bare).is_some();
        let text = bare.to_owned();
        return Ok(vec![if is_number { Literal::Number(text) } else { Literal::Text(text) }]);
    }
    let mut literals = Vec::new();
    let mut tokens = tokens(value).into_iter();
    loop {
        let Some(Token { kind, span }) = tokens.next() else { return Err("a value is missing at the end") };
        let text = &value[span.start..span.end];
        literals.push(match kind {
            TokenKind::Text { closed: true } => Literal::Text(unquoted(text, true)),
            TokenKind::Text { closed: false } => return Err("a quote is not closed"),
            TokenKind::Number => Literal::Number(text.to_owned()),
            TokenKind::Comma => return Err("a value is missing before a comma"),
            _ => return Err("a text stands without quotes"),
        });
        match tokens.next().map(|token| token.kind) {
            None => return Ok(literals),
            Some(TokenKind::Comma) => {}
            Some(_) => return Err("a comma is missing between two values"),
        }
    }
}

/// A literal for a field of numbers, or what it is instead.
pub(super) fn for_number(literal: &Literal) -> Result<Number, String> {
    Number::parse(literal.text()).ok_or_else(|| format!("{literal} is none"))
}

impl Literal {
    /// What it says as a number, where it says one.
    pub fn number(&self) -> Option<Number> {
        for_number(self).ok()
    }
}
