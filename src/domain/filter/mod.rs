//! The filter language of the service: which items (users, actions) an answer may hold.
//!
//! [`Filter::parse`] reads an expression, its `Display` writes it, [`check`] holds it against the schemas of a dataset
//! group, [`Values`] are what a request says for its parameters, [`complete`] says what may be written next. What a
//! filter keeps of a catalogue is decided elsewhere: nothing here knows any data.
//!
//! Where the service's documents are silent: AND binds tighter than OR; a condition on a missing value is false; a
//! literal is a number or a text as its field is; `\` before a quote or another `\` escapes it. Parentheses around
//! conditions are refused, as the service does.

mod check;
mod complete;
mod error;
mod nearest;
mod number;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod values;

pub use check::{Checked, Facts, Kind, check};
pub use complete::{Completion, Wanted, complete};
pub use error::{FilterError, FilterWarning};
pub use number::Number;
pub use token::{Token, TokenKind, tokens};
pub use tree::{
    Action, Condition, Expression, Field, Filter, Literal, Operator, Source, Span, Spanned, Target, Value,
};
pub use values::{Parameter, ValueError, Values};

/// The field of interactions that filters read.
pub const EVENT_TYPE: &str = "EVENT_TYPE";
/// The literal that stands for every event type.
pub const ANY_EVENT: &str = "*";
