//! Mends applied to the cells that broke a rule, and to no other.

use super::convert::{BadCell, Converted, Expectation, convert};
use crate::data::time::epoch_seconds;
use crate::domain::limits::MAX_STRING_CHARS;
use crate::domain::mapping::TimestampRule;
use crate::domain::mend::Mend;
use crate::domain::problem::Rule;
use crate::domain::schema::FieldType;
use polars::prelude::*;

/// A column after its mends.
pub(super) struct Mended {
    pub series: Series,
    /// Cells that are still bad, by row, as they stand in the file.
    pub bad: Vec<BadCell>,
    /// Cells that each mend repaired, `[mends]`.
    pub repaired: Vec<u64>,
}

/// Tries the mends in their order on each bad cell; the work of one is the next one's start.
pub(super) fn mend(
    expectation: &Expectation,
    converted: Converted,
    mends: &[Mend],
) -> Result<Mended, PolarsError> {
    let Converted { mut series, bad, .. } = converted;
    let mut repaired = vec![0; mends.len()];
    let mut open: Vec<OpenCell> = bad.into_iter().map(OpenCell::new).collect();
    let rows = series.len();
    // Where each row's value lies once repaired values stand behind the column.
    let mut places: Option<Vec<IdxSize>> = None;
    for (index, mend) in mends.iter().enumerate() {
        let (touched, untouched): (Vec<OpenCell>, Vec<OpenCell>) =
            open.into_iter().partition(|cell| cell.is_touched(mend, expectation));
        open = untouched;
        if touched.is_empty() {
            continue;
        }
        let mut after = expectation.clone();
        if *mend == Mend::MillisecondsToSeconds {
            after.time = Some(TimestampRule::Seconds);
        }
        let texts: Vec<Option<String>> = touched.iter().map(|cell| cell.mended(mend, expectation)).collect();
        let column: StringChunked = texts.iter().map(Option::as_deref).collect();
        let result = convert(&after, &column)?;
        let mut still_bad = result.bad.into_iter().peekable();
        let places = places.get_or_insert_with(|| (0..rows as IdxSize).collect());
        for (place, (mut cell, text)) in touched.into_iter().zip(texts).enumerate() {
            if let Some(bad) = still_bad.next_if(|bad| bad.row as usize == place) {
                cell.rule = bad.rule;
                cell.text = text;
                open.push(cell);
            } else {
                places[cell.original.row as usize] = (series.len() + place) as IdxSize;
                repaired[index] += 1;
            }
        }
        series.append(&result.series)?;
    }
    if let Some(places) = places {
        series = series.take(&IdxCa::from_vec("places".into(), places))?;
    }
    let mut bad: Vec<BadCell> = open.into_iter().map(|cell| cell.original).collect();
    bad.sort_by_key(|cell| cell.row);
    Ok(Mended { series, bad, repaired })
}

/// A bad cell on its way through the mends.
struct OpenCell {
    original: BadCell,
    /// What earlier mends made of it.
    text: Option<String>,
    /// The rule it breaks now.
    rule: Rule,
}

impl OpenCell {
    fn new(original: BadCell) -> Self {
        Self { text: Some(original.text.clone()), rule: original.rule, original }
    }

    /// Whether a mend is for this field and rule.
    fn is_touched(&self, mend: &Mend, expectation: &Expectation) -> bool {
        let field = &expectation.field;
        match mend {
            Mend::DropRows(_) => false,
            Mend::Trim(name) => *name == field.name && self.rule != Rule::MissingValue,
            Mend::Cast(name) => {
                *name == field.name && matches!(self.rule, Rule::NotANumber | Rule::NotABoolean)
            }
            Mend::Truncate(name) => *name == field.name && self.rule == Rule::TooLong,
            Mend::MillisecondsToSeconds => expectation.time.is_some() && self.rule == Rule::ImplausibleTime,
            Mend::NullCell(name, rule) => {
                *name == field.name && (*rule == self.rule || *rule == self.original.rule)
            }
        }
    }

    /// The cell after a mend; `None` is a missing cell. What a mend cannot read it leaves.
    fn mended(&self, mend: &Mend, expectation: &Expectation) -> Option<String> {
        let text = self.text.as_deref()?;
        let mended = match mend {
            Mend::DropRows(_) => None,
            Mend::Trim(_) => Some(text.trim().to_owned()),
            Mend::Cast(_) if expectation.field.kind == FieldType::Boolean => cast_boolean(text),
            Mend::Cast(_) => cast_number(text, expectation.field.kind),
            Mend::Truncate(_) => Some(text.chars().take(MAX_STRING_CHARS).collect()),
            Mend::MillisecondsToSeconds => expectation
                .time
                .as_ref()
                .and_then(|rule| epoch_seconds(rule, text))
                .map(|time| time.div_euclid(1_000).to_string()),
            Mend::NullCell(..) => return None,
        };
        Some(mended.unwrap_or_else(|| text.to_owned()))
    }
}

fn cast_boolean(text: &str) -> Option<String> {
    let truth = match text.trim().to_ascii_lowercase().as_str() {
        "1" | "1.0" | "yes" | "y" | "t" | "true" | "on" => true,
        "0" | "0.0" | "no" | "n" | "f" | "false" | "off" => false,
        _ => return None,
    };
    Some(truth.to_string())
}

/// The one number inside a text, blanks, currency and unit around it passed over. Where it is no plain number:
/// of `.` and `,` the last is the decimal sign and the other groups thousands; a lone `,` with exactly three
/// digits behind it groups too.
fn cast_number(text: &str, kind: FieldType) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_digit();
    let start = text.find(is_digit)?;
    let end = text.rfind(is_digit)? + 1;
    let inside = &text[start..end];
    let may_stand = |c: char| is_digit(c) || matches!(c, '.' | ',' | ' ' | '\'' | '_' | '\u{a0}');
    let mut number = if inside.parse::<f64>().is_ok() {
        inside.to_owned()
    } else if inside.chars().all(may_stand) {
        decimal(inside)
    } else {
        return None;
    };
    if text[..start].trim_end().ends_with(['-', '−']) {
        number.insert(0, '-');
    }
    if matches!(kind, FieldType::Int | FieldType::Long) {
        // Beyond 2^53 a double no longer tells whole numbers apart.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let value = number.parse::<f64>().ok()?.round();
        return (value.abs() < EXACT).then(|| format!("{value:.0}"));
    }
    Some(number)
}

/// Digits with `.` as the decimal sign and no grouping.
fn decimal(text: &str) -> String {
    let (commas, points) = (text.matches(',').count(), text.matches('.').count());
    let digits_after = |sign: char| text.rfind(sign).map_or(0, |place| text.len() - place - 1);
    let decimal_sign = match (commas, points) {
        (0, 1) => Some('.'),
        (1, 0) if digits_after(',') != 3 => Some(','),
        (1.., 1..) => Some(if text.rfind(',') > text.rfind('.') { ',' } else { '.' }),
        _ => None,
    };
    text.chars()
        .filter_map(|c| match c {
            _ if c.is_ascii_digit() => Some(c),
            _ if Some(c) == decimal_sign => Some('.'),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schema::{FieldRole, SchemaField};

    fn mended(
        kind: FieldType,
        nullable: bool,
        cells: &[&str],
        mends: &[Mend],
    ) -> (Vec<String>, Vec<u32>, Vec<u64>) {
        let field = SchemaField { name: "F".into(), kind, nullable, role: FieldRole::Plain };
        let expectation = Expectation {
            field,
            is_id: false,
            may_lie_ahead: false,
            bounds: None,
            is_action_event: false,
            is_keyword: false,
            time: None,
            now: 1_700_000_000,
        };
        let column = StringChunked::new("c".into(), cells);
        let converted = convert(&expectation, &column).unwrap();
        let Mended { series, bad, repaired } = mend(&expectation, converted, mends).unwrap();
        let cells = series.iter().map(|cell| cell.to_string()).collect();
        (cells, bad.iter().map(|bad| bad.row).collect(), repaired)
    }

    #[test]
    fn numbers_are_found_inside_text() {
        for (text, expected) in [
            ("€ 1,299.50", "1299.50"),
            ("1.299,5 EUR", "1299.5"),
            ("12 years", "12"),
            ("-3,25", "-3.25"),
            ("1,000", "1000"),
            ("1 000 000", "1000000"),
            ("$ -7", "-7"),
        ] {
            assert_eq!(cast_number(text, FieldType::Double).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(cast_number("none", FieldType::Double), None);
        assert_eq!(cast_number("2020-01-31", FieldType::Double), None);
        assert_eq!(cast_number("2.5", FieldType::Int).as_deref(), Some("3"));
        assert_eq!(cast_number("-2.5", FieldType::Int).as_deref(), Some("-3"));
    }

    #[test]
    fn only_broken_cells_change_and_each_use_is_counted() {
        let mends =
            [Mend::Trim("F".into()), Mend::Cast("F".into()), Mend::NullCell("F".into(), Rule::NotANumber)];
        let cells = ["1", "a2b", "\u{a0}3\u{a0}", "x", "3.6"];
        let (values, bad, repaired) = mended(FieldType::Int, true, &cells, &mends);
        assert_eq!(values, ["1", "2", "3", "null", "4"]);
        assert_eq!((bad, repaired), (vec![], vec![1, 2, 1]));

        let (_, bad, repaired) = mended(FieldType::Int, true, &cells, &[Mend::Cast("OTHER".into())]);
        assert_eq!((bad, repaired), (vec![1, 2, 3, 4], vec![0]));
    }

    #[test]
    fn truths_are_cast_and_long_cells_cut() {
        let (values, bad, _) =
            mended(FieldType::Boolean, true, &["true", "Yes", "0", "maybe"], &[Mend::Cast("F".into())]);
        assert_eq!(values[..3], ["true", "true", "false"]);
        assert_eq!(bad, [3]);

        let long = "x".repeat(1_001);
        let (values, bad, repaired) =
            mended(FieldType::String, true, &[long.as_str(), "y"], &[Mend::Truncate("F".into())]);
        assert_eq!(values[0].trim_matches('"').len(), 1_000);
        assert_eq!((bad, repaired), (vec![], vec![1]));
    }
}
