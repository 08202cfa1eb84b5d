//! A metadata field of a catalogue as filters read it: what each row holds, and which rows hold what.
//!
//! Unlike [`Features`](super::Features), which are made for training, every field has one, constant and plain text
//! among them, numbers keep all their digits, and rows are found by value.

mod numbers;
mod texts;

pub use numbers::NumberAttribute;
pub use texts::TextAttribute;

use super::features::sources;
use super::{Table, Vocabulary};
use crate::domain::filter::Kind;
use crate::domain::schema::FieldType;
use std::sync::Arc;

/// Sets of all rows of a value or a range are kept where they hold at least one row in this many; smaller ones are
/// put together row by row. So each costs at most one row in this many to make, and all of a column this many times
/// its share of rows to keep.
const SPARSE: usize = 32;

/// One field of every row.
#[derive(Debug)]
pub enum Attribute {
    Texts(TextAttribute),
    Numbers(NumberAttribute),
}

impl Attribute {
    /// The field of a table for the rows of `ids`, which are found by the table's `key`. Rows that the table lacks
    /// hold nothing. The key itself is what `ids` say.
    pub fn encode(table: &Table, key: &str, ids: &Arc<Vocabulary>, name: &str, kind: Kind) -> Self {
        let sources = || sources(table, key, ids);
        match kind {
            Kind::Text { .. } if name == key => Self::Texts(TextAttribute::identity(ids)),
            Kind::Text { several } => Self::Texts(TextAttribute::encode(table, name, several, &sources())),
            Kind::Number(number) => {
                let rounds = number == FieldType::Float;
                Self::Numbers(NumberAttribute::encode(table, name, rounds, &sources()))
            }
        }
    }

    /// What a row holds, as text; none where nothing.
    pub fn text(&self, row: u32) -> Option<String> {
        match self {
            Self::Texts(texts) => {
                let values: Vec<&str> = texts.of(row).iter().map(|&value| texts.values().id(value)).collect();
                (!values.is_empty()).then(|| values.join("|"))
            }
            Self::Numbers(numbers) => numbers.text(row),
        }
    }
}
