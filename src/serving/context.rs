//! The context of a request: columns of the interactions' metadata and what they hold at that moment. In JSON it is an
//! object, as in the service; here it is a list, in the order given.

use super::request::RequestError;
use crate::data::{Features, number};
use crate::domain::limits::{MAX_CONTEXT, MAX_CONTEXT_KEY_CHARS, MAX_STRING_CHARS};
use serde::de::{MapAccess, Visitor};
use serde::{Deserializer, Serializer};
use std::fmt::Formatter;

const FIELD: &str = "context";

/// Columns and values.
pub(super) type Pairs = Vec<(String, String)>;

/// Checks a context against the columns that a version reads; none where it reads no context.
pub(super) fn check(context: &[(String, String)], known: Option<&Features>) -> Result<(), RequestError> {
    if context.len() > MAX_CONTEXT {
        let rule = format!("{MAX_CONTEXT} are the most");
        return Err(RequestError::new(FIELD, format!("has {} entries", context.len()), rule));
    }
    for (place, (column, value)) in context.iter().enumerate() {
        let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if column.is_empty() || column.len() > MAX_CONTEXT_KEY_CHARS || !is_word(column) {
            let start: String = column.chars().take(40).collect();
            let rule = format!("keys have 1 to {MAX_CONTEXT_KEY_CHARS} letters, digits and underscores");
            return Err(RequestError::new(FIELD, format!("has the key `{start}`"), rule));
        }
        let names = || known.into_iter().flat_map(Features::names);
        if !names().any(|name| name == column) {
            let names: Vec<&str> = names().collect();
            let rule = if names.is_empty() {
                "this version was not trained on context; leave it out".to_owned()
            } else {
                format!("this version reads {}", names.join(", "))
            };
            return Err(RequestError::new(FIELD, format!("names the column `{column}`"), rule));
        }
        if context[..place].iter().any(|(earlier, _)| earlier == column) {
            return Err(RequestError::new(FIELD, format!("names `{column}` twice"), "give each column once"));
        }
        let length = value.chars().count();
        if length > MAX_STRING_CHARS {
            return Err(RequestError::new(
                FIELD,
                format!("has {length} characters for `{column}`"),
                format!("{MAX_STRING_CHARS} is the most"),
            ));
        }
        let is_number =
            known.is_some_and(|known| known.numeric.iter().any(|feature| feature.name == *column));
        if is_number && !value.trim().is_empty() && number(value).is_none() {
            return Err(RequestError::new(
                FIELD,
                format!("has `{value}` for `{column}`"),
                "the column holds numbers; write one such as 1.5, or leave the column out",
            ));
        }
    }
    Ok(())
}

pub(super) fn serialize<S: Serializer>(
    context: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(context.iter().map(|(column, value)| (column, value)))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
    deserializer.deserialize_map(PairsVisitor)
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object of texts by column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Pairs, A::Error> {
        let mut pairs = Pairs::new();
        while let Some(pair) = object.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{CategoricalFeature, NumericFeature, Vocabulary};
    use std::sync::Arc;

    fn pairs(pairs: &[(&str, &str)]) -> Pairs {
        pairs.iter().map(|&(column, value)| (column.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_known() {
        let known = Features {
            rows: 1,
            categorical: vec![CategoricalFeature {
                name: "DEVICE".to_owned(),
                values: Arc::new(Vocabulary::new(["phone"])),
                offsets: vec![0, 1],
                indices: vec![0],
            }],
            numeric: vec![NumericFeature { name: "HOUR".to_owned(), values: vec![7.0] }],
            ..Features::default()
        };
        let said = |context: &[(&str, &str)]| {
            check(&pairs(context), Some(&known)).map_err(|error| error.to_string())
        };
        // A value never seen is as good as none; an empty one is missing.
        assert_eq!(said(&[("HOUR", "7.5"), ("DEVICE", "fridge")]), Ok(()));
        assert_eq!(said(&[("HOUR", ""), ("DEVICE", "")]), Ok(()));
        let cases = [
            (
                vec![("device", "phone")],
                "`context` names the column `device`; this version reads DEVICE, HOUR",
            ),
            (vec![("HOUR", "1"), ("HOUR", "2")], "`context` names `HOUR` twice; give each column once"),
            (vec![("HOUR", "noon")], "`context` has `noon` for `HOUR`; the column holds numbers;"),
        ];
        for (context, expected) in cases {
            let error = said(&context).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        let long = "x".repeat(1_001);
        assert!(said(&[("DEVICE", &long)]).unwrap_err().contains("has 1001 characters for `DEVICE`; 1000"));
        let error = check(&pairs(&[("DEVICE", "phone")]), None).unwrap_err().to_string();
        assert!(error.ends_with("this version was not trained on context; leave it out"), "{error}");
        assert_eq!(check(&[], None), Ok(()));
    }
}
