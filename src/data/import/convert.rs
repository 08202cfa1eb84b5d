//! Text cells become typed values, a column at a time; only cells that break a rule are looked at one by one.

use super::text::clean_column;
use crate::data::time::epoch_seconds_column;
use crate::domain::action::ActionEvent;
use crate::domain::clock::SECONDS_AHEAD;
use crate::domain::limits::{MAX_ID_CHARS, MAX_STRING_CHARS};
use crate::domain::mapping::TimestampRule;
use crate::domain::problem::Rule;
use crate::domain::schema::{FieldRole, FieldType, SchemaField};
use polars::chunked_array::cast::CastOptions;
use polars::prelude::*;

/// The last second of the year 9999.
const LAST_MOMENT: i64 = 253_402_300_799;

/// What a field's cells must be.
#[derive(Clone)]
pub(super) struct Expectation {
    pub field: SchemaField,
    /// `USER_ID`, `ITEM_ID` or `ACTION_ID`.
    pub is_id: bool,
    /// Of a time: whether it may come yet.
    pub may_lie_ahead: bool,
    /// The least and the most that a number may be.
    pub bounds: Option<(i64, i64)>,
    /// Whether it says what became of an action.
    pub is_action_event: bool,
    /// A name of the service, which may not stand as a value itself.
    pub is_keyword: bool,
    /// How its cells become epoch seconds, where the field is a time.
    pub time: Option<TimestampRule>,
    /// Epoch seconds.
    pub now: i64,
}

/// A cell that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadCell {
    pub row: u32,
    /// As it stands in the file.
    pub text: String,
    pub rule: Rule,
}

/// A column of the schema's type; cells that broke a rule hold anything.
pub(super) struct Converted {
    pub series: Series,
    /// By row.
    pub bad: Vec<BadCell>,
    /// Textual cells cut to the longest.
    pub truncated: u64,
}

/// Converts a column.
pub(super) fn convert(expectation: &Expectation, cells: &StringChunked) -> Result<Converted, PolarsError> {
    let name: PlSmallStr = expectation.field.name.as_str().into();
    let (mut series, bad, truncated) = if expectation.time.is_some() {
        times(expectation, cells)?
    } else {
        match expectation.field.kind {
            FieldType::String if expectation.field.role == FieldRole::Textual => texts(expectation, cells),
            FieldType::String => strings(expectation, cells),
            FieldType::Boolean => booleans(expectation, cells),
            _ => numbers(expectation, cells)?,
        }
    };
    series.rename(name);
    Ok(Converted { series, bad, truncated })
}

type Outcome = (Series, Vec<BadCell>, u64);

fn bad_cell(row: usize, text: Option<&str>, rule: Rule) -> BadCell {
    BadCell { row: row as u32, text: text.unwrap_or_default().to_owned(), rule }
}

fn is_blank(cell: Option<&str>) -> bool {
    cell.is_none_or(|text| text.trim().is_empty())
}

/// Whether blanks or bytes beyond ASCII begin a text, so that it may be blank.
fn may_be_blank(text: &str) -> bool {
    text.as_bytes().first().is_none_or(|&byte| byte <= b' ' || byte >= 0x80)
}

/// The rule that an id, category or plain string breaks, if any.
fn string_rule(expectation: &Expectation, text: &str) -> Option<Rule> {
    let is_reserved = || expectation.is_keyword && text == expectation.field.name;
    let is_strange = || expectation.is_action_event && ActionEvent::parse(text).is_none();
    length_rule(text, expectation.is_id)
        .or_else(|| is_reserved().then_some(Rule::ReservedKeyword))
        .or_else(|| is_strange().then_some(Rule::NotAnActionEvent))
}

/// Whether every one of a column's texts may stand as it is in a string field that is not cleaned.
pub(super) fn all_stand<'a>(expectation: &Expectation, mut texts: impl Iterator<Item = &'a str>) -> bool {
    texts
        .all(|text| !(may_be_blank(text) && is_blank(Some(text))) && string_rule(expectation, text).is_none())
}

/// Whole numbers as epoch seconds, where all of them are plausible times.
pub(super) fn plausible_times(expectation: &Expectation, numbers: &Int64Chunked) -> Option<Int64Chunked> {
    let per_second = match expectation.time.as_ref()? {
        TimestampRule::Seconds => 1,
        TimestampRule::Milliseconds => 1_000,
        TimestampRule::Microseconds => 1_000_000,
        _ => return None,
    };
    let latest = latest(expectation);
    // Counted without a branch, many at a time.
    let is_late = |&number: &i64| usize::from(number.div_euclid(per_second) > latest || number < 0);
    let late: usize = numbers.downcast_iter().flat_map(|chunk| chunk.values().iter()).map(is_late).sum();
    if late > 0 || numbers.null_count() > 0 {
        return None;
    }
    Some(if per_second == 1 {
        numbers.clone()
    } else {
        numbers.apply_values(|number| number.div_euclid(per_second))
    })
}

/// The latest time that is plausible.
fn latest(expectation: &Expectation) -> i64 {
    if expectation.may_lie_ahead { LAST_MOMENT } else { expectation.now + SECONDS_AHEAD }
}

/// The rule that a text breaks by its length, if any. Bytes are counted first: they are never fewer.
fn length_rule(text: &str, is_id: bool) -> Option<Rule> {
    let (longest, rule) =
        if is_id { (MAX_ID_CHARS, Rule::IdTooLong) } else { (MAX_STRING_CHARS, Rule::TooLong) };
    (text.len() > longest && text.chars().count() > longest).then_some(rule)
}

/// Ids, categories and plain strings: unchanged, except that an empty cell is a missing one.
fn strings(expectation: &Expectation, cells: &StringChunked) -> Outcome {
    let field = &expectation.field;
    let mut bad = Vec::new();
    let mut has_empty = false;
    for (row, cell) in cells.downcast_iter().flat_map(|chunk| chunk.iter()).enumerate() {
        let text = cell.unwrap_or_default();
        if may_be_blank(text) && is_blank(cell) {
            has_empty |= cell.is_some();
            if !field.nullable {
                bad.push(bad_cell(row, cell, Rule::MissingValue));
            }
        } else if let Some(rule) = string_rule(expectation, text) {
            bad.push(bad_cell(row, cell, rule));
        }
    }
    let series = if has_empty {
        cells
            .iter()
            .map(|cell| cell.filter(|text| !text.trim().is_empty()))
            .collect::<StringChunked>()
            .into_series()
    } else {
        cells.clone().into_series()
    };
    (series, bad, 0)
}

fn texts(expectation: &Expectation, cells: &StringChunked) -> Outcome {
    let cleaned = clean_column(cells);
    let mut bad = Vec::new();
    if !expectation.field.nullable && cleaned.column.null_count() > 0 {
        for (row, (text, cell)) in cleaned.column.iter().zip(cells.iter()).enumerate() {
            if text.is_none() {
                bad.push(bad_cell(row, cell, Rule::MissingValue));
            }
        }
    }
    (cleaned.column.into_series(), bad, cleaned.truncated)
}

/// Blames the rows where a conversion found no value: a blank cell is missing, any other breaks `rule(text)`.
fn blame(
    expectation: &Expectation,
    cells: &StringChunked,
    found: &Series,
    rule: impl Fn(&str) -> Rule,
) -> Vec<BadCell> {
    if found.null_count() == 0 {
        return Vec::new();
    }
    let is_null = found.is_null();
    let mut bad = Vec::new();
    for (row, (cell, null)) in cells.iter().zip(is_null.iter()).enumerate() {
        if null == Some(true) {
            if !is_blank(cell) {
                bad.push(bad_cell(row, cell, rule(cell.unwrap_or_default())));
            } else if !expectation.field.nullable {
                bad.push(bad_cell(row, cell, Rule::MissingValue));
            }
        }
    }
    bad
}

fn numbers(expectation: &Expectation, cells: &StringChunked) -> Result<Outcome, PolarsError> {
    let is_whole = matches!(expectation.field.kind, FieldType::Int | FieldType::Long);
    let rule = |text: &str| {
        let is_number = if is_whole {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        } else {
            text.parse::<f64>().is_ok() && text.bytes().any(|byte| byte.is_ascii_digit())
        };
        if is_number { Rule::OutOfRange } else { Rule::NotANumber }
    };
    let wide = if is_whole { DataType::Int64 } else { DataType::Float64 };
    let wide = cells.cast_with_options(&wide, CastOptions::NonStrict)?;
    let mut series = match expectation.field.kind {
        FieldType::Int => wide.cast_with_options(&DataType::Int32, CastOptions::NonStrict)?,
        FieldType::Float => wide.cast_with_options(&DataType::Float32, CastOptions::NonStrict)?,
        _ => wide,
    };
    // Infinity and not-a-number are no values of the service's.
    series = match series.dtype() {
        DataType::Float32 => only_finite(series.f32()?, f32::is_finite),
        DataType::Float64 => only_finite(series.f64()?, f64::is_finite),
        _ => series,
    };
    let mut bad = blame(expectation, cells, &series, rule);
    if let Some((least, most)) = expectation.bounds {
        let numbers = series.cast(&DataType::Int64)?;
        for (row, (number, cell)) in numbers.i64()?.iter().zip(cells.iter()).enumerate() {
            if number.is_some_and(|number| !(least..=most).contains(&number)) {
                bad.push(bad_cell(row, cell, Rule::BeyondBounds));
            }
        }
        bad.sort_by_key(|cell| cell.row);
    }
    Ok((series, bad, 0))
}

/// The column with other values made missing; no copy where all are finite.
fn only_finite<T>(column: &ChunkedArray<T>, is_finite: impl Fn(T::Native) -> bool) -> Series
where
    T: PolarsNumericType,
    ChunkedArray<T>: IntoSeries + FromIterator<Option<T::Native>>,
{
    if column.iter().flatten().all(&is_finite) {
        return column.clone().into_series();
    }
    column
        .iter()
        .map(|value| value.filter(|&value| is_finite(value)))
        .collect::<ChunkedArray<T>>()
        .into_series()
}

fn booleans(expectation: &Expectation, cells: &StringChunked) -> Outcome {
    let truth = |text: &str| match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    let series = cells.iter().map(|cell| cell.and_then(truth)).collect::<BooleanChunked>().into_series();
    let bad = blame(expectation, cells, &series, |_| Rule::NotABoolean);
    (series, bad, 0)
}

/// Epoch seconds. A time before 1970 or more than a day after now is implausible.
fn times(expectation: &Expectation, cells: &StringChunked) -> Result<Outcome, PolarsError> {
    let rule = expectation.time.clone().unwrap_or(TimestampRule::Seconds);
    let seconds = match &rule {
        // Whole seconds, the usual case, are read by the table library's own parser.
        TimestampRule::Seconds => {
            let whole = cells.cast_with_options(&DataType::Int64, CastOptions::NonStrict)?;
            if whole.null_count() == cells.null_count() {
                whole.i64()?.clone()
            } else {
                epoch_seconds_column(&rule, cells)
            }
        }
        _ => epoch_seconds_column(&rule, cells),
    };
    let series = seconds.clone().into_series();
    let mut bad = blame(expectation, cells, &series, |_| Rule::NotATime);
    let latest = latest(expectation);
    let is_plausible = |time: i64| (0..=latest).contains(&time);
    if rule != TimestampRule::RowOrder && !seconds.iter().flatten().all(is_plausible) {
        for (row, (time, cell)) in seconds.iter().zip(cells.iter()).enumerate() {
            if time.is_some_and(|time| !is_plausible(time)) {
                bad.push(bad_cell(row, cell, Rule::ImplausibleTime));
            }
        }
        bad.sort_by_key(|cell| cell.row);
    }
    Ok((series, bad, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expectation(kind: FieldType, nullable: bool) -> Expectation {
        let field = SchemaField { name: "F".into(), kind, nullable, role: FieldRole::Plain };
        Expectation {
            field,
            is_id: false,
            may_lie_ahead: false,
            bounds: None,
            is_action_event: false,
            is_keyword: false,
            time: None,
            now: 1_700_000_000,
        }
    }

    fn broken(expectation: &Expectation, cells: &[Option<&str>]) -> Vec<(u32, Rule)> {
        let cells = StringChunked::new("c".into(), cells);
        let converted = convert(expectation, &cells).unwrap();
        assert_eq!(converted.series.name(), "F");
        converted.bad.iter().map(|bad| (bad.row, bad.rule)).collect()
    }

    #[test]
    fn each_type_names_its_rule() {
        let int = expectation(FieldType::Int, false);
        let cells = [Some("7"), Some("x"), Some("3000000000"), None, Some("3.5"), Some("-1")];
        let expected =
            [(1, Rule::NotANumber), (2, Rule::OutOfRange), (3, Rule::MissingValue), (4, Rule::NotANumber)];
        assert_eq!(broken(&int, &cells), expected);

        let long = expectation(FieldType::Long, true);
        assert_eq!(broken(&long, &[Some("99999999999999999999"), None, Some("")]), [(0, Rule::OutOfRange)]);

        let float = expectation(FieldType::Float, true);
        let cells = [Some("1e39"), Some("nan"), Some("inf"), Some("2.5"), None, Some("1,5")];
        let expected =
            [(0, Rule::OutOfRange), (1, Rule::NotANumber), (2, Rule::NotANumber), (5, Rule::NotANumber)];
        assert_eq!(broken(&float, &cells), expected);

        let boolean = expectation(FieldType::Boolean, true);
        assert_eq!(
            broken(&boolean, &[Some("True"), Some("FALSE"), Some("yes"), None]),
            [(2, Rule::NotABoolean)]
        );
    }

    #[test]
    fn strings_are_measured_in_characters() {
        let mut id = expectation(FieldType::String, false);
        id.is_id = true;
        id.is_keyword = true;
        let (fits, long) = ("é".repeat(256), "é".repeat(257));
        let cells = [Some(fits.as_str()), Some(long.as_str()), Some("F"), Some("  "), Some("a")];
        let expected = [(1, Rule::IdTooLong), (2, Rule::ReservedKeyword), (3, Rule::MissingValue)];
        assert_eq!(broken(&id, &cells), expected);

        let category = expectation(FieldType::String, true);
        let (fits, long) = ("c".repeat(1_000), "c".repeat(1_001));
        assert_eq!(
            broken(&category, &[Some(fits.as_str()), Some(long.as_str()), None]),
            [(1, Rule::TooLong)]
        );
    }

    #[test]
    fn actions_have_bounds_and_three_events() {
        let mut value = expectation(FieldType::Long, true);
        value.bounds = Some((1, 10));
        let cells = [Some("1"), Some("10"), Some("0"), None, Some("11"), Some("x")];
        let expected = [(2, Rule::BeyondBounds), (4, Rule::BeyondBounds), (5, Rule::NotANumber)];
        assert_eq!(broken(&value, &cells), expected);
        let mut event = expectation(FieldType::String, false);
        event.is_action_event = true;
        let cells = [Some("NOT_TAKEN"), Some("viewed"), Some("Clicked"), Some("Not Taken")];
        assert_eq!(broken(&event, &cells), [(2, Rule::NotAnActionEvent)]);
        let mut ends = expectation(FieldType::Long, true);
        ends.time = Some(TimestampRule::Seconds);
        ends.may_lie_ahead = true;
        let cells = [Some("4102444800"), Some("253402300800"), None];
        assert_eq!(broken(&ends, &cells), [(1, Rule::ImplausibleTime)], "an end may lie ahead");
    }

    #[test]
    fn times_must_be_plausible() {
        let mut time = expectation(FieldType::Long, false);
        time.time = Some(TimestampRule::Seconds);
        let tomorrow = (time.now + SECONDS_AHEAD).to_string();
        let later = (time.now + SECONDS_AHEAD + 1).to_string();
        let cells = [
            Some("0"),
            Some("-1"),
            Some(tomorrow.as_str()),
            Some(later.as_str()),
            Some("1600000000000"),
            Some("soon"),
            None,
        ];
        let expected = [
            (1, Rule::ImplausibleTime),
            (3, Rule::ImplausibleTime),
            (4, Rule::ImplausibleTime),
            (5, Rule::NotATime),
            (6, Rule::MissingValue),
        ];
        assert_eq!(broken(&time, &cells), expected);
    }
}
