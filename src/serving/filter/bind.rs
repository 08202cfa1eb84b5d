//! A filter with who asks, about what, and the values of its parameters.

use super::compile::{Compiled, CompiledFilter};
use super::rows::{Asker, Operand, Test, rows_of};
use crate::data::{Attribute, Bits};
use crate::domain::RecipeDescriptor;
use crate::domain::filter::{Action, Field, Literal, Source, Target, Value, ValueError, Values};
use crate::serving::live::LiveEvent;
use crate::serving::request::RequestError;

/// The fields of a request that name a filter and hold values of its parameters.
const FILTER_ARN: &str = "filterArn";
pub(in crate::serving) const FILTER_VALUES: &str = "filterValues";

/// A filter that requests are asked with.
#[derive(Clone, Copy)]
pub struct Filtering<'a> {
    pub filter: &'a CompiledFilter,
    /// Names and values of parameters, for those that a request says nothing of.
    pub values: &'a [(String, String)],
}

/// Who asks about what.
#[derive(Debug, Clone, Copy, Default)]
pub struct FilterQuery<'q> {
    pub user: Option<&'q str>,
    pub item: Option<&'q str>,
    /// What the user did since the data were imported, the oldest first.
    pub live: &'q [LiveEvent],
}

/// A filter for one request.
pub struct Bound<'a> {
    pub(super) filter: &'a CompiledFilter,
    pub(super) asker: Asker<'a>,
    /// In the order of the filter's.
    pub(super) expressions: Vec<BoundExpression<'a>>,
}

/// What becomes of an expression in a request.
pub(super) enum BoundExpression<'a> {
    /// Its IF does not hold.
    NotMeant,
    /// An EXCLUDE of which a parameter has no value.
    NoValue,
    Used(Used<'a>),
}

pub(super) struct Used<'a> {
    pub compiled: &'a Compiled,
    /// What each test of each alternative is compared with.
    pub operands: Vec<Vec<Operand>>,
}

impl CompiledFilter {
    /// Takes up a request. Refused where values are missing or do not fit, and where the filter looks at a user or an
    /// item and the request names none.
    pub fn bind<'a>(
        &'a self,
        query: FilterQuery<'a>,
        values: &[(String, String)],
    ) -> Result<Bound<'a>, RequestError> {
        self.bind_values(query, &self.read(values)?)
    }

    /// Values of parameters, where they fit.
    pub(super) fn read(&self, values: &[(String, String)]) -> Result<Values, RequestError> {
        let given = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Values::read(&self.filter, given).map_err(|error| self.refused(&error))
    }

    pub(super) fn bind_values<'a>(
        &'a self,
        query: FilterQuery<'a>,
        values: &Values,
    ) -> Result<Bound<'a>, RequestError> {
        let name = &self.name;
        if self.filter.needs_user() && query.user.is_none() {
            let rule = format!("the filter {name} looks at the user who asks: give one");
            return Err(RequestError::new("userId", "is missing", rule));
        }
        if self.filter.needs_item() && query.item.is_none() {
            let rule = format!("the filter {name} looks at the current item: give one");
            return Err(RequestError::new("itemId", "is missing", rule));
        }
        let binder = Binder { filter: self, query, values };
        let expressions = self.expressions.iter().map(|compiled| binder.expression(compiled));
        let asker = Asker { user: query.user, live: query.live };
        Ok(Bound { filter: self, asker, expressions: expressions.collect::<Result<_, _>>()? })
    }

    fn refused(&self, error: &ValueError) -> RequestError {
        let text = error.to_string();
        let (what, rule) = text.rsplit_once("; ").unwrap_or((&text, "leave it out"));
        RequestError::new(FILTER_VALUES, format!("do not fit the filter {}: {what}", self.name), rule)
    }
}

/// A filter and what is said to it.
pub(super) struct Binder<'a, 'v> {
    pub filter: &'a CompiledFilter,
    pub query: FilterQuery<'a>,
    pub values: &'v Values,
}

impl<'a> Binder<'a, '_> {
    fn expression(&self, compiled: &'a Compiled) -> Result<BoundExpression<'a>, RequestError> {
        let tests = compiled.alternatives.iter().flat_map(|alternative| &alternative.tests);
        if !tests.chain(&compiled.only_if).all(|test| self.has_values(test)) {
            return Ok(BoundExpression::NoValue);
        }
        for test in &compiled.only_if {
            if !self.holds_for_user(test)? {
                return Ok(BoundExpression::NotMeant);
            }
        }
        let operands = compiled.alternatives.iter().map(|alternative| {
            alternative.tests.iter().map(|test| self.operand(test)).collect::<Result<Vec<_>, _>>()
        });
        Ok(BoundExpression::Used(Used { compiled, operands: operands.collect::<Result<_, _>>()? }))
    }

    /// Whether a test behind IF holds for the user who asks; for someone unknown none does.
    pub fn holds_for_user(&self, test: &Test) -> Result<bool, RequestError> {
        let operand = self.operand(test)?;
        Ok(self.user_row().is_some_and(|row| test.holds(&operand, row)))
    }

    /// The row of the user who asks.
    pub fn user_row(&self) -> Option<u32> {
        self.query.user.and_then(|user| self.filter.data.users.ids().index(user))
    }

    /// Whether all its parameters have values.
    pub fn has_values(&self, test: &Test) -> bool {
        test.condition.values.iter().all(|value| match &value.value {
            Value::Parameter(name) => self.values.of(name).is_some(),
            Value::Literal(_) | Value::CurrentItem(_) => true,
        })
    }

    /// What a test is compared with.
    pub fn operand(&self, test: &Test) -> Result<Operand, RequestError> {
        let mut literals: Vec<Literal> = Vec::new();
        for value in &test.condition.values {
            match &value.value {
                Value::Literal(literal) => literals.push(literal.clone()),
                Value::CurrentItem(field) => return Ok(self.current_item(test, field)),
                Value::Parameter(name) => {
                    let given = self.values.of(name).unwrap_or_default();
                    check(test, name, given).map_err(|error| self.filter.refused(&error))?;
                    literals.extend_from_slice(given);
                }
            }
        }
        Ok(test.operand(&literals))
    }

    fn current_item(&self, test: &Test, field: &str) -> Operand {
        let data = &self.filter.data;
        let field = Field { source: Source::Items, name: field.to_owned() };
        let row = self.query.item.and_then(|item| data.chosen.ids().index(item));
        let attribute =
            data.facts().field(&field).ok().and_then(|(name, kind)| data.chosen.attribute(name, kind));
        match (row, attribute) {
            (Some(row), Some(attribute)) => test.operand_of(&attribute, row),
            _ => Operand::Missing,
        }
    }
}

/// What a request gives for a parameter must be of the field's type, and one value where one is compared.
fn check(test: &Test, name: &str, given: &[Literal]) -> Result<(), ValueError> {
    let field = || test.condition.field.value.to_string();
    if !test.operator.takes_list() && given.len() != 1 {
        return Err(ValueError::NotOne { name: name.to_owned(), count: given.len(), field: field() });
    }
    if !matches!(test.attribute.as_deref(), Some(Attribute::Numbers(_))) {
        return Ok(());
    }
    match given.iter().find(|literal| literal.number().is_none()) {
        Some(literal) => Err(ValueError::NotANumber {
            name: name.to_owned(),
            value: literal.text().to_owned(),
            field: field(),
        }),
        None => Ok(()),
    }
}

impl<'a> Filtering<'a> {
    /// Refuses a filter that this recipe can't be asked with.
    pub fn check(&self, recipe: &RecipeDescriptor) -> Result<(), RequestError> {
        let name = self.filter.name();
        let target = self.filter.filter.target;
        let wrong = |what: String, rule: &str| Err(RequestError::new(FILTER_ARN, what, rule));
        let wanted = if recipe.recommends_actions() { Target::Actions } else { Target::Items };
        if target != wanted {
            let what = format!("names {name}, which chooses {}", target.words());
            return wrong(what, &format!("{} takes a filter of {wanted}", recipe.name));
        }
        if self.filter.filter.needs_item() && !recipe.asks_item() {
            let what =
                format!("names {name}, which looks at CurrentItem, and {} is asked for users", recipe.name);
            return wrong(what, "use it with a recipe for related items");
        }
        Ok(())
    }

    /// Refuses what would fail for everyone: values that do not fit, or a user it looks at where items are asked for.
    pub fn check_for_all(&self, recipe: &RecipeDescriptor) -> Result<(), RequestError> {
        self.filter.read(self.values)?;
        if recipe.asks_item() && self.filter.filter.needs_user() {
            let what = format!("names {}, which looks at the user who asks", self.filter.name());
            let rule = "give a file of lines {\"itemId\":\"…\",\"userId\":\"…\"} instead of all items";
            return Err(RequestError::new(FILTER_ARN, what, rule));
        }
        Ok(())
    }

    /// Takes up a request; what it says of a parameter comes before what is said here.
    pub(in crate::serving) fn bind(
        &self,
        query: FilterQuery<'a>,
        own: &[(String, String)],
    ) -> Result<Bound<'a>, RequestError> {
        let is_free = |(name, _): &&(String, String)| !own.iter().any(|(given, _)| given == name);
        let values: Vec<(String, String)> =
            own.iter().chain(self.values.iter().filter(is_free)).cloned().collect();
        self.filter.bind(query, &values)
    }
}

impl Bound<'_> {
    /// Writes the rows that are kept.
    pub fn allowed(&self, rows: &mut Bits) {
        if rows.len() != self.filter.n_rows() {
            *rows = Bits::none(self.filter.n_rows());
        }
        let mut scratch = Scratch::new(self.filter.n_rows());
        if self.includes().next().is_some() {
            rows.clear();
            self.includes().for_each(|used| self.each_set(used, &mut scratch, |set| rows.add(set)));
        } else {
            rows.fill();
        }
        let excludes = self.used().filter(|used| used.compiled.action == Action::Exclude);
        excludes.for_each(|used| self.each_set(used, &mut scratch, |set| rows.take_out(set)));
    }

    /// Whether something is kept that is in no catalogue, and of which every condition is therefore false.
    pub fn keeps_unknown(&self) -> bool {
        self.includes().next().is_none()
    }

    fn used(&self) -> impl Iterator<Item = &Used<'_>> {
        self.expressions.iter().filter_map(|expression| match expression {
            BoundExpression::Used(used) => Some(used),
            BoundExpression::NotMeant | BoundExpression::NoValue => None,
        })
    }

    fn includes(&self) -> impl Iterator<Item = &Used<'_>> {
        self.used().filter(|used| used.compiled.action == Action::Include)
    }

    /// Calls with sets of rows that together are those an expression describes.
    fn each_set(&self, used: &Used<'_>, scratch: &mut Scratch, mut call: impl FnMut(&Bits)) {
        if let Some(constant) = &used.compiled.constant {
            call(constant);
        }
        for (alternative, operands) in used.compiled.alternatives.iter().zip(&used.operands) {
            let Scratch { all, one } = scratch;
            let mut is_first = true;
            if let Some(constant) = &alternative.constant {
                all.copy_from(constant);
                is_first = false;
            }
            for (test, operand) in alternative.tests.iter().zip(operands) {
                if is_first {
                    rows_of(test, operand, &self.filter.data, self.asker, all);
                    is_first = false;
                } else {
                    rows_of(test, operand, &self.filter.data, self.asker, one);
                    all.keep_common(one);
                }
            }
            call(all);
        }
    }
}

/// Sets that are written anew for each alternative.
struct Scratch {
    all: Bits,
    one: Bits,
}

impl Scratch {
    fn new(n_rows: usize) -> Self {
        Self { all: Bits::none(n_rows), one: Bits::none(n_rows) }
    }
}
