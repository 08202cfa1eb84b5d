//! An expression as tokens. Every text has some: what the language does not know is a token too, so that an editor can
//! colour an unfinished expression and a parser can say what is wrong with it.

use super::{Operator, Span};
use winnow::combinator::{alt, opt, preceded};
use winnow::token::{any, one_of, take_while};
use winnow::{LocatingSlice, Parser};

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// What kind of token it is; what it says stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword, a dataset or a field.
    Word,
    /// `$` and a name, which may be missing.
    Parameter,
    /// Text in quotes, of which the second may be missing.
    Text {
        closed: bool,
    },
    Number,
    Compare(Operator),
    Dot,
    Comma,
    Open,
    Close,
    Pipe,
    Unknown,
}

type Input<'a> = LocatingSlice<&'a str>;

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut input = LocatingSlice::new(text);
    let mut found = Vec::new();
    while let Ok(token) = token(&mut input) {
        found.push(token);
    }
    found
}

/// The next token; none at the end.
fn token(input: &mut Input<'_>) -> winnow::Result<Token> {
    let kind = alt((word, parameter, quoted, number, comparison, mark));
    let (kind, range) = preceded(blanks, kind.with_span()).parse_next(input)?;
    Ok(Token { kind, span: Span { start: range.start, end: range.end } })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn blanks(input: &mut Input<'_>) -> winnow::Result<()> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

fn word(input: &mut Input<'_>) -> winnow::Result<TokenKind> {
    let begins = |c: char| c.is_alphabetic() || c == '_';
    (one_of(begins), take_while(0.., is_word)).value(TokenKind::Word).parse_next(input)
}

fn parameter(input: &mut Input<'_>) -> winnow::Result<TokenKind> {
    ('$', take_while(0.., is_word)).value(TokenKind::Parameter).parse_next(input)
}

fn number(input: &mut Input<'_>) -> winnow::Result<TokenKind> {
    let digits = || take_while(1.., |c: char| c.is_ascii_digit());
    (opt('-'), digits(), opt(('.', digits()))).value(TokenKind::Number).parse_next(input)
}

fn quoted(input: &mut Input<'_>) -> winnow::Result<TokenKind> {
    let quote = one_of(['"', '\'']).parse_next(input)?;
    loop {
        let Ok(c) = character(input) else { return Ok(TokenKind::Text { closed: false }) };
        if c == quote {
            return Ok(TokenKind::Text { closed: true });
        }
        if c == '\\' {
            escaped(input)?;
        }
    }
}

fn character(input: &mut Input<'_>) -> winnow::Result<char> {
    any.parse_next(input)
}

/// What a `\` may stand before.
fn escaped(input: &mut Input<'_>) -> winnow::Result<Option<char>> {
    opt(one_of(['"', '\'', '\\'])).parse_next(input)
}

/// A run of comparison signs is one token, also where it is none of the language's.
fn comparison(input: &mut Input<'_>) -> winnow::Result<TokenKind> {
    take_while(1.., ['=', '!', '<', '>'])
        .map(|signs: &str| match signs {
            "=" => TokenKind::Compare(Operator::Equal),
            "!=" => TokenKind::Compare(Operator::Unequal),
            "<" => TokenKind::Compare(Operator::Less),
            "<=" => TokenKind::Compare(Operator::LessOrEqual),
            ">" => TokenKind::Compare(Operator::Greater),
            ">=" => TokenKind::Compare(Operator::GreaterOrEqual),
            _ => TokenKind::Unknown,
        })
        .parse_next(input)
}

fn mark(input: &mut Input<'_>) -> winnow::Result<TokenKind> {
    any.map(|c| match c {
        '.' => TokenKind::Dot,
        ',' => TokenKind::Comma,
        '(' => TokenKind::Open,
        ')' => TokenKind::Close,
        '|' => TokenKind::Pipe,
        _ => TokenKind::Unknown,
    })
    .parse_next(input)
}

/// What a text in quotes says: without them, and without the `\` before quotes and other `\`.
pub(super) fn unquoted(text: &str, closed: bool) -> String {
    let inner = &text[1..text.len() - usize::from(closed)];
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(c) = characters.next() {
        let escaped = (c == '\\').then(|| characters.next_if(|next| matches!(next, '"' | '\'' | '\\')));
        out.push(escaped.flatten().unwrap_or(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).into_iter().map(|token| (token.kind, &text[token.span.start..token.span.end])).collect()
    }

    #[test]
    fn every_character_but_blanks_is_in_a_token() {
        use TokenKind::{Close, Compare, Dot, Number, Open, Parameter, Pipe, Text, Unknown, Word};
        assert_eq!(
            read("INCLUDE  Items.PRICE<=-1.5|($P,'a\\'b')"),
            [
                (Word, "INCLUDE"),
                (Word, "Items"),
                (Dot, "."),
                (Word, "PRICE"),
                (Compare(Operator::LessOrEqual), "<="),
                (Number, "-1.5"),
                (Pipe, "|"),
                (Open, "("),
                (Parameter, "$P"),
                (TokenKind::Comma, ","),
                (Text { closed: true }, "'a\\'b'"),
                (Close, ")"),
            ]
        );
        assert_eq!(
            read("== “x” $ \"open\\\""),
            [
                (Unknown, "=="),
                (Unknown, "“"),
                (Word, "x"),
                (Unknown, "”"),
                (Parameter, "$"),
                (Text { closed: false }, "\"open\\\""),
            ]
        );
        assert!(read(" \n\t").is_empty());
    }

    #[test]
    fn escapes_stand_before_quotes_and_themselves() {
        for (text, said) in
            [(r#""a\"b""#, "a\"b"), (r"'\\'", r"\"), (r#""C:\dir""#, r"C:\dir"), (r#"'"'"#, "\"")]
        {
            assert_eq!(unquoted(text, true), said);
        }
        assert_eq!(unquoted("\"ab", false), "ab");
    }
}
