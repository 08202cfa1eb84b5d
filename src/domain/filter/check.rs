//! An expression held against the schemas of a dataset group: datasets, fields, types and limits.

use super::error::{FilterError, FilterWarning};
use super::nearest::nearest;
use super::values::for_number;
use super::{ANY_EVENT, EVENT_TYPE};
use super::{Condition, Field, Filter, Literal, Source, Span, Spanned, Target, Value};
use crate::domain::limits::{MAX_FILTER_FIELDS, MAX_FILTER_VALUES};
use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaField};

/// Fields of Actions that the service does not filter by.
const NOT_FILTERED: [&str; 3] = ["EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY"];

/// What a dataset group is like.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The schema of each dataset there is.
    pub schemas: Vec<(Source, Schema)>,
    /// The event types that occur.
    pub event_types: Vec<String>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts; in a categorical field several, separated by `|`.
    Text { several: bool },
    /// Numbers of this type.
    Number(FieldType),
}

/// An expression after the check.
#[derive(Debug, Clone)]
pub struct Checked {
    /// With fields spelt as the schemas spell them.
    pub filter: Filter,
    /// In the order of the text; a filter with any can't be used.
    pub errors: Vec<FilterError>,
    pub warnings: Vec<FilterWarning>,
}

/// Why a field can't be used, and what to do.
type Wrong = (String, String);

impl Facts {
    pub fn schema(&self, source: Source) -> Option<&Schema> {
        self.schemas.iter().find(|(known, _)| *known == source).map(|(_, schema)| schema)
    }

    /// The fields of a dataset that filters can read, and what they hold.
    pub fn fields(&self, source: Source) -> Vec<(&str, Kind)> {
        let fields = self.schema(source).map_or(&[][..], |schema| &schema.fields);
        let name = |field: &SchemaField| Field { source, name: field.name.clone() };
        fields
            .iter()
            .filter_map(|field| self.field(&name(field)).ok().map(|(_, kind)| (field.name.as_str(), kind)))
            .collect()
    }

    /// A field by its name in any case: how the schema spells it, and what it holds.
    pub fn field(&self, field: &Field) -> Result<(&str, Kind), Wrong> {
        let Field { source, name } = field;
        let Some(schema) = self.schema(*source) else {
            return Err((format!("the group has no {source} dataset"), format!("import {source} first")));
        };
        if source.is_events() && !name.eq_ignore_ascii_case(EVENT_TYPE) {
            let what = format!("of {source} filters read {EVENT_TYPE} only, not {name}");
            return Err((what, format!("write {source}.{EVENT_TYPE}")));
        }
        let same = |found: &&SchemaField| found.name == *name;
        let alike = |found: &&SchemaField| found.name.eq_ignore_ascii_case(name);
        let found = schema.fields.iter().find(same).or_else(|| schema.fields.iter().find(alike));
        let Some(found) = found else {
            let usable: Vec<&str> = self.fields(*source).into_iter().map(|(name, _)| name).collect();
            let remedy = match nearest(name, usable.iter().copied()) {
                Some(meant) => format!("write {meant}"),
                None if usable.is_empty() => format!("import {source} with that column"),
                None => format!("use one of {}", usable.join(", ")),
            };
            return Err((format!("{source} has no field {name}"), remedy));
        };
        let wrong = |what: &str, remedy: &str| (format!("{source}.{} {what}", found.name), remedy.to_owned());
        if *source == Source::Actions && NOT_FILTERED.contains(&found.name.as_str()) {
            return Err(wrong("can't be filtered by", "use another field of Actions"));
        }
        match (found.kind, found.role) {
            (FieldType::Boolean, _) => Err(wrong(
                "is boolean, which filters do not read",
                "import it as a string \"True\" or \"False\", or as an int",
            )),
            (_, FieldRole::Textual) => {
                Err(wrong("is textual, which filters do not read", "use a categorical or plain string field"))
            }
            (FieldType::String, role) => {
                Ok((&found.name, Kind::Text { several: role == FieldRole::Categorical }))
            }
            (number, _) => Ok((&found.name, Kind::Number(number))),
        }
    }
}

/// Checks an expression that was parsed.
pub fn check(filter: &Filter, facts: &Facts) -> Checked {
    let mut check = Check { text: &filter.text, facts, target: filter.target, errors: Vec::new() };
    let mut filter = filter.clone();
    let mut warnings = Vec::new();
    for expression in &mut filter.expressions {
        for condition in expression.alternatives.iter_mut().flatten() {
            check.source(condition);
            check.condition(condition);
        }
        for condition in &mut expression.only_if {
            check.condition(condition);
        }
        if expression.alternatives.len() > 1 && expression.alternatives.iter().any(|all| all.len() > 1) {
            let text = "AND and OR are mixed: AND binds tighter, so A OR B AND C is A OR (B AND C).";
            warnings.push(FilterWarning { span: expression.span, text: text.to_owned() });
        }
    }
    check.limits(&filter);
    let mut errors = check.errors;
    errors.sort_by_key(|error| error.position);
    Checked { filter, errors, warnings }
}

struct Check<'a> {
    text: &'a str,
    facts: &'a Facts,
    target: Target,
    errors: Vec<FilterError>,
}

impl Check<'_> {
    fn wrong(&mut self, span: Span, what: impl Into<String>, remedy: impl Into<String>) {
        self.errors.push(FilterError::new(self.text, span, what, remedy));
    }

    /// Whether the dataset can describe the target.
    fn source(&mut self, condition: &Condition) {
        let Spanned { value: Field { source, name }, span } = &condition.field;
        let known = self.target.sources();
        if known.contains(source) {
            return;
        }
        let what = format!("{source} says nothing about {}", self.target.words());
        let [own, events] = known;
        let remedy = match (source, self.target) {
            (Source::Users, Target::Items | Target::Actions) => {
                format!("for the user who asks write IF CurrentUser.{name} after a condition on {own}")
            }
            _ => format!("with {} use {own} or {events}", self.target),
        };
        self.wrong(*span, what, remedy);
    }

    fn condition(&mut self, condition: &mut Condition) {
        let field = &mut condition.field.value;
        let kind = match self.facts.field(field) {
            Ok((name, kind)) => {
                name.clone_into(&mut field.name);
                kind
            }
            Err((what, remedy)) => return self.wrong(condition.field.span, what, remedy),
        };
        let field = field.clone();
        if condition.operator.value.is_order() && matches!(kind, Kind::Text { .. }) {
            let sign = condition.operator.value.as_str();
            let what = format!("{field} holds text, and {sign} compares numbers");
            self.wrong(condition.operator.span, what, "use IN, NOT IN, = or !=");
        }
        for value in &mut condition.values {
            self.value(&field, kind, value);
        }
    }

    fn value(&mut self, field: &Field, kind: Kind, value: &mut Spanned<Value>) {
        let span = value.span;
        match &mut value.value {
            Value::Parameter(_) => {}
            Value::CurrentItem(name) => self.current_item(field, kind, name, span),
            Value::Literal(literal) => match kind {
                Kind::Number(_) => {
                    if let Err(wrong) = for_number(literal) {
                        let what = format!("{field} holds numbers, and {wrong}");
                        self.wrong(span, what, "write a number such as 18 or -1.5");
                    }
                }
                Kind::Text { .. } => self.text_literal(field, literal, span),
            },
        }
    }

    fn text_literal(&mut self, field: &Field, literal: &Literal, span: Span) {
        let text = literal.text();
        if !field.source.is_events() {
            if text == ANY_EVENT {
                let what = format!("the star stands for any {EVENT_TYPE}, not for any {}", field.name);
                self.wrong(span, what, "name the values; a missing value fails every condition as it is");
            }
            return;
        }
        let folded = field.source.folded(text);
        let is_known = self.facts.event_types.iter().any(|known| field.source.folded(known) == folded);
        if text.contains(',') && !is_known {
            let parts: Vec<String> = text.split(',').map(|part| format!("\"{}\"", part.trim())).collect();
            let what = "this is one event type with a comma in it, and no event has it";
            self.wrong(span, what, format!("put each type in quotes of its own: {}", parts.join(", ")));
        }
    }

    fn current_item(&mut self, field: &Field, kind: Kind, name: &mut String, span: Span) {
        if self.target != Target::Items || field.source.is_events() {
            let what = format!("{field} can't be compared with the current item");
            return self.wrong(
                span,
                what,
                "CurrentItem stands with ItemID, beside a field of Items or CurrentUser",
            );
        }
        let item_field = Field { source: Source::Items, name: name.clone() };
        match self.facts.field(&item_field) {
            Err((what, remedy)) => self.wrong(span, what, remedy),
            Ok((spelt, other)) => {
                spelt.clone_into(name);
                let holds = |kind| if matches!(kind, Kind::Number(_)) { "numbers" } else { "text" };
                if holds(kind) != holds(other) {
                    let what = format!(
                        "{field} holds {}, and CurrentItem.{spelt} holds {}",
                        holds(kind),
                        holds(other)
                    );
                    self.wrong(span, what, "compare fields that hold the same");
                }
            }
        }
    }

    fn limits(&mut self, filter: &Filter) {
        let all = Span { start: 0, end: self.text.len() };
        let fields = filter.fields();
        if fields.len() > MAX_FILTER_FIELDS {
            let what = format!(
                "the filter reads {} different fields, and {MAX_FILTER_FIELDS} are the most",
                fields.len()
            );
            self.wrong(all, what, "leave some out, or make two filters");
        }
        let parameters = filter.parameters();
        if parameters.len() > MAX_FILTER_VALUES {
            let what = format!(
                "the filter has {} parameters, and a request gives {MAX_FILTER_VALUES} at most",
                parameters.len()
            );
            self.wrong(all, what, "use one parameter for several values, as in IN ($GENRES)");
        }
    }
}
