//! The colours of an expression, and lines under what is wrong in it.

use crate::domain::filter::{FilterError, Source, Target, Token, TokenKind, tokens};
use crate::ui::theme::Tokens;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Stroke};
use strum::IntoEnumIterator;

const KEYWORDS: [&str; 9] = ["INCLUDE", "EXCLUDE", "WHERE", "AND", "OR", "IF", "IN", "NOT", "NOT_IN"];

/// An expression to be laid out in a width.
pub(super) fn colored(text: &str, errors: &[FilterError], theme: &Tokens, width: f32) -> LayoutJob {
    let tokens = tokens(text);
    let wrong = |at: usize| errors.iter().any(|error| (error.span.start..error.span.end).contains(&at));
    let mut cuts: Vec<usize> = vec![0, text.len()];
    cuts.extend(tokens.iter().flat_map(|token| [token.span.start, token.span.end]));
    cuts.extend(errors.iter().flat_map(|error| [error.span.start, error.span.end]));
    cuts.sort_unstable();
    cuts.dedup();
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    for ends in cuts.windows(2) {
        let Some(part) = text.get(ends[0]..ends[1]) else { continue };
        let token = tokens.iter().find(|token| (token.span.start..token.span.end).contains(&ends[0]));
        let color = token.map_or(theme.color.text, |token| ink(text, *token, &tokens, theme));
        let mut format = TextFormat::simple(FontId::monospace(theme.size.mono), color);
        if wrong(ends[0]) {
            format.underline = Stroke::new(2.0, theme.color.error);
        }
        job.append(part, 0.0, format);
    }
    job
}

fn ink(text: &str, token: Token, all: &[Token], theme: &Tokens) -> Color32 {
    let color = &theme.color;
    match token.kind {
        TokenKind::Word => {
            let word = &text[token.span.start..token.span.end];
            let is = |other: &str| word.eq_ignore_ascii_case(other);
            let follows_dot =
                all.iter().any(|dot| dot.kind == TokenKind::Dot && dot.span.end == token.span.start);
            let is_dataset =
                Source::iter().any(|source| is(source.as_str())) || is("CurrentUser") || is("CurrentItem");
            if follows_dot {
                color.text
            } else if KEYWORDS.iter().any(|keyword| is(keyword)) {
                color.accent_text
            } else if is_dataset || Target::iter().any(|target| is(target.as_str())) {
                theme.series(2)
            } else {
                color.text
            }
        }
        TokenKind::Text { .. } => color.success,
        TokenKind::Number => color.warning,
        TokenKind::Parameter => theme.series(6),
        TokenKind::Unknown => color.error,
        TokenKind::Compare(_) | TokenKind::Dot | TokenKind::Comma | TokenKind::Open | TokenKind::Close => {
            color.text_muted
        }
        TokenKind::Pipe => color.accent_text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::filter::Filter;

    #[test]
    fn every_character_is_laid_out_and_what_is_wrong_is_underlined() {
        let theme = Tokens::dark().unwrap();
        let text = "INCLUDE ItemID WHERE Items.GENRE IS \"ä\"";
        let error = Filter::parse(text).unwrap_err();
        let job = colored(text, std::slice::from_ref(&error), &theme, 400.0);
        assert_eq!(job.text, text);
        let under = |stroke: Stroke| stroke.width > 0.0;
        let wrong: Vec<&str> = job
            .sections
            .iter()
            .filter(|section| under(section.format.underline))
            .map(|section| &job.text[section.byte_range.start.0..section.byte_range.end.0])
            .collect();
        assert_eq!(wrong, ["IS"]);
        assert!(colored("", &[], &theme, 400.0).text.is_empty());
    }
}
