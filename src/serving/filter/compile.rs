//! An expression with everything looked up that no request changes.

use super::data::FilterData;
use super::rows::{Asker, Operand, Test, rows_of};
use crate::data::Bits;
use crate::domain::filter::{Action, Checked, Filter, FilterError, Target, check};
use std::sync::Arc;

/// A filter ready for requests.
pub struct CompiledFilter {
    pub(super) name: String,
    pub(super) filter: Filter,
    pub(super) data: Arc<FilterData>,
    pub(super) expressions: Vec<Compiled>,
}

pub(super) struct Compiled {
    pub action: Action,
    /// Rows of alternatives that no request changes.
    pub constant: Option<Bits>,
    /// The other alternatives.
    pub alternatives: Vec<Alternative>,
    pub only_if: Vec<Test>,
}

/// Conditions of which all must hold.
pub(super) struct Alternative {
    /// Rows for which those hold that no request changes; all rows where there is none.
    pub constant: Option<Bits>,
    pub tests: Vec<Test>,
}

impl CompiledFilter {
    /// Compiles an expression that holds against the data's schemas; what is wrong first where it does not.
    pub fn new(name: &str, filter: &Filter, data: &Arc<FilterData>) -> Result<Self, FilterError> {
        let Checked { filter, errors, .. } = check(filter, data.facts());
        if let Some(error) = errors.into_iter().next() {
            return Err(error);
        }
        let mut expressions = Vec::with_capacity(filter.expressions.len());
        for expression in &filter.expressions {
            let mut compiled = Compiled {
                action: expression.action,
                constant: None,
                alternatives: Vec::new(),
                only_if: expression
                    .only_if
                    .iter()
                    .map(|condition| Test::new(condition, data, true))
                    .collect(),
            };
            for conditions in &expression.alternatives {
                let tests = conditions.iter().map(|condition| Test::new(condition, data, false)).collect();
                let alternative = Alternative::new(tests, data);
                if alternative.tests.is_empty() {
                    match (&mut compiled.constant, alternative.constant) {
                        (Some(constant), Some(more)) => constant.add(&more),
                        (constant, more) => *constant = more,
                    }
                } else {
                    compiled.alternatives.push(alternative);
                }
            }
            expressions.push(compiled);
        }
        Ok(Self { name: name.to_owned(), filter, data: Arc::clone(data), expressions })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    pub fn data(&self) -> &FilterData {
        &self.data
    }

    /// Rows that are chosen among.
    pub(super) fn n_rows(&self) -> usize {
        self.data.chosen.ids().len()
    }
}

impl Alternative {
    fn new(tests: Vec<Test>, data: &FilterData) -> Self {
        let n_rows = data.chosen.ids().len();
        let mut alternative = Self { constant: None, tests: Vec::new() };
        let mut rows = Bits::none(n_rows);
        for test in tests {
            // What the user who asks did, unless all users are chosen among.
            let is_of_request = test.source.is_events() && data.target != Target::Users;
            let constant = (!is_of_request).then(|| test.constant()).flatten();
            let Some(operand) = constant else {
                alternative.tests.push(test);
                continue;
            };
            rows_of(&test, &operand, data, Asker::default(), &mut rows);
            match &mut alternative.constant {
                Some(constant) => constant.keep_common(&rows),
                constant => *constant = Some(rows.clone()),
            }
        }
        alternative
    }
}

impl Test {
    /// What it compares with, where no request changes that.
    fn constant(&self) -> Option<Operand> {
        self.literals().map(|literals| self.operand(&literals))
    }
}
