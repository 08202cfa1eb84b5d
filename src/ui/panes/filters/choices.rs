//! What the editor proposes at the caret.

use crate::domain::filter::{Completion, Facts, Field, Kind, Literal, Wanted, complete};
use crate::studio::FieldValue;
use crate::ui::widgets::count_words;
use crate::ui::widgets::proposals::Proposal;
use std::ops::Range;

/// One thing to be put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub proposal: Proposal,
    /// What is written.
    pub insert: String,
}

impl Choice {
    fn new(label: &str, detail: impl Into<String>, insert: String) -> Self {
        Self { proposal: Proposal { label: label.to_owned(), detail: detail.into() }, insert }
    }

    fn label(&self) -> &str {
        &self.proposal.label
    }
}

/// What may stand at a caret.
pub(super) struct Choices {
    /// The bytes that a choice takes the place of.
    pub begun: Range<usize>,
    pub prefix: String,
    wanted: Vec<Wanted>,
    /// Whether nothing is begun and the caret stands right behind something: there nothing is proposed yet.
    is_behind: bool,
}

impl Choices {
    pub fn at(text: &str, caret: usize) -> Self {
        let Completion { begun, prefix, wanted } = complete(text, caret);
        let last = text[..begun.start].chars().next_back();
        let is_open = |c: char| c.is_whitespace() || matches!(c, '.' | '(');
        let is_behind = begun.is_empty() && !last.is_none_or(is_open);
        let begun = begun.start..end_of_begun(text, &begun);
        Self { begun, prefix, wanted, is_behind }
    }

    /// The field whose values are wanted.
    pub fn field(&self) -> Option<&Field> {
        self.wanted.iter().find_map(|wanted| match wanted {
            Wanted::ValueOf(field) => Some(field),
            _ => None,
        })
    }

    /// Those that begin with what is written; values that contain it. None where it is whole already.
    pub fn list(&self, facts: &Facts, values: &[FieldValue]) -> Vec<Choice> {
        if self.is_behind {
            return Vec::new();
        }
        let prefix = self.prefix.to_lowercase();
        let mut choices: Vec<Choice> = Vec::new();
        for wanted in &self.wanted {
            match wanted {
                Wanted::Keyword(word) => {
                    let insert = if *word == "(" { "(".to_owned() } else { format!("{word} ") };
                    choices.push(Choice::new(word, keyword_words(word), insert));
                }
                Wanted::Dataset(dataset) => {
                    choices.push(Choice::new(dataset, dataset_words(dataset), (*dataset).to_owned()));
                }
                Wanted::FieldOf(source) => {
                    let fields = facts.fields(*source).into_iter();
                    choices.extend(
                        fields.map(|(name, kind)| Choice::new(name, kind_words(kind), format!("{name} "))),
                    );
                }
                Wanted::Parameter(name) => {
                    let name = format!("${name}");
                    choices.push(Choice::new(&name, "given with each request", name.clone()));
                }
                Wanted::ValueOf(_) => {}
            }
        }
        choices.retain(|choice| choice.label().to_lowercase().starts_with(&prefix));
        if self.field().is_some() {
            let fits = values.iter().filter(|value| value.text.to_lowercase().contains(&prefix));
            let mut found: Vec<Choice> = fits
                .map(|value| {
                    let rows = value.rows.map(|rows| format!("{} rows", count_words(rows as u64)));
                    let insert = Literal::Text(value.text.clone()).to_string();
                    Choice::new(&value.text, rows.unwrap_or_default(), insert)
                })
                .collect();
            found.append(&mut choices);
            choices = found;
        }
        match choices.as_slice() {
            [one] if one.label().eq_ignore_ascii_case(&self.prefix) && self.field().is_none() => Vec::new(),
            _ => choices,
        }
    }
}

/// Where what is begun ends: behind the word that the caret is in, and the quote right behind that where it began
/// with one.
fn end_of_begun(text: &str, begun: &Range<usize>) -> usize {
    if begun.is_empty() {
        return begun.end;
    }
    let rest = &text[begun.end..];
    let word: usize = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    let quote = text[begun.start..].chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote {
        None => begun.end + word,
        Some(quote) if rest[word..].starts_with(quote) => begun.end + word + 1,
        Some(_) => begun.end,
    }
}

fn keyword_words(word: &str) -> &'static str {
    match word {
        "INCLUDE" => "keep only what follows",
        "EXCLUDE" => "leave out what follows",
        "ItemID" => "choose items",
        "UserID" => "choose users",
        "ActionID" => "choose actions",
        "WHERE" => "what they are like",
        "AND" => "both hold",
        "OR" => "either holds",
        "IF" => "only for such users",
        "|" => "and another expression",
        "IN" => "has any of these",
        "NOT IN" => "has none of these",
        "(" => "a list of values",
        "," => "another value",
        ")" => "the end of the list",
        "=" => "is",
        "!=" => "is not",
        "<" => "is less than",
        "<=" => "is at most",
        ">" => "is more than",
        ">=" => "is at least",
        _ => "",
    }
}

fn dataset_words(dataset: &str) -> &'static str {
    match dataset {
        "Items." => "what an item is like",
        "Interactions." => "what the user did with it",
        "Users." => "what a user is like",
        "CurrentUser." => "the user who asks",
        "CurrentItem." => "the item asked about",
        _ => "",
    }
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Number(_) => "numbers",
        Kind::Text { several: true } => "categories",
        Kind::Text { several: false } => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_takes_the_place_of_what_is_begun() {
        let replaced = |text: &str, caret: usize| {
            let choices = Choices::at(text, caret);
            text[choices.begun].to_owned()
        };
        let text = "INCLUDE ItemID WHERE Items.GENRE IN (\"Comedy\")";
        assert_eq!(replaced(text, 3), "INCLUDE");
        assert_eq!(replaced(text, text.find("medy").unwrap()), "\"Comedy\"");
        let open = "INCLUDE ItemID WHERE Items.GENRE IN (\"Com) AND Items.X IN (\"b\")";
        assert_eq!(replaced(open, open.find(") AND").unwrap()), "\"Com");
        assert_eq!(replaced("INCLUDE ", 8), "");
    }

    #[test]
    fn values_come_first_and_are_quoted() {
        let choices = Choices::at("EXCLUDE ItemID WHERE Items.GENRE IN (\"x\", \"co", 44);
        let value = |text: &str| FieldValue { text: text.to_owned(), rows: Some(1_200) };
        let list = choices.list(&Facts::default(), &[value("Comedy"), value("a \"co"), value("Drama")]);
        let said: Vec<_> = list.iter().map(|choice| (choice.label(), choice.insert.as_str())).collect();
        assert_eq!(said, [("Comedy", "\"Comedy\""), ("a \"co", "\"a \\\"co\"")]);
        assert_eq!(list[0].proposal.detail, "1,200 rows");
        // A word that is whole already proposes nothing.
        assert!(Choices::at("INCLUDE", 7).list(&Facts::default(), &[]).is_empty());
        // Right behind a value the caret is not at a new word.
        let behind = "INCLUDE ItemID WHERE Items.YEAR = 3";
        assert!(Choices::at(behind, behind.len()).list(&Facts::default(), &[]).is_empty());
        let after = format!("{behind} ");
        assert_eq!(Choices::at(&after, after.len()).list(&Facts::default(), &[]).len(), 4);
        assert_eq!(Choices::at("IN", 2).list(&Facts::default(), &[]).len(), 1);
    }
}
