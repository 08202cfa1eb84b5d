//! What each column holds: how full it is, how many different values, their range and spread.

use super::Table;
use super::codes::Coded;
use super::features::categories;
use crate::domain::number::grouped;
use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaField};
use polars::prelude::{PlHashMap, StringChunked};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Bars of a histogram at most.
const BARS: usize = 30;
/// Values listed as the most frequent.
const TOP: usize = 10;

/// One bar of a histogram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    pub label: String,
    pub count: u64,
}

/// One column described.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    pub name: String,
    pub kind: FieldType,
    pub role: FieldRole,
    /// Share of rows with a value; 1 for an empty table.
    pub completeness: f64,
    /// Different values; of a categorical column, different categories.
    pub distinct: u64,
    /// Of number and time columns; times in epoch seconds.
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub mean: Option<f64>,
    /// Of number and time columns: bars of equal width from the least to the greatest value.
    pub histogram: Vec<Bar>,
    /// Of text and true/false columns: the most frequent values (or categories) with their rows.
    pub top: Vec<(String, u64)>,
}

/// Describes every column of a schema that the table has, in the schema's order.
pub fn profile(table: &Table, schema: &Schema) -> Vec<ColumnProfile> {
    let fields = schema.fields.par_iter().filter(|field| table.has_column(&field.name));
    fields.map(|field| describe(table, field)).collect()
}

fn describe(table: &Table, field: &SchemaField) -> ColumnProfile {
    let rows = table.rows();
    let filled = rows - table.missing(&field.name);
    let mut profile = ColumnProfile {
        name: field.name.clone(),
        kind: field.kind,
        role: field.role,
        completeness: if rows == 0 { 1.0 } else { filled as f64 / rows as f64 },
        distinct: 0,
        min: None,
        max: None,
        mean: None,
        histogram: Vec::new(),
        top: Vec::new(),
    };
    if let Some(column) = table.strings(&field.name) {
        let counts = match field.role {
            FieldRole::Categorical => category_counts(column),
            _ => value_counts(column),
        };
        profile.distinct = counts.len() as u64;
        profile.top = counts.into_iter().take(TOP).collect();
    } else if let Some(counts) = table.truth_counts(&field.name) {
        profile.distinct = counts.len() as u64;
        profile.top = counts;
    } else {
        let values = finite(table, &field.name);
        describe_numbers(&mut profile, values);
    }
    profile
}

/// The values of a number column that are there.
pub(super) fn finite(table: &Table, column: &str) -> Vec<f64> {
    let column = table.numbers(column);
    column
        .map(|column| column.iter().flatten().filter(|value| value.is_finite()).collect())
        .unwrap_or_default()
}

fn describe_numbers(profile: &mut ColumnProfile, mut values: Vec<f64>) {
    if values.is_empty() {
        return;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.par_sort_unstable_by(f64::total_cmp);
    let (min, max) = (values[0], values[values.len() - 1]);
    (profile.min, profile.max, profile.mean) = (Some(min), Some(max), Some(mean));
    profile.distinct = 1 + values.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
    let is_time = matches!(profile.name.as_str(), "TIMESTAMP" | "CREATION_TIMESTAMP");
    let is_whole = matches!(profile.kind, FieldType::Int | FieldType::Long);
    profile.histogram = histogram(&values, is_whole, is_time);
}

/// Bars over sorted values. Whole numbers get bars of whole width, so that no bar covers more of them than
/// another but the last.
fn histogram(sorted: &[f64], is_whole: bool, is_time: bool) -> Vec<Bar> {
    let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
    let width = if is_whole {
        ((max - min + 1.0) / BARS as f64).ceil().max(1.0)
    } else if max > min {
        (max - min) / BARS as f64
    } else {
        1.0
    };
    let bars = if is_whole {
        ((max - min + 1.0) / width).ceil() as usize
    } else if max > min {
        BARS
    } else {
        1
    };
    let mut counts = vec![0; bars];
    for value in sorted {
        counts[(((value - min) / width) as usize).min(bars - 1)] += 1;
    }
    let label = |value: f64| if is_time { date(value as i64) } else { short_number(value) };
    let bar = |(place, count): (usize, u64)| {
        let from = min + place as f64 * width;
        let to = if is_whole { from + width - 1.0 } else { from + width };
        let one = is_whole && width == 1.0 || min == max;
        let label = if one { label(from) } else { format!("{} – {}", label(from), label(to.min(max))) };
        Bar { label, count }
    };
    counts.into_iter().enumerate().map(bar).collect()
}

/// The day of an epoch second in UTC.
pub(super) fn date(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.strftime("%Y-%m-%d").to_string(),
        Err(_) => seconds.to_string(),
    }
}

/// Four significant digits, or all of a whole number; thousands set apart.
pub(super) fn short_number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return grouped(&format!("{value:.0}"));
    }
    let digits = (3 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.digits$}");
    grouped(if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text })
}

/// Values with their rows, most frequent first, then in byte order.
pub(super) fn value_counts(column: &StringChunked) -> Vec<(String, u64)> {
    let coded = Coded::new(column);
    let counts = coded.counts();
    by_count(coded.texts.into_iter().map(str::to_owned).zip(counts).collect())
}

/// Categories with their rows, most frequent first; a cell may hold several, separated by `|`.
pub(super) fn category_counts(column: &StringChunked) -> Vec<(String, u64)> {
    let coded = Coded::new(column);
    let mut counts: PlHashMap<&str, u64> = PlHashMap::default();
    for (cell, count) in coded.texts.iter().zip(coded.counts()) {
        let mut parts: Vec<&str> = categories(cell).collect();
        parts.sort_unstable();
        parts.dedup();
        for part in parts {
            *counts.entry(part).or_insert(0) += count;
        }
    }
    by_count(counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect())
}

fn by_count(mut counts: Vec<(String, u64)>) -> Vec<(String, u64)> {
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatasetType;
    use polars::prelude::*;

    fn field(name: &str, kind: FieldType, role: FieldRole) -> SchemaField {
        SchemaField { name: name.into(), kind, nullable: true, role }
    }

    #[test]
    fn columns_are_described() {
        let frame = df!(
            "ITEM_ID" => ["a", "b", "c", "d"],
            "GENRES" => [Some("Drama|War"), Some("Drama"), None, Some("Drama|Drama")],
            "PRICE" => [Some(1.0_f64), Some(4.0), Some(4.0), None],
            "ADULT" => [Some(true), Some(false), Some(true), None],
            "CREATION_TIMESTAMP" => [0_i64, 86_400, 86_400, 2_592_000],
        );
        let schema = crate::domain::schema::Schema {
            dataset: DatasetType::Items,
            fields: vec![
                field("ITEM_ID", FieldType::String, FieldRole::Plain),
                field("GENRES", FieldType::String, FieldRole::Categorical),
                field("PRICE", FieldType::Double, FieldRole::Plain),
                field("ADULT", FieldType::Boolean, FieldRole::Plain),
                field("CREATION_TIMESTAMP", FieldType::Long, FieldRole::Plain),
            ],
        };
        let profiles = profile(&Table::new(frame.unwrap()), &schema);
        let [id, genres, price, adult, created] = profiles.as_slice() else { panic!("five columns") };
        assert_eq!((id.completeness, id.distinct), (1.0, 4));
        assert_eq!((genres.completeness, genres.distinct), (0.75, 2));
        assert_eq!(genres.top, [("Drama".to_owned(), 3), ("War".to_owned(), 1)]);
        assert_eq!((price.min, price.max, price.mean, price.distinct), (Some(1.0), Some(4.0), Some(3.0), 2));
        assert_eq!(price.histogram.len(), 30);
        assert_eq!((price.histogram[0].label.as_str(), price.histogram[0].count), ("1 – 1.1", 1));
        assert_eq!((price.histogram[29].label.as_str(), price.histogram[29].count), ("3.9 – 4", 2));
        assert_eq!(adult.top, [("true".to_owned(), 2), ("false".to_owned(), 1)]);
        assert_eq!(created.histogram.iter().map(|bar| bar.count).sum::<u64>(), 4);
        assert!(created.histogram[0].label.starts_with("1970-01-01 – "), "{}", created.histogram[0].label);
    }

    #[test]
    fn whole_numbers_of_a_small_range_get_a_bar_each() {
        let bars = histogram(&[1.0, 1.0, 2.0, 5.0], true, false);
        let found: Vec<(&str, u64)> = bars.iter().map(|bar| (bar.label.as_str(), bar.count)).collect();
        assert_eq!(found, [("1", 2), ("2", 1), ("3", 0), ("4", 0), ("5", 1)]);
        let wide = histogram(&[0.0, 59.0], true, false);
        assert_eq!((wide.len(), wide[0].label.as_str(), wide[29].label.as_str()), (30, "0 – 1", "58 – 59"));
        assert_eq!(histogram(&[2.5], false, false)[0], Bar { label: "2.5".into(), count: 1 });
    }

    #[test]
    fn numbers_are_short() {
        let texts = [0.000_123_46, 7.34159, 12_345.678, 2.0, -0.5].map(short_number);
        assert_eq!(texts, ["0.0001235", "7.342", "12,346", "2", "-0.5"]);
    }
}
