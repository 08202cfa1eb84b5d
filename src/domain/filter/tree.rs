//! What an expression says, as a tree.

/// Where something stands in an expression, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// From the start of this to the end of another.
    #[must_use]
    pub fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }
}

/// Something and where it stands. Where it stands is no part of what it says: equality leaves it out.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A filter: what is kept is in any INCLUDE and in no EXCLUDE.
#[derive(Debug, Clone)]
pub struct Filter {
    /// As it was written.
    pub text: String,
    pub target: Target,
    /// At least one.
    pub expressions: Vec<Expression>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target && self.expressions == other.expressions
    }
}

/// What stands between two `|`.
#[derive(Debug, Clone)]
pub struct Expression {
    pub action: Action,
    /// It holds where all conditions of any of these hold: what stands between two ORs is joined by ANDs. All are
    /// about one dataset.
    pub alternatives: Vec<Vec<Condition>>,
    /// Conditions on the user who asks; where one is false, the expression is skipped.
    pub only_if: Vec<Condition>,
    pub span: Span,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        (self.action, &self.alternatives, &self.only_if)
            == (other.action, &other.alternatives, &other.only_if)
    }
}

/// What becomes of that which an expression describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Include,
    Exclude,
}

/// What a filter chooses among.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Target {
    Items,
    Users,
    Actions,
}

/// A dataset that conditions read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter)]
pub enum Source {
    Interactions,
    Items,
    Users,
    Actions,
    ActionInteractions,
}

/// A field of a dataset. In [`Expression::only_if`] it is that of the user who asks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    pub source: Source,
    pub name: String,
}

/// A field compared with values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub field: Spanned<Field>,
    pub operator: Spanned<Operator>,
    /// One, or for IN and NOT IN any number above zero.
    pub values: Vec<Spanned<Value>>,
}

impl Condition {
    pub fn span(&self) -> Span {
        let last = self.values.last().map_or(self.operator.span, |value| value.span);
        self.field.span.to(last)
    }
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Operator {
    In,
    NotIn,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// Whether values are compared by size, which only numbers have.
    pub fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    /// Whether it holds where no value is the field's.
    pub fn is_negative(self) -> bool {
        matches!(self, Self::NotIn | Self::Unequal)
    }

    /// Whether a list of values follows.
    pub fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Literal(Literal),
    /// `$NAME`, by its name.
    Parameter(String),
    /// A field of the item that the request is about.
    CurrentItem(String),
}

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Without its quotes.
    Text(String),
    /// With its digits as they stood.
    Number(String),
}

impl Literal {
    /// What it says, as a text.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
        }
    }
}

impl Filter {
    /// Every condition, those behind IF among them.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.expressions.iter().flat_map(Expression::conditions)
    }

    /// Whether it looks at what the user who asks did or is.
    pub fn needs_user(&self) -> bool {
        let events = |condition: &Condition| condition.field.value.source.is_events();
        self.expressions.iter().any(|expression| {
            let looks = self.target != Target::Users && expression.alternatives.iter().flatten().any(events);
            looks || !expression.only_if.is_empty()
        })
    }

    /// Whether it looks at the item that a request is about.
    pub fn needs_item(&self) -> bool {
        let mut values = self.conditions().flat_map(|condition| &condition.values);
        values.any(|value| matches!(value.value, Value::CurrentItem(_)))
    }

    /// The different fields it reads, in order of dataset and name. A field of the current user is one of Users, and
    /// one of the current item one of Items.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for condition in self.conditions() {
            fields.push(condition.field.value.clone());
            for value in &condition.values {
                if let Value::CurrentItem(name) = &value.value {
                    fields.push(Field { source: Source::Items, name: name.clone() });
                }
            }
        }
        for field in &mut fields {
            field.name.make_ascii_uppercase();
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}

impl Expression {
    /// Its conditions, those behind IF last.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.alternatives.iter().flatten().chain(&self.only_if)
    }

    /// The dataset it describes its target by.
    pub fn source(&self) -> Option<Source> {
        self.alternatives.iter().flatten().next().map(|condition| condition.field.value.source)
    }
}
