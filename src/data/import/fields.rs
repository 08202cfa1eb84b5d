//! Which columns of the file make which field of the schema, and the fields built from them.

use super::ImportOptions;
use super::convert::{BadCell, Expectation, all_stand, convert, plausible_times};
use super::joined::join;
use super::mending::{Mended, mend};
use crate::data::DataError;
use crate::data::codes::{Coded, CodedColumn, MISSING};
use crate::data::mapping::extract;
use crate::data::source::{RawTable, Wanted};
use crate::data::table::CODED;
use crate::domain::action::{EXPIRATION, bounds};
use crate::domain::mapping::{Mapping, Reading, TimestampRule};
use crate::domain::mend::Mend;
use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaError, SchemaField};
use polars::prelude::*;

/// The work of an import.
pub(super) struct FieldPlan {
    pub schema: Schema,
    pub fields: Vec<Field>,
    pub warnings: Vec<String>,
}

/// One field and where its cells come from.
pub(super) struct Field {
    expectation: Expectation,
    origin: Origin,
}

enum Origin {
    Column(String, Reading),
    Joined(Vec<String>),
    /// The same text in every row.
    Constant(String),
    RowOrder,
    /// Filled from `EVENT_TYPE` once that is built.
    EventValues,
}

/// A built field.
pub(super) struct Built {
    /// Nothing but the name and the number of rows where the column is coded.
    pub series: Series,
    pub coded: Option<CodedColumn>,
    /// The file's column and the cell, by row.
    pub bad: Vec<(String, BadCell)>,
    /// Cells repaired by each mend, `[mends]`.
    pub repaired: Vec<u64>,
    pub truncated: u64,
    /// Its cells are still missing, and follow from `EVENT_TYPE`.
    pub is_filled_from_types: bool,
}

/// What is wanted of a file's columns: codes of those that ids and event types come from, times as numbers.
pub(super) fn wanted(mapping: &Mapping, options: &ImportOptions) -> Wanted {
    let mut wanted = Wanted::default();
    let is_numeric = matches!(
        mapping.timestamp,
        TimestampRule::Seconds | TimestampRule::Milliseconds | TimestampRule::Microseconds
    );
    let mut want = |field: &str, column: &str| match field {
        _ if CODED.contains(&field) => wanted.coded.push(column.to_owned()),
        field if is_time(field) && is_numeric => wanted.whole.push(column.to_owned()),
        _ => {}
    };
    for field in options.schema.iter().flat_map(|schema| &schema.fields) {
        if mapping.field(&field.name).is_none_or(|mapped| mapped.columns.is_empty()) {
            want(&field.name, &field.name);
        }
    }
    for mapped in mapping.fields.iter().filter(|mapped| mapped.reading == Reading::Whole) {
        if let [column] = mapped.columns.as_slice() {
            want(&mapped.field, column);
        }
    }
    wanted
}

/// Finds the columns of every field of the given schema, or of the one the mapping makes.
pub(super) fn plan(
    raw: &RawTable,
    file: &str,
    mapping: &Mapping,
    options: &ImportOptions,
    now: i64,
) -> Result<FieldPlan, DataError> {
    let mut schema = match &options.schema {
        Some(schema) if schema.dataset != mapping.dataset => {
            return Err(DataError::Schema(SchemaError::OtherDataset {
                found: schema.dataset.to_string(),
                expected: mapping.dataset.to_string(),
            }));
        }
        Some(schema) => {
            schema.check()?;
            schema.clone()
        }
        None => Schema::from_mapping(mapping)?,
    };
    let required = schema.dataset.required_fields();
    for field in schema.fields.iter_mut().filter(|_| options.schema.is_none()) {
        let empties = |mend: &Mend| matches!(mend, Mend::NullCell(name, _) if *name == field.name);
        if !required.contains(&field.name.as_str()) && options.mends.iter().any(empties) {
            field.nullable = true;
        }
    }

    let names: Vec<&str> = raw.frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    let mut missing = Vec::new();
    let mut fields = Vec::with_capacity(schema.fields.len());
    for field in &schema.fields {
        let by_name = options.schema.is_some() && names.contains(&field.name.as_str());
        let Some(origin) = origin(field, by_name, mapping) else {
            missing.push(field.name.clone());
            continue;
        };
        let absent = origin.columns().iter().find(|column| !names.contains(&column.as_str()));
        if let Some(column) = absent {
            return Err(DataError::NoColumn {
                file: file.to_owned(),
                field: field.name.clone(),
                column: column.clone(),
                columns: names.iter().map(ToString::to_string).collect(),
            });
        }
        fields.push(Field { expectation: expectation(field, mapping, &schema, now), origin });
    }
    if !missing.is_empty() {
        return Err(DataError::MissingColumns { file: file.to_owned(), columns: missing });
    }
    let warnings = match &options.schema {
        Some(_) => warnings(&names, &fields),
        None => Vec::new(),
    };
    Ok(FieldPlan { schema, fields, warnings })
}

/// Where a field's cells come from: its mapped columns, the file's column of the same name where `by_name`, or
/// what the mapping gives without a column.
fn origin(field: &SchemaField, by_name: bool, mapping: &Mapping) -> Option<Origin> {
    if let Some(mapped) = mapping.field(&field.name) {
        match mapped.columns.as_slice() {
            [] => {}
            [column] => return Some(Origin::Column(column.clone(), mapped.reading.clone())),
            columns => return Some(Origin::Joined(columns.to_vec())),
        }
    }
    match field.name.as_str() {
        "TIMESTAMP" if mapping.timestamp == TimestampRule::RowOrder => Some(Origin::RowOrder),
        name if by_name => Some(Origin::Column(name.to_owned(), Reading::Whole)),
        "EVENT_TYPE" => mapping.event_type.clone().map(Origin::Constant),
        "EVENT_VALUE" if !mapping.event_values.is_empty() => Some(Origin::EventValues),
        _ => None,
    }
}

fn expectation(field: &SchemaField, mapping: &Mapping, schema: &Schema, now: i64) -> Expectation {
    let is_own = schema.metadata().any(|metadata| metadata.name == field.name);
    let name = field.name.as_str();
    let time = match (name, &mapping.timestamp) {
        _ if !is_time(name) || (is_own && EXPIRATION.contains(&name)) => None,
        ("TIMESTAMP", rule) => Some(rule.clone()),
        (_, TimestampRule::RowOrder) => Some(TimestampRule::Seconds),
        (_, rule) => Some(rule.clone()),
    };
    let is_of_actions = schema.dataset.is_of_actions();
    Expectation {
        is_id: matches!(name, "USER_ID" | "ITEM_ID" | "ACTION_ID"),
        may_lie_ahead: EXPIRATION.contains(&name),
        bounds: if is_of_actions { bounds(name) } else { None },
        is_action_event: is_of_actions && name == "EVENT_TYPE",
        is_keyword: !is_own,
        field: field.clone(),
        time,
        now,
    }
}

/// Whether a field of that name holds a time.
fn is_time(field: &str) -> bool {
    matches!(field, "TIMESTAMP" | "CREATION_TIMESTAMP") || EXPIRATION.contains(&field)
}

/// What a file says beside a given schema: columns it lacks, and another order than the schema's.
fn warnings(names: &[&str], fields: &[Field]) -> Vec<String> {
    let mut warnings = Vec::new();
    let used: Vec<&str> =
        fields.iter().flat_map(|field| field.origin.columns()).map(String::as_str).collect();
    let extra: Vec<&str> = names.iter().copied().filter(|name| !used.contains(name)).collect();
    if !extra.is_empty() {
        warnings.push(format!("columns that the schema does not have were ignored: {}", extra.join(", ")));
    }
    let places: Vec<Option<usize>> =
        used.iter().map(|column| names.iter().position(|name| name == column)).collect();
    if !places.is_sorted() {
        warnings.push(
            "the columns stand in another order than the schema's fields; they were matched by name, but the service wants one order".to_owned(),
        );
    }
    warnings
}

impl Origin {
    fn columns(&self) -> &[String] {
        match self {
            Self::Column(column, _) => std::slice::from_ref(column),
            Self::Joined(columns) => columns,
            Self::Constant(_) | Self::RowOrder | Self::EventValues => &[],
        }
    }
}

impl Field {
    /// Builds the field from the file's cells.
    pub fn build(self, raw: &RawTable, mends: &[Mend]) -> Result<Built, PolarsError> {
        let rows = raw.frame.height();
        let field = &self.expectation.field;
        let name: PlSmallStr = field.name.as_str().into();
        let repaired = vec![0; mends.len()];
        let unmended = |series| Built {
            series,
            coded: None,
            bad: Vec::new(),
            repaired: repaired.clone(),
            truncated: 0,
            is_filled_from_types: false,
        };
        match &self.origin {
            Origin::Column(column, reading) => {
                if let Ok(numbers) = raw.frame.column(column)?.i64()
                    && let Some(times) = plausible_times(&self.expectation, numbers)
                {
                    return Ok(unmended(times.with_name(name).into_series()));
                }
                if let Some(coded) = raw.coded.get(column)
                    && *reading == Reading::Whole
                    && self.stands(coded)
                {
                    let coded = coded.renamed(name);
                    let series = coded.place();
                    return Ok(Built { coded: Some(coded), ..unmended(series) });
                }
                let cells = raw.text(column)?;
                let converted = convert(&self.expectation, &extract(reading, &cells))?;
                let truncated = converted.truncated;
                if converted.bad.is_empty() {
                    return Ok(Built { truncated, ..unmended(converted.series) });
                }
                let Mended { series, bad, repaired } = mend(&self.expectation, converted, mends)?;
                let as_in_file = |cell: BadCell| match cells.get(cell.row as usize) {
                    Some(text) if *reading != Reading::Whole => BadCell { text: text.to_owned(), ..cell },
                    _ => cell,
                };
                let bad = bad.into_iter().map(|cell| (column.clone(), as_in_file(cell))).collect();
                Ok(Built { bad, repaired, truncated, ..unmended(series) })
            }
            Origin::Joined(columns) => {
                let cells = columns
                    .iter()
                    .map(|column| Ok((column.as_str(), raw.text(column)?)))
                    .collect::<Result<Vec<_>, PolarsError>>()?;
                let cells: Vec<(&str, &StringChunked)> =
                    cells.iter().map(|(column, cells)| (*column, cells)).collect();
                let joined = join(&field.name, field.nullable, &cells);
                let bad = joined.bad.into_iter().map(|(place, cell)| (columns[place].clone(), cell));
                Ok(Built { bad: bad.collect(), ..unmended(joined.series) })
            }
            Origin::Constant(text) => Ok(unmended(StringChunked::full(name, text, rows).into_series())),
            Origin::RowOrder => {
                Ok(unmended(Int64Chunked::from_iter_values(name, 1..=rows as i64).into_series()))
            }
            Origin::EventValues => Ok(Built {
                is_filled_from_types: true,
                ..unmended(Float32Chunked::full_null(name, rows).into_series())
            }),
        }
    }
}

impl Field {
    /// Whether a coded column may stand as it is, which only each of its texts has to say.
    fn stands(&self, column: &CodedColumn) -> bool {
        let field = &self.expectation.field;
        field.kind == FieldType::String
            && field.role != FieldRole::Textual
            && self.expectation.time.is_none()
            && (field.nullable || !column.has_missing())
            && all_stand(&self.expectation, column.coded().texts.into_iter())
    }
}

/// Fills `EVENT_VALUE` from `EVENT_TYPE` by the mapping's table, where that is its origin; types are matched without
/// regard to case, and those that are not in the table have no value.
pub(super) fn fill_event_values(
    mapping: &Mapping,
    built: &mut [Built],
) -> Result<Option<String>, PolarsError> {
    let types = built.iter().position(|field| field.series.name() == "EVENT_TYPE");
    let place = built.iter().position(|field| field.is_filled_from_types);
    let (Some(place), Some(types)) = (place, types) else { return Ok(None) };
    let series = built[types].series.clone();
    let known = built[types].coded.clone();
    let coded = match &known {
        Some(column) => column.coded(),
        None => Coded::new(series.str()?),
    };
    let value_of = |text: &&str| {
        let mut table = mapping.event_values.iter();
        table.find(|(name, _)| name.to_lowercase() == text.to_lowercase()).map(|(_, value)| *value as f32)
    };
    let values: Vec<Option<f32>> = coded.texts.iter().map(value_of).collect();
    let cells = coded.codes().iter().map(|&code| if code == MISSING { None } else { values[code as usize] });
    let column: Float32Chunked = cells.collect();
    built[place].series = column.with_name("EVENT_VALUE".into()).into_series();
    let without: Vec<&str> =
        coded.texts.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(text, _)| *text).collect();
    Ok((!without.is_empty()).then(|| format!("event types without an event value: {}", without.join(", "))))
}
