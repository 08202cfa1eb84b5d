//! One condition: what it compares, and the rows for which it holds.

use super::data::{EventType, Events, FilterData};
use crate::data::{Attribute, Bits};
use crate::domain::filter::{ANY_EVENT, Condition, Literal, Number, Operator, Source, Target, Value};
use crate::serving::live::LiveEvent;
use std::sync::Arc;

/// A condition with its field looked up.
pub(super) struct Test {
    pub condition: Condition,
    pub source: Source,
    pub operator: Operator,
    /// The field; none for events, and where there is no table.
    pub attribute: Option<Arc<Attribute>>,
    /// Event types, for events: as they are compared, in the order of their indices.
    types: Vec<String>,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// Indices of the field's own values; those that it never has are left out.
    Texts(Vec<u32>),
    Numbers(Vec<Number>),
    Types(Types),
    /// Nothing there to compare with: no row compares so.
    Missing,
}

/// Event types.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Types {
    /// Whether each of the interactions' is meant.
    known: Vec<bool>,
    /// Whether any is.
    any: bool,
    /// Those named, as they are compared: what came since may have others than the interactions.
    named: Vec<String>,
}

impl Types {
    fn holds(&self, event_type: EventType<'_>, source: Source) -> bool {
        match event_type {
            EventType::Known(at) => self.known.get(usize::from(at)).copied().unwrap_or_default(),
            EventType::Named(name) => self.any || self.named.contains(&source.folded(name)),
        }
    }
}

/// Who asks, and what they did since the data were imported.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asker<'a> {
    pub user: Option<&'a str>,
    pub live: &'a [LiveEvent],
}

impl Test {
    /// A condition of the user who asks, or of what is chosen among. The condition was checked.
    pub fn new(condition: &Condition, data: &FilterData, of_user: bool) -> Self {
        let field = &condition.field.value;
        let source = field.source;
        let population = if of_user { &data.users } else { &data.chosen };
        let attribute = if source.is_events() {
            None
        } else {
            data.facts().field(field).ok().and_then(|(name, kind)| population.attribute(name, kind))
        };
        let types = if source.is_events() {
            data.events.types().iter().map(|name| source.folded(name)).collect()
        } else {
            Vec::new()
        };
        Self { condition: condition.clone(), source, operator: condition.operator.value, attribute, types }
    }

    /// Its values, where all are literals.
    pub fn literals(&self) -> Option<Vec<Literal>> {
        let literal = |value: &Value| match value {
            Value::Literal(literal) => Some(literal.clone()),
            Value::Parameter(_) | Value::CurrentItem(_) => None,
        };
        self.condition.values.iter().map(|value| literal(&value.value)).collect()
    }

    /// Literals as the field is compared with them.
    pub fn operand(&self, literals: &[Literal]) -> Operand {
        match self.attribute.as_deref() {
            None if self.source.is_events() => Operand::Types(self.meant(literals)),
            None => Operand::Missing,
            Some(Attribute::Texts(texts)) => {
                let values = literals.iter().filter_map(|literal| texts.values().index(literal.text()));
                Operand::Texts(values.collect())
            }
            Some(Attribute::Numbers(_)) => {
                Operand::Numbers(literals.iter().filter_map(Literal::number).collect())
            }
        }
    }

    fn meant(&self, literals: &[Literal]) -> Types {
        let named: Vec<String> = literals.iter().map(|literal| self.source.folded(literal.text())).collect();
        let any = literals.iter().any(|literal| literal.text() == ANY_EVENT);
        let known = if self.types.is_empty() {
            vec![any]
        } else {
            self.types.iter().map(|name| any || named.contains(name)).collect()
        };
        Types { known, any, named }
    }

    /// What the current item holds in another field, as this field is compared with it.
    pub fn operand_of(&self, item: &Attribute, row: u32) -> Operand {
        match (self.attribute.as_deref(), item) {
            (Some(Attribute::Texts(own)), Attribute::Texts(item)) => {
                let held = item.of(row);
                if held.is_empty() {
                    return Operand::Missing;
                }
                let texts = held.iter().map(|&value| item.values().id(value));
                Operand::Texts(texts.filter_map(|text| own.values().index(text)).collect())
            }
            (Some(Attribute::Numbers(_)), Attribute::Numbers(item)) => {
                item.of(row).map_or(Operand::Missing, |number| Operand::Numbers(vec![number]))
            }
            _ => Operand::Missing,
        }
    }

    /// Whether it holds for one row of its own population.
    pub fn holds(&self, operand: &Operand, row: u32) -> bool {
        match (self.attribute.as_deref(), operand) {
            (Some(Attribute::Texts(texts)), Operand::Texts(values)) => {
                let held = texts.of(row);
                let any = held.iter().any(|value| values.contains(value));
                !held.is_empty() && any != self.operator.is_negative()
            }
            (Some(Attribute::Numbers(numbers)), Operand::Numbers(values)) => {
                let mut each = values.iter().map(|&than| numbers.holds(row, self.operator, than));
                if self.operator.is_negative() { each.all(|holds| holds) } else { each.any(|holds| holds) }
            }
            _ => false,
        }
    }
}

/// Writes the rows for which a condition holds when this user asks.
pub(super) fn rows_of(test: &Test, operand: &Operand, data: &FilterData, asker: Asker<'_>, rows: &mut Bits) {
    rows.clear();
    match (test.attribute.as_deref(), operand) {
        (Some(Attribute::Texts(texts)), Operand::Texts(values)) => {
            for &value in values {
                texts.add_rows(value, rows);
            }
            if test.operator.is_negative() {
                complement(texts.filled(), rows);
            }
        }
        (Some(Attribute::Numbers(numbers)), Operand::Numbers(values)) => {
            let negative = test.operator.is_negative();
            let operator = if negative { Operator::Equal } else { test.operator };
            for &than in values {
                numbers.add_rows(operator, than, rows);
            }
            if negative {
                complement(numbers.filled(), rows);
            }
        }
        (None, Operand::Types(types)) if data.target == Target::Users => {
            let of_type = data.events.users_by_type(data.chosen.ids());
            touched(of_type.iter().zip(&types.known), test.operator, rows);
        }
        (None, Operand::Types(types)) => touched_by(&data.events, asker, types, test, rows),
        _ => {}
    }
}

/// What is in `all` and not in `rows`.
fn complement(all: &Bits, rows: &mut Bits) {
    let mut others = all.clone();
    others.take_out(rows);
    *rows = others;
}

/// The rows with an event of a type that is meant; for a negative comparison those with events, none of them meant.
fn touched<'a>(sets: impl Iterator<Item = (&'a Bits, &'a bool)>, operator: Operator, rows: &mut Bits) {
    let mut all = operator.is_negative().then(|| rows.clone());
    for (set, is_meant) in sets {
        if *is_meant {
            rows.add(set);
        }
        if let Some(all) = &mut all {
            all.add(set);
        }
    }
    if let Some(all) = all {
        complement(&all, rows);
    }
}

fn touched_by(events: &Events, asker: Asker<'_>, types: &Types, test: &Test, rows: &mut Bits) {
    let mut all = test.operator.is_negative().then(|| rows.clone());
    events.each(asker, |row, event_type| {
        if types.holds(event_type, test.source) {
            rows.insert(row);
        }
        if let Some(all) = &mut all {
            all.insert(row);
        }
    });
    if let Some(all) = all {
        complement(&all, rows);
    }
}
