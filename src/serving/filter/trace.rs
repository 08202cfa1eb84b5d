//! Why something is kept or left out: every condition with what it found.

use super::bind::{Binder, Bound, BoundExpression, FilterQuery};
use super::compile::CompiledFilter;
use super::data::EventType;
use super::rows::{Asker, Test, rows_of};
use crate::data::Bits;
use crate::domain::filter::{Action, Condition, Expression, Target};
use crate::serving::request::RequestError;

/// Why one item (user, action) is kept or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterTrace {
    pub is_kept: bool,
    /// Whether the catalogue has it; every condition on something unknown is false.
    pub is_known: bool,
    pub expressions: Vec<ExpressionTrace>,
}

/// What an expression says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionTrace {
    /// As it was written.
    pub text: String,
    pub action: Action,
    pub applies: Applies,
    /// Whether it describes this one.
    pub holds: bool,
    /// It holds where all of any of these hold.
    pub alternatives: Vec<Vec<ConditionTrace>>,
    pub only_if: Vec<ConditionTrace>,
}

/// Whether an expression is used in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    Yes,
    /// Its IF does not hold.
    IfIsFalse,
    /// It is an EXCLUDE, and a parameter has no value.
    NoValue,
}

/// What a condition found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionTrace {
    pub text: String,
    pub holds: bool,
    /// What the field holds here; none where nothing.
    pub found: Option<String>,
}

impl CompiledFilter {
    /// Why one row is kept or left out in a request.
    pub fn trace(
        &self,
        query: FilterQuery<'_>,
        values: &[(String, String)],
        id: &str,
    ) -> Result<FilterTrace, RequestError> {
        let values = self.read(values)?;
        let bound = self.bind_values(query, &values)?;
        let binder = Binder { filter: self, query, values: &values };
        let row = self.data.chosen.ids().index(id);
        let mut kept = Bits::default();
        bound.allowed(&mut kept);
        let expressions = self.filter.expressions.iter().zip(&bound.expressions);
        let expressions =
            expressions.map(|(expression, status)| binder.trace(&bound, expression, status, row));
        Ok(FilterTrace {
            is_kept: row.map_or_else(|| bound.keeps_unknown(), |row| kept.contains(row)),
            is_known: row.is_some(),
            expressions: expressions.collect::<Result<_, _>>()?,
        })
    }
}

impl Binder<'_, '_> {
    fn trace(
        &self,
        bound: &Bound<'_>,
        expression: &Expression,
        status: &BoundExpression<'_>,
        row: Option<u32>,
    ) -> Result<ExpressionTrace, RequestError> {
        let of_row = |condition: &Condition| self.condition(bound, condition, row);
        let alternatives = expression
            .alternatives
            .iter()
            .map(|conditions| conditions.iter().map(of_row).collect::<Result<Vec<_>, _>>())
            .collect::<Result<Vec<_>, _>>()?;
        let only_if = expression.only_if.iter().map(|condition| self.user_condition(condition));
        let span = expression.span;
        Ok(ExpressionTrace {
            text: self.filter.filter.text.get(span.start..span.end).unwrap_or_default().to_owned(),
            action: expression.action,
            applies: match status {
                BoundExpression::Used(_) => Applies::Yes,
                BoundExpression::NotMeant => Applies::IfIsFalse,
                BoundExpression::NoValue => Applies::NoValue,
            },
            holds: alternatives.iter().any(|conditions| conditions.iter().all(|condition| condition.holds)),
            alternatives,
            only_if: only_if.collect::<Result<_, _>>()?,
        })
    }

    fn condition(
        &self,
        bound: &Bound<'_>,
        condition: &Condition,
        row: Option<u32>,
    ) -> Result<ConditionTrace, RequestError> {
        let data = &self.filter.data;
        let test = Test::new(condition, data, false);
        let mut holds = false;
        if let Some(row) = row.filter(|_| self.has_values(&test)) {
            let mut rows = Bits::none(self.filter.n_rows());
            rows_of(&test, &self.operand(&test)?, data, bound.asker, &mut rows);
            holds = rows.contains(row);
        }
        let found = row.and_then(|row| match test.attribute.as_deref() {
            Some(attribute) => attribute.text(row),
            None => self.event_types(row),
        });
        Ok(ConditionTrace { text: condition.to_string(), holds, found })
    }

    fn user_condition(&self, condition: &Condition) -> Result<ConditionTrace, RequestError> {
        let test = Test::new(condition, &self.filter.data, true);
        let holds = self.has_values(&test) && self.holds_for_user(&test)?;
        let found = self.user_row().and_then(|row| test.attribute.as_deref()?.text(row));
        Ok(ConditionTrace { text: condition.of_current_user().to_string(), holds, found })
    }

    /// The types of the events that a row had, as far as they are looked at.
    fn event_types(&self, row: u32) -> Option<String> {
        let data = &self.filter.data;
        let types = data.events.types();
        let mut found: Vec<&str> = Vec::new();
        if data.target == Target::Users {
            let sets = data.events.users_by_type(data.chosen.ids()).iter();
            found.extend(types.iter().zip(sets).filter(|(_, set)| set.contains(row)).map(|(name, _)| name));
        } else {
            let asker = Asker { user: self.query.user, live: self.query.live };
            data.events.each(asker, |item, event_type| {
                if item == row {
                    found.extend(match event_type {
                        EventType::Known(at) if usize::from(at) < types.len() => {
                            Some(types.id(u32::from(at)))
                        }
                        EventType::Known(_) => None,
                        EventType::Named(name) => Some(name),
                    });
                }
            });
            found.sort_unstable();
            found.dedup();
        }
        (!found.is_empty()).then(|| found.join(", "))
    }
}
