//! An expression as text, in one spelling: what is read back is the same.

use super::{Action, Condition, Expression, Field, Filter, Literal, Operator, Source, Target, Value};
use std::fmt::{Display, Formatter, Result, Write as _};

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Include => "INCLUDE",
            Self::Exclude => "EXCLUDE",
        }
    }
}

impl Target {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Items => "ItemID",
            Self::Users => "UserID",
            Self::Actions => "ActionID",
        }
    }

    /// What it chooses among, in plain words: `items`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Users => "users",
            Self::Actions => "actions",
        }
    }

    /// The datasets that conditions may read: what is known of it, and what happened to it.
    pub fn sources(self) -> [Source; 2] {
        match self {
            Self::Items => [Source::Items, Source::Interactions],
            Self::Users => [Source::Users, Source::Interactions],
            Self::Actions => [Source::Actions, Source::ActionInteractions],
        }
    }
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactions => "Interactions",
            Self::Items => "Items",
            Self::Users => "Users",
            Self::Actions => "Actions",
            Self::ActionInteractions => "Action_Interactions",
        }
    }

    /// Whether its rows are events.
    pub fn is_events(self) -> bool {
        matches!(self, Self::Interactions | Self::ActionInteractions)
    }

    /// An event type as it is compared: in any case, those of actions also with any separators between words.
    pub fn folded(self, event_type: &str) -> String {
        let lower = event_type.to_lowercase();
        match self {
            Self::ActionInteractions => lower.replace(['_', '-', ' '], ""),
            _ => lower,
        }
    }
}

impl Operator {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "IN",
            Self::NotIn => "NOT IN",
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// Writes what stands between, and before all but the first of them a word.
fn joined<T>(
    f: &mut Formatter<'_>,
    parts: impl IntoIterator<Item = T>,
    between: &str,
    mut write: impl FnMut(&mut Formatter<'_>, T) -> Result,
) -> Result {
    for (place, part) in parts.into_iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        write(f, part)?;
    }
    Ok(())
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.as_str())
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.as_str())
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}.{}", self.source, self.name)
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Number(digits) => f.write_str(digits),
            Self::Text(text) => {
                f.write_char('"')?;
                let mut characters = text.chars().peekable();
                while let Some(c) = characters.next() {
                    // Before anything but a quote, a `\` or the end, a `\` stands for itself.
                    let next = characters.peek();
                    let escapes = next.is_none_or(|next| matches!(next, '"' | '\'' | '\\'));
                    if c == '"' || (c == '\\' && escapes) {
                        f.write_char('\\')?;
                    }
                    f.write_char(c)?;
                }
                f.write_char('"')
            }
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Literal(literal) => literal.fmt(f),
            Self::Parameter(name) => write!(f, "${name}"),
            Self::CurrentItem(name) => write!(f, "CurrentItem.{name}"),
        }
    }
}

impl Condition {
    /// As it stands behind IF.
    pub fn of_current_user(&self) -> impl Display + '_ {
        std::fmt::from_fn(|f| {
            write!(f, "CurrentUser.{} ", self.field.value.name)?;
            self.write_comparison(f)
        })
    }

    fn write_comparison(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} ", self.operator.value.as_str())?;
        let is_field = matches!(self.values.first().map(|value| &value.value), Some(Value::CurrentItem(_)));
        let in_parentheses = self.operator.value.takes_list() && !is_field;
        if in_parentheses {
            f.write_char('(')?;
        }
        joined(f, &self.values, ", ", |f, value| value.value.fmt(f))?;
        if in_parentheses {
            f.write_char(')')?;
        }
        Ok(())
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} ", self.field.value)?;
        self.write_comparison(f)
    }
}

impl Expression {
    fn write(&self, f: &mut Formatter<'_>, target: Target) -> Result {
        write!(f, "{} {target} WHERE ", self.action.as_str())?;
        joined(f, &self.alternatives, " OR ", |f, conditions| {
            joined(f, conditions, " AND ", |f, condition| condition.fmt(f))
        })?;
        if !self.only_if.is_empty() {
            f.write_str(" IF ")?;
            joined(f, &self.only_if, " AND ", |f, condition| condition.of_current_user().fmt(f))?;
        }
        Ok(())
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        joined(f, &self.expressions, " | ", |f, expression| expression.write(f, self.target))
    }
}
