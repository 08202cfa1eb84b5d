//! What may be written next: for an editor.

use super::token::{Token, TokenKind, tokens};
use super::{Field, Operator, Source, Target};
use std::ops::Range;
use strum::IntoEnumIterator;

/// What fits where the caret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of what is begun there; empty where nothing is.
    pub begun: Range<usize>,
    /// What stands in `begun`, a quote at its start left out.
    pub prefix: String,
    pub wanted: Vec<Wanted>,
}

/// Something that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A keyword or a sign, as it is written.
    Keyword(&'static str),
    /// A dataset with its dot, as it is written.
    Dataset(&'static str),
    /// A field of a dataset.
    FieldOf(Source),
    /// A value of a field.
    ValueOf(Field),
    /// `$` and a name, such as that of the field.
    Parameter(String),
}

/// What the tokens before the caret lead up to.
#[derive(Debug, Clone)]
enum State {
    Action,
    Target,
    Where,
    Condition,
    Name(Source),
    Operator(Field),
    /// After IN and NOT IN.
    List(Field),
    /// Inside the parentheses of a list, where a value stands.
    InList(Field),
    AfterListValue(Field),
    /// After a comparison sign.
    Right(Field),
    CurrentItemName,
    AfterCondition,
    /// Nothing that is known here.
    Lost,
}

/// What may stand at a caret, in bytes, from what stands before it.
pub fn complete(text: &str, caret: usize) -> Completion {
    let before = text.get(..caret).unwrap_or(text);
    let all = tokens(before);
    let is_begun = |token: &Token| {
        let open_text = matches!(token.kind, TokenKind::Text { closed: false });
        (token.kind == TokenKind::Word && token.span.end == before.len()) || open_text
    };
    let begun = all.last().copied().filter(is_begun);
    let done = &all[..all.len() - usize::from(begun.is_some())];
    let mut walk = Walk {
        text: before,
        state: State::Action,
        behind_if: false,
        is_negative: false,
        target: None,
        source: None,
    };
    for token in done {
        walk.step(*token);
    }
    let wanted = walk.wanted();
    let begun = begun.map_or(before.len()..before.len(), |token| token.span.start..token.span.end);
    let prefix = before[begun.clone()].trim_start_matches(['"', '\'']).to_owned();
    Completion { begun, prefix, wanted }
}

struct Walk<'t> {
    text: &'t str,
    state: State,
    behind_if: bool,
    /// Whether the comparison is NOT IN, which takes no parameter.
    is_negative: bool,
    target: Option<Target>,
    source: Option<Source>,
}

impl Walk<'_> {
    fn step(&mut self, token: Token) {
        let word = &self.text[token.span.start..token.span.end];
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let state = std::mem::replace(&mut self.state, State::Lost);
        self.state = match (state, token.kind) {
            (State::Action, _) if is("INCLUDE") || is("EXCLUDE") => State::Target,
            (State::Target, _) => {
                self.target = Target::iter().find(|target| is(target.as_str()));
                self.target.map_or(State::Lost, |_| State::Where)
            }
            (State::Where, _) if is("WHERE") => State::Condition,
            (State::Condition, _) if self.behind_if && is("CurrentUser") => State::Name(Source::Users),
            (State::Condition, _) => {
                self.source = Source::iter().find(|source| is(source.as_str()));
                self.source.map_or(State::Lost, State::Name)
            }
            (State::Name(source), TokenKind::Dot) => State::Name(source),
            (State::Name(source), TokenKind::Word) => {
                self.is_negative = false;
                State::Operator(Field { source, name: word.to_owned() })
            }
            (State::Operator(field), _) if is("NOT") => {
                self.is_negative = true;
                State::Operator(field)
            }
            (State::Operator(field), _) if is("IN") || is("NOT_IN") => {
                self.is_negative |= is("NOT_IN");
                State::List(field)
            }
            (State::Operator(field), TokenKind::Compare(_)) | (State::Right(field), TokenKind::Open) => {
                State::Right(field)
            }
            (State::List(field), TokenKind::Open) | (State::AfterListValue(field), TokenKind::Comma) => {
                State::InList(field)
            }
            (State::List(_) | State::Right(_), _) if is("CurrentItem") => State::CurrentItemName,
            (State::InList(field), TokenKind::Text { .. } | TokenKind::Number | TokenKind::Parameter) => {
                State::AfterListValue(field)
            }
            (State::AfterListValue(_) | State::AfterCondition, TokenKind::Close)
            | (State::Right(_), TokenKind::Text { .. } | TokenKind::Number | TokenKind::Parameter)
            | (State::CurrentItemName, TokenKind::Word) => State::AfterCondition,
            (State::CurrentItemName, TokenKind::Dot) => State::CurrentItemName,
            (State::AfterCondition, TokenKind::Pipe) => {
                self.behind_if = false;
                self.source = None;
                State::Action
            }
            (State::AfterCondition, _) if is("AND") || is("OR") => State::Condition,
            (State::AfterCondition, _) if is("IF") => {
                self.behind_if = true;
                State::Condition
            }
            _ => State::Lost,
        };
    }

    fn wanted(&self) -> Vec<Wanted> {
        let keywords =
            |words: &[&'static str]| words.iter().copied().map(Wanted::Keyword).collect::<Vec<_>>();
        match &self.state {
            State::Action => keywords(&["INCLUDE", "EXCLUDE"]),
            State::Target => match self.target {
                Some(target) => vec![Wanted::Keyword(target.as_str())],
                None => Target::iter().map(|target| Wanted::Keyword(target.as_str())).collect(),
            },
            State::Where => keywords(&["WHERE"]),
            State::Condition if self.behind_if => vec![Wanted::Dataset("CurrentUser.")],
            State::Condition => {
                let sources = self.target.map_or([Source::Items, Source::Interactions], Target::sources);
                let fits = |source: &Source| self.source.is_none_or(|before| before == *source);
                sources.into_iter().filter(fits).map(|source| Wanted::Dataset(dotted(source))).collect()
            }
            State::Name(source) => vec![Wanted::FieldOf(*source)],
            State::Operator(_) => {
                let signs = Operator::iter().map(|operator| Wanted::Keyword(operator.as_str()));
                signs.collect()
            }
            State::List(field) => {
                let mut wanted = keywords(&["("]);
                wanted.extend(self.current_item(field).filter(|_| !self.is_negative));
                wanted
            }
            State::InList(field) => {
                let mut wanted = vec![Wanted::ValueOf(field.clone())];
                wanted
                    .extend((!self.is_negative).then(|| Wanted::Parameter(field.name.to_ascii_uppercase())));
                wanted
            }
            State::AfterListValue(_) => keywords(&[",", ")"]),
            State::Right(field) => {
                let mut wanted = vec![Wanted::ValueOf(field.clone())];
                wanted.push(Wanted::Parameter(field.name.to_ascii_uppercase()));
                wanted.extend(self.current_item(field));
                wanted
            }
            State::CurrentItemName => vec![Wanted::FieldOf(Source::Items)],
            State::AfterCondition if self.behind_if => keywords(&["AND", "|"]),
            State::AfterCondition => keywords(&["AND", "OR", "IF", "|"]),
            State::Lost => Vec::new(),
        }
    }

    fn current_item(&self, field: &Field) -> Option<Wanted> {
        let fits = self.target == Some(Target::Items) && !field.source.is_events();
        fits.then_some(Wanted::Dataset("CurrentItem."))
    }
}

fn dotted(source: Source) -> &'static str {
    match source {
        Source::Interactions => "Interactions.",
        Source::Items => "Items.",
        Source::Users => "Users.",
        Source::Actions => "Actions.",
        Source::ActionInteractions => "Action_Interactions.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> (String, Vec<String>) {
        let found = complete(text, text.len());
        let said = found.wanted.into_iter().map(|wanted| match wanted {
            Wanted::Keyword(word) | Wanted::Dataset(word) => word.to_owned(),
            Wanted::FieldOf(source) => format!("fields of {source}"),
            Wanted::ValueOf(field) => format!("values of {field}"),
            Wanted::Parameter(name) => format!("${name}"),
        });
        (found.prefix, said.collect())
    }

    #[test]
    fn every_place_has_what_may_stand_there() {
        let cases = [
            ("", "", "INCLUDE EXCLUDE"),
            ("inc", "inc", "INCLUDE EXCLUDE"),
            ("INCLUDE ", "", "ItemID UserID ActionID"),
            ("INCLUDE ItemID ", "", "WHERE"),
            ("INCLUDE ItemID WHERE It", "It", "Items. Interactions."),
            ("INCLUDE UserID WHERE ", "", "Users. Interactions."),
            ("INCLUDE ItemID WHERE items.ge", "ge", "fields of Items"),
            ("INCLUDE ItemID WHERE Items.GENRE N", "N", "IN NOT IN = != < <= > >="),
            ("INCLUDE ItemID WHERE Items.GENRE NOT IN (", "", "values of Items.GENRE"),
            ("INCLUDE ItemID WHERE Items.GENRE IN (\"Com", "Com", "values of Items.GENRE $GENRE"),
            ("INCLUDE ItemID WHERE Items.GENRE IN (\"a\", 'Dr", "Dr", "values of Items.GENRE $GENRE"),
            ("INCLUDE ItemID WHERE Items.GENRE IN (\"a\"", "", ", )"),
            ("INCLUDE ItemID WHERE Items.GENRE IN ", "", "( CurrentItem."),
            ("INCLUDE ItemID WHERE Items.GENRE NOT IN ", "", "("),
            ("INCLUDE ItemID WHERE Items.price < ", "", "values of Items.price $PRICE CurrentItem."),
            ("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.", "", "fields of Items"),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 ", "", "AND OR IF |"),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 AND ", "", "Items."),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 IF ", "", "CurrentUser."),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 IF CurrentUser.A", "A", "fields of Users"),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 IF CurrentUser.AGE > 18 ", "", "AND |"),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 | EXCLUDE ", "", "ItemID"),
            ("INCLUDE ItemID WHERE Items.PRICE < 3 | EXCLUDE ItemID WHERE ", "", "Items. Interactions."),
            ("SELECT * FROM ", "", ""),
        ];
        for (text, prefix, wanted) in cases {
            let (found, words) = words(text);
            assert_eq!((found.as_str(), words.join(" ").as_str()), (prefix, wanted), "{text}");
        }
        // Only what stands before the caret counts.
        let text = "INCLUDE ItemID WHERE Items.GENRE IN (\"a\")";
        assert_eq!(
            complete(text, 10),
            Completion {
                begun: 8..10,
                prefix: "It".to_owned(),
                wanted: vec![
                    Wanted::Keyword("ItemID"),
                    Wanted::Keyword("UserID"),
                    Wanted::Keyword("ActionID")
                ],
            }
        );
    }
}
