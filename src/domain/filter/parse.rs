//! An expression read from its text: by recursive descent over tokens, so that each place can say what it expected.

use super::error::FilterError;
use super::nearest::nearest;
use super::token::{Token, TokenKind, tokens, unquoted};
use super::{
    Action, Condition, Expression, Field, Filter, Literal, Operator, Source, Span, Spanned, Target, Value,
};
use crate::domain::limits::{MAX_FILTER_CHARS, MAX_FILTER_KEY_CHARS};
use strum::IntoEnumIterator;

const EXAMPLE: &str = "INCLUDE ItemID WHERE Items.GENRE IN (\"Comedy\")";
const CURRENT_USER: &str = "CurrentUser";
const CURRENT_ITEM: &str = "CurrentItem";

type Parsed<T> = Result<T, FilterError>;

impl Filter {
    /// Reads an expression. What is wrong first is said.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let length = text.chars().count();
        if length > MAX_FILTER_CHARS {
            let what = format!("the filter has {length} characters, and {MAX_FILTER_CHARS} are the most");
            return Err(FilterError::new(
                text,
                Span { start: text.len(), end: text.len() },
                what,
                "shorten it, or use two filters",
            ));
        }
        let mut parser = Parser { text, tokens: tokens(text), at: 0 };
        let (target, expressions) = parser.filter()?;
        Ok(Self { text: text.to_owned(), target, expressions })
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Parser<'t> {
    fn filter(&mut self) -> Parsed<(Target, Vec<Expression>)> {
        if self.tokens.is_empty() {
            return Err(self.wrong("the filter is empty", format!("write one such as {EXAMPLE}")));
        }
        let (mut chosen, mut expressions) = (None, Vec::new());
        loop {
            let (target, expression) = self.expression(chosen)?;
            chosen = Some(target);
            expressions.push(expression);
            match self.peek() {
                None => return Ok((target, expressions)),
                Some(Token { kind: TokenKind::Pipe, .. }) => self.at += 1,
                Some(_) => {
                    let is_if = self.is_keyword("IF");
                    let (expected, remedy) = if is_if {
                        ("an expression has one IF", "join its conditions with AND")
                    } else {
                        ("here AND, OR, IF, | or the end is expected", "put one of them before it")
                    };
                    return Err(self.wrong(expected, remedy));
                }
            }
        }
    }

    fn expression(&mut self, chosen: Option<Target>) -> Parsed<(Target, Expression)> {
        let begins = self.here();
        let action = self.action()?;
        let target = self.target(chosen)?;
        self.keyword("WHERE")?;
        let alternatives = self.alternatives()?;
        let only_if = if self.take_keyword("IF") { self.user_conditions()? } else { Vec::new() };
        let span = begins.to(self.before());
        Ok((target, Expression { action, alternatives, only_if, span }))
    }

    fn action(&mut self) -> Parsed<Action> {
        if self.take_keyword("INCLUDE") {
            return Ok(Action::Include);
        }
        if self.take_keyword("EXCLUDE") {
            return Ok(Action::Exclude);
        }
        let remedy = self.suggest(&["INCLUDE", "EXCLUDE"], format!("begin as in {EXAMPLE}"));
        Err(self.wrong("an expression begins with INCLUDE or EXCLUDE", remedy))
    }

    fn target(&mut self, chosen: Option<Target>) -> Parsed<Target> {
        let Some(target) = Target::iter().find(|target| self.is_keyword(target.as_str())) else {
            let names: Vec<&str> = Target::iter().map(Target::as_str).collect();
            let remedy = self.suggest(&names, "write ItemID to choose items".to_owned());
            return Err(self.wrong("after INCLUDE or EXCLUDE stands ItemID, UserID or ActionID", remedy));
        };
        if let Some(chosen) = chosen.filter(|chosen| *chosen != target) {
            let what = format!("the filter is about {chosen}, and a filter has one target");
            return Err(self.wrong(what, format!("write {chosen}, or make a second filter")));
        }
        self.at += 1;
        Ok(target)
    }

    fn alternatives(&mut self) -> Parsed<Vec<Vec<Condition>>> {
        let mut alternatives = vec![Vec::new()];
        let mut source = None;
        loop {
            let condition = self.condition(source)?;
            source = Some(condition.field.value.source);
            if let Some(conjunction) = alternatives.last_mut() {
                conjunction.push(condition);
            }
            if self.take_keyword("OR") {
                alternatives.push(Vec::new());
            } else if !self.take_keyword("AND") {
                return Ok(alternatives);
            }
        }
    }

    fn user_conditions(&mut self) -> Parsed<Vec<Condition>> {
        let mut conditions = Vec::new();
        loop {
            let Some(word) = self.peek_word() else {
                return Err(self.wrong("after IF stands a condition on CurrentUser", AFTER_IF));
            };
            if !word.eq_ignore_ascii_case(CURRENT_USER) {
                let what = format!("after IF stand conditions on CurrentUser only, not on {word}");
                return Err(self.wrong(what, AFTER_IF));
            }
            let begins = self.here();
            self.at += 1;
            let field = self.field_of(Source::Users, begins, CURRENT_USER)?;
            conditions.push(self.comparison(field)?);
            if self.is_keyword("OR") {
                return Err(self.wrong(
                    "conditions after IF are joined by AND only",
                    "write the expression twice, joined by |, one condition each",
                ));
            }
            if !self.take_keyword("AND") {
                return Ok(conditions);
            }
        }
    }

    /// A condition on the dataset of those before it.
    fn condition(&mut self, before: Option<Source>) -> Parsed<Condition> {
        let names: Vec<&str> = Source::iter().map(Source::as_str).collect();
        let known = format!("write a field such as Items.GENRE, of one of {}", names.join(", "));
        if matches!(self.peek(), Some(Token { kind: TokenKind::Open, .. })) {
            let what = "the language has no parentheses around conditions";
            return Err(
                self.wrong(what, "write them out: AND binds tighter than OR, and | joins expressions")
            );
        }
        let Some(word) = self.peek_word() else {
            return Err(self.wrong("here a condition is expected", known));
        };
        if word.eq_ignore_ascii_case(CURRENT_USER) {
            return Err(self
                .wrong("CurrentUser stands after IF only", "end the expression with IF and this condition"));
        }
        if word.eq_ignore_ascii_case(CURRENT_ITEM) {
            return Err(self.wrong(
                "CurrentItem stands at the right of a comparison",
                "begin with the field of Items, as in Items.PRICE < CurrentItem.PRICE",
            ));
        }
        let Some(source) = Source::iter().find(|source| word.eq_ignore_ascii_case(source.as_str())) else {
            let what = format!("there is no dataset {word}");
            let remedy = self.suggest(&names, format!("use one of {}", names.join(", ")));
            return Err(self.wrong(what, remedy));
        };
        if let Some(before) = before.filter(|before| *before != source) {
            let what = format!("one expression reads one dataset, and this one began with {before}");
            return Err(self.wrong(what, "put | between them and begin a second expression"));
        }
        let begins = self.here();
        self.at += 1;
        let field = self.field_of(source, begins, source.as_str())?;
        self.comparison(field)
    }

    /// `.` and a name, after a dataset.
    fn field_of(&mut self, source: Source, begins: Span, dataset: &str) -> Parsed<Spanned<Field>> {
        let name = self.name_after_dot(dataset)?;
        let span = begins.to(self.before());
        Ok(Spanned { value: Field { source, name }, span })
    }

    fn name_after_dot(&mut self, dataset: &str) -> Parsed<String> {
        let remedy = || format!("write {dataset}. and the name of a field");
        if !matches!(self.peek(), Some(Token { kind: TokenKind::Dot, .. })) {
            return Err(self.wrong(format!("after {dataset} a dot and a field are expected"), remedy()));
        }
        self.at += 1;
        let Some(name) = self.peek_word() else {
            return Err(self.wrong("after the dot the name of a field is expected", remedy()));
        };
        self.at += 1;
        Ok(name.to_owned())
    }

    fn comparison(&mut self, field: Spanned<Field>) -> Parsed<Condition> {
        let operator = self.operator()?;
        let values = match operator.value {
            Operator::In => self.list_or_current_item()?,
            Operator::NotIn => self.constants()?,
            _ => vec![self.right_side()?],
        };
        Ok(Condition { field, operator, values })
    }

    fn operator(&mut self) -> Parsed<Spanned<Operator>> {
        let begins = self.here();
        let operator = match self.peek().map(|token| token.kind) {
            Some(TokenKind::Compare(operator)) => {
                self.at += 1;
                operator
            }
            _ if self.take_keyword("IN") => Operator::In,
            _ if self.take_keyword("NOT_IN") => Operator::NotIn,
            _ if self.take_keyword("NOT") => {
                self.keyword("IN")?;
                Operator::NotIn
            }
            _ => {
                let signs = match self.here_text() {
                    "==" => "write =",
                    "<>" | "=!" => "write !=",
                    "=<" => "write <=",
                    "=>" => "write >=",
                    _ => "use IN, NOT IN, =, !=, <, <=, > or >=",
                };
                return Err(self.wrong("here a comparison is expected", signs));
            }
        };
        Ok(Spanned { value: operator, span: begins.to(self.before()) })
    }

    /// After IN: values in parentheses, or a field of the current item.
    fn list_or_current_item(&mut self) -> Parsed<Vec<Spanned<Value>>> {
        if let Some(item) = self.current_item()? {
            return Ok(vec![item]);
        }
        self.list(Self::list_value)
    }

    /// After NOT IN: literals in parentheses.
    fn constants(&mut self) -> Parsed<Vec<Spanned<Value>>> {
        self.list(|parser| match parser.peek() {
            Some(token @ Token { kind: TokenKind::Parameter, .. }) => {
                let name = parser.text_of(token).trim_start_matches('$');
                Err(FilterError::parameter_after_not_in(parser.text, token.span, name))
            }
            _ => parser.list_value(),
        })
    }

    fn list(
        &mut self,
        mut value: impl FnMut(&mut Self) -> Parsed<Spanned<Value>>,
    ) -> Parsed<Vec<Spanned<Value>>> {
        const LIST: &str = "write the values in parentheses with commas between, as in (\"a\", \"b\")";
        if !matches!(self.peek(), Some(Token { kind: TokenKind::Open, .. })) {
            return Err(self.wrong("after IN and NOT IN an opening parenthesis is expected", LIST));
        }
        self.at += 1;
        let mut values = Vec::new();
        loop {
            values.push(value(self)?);
            match self.peek().map(|token| token.kind) {
                Some(TokenKind::Comma) => self.at += 1,
                Some(TokenKind::Close) => {
                    self.at += 1;
                    return Ok(values);
                }
                _ => return Err(self.wrong("here a comma or a closing parenthesis is expected", LIST)),
            }
        }
    }

    fn list_value(&mut self) -> Parsed<Spanned<Value>> {
        if self.peek_word().is_some_and(|word| word.eq_ignore_ascii_case(CURRENT_ITEM)) {
            return Err(self.wrong(
                "CurrentItem is no value of a list",
                "leave the parentheses out, as in Items.GENRE IN CurrentItem.GENRE",
            ));
        }
        self.value()
    }

    /// After a comparison sign: a literal, a parameter (also in parentheses) or a field of the current item.
    fn right_side(&mut self) -> Parsed<Spanned<Value>> {
        if let Some(item) = self.current_item()? {
            return Ok(item);
        }
        if !matches!(self.peek(), Some(Token { kind: TokenKind::Open, .. })) {
            return self.value();
        }
        self.at += 1;
        if !matches!(self.peek(), Some(Token { kind: TokenKind::Parameter, .. })) {
            return Err(self.wrong(
                "after a comparison sign only a parameter may stand in parentheses",
                "leave the parentheses out, or compare with IN",
            ));
        }
        let value = self.value()?;
        if !matches!(self.peek(), Some(Token { kind: TokenKind::Close, .. })) {
            return Err(
                self.wrong("here a closing parenthesis is expected", "one parameter stands in parentheses")
            );
        }
        self.at += 1;
        Ok(value)
    }

    /// A literal or a parameter.
    fn value(&mut self) -> Parsed<Spanned<Value>> {
        let Some(token) = self.peek() else {
            return Err(self.wrong("here a value is expected", VALUES));
        };
        let text = self.text_of(token);
        let value = match token.kind {
            TokenKind::Text { closed: true } => Value::Literal(Literal::Text(unquoted(text, true))),
            TokenKind::Text { closed: false } => {
                return Err(self.wrong("this text does not end", "put the same quote at its end"));
            }
            TokenKind::Number => Value::Literal(Literal::Number(text.to_owned())),
            TokenKind::Parameter => Value::Parameter(self.parameter_name(text)?),
            TokenKind::Word if text.eq_ignore_ascii_case("NULL") => {
                return Err(self.wrong(
                    "the language has no NULL",
                    "a condition on a missing value is false: INCLUDE drops it, EXCLUDE keeps it",
                ));
            }
            TokenKind::Word => {
                return Err(
                    self.wrong("here a value is expected", format!("put texts in quotes: \"{text}\""))
                );
            }
            _ if text == "*" => {
                return Err(self.wrong("here a value is expected", "put the star in quotes: \"*\""));
            }
            _ => return Err(self.wrong("here a value is expected", VALUES)),
        };
        self.at += 1;
        Ok(Spanned { value, span: token.span })
    }

    fn parameter_name(&self, token: &str) -> Parsed<String> {
        let name = &token[1..];
        let length = name.chars().count();
        if name.is_empty() {
            return Err(self.wrong("a parameter is $ and a name", "name it, as in $GENRE"));
        }
        if length > MAX_FILTER_KEY_CHARS || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            let what = format!("the name of this parameter has {length} characters");
            let rule = format!(
                "use 1 to {MAX_FILTER_KEY_CHARS} letters from A to Z, digits and underscores, as requests do"
            );
            return Err(self.wrong(what, rule));
        }
        Ok(name.to_owned())
    }

    fn current_item(&mut self) -> Parsed<Option<Spanned<Value>>> {
        if !self.peek_word().is_some_and(|word| word.eq_ignore_ascii_case(CURRENT_ITEM)) {
            return Ok(None);
        }
        let begins = self.here();
        self.at += 1;
        let name = self.name_after_dot(CURRENT_ITEM)?;
        Ok(Some(Spanned { value: Value::CurrentItem(name), span: begins.to(self.before()) }))
    }

    // ----- tokens -----

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn text_of(&self, token: Token) -> &'t str {
        &self.text[token.span.start..token.span.end]
    }

    fn peek_word(&self) -> Option<&'t str> {
        self.peek().filter(|token| token.kind == TokenKind::Word).map(|token| self.text_of(token))
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        self.peek_word().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let is_here = self.is_keyword(keyword);
        self.at += usize::from(is_here);
        is_here
    }

    fn keyword(&mut self, keyword: &'static str) -> Parsed<()> {
        if self.take_keyword(keyword) {
            return Ok(());
        }
        let remedy = self.suggest(&[keyword], format!("put {keyword} before it"));
        Err(self.wrong(format!("here {keyword} is expected"), remedy))
    }

    /// Where the next token stands; the end of the text where there is none.
    fn here(&self) -> Span {
        let end = self.text.trim_end().len();
        self.peek().map_or(Span { start: end, end }, |token| token.span)
    }

    fn here_text(&self) -> &'t str {
        self.peek().map_or("", |token| self.text_of(token))
    }

    /// Where the last token taken stands.
    fn before(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or_else(Span::default, |token| token.span)
    }

    /// The word here corrected, where it is like one that may stand here; otherwise what else to do.
    fn suggest(&self, known: &[&str], otherwise: String) -> String {
        let word = self.peek_word();
        match word.and_then(|word| nearest(word, known.iter().copied())) {
            Some(meant) => format!("write {meant}"),
            None => otherwise,
        }
    }

    fn wrong(&self, what: impl Into<String>, remedy: impl Into<String>) -> FilterError {
        if self.here_text().starts_with(['“', '”', '„', '‘', '’', '«', '»']) {
            let what = "texts stand in straight quotes, not in typeset ones";
            return FilterError::new(self.text, self.here(), what, "write \" before and after the text");
        }
        FilterError::new(self.text, self.here(), what, remedy)
    }
}

const AFTER_IF: &str = "write IF CurrentUser. and a field of Users";
const VALUES: &str = "write a text in quotes, a number or a $PARAMETER";
