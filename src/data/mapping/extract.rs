//! What a field takes from its column's cells, where that is not the whole cell.

use crate::domain::mapping::Reading;
use polars::prelude::{NewChunkedArray, StringChunked};

/// The cells as the reading takes them; missing where there is nothing to take.
pub fn extract(reading: &Reading, cells: &StringChunked) -> StringChunked {
    match reading {
        Reading::Whole => cells.clone(),
        Reading::Year => StringChunked::from_iter_options(
            cells.name().clone(),
            cells.iter().map(|cell| cell.and_then(year)),
        ),
        Reading::Codes(codes) => {
            let meaning = |cell| {
                codes.iter().find(|(code, _)| code == cell).map_or(cell, |(_, meaning)| meaning.as_str())
            };
            let named = cells.iter().map(|cell| cell.map(meaning).filter(|meaning| !meaning.is_empty()));
            StringChunked::from_iter_options(cells.name().clone(), named)
        }
    }
}

/// The last `(1995)` of a title, or the first four digits that stand alone (`01-Jan-1995`, `1995-01-01`).
pub(crate) fn year(cell: &str) -> Option<&str> {
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let bracketed = cell.rmatch_indices('(').find_map(|(open, _)| {
        let inside = cell[open + 1..].split(')').next()?;
        // `(1976-1980)` of a series: the year it began.
        let first = inside.split(['-', '–']).next()?.trim();
        is_year(first).then_some(first)
    });
    let has_letters_around = cell.chars().filter(|character| character.is_alphabetic()).count() > 3;
    bracketed.or_else(|| {
        let mut runs = cell.split(|character: char| !character.is_ascii_digit());
        if has_letters_around { None } else { runs.find(|run| is_year(run)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom;

    #[test]
    fn years_are_found_in_titles_and_dates() {
        assert_eq!(year("Toy Story (1995)"), Some("1995"));
        assert_eq!(year("2001: A Space Odyssey (1968) "), Some("1968"));
        assert_eq!(year("Babylon 5"), None);
        assert_eq!(year("Death Note (2006–2007)"), Some("2006"));
        assert_eq!(year("Se7en (a.k.a. Seven) (1995)"), Some("1995"));
        assert_eq!(year("01-Jan-1995"), Some("1995"));
        assert_eq!(year("1995-01-01"), Some("1995"));
        assert_eq!(year("1984"), Some("1984"));
        assert_eq!(year(""), None);
    }

    #[test]
    fn codes_are_named() {
        let cells = StringChunked::new("age".into(), [Some("1"), Some("99"), None, Some("0")]);
        let codes = Reading::Codes(vec![("1".into(), "under 18".into()), ("0".into(), String::new())]);
        let found: Vec<Option<String>> =
            extract(&codes, &cells).iter().map(|cell| cell.map(str::to_owned)).collect();
        assert_eq!(found, [Some("under 18".to_owned()), Some("99".to_owned()), None, None]);
    }
}
